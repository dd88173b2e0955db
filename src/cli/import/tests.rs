use std::{fs, io::Write};

use super::*;
use crate::archive::{Entry, Reader, verify};
use crate::catalogue::State;

fn globals(dir: &Path) -> Globals {
    Globals { data: dir.join("data"), config: dir.join("nowhere") }
}

fn args(file: &Path, set: Option<&str>) -> Args {
    Args { file: file.to_owned(), set: set.map(str::to_owned), date_kind: None }
}

fn line(id: &str, text: &str) -> String {
    format!(r#"{{"id": "{id}", "title": "题", "text": "{text}", "date": "2020"}}"#)
}

/// Ids and texts as archived, in order.
fn archived(globals: &Globals) -> Vec<(String, String)> {
    let reader = Reader::open(&globals.data.join("archive")).unwrap();
    let text = |record: &serde_json::Map<String, serde_json::Value>| {
        record["text"].as_str().unwrap().to_owned()
    };
    reader
        .entries()
        .filter_map(|read| match read.unwrap().1 {
            Entry::Imported(imported) => Some((imported.id.clone(), text(&imported.record))),
            _ => None,
        })
        .collect()
}

#[test]
fn only_what_is_new_or_changed_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let (globals, file) = (globals(dir.path()), dir.path().join("sample.jsonl"));
    fs::write(&file, format!("\u{feff}{}\n\n{}\n", line("1", "甲"), line("2", "乙"))).unwrap();
    assert_eq!(run(&globals, &args(&file, None)).unwrap(), Exit::Done);
    assert_eq!(run(&globals, &args(&file, None)).unwrap(), Exit::Done);
    let pair = |id: &str, text: &str| (id.to_owned(), text.to_owned());
    assert_eq!(archived(&globals), [pair("1", "甲"), pair("2", "乙")]);
    fs::write(&file, format!("{}\n{}", line("2", "丙"), line("1", "甲"))).unwrap();
    assert_eq!(run(&globals, &args(&file, None)).unwrap(), Exit::Done);
    assert_eq!(archived(&globals)[2..], [pair("2", "丙")]);
    assert_eq!(run(&globals, &args(&file, Some("other"))).unwrap(), Exit::Done);
    let state = State::open(&globals.data.join("state.sqlite")).unwrap();
    let sets: Vec<String> =
        state.imports_after(0, 99).unwrap().into_iter().map(|(_, row)| row.set).collect();
    assert_eq!(sets, ["sample", "sample", "sample", "other", "other"]);
    let lengths = state.committed_lengths().unwrap();
    let report = verify(&globals.data.join("archive"), Some(&lengths)).unwrap();
    assert_eq!((report.imports, report.damage, report.torn), (5, vec![], vec![]));
}

#[test]
fn broken_lines_are_left_out_and_the_rest_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    let (globals, file) = (globals(dir.path()), dir.path().join("sample.jsonl.gz"));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let lines =
        [&line("1", "甲"), "{broken", &line("1", "别的"), &line("1", "甲"), &line("2", "乙")];
    writeln!(gzip, "{}", lines.join("\n")).unwrap();
    gzip.write_all(b"\"\xff\"").unwrap();
    fs::write(&file, gzip.finish().unwrap()).unwrap();
    assert_eq!(run(&globals, &args(&file, None)).unwrap(), Exit::Done);
    let ids: Vec<String> = archived(&globals).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["1", "2"]);
}

#[test]
fn nothing_usable_is_a_failure() {
    let dir = tempfile::tempdir().unwrap();
    let (globals, file) = (globals(dir.path()), dir.path().join("sample.jsonl"));
    fs::write(&file, "not json\n").unwrap();
    let said = run(&globals, &args(&file, None)).unwrap_err().to_string();
    assert!(said.starts_with("nothing could be imported"), "{said}");
    assert_eq!(run(&globals, &args(&file, Some("a b"))).unwrap(), Exit::Mistakes);
    assert!(run(&globals, &args(&dir.path().join("missing.jsonl"), None)).is_err());
}

#[test]
fn sets_are_named_after_files() {
    for (file, name) in [
        ("/x/laws.jsonl.gz", "laws"),
        ("laws.jsonl", "laws"),
        ("法规.ndjson", "法规"),
        ("a.b.json", "a.b"),
        ("plain", "plain"),
    ] {
        assert_eq!(set_name(&args(Path::new(file), None)).as_deref(), Ok(name));
    }
    for file in ["with blank.jsonl", ".jsonl", "a:b.jsonl"] {
        assert!(set_name(&args(Path::new(file), None)).is_err(), "{file}");
    }
}

#[test]
fn endless_lines_do_not_fill_the_memory() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("sample.jsonl");
    fs::write(&file, format!("{}\nshort\n{}", "x".repeat(5000), "y".repeat(100))).unwrap();
    let lines = Lines::open(&file).unwrap().with_longest(99);
    let read: Vec<(u64, Result<String, String>)> =
        lines.map(Result::unwrap).map(|line| (line.number, line.text)).collect();
    assert_eq!(read[0], (1, Err("the line is longer than 99 bytes".to_owned())));
    assert_eq!(read[1], (2, Ok("short\n".to_owned())));
    assert_eq!(read[2], (3, Err("the line is longer than 99 bytes".to_owned())));
}

#[test]
fn a_gzip_file_that_was_cut_short_gives_what_it_has() {
    let dir = tempfile::tempdir().unwrap();
    let (globals, file) = (globals(dir.path()), dir.path().join("sample.jsonl.gz"));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    for id in 0..50 {
        writeln!(gzip, "{}", line(&id.to_string(), "文")).unwrap();
    }
    let bytes = gzip.finish().unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(run(&globals, &args(&file, None)).unwrap(), Exit::Done);
    let count = archived(&globals).len();
    assert!((10..50).contains(&count), "{count}");
}
