//! Annual reports of the sample portal, from its pages to ledger, comparison, figures and coverage.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::server::Server;
use crate::whole_path::World;

#[test]
fn reports_from_their_pages_to_the_interface() {
    let world = World::new();
    world.crawl("update", &[]);
    every_planted_gap_is_in_the_ledger(&world);
    let server = Server::start(&world.path("data"));
    figures_compare(&world, &server);
    what_is_held_is_counted(&world, &server);
}

/// Agencies with their names over time, the years they are late and those they are silent on: `tests/portal`.
struct Planted {
    names: BTreeMap<String, String>,
    late: BTreeSet<(String, i64)>,
    missing: BTreeSet<(String, i64)>,
}

fn planted() -> Planted {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/portal/agencies.toml");
    let file: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let mut planted =
        Planted { names: BTreeMap::new(), late: BTreeSet::new(), missing: BTreeSet::new() };
    for agency in file["agency"].as_array().unwrap() {
        let id = agency["id"].as_str().unwrap();
        for name in agency["names"].as_array().unwrap() {
            planted.names.insert(name["name"].as_str().unwrap().to_owned(), id.to_owned());
        }
        let years = |key: &str| -> BTreeSet<(String, i64)> {
            let years = agency.get(key).and_then(toml::Value::as_array).into_iter().flatten();
            years.map(|year| (id.to_owned(), year.as_integer().unwrap())).collect()
        };
        planted.late.extend(years("late"));
        planted.missing.extend(years("missing"));
    }
    planted
}

/// Every late and every missing report is told, each once, and nothing else is; renamed agencies owe one report a year.
fn every_planted_gap_is_in_the_ledger(world: &World) {
    let words =
        ["ledger", "--now", "2024-06-01T02:00:00Z", "--year", "2008..2023", "--format", "json"];
    let ledger: Value = serde_json::from_str(&world.done(&words)).unwrap();
    let rows = ledger["rows"].as_array().unwrap();
    let sum: u64 =
        ledger["totals"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(sum, rows.len() as u64 * 16);
    let planted = planted();
    let in_state = |state: &str| -> Vec<(String, i64)> {
        let mut found = Vec::new();
        for row in rows {
            let id = &planted.names[row["agency"].as_str().unwrap()];
            let cells =
                row["cells"].as_array().unwrap().iter().filter(|cell| cell["state"] == state);
            found.extend(cells.map(|cell| (id.clone(), cell["year"].as_i64().unwrap())));
        }
        found.sort();
        found
    };
    assert_eq!(in_state("late"), planted.late.iter().cloned().collect::<Vec<_>>());
    assert_eq!(in_state("missing"), planted.missing.iter().cloned().collect::<Vec<_>>());
    assert_eq!(
        in_state("unreachable"),
        [("jtj".to_owned(), 2016)],
        "its page answers 404 since the first crawl"
    );
    let table =
        world.done(&["ledger", "--now", "2024-06-01T02:00:00Z", "--agency", "云汀市环境保护局"]);
    assert!(table.contains("云汀市环境保护局 2014 late: due 2015-03-31, published "), "{table}");
    assert!(table.contains("1 agencies × 16 years = 16: "), "{table}");
    let csv = world.done(&[
        "ledger",
        "--now",
        "2024-06-01T02:00:00Z",
        "--year",
        "2020",
        "--format",
        "csv",
    ]);
    assert_eq!(csv.lines().count(), rows.len() + 1);
}

fn figures_compare(world: &World, server: &Server) {
    let query = "metric=requests_received&metric=granted_rate";
    let answer = server.get(&format!("/api/v1/compare?{query}"));
    let said = world.done(&[
        "compare",
        "--metric",
        "requests_received",
        "--metric",
        "granted_rate",
        "--format",
        "json",
    ]);
    assert_eq!(serde_json::from_str::<Value>(&said).unwrap(), answer);
    let values = answer["values"].as_array().unwrap();
    assert!(values.len() > 300);
    let of = |indicator: &str, agency: &str, year: i64| {
        let is_it =
            |v: &&Value| v["indicator"] == indicator && v["agency"] == agency && v["year"] == year;
        values.iter().find(is_it).unwrap_or_else(|| panic!("{agency} {year}")).clone()
    };
    // What the figure says by itself is what the comparison shows, and its report says where it stands.
    let received = of("requests_received", "云汀市教育局", 2021);
    let id = received["document"].as_str().unwrap();
    let report = server.get(&format!("/api/v1/reports/{id}"));
    let figures = report["figures"]["figures"].as_array().unwrap();
    let figure =
        figures.iter().find(|figure| figure["metric"] == "req_new_received__total").unwrap();
    assert_eq!((&figure["value"], &report["year"]), (&received["value"], &2021.into()));
    let rate = of("granted_rate", "云汀市教育局", 2021);
    let part = |key: &str| rate[key].as_f64().unwrap();
    assert!((part("numerator") / part("denominator") - part("value")).abs() < 1e-9);
    let breaks: BTreeSet<i64> = values
        .iter()
        .filter(|v| {
            v["indicator"] == "requests_received"
                && v["agency"] == "云汀市教育局"
                && v["break"] == true
        })
        .map(|v| v["year"].as_i64().unwrap())
        .collect();
    assert!(
        breaks.contains(&2014) && breaks.contains(&2019) && !breaks.contains(&2021),
        "{breaks:?}"
    );
    sums_are_of_one_kind(&answer);
    let row = server.get("/api/v1/figures?metric=req_new_received__total&year=2021");
    assert!(
        row["figures"]
            .as_array()
            .unwrap()
            .iter()
            .any(|f| f["document"] == id && f["method"] == "cell")
    );
    let table =
        world.done(&["compare", "--metric", "requests_received", "--agency", "云汀市教育局"]);
    assert!(
        table.contains("blanks=null") && table.contains('|') && table.contains("reports, 0 null"),
        "{table}"
    );
}

fn sums_are_of_one_kind(answer: &Value) {
    let values = answer["values"].as_array().unwrap();
    let is_city = |v: &&Value| {
        v["indicator"] == "requests_received"
            && v["agency"] == "云汀市人民政府"
            && v["year"] == 2021
    };
    // A government's figures include those of its departments: it is in no sum with them, and the city, whose level
    // nobody knows, is in none at all.
    let city = values.iter().find(is_city).unwrap();
    assert_eq!((&city["kind"], &city["rank"]), (&"government".into(), &Value::Null));
    let summaries = answer["summaries"].as_array().unwrap().iter();
    let of_2021 = summaries.filter(|s| s["indicator"] == "requests_received" && s["year"] == 2021);
    let departments: Vec<&Value> = of_2021.filter(|s| s["kind"] == "department").collect();
    let added = values.iter().filter(|v| {
        v["indicator"] == "requests_received" && v["year"] == 2021 && v["kind"] == "department"
    });
    let added: f64 = added.filter_map(|v| v["value"].as_f64()).sum();
    assert_eq!((departments.len(), departments[0]["value"].as_f64()), (1, Some(added)));
}

fn what_is_held_is_counted(world: &World, server: &Server) {
    let coverage = server.get("/api/v1/coverage");
    assert_eq!(coverage["documents"].as_u64().unwrap(), world.export().len() as u64);
    let said = world.done(&["coverage", "--format", "json"]);
    assert_eq!(serde_json::from_str::<Value>(&said).unwrap(), coverage);
    let reports =
        server.get("/api/v1/search?q=&category=disclosure_admin")["total"].as_u64().unwrap();
    let counted = coverage["reports"].as_u64().unwrap();
    assert!(counted > 200 && counted <= reports, "{counted} of {reports}");
}
