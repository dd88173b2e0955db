//! The archive as a whole: what goes in comes out, and what is broken is named.

use std::{collections::BTreeMap, fs, io::Write, path::Path, process::Command};

use proptest::prelude::*;

use super::*;
use crate::model::{
    Answer, Capture, Context, Headers, Imported, Listed, Moment, NoAnswer, Outcome, PageKind,
    PageUrl, Position, Truncated,
};

pub(super) fn moment(second: i64) -> Moment {
    Moment::from_microsecond(1_580_428_800_000_000 + second * 1_000_000 + second % 3).unwrap()
}

fn context(kind: PageKind) -> Context {
    Context {
        portal: "lingzhou".into(),
        column: "政策文件".into(),
        kind,
        listed: Listed { title: Some("关于\n示例".into()), date: Some("2020-01-31".into()) },
        referrer: Some(PageUrl::parse("http://www.lingzhou.example/zc/index.html").unwrap()),
        redirected_from: None,
        form: None,
    }
}

pub(super) fn capture(number: i64, body: &[u8]) -> Capture {
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Capture {
        url: PageUrl::parse(&format!("http://www.lingzhou.example/zc/t{number}.html?a=1")).unwrap(),
        at: moment(number),
        request: Headers(vec![field("Host", "www.lingzhou.example"), field("Accept", "*/*")]),
        answer: Answer {
            status: 200,
            headers: Headers(vec![
                field("Content-Type", "text/html;charset=gbk"),
                field("transfer-encoding", "chunked"),
                field("Content-Length", "7"),
                field("X-Odd", " \t两边 "),
            ]),
            body: body.into(),
        },
        truncated: None,
        unverified_tls: false,
        context: context(PageKind::Detail),
    }
}

pub(super) fn not_modified(number: i64) -> Capture {
    let mut capture = capture(number, b"");
    capture.answer.status = 304;
    capture.answer.headers.0.truncate(1);
    capture
}

pub(super) fn outcome(number: i64) -> Outcome {
    let capture = capture(number, b"");
    Outcome {
        url: capture.url,
        at: capture.at,
        reason: NoAnswer::Timeout,
        detail: "no answer\r\nin 30 s".into(),
        context: capture.context,
    }
}

pub(super) fn imported(number: i64) -> Imported {
    let record =
        serde_json::json!({"id": "甲 1", "title": "示例", "text": "文", "unknown": [1, null]});
    Imported {
        set: "sample".into(),
        id: format!("甲 {number}"),
        at: moment(number),
        record: record.as_object().unwrap().clone(),
    }
}

pub(super) fn open(dir: &Path, committed: &BTreeMap<String, u64>) -> (Archive, Recovery) {
    Archive::open(dir, &Settings::new("gongkai/test"), committed, moment(0)).unwrap()
}

/// One of each kind, synced; what was put in, where, and the lengths to commit.
fn sample(dir: &Path) -> (Vec<(Position, Entry)>, BTreeMap<String, u64>) {
    let (mut archive, _) = open(dir, &BTreeMap::new());
    let mut truncated = capture(2, b"\r\n\r\nWARC/1.1\r\n");
    truncated.truncated = Some(Truncated::Length);
    truncated.unverified_tls = true;
    let first = capture(1, b"<html>\xb9\xab\xbf\xaa</html>");
    let earlier = Earlier {
        url: first.url.clone(),
        at: first.at,
        digest: body_digest(&first.answer.body).unwrap(),
    };
    let mut kept = vec![
        (archive.append_capture(&first).unwrap(), Entry::Capture(first)),
        (archive.append_outcome(&outcome(3)).unwrap(), Entry::Outcome(outcome(3))),
        (archive.append_capture(&truncated).unwrap(), Entry::Capture(truncated)),
        (archive.append_import(&imported(4)).unwrap(), Entry::Imported(imported(4))),
        (
            archive.append_not_modified(&not_modified(1), &earlier).unwrap(),
            Entry::Capture(not_modified(1)),
        ),
        (archive.append_capture(&not_modified(6)).unwrap(), Entry::Capture(not_modified(6))),
    ];
    let mut again = match &kept[0].1 {
        Entry::Capture(first) => first.clone(),
        _ => unreachable!(),
    };
    again.at = moment(7);
    let place = archive.append_identical(&again, &earlier, &kept[0].0).unwrap();
    kept.push((place, Entry::Capture(again)));
    assert!(archive.lengths().is_empty(), "nothing is promised before sync");
    archive.sync().unwrap();
    (kept, archive.lengths())
}

/// A file small enough to break it everywhere.
fn small_sample(dir: &Path) -> (Vec<(Position, Entry)>, BTreeMap<String, u64>) {
    let (mut archive, _) = open(dir, &BTreeMap::new());
    let kept = vec![
        (archive.append_import(&imported(1)).unwrap(), Entry::Imported(imported(1))),
        (archive.append_capture(&capture(2, b"x")).unwrap(), Entry::Capture(capture(2, b"x"))),
    ];
    archive.sync().unwrap();
    (kept, archive.lengths())
}

fn kept(dir: &Path) -> Vec<(Position, Entry)> {
    let entries = Reader::open(dir).unwrap().entries();
    entries.map(Result::unwrap).filter(|(_, entry)| *entry != Entry::Other).collect()
}

#[test]
fn what_goes_in_comes_out() {
    let dir = tempfile::tempdir().unwrap();
    let (put, lengths) = sample(dir.path());
    assert_eq!(kept(dir.path()), put);
    let reader = Reader::open(dir.path()).unwrap();
    for (position, entry) in &put {
        assert_eq!(&reader.entry(position).unwrap(), entry);
    }
    let report = verify(dir.path(), Some(&lengths)).unwrap();
    assert_eq!((&report.damage, &report.torn), (&vec![], &vec![]));
    assert_eq!(
        (report.files, report.records, report.captures, report.outcomes, report.imports),
        (1, 18, 5, 1, 1)
    );
    assert_eq!(lengths.values().sum::<u64>(), report.bytes);
}

#[test]
fn positions_do_not_lead_out_of_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    sample(dir.path());
    let reader = Reader::open(dir.path()).unwrap();
    for file in ["../secret.warc.gz", "/etc/passwd", "", "a/b"] {
        assert!(reader.entry(&Position { file: file.into(), offset: 0 }).is_err(), "{file}");
    }
    let (position, _) = kept(dir.path()).remove(1);
    assert!(reader.capture(&position).is_err(), "an outcome is no capture");
    assert!(reader.entry(&Position { offset: position.offset + 1, ..position }).is_err());
}

#[test]
fn files_roll_and_later_sessions_begin_new_ones() {
    let dir = tempfile::tempdir().unwrap();
    let settings = Settings { roll_bytes: 1500, ..Settings::new("gongkai/test") };
    let (mut archive, _) =
        Archive::open(dir.path(), &settings, &BTreeMap::new(), moment(0)).unwrap();
    for number in 0..6 {
        archive.append_capture(&capture(number, b"body")).unwrap();
    }
    archive.sync().unwrap();
    let lengths = archive.lengths();
    assert!(lengths.len() > 1);
    drop(archive);
    let (mut again, recovery) = open(dir.path(), &lengths);
    assert_eq!(recovery, Recovery::default());
    let position = again.append_capture(&capture(7, b"body")).unwrap();
    again.sync().unwrap();
    assert!(!lengths.contains_key(&position.file), "a session begins its own file");
    assert_eq!(again.lengths().len(), 1);
    let numbers: Vec<Moment> = kept(dir.path())
        .into_iter()
        .filter_map(|(_, entry)| if let Entry::Capture(c) = entry { Some(c.at) } else { None })
        .collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 7].map(moment));
    assert_eq!(verify(dir.path(), None).unwrap().damage, vec![]);
}

#[test]
fn a_killed_session_loses_nothing_that_was_synced() {
    let dir = tempfile::tempdir().unwrap();
    let (mut archive, _) = open(dir.path(), &BTreeMap::new());
    let first = archive.append_capture(&capture(1, b"one")).unwrap();
    archive.sync().unwrap();
    let committed = archive.lengths();
    let second = archive.append_capture(&capture(2, b"two")).unwrap();
    archive.sync().unwrap();
    archive.append_capture(&capture(3, b"never synced")).unwrap();
    drop(archive);
    let (archive, recovery) = open(dir.path(), &committed);
    assert_eq!(recovery.unregistered, std::slice::from_ref(&second));
    assert_eq!(recovery.torn, []);
    assert!(archive.lengths()[&first.file] > committed[&first.file]);
    assert_eq!(Reader::open(dir.path()).unwrap().capture(&second).unwrap(), capture(2, b"two"));
}

/// Where each entry of the sample begins, and where the file ends.
fn borders(put: &[(Position, Entry)], length: u64) -> Vec<u64> {
    put.iter().map(|(position, _)| position.offset).chain([length]).collect()
}

#[test]
fn a_tail_torn_at_any_byte_is_cut_to_the_last_whole_entry() {
    let dir = tempfile::tempdir().unwrap();
    let (put, lengths) = small_sample(dir.path());
    let (file, &length) = lengths.first_key_value().unwrap();
    let bytes = fs::read(dir.path().join(file)).unwrap();
    let borders = borders(&put, length);
    for cut in 0..bytes.len() {
        let torn = tempfile::tempdir().unwrap();
        let path = torn.path().join(file);
        fs::write(&path, &bytes[..cut]).unwrap();
        let found = verify(torn.path(), Some(&BTreeMap::new())).unwrap();
        assert_eq!(found.damage, vec![], "{cut}");
        let (_, recovery) = open(torn.path(), &BTreeMap::new());
        let whole = borders.iter().rev().find(|&&border| border <= cut as u64).copied();
        let whole = whole.unwrap_or(0);
        let left = fs::metadata(&path).map_or(0, |metadata| metadata.len());
        assert_eq!(left, whole, "{cut}");
        let is_torn = whole < cut as u64;
        assert_eq!(recovery.torn.len(), usize::from(is_torn), "{cut}");
        assert_eq!(found.torn.is_empty(), !is_torn && cut > 0, "{cut}");
        let entries = borders.iter().filter(|&&border| border <= whole).count().saturating_sub(1);
        assert_eq!(recovery.unregistered.len(), entries, "{cut}");
        assert_eq!(verify(torn.path(), None).unwrap().damage, vec![], "{cut}");
    }
}

#[test]
fn without_a_state_damage_cuts_nothing_that_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let (put, lengths) = sample(dir.path());
    let (file, &length) = lengths.first_key_value().unwrap();
    let path = dir.path().join(file);
    let mut bytes = fs::read(&path).unwrap();
    bytes[usize::try_from(put[2].0.offset).unwrap() + 40] ^= 8;
    bytes.extend_from_slice(b"torn");
    fs::write(&path, &bytes).unwrap();
    fs::write(dir.path().join("foreign.warc.gz"), "of another program").unwrap();
    let (archive, recovery) = open(dir.path(), &BTreeMap::new());
    let positions: Vec<Position> = put.iter().map(|(position, _)| position.clone()).collect();
    assert_eq!(recovery.unregistered, [&positions[..2], &positions[3..]].concat());
    assert_eq!(recovery.damaged, positions[2..3]);
    assert_eq!(recovery.torn, [Torn { file: file.clone(), cut_at: length, lost: 4 }]);
    assert_eq!(archive.lengths(), lengths);
    assert!(dir.path().join("foreign.warc.gz").try_exists().unwrap());
}

#[test]
fn bytes_the_state_knows_are_never_cut_but_their_loss_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let (put, lengths) = sample(dir.path());
    let (file, &length) = lengths.first_key_value().unwrap();
    let path = dir.path().join(file);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 3]).unwrap();
    let (_, recovery) = open(dir.path(), &lengths);
    assert_eq!(
        recovery.shrunken,
        [Shrunken { file: file.clone(), known: length, found: length - 3 }]
    );
    assert_eq!(fs::read(&path).unwrap().len(), bytes.len() - 3);
    let report = verify(dir.path(), Some(&lengths)).unwrap();
    let last = &put.last().unwrap().0;
    let url = "http://www.lingzhou.example/zc/t1.html?a=1";
    assert!(report.damage.iter().any(|damage| damage.offset == last.offset
        && damage.url.as_deref() == Some(url)
        && damage.at.as_deref() == Some("2020-01-31T00:00:07.000001Z")));
    fs::remove_file(&path).unwrap();
    assert_eq!(verify(dir.path(), Some(&lengths)).unwrap().damage[0].what, "the file is gone");
}

#[test]
fn a_flipped_bit_that_changes_anything_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let (put, lengths) = small_sample(dir.path());
    let (file, _) = lengths.first_key_value().unwrap();
    let path = dir.path().join(file);
    let bytes = fs::read(&path).unwrap();
    let mut unnoticed = 0;
    // One bit of every byte, now this one, now that one.
    for bit in (0..bytes.len()).map(|byte| byte * 8 + byte * 5 % 8) {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, &flipped).unwrap();
        let report = verify(dir.path(), Some(&lengths)).unwrap();
        let Some(damage) = report.damage.first() else {
            // Only the padding behind a deflate stream may change, and that says nothing.
            assert_eq!(kept(dir.path()), put, "bit {bit}");
            unnoticed += 1;
            continue;
        };
        let at = (bit / 8) as u64;
        assert!(damage.offset <= at, "bit {bit}: {damage}");
        assert!(report.records >= 4, "bit {bit}: only the damaged record is lost");
    }
    assert!(unnoticed < 5, "{unnoticed} flips unnoticed");
}

#[test]
fn damage_does_not_hide_what_follows() {
    let dir = tempfile::tempdir().unwrap();
    let (put, lengths) = sample(dir.path());
    let (file, _) = lengths.first_key_value().unwrap();
    let path = dir.path().join(file);
    let mut bytes = fs::read(&path).unwrap();
    bytes[usize::try_from(put[1].0.offset).unwrap() + 40] ^= 8;
    fs::write(&path, &bytes).unwrap();
    let entries: Vec<_> = Reader::open(dir.path()).unwrap().entries().collect();
    let good: Vec<Entry> = entries
        .into_iter()
        .filter_map(|read| read.ok().map(|(_, entry)| entry))
        .filter(|entry| *entry != Entry::Other)
        .collect();
    let want: Vec<Entry> =
        put.iter().enumerate().filter(|(i, _)| *i != 1).map(|(_, (_, e))| e.clone()).collect();
    assert_eq!(good, want);
}

#[test]
fn a_file_without_its_first_record_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let (put, lengths) = sample(dir.path());
    let (file, _) = lengths.first_key_value().unwrap();
    let path = dir.path().join(file);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[usize::try_from(put[0].0.offset).unwrap()..]).unwrap();
    let report = verify(dir.path(), None).unwrap();
    assert_eq!(report.damage[0].what, "the file does not begin with warcinfo");
    let moved = &report.damage[1].what;
    assert!(moved.starts_with("its payload should stand at"), "{moved}");
    assert_eq!(report.damage.len(), 2);
}

fn warcio() -> Option<std::path::PathBuf> {
    let venv = Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv/bin/warcio");
    [venv, "warcio".into()]
        .into_iter()
        .find(|path| Command::new(path).arg("--version").output().is_ok())
}

#[test]
fn warcio_agrees() {
    let Some(warcio) = warcio() else {
        let why = "skipped: warcio is not installed (neither in .venv/bin nor on PATH)";
        return writeln!(std::io::stderr(), "{why}").unwrap();
    };
    let dir = tempfile::tempdir().unwrap();
    let (put, lengths) = sample(dir.path());
    let file = dir.path().join(lengths.keys().next().unwrap());
    let run = |arguments: &[&str]| {
        let output = Command::new(&warcio).args(arguments).arg(&file).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        said
    };
    let said = run(&["check", "-v"]);
    assert_eq!(said.matches("digest pass").count(), 15, "{said}");
    assert!(!said.contains("no digest") && !said.contains("WARNING"), "{said}");
    let index = run(&["index", "-f", "offset,warc-type,http:status,warc-target-uri"]);
    for (position, _) in put {
        assert!(index.contains(&format!("\"offset\": \"{}\"", position.offset)), "{index}");
    }
    assert!(index.contains("\"http:status\": \"304\""), "{index}");
}

fn header() -> impl Strategy<Value = (String, String)> {
    let name = prop_oneof![
        "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}",
        Just("X-Crawler-Content-Length".to_owned()),
        Just("Transfer-Encoding".to_owned()),
        Just("Content-Length".to_owned()),
    ];
    (name, "[^\r\n\0]{0,20}")
}

prop_compose! {
    fn any_capture()(
        number in 0_i64..1_000_000,
        status in 100_u16..1000,
        request in prop::collection::vec(header(), 0..4),
        headers in prop::collection::vec(header(), 0..8),
        body in prop::collection::vec(any::<u8>(), 0..3000),
        truncated in prop::option::of(prop::sample::select(vec![
            Truncated::Length, Truncated::Time, Truncated::Disconnect,
        ])),
        title in prop::option::of(".{0,20}"),
    ) -> Capture {
        let answer = Answer { status, headers: Headers(headers), body: body.into() };
        let mut capture = Capture { request: Headers(request), answer, truncated, ..capture(number, b"") };
        capture.context.listed.title = title;
        capture
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_capture_comes_back_as_it_was(captures in prop::collection::vec(any_capture(), 1..4)) {
        let dir = tempfile::tempdir().unwrap();
        let (mut archive, _) = open(dir.path(), &BTreeMap::new());
        let positions: Vec<Position> =
            captures.iter().map(|capture| archive.append_capture(capture).unwrap()).collect();
        archive.sync().unwrap();
        let reader = Reader::open(dir.path()).unwrap();
        for (position, capture) in positions.iter().zip(&captures) {
            prop_assert_eq!(&reader.capture(position).unwrap(), capture);
        }
        let report = verify(dir.path(), None).unwrap();
        prop_assert_eq!(report.damage, vec![]);
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let dir = tempfile::tempdir().unwrap();
        let record = record::Record { fields: Vec::new(), block: bytes.clone().into() };
        let mut member = Vec::new();
        member::Packer::new().pack(&record, &mut member).unwrap();
        fs::write(dir.path().join("a-1.warc.gz"), [&bytes[..], &member].concat()).unwrap();
        prop_assert!(!verify(dir.path(), None).unwrap().damage.is_empty() || bytes.is_empty());
        prop_assert!(Reader::open(dir.path()).unwrap().entries().count() < 400);
    }
}
