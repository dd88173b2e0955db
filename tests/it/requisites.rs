//! A page with an attachment on a second host, a style sheet and pictures: what is asked for, in which order, and what
//! is left out where the portal file does not want it.

use std::{
    fs,
    sync::{Arc, Mutex},
};

use crate::support::{Curator, Reply, qinglan, websites};

const KEYS: &str = r#"
requisites = true
attachments.hosts = ["files.qinglan.example"]
"#;

fn page(name: &str, file: &str) -> String {
    format!(
        "<head><link rel=stylesheet href=/css/main.css></head><div class=header><img src=/images/logo.png></div>\
         <h1>关于{name}工作的通知</h1><div id=zoom><p>各乡镇人民政府：请做好{name}工作，及时上报有关情况。</p>\
         <img src=/images/{name}.png><img src=http://cdn.elsewhere.example/far.png>\
         <p><a href='http://files.qinglan.example/{file}.pdf'>附件：{name}名单</a>\
         <a href='http://closed.elsewhere.example/{file}.pdf'>附件：别处</a></p></div>"
    )
}

/// Type and body of an address.
fn content(url: &str) -> Option<(&'static str, String)> {
    let path = url.strip_prefix("http://www.qinglan.example");
    Some(match (path, url) {
        (_, "http://files.qinglan.example/robots.txt") => {
            ("text/plain", "User-agent: *\nDisallow: /closed\n".to_owned())
        }
        (_, "http://files.qinglan.example/open.pdf") => ("application/pdf", "%PDF-1.4".to_owned()),
        (Some("/wj/"), _) => (
            "text/html",
            "<ul id=list><li><a href=a1.html>关于chungeng工作的通知</a> 2026-01-05</li>\
             <li><a href=b1.html>关于fangxun工作的通知</a> 2026-01-05</li></ul>"
                .to_owned(),
        ),
        (Some("/wj/a1.html"), _) => ("text/html", page("chungeng", "open")),
        (Some("/wj/b1.html"), _) => ("text/html", page("fangxun", "closed")),
        (Some("/css/main.css"), _) => {
            ("text/css", "@import 'base.css'; .top { background: url(/images/top.png) }".to_owned())
        }
        (Some("/css/base.css"), _) => {
            ("text/css", ".deep { background: url(/images/deep.png) }".to_owned())
        }
        (Some(picture), _) if picture.starts_with("/images/") => {
            ("image/png", format!("\u{1}PNG of {picture}"))
        }
        _ => return None,
    })
}

/// A portal with everything that was asked of it: address, and whether it was asked conditionally.
struct World {
    curator: Curator,
    proxy: String,
    asked: Arc<Mutex<Vec<(String, bool)>>>,
}

impl World {
    fn new(keys: &str) -> Self {
        let curator = Curator::with(&qinglan(keys, ""));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        let proxy = websites(move |url, header| {
            let known = header.iter().any(|line| line.to_lowercase().starts_with("if-none-match:"));
            log.lock().unwrap().push((url.to_owned(), known));
            let headers = |kind: &str| format!("Content-Type: {kind}\r\nETag: \"1\"\r\n");
            match content(url) {
                Some((kind, _)) if known => {
                    Reply { status: "304 Not Modified", headers: headers(kind), body: Vec::new() }
                }
                Some((kind, body)) => {
                    Reply { status: "200 OK", headers: headers(kind), body: body.into_bytes() }
                }
                None => Reply { status: "404 Not Found", headers: String::new(), body: Vec::new() },
            }
        });
        Self { curator, proxy, asked }
    }

    /// Crawls, and returns what was asked for besides robots.txt, with `?` where it was asked conditionally.
    fn update(&self, now: &str, more: &[&str]) -> Vec<String> {
        self.asked.lock().unwrap().clear();
        let words = ["update", "--proxy", &self.proxy, "--now", now];
        self.curator.run(&[&words, more].concat());
        let asked = self.asked.lock().unwrap();
        let pages = asked.iter().filter(|(url, _)| !url.ends_with("/robots.txt"));
        pages
            .map(|(url, known)| {
                let url = url.replace("http://www.qinglan.example", "");
                format!("{url}{}", if *known { " ?" } else { "" })
            })
            .collect()
    }
}

const REQUISITES: [&str; 6] = [
    "/css/base.css",
    "/css/main.css",
    "/images/chungeng.png",
    "/images/fangxun.png",
    "/images/logo.png",
    "/images/top.png",
];

#[test]
fn files_come_after_pages_and_what_pages_are_shown_with_last() {
    let world = World::new(KEYS);
    let asked = world.update("2026-01-06T00:00:00Z", &[]);
    // The second host has a queue of its own; its robots.txt closes one of the two files.
    let (files, own): (Vec<_>, Vec<_>) =
        asked.iter().map(String::as_str).partition(|url| url.contains("://"));
    assert_eq!(own[..3], ["/wj/", "/wj/a1.html", "/wj/b1.html"]);
    let mut shown = own[3..].to_vec();
    assert_eq!(files, ["http://files.qinglan.example/open.pdf"]);
    shown.sort_unstable();
    assert_eq!(shown, REQUISITES, "each once, nothing from other hosts, nothing below an import");

    let all: Vec<String> = world.update("2026-01-07T00:00:00Z", &["--all-due"]);
    assert_eq!(all.len(), asked.len(), "{all:?}");
    assert!(all.iter().all(|url| url.ends_with(" ?")), "{all:?}");
    let due = world.update("2026-05-20T00:00:00Z", &[]);
    assert!(!due.iter().any(|url| url.contains(".css") || url.contains(".png")), "{due:?}");

    let documents = world.curator.run(&["export"]);
    assert_eq!(documents.lines().count(), 2, "{documents}");
    assert!(documents.contains("http://files.qinglan.example/closed.pdf"), "known, not fetched");
    world.curator.run(&["crawl", "--audit"]);
    world.curator.run(&["verify"]);
}

#[test]
fn without_the_key_nothing_of_it_is_asked_for() {
    let world = World::new("");
    let asked = world.update("2026-01-06T00:00:00Z", &[]);
    assert_eq!(asked, ["/wj/", "/wj/a1.html", "/wj/b1.html"]);
    assert!(!world.asked.lock().unwrap().iter().any(|(url, _)| url.contains("files.")));
}

#[test]
fn the_archive_alone_knows_them_again_and_a_takedown_closes_those_of_its_page() {
    let world = World::new(KEYS);
    world.update("2026-01-06T00:00:00Z", &[]);
    for name in ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm"] {
        let _may_be_absent = fs::remove_file(world.curator.path("data").join(name));
    }
    world.curator.run(&["archive", "reindex"]);
    let again = world.update("2026-01-06T01:00:00Z", &[]);
    assert_eq!(again, ["/wj/ ?"], "everything is known, nothing due: only news is looked for");

    let said = world.curator.run(&["explain", "http://www.qinglan.example/css/main.css"]);
    assert!(said.contains("shown with http://www.qinglan.example/wj/"), "{said}");
    assert!(said.contains("requisite  http://www.qinglan.example/images/top.png"), "{said}");
    let said = world.curator.run(&["explain", "http://www.qinglan.example/wj/b1.html"]);
    assert!(said.contains("requisite  http://www.qinglan.example/images/fangxun.png"), "{said}");

    let index = || world.curator.run(&["export", "--format", "cdxj"]);
    assert!(index().contains("fangxun.png"));
    let list = "[[entry]]\nurl = \"http://www.qinglan.example/wj/b1.html\"\nreason = \"probe\"\ndate = 2026-01-06\n";
    fs::write(world.curator.path("crawler-config/takedown.toml"), list).unwrap();
    world.curator.run(&["extract"]);
    let asked = world.update("2026-01-07T00:00:00Z", &["--all-due"]);
    assert!(
        !asked.iter().any(|url| url.contains("fangxun") || url.contains("b1.html")),
        "{asked:?}"
    );
    assert!(asked.iter().any(|url| url.starts_with("/images/chungeng.png")), "{asked:?}");
    let exported = index();
    assert!(exported.contains("chungeng.png") && !exported.contains("fangxun.png"), "{exported}");
}
