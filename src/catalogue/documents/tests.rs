use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::model::{
    Attachment, DocNumber, Document, DocumentId, Evidence, Moment, Origin, PageUrl, Sourced,
    Standing, Status, Warning,
};

pub(super) fn moment(second: i64) -> Moment {
    Moment::from_second(1_580_428_800 + second).unwrap()
}

pub(super) fn document(path: &str, at: i64, title: &str, text: &str) -> Document {
    let url = PageUrl::parse(&format!("http://www.lingzhou.example/{path}")).unwrap();
    let origin = Origin::Web { url };
    let title = Sourced::new(title.into(), Evidence::Meta("ArticleTitle".into()));
    Document {
        portal: Some("lingzhou".into()),
        agencies: vec!["灵洲市财政局".into()],
        doc_no: DocNumber::parse("灵财〔2020〕3号").map(|n| Sourced::new(n, Evidence::TextHead)),
        category_labels: vec!["政策".into()],
        published_date: Some(Sourced::new("2020-01".parse().unwrap(), Evidence::List)),
        attachments: vec![Attachment::new("http://x.example/a.doc".into(), "附件".into())],
        warnings: vec![Warning::new("odd", "示例")],
        ..Document::bare(origin, title, text.into(), moment(at))
    }
}

pub(super) fn imported(set: &str, id: &str) -> Document {
    let origin = Origin::Import { set: set.into(), id: id.into() };
    Document { id: DocumentId::of(&origin, ""), origin, ..document("link.html", 0, "题", "文") }
}

pub(super) fn catalogue() -> (tempfile::TempDir, Catalogue) {
    let dir = tempfile::tempdir().unwrap();
    let catalogue = Catalogue::open(&dir.path().join("catalogue.sqlite")).unwrap();
    (dir, catalogue)
}

fn put(catalogue: &Catalogue, document: &Document) -> (u64, u64, u64) {
    let counts = catalogue.put(std::slice::from_ref(document), |_, _| {}).unwrap();
    (counts.new, counts.changed, counts.unchanged)
}

fn changes(catalogue: &Catalogue, after: i64) -> Vec<(i64, Document)> {
    catalogue.changed_after(after, 100).unwrap()
}

fn shown(catalogue: &Catalogue, document: &Document) -> Vec<(usize, Moment, String, String)> {
    let versions = catalogue.versions(&document.id).unwrap();
    versions.into_iter().map(|v| (v.n, v.captured_at, v.title, v.text)).collect()
}

fn texts(catalogue: &Catalogue) -> i64 {
    let connection = catalogue.database.connection().unwrap();
    connection.query_row("SELECT count(*) FROM texts", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_document_comes_back_as_it_was() {
    let (dir, catalogue) = catalogue();
    let document = document("a.html", 0, "题目", &"正文。\n\n".repeat(500));
    assert_eq!(put(&catalogue, &document), (1, 0, 0));
    assert_eq!(catalogue.document(&document.id).unwrap().as_ref(), Some(&document));
    let reading = Catalogue::open_read_only(&dir.path().join("catalogue.sqlite")).unwrap();
    let key = PageUrl::parse("https://www.lingzhou.example/a.html?spm=1").unwrap().key();
    assert_eq!(reading.by_url(&key).unwrap(), std::slice::from_ref(&document));
    assert_eq!(reading.count().unwrap(), 1);
    assert!(reading.put(&[document], |_, _| {}).is_err(), "a reader does not write");
}

#[test]
fn only_what_differs_is_a_change() {
    let (_dir, catalogue) = catalogue();
    let first = document("a.html", 0, "题", "文");
    put(&catalogue, &first);
    let seen = catalogue.last_change().unwrap();
    let later = Document { captured_at: moment(60), ..first.clone() };
    assert_eq!(put(&catalogue, &later), (0, 0, 1));
    assert_eq!(changes(&catalogue, seen), []);
    assert_eq!(catalogue.document(&first.id).unwrap().unwrap().captured_at, moment(60));
    let mut resolved = later.clone();
    resolved.agencies.push("灵洲市审计局".into());
    assert_eq!(put(&catalogue, &resolved), (0, 1, 0));
    assert_eq!(changes(&catalogue, seen), [(seen + 1, resolved.clone())]);
    assert_eq!(catalogue.versions(&first.id).unwrap().len(), 1, "title and text are the same");
    let edited = Document { captured_at: moment(90), text: "文二".into(), ..resolved };
    assert_eq!(put(&catalogue, &edited), (0, 1, 0));
    assert_eq!(
        shown(&catalogue, &first),
        [(1, moment(0), "题".into(), "文".into()), (2, moment(90), "题".into(), "文二".into())]
    );
}

#[test]
fn the_statuses_of_a_page_are_news_and_outlive_reading_old_captures_again() {
    let (_dir, catalogue) = catalogue();
    let page = document("a.html", 10, "题", "文");
    put(&catalogue, &page);
    put(&catalogue, &document("b.html", 10, "题", "文"));
    let seen = catalogue.last_change().unwrap();
    assert!(catalogue.set_status(&page.id, Status::Removed).unwrap());
    assert!(!catalogue.set_status(&page.id, Status::Removed).unwrap());
    let news = changes(&catalogue, seen);
    assert_eq!(news.len(), 1);
    assert_eq!((news[0].0, news[0].1.status), (seen + 1, Status::Removed));
    put(&catalogue, &page);
    assert_eq!(catalogue.document(&page.id).unwrap().unwrap().status, Status::Removed);
    put(&catalogue, &Document { captured_at: moment(20), ..page.clone() });
    assert_eq!(catalogue.document(&page.id).unwrap().unwrap().status, Status::Live);
    catalogue.set_status(&page.id, Status::Withheld).unwrap();
    put(&catalogue, &Document { captured_at: moment(30), text: "新".into(), ..page.clone() });
    assert_eq!(catalogue.document(&page.id).unwrap().unwrap().status, Status::Withheld);
}

#[test]
fn an_older_capture_adds_a_version_and_leaves_the_document() {
    let (_dir, catalogue) = catalogue();
    let newer = document("a.html", 50, "题", "新文");
    put(&catalogue, &newer);
    let seen = catalogue.last_change().unwrap();
    put(&catalogue, &document("a.html", 10, "题", "旧文"));
    let changed_at = Some(moment(50));
    let standing = Standing { changed_at, ..Standing::default() };
    let changed = Document { status: Status::Changed, standing, ..newer.clone() };
    assert_eq!(catalogue.document(&newer.id).unwrap(), Some(changed));
    assert_eq!(changes(&catalogue, seen).len(), 1, "it was not known to have changed");
    let texts_of: Vec<String> = shown(&catalogue, &newer).into_iter().map(|v| v.3).collect();
    assert_eq!(texts_of, ["旧文", "新文"]);
    // The same text at an older capture: the version began earlier than was known.
    put(&catalogue, &document("a.html", 40, "题", "新文"));
    assert_eq!(shown(&catalogue, &newer)[1].1, moment(40));
}

#[test]
fn a_better_extractor_replaces_texts_and_equal_neighbours_merge() {
    let (_dir, catalogue) = catalogue();
    for (at, text) in [(10, "文 页脚甲"), (20, "文 页脚乙"), (30, "另文")] {
        put(&catalogue, &document("a.html", at, "题", text));
    }
    let id = document("a.html", 0, "题", "");
    assert_eq!(shown(&catalogue, &id).len(), 3);
    assert_eq!(texts(&catalogue), 3);
    for (at, text) in [(10, "文"), (20, "文"), (30, "另文")] {
        put(&catalogue, &document("a.html", at, "题", text));
    }
    let left: Vec<(usize, Moment, String)> =
        shown(&catalogue, &id).into_iter().map(|(n, at, _, text)| (n, at, text)).collect();
    assert_eq!(left, [(1, moment(10), "文".into()), (2, moment(30), "另文".into())]);
    assert_eq!(texts(&catalogue), 2, "texts nobody holds are gone");
}

#[test]
fn equal_texts_are_stored_once() {
    let (_dir, catalogue) = catalogue();
    let documents = ["a", "b", "c"].map(|path| document(path, 0, "题", "同一篇文章"));
    assert_eq!(catalogue.put(&documents, |_, _| {}).unwrap().new, 3);
    assert_eq!(texts(&catalogue), 1);
}

#[test]
fn documents_are_chosen_and_come_in_the_order_of_ids() {
    let (_dir, catalogue) = catalogue();
    let mut all = vec![imported("laws", "17"), imported("other", "17"), document("a", 0, "题", "")];
    all[0].portal = None;
    catalogue.put(&all, |_, _| {}).unwrap();
    catalogue.set_status(&all[2].id, Status::Removed).unwrap();
    let ids = |filter: &Filter| {
        let mut ids = Vec::new();
        catalogue
            .for_each(filter, |document| {
                // Another question while this one is being answered.
                assert!(catalogue.document(&document.id)?.is_some());
                ids.push(document.id);
                Ok(())
            })
            .unwrap();
        ids
    };
    let mut every: Vec<DocumentId> = all.iter().map(|document| document.id).collect();
    every.sort_unstable();
    assert_eq!(ids(&Filter::default()), every);
    let live = Filter { statuses: vec![Status::Live, Status::Suspected], ..Filter::default() };
    assert_eq!(ids(&live).len(), 2);
    let portal = Filter { portal: Some("lingzhou".into()), ..live };
    assert_eq!(ids(&portal), [all[1].id]);
    assert_eq!(catalogue.by_external_id("17").unwrap().len(), 2);
    assert!(catalogue.by_external_id("18").unwrap().is_empty());
}

#[test]
fn cursors_are_kept() {
    let (dir, catalogue) = catalogue();
    assert_eq!(catalogue.cursor("extracted").unwrap(), 0);
    catalogue.set_cursor("extracted", 7).unwrap();
    catalogue.set_cursor("extracted", 9).unwrap();
    drop(catalogue);
    let again = Catalogue::open(&dir.path().join("catalogue.sqlite")).unwrap();
    assert_eq!(again.cursor("extracted").unwrap(), 9);
}

#[test]
fn several_threads_read_while_one_writes() {
    let (_dir, catalogue) = catalogue();
    let documents: Vec<Document> =
        (0..50).map(|n| document(&format!("{n}.html"), 0, "题", "文")).collect();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for document in &documents {
                    catalogue.document(&document.id).unwrap();
                }
            });
        }
        for document in &documents {
            put(&catalogue, document);
        }
    });
    assert_eq!(catalogue.count().unwrap(), 50);
}

fn dump(catalogue: &Catalogue) -> String {
    let mut text = Vec::new();
    catalogue.dump(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// All captures of the page `a.html`.
fn reading(documents: Vec<Document>) -> Reading {
    let source = Source::Page(PageUrl::parse("http://www.lingzhou.example/a.html").unwrap().key());
    let newest = documents.last().map(|document| document.captured_at);
    let derived = newest.map(|newest| Derived { rules: 1, reached: 1, newest, halves: false });
    Reading { source, documents, derived }
}

#[test]
fn what_a_source_gives_no_more_is_dropped_and_comes_back_anew() {
    let (_dir, catalogue) = catalogue();
    let page = document("a.html", 0, "题", "文");
    catalogue.replace(&[reading(vec![page.clone()])], |_, _| {}).unwrap();
    let seen = catalogue.last_change().unwrap();
    catalogue.replace(&[reading(vec![])], |_, _| {}).unwrap();
    assert_eq!(catalogue.dropped_after(seen).unwrap(), [(seen + 1, page.id)]);
    assert_eq!((catalogue.document(&page.id).unwrap(), texts(&catalogue)), (None, 0));
    assert_eq!(dump(&catalogue), "");
    put(&catalogue, &page);
    assert_eq!(catalogue.dropped_after(0).unwrap(), []);
    assert_eq!(catalogue.last_change().unwrap(), seen + 2);
}

#[test]
fn a_record_of_another_form_is_passed_over_until_it_is_read_again() {
    let (_dir, catalogue) = catalogue();
    let (page, other) = (document("a.html", 0, "题", "文"), document("b.html", 0, "题", "文"));
    catalogue.put(&[page.clone(), other.clone()], |_, _| {}).unwrap();
    let connection = catalogue.database.connection().unwrap();
    let record = r#"{"id": "x", "region": "330800"}"#;
    let sql = "UPDATE documents SET record = ?1 WHERE id = ?2";
    connection.execute(sql, [record, page.id.as_str()]).unwrap();
    drop(connection);
    assert_eq!(catalogue.document(&page.id).unwrap(), None);
    let mut ids = Vec::new();
    catalogue
        .for_each(&Filter::default(), |found| {
            ids.push(found.id);
            Ok(())
        })
        .unwrap();
    assert_eq!(ids, [other.id]);
    assert_eq!(changes(&catalogue, 0).len(), 1);
    catalogue.replace(&[reading(vec![page.clone()])], |_, _| {}).unwrap();
    assert_eq!(catalogue.document(&page.id).unwrap(), Some(page));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Captures put one by one as they come, and whatever was held before, end where all of them at once end.
    #[test]
    fn steps_end_where_one_step_ends(
        texts_by_time in prop::collection::vec(0_u8..3, 1..8),
        before in prop::collection::vec((0_u8..5, 0_i64..8), 0..4),
    ) {
        let captures: Vec<Document> = texts_by_time
            .iter()
            .zip(0..)
            .map(|(text, at)| document("a.html", at, "题", &format!("文{text}")))
            .collect();
        let (_a, at_once) = catalogue();
        at_once.replace(&[reading(captures.clone())], |_, _| {}).unwrap();
        let (_b, in_steps) = catalogue();
        for capture in &captures {
            put(&in_steps, capture);
        }
        let source = reading(vec![]).source;
        in_steps.set_derived(&[(source, reading(captures.clone()).derived.unwrap())]).unwrap();
        prop_assert_eq!(dump(&in_steps), dump(&at_once));
        let (_c, over_others) = catalogue();
        for (text, at) in before {
            put(&over_others, &document("a.html", at, "旧题", &format!("旧文{text}")));
        }
        over_others.replace(&[reading(captures.clone())], |_, _| {}).unwrap();
        prop_assert_eq!(dump(&over_others), dump(&at_once));
        let change = over_others.last_change().unwrap();
        over_others.replace(&[reading(captures)], |_, _| {}).unwrap();
        prop_assert_eq!(over_others.last_change().unwrap(), change, "the same again is no change");
    }

    /// Whatever order captures are read in, the versions are the runs of equal texts in the order of time.
    #[test]
    fn versions_do_not_depend_on_the_order_of_reading(
        texts_by_time in prop::collection::vec(0_u8..3, 1..8),
        order in any::<u64>(),
    ) {
        let (_dir, catalogue) = catalogue();
        let mut captures: Vec<Document> = texts_by_time
            .iter()
            .zip(0..)
            .map(|(text, at)| document("a.html", at, "题", &format!("文{text}")))
            .collect();
        let last = captures.last().cloned().unwrap();
        captures.sort_by_key(|capture| {
            let at = u64::try_from(capture.captured_at.as_second()).unwrap_or(0);
            (at ^ order).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        });
        for capture in &captures {
            put(&catalogue, capture);
        }
        // Captures between equal ones were merged away; reading them all once more settles what that hid.
        captures.sort_by_key(|capture| capture.captured_at);
        for capture in &captures {
            put(&catalogue, capture);
        }
        let mut runs: Vec<String> = texts_by_time.iter().map(|text| format!("文{text}")).collect();
        runs.dedup();
        let found: Vec<String> = shown(&catalogue, &last).into_iter().map(|v| v.3).collect();
        prop_assert_eq!(&found, &runs);
        let held = catalogue.document(&last.id).unwrap().unwrap();
        let expected = if runs.len() > 1 { Status::Changed } else { Status::Live };
        prop_assert_eq!((held.status, held.standing.changed_at.is_some()), (expected, runs.len() > 1));
        prop_assert_eq!(Document { standing: last.standing.clone(), status: last.status, ..held }, last);
    }
}

/// A page that holds two documents, then one of them, then both again.
#[test]
fn a_document_that_leaves_its_page_is_removed_until_it_is_back() {
    let (_dir, catalogue) = catalogue();
    let part = |key: &str, at: i64| document("a.html", at, key, key).as_part(key.to_owned());
    let show = |captures: &[(i64, &[&str])]| {
        let documents =
            captures.iter().flat_map(|(at, keys)| keys.iter().map(|key| part(key, *at)));
        catalogue.replace(&[reading(documents.collect())], |_, _| {}).unwrap().left
    };
    let state = |key: &str| {
        let held = catalogue.document(&part(key, 0).id).unwrap().unwrap();
        (held.status, held.standing.since)
    };
    assert_eq!(show(&[(0, &["a", "b"])]), 0);
    assert_eq!(catalogue.siblings(&part("a", 0)).unwrap(), [part("b", 0)]);
    let then: [(i64, &[&str]); 2] = [(0, &["a", "b"]), (10, &["a"])];
    assert_eq!(show(&then), 1);
    assert_eq!((state("a").0, state("b")), (Status::Live, (Status::Removed, Some(moment(10)))));
    let source = Source::of(&part("a", 0).origin);
    assert_eq!(catalogue.shown_on(&source).unwrap(), BTreeSet::from([part("a", 0).id]));
    // What becomes of the page does not bring it back, and a second look changes nothing.
    catalogue.set_standing(&part("b", 0).id, Status::Live, &Standing::default()).unwrap();
    let change = catalogue.last_change().unwrap();
    assert_eq!(show(&[then[0], then[1], (20, &["a"])]), 0);
    assert_eq!(catalogue.last_change().unwrap(), change);
    assert_eq!(state("b"), (Status::Removed, Some(moment(10))));
    // Taken down and given back it is removed again.
    catalogue.set_status(&part("b", 0).id, Status::Withheld).unwrap();
    catalogue.set_status(&part("b", 0).id, Status::Live).unwrap();
    assert_eq!(state("b"), (Status::Removed, Some(moment(10))));
    // It is back, and a page from before that comes to light held one more.
    assert_eq!(show(&[then[0], (5, &["a", "c"]), then[1], (30, &["a", "b"])]), 1);
    assert_eq!(state("b"), (Status::Live, None));
    assert_eq!(state("c"), (Status::Removed, Some(moment(10))));
}

#[test]
fn a_capture_that_is_read_otherwise_has_other_documents() {
    let (_dir, catalogue) = catalogue();
    let whole = document("a.html", 0, "汇编", "甲\n\n乙");
    let parts =
        ["甲", "乙"].map(|key| document("a.html", 0, key, key).as_part(format!("heading {key}")));
    let show = |documents: &[Document]| {
        catalogue.replace(&[reading(documents.to_vec())], |_, _| {}).unwrap();
        let held =
            catalogue.by_url(&PageUrl::parse("http://www.lingzhou.example/a.html").unwrap().key());
        held.unwrap().into_iter().map(|document| document.title.value).collect::<BTreeSet<_>>()
    };
    let titles =
        |titles: &[&str]| titles.iter().map(|&title| title.to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(show(std::slice::from_ref(&whole)), titles(&["汇编"]));
    assert_eq!(show(&parts), titles(&["甲", "乙"]));
    assert_eq!(show(std::slice::from_ref(&whole)), titles(&["汇编"]));
}
