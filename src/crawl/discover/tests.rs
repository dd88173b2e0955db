//! List pages under `tests/pages/lists`, each with what it leads to in a sibling file.

use std::path::Path;

use super::*;
use crate::config::{Column, CssSelector, Dirs, ListStyle, load};
use crate::crawl::testing::{attachments, capture, known, page, portal, portal_with};

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
        let next = found.iter().filter(|page| page.context.kind == PageKind::List);
        let (ahead, beyond): (Vec<&KnownPage>, Vec<_>) =
            next.partition(|page| page.state == PageState::Found);
        assert!(beyond.iter().all(|page| page.fate.reason == Reason::EndlessList), "{depth}");
        assert_eq!((ahead.len(), beyond.len(), found.len()), (pages, 1 - pages, 2), "{depth}");
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
        assert!(started.elapsed().as_secs() < 60, "linear, even unoptimised");
    }
}

#[test]
fn two_thousand_pages_of_a_list_are_the_most_that_is_shipped() {
    let nowhere = || "no/such/folder".into();
    let shipped = load(&Dirs { crawler: nowhere(), index: nowhere() }).config.crawler.limits;
    assert_eq!(shipped.list_pages, 2000);
}

#[test]
fn a_next_page_in_another_column_is_refused() {
    let portal =
        portal_with("http://a.gov.cn/", &[("公示公告", "zwgk/gsgg/"), ("政策解读", "zwgk/zcjd/")]);
    let list = known("http://a.gov.cn/zwgk/gsgg/", PageKind::List);
    for (next, followed) in [
        ("/zwgk/gsgg/index_1.html", true),
        ("/zwgk/zcjd/index_1.html", false),
        ("/xwzx/gsgg/2.html", false),
        ("http://b.gov.cn/zwgk/gsgg/index_1.html", false),
    ] {
        let html = format!("<a href='{next}'>下一页</a>");
        let found =
            discover(&portal, &list, &capture(&list, 200, &[], html.as_bytes()), &attachments());
        assert_eq!(
            found.iter().any(|page| page.context.kind == PageKind::List),
            followed,
            "{next}"
        );
    }
}

/// A portal with the xxgk module, and its first list page at the module's search itself.
fn posted_list() -> (Portal, KnownPage) {
    let list = "module/xxgk/search.jsp?infotypeId=A01&area=1133&currpage=7";
    let mut portal = portal_with("http://a.gov.cn/", &[("公示公告", list)]);
    portal.list.style = ListStyle::Jcms;
    let page = first_page(&portal, &portal.columns[0], Moment::UNIX_EPOCH);
    (portal, page)
}

#[test]
fn a_list_at_an_interface_is_asked_by_post_from_its_first_page() {
    let (mut portal, first) = posted_list();
    assert_eq!(first.url.as_str(), "http://a.gov.cn/module/xxgk/search.jsp");
    let form = first.context.form.as_ref().unwrap();
    assert!(form.body().starts_with("infotypeId=A01&jdid=&area=1133&"), "{}", form.body());
    assert!(form.body().contains("&currpage=1&"));
    portal.list.style = ListStyle::Ewb;
    portal.columns[0].list =
        page("http://a.gov.cn/p/rest/lightfrontaction/getgovinfolist?categorynum=004&siteGuid=7e");
    let first = first_page(&portal, &portal.columns[0], Moment::UNIX_EPOCH);
    let body = r#"{"categorynum":"004","deptcode":"","pageIndex":0,"pageSize":20,"siteGuid":"7e"}"#;
    assert_eq!(first.context.form.unwrap().body(), body);
    portal.list.style = ListStyle::Links;
    let first = first_page(&portal, &portal.columns[0], Moment::UNIX_EPOCH);
    assert_eq!((first.context.form, &first.url), (None, &portal.columns[0].list));
}

#[test]
fn lists_asked_by_post_end_at_the_same_limits() {
    let (mut portal, mut page) = posted_list();
    portal.limits.list_pages = 5;
    let body =
        "<a href='/art/2024/3/9/art_1_5.html'>关于停水的公告</a>2024-03-09 共99页".as_bytes();
    for (depth, further) in [(3, 1), (4, 0)] {
        page.depth = depth;
        let found = discover(&portal, &page, &capture(&page, 200, &[], body), &attachments());
        let lists = found.iter().filter(|found| found.context.form.is_some());
        let (beyond, lists): (Vec<_>, Vec<_>) =
            lists.partition(|found| found.state == PageState::Trap);
        assert_eq!((lists.len(), beyond.len(), found.len()), (further, 1 - further, 2), "{depth}");
    }
}

#[test]
fn a_redirect_of_a_post_keeps_the_form_only_where_it_says_so() {
    let (portal, page) = posted_list();
    let led_to = |status: u16, to: &str| {
        let answer = capture(&page, status, &[("Location", to)], b"");
        let found = discover(&portal, &page, &answer, &attachments());
        found.first().map(|found| (found.url.path().to_owned(), found.context.form.is_some()))
    };
    let moved = |path: &str, posted| Some((path.to_owned(), posted));
    assert_eq!(
        led_to(307, "/xxgk/module/xxgk/search.jsp"),
        moved("/xxgk/module/xxgk/search.jsp", true)
    );
    assert_eq!(
        led_to(302, "/xxgk/module/xxgk/search.jsp"),
        moved("/xxgk/module/xxgk/search.jsp", false)
    );
    assert_eq!(led_to(303, "/zwgk/"), moved("/zwgk/", false));
    assert_eq!(led_to(308, "/module/ysqgk/apply.jsp"), None);
    assert_eq!(led_to(307, "http://b.gov.cn/module/xxgk/search.jsp"), None);
}
