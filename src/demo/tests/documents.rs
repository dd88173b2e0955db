//! Promises about the documents themselves.

use std::collections::{BTreeMap, BTreeSet};

use include_dir::{Dir, File};
use regex::Regex;

use super::SAMPLE;
use crate::demo::FILES;
use crate::model::{CategoryPath, DocNumber, spot_numbers};

/// Every file of a folder and of those below it.
fn all_files<'a>(dir: &'a Dir<'a>) -> Vec<&'a File<'a>> {
    dir.files().chain(dir.dirs().flat_map(all_files)).collect()
}

const CATEGORIES: [&str; 14] = [
    "approval",
    "disclosure_admin",
    "enforcement",
    "finance/budget",
    "finance/procurement",
    "interpretation",
    "personnel",
    "plan",
    "policy",
    "service",
    "work",
    "work/emergency",
    "work/statistics",
    "other",
];

#[test]
fn there_is_enough_and_of_every_kind() {
    let documents = SAMPLE.pages().filter(|page| page.report.is_none()).count();
    assert!(documents >= 240, "{documents} documents");
    let used: BTreeSet<&str> = SAMPLE.pages().map(|page| page.category).collect();
    assert!(used.len() >= 12, "{used:?}");
    for category in used {
        assert!(CategoryPath::new(category).is_some() && CATEGORIES.contains(&category));
    }
    let reports: BTreeSet<(&str, i16)> = SAMPLE.pages().filter_map(|page| page.report).collect();
    let agencies: BTreeSet<&str> = reports.iter().map(|(agency, _)| *agency).collect();
    assert!(agencies.len() >= 12, "{agencies:?}");
    for year in 2008..=2023 {
        assert!(reports.iter().filter(|(_, y)| *y == year).count() >= 10, "{year}");
    }
}

#[test]
fn dates_are_sane_and_in_order() {
    for page in SAMPLE.pages() {
        let written = page.written.unwrap_or(page.published);
        assert!(written <= page.published, "{}: signed after it was published", page.title);
        assert!((2008..=2024).contains(&page.published.year()), "{}", page.title);
        if let Some((_, year)) = page.report {
            assert_eq!(page.published.year(), year + 1, "{}", page.title);
            assert!(page.title.contains(&format!("{year}年")), "{}", page.title);
        }
    }
}

#[test]
fn document_numbers_are_well_formed_and_unique() {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for page in SAMPLE.pages().filter(|page| !page.title.starts_with("【转载】")) {
        let Some(number) = page.doc_no else { continue };
        let parsed = DocNumber::parse(number).unwrap_or_else(|| panic!("{number}: no number"));
        assert_eq!(parsed.to_string(), number);
        if let Some(other) = seen.insert(parsed.to_string(), page.title) {
            panic!("{number}: {other} and {}", page.title);
        }
    }
    assert!(seen.len() >= 150, "{}", seen.len());
}

#[test]
fn citations_lead_to_documents_that_exist() {
    let own: BTreeSet<String> =
        SAMPLE.pages().filter_map(|p| p.doc_no).map(str::to_owned).collect();
    let mut cited = 0;
    for entry in &SAMPLE.entries {
        for spot in spot_numbers(&entry.item.text) {
            let number = spot.number.to_string();
            if number.starts_with("云汀") || number.starts_with("临汀") {
                assert!(own.contains(&number), "{}: cites {number}", entry.item.title);
                cited += 1;
            }
        }
    }
    assert!(cited >= 40, "{cited}");
}

#[test]
fn attachments_are_all_there_and_all_used() {
    let used: BTreeSet<String> =
        SAMPLE.entries.iter().flat_map(|e| &e.item.attachments).map(|a| a.file.clone()).collect();
    let there: BTreeSet<String> = FILES
        .get_dir("attachments")
        .unwrap()
        .files()
        .map(|file| file.path().file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(used, there);
    assert!(there.len() >= 10);
}

#[test]
fn nothing_looks_like_a_real_phone_or_identity_number() {
    let mobile = Regex::new(r"(?:^|[^0-9])1[3-9][0-9]{9}(?:[^0-9]|$)").unwrap();
    let identity = Regex::new(r"[0-9]{17}[0-9Xx]").unwrap();
    let landline = Regex::new(r"0[0-9]{2,3}-[0-9]{7,8}").unwrap();
    let mail = Regex::new(r"[A-Za-z0-9.]+@[A-Za-z0-9.]+").unwrap();
    for file in all_files(&FILES) {
        let Some(text) = file.contents_utf8() else { continue };
        let name = file.path().display();
        assert!(!mobile.is_match(text), "{name}: a mobile number");
        assert!(!identity.is_match(text), "{name}: an identity number");
        assert!(!mail.is_match(text), "{name}: a mail address");
        for found in landline.find_iter(text) {
            // 0900 is the code of no place.
            assert!(found.as_str().starts_with("0900-88"), "{name}: {}", found.as_str());
        }
    }
}

#[test]
fn the_data_stay_small() {
    let mut total = 0;
    for file in all_files(&FILES) {
        assert!(file.contents().len() < 900_000, "{}", file.path().display());
        total += file.contents().len();
    }
    assert!(total < 2_500_000, "{total} bytes");
}
