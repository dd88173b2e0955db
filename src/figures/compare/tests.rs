//! What a comparison says.

use crate::catalogue::{FigureMarks, FigureRow, Reported};
use crate::figures::compare::{
    Blanks, CompareQuestion, Comparison, Indicator, Ranked, Succession, WhyNull, compare,
};
use crate::model::{Amount, DocumentId, Origin, RegionLevel, ReportFormat, ReporterKind, Status};

const CITY: &str = "330800";

fn row(
    metric: &str,
    agency: &str,
    year: i16,
    value: Option<f64>,
    format: ReportFormat,
) -> FigureRow {
    let origin = Origin::Import { set: "t".into(), id: format!("{agency} {year}") };
    FigureRow {
        metric: metric.into(),
        agency: agency.into(),
        year,
        document: DocumentId::of(&origin, ""),
        value: value.map(Amount),
        marks: FigureMarks::default(),
        format: Some(format),
        region: Some(CITY.into()),
        status: Status::Live,
    }
}

fn answer(ids: &[&str], rows: &[FigureRow], change: impl Fn(&mut CompareQuestion)) -> Comparison {
    let indicators = ids.iter().map(|id| Indicator::find(id).unwrap()).collect();
    let mut question = CompareQuestion { indicators, ..CompareQuestion::default() };
    change(&mut question);
    let mut reported: Vec<Reported> = Vec::new();
    for row in rows {
        let report =
            Reported { agency: row.agency.clone(), region: row.region.clone(), year: row.year };
        if !reported.contains(&report) {
            reported.push(report);
        }
    }
    compare(&question, &renames(), &reported, rows)
}

/// A renaming twice, and two that became one.
fn renames() -> Succession {
    let pairs = [
        ("衢州市卫生局", "衢州市卫生和计划生育局"),
        ("衢州市卫生和计划生育局", "衢州市卫生健康委员会"),
        ("衢州市文化局", "衢州市文化和旅游局"),
        ("衢州市旅游局", "衢州市文化和旅游局"),
    ];
    Succession::of(pairs.map(|(before, after)| (before.to_owned(), after.to_owned())))
}

fn values(comparison: &Comparison) -> Vec<Result<f64, WhyNull>> {
    comparison.points.iter().map(|point| point.value).collect()
}

#[test]
fn a_rate_has_numerator_and_denominator_or_says_why_not() {
    let of = |year, granted, partly, total| {
        [
            ("req_granted__total", granted),
            ("req_partially_granted__total", partly),
            ("req_processed_total__total", total),
        ]
        .map(|(metric, value)| row(metric, "衢州市教育局", year, value, ReportFormat::Tables2021))
    };
    let rows = [
        of(2021, Some(3.0), Some(1.0), Some(8.0)),
        of(2022, Some(3.0), None, Some(8.0)),
        of(2023, Some(0.0), Some(0.0), Some(0.0)),
    ]
    .concat();
    let rates = answer(&["granted_rate"], &rows, |_| ());
    assert_eq!(values(&rates), [Ok(0.5), Err(WhyNull::Blank), Err(WhyNull::ZeroDenominator)]);
    assert_eq!((rates.points[1].numerator, rates.points[1].denominator), (None, Some(8.0)));
    let zero = answer(&["granted_rate"], &rows, |question| question.blanks = Blanks::Zero);
    assert_eq!((zero.points[1].value, zero.points[1].blanks_as_zero), (Ok(0.375), 1));
    let mut undecided = rows.clone();
    undecided[4].marks.cut = true;
    let zero = answer(&["granted_rate"], &undecided, |question| question.blanks = Blanks::Zero);
    assert_eq!(
        zero.points[1].value,
        Err(WhyNull::Undecided),
        "digits that cannot be cut are no blank"
    );
    let summary = &rates.summaries[1];
    assert_eq!((summary.reports, summary.nulls, summary.value), (1, 1, None));
}

#[test]
fn a_change_needs_the_year_before() {
    let received = |year, value| {
        row("req_new_received__total", "衢州市教育局", year, Some(value), ReportFormat::Tables2019)
    };
    let rows = [received(2019, 10.0), received(2020, 15.0)];
    let change = answer(&["requests_change"], &rows, |_| ());
    assert_eq!(values(&change), [Err(WhyNull::NoYearBefore), Ok(0.5)]);
    let question = CompareQuestion {
        years: "2020".parse().ok(),
        indicators: change.indicators,
        ..CompareQuestion::default()
    };
    let query = question.figures(vec![]);
    assert_eq!((query.from, query.to), (Some(2019), Some(2020)));
}

#[test]
fn a_series_is_broken_where_forms_do_not_mean_the_same() {
    let rows = [
        row("n14_request_total", "衢州市教育局", 2017, Some(5.0), ReportFormat::National2014),
        row("n14_request_total", "衢州市教育局", 2018, Some(6.0), ReportFormat::National2014),
        row("req_new_received__total", "衢州市教育局", 2019, Some(7.0), ReportFormat::Tables2019),
        row("req_new_received__total", "衢州市教育局", 2021, Some(8.0), ReportFormat::Tables2021),
    ];
    let series = answer(&["requests_received", "req_new_received__total"], &rows, |_| ());
    let breaks: Vec<bool> = series.points.iter().map(|point| point.is_break).collect();
    assert_eq!(breaks, [false, false, true, false, false, false, false, false]);
    assert_eq!(series.points[4].value, Err(WhyNull::NotInForm));
    assert_eq!(series.points[6].value, Ok(7.0));
}

#[test]
fn a_government_is_never_added_to_its_departments() {
    let received = |agency: &str, value| {
        row("req_new_received__total", agency, 2020, Some(value), ReportFormat::Tables2019)
    };
    let rows = [
        received("衢州市人民政府", 100.0),
        received("衢州市教育局", 7.0),
        received("衢州市财政局", 7.0),
        received("衢州市民政局", 2.0),
    ];
    let all = answer(&["req_new_received__total"], &rows, |_| ());
    let sums: Vec<f64> = all.summaries.iter().map(|summary| summary.numerator).collect();
    assert_eq!(sums, [100.0, 16.0]);
    let ranks: Vec<_> = all.points.iter().map(|point| point.rank.unwrap()).collect();
    assert_eq!(ranks, [(1, 1), (1, 3), (3, 3), (1, 3)]);
    let chosen = answer(&["req_new_received__total"], &rows, |question| {
        question.agencies = vec!["衢州市教育局".into(), "衢州市水利局".into()];
    });
    assert_eq!(
        (chosen.points.len(), &*chosen.without_reports),
        (1, &["衢州市水利局".to_owned()][..])
    );
}

#[test]
fn governments_of_unknown_level_are_in_no_sum() {
    let received = |agency: &str| {
        let row = row("req_new_received__total", agency, 2020, Some(5.0), ReportFormat::Tables2019);
        FigureRow { region: Some("unknown".into()), ..row }
    };
    let rows =
        [received("云汀市人民政府"), received("云汀市临汀区人民政府"), received("云汀市教育局")];
    let all = answer(&["req_new_received__total"], &rows, |_| ());
    let groups: Vec<_> =
        all.summaries.iter().map(|summary| (summary.group.kind, summary.group.level)).collect();
    let county = (ReporterKind::Government, Some(RegionLevel::County));
    assert_eq!(groups, [county, (ReporterKind::Department, None)]);
    let ranks: Vec<_> = all.points.iter().map(|point| point.rank).collect();
    assert_eq!(ranks, [Some((1, 1)), None, Some((1, 1))]);
}

#[test]
fn ranks_within_a_region() {
    let received = |agency: &str, region: &str, value| {
        let row =
            row("req_new_received__total", agency, 2020, Some(value), ReportFormat::Tables2019);
        FigureRow { region: Some(region.into()), ..row }
    };
    let rows = [
        received("开化县教育局", "330824", 1.0),
        received("开化县财政局", "330824", 2.0),
        received("常山县教育局", "330822", 9.0),
    ];
    let ranks = |ranked| {
        let all = answer(&["req_new_received__total"], &rows, |question| question.ranked = ranked);
        all.points.iter().map(|point| point.rank.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ranks(Ranked::Level), [(1, 3), (3, 3), (2, 3)]);
    assert_eq!(ranks(Ranked::Region), [(1, 1), (2, 2), (1, 2)]);
}

#[test]
fn copies_that_differ_are_named() {
    let mut copy = row("rev_total", "衢州市教育局", 2020, Some(4.0), ReportFormat::Tables2019);
    copy.document = DocumentId::of(&Origin::Import { set: "t".into(), id: "copy".into() }, "");
    copy.status = Status::Removed;
    let rows =
        [copy.clone(), row("rev_total", "衢州市教育局", 2020, Some(3.0), ReportFormat::Tables2019)];
    let point = answer(&["rev_total"], &rows, |_| ()).points.remove(0);
    assert_eq!((point.value, point.differing), (Ok(3.0), vec![copy.document]));
}

/// Agency, year, series and whether it is broken there.
fn lines(comparison: &Comparison) -> Vec<(&str, i16, &str, bool)> {
    let line = |point: &'_ crate::figures::Point| (point.year, point.is_break);
    let points = comparison.points.iter();
    points.map(|point| (&*point.agency, line(point).0, &*point.series, line(point).1)).collect()
}

#[test]
fn the_series_of_a_renamed_agency_goes_on_and_is_broken_there() {
    let received = |agency: &str, year, value| {
        row("req_new_received__total", agency, year, value, ReportFormat::Tables2019)
    };
    let rows = [
        received("衢州市卫生健康委员会", 2020, None),
        received("衢州市卫生健康委员会", 2021, Some(9.0)),
        received("衢州市卫生和计划生育局", 2018, Some(6.0)),
        received("衢州市卫生和计划生育局", 2019, Some(7.0)),
        received("衢州市卫生局", 2012, Some(3.0)),
    ];
    let heir = "衢州市卫生健康委员会";
    let all = answer(&["req_new_received__total"], &rows, |_| ());
    assert_eq!(
        lines(&all),
        [
            ("衢州市卫生局", 2012, heir, false),
            ("衢州市卫生和计划生育局", 2018, heir, true),
            ("衢州市卫生和计划生育局", 2019, heir, false),
            (heir, 2020, heir, false),
            (heir, 2021, heir, true),
        ]
    );
    assert_eq!(all.points[3].continues, ["衢州市卫生和计划生育局"]);
    assert_eq!(all.matrix("req_new_received__total").rows.len(), 1, "one line");
    let kin = renames().with_kin(&[rows[2].agency.clone()]);
    assert_eq!(kin, ["衢州市卫生和计划生育局", heir, "衢州市卫生局"]);
}

#[test]
fn agencies_that_merged_keep_their_own_series() {
    let received = |agency: &str, year| {
        row("req_new_received__total", agency, year, Some(4.0), ReportFormat::Tables2019)
    };
    let (culture, tourism, both) = ("衢州市文化局", "衢州市旅游局", "衢州市文化和旅游局");
    let mut rows = vec![received(culture, 2018), received(tourism, 2018), received(both, 2019)];
    let all = answer(&["req_new_received__total"], &rows, |_| ());
    let own = |name, year, is_break| (name, year, name, is_break);
    let expected = [own(both, 2019, true), own(culture, 2018, false), own(tourism, 2018, false)];
    assert_eq!(lines(&all), expected);
    assert_eq!(all.points[0].continues, [culture, tourism]);
    assert_eq!(renames().with_kin(&[culture.to_owned()]), [culture, both]);
    rows = vec![received(culture, 2018), received(culture, 2019), received(both, 2019)];
    let overlapping = answer(&["req_new_received__total"], &rows, |_| ());
    assert_eq!(lines(&overlapping)[1], own(culture, 2018, false), "both report on one year");
}
