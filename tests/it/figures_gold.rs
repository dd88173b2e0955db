//! The figures of real reports beside the project, against what was read from them by hand.

use std::fs;
use std::path::{Path, PathBuf};

use gongkai::config::Categories;
use gongkai::extract;
use gongkai::figures;
use gongkai::model::{Amount, Check, Document, Imported, ReportFigures, Verdict};
use serde_json::{Value, json};

use crate::support;

fn shared() -> Option<PathBuf> {
    support::shared("gold/quzhou_2020.json", "real reports")
}

fn json_of(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The documents in a seed text, as they are imported.
fn documents(shared: &Path, seed: &str) -> Vec<Document> {
    let text = fs::read_to_string(shared.join("seeds").join(seed)).unwrap();
    let record = json!({ "text": text }).as_object().cloned().unwrap();
    let at = "2024-01-01T00:00:00Z".parse().unwrap();
    let imported = Imported { set: "seeds".to_owned(), id: seed.to_owned(), at, record };
    extract::from_import(&imported, &Categories::default()).unwrap()
}

fn report(shared: &Path, seed: &str, year: i16, agency: &str) -> ReportFigures {
    let documents = documents(shared, seed);
    let is_meant = |document: &&Document| {
        let own_year = document.report_year.as_ref().map(|year| year.value);
        (documents.len() == 1 || own_year == Some(year)) && document.text.contains(agency)
    };
    figures::read(documents.iter().find(is_meant).unwrap())
}

/// All values of a gold file are read, none is wrong, and no other figure of a table is.
fn same_values(read: &ReportFigures, gold: &Value) {
    let gold = gold["values"].as_object().unwrap();
    for (metric, value) in gold {
        let figure = read.figure(metric).unwrap_or_else(|| panic!("{metric} was not read"));
        assert_eq!(figure.value.map(|value| value.0), value.as_f64(), "{metric}: {figure:?}");
    }
    let tables = read.figures.iter().filter(|figure| !figure.metric.starts_with("prose_"));
    let other: Vec<_> = tables.filter(|figure| !gold.contains_key(&figure.metric)).collect();
    assert!(other.is_empty(), "{other:#?}");
}

/// The rules that are broken, and what by.
fn broken(read: &ReportFigures) -> Vec<(String, String, f64, f64)> {
    let check =
        |check: &Check| (check.rule.clone(), check.scope.clone(), check.left.0, check.right.0);
    read.broken().map(check).collect()
}

fn holding(read: &ReportFigures, rules: &[&str]) -> usize {
    let is_meant =
        |check: &&Check| rules.contains(&&*check.rule) && check.verdict == Verdict::Holds;
    read.checks.iter().filter(is_meant).count()
}

const QUZHOU: &str = "003_50d56351dc5d4c88.txt";

#[test]
fn three_tables_of_a_city() {
    let Some(shared) = shared() else { return };
    let gold = json_of(&shared.join("gold/quzhou_2020.json"));
    let read = report(&shared, QUZHOU, 2020, "衢州市");
    same_values(&read, &gold);
    assert_eq!(gold["values"].as_object().unwrap().len(), 198);
    assert_eq!(holding(&read, &["B1", "B2", "B3", "C1", "C2", "C3"]), 40);
    let said: Vec<(String, f64, f64)> =
        broken(&read).into_iter().map(|(rule, _, left, right)| (rule, left, right)).collect();
    assert_eq!(said, [("P1".to_owned(), 456.0, 451.0), ("P2".to_owned(), -25.6, -23.7)]);
    let raw = gold["raw_art20"].as_object().unwrap();
    for (metric, printed) in raw {
        assert_eq!(read.figure(metric).unwrap().printed, printed.as_str().unwrap(), "{metric}");
    }
}

#[test]
fn a_form_of_a_province() {
    let Some(shared) = shared() else { return };
    let gold = json_of(&shared.join("gold/quzhou_2013.json"));
    let read = report(&shared, QUZHOU, 2013, "衢州市");
    same_values(&read, &gold);
    for (metric, unit) in gold["units"].as_object().unwrap() {
        assert_eq!(read.figure(metric).unwrap().unit, unit.as_str().unwrap(), "{metric}");
    }
    assert_eq!(holding(&read, &["Z2", "Z3", "Z4", "Z5", "Z6", "Z7"]), 6);
    let notes: Vec<_> = read.checks.iter().filter(|check| check.verdict == Verdict::Note).collect();
    assert_eq!(notes.len(), 1);
    assert_eq!((&*notes[0].rule, notes[0].left.0), ("Z1", 48711.0));
    assert_eq!(broken(&read), []);
    let stated = |metric: &str| read.figure(metric)?.value.map(|value| value.0);
    assert_eq!(stated("prose_website_items"), Some(48453.0));
    assert_eq!(stated("prose_requests_received"), Some(42.0));
    assert_eq!(stated("prose_granted_partial"), Some(33.0));
}

#[test]
fn shares_that_do_not_follow() {
    let Some(shared) = shared() else { return };
    let wrong = |year: i16| -> Vec<(f64, f64)> {
        let read = report(&shared, QUZHOU, year, "衢州市");
        broken(&read).into_iter().map(|(_, _, stated, computed)| (stated, computed)).collect()
    };
    assert_eq!(wrong(2009), [(3.4, 3.5), (24.9, 24.6), (11.8, 12.0)]);
    assert_eq!(wrong(2010), [(5.78, 5.75)]);
}

#[test]
fn every_fact_of_a_narrative() {
    let Some(shared) = shared() else { return };
    let gold = json_of(&shared.join("gold/liuyang_2011.json"));
    let seed = "000_1ae307d8d04769e5.txt";
    let documents = documents(&shared, seed);
    let document = documents.iter().find(|document| document.text.contains("办结率达98%")).unwrap();
    let read = figures::read(document);
    let text: Vec<char> = document.text.chars().collect();
    for fact in gold["facts"].as_array().unwrap() {
        let evidence = fact["evidence"].as_str().unwrap();
        let found = read.statements.iter().any(|statement| {
            let (start, end) = statement.at;
            let number: String = text[start..end].iter().collect();
            let around: String =
                text[start.saturating_sub(30)..(end + 30).min(text.len())].iter().collect();
            Some(statement.value.0) == fact["value"].as_f64()
                && Some(&*statement.unit) == fact["unit"].as_str()
                && evidence.contains(&*number)
                && around.contains(evidence)
        });
        assert!(found, "{fact}");
    }
    assert_eq!(gold["facts"].as_array().unwrap().len(), 25);
    for other in [410_300.0, 43_018_102_000_204.0, 4_301_810_012.0, 12_013_741.0, 2012.0] {
        assert!(
            read.statements.iter().all(|statement| !statement.value.is(Amount(other))),
            "{other}"
        );
    }
    let platform = read.figure("prose_platform_items").unwrap();
    assert_eq!(platform.value, Some(Amount(45.0)));
    assert!(read.figure("prose_requests_received").is_none(), "no number is given: not 0");
    let wrong: Vec<(f64, f64)> = broken(&read).into_iter().map(|(_, _, a, b)| (a, b)).collect();
    assert_eq!(wrong, [(15.0, 16.0), (68.0, 67.0), (15.0, 16.0)]);
}

#[test]
fn blank_tables_stay_null() {
    let Some(shared) = shared() else { return };
    let gold = json_of(&shared.join("gold/qiaoxi_2020.json"));
    let read = report(&shared, "002_8cf4eacbad86ba13.txt", 2020, "街道");
    same_values(&read, &gold);
    let numbers =
        read.figures.iter().filter(|f| f.value.is_some() && !f.metric.starts_with("prose_"));
    assert_eq!(numbers.count(), 1);
    assert_eq!(broken(&read), []);
}
