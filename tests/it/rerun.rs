//! The catalogue is a function of archive and rules: it is the same, byte for byte, whether it is made week by week, at
//! once, or again and again; and other rules read again only what they touch.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use gongkai::catalogue::Catalogue;
use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::json;

use crate::support::{Asked, county, serve_asked};
use crate::whole_path::gongkai;

const WEEKS: usize = 6;
const PAGES: usize = 9;

/// What a page does in a week.
#[derive(Clone, Copy, Debug)]
enum Turn {
    /// It shows one of six texts: the one of before, another, or an earlier one again. Those from 3 on hold two or three
    /// documents ([`held_in`]).
    Text(u8),
    /// The same, and breaks off in the middle.
    Half(u8),
    /// 404.
    Gone,
    /// An error page with a status of success.
    SoftlyGone,
    /// The portal's own error page, which only comparison tells.
    LikeTheOwnErrorPage,
    /// The server fails.
    Failing,
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        3 => (0..3_u8).prop_map(Turn::Text),
        4 => (3..6_u8).prop_map(Turn::Text),
        2 => (0..3_u8).prop_map(Turn::Half),
        2 => Just(Turn::Gone),
        1 => Just(Turn::SoftlyGone),
        1 => Just(Turn::LikeTheOwnErrorPage),
        1 => Just(Turn::Failing),
    ]
}

const TITLE: &str = "关于做好防汛工作的通知";

/// The documents that a text holds; none: it is one itself.
fn held_in(text: u8) -> &'static [&'static str] {
    match text {
        3 => &["防汛工作总结", "抗旱工作总结"],
        4 => &["防汛工作总结", "抗旱工作总结", "水库管理经验交流材料"],
        5 => &["防汛工作总结", "水库管理经验交流材料"],
        _ => &[],
    }
}

fn collection(page: usize, held: &[&str]) -> String {
    let parts: Vec<String> = held
        .iter()
        .zip(["一", "二", "三"])
        .map(|(title, number)| {
            format!(
                "<p>第{number}篇：{title}</p><p>{title}</p>\
                 <p>我局把{title}所述的工作作为一项重要任务来抓，成立了领导小组，明确了分管领导和工作人员，层层落实责任，联系手机13812345670。</p>\
                 <p>一、主要做法</p><p>一是完善制度，制定了值班制度和巡查办法，规定了巡查的内容和时限，并接受群众监督。</p>\
                 <p>二、存在问题</p><p>个别乡镇的认识还不够，信息报送不及时，今后要认真加以改正，把各项工作落到实处。</p>"
            )
        })
        .collect();
    format!(
        "<html><body><h1>{TITLE}（{page}）</h1><h2>县政府文件</h2><div id=zoom>{}</div></body></html>",
        parts.concat()
    )
}

fn document(page: usize, text: u8) -> String {
    if !held_in(text).is_empty() {
        return collection(page, held_in(text));
    }
    format!(
        "<html><body><h1>{TITLE}（{page}）</h1><h2>县政府文件</h2><div id=zoom><p>各乡镇人民政府：</p>\
         <p>第{text}稿：请落实责任，排查隐患，联系手机1381234567{text}，及时上报有关情况，确保平稳有序。</p>\
         <p><a href='/wj/f{page}.txt'>附件：值班表.txt</a></p><p>青岚县人民政府办公室</p><p>2026年1月5日</p></div></body></html>"
    )
}

fn whole(status: &str, kind: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

fn answer(asked: &Asked, week: usize, script: &[Vec<Turn>]) -> String {
    let html = "text/html";
    let path = asked.path.as_str();
    if path == "/wj/" {
        let mut list = "<ul id=list>".to_owned();
        for page in 0..script.len() {
            write!(list, "<li><a href='/wj/t{page}.html'>{TITLE}（{page}）</a> 2026-01-05</li>")
                .unwrap();
        }
        return whole("200 OK", html, &(list + "</ul>"));
    }
    let number = |from: &str, to: &str| -> Option<usize> {
        path.strip_prefix(from)?.strip_suffix(to)?.parse().ok()
    };
    if let Some(page) = number("/wj/f", ".txt") {
        let body = format!("值班表第{page}页，第{}版，手机13912345678。", week / 2);
        return whole("200 OK", "text/plain", &body);
    }
    let own_error = "<title>青岚县人民政府</title><p>哎呀，这里空空如也，去别处看看吧，看看别的栏目也好。</p><p>青岚县人民政府办公室主办</p>";
    let Some(page) = number("/wj/t", ".html").filter(|page| *page < script.len()) else {
        let is_robots = path == "/robots.txt";
        return if is_robots {
            whole("404 Not Found", html, "")
        } else {
            whole("200 OK", html, own_error)
        };
    };
    match script[page][week] {
        Turn::Text(text) => {
            let tag = format!("\"{page}-{text}\"");
            let knows = |line: &String| {
                line.to_ascii_lowercase().starts_with("if-none-match") && line.contains(&tag)
            };
            if asked.header.iter().any(knows) {
                return "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n".to_owned();
            }
            let answer = whole("200 OK", html, &document(page, text));
            // Every second page has no validator, so that the same answer is kept again.
            if page % 2 == 0 {
                answer.replacen("\r\n", &format!("\r\nETag: {tag}\r\n"), 1)
            } else {
                answer
            }
        }
        Turn::Half(text) => {
            let answer = whole("200 OK", html, &document(page, text));
            let (start, _) = answer.split_once("，及时上报").unwrap();
            start.to_owned()
        }
        Turn::Gone => whole("404 Not Found", html, "404 Not Found"),
        Turn::SoftlyGone => whole("200 OK", html, "<title>404</title><p>您访问的页面不存在</p>"),
        Turn::LikeTheOwnErrorPage => whole("200 OK", html, own_error),
        Turn::Failing => whole("500 Internal Server Error", html, "error"),
    }
}

/// A data folder with its settings.
struct World<'a> {
    folder: &'a Path,
    data: &'static str,
}

impl World<'_> {
    fn run(&self, words: &[&str]) -> String {
        let config = self.folder.join("crawler-config");
        let output = gongkai(&self.folder.join(self.data), &config, words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn dump(&self) -> String {
        let path = self.folder.join(self.data).join("catalogue.sqlite");
        let mut text = Vec::new();
        Catalogue::open_read_only(&path).unwrap().dump(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    /// The catalogue made at once from the same archive and state.
    fn made_at_once(&self) -> String {
        let other = World { folder: self.folder, data: "fresh" };
        let (from, to) = (self.folder.join(self.data), self.folder.join(other.data));
        fs::create_dir_all(to.join("archive")).unwrap();
        for folder in ["", "archive"] {
            for file in fs::read_dir(from.join(folder)).unwrap().map(Result::unwrap) {
                let name = file.file_name().to_string_lossy().into_owned();
                if file.path().is_file() && !name.starts_with("catalogue") {
                    fs::copy(file.path(), to.join(folder).join(name)).unwrap();
                }
            }
        }
        other.run(&["extract"]);
        let dump = other.dump();
        fs::remove_dir_all(to).unwrap();
        dump
    }

    fn import(&self, name: &str, records: &[serde_json::Value]) {
        let lines: Vec<String> = records.iter().map(ToString::to_string).collect();
        let path = self.folder.join(name);
        fs::write(&path, lines.join("\n")).unwrap();
        self.run(&["import", path.to_str().unwrap(), "--set", "records"]);
    }

    fn write_portal(&self, id: &str, more: &str) {
        let portals = self.folder.join("crawler-config/portals");
        fs::create_dir_all(&portals).unwrap();
        let file = county(id, &format!("limits.retries = 0\n{more}"), "");
        fs::write(portals.join(format!("{id}.toml")), file).unwrap();
    }
}

/// Says where two dumps differ first, since they are long.
fn assert_same(one: &str, other: &str, what: &str) {
    let differs = one.lines().zip(other.lines()).enumerate().find(|(_, (a, b))| a != b);
    if let Some((at, (a, b))) = differs {
        let before: Vec<&str> = one.lines().take(at).collect();
        let near = before[before.len().saturating_sub(14)..].join("\n");
        panic!("{what}: line {at} is\n{a}\ninstead of\n{b}\nafter\n{near}");
    }
    assert_eq!(one.lines().count(), other.lines().count(), "{what}");
}

fn harvest(script: &[Vec<Turn>]) {
    let folder = tempfile::tempdir().unwrap();
    let world = World { folder: folder.path(), data: "data" };
    world.write_portal("qinglan", "");
    let week = Arc::new(AtomicUsize::new(0));
    let (now_served, plays) = (Arc::clone(&week), script.to_vec());
    let proxy = serve_asked(move |asked| answer(asked, now_served.load(Ordering::SeqCst), &plays));
    for number in 0..WEEKS {
        week.store(number, Ordering::SeqCst);
        let now = format!("2026-0{}-{:02}T00:00:00Z", 1 + number / 4, 1 + 7 * (number % 4));
        world.run(&["crawl", "--all-due", "--proxy", &proxy, "--now", &now]);
        // Not after every crawl, so that some captures come together.
        if number % 3 != 1 {
            world.run(&["extract"]);
        }
        if number % 2 == 0 {
            let record =
                |id: &str, text: String| json!({"id": id, "title": "防汛纪要", "text": text});
            world.import(
                "records.jsonl",
                &[
                    record("1", "每年都一样的文字。".into()),
                    record("2", format!("第{number}次会议。")),
                ],
            );
        }
    }
    world.run(&["extract"]);
    let by_week = world.dump();
    assert!(
        by_week.contains("\nattachments\n")
            && by_week.contains("值班")
            && by_week.contains("records")
    );
    assert!(by_week.contains("水库管理经验交流材料"), "pages are parted");
    assert!(!by_week.contains("1381234567"), "personal data is hidden in every version");
    assert_same(&by_week, &world.made_at_once(), "made week by week, and at once");
    for time in ["once", "twice"] {
        world.run(&["extract", "--all"]);
        assert_same(&world.dump(), &by_week, &format!("read again {time}, and made week by week"));
    }
}

#[test]
fn other_rules_read_again_only_what_they_touch() {
    let folder = tempfile::tempdir().unwrap();
    let world = World { folder: folder.path(), data: "data" };
    world.write_portal("qinglan", "");
    world.write_portal("yunting", "");
    let script = vec![vec![Turn::Text(0)], vec![Turn::Text(1)]];
    let proxy = serve_asked(move |asked| answer(asked, 0, &script));
    world.run(&["update", "--proxy", &proxy, "--now", "2026-01-01T00:00:00Z"]);
    world.import("records.jsonl", &[json!({"id": "1", "title": "防汛纪要", "text": "文字。"})]);
    world.run(&["index"]);
    let again = |said: &str| -> Vec<String> {
        said.lines().filter(|line| line.starts_with("read again")).map(str::to_owned).collect()
    };
    assert_eq!(again(&world.run(&["extract"])), [""; 0]);
    world.write_portal("yunting", "politeness.daily_pages = 500");
    assert_eq!(again(&world.run(&["extract"])), [""; 0], "how it is crawled does not matter");
    world.write_portal("yunting", "detail.title = \"h2\"");
    let said = world.run(&["extract"]);
    assert_eq!(again(&said), ["read again: 2 pages and records (portal yunting)"], "{said}");
    assert!(said.contains("0 new documents, 2 changed, 0 unchanged"), "{said}");
    assert_same(&world.dump(), &world.made_at_once(), "with another portal file, and from scratch");
    let written = world.run(&["index"]);
    assert!(
        written.contains("4 documents written"),
        "these, and those they were copies of: {written}"
    );
    let settings = folder.path().join("crawler-config/defaults.toml");
    fs::write(settings, "[privacy]\nhide_personal = false\n").unwrap();
    let said = world.run(&["extract"]);
    assert_eq!(again(&said), ["read again: 5 pages and records (privacy)"], "{said}");
    assert!(world.dump().contains("13912345678") || world.run(&["export"]).contains("13812345670"));
    assert_same(&world.dump(), &world.made_at_once(), "with other settings, and from scratch");
    assert_eq!(
        again(&world.run(&["extract", "--all"])),
        ["read again: 5 pages and records (asked for)"]
    );
}

#[test]
fn the_catalogue_is_the_same_however_it_was_made() {
    let script = prop::collection::vec(prop::collection::vec(turn(), WEEKS), PAGES);
    let config = ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 8,
        ..ProptestConfig::with_cases(2)
    };
    TestRunner::new(config)
        .run(&script, |mut script| {
            // Parts leave this page and come back, whatever the others do.
            script[0] = [3, 4, 5, 3, 0, 4].map(Turn::Text).to_vec();
            harvest(&script);
            Ok(())
        })
        .unwrap();
}
