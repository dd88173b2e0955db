//! From an imported report to its figures in the terminal and in exports, and to a curator's correction.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Curator, qinglan};

/// Imports the invented reports under `tests/reports` that are texts.
fn with_reports() -> Curator {
    let curator = Curator::with(&qinglan("", ""));
    fs::create_dir_all(curator.path("index")).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports");
    let record = |name: &str| {
        let read =
            |ending: &str| fs::read_to_string(folder.join(format!("{name}.{ending}"))).unwrap();
        let expected: Value = serde_json::from_str(&read("expected.json")).unwrap();
        let title = expected["title"].as_str().unwrap();
        json!({"id": name, "title": title, "text": read("txt"), "agency": "灵洲市水务局"})
            .to_string()
    };
    let other =
        json!({"id": "other", "title": "关于防汛的通知", "text": "收到申请3件。"}).to_string();
    let lines = [record("digits_2021"), record("lost_blanks_2019"), other].join("\n");
    fs::write(curator.path("reports.jsonl"), lines).unwrap();
    curator.run(&["import", "reports.jsonl", "--set", "reports"]);
    curator.run(&["extract"]);
    curator
}

fn exported(curator: &Curator) -> Vec<Value> {
    let lines = curator.run(&["export"]);
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn of<'v>(records: &'v [Value], id: &str) -> &'v Value {
    records.iter().find(|record| record["external_id"] == id).unwrap()
}

#[test]
fn figures_are_shown_exported_and_corrected() {
    let curator = with_reports();
    let records = exported(&curator);
    let report = of(&records, "digits_2021");
    assert_eq!(report["figures"]["req_granted__total"], 111);
    assert_eq!(report["figures"]["art20_1_normdocs_issued"], Value::Null);
    assert_eq!(of(&records, "other")["figures"], Value::Null);

    let shown = curator.run(&["figures", "--agency", "灵洲市水务局", "--year", "2021"]);
    for said in ["req_granted__total", "row_sum", "null (5225)", "0 are broken", "[requests]"] {
        assert!(shown.contains(said), "{said} in\n{shown}");
    }
    let id = report["id"].as_str().unwrap();
    let whole = |curator: &Curator| -> Value {
        serde_json::from_str(&curator.run(&["figures", id, "--json"])).unwrap()
    };
    let before = whole(&curator);
    assert_eq!((&before["year"], &before["state"]), (&json!(2021), &json!("figures")));

    // Made again from the archive, it is the same.
    fs::remove_file(curator.path("data/catalogue.sqlite")).unwrap();
    curator.run(&["extract", "--all"]);
    assert_eq!(whole(&curator), before);

    let correction = format!(
        "[[correction]]\ndocument = \"{id}\"\nmetric = \"art20_1_normdocs_issued\"\nvalue = 5\n\
         reason = \"the PDF has a cell of its own\"\nby = \"档案室\"\non = 2026-11-22\n"
    );
    fs::write(curator.path("index/corrections.toml"), correction).unwrap();
    curator.run(&["extract"]);
    let corrected = |curator: &Curator| {
        of(&exported(curator), "digits_2021")["figures"]["art20_1_normdocs_issued"].clone()
    };
    assert_eq!(corrected(&curator), 5);
    let shown = curator.run(&["figures", id]);
    assert!(
        shown.contains("corrected by 档案室 on 2026-11-22") && shown.contains("read null"),
        "{shown}"
    );
    curator.run(&["extract", "--all"]);
    assert_eq!(corrected(&curator), 5, "a correction stays");

    fs::write(curator.path("index/corrections.toml"), "[[correction]]\nmetric = 7\n").unwrap();
    let said = String::from_utf8(curator.gongkai(&["check"]).stdout).unwrap();
    assert!(said.contains("corrections.toml:2") && said.contains("correction.document"), "{said}");
    fs::remove_file(curator.path("index/corrections.toml")).unwrap();
    curator.run(&["extract"]);
    assert_eq!(whole(&curator), before, "without it, what was read is back");
}

#[test]
fn a_name_that_has_no_report_gets_those_that_have() {
    let curator = with_reports();
    let said =
        String::from_utf8(curator.gongkai(&["figures", "--agency", "水务局"]).stderr).unwrap();
    assert!(said.contains("灵洲市水务局 (2019, 2021)"), "{said}");
    let dictionary = curator.run(&["figures", "--dictionary"]);
    assert!(dictionary.contains("req_granted__total\t2019,2021\trequests"), "{dictionary}");
}
