//! The pages of the sample portal come out of extraction with what they were made from.

use gongkai::config::{self, Dirs, Portal};
use gongkai::demo::{PublishedPage, Sample, write_config};
use gongkai::extract::extract;
use gongkai::model::{Capture, Document, Headers, Listed, PageUrl};

use crate::support::captured;

/// What a crawler that came from the list would keep.
fn capture(sample: &Sample, portal: &Portal, page: &PublishedPage<'_>) -> Capture {
    let url = PageUrl::parse(&page.url).unwrap();
    let folder = |path: &str| path[..=path.rfind('/').unwrap()].to_owned();
    let column = portal.columns.iter().find(|c| url.path().starts_with(&folder(c.list.path())));
    let answer = sample.answer(url.host(), url.path(), &Headers::default());
    let mut capture = captured(&page.url, answer);
    capture.at = "2024-06-01T00:00:00Z".parse().unwrap();
    capture.context.portal.clone_from(&portal.id);
    capture.context.column.clone_from(&column.unwrap().name);
    capture.context.listed =
        Listed { title: Some(page.title.to_owned()), date: Some(page.published.to_string()) };
    capture
}

/// The fields in question, as text.
fn fields(document: &Document) -> [String; 8] {
    let shown = |value: Option<String>| value.unwrap_or_default();
    [
        document.title.value.clone(),
        shown(document.issuer.as_ref().map(|f| f.value.clone())),
        shown(document.doc_no.as_ref().map(|f| f.value.to_string())),
        shown(document.index_no.as_ref().map(|f| f.value.clone())),
        shown(document.published_date.as_ref().map(|f| f.value.to_string())),
        shown(document.written_date.as_ref().map(|f| f.value.to_string())),
        document.category.value.to_string(),
        shown(document.report_year.as_ref().map(|f| f.value.to_string())),
    ]
}

fn truth(page: &PublishedPage<'_>) -> [String; 8] {
    [
        page.title.to_owned(),
        page.issuer.to_owned(),
        page.doc_no.unwrap_or_default().to_owned(),
        page.index_no.unwrap_or_default().to_owned(),
        page.published.to_string(),
        page.written.map(|day| day.to_string()).unwrap_or_default(),
        page.category.to_owned(),
        page.report.map(|(_, year)| year.to_string()).unwrap_or_default(),
    ]
}

#[test]
fn sample_pages_come_out_as_they_went_in() {
    let folder = tempfile::tempdir().unwrap();
    write_config(folder.path()).unwrap();
    let dirs = Dirs { crawler: folder.path().to_owned(), index: folder.path().join("none") };
    let loaded = config::load(&dirs);
    assert!(loaded.mistakes.is_empty(), "{:?}", loaded.mistakes);
    let sample = Sample::load().unwrap();
    // Every third page is every kind of page, and a third of the time.
    for page in sample.pages().filter(|page| page.obtainable).step_by(3) {
        let host = PageUrl::parse(&page.url).unwrap().host().to_owned();
        let portal = loaded.config.portals.iter().find(|p| p.bases[0].host() == host).unwrap();
        let capture = capture(&sample, portal, &page);
        let extraction = extract(&capture, Some(portal), &loaded.config.categories);
        let document = extraction.documents.first().unwrap_or_else(|| panic!("{}", page.url));
        assert_eq!(fields(document), truth(&page), "{}", page.url);
        assert!(!document.text.contains("示例数据"), "{}", page.url);
    }
}
