use super::*;
use crate::model::{
    Context, Fate, KnownPage, Listed, Moment, NoAnswer, PageKind, PageState, PageUrl, Position,
    Reason,
};

fn moment(second: i64) -> Moment {
    Moment::from_second(1_580_428_800 + second).unwrap()
}

fn url(path: &str) -> PageUrl {
    PageUrl::parse(&format!("http://www.lingzhou.example/{path}")).unwrap()
}

fn page(path: &str, portal: &str) -> KnownPage {
    let context = Context {
        portal: portal.into(),
        column: "政策文件".into(),
        kind: PageKind::Detail,
        listed: Listed { title: Some("示例".into()), date: None },
        referrer: Some(url("index.html")),
        redirected_from: None,
        form: None,
    };
    KnownPage::found(url(path), context, 2, moment(0))
}

fn kept(path: &str) -> KnownPage {
    KnownPage {
        state: PageState::Suspected,
        fate: Fate {
            state: PageState::Moved,
            reason: Reason::MovedPermanently,
            detail: "status 301".into(),
            since: moment(4),
            moved_to: Some(url("b.html")),
        },
        due: moment(99),
        kept_at: Some(moment(5)),
        failures: 3,
        etag: Some("\"x\"".into()),
        last_modified: Some("Fri, 31 Jan 2020 00:00:00 GMT".into()),
        revisit: Some(std::time::Duration::from_mins(10)),
        gone: Some((moment(7), 2)),
        ..page(path, "lingzhou")
    }
}

fn capture(path: &str, at: i64, status: u16, offset: u64) -> CaptureRow {
    CaptureRow {
        key: url(path).key(),
        url: url(path),
        at: moment(at),
        kind: PageKind::Detail,
        portal: "lingzhou".into(),
        status,
        digest: format!("sha1:{offset}"),
        position: Position { file: "gongkai-1.warc.gz".into(), offset },
    }
}

fn import(id: &str, digest: &str, offset: u64) -> ImportRow {
    ImportRow {
        set: "laws".into(),
        id: id.into(),
        digest: digest.into(),
        at: moment(1),
        position: Position { file: "gongkai-2.warc.gz".into(), offset },
    }
}

fn state() -> (tempfile::TempDir, State) {
    let dir = tempfile::tempdir().unwrap();
    let state = State::open(&dir.path().join("state.sqlite")).unwrap();
    (dir, state)
}

#[test]
fn pages_come_back_as_they_were_in_the_order_found() {
    let (dir, state) = state();
    let (a, b) = (page("b.html", "lingzhou"), kept("a.html"));
    let other = page("c.html", "qinglan");
    let found = vec![a.clone(), b.clone(), other.clone()];
    state.commit(&Batch { found, ..Batch::default() }).unwrap();
    assert_eq!(state.pages("lingzhou").unwrap(), [a.clone(), b.clone()]);
    assert_eq!(state.page(&b.url.key()).unwrap(), Some(b.clone()));
    assert_eq!(state.page(&url("nowhere").key()).unwrap(), None);
    let mut all = Vec::new();
    let reading = State::open_read_only(&dir.path().join("state.sqlite")).unwrap();
    reading
        .for_each_page(None, |page| {
            all.push(page);
            Ok(())
        })
        .unwrap();
    assert_eq!(all, [a, b, other]);
    assert!(reading.commit(&Batch { found: all, ..Batch::default() }).is_err());
}

#[test]
fn found_pages_leave_known_ones_alone_and_changed_ones_replace_them() {
    let (_dir, state) = state();
    let first = page("a.html", "lingzhou");
    state.commit(&Batch { found: vec![first.clone()], ..Batch::default() }).unwrap();
    // The same page by another address: scheme and tracking parameters are no part of the key.
    let again = PageUrl::parse("https://www.lingzhou.example/a.html?from=timeline").unwrap();
    let found = vec![KnownPage { url: again, ..kept("a.html") }];
    state.commit(&Batch { found, ..Batch::default() }).unwrap();
    assert_eq!(state.pages("lingzhou").unwrap(), [first]);
    let pages = vec![kept("a.html")];
    state.commit(&Batch { pages: pages.clone(), ..Batch::default() }).unwrap();
    assert_eq!(state.pages("lingzhou").unwrap(), pages);
}

#[test]
fn only_pages_that_a_run_would_ask_for_make_one_due() {
    let (_dir, state) = state();
    let due_now = |path: &str| KnownPage { due: moment(1), ..kept(path) };
    let mut own = due_now("robots.txt");
    own.context.kind = PageKind::Robots;
    let mut absent = due_now("no-such-page.html");
    absent.context.kind = PageKind::Absent;
    let trap = KnownPage { state: PageState::Trap, ..due_now("trap.html") };
    let closed = KnownPage { state: PageState::Disallowed, ..due_now("closed.html") };
    state.commit(&Batch { pages: vec![own, absent, trap, closed], ..Batch::default() }).unwrap();
    assert_eq!(state.next_due("lingzhou").unwrap(), None);
    state.commit(&Batch { pages: vec![kept("a.html")], ..Batch::default() }).unwrap();
    assert_eq!(state.next_due("lingzhou").unwrap(), Some(moment(99)));
}

#[test]
fn captures_are_found_by_number_page_and_time() {
    let (_dir, state) = state();
    let rows = vec![
        capture("a.html", 10, 200, 0),
        capture("b.html", 11, 404, 100),
        capture("a.html", 20, 304, 200),
        capture("a.html", 5, 200, 300),
    ];
    state.commit(&Batch { captures: rows.clone(), ..Batch::default() }).unwrap();
    let first = state.captures_after(0, 3).unwrap();
    assert_eq!(first.iter().map(|(_, row)| row.clone()).collect::<Vec<_>>(), rows[..3]);
    let rest = state.captures_after(first[2].0, 3).unwrap();
    assert_eq!(rest.iter().map(|(_, row)| row.clone()).collect::<Vec<_>>(), rows[3..]);
    let key = url("a.html").key();
    let times = state.captures_of(&key).unwrap().iter().map(|row| row.at).collect::<Vec<_>>();
    assert_eq!(times, [5, 10, 20].map(moment));
    assert_eq!(state.newest_capture(&key).unwrap().unwrap().at, moment(10));
    assert_eq!(state.capture_near(&key, moment(0)).unwrap().unwrap().at, moment(5));
    assert_eq!(state.newest_capture(&url("b.html").key()).unwrap(), None);
}

#[test]
fn registering_twice_changes_nothing() {
    let (_dir, state) = state();
    let batch = Batch {
        captures: vec![capture("a.html", 10, 200, 0)],
        imports: vec![import("1", "x", 7)],
        archive: [("gongkai-1.warc.gz".to_owned(), 500)].into(),
        ..Batch::default()
    };
    state.commit(&batch).unwrap();
    state.commit(&batch).unwrap();
    assert_eq!(state.captures_after(0, 9).unwrap().len(), 1);
    assert_eq!(state.imports_after(0, 9).unwrap().len(), 1);
    let lengths = state.committed_lengths().unwrap();
    assert_eq!(lengths["gongkai-1.warc.gz"], 500);
    assert_eq!(lengths["gongkai-2.warc.gz"], 0, "nothing of it was promised yet");
    let longer = [("gongkai-1.warc.gz".to_owned(), 900)].into();
    state.commit(&Batch { archive: longer, ..Batch::default() }).unwrap();
    assert_eq!(state.committed_lengths().unwrap()["gongkai-1.warc.gz"], 900);
}

#[test]
fn the_newest_digest_of_an_import_counts() {
    let (_dir, state) = state();
    let imports = vec![import("1", "old", 0), import("2", "x", 10), import("1", "new", 20)];
    state.commit(&Batch { imports: imports.clone(), ..Batch::default() }).unwrap();
    assert_eq!(state.import_digest("laws", "1").unwrap().as_deref(), Some("new"));
    assert_eq!(state.import_digest("other", "1").unwrap(), None);
    let rows = state.imports_after(1, 9).unwrap();
    assert_eq!(rows, [(2, imports[1].clone()), (3, imports[2].clone())]);
}

#[test]
fn a_batch_is_whole_or_not_there() {
    let (_dir, state) = state();
    // Written behind the program's back: the second half of the batch fails.
    let connection = state.database.connection().unwrap();
    connection.execute_batch("DROP TABLE fetches").unwrap();
    drop(connection);
    let fetch = FetchRow {
        at: moment(1),
        portal: "lingzhou".into(),
        url: url("a.html"),
        kind: PageKind::Detail,
        result: Err(NoAnswer::Timeout),
        bytes: 0,
        request: None,
    };
    let batch = Batch {
        pages: vec![kept("a.html")],
        captures: vec![capture("a.html", 10, 200, 0)],
        archive: [("gongkai-1.warc.gz".to_owned(), 500)].into(),
        fetches: vec![fetch],
        ..Batch::default()
    };
    assert!(state.commit(&batch).is_err());
    assert!(state.pages("lingzhou").unwrap().is_empty());
    assert!(state.committed_lengths().unwrap().is_empty());
    state.commit(&Batch { fetches: vec![], ..batch }).unwrap();
    assert_eq!(state.pages("lingzhou").unwrap().len(), 1);
}

#[test]
fn requests_are_logged() {
    let (_dir, state) = state();
    let request = |at| Request {
        asked: moment(at),
        ended: moment(at + 1),
        pause: std::time::Duration::from_millis(2500),
    };
    let fetch = |result, request| FetchRow {
        at: moment(1),
        portal: "lingzhou".into(),
        url: url("robots.txt"),
        kind: PageKind::Robots,
        result,
        bytes: 12,
        request,
    };
    let made = [
        fetch(Err(NoAnswer::Timeout), Some(request(9))),
        fetch(Ok(404), Some(request(5))),
        fetch(Err(NoAnswer::RobotsUnreachable), None),
    ];
    state.commit(&Batch { fetches: made.to_vec(), ..Batch::default() }).unwrap();
    let read = |since| {
        let mut rows = Vec::new();
        let mut take = |row| {
            rows.push(row);
            Ok(())
        };
        state.for_each_fetch(since, &mut take).unwrap();
        rows
    };
    assert_eq!(read(None), [made[1].clone(), made[0].clone()], "in order, and only what was asked");
    assert_eq!(read(Some(moment(6))), [made[0].clone()]);
}

#[test]
fn a_killed_run_is_taken_up_again_and_a_finished_one_is_not() {
    let (dir, state) = state();
    let first = state.begin_run(moment(0), false).unwrap();
    drop(state);
    let state = State::open(&dir.path().join("state.sqlite")).unwrap();
    let second = state.begin_run(moment(9), false).unwrap();
    assert_eq!(second, Run { resumed: true, ..first });
    let other = state.begin_run(moment(10), true).unwrap();
    assert!(!other.resumed && other.started == moment(10));
    state.finish_run(&other).unwrap();
    let third = state.begin_run(moment(11), false).unwrap();
    assert!(!third.resumed, "the run of the other kind was given up");
}

#[test]
fn pages_are_counted_by_what_became_of_them() {
    let (_dir, state) = state();
    let mut second = kept("b.html");
    second.fate.since = moment(9);
    let pages = vec![kept("a.html"), second, page("c.html", "lingzhou"), page("d.html", "qinglan")];
    state.commit(&Batch { pages, ..Batch::default() }).unwrap();
    let counts = state.fates(Some("lingzhou")).unwrap();
    let read: Vec<_> =
        counts.iter().map(|count| (count.state, count.reason, count.pages)).collect();
    assert_eq!(
        read,
        [(PageState::Found, Reason::Linked, 1), (PageState::Moved, Reason::MovedPermanently, 2)]
    );
    assert_eq!(counts[1].since, (moment(4), moment(9)));
    assert_eq!(state.fates(None).unwrap().len(), 3);
}
