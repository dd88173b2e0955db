//! List pages under `tests/pages/lists`, each with what it leads to in a sibling file.

use std::path::Path;

use super::*;
use crate::config::{Column, CssSelector, ListStyle};
use crate::crawl::testing::{attachments, capture, known, page, portal};

/// Lines of a sibling file, cut at tabs.
fn expectations(file: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn value<'l>(lines: &'l [Vec<String>], key: &str) -> Option<&'l str> {
    lines.iter().find(|line| line[0] == key).map(|line| line[1].as_str())
}

fn portal_of(lines: &[Vec<String>]) -> Portal {
    let selector = |key| value(lines, key).map(|text| CssSelector::parse(text).unwrap());
    let list = page(value(lines, "list").unwrap());
    let mut portal = portal(list.join("/").unwrap().as_str());
    let column =
        |name: &str, list| Column { name: name.into(), list, category: None, agency: None };
    portal.columns = vec![column("公示公告", list)];
    portal.columns.extend(value(lines, "other-column").map(|other| column("其他", page(other))));
    portal.list.style =
        if value(lines, "style") == Some("trs") { ListStyle::Trs } else { ListStyle::Links };
    portal.list.items = selector("items");
    portal.list.link = selector("link");
    portal.list.date = selector("date");
    portal.list.next = selector("next-selector");
    portal
}

fn described(found: &KnownPage) -> Vec<String> {
    let listed = &found.context.listed;
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    match found.context.kind {
        PageKind::List => vec!["next".into(), found.url.to_string()],
        _ => vec!["detail".into(), found.url.to_string(), text(&listed.title), text(&listed.date)],
    }
}

#[test]
fn lists_lead_to_their_documents_and_next_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/lists");
    let mut pages = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "html") {
            continue;
        }
        pages += 1;
        let lines = expectations(&path.with_extension("expected"));
        let list = known(value(&lines, "at").unwrap(), PageKind::List);
        let answer =
            capture(&list, 200, &[("content-type", "text/html")], &std::fs::read(&path).unwrap());
        let found = discover(&portal_of(&lines), &list, &answer, &attachments());
        let expected: Vec<Vec<String>> = lines
            .iter()
            .filter(|line| matches!(line[0].as_str(), "detail" | "next"))
            .cloned()
            .collect();
        let described: Vec<Vec<String>> = found.iter().map(described).collect();
        assert_eq!(described, expected, "{}", path.display());
        assert!(
            found.iter().all(|f| f.context.referrer.as_ref() == Some(&list.url) && f.depth == 1)
        );
    }
    assert!(pages >= 6, "the pages are there");
}

/// The portal of a page under `tests/pages/named`: what its expectations say besides.
fn portal_of_named(lines: &[Vec<String>], at: &PageUrl) -> Portal {
    let selector = |key| value(lines, key).map(|text| CssSelector::parse(text).unwrap());
    let mut portal = portal(at.join("/").unwrap().as_str());
    portal.requisites = true;
    portal.attachment_hosts = value(lines, "host").map(str::to_owned).into_iter().collect();
    portal.detail.body = selector("body");
    portal.detail.attachments = selector("place");
    portal
}

/// Pages and style sheets, each with the files that it leads to in a sibling file.
///
/// `at`: where it is; `from`: what led to a style sheet; `host`: where attachments may be besides. The rest is what it
/// leads to, in order; a line `elsewhere` names a file that a document has and the crawl must not ask for.
#[test]
fn pages_lead_to_their_files_and_what_they_are_shown_with() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/named");
    let mut pages = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kind = match path.extension().and_then(|ending| ending.to_str()) {
            Some("html") => PageKind::Detail,
            Some("css") => PageKind::Requisite,
            _ => continue,
        };
        pages += 1;
        let lines = expectations(&path.with_extension("expected"));
        let mut asked = known(value(&lines, "at").unwrap(), kind);
        asked.context.referrer = value(&lines, "from").map(page);
        let answer = capture(&asked, 200, &[], &std::fs::read(&path).unwrap());
        let portal = portal_of_named(&lines, &asked.url);
        let found = discover(&portal, &asked, &answer, &attachments());
        let described = found.iter().map(|found| {
            let mut line = vec![found.context.kind.as_str().to_owned(), found.url.to_string()];
            line.extend(found.context.listed.title.clone());
            line
        });
        let expected = lines.iter().filter(|l| matches!(&*l[0], "attachment" | "requisite"));
        assert!(described.eq(expected.cloned()), "{}: {found:#?}", path.display());
        assert!(found.iter().all(|f| f.context.referrer.as_ref() == Some(&asked.url)));
        let off = Portal { requisites: false, ..portal };
        let found = discover(&off, &asked, &answer, &attachments());
        assert!(found.iter().all(|f| f.context.kind == PageKind::Attachment));
    }
    assert!(pages >= 6, "the pages are there");
}

#[test]
fn lists_end_at_the_limit_of_pages() {
    let lines = expectations(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/lists/trs-call.expected"),
    );
    let mut portal = portal_of(&lines);
    portal.limits.list_pages = 5;
    let body =
        br#"<a href="t20250101_1.html">a</a><script>createPageHTML(99,0,"index","html")</script>"#;
    for (depth, pages) in [(3, 1), (4, 0)] {
        let mut list = known("http://www.lingzhou.gov.cn/zwgk/zcwj/", PageKind::List);
        list.depth = depth;
        let found = discover(&portal, &list, &capture(&list, 200, &[], body), &attachments());
        let next = found.iter().filter(|page| page.context.kind == PageKind::List).count();
        assert_eq!((next, found.len() - next), (pages, 1), "{depth}");
    }
}

#[test]
fn redirects_lead_to_pages_of_the_portal_only() {
    let portal = portal("http://a.gov.cn/zwgk/");
    let detail = known("http://a.gov.cn/zwgk/x/t1.html", PageKind::Detail);
    let led_to = |to: &str| {
        let answer = capture(&detail, 302, &[("Location", to)], b"");
        discover(&portal, &detail, &answer, &attachments())
    };
    let found = led_to("/zwgk/y/t1.html");
    assert_eq!(found[0].url.as_str(), "http://a.gov.cn/zwgk/y/t1.html");
    assert_eq!(found[0].context.redirected_from, Some(detail.url.clone()));
    for nowhere in [
        "/",
        "/zwgk/",
        "/xwzx/1.html",
        "http://b.gov.cn/zwgk/1.html",
        "https://a.gov.cn/zwgk/x/t1.html",
        "//",
        "javascript:x",
    ] {
        assert!(led_to(nowhere).is_empty(), "{nowhere}");
    }
}

#[test]
fn hostile_pages_cost_little() {
    let portal = portal("http://a.gov.cn/");
    let list = known("http://a.gov.cn/zwgk/x/", PageKind::List);
    let item = "<li><a href='t1_%.html'>x</a><span>2020-01-01</span></li>";
    let numbered =
        (0..3_000).fold(String::new(), |page, n| page + &item.replace('%', &n.to_string()));
    let deep = "<div>".repeat(20_000) + "<a href=t1.html>x</a>";
    let flat = "<a href=t1.html>x</a>".repeat(20_000);
    for body in [numbered, deep, flat] {
        let started = std::time::Instant::now();
        let found =
            discover(&portal, &list, &capture(&list, 200, &[], body.as_bytes()), &attachments());
        assert!(found.len() <= LINKS_OF_A_PAGE);
        assert!(started.elapsed().as_secs() < 20, "linear, even unoptimised");
    }
}
