//! Portals whose lists answer POST only, or only with a referrer: probed, crawled with the proposed file, made again.

use std::{
    collections::BTreeSet,
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
};

use crate::support::{Asked, interface};

/// Pages of each list, and documents on each page.
const PAGES: usize = 3;
const ON_A_PAGE: usize = 2;
const GUID: &str = "0f3a-99";

fn documents(number: usize) -> impl Iterator<Item = usize> {
    (1..=PAGES)
        .filter(move |page| *page == number)
        .flat_map(|page| (0..ON_A_PAGE).map(move |place| (page - 1) * ON_A_PAGE + place))
}

fn path(number: usize) -> String {
    format!("/art/2026/1/{}/art_1229_{number}.html", number + 1)
}

fn title(number: usize) -> String {
    format!("关于第{number}号水库蓄水的通告")
}

/// What every portal of these tests answers besides its lists.
fn document(asked: &Asked) -> Option<String> {
    let number = (0..PAGES * ON_A_PAGE).find(|number| asked.path == path(*number))?;
    let text =
        "为保障安全，水库自即日起蓄水，请沿岸居民留意水位变化，不要在库区游泳、垂钓。".repeat(3);
    let title = title(number);
    Some(format!(
        "<html><head><meta name=ArticleTitle content='{title}'></head><body><h1>{title}</h1>\
         <div class=content><p>{text}</p></div></body></html>"
    ))
}

/// A portal with the xxgk module of JCMS; what is not POST with a form gets nothing from its search.
fn xxgk(asked: &Asked) -> Option<String> {
    match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/zwgk/") => Some(
            "<title>政务公开-青岚县人民政府</title><a href='/col/col1229/index.html'>通知公告</a>".to_owned(),
        ),
        ("GET", "/col/col1229/index.html") => Some(
            "<iframe src='/module/xxgk/tree.jsp?area=1133&divid=div7'></iframe>\
             <form action='/module/ysqgk/apply.jsp' method=post><input name=xm><input type=submit></form>\
             <script>$.post('/module/xxgk/search.jsp?texttype=0&currpage=1', {infotypeId:'A01', jdid:30});</script>"
                .to_owned(),
        ),
        ("POST", "/module/xxgk/search.jsp") => {
            let form = asked.body.as_str();
            assert!(asked.header.iter().any(|line| line.ends_with("application/x-www-form-urlencoded")));
            assert!(form.contains("infotypeId=A01&jdid=30&area=1133&divid=div7"), "{form}");
            let number = form.split("currpage=").nth(1)?.split('&').next()?.parse().ok()?;
            let row = |n| format!("<tr><td><a href='{}' title='{}'>…</a></td><td>2026-01-05</td></tr>", path(n), title(n));
            let rows: String = documents(number).map(row).collect();
            Some(format!("<table>{rows}</table>共 {PAGES} 页"))
        }
        _ => document(asked),
    }
}

/// An Epoint EWB portal, counting pages from 0.
fn ewb(asked: &Asked) -> Option<String> {
    match (asked.method.as_str(), asked.path.split('?').next()?) {
        ("GET", "/zwgk/") => {
            Some("<title>青岚县</title><a href='/zwgk/012001/012001003/'>通知公告</a>".to_owned())
        }
        ("GET", "/zwgk/012001/012001003/") => Some(format!(
            "<html class=EWB-FRONT><script src='/js/webBuilderCommon.js'></script><script>var pageSize = {ON_A_PAGE};</script>"
        )),
        ("GET", "/js/webBuilderCommon.js") => {
            Some(format!("var siteInfo = {{ projectName: '/EWB', siteGuid: '{GUID}' }};"))
        }
        ("POST", "/EWB/rest/lightfrontaction/getgovinfolist") => {
            let body: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
            assert_eq!(
                (body["siteGuid"].as_str(), body["categorynum"].as_str()),
                (Some(GUID), Some("012001003"))
            );
            let number = usize::try_from(body["pageIndex"].as_u64()?).ok()? + 1;
            let item = |n| serde_json::json!({"infourl": path(n), "title": title(n), "infodate": "2026-01-05"});
            let items: Vec<_> = documents(number).map(item).collect();
            Some(
                serde_json::json!({"custom": {"total": PAGES * ON_A_PAGE, "infodata": items}})
                    .to_string(),
            )
        }
        _ => document(asked),
    }
}

/// A truecms portal, which answers no request for records without a referrer and cuts answers.
fn truecms(asked: &Asked) -> Option<String> {
    match asked.path.split('?').next()? {
        "/zwgk/" => Some("<title>青岚县</title><a href='/zwgk/tzgg/'>通知公告</a>".to_owned()),
        "/zwgk/tzgg/" => Some(
            "<script>var o = {proxyUrl:'/web/messageController/getMessage.do',columnId:'c-7',perPage:20}</script>".to_owned(),
        ),
        "/web/messageController/getMessage.do" => {
            let named = "referer: http://www.qinglan.example/";
            if !asked.header.iter().any(|line| line.to_ascii_lowercase().starts_with(named)) {
                return None;
            }
            let start: usize = asked.path.split("startrecord=").nth(1)?.split('&').next()?.parse().ok()?;
            let record = |n| format!("<record><![CDATA[<a href='{}'>{}</a>2026-01-05]]></record>", path(n), title(n));
            let records: String = (start - 1..PAGES * ON_A_PAGE).take(ON_A_PAGE).map(record).collect();
            let xml = format!("<datastore><totalrecord>{}</totalrecord>{records}</datastore>", PAGES * ON_A_PAGE);
            Some(format!("records({});", serde_json::json!({ "html": xml })))
        }
        _ => document(asked),
    }
}

struct World {
    folder: tempfile::TempDir,
    proxy: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl World {
    fn of(answer: fn(&Asked) -> Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config");
        std::fs::create_dir_all(config.join("portals")).unwrap();
        std::fs::write(config.join("defaults.toml"), "politeness.delay = \"0s\"\n").unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        let proxy = interface(move |request| {
            log.lock().unwrap().push(format!("{} {}", request.method, request.path));
            answer(request)
        });
        Self { folder, proxy, asked }
    }

    fn run(&self, words: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gongkai"));
        let command = command.current_dir(self.folder.path());
        let output =
            command.args(["--data", "data", "--config", "config"]).args(words).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.success(),
            "{words:?}: {said}{}",
            String::from_utf8_lossy(&output.stdout)
        );
        String::from_utf8(output.stdout).unwrap() + &said
    }

    /// What was asked since the last time, robots.txt left out.
    fn asked(&self) -> Vec<String> {
        let asked = std::mem::take(&mut *self.asked.lock().unwrap());
        asked.into_iter().filter(|line| !line.ends_with("/robots.txt")).collect()
    }

    fn update(&self, day: u32) -> Vec<String> {
        let now = format!("2026-02-{day:02}T00:00:00Z");
        self.run(&["update", "--proxy", &self.proxy, "--now", &now]);
        self.asked()
    }

    fn titles(&self) -> BTreeSet<String> {
        let lines = self.run(&["export"]);
        let lines =
            lines.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        lines.map(|line| line["title"].as_str().unwrap().to_owned()).collect()
    }
}

fn warc_files(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<String> = files
        .filter(|path| path.extension().is_some_and(|ending| ending == "gz"))
        .map(|path| path.to_string_lossy().into_owned())
        .collect();
    files.sort();
    files
}

/// From the first look at the portal to a state made again from the archive. `lists` requests find all documents.
fn harvested(style: &str, answer: fn(&Asked) -> Option<String>, lists: usize) -> World {
    let world = World::of(answer);
    let file = "config/portals/qinglan.toml";
    let start = "http://www.qinglan.example/zwgk/";
    let said = world.run(&["probe", start, "--proxy", &world.proxy, "--out", file]);
    let text = std::fs::read_to_string(world.folder.path().join(file)).unwrap();
    assert!(text.contains(&format!("style = {style:?}")), "{text}");
    assert!(said.contains(&title(0)), "{said}");
    world.asked();

    let all: BTreeSet<String> = (0..PAGES * ON_A_PAGE).map(title).collect();
    let first = world.update(1);
    assert_eq!(world.titles(), all);
    assert_eq!(first.len(), lists + all.len(), "{first:?}");
    let again = world.update(3);
    assert_eq!(again.len(), lists, "lists only: {again:?}");
    assert!(again.iter().all(|line| !line.contains("/art/")), "{again:?}");
    world.run(&["verify"]);
    assert!(world.run(&["crawl", "--audit"]).contains("www.qinglan.example"));

    let warc = warc_files(&world.folder.path().join("data/archive")).remove(0);
    let tested = world.run(&["portal", "test", file, "--warc", &warc]);
    assert!(
        tested.contains(&format!("list pages {lists}, items {0}, documents {0}", all.len())),
        "{tested}"
    );

    world.run(&["archive", "reindex"]);
    world.run(&["extract", "--all"]);
    assert_eq!(world.titles(), all);
    let later = world.update(3);
    assert_eq!(later, again[..3], "the state knows what was asked: only news is looked for");
    assert_eq!(world.update(5).len(), lists);
    world
}

#[test]
fn the_search_of_the_xxgk_module_is_crawled() {
    let world = harvested("jcms", xxgk, 1 + PAGES);
    let index = world.run(&["export", "--format", "cdxj"]);
    let posted = |number: usize| {
        index.lines().any(|line| {
            line.starts_with(
                "example,qinglan)/module/xxgk/search.jsp?__wb_method=post&infotypeid=a01",
            ) && line.contains(&format!("currpage={number}"))
                && line.contains("\"url\":\"http://www.qinglan.example/module/xxgk/search.jsp\"")
        })
    };
    assert!((1..=PAGES).all(posted), "{index}");
    another_archive_takes_them_over(&world);
}

/// An archive with POSTs in it, imported: the lists stay lists, and nobody takes their answers for a page.
fn another_archive_takes_them_over(world: &World) {
    let copy = world.folder.path().join("copy.warc");
    let mut export = Command::new(env!("CARGO_BIN_EXE_gongkai"));
    let export = export.current_dir(world.folder.path());
    let export =
        export.args(["--data", "data", "--config", "config", "export", "--format", "warc"]);
    std::fs::write(&copy, export.output().unwrap().stdout).unwrap();
    let import = |data: &str| world.run(&["import", copy.to_str().unwrap(), "--data", data]);
    let first = import("other");
    assert!(first.contains(" 0 left out"), "{first}");
    let again = import("other");
    assert!(again.contains("imported: 0 captures new"), "{again}");
    let found = world.run(&["export", "--status", "all", "--data", "other"]);
    assert_eq!(found.matches("\"title\"").count(), PAGES * ON_A_PAGE);
    let page = "http://www.qinglan.example/module/xxgk/search.jsp";
    let mut explain = Command::new(env!("CARGO_BIN_EXE_gongkai"));
    let explain =
        explain.current_dir(world.folder.path()).args(["explain", page, "--data", "other"]);
    assert!(!explain.output().unwrap().status.success(), "a GET of the address was never answered");
    let redacted =
        ["archive", "redact", "--url", page, "--reason", "court order", "--data", "other"];
    assert!(world.run(&redacted).contains("redacted: "));
    assert!(!world.run(&["export", "--format", "cdxj", "--data", "other"]).contains("search.jsp"));
}

#[test]
fn the_lists_of_ewb_are_crawled() {
    // The column's page, the script, three pages, and one more to see that there is none.
    harvested("ewb", ewb, 2 + PAGES + 1);
}

#[test]
fn the_records_of_truecms_are_crawled() {
    // The column's page, the records as asked at first, and then in pieces as long as the server gives.
    harvested("truecms", truecms, 1 + 1 + PAGES);
}
