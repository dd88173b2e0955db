//! Promises about the pages a crawler walks through.

use std::collections::BTreeSet;

use scraper::{Html, Selector};

use super::{SAMPLE, get, text_of};
use crate::demo::Target;
use crate::model::PageUrl;

fn links(host: &str, path: &str) -> Vec<(PageUrl, String)> {
    let html = Html::parse_document(&text_of(host, &get(host, path)));
    let page = PageUrl::parse(&format!("http://{host}{path}")).unwrap();
    let anchors = Selector::parse("ul.list a, #newslist a, .attachments a, .fujian a").unwrap();
    html.select(&anchors)
        .map(|a| {
            let title = a.attr("title").unwrap_or_default().to_owned();
            (page.join(a.attr("href").unwrap()).unwrap(), title)
        })
        .collect()
}

#[test]
fn every_link_of_every_list_answers_but_the_removed_ones() {
    let mut met = BTreeSet::new();
    let mut gone = BTreeSet::new();
    for (host, path, target) in SAMPLE.addresses() {
        if !matches!(target, Target::List(..) | Target::Detail(_)) {
            continue;
        }
        for (url, title) in links(host, path) {
            let status = get(url.host(), url.path()).status;
            assert!(status == 200 || status == 404, "{url}: {status}");
            if status == 404 {
                gone.insert(title);
            }
            met.insert(url.to_string());
        }
    }
    assert_eq!(
        gone.into_iter().collect::<Vec<_>>(),
        [
            "云汀市交通运输局2016年政府信息公开年度报告",
            "关于开展市级机关公务用车拍卖的公告（已撤下）"
        ]
    );
    for page in SAMPLE.pages() {
        assert!(met.contains(&page.url), "{}: no list links it", page.url);
    }
}

#[test]
fn lists_say_the_whole_title_beside_the_cut_one() {
    let answer = get("www.yunting.example", "/zwgk/bgswj/");
    let html = Html::parse_document(&text_of("www.yunting.example", &answer));
    let anchors = Selector::parse("ul.list a").unwrap();
    let cut = html.select(&anchors).find(|a| a.text().collect::<String>().ends_with('…')).unwrap();
    let shown: String = cut.text().collect();
    assert!(cut.attr("title").unwrap().starts_with(shown.trim_end_matches('…')));
}

#[test]
fn trs_lists_count_their_pages_and_end_with_404() {
    let host = "www.yunting.example";
    let first = text_of(host, &get(host, "/zwgk/zfxxgknb/index.html"));
    let pages: usize = first.split("createPageHTML(").nth(1).unwrap()[..1].parse().unwrap();
    assert!(pages >= 5);
    let last = format!("/zwgk/zfxxgknb/index_{}.html", pages - 1);
    assert_eq!(get(host, &last).status, 200);
    assert_eq!(get(host, &format!("/zwgk/zfxxgknb/index_{pages}.html")).status, 404);
    assert!(links(host, "/zwgk/zfxxgknb/index.html").len() == 15);
}

#[test]
fn plain_lists_can_be_walked_by_their_next_links() {
    let next = Selector::parse("div.pagelist a.next").unwrap();
    let host = "www.linting.example";
    let (mut path, mut met) = ("/zwgk/xxgknb/".to_owned(), 0);
    loop {
        met += links(host, &path).len();
        let html = Html::parse_document(&text_of(host, &get(host, &path)));
        match html.select(&next).next() {
            Some(a) => path = a.attr("href").unwrap().to_owned(),
            None => break,
        }
    }
    let reports =
        SAMPLE.pages().filter(|p| p.url.starts_with("http://www.linting.example/zwgk/xxgknb/"));
    assert_eq!(met, reports.count());
}
