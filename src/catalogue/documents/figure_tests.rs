//! Figures of reports in the catalogue.

use super::*;
use crate::model::{
    Amount, Check, Correction, Document, Evidence, Figure, FigureSource, Method, Moment, Origin,
    Place, ReportFigures, ReportFormat, Scope, Sourced, Status, Verdict,
};

fn catalogue() -> (tempfile::TempDir, Catalogue) {
    let dir = tempfile::tempdir().unwrap();
    let catalogue = Catalogue::open(&dir.path().join("catalogue.sqlite")).unwrap();
    (dir, catalogue)
}

fn document(agency: &str, year: i16) -> Document {
    let origin = Origin::Import { set: "reports".into(), id: format!("{agency}{year}") };
    let title = Sourced::new(format!("{agency}{year}年年度报告"), Evidence::Title);
    let at = Moment::from_second(1_700_000_000).unwrap();
    Document {
        agencies: vec![agency.to_owned()],
        report_year: Some(Sourced::new(year, Evidence::Title)),
        region: Some(Sourced::new("999901".to_owned(), Evidence::Portal)),
        ..Document::bare(origin, title, "正文".into(), at)
    }
}

fn figure(metric: &str, value: Option<f64>) -> Figure {
    let source = FigureSource {
        place: Place::Text,
        row: "行".into(),
        column: String::new(),
        cell: None,
        at: Some((1, 2)),
    };
    Figure {
        metric: metric.to_owned(),
        value: value.map(Amount),
        unit: "件".into(),
        approximate: false,
        scope: Scope::Unstated,
        method: Method::Cell,
        printed: "7".into(),
        source,
        correction: None,
    }
}

fn read(figures: Vec<Figure>, broken: &[&str]) -> ReportFigures {
    let check = |metric: &&str| Check {
        rule: "B1".into(),
        scope: "total".into(),
        verdict: Verdict::Broken,
        left: Amount(1.0),
        right: Amount(2.0),
        detail: String::new(),
        metrics: vec![(*metric).to_owned()],
    };
    let checks = broken.iter().map(check).collect();
    ReportFigures {
        format: Some(ReportFormat::Tables2021),
        figures,
        statements: Vec::new(),
        cells: Vec::new(),
        checks,
    }
}

fn wanted(metrics: &[&str], agencies: &[&str]) -> FigureQuery {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    FigureQuery { metrics: owned(metrics), agencies: owned(agencies), from: None, to: None }
}

fn values(catalogue: &Catalogue, query: &FigureQuery) -> Vec<(String, i16, Option<f64>)> {
    let rows = catalogue.figures(query).unwrap();
    rows.into_iter().map(|row| (row.agency, row.year, row.value.map(|value| value.0))).collect()
}

#[test]
fn figures_come_back_by_metric_agency_and_year() {
    let (_dir, catalogue) = catalogue();
    let mut documents = Vec::new();
    for (agency, year) in [("灵洲市水务局", 2020), ("灵洲市水务局", 2021), ("灵洲市民政局", 2021)]
    {
        documents.push(document(agency, year));
    }
    catalogue.put(&documents, |_, _| {}).unwrap();
    let reports: Vec<ReportFigures> = (0..3)
        .map(|n| {
            let figures = vec![figure("rev_total", Some(f64::from(n))), figure("rev_other", None)];
            read(figures, if n == 1 { &["rev_total"] } else { &[] })
        })
        .collect();
    let put: Vec<_> =
        documents.iter().zip(&reports).map(|(d, r)| (d, Some(("figures", r)))).collect();
    assert_eq!(catalogue.put_reports(&put).unwrap(), 3);
    assert_eq!(catalogue.put_reports(&put).unwrap(), 0, "the same again changes nothing");
    let water = |year, value| ("灵洲市水务局".to_owned(), year, value);
    let query = wanted(&["rev_total"], &["灵洲市水务局", "灵洲市林业局"]);
    assert_eq!(values(&catalogue, &query), [water(2020, Some(0.0)), water(2021, Some(1.0))]);
    assert_eq!(
        values(&catalogue, &FigureQuery { from: Some(2021), ..query.clone() }),
        [water(2021, Some(1.0))]
    );
    let rows = catalogue.figures(&query).unwrap();
    assert_eq!((rows[0].marks.flagged, rows[1].marks.flagged), (false, true));
    assert_eq!(rows[1].format, Some(ReportFormat::Tables2021));
    assert_eq!(values(&catalogue, &wanted(&["rev_total"], &[])).len(), 3, "of all agencies");
    let blank = values(&catalogue, &wanted(&["rev_other"], &["灵洲市民政局"]));
    assert_eq!(blank, [("灵洲市民政局".to_owned(), 2021, None)], "a blank is there and null");
    let held = catalogue.report(&documents[1].id).unwrap().unwrap();
    assert_eq!((held.year, &held.figures), (Some(2021), &reports[1]));
    let reported = |agencies: &[&str]| -> Vec<(String, i16)> {
        let agencies: Vec<String> = agencies.iter().map(|name| (*name).to_owned()).collect();
        let held = catalogue.reported(&agencies).unwrap();
        held.into_iter().map(|held| (held.agency, held.year)).collect()
    };
    let all = [("灵洲市民政局", 2021), ("灵洲市水务局", 2020), ("灵洲市水务局", 2021)];
    let all = all.map(|(name, year)| (name.to_owned(), year));
    assert_eq!(reported(&[]), all);
    assert_eq!(reported(&["灵洲市水务局", "灵洲市民政局", "灵洲市教育局"]), all);
    assert_eq!(reported(&["灵洲市水务局"]), all[1..]);
    assert_eq!(catalogue.reporters().unwrap(), ["灵洲市民政局", "灵洲市水务局"]);
}

#[test]
fn what_is_read_anew_takes_the_place_of_what_was() {
    let (_dir, catalogue) = catalogue();
    let before = document("灵洲市水务局", 2020);
    catalogue.put(std::slice::from_ref(&before), |_, _| {}).unwrap();
    let two = read(vec![figure("rev_total", Some(4.0)), figure("rev_other", Some(1.0))], &[]);
    catalogue.put_reports(&[(&before, Some(("figures", &two)))]).unwrap();
    // The year was read wrongly: its rows move.
    let after =
        Document { report_year: Some(Sourced::new(2019, Evidence::Text)), ..before.clone() };
    let one = read(vec![figure("rev_total", Some(4.0))], &[]);
    assert_eq!(catalogue.put_reports(&[(&after, Some(("figures", &one)))]).unwrap(), 1);
    let query = wanted(&["rev_total", "rev_other"], &["灵洲市水务局"]);
    assert_eq!(values(&catalogue, &query), [("灵洲市水务局".to_owned(), 2019, Some(4.0))]);
    catalogue.set_status(&before.id, Status::Withheld).unwrap();
    assert_eq!(values(&catalogue, &query), [], "withheld reports give nothing");
    assert!(catalogue.report(&before.id).unwrap().is_none());
    catalogue.set_status(&before.id, Status::Live).unwrap();
    assert_eq!(values(&catalogue, &query).len(), 1);
    let changed = catalogue.titles_changed_after(0, 9).unwrap();
    assert_eq!((changed[0].1, changed[0].2.as_str()), (after.id, "灵洲市水务局2020年年度报告"));
    assert_eq!(catalogue.titles_changed_after(changed[0].0, 9).unwrap(), []);
    assert_eq!(catalogue.forget_reports(&[after.id]).unwrap(), 1, "it is no report any more");
    assert_eq!(catalogue.forget_reports(&[after.id]).unwrap(), 0);
    assert_eq!(values(&catalogue, &query), []);
}

#[test]
fn what_the_curator_says_is_not_cut_out_of_digits() {
    let (_dir, catalogue) = catalogue();
    let document = document("灵洲市水务局", 2020);
    catalogue.put(std::slice::from_ref(&document), |_, _| {}).unwrap();
    let undecided =
        |metric| Figure { method: Method::Digits, printed: "1700".into(), ..figure(metric, None) };
    let said = Correction {
        read: None,
        reason: "是空白".into(),
        by: "馆员".into(),
        on: "2026-01-02".into(),
    };
    let blank = Figure { correction: Some(said), ..undecided("rev_other") };
    let report = read(vec![undecided("rev_total"), blank], &[]);
    catalogue.put_reports(&[(&document, Some(("figures", &report)))]).unwrap();
    let rows = catalogue.figures(&wanted(&["rev_total", "rev_other"], &[])).unwrap();
    let marks: Vec<_> = rows.iter().map(|row| (row.marks.cut, row.marks.corrected)).collect();
    assert_eq!(marks, [(true, false), (false, true)], "a blank counts as one in comparisons");
}

/// `cargo test --release --lib -- --ignored comparisons_are_fast --nocapture`
#[test]
#[ignore = "takes a minute; a figure to look at, without debug checks"]
fn comparisons_are_fast() {
    let (_dir, catalogue) = catalogue();
    let metrics: Vec<String> = (0..200).map(|n| format!("metric_{n}")).collect();
    let agencies: Vec<String> = (0..1000).map(|n| format!("灵洲市第{n}局")).collect();
    let figures: Vec<Figure> = metrics.iter().map(|metric| figure(metric, Some(3.0))).collect();
    let report = read(figures, &[]);
    for year in 2014..2024 {
        let documents: Vec<Document> =
            agencies.iter().map(|agency| document(agency, year)).collect();
        catalogue.put(&documents, |_, _| {}).unwrap();
        let put: Vec<_> = documents.iter().map(|d| (d, Some(("figures", &report)))).collect();
        catalogue.put_reports(&put).unwrap();
    }
    let mut times = Vec::new();
    for n in 0..40 {
        let query = FigureQuery {
            metrics: metrics[n..n + 10].to_vec(),
            agencies: agencies[n * 20..n * 20 + 200].to_vec(),
            from: None,
            to: None,
        };
        let start = std::time::Instant::now();
        assert_eq!(catalogue.figures(&query).unwrap().len(), 10 * 200 * 10);
        times.push(start.elapsed());
    }
    times.sort_unstable();
    eprintln!("20,000 of 2,000,000 figures: median {:?}, p95 {:?}", times[20], times[37]);
    assert!(times[37].as_millis() <= 100, "{:?}", times[37]);
}
