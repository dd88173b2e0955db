//! Promises about the numbers of annual reports: every identity holds but those that `broken.toml` lists.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::SAMPLE;
use crate::demo::content::{Figure, Form, Item, Report};
use crate::demo::text_file;

/// Agency, year, check, where.
type Failure = (String, i16, String, String);

const APPLICANTS: [&str; 7] = [
    "natural_person",
    "biz_enterprise",
    "research_inst",
    "public_welfare_org",
    "legal_service_org",
    "other_org",
    "total",
];

#[derive(Deserialize)]
struct Listed {
    broken: Vec<Broken>,
}

#[derive(Deserialize)]
struct Broken {
    agency: String,
    year: i16,
    check: String,
    #[serde(rename = "where")]
    place: String,
}

#[derive(Deserialize)]
struct Roster {
    agency: Vec<Agency>,
}

#[derive(Deserialize)]
struct Agency {
    id: String,
    first_report: i16,
    names: Vec<Name>,
    #[serde(default)]
    missing: Vec<i16>,
    #[serde(default)]
    late: Vec<i16>,
}

#[derive(Deserialize)]
struct Name {
    name: String,
}

fn reports() -> impl Iterator<Item = (&'static Item, &'static Report)> {
    SAMPLE.entries.iter().filter_map(|entry| Some((&entry.item, entry.item.report.as_ref()?)))
}

fn figure(report: &Report, key: &str) -> i64 {
    match report.figures.get(key) {
        Some(Figure::Count(count)) => *count,
        Some(Figure::Amount(_)) => panic!("{key} is an amount"),
        None => 0,
    }
}

fn row(report: &Report, key: &str) -> [u32; 7] {
    report.requests.get(key).copied().unwrap_or_default()
}

/// The request rows whose sum is `processed_total`.
fn results(report: &Report) -> impl Iterator<Item = &[u32; 7]> {
    let others = ["new_received", "carried_in", "processed_total", "carried_out"];
    report
        .requests
        .iter()
        .filter(move |(key, _)| !others.contains(&key.as_str()))
        .map(|(_, row)| row)
}

fn request_checks(report: &Report) -> Vec<(&'static str, String)> {
    let (new, before) = (row(report, "new_received"), row(report, "carried_in"));
    let (done, after) = (row(report, "processed_total"), row(report, "carried_out"));
    let mut failed = Vec::new();
    for (i, applicant) in APPLICANTS.iter().enumerate() {
        if new[i] + before[i] != done[i] + after[i] {
            failed.push(("B1", (*applicant).to_owned()));
        }
        if results(report).map(|row| row[i]).sum::<u32>() != done[i] {
            failed.push(("B2", (*applicant).to_owned()));
        }
    }
    for (key, row) in &report.requests {
        if row[..6].iter().sum::<u32>() != row[6] {
            failed.push(("B3", key.clone()));
        }
    }
    failed
}

/// Sums of figures: check, total, parts.
const SUMS: [(&str, &str, &[&str]); 14] = [
    ("C1", "rev", &["upheld", "corrected", "other", "pending"]),
    ("C2", "lit_direct", &["upheld", "corrected", "other", "pending"]),
    ("C3", "lit_postrev", &["upheld", "corrected", "other", "pending"]),
    ("N2", "n14_request", &["in_person", "fax", "online", "letter"]),
    ("N3", "n14_concluded", &["on_time", "extended"]),
    (
        "N4",
        "n14_reply",
        &[
            "already_public",
            "granted",
            "partial",
            "denied",
            "not_this_agency",
            "nonexistent",
            "told_to_amend",
            "other_route",
        ],
    ),
    ("N6", "n14_review", &["upheld", "corrected", "other"]),
    ("N7", "n14_litigation", &["upheld", "corrected", "other"]),
    ("N8", "n14_staff", &["full_time", "part_time"]),
    ("Z1", "zj13_proactive", &["gazette_docs", "website", "press_conf"]),
    ("Z2", "zj13_request", &["in_person", "fax", "online", "letter", "other_means"]),
    ("Z3", "zj13_accepted", &["on_time", "extended"]),
    (
        "Z4",
        "zj13_reply",
        &[
            "granted",
            "partial",
            "denied",
            "not_held_or_nonexistent",
            "unclear_or_redirected",
            "other",
        ],
    ),
    ("Z5", "zj13_review", &["upheld", "illegal", "other_corrected"]),
];

fn sum_checks(report: &Report) -> Vec<(&'static str, String)> {
    SUMS.iter()
        .filter(|(_, total, parts)| {
            let sum: i64 =
                parts.iter().map(|part| figure(report, &format!("{total}_{part}"))).sum();
            sum != figure(report, &format!("{total}_total"))
        })
        .map(|(check, total, _)| {
            let place =
                if check.starts_with('C') { (*total).to_owned() } else { format!("{total}_total") };
            (*check, place)
        })
        .collect()
}

/// What is carried out of a year is carried into the next one.
fn carry_checks() -> Vec<Failure> {
    let by_year: BTreeMap<(&str, i16), &Report> =
        reports().map(|(_, report)| ((report.agency.as_str(), report.year), report)).collect();
    let mut failed = Vec::new();
    for ((agency, year), report) in &by_year {
        let Some(before) = by_year.get(&(agency, year - 1)) else { continue };
        if before.form < Form::Tables2019 {
            continue;
        }
        let (out, into) = (row(before, "carried_out"), row(report, "carried_in"));
        for (i, applicant) in APPLICANTS.iter().enumerate() {
            if out[i] != into[i] {
                failed.push((
                    (*agency).to_owned(),
                    *year,
                    "B4".to_owned(),
                    (*applicant).to_owned(),
                ));
            }
        }
    }
    failed
}

/// The text of a report with tables says how many requests were new.
fn prose_check(item: &Item, report: &Report) -> Option<(&'static str, String)> {
    let stated = item.text.split("新收政府信息公开申请").nth(1)?;
    let stated: String = stated.chars().take_while(char::is_ascii_digit).collect();
    let prose: u32 = stated.parse().ok()?;
    let table = row(report, "new_received")[6];
    // A table that fails on purpose need not agree with its text.
    let listed = listed()
        .iter()
        .any(|f| f.0 == report.agency && f.1 == report.year && matches!(f.2.as_str(), "B1" | "B4"));
    (prose != table && !listed).then(|| ("P1", "new_received".to_owned()))
}

fn listed() -> BTreeSet<Failure> {
    let listed: Listed = toml::from_str(text_file("broken.toml").unwrap()).unwrap();
    listed.broken.into_iter().map(|b| (b.agency, b.year, b.check, b.place)).collect()
}

#[test]
fn identities_hold_but_the_listed_ones() {
    let mut failed: BTreeSet<Failure> = carry_checks().into_iter().collect();
    for (item, report) in reports() {
        let checks = request_checks(report).into_iter().chain(sum_checks(report));
        for (check, place) in checks.chain(prose_check(item, report)) {
            failed.insert((report.agency.clone(), report.year, check.to_owned(), place));
        }
    }
    assert_eq!(failed, listed());
    assert!(failed.len() >= 8);
}

#[test]
fn every_figure_has_its_cell() {
    let forms = &SAMPLE.forms;
    let statistics = |form: &[crate::demo::forms::StatisticsRow]| -> BTreeSet<String> {
        form.iter().filter_map(|row| row.key.clone()).collect()
    };
    let blocks = |form: &[crate::demo::forms::Block]| -> BTreeSet<String> {
        let cells = form.iter().flat_map(|block| &block.rows).flat_map(|(_, keys)| keys);
        cells.chain(&forms.disputes).cloned().collect()
    };
    for (item, report) in reports() {
        let (keys, rows) = match report.form {
            Form::Narrative => (BTreeSet::new(), &[][..]),
            Form::Province2013 => (statistics(&forms.province2013), &[][..]),
            Form::National2014 => (statistics(&forms.national2014), &[][..]),
            Form::Tables2019 => (blocks(&forms.disclosure2019), &forms.requests2019[..]),
            Form::Tables2021 => (blocks(&forms.disclosure2021), &forms.requests2021[..]),
        };
        for key in report.figures.keys() {
            assert!(keys.contains(key), "{}: no cell for {key}", item.title);
        }
        for key in report.requests.keys() {
            assert!(rows.iter().any(|row| row.key == *key), "{}: no row {key}", item.title);
        }
    }
    assert_eq!((forms.requests2019.len(), forms.requests2021.len()), (23, 25));
    assert_eq!(
        (blocks(&forms.disclosure2019).len(), blocks(&forms.disclosure2021).len()),
        (37, 25)
    );
}

#[test]
fn the_roster_names_every_gap_and_every_name() {
    let roster: Roster = toml::from_str(text_file("agencies.toml").unwrap()).unwrap();
    let there: BTreeMap<(&str, i16), &Item> =
        reports().map(|(item, report)| ((report.agency.as_str(), report.year), item)).collect();
    let mut expected = 0;
    for agency in &roster.agency {
        for year in agency.first_report..=2023 {
            let item = there.get(&(agency.id.as_str(), year));
            assert_eq!(item.is_none(), agency.missing.contains(&year), "{} {year}", agency.id);
            let Some(item) = item else { continue };
            expected += 1;
            assert!(agency.names.iter().any(|name| name.name == item.issuer), "{}", item.issuer);
            let government = item.issuer.ends_with("人民政府");
            let month = if year <= 2018 || government { 3 } else { 1 };
            let late = item.published.month().unwrap() > month;
            assert_eq!(late, agency.late.contains(&year), "{} {year}", agency.id);
        }
    }
    assert_eq!(expected, there.len());
}
