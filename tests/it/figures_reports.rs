//! Annual reports of an invented place under `tests/reports`, each with what must be read from it.
//!
//! `NAME.html` is a page, `NAME.txt` the text of an imported record; `NAME.expected.json` has the form, every figure of
//! tables (`values`) and of sentences (`prose`), and the rules that must be said to be broken; nothing else may be read
//! from tables.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use gongkai::config::Categories;
use gongkai::extract;
use gongkai::figures;
use gongkai::model::{Check, Document, Imported, Place, ReportFigures, ReportFormat, Verdict};
use serde_json::{Value, json};

use crate::support::{answered, captured};

#[test]
fn invented_reports_are_read_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports");
    let (mut wrong, mut reports) = (Vec::new(), 0);
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let Some(name) = path.to_str().unwrap().strip_suffix(".expected.json") else { continue };
        let expected: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let document = document(name, &expected);
        let read = figures::read(&document);
        assert_eq!(read, figures::read(&document), "{name}: reading again gives something else");
        let stored = serde_json::to_string(&read).unwrap();
        assert_eq!(read, serde_json::from_str(&stored).unwrap(), "{name}: not stored as read");
        let mut report = |what: String| wrong.push(format!("{name}: {what}"));
        compare(&read, &expected, &mut report);
        sources(&read, &document, &mut report);
        reports += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(reports > 6);
}

fn document(name: &str, expected: &Value) -> Document {
    if let Ok(text) = fs::read_to_string(format!("{name}.txt")) {
        let record = json!({ "title": expected["title"], "text": text });
        let record = record.as_object().cloned().unwrap();
        let at = "2026-01-02T03:04:05Z".parse().unwrap();
        let imported = Imported { set: "sample".to_owned(), id: name.to_owned(), at, record };
        return extract::from_import(&imported, &Categories::default()).unwrap().remove(0);
    }
    let body = fs::read(format!("{name}.html")).unwrap();
    let capture = captured(expected["url"].as_str().unwrap(), answered(body, None));
    extract::extract(&capture, None, &Categories::default()).documents.remove(0)
}

fn compare(read: &ReportFigures, expected: &Value, wrong: &mut impl FnMut(String)) {
    let format = read.format.map(ReportFormat::as_str);
    if format != expected["format"].as_str() {
        wrong(format!("form {format:?}"));
    }
    let mut known = BTreeSet::new();
    for table in ["values", "prose"] {
        for (metric, value) in expected[table].as_object().unwrap() {
            known.insert(metric.as_str());
            let got = read.figure(metric).map(|figure| json!(figure.value));
            if got.as_ref().and_then(Value::as_f64) != value.as_f64()
                || (got.is_none() && !value.is_null())
            {
                wrong(format!("{metric} is {got:?}, not {value}: {:?}", read.figure(metric)));
            }
        }
    }
    for figure in read.figures.iter().filter(|figure| figure.value.is_some()) {
        if !known.contains(figure.metric.as_str()) {
            wrong(format!("{} is no figure of it: {figure:?}", figure.metric));
        }
    }
    for (metric, method) in expected["methods"].as_object().into_iter().flatten() {
        let got = read.figure(metric).map(|figure| figure.method.as_str());
        if got != method.as_str() {
            wrong(format!("{metric} was read by {got:?}, not {method}"));
        }
    }
    for metric in expected["approximate"].as_array().into_iter().flatten() {
        if !read.figure(metric.as_str().unwrap()).is_some_and(|figure| figure.approximate) {
            wrong(format!("{metric} is not about so much"));
        }
    }
    rules(read, expected, wrong);
    for statement in expected["statements"].as_array().into_iter().flatten() {
        let has = read.statements.iter().any(|s| json!([s.value, s.unit]) == *statement);
        if !has {
            wrong(format!("no statement {statement}"));
        }
    }
    if let Some(cells) = expected["cells"].as_array() {
        let got: Vec<Value> =
            read.cells.iter().map(|c| json!([c.source.row, c.source.column, c.value])).collect();
        if got != *cells {
            wrong(format!("cells {got:?}"));
        }
    }
}

fn rules(read: &ReportFigures, expected: &Value, wrong: &mut impl FnMut(String)) {
    let told = |verdict: Verdict| -> BTreeSet<String> {
        let tell = |c: &Check| format!("{}:{} {} {}", c.rule, c.scope, c.left, c.right);
        read.checks.iter().filter(|check| check.verdict == verdict).map(tell).collect()
    };
    let listed = |key: &str| -> BTreeSet<String> {
        let list = expected[key].as_array().into_iter().flatten();
        list.map(|item| item.as_str().unwrap().to_owned()).collect()
    };
    for (verdict, key) in [(Verdict::Broken, "broken"), (Verdict::Note, "notes")] {
        if told(verdict) != listed(key) {
            wrong(format!("{key}: {:?}", told(verdict)));
        }
    }
    for used in listed("used") {
        if !told(Verdict::Used).iter().any(|check| check.starts_with(&used)) {
            wrong(format!("{used} was not used"));
        }
    }
}

/// Every figure leads to the place it was read from.
fn sources(read: &ReportFigures, document: &Document, wrong: &mut impl FnMut(String)) {
    let text: Vec<char> = document.text.chars().collect();
    let bare = |text: String| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
    for figure in read.figures.iter().filter(|figure| figure.value.is_some()) {
        let source = &figure.source;
        let there = match (&source.place, source.cell, source.at) {
            (Place::Table { n }, Some((row, column)), _) => {
                document.tables.get(*n).and_then(|table| table.rows.get(row)?.get(column)).cloned()
            }
            (Place::Text, _, Some((from, to))) => {
                text.get(from..to).map(|part| part.iter().collect())
            }
            _ => None,
        };
        if there.map(bare) != Some(bare(figure.printed.clone())) {
            wrong(format!("{} does not stand where it says: {figure:?}", figure.metric));
        }
    }
}
