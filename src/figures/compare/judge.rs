//! From figures to a comparison. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{FigureMarks, FigureRow, Reported};
use crate::figures::compare::{
    Blanks, CompareQuestion, Comparison, Formula, Group, Indicator, Point, Ranked, Summary, Term, WhyNull,
};
use crate::model::{DocumentId, RegionCode, RegionLevel, ReportFormat, ReporterKind, Status, lies_in};

/// The figures of one report by metric.
type Sheet<'a> = BTreeMap<&'a str, &'a FigureRow>;

/// Compares what `rows` say of the agencies and years that have reports.
pub fn compare(question: &CompareQuestion, reported: &[Reported], rows: &[FigureRow]) -> Comparison {
    let wanted: Vec<&Reported> = reported.iter().filter(|report| is_wanted(question, report)).collect();
    let mut sheets: BTreeMap<(&str, i16), BTreeMap<DocumentId, Sheet<'_>>> = BTreeMap::new();
    for row in rows {
        let of_year = sheets.entry((&row.agency, row.year)).or_default();
        of_year.entry(row.document).or_default().insert(&row.metric, row);
    }
    let reader = Reader { blanks: question.blanks, sheets: &sheets };
    let mut points = Vec::new();
    for indicator in &question.indicators {
        let from = points.len();
        points.extend(wanted.iter().map(|report| reader.point(indicator, report)));
        if let Some(series) = points.get_mut(from..) {
            mark_breaks(indicator, series);
            rank(question.ranked, series);
        }
    }
    let known: BTreeSet<&str> = wanted.iter().map(|report| report.agency.as_str()).collect();
    let unknown = question.agencies.iter().filter(|name| !known.contains(name.as_str()));
    Comparison {
        indicators: question.indicators.clone(),
        blanks: question.blanks,
        summaries: summaries(&question.indicators, &points),
        points,
        without_reports: unknown.cloned().collect(),
    }
}

fn is_wanted(question: &CompareQuestion, report: &Reported) -> bool {
    let named = question.agencies.is_empty() || question.agencies.contains(&report.agency);
    let there = question.region.as_ref().is_none_or(|outer| {
        report.region.as_ref().is_some_and(|inner| lies_in(inner, outer))
    });
    let then = question.years.is_none_or(|(from, to)| (from..=to).contains(&report.year));
    named && there && then
}

struct Reader<'a> {
    blanks: Blanks,
    sheets: &'a BTreeMap<(&'a str, i16), BTreeMap<DocumentId, Sheet<'a>>>,
}

/// What a formula gives for one report.
#[derive(Clone, Copy)]
struct Reading {
    value: Result<f64, WhyNull>,
    numerator: Option<f64>,
    denominator: Option<f64>,
    blanks: usize,
    marks: FigureMarks,
}

impl Reading {
    fn null(why: WhyNull) -> Self {
        let marks = FigureMarks::default();
        Self { value: Err(why), numerator: None, denominator: None, blanks: 0, marks }
    }
}

impl Reader<'_> {
    /// Of several reports, the one that is still published and has a value.
    fn point(&self, indicator: &Indicator, report: &Reported) -> Point {
        let none = BTreeMap::new();
        let sheets = self.sheets.get(&(report.agency.as_str(), report.year)).unwrap_or(&none);
        let mut read: Vec<(DocumentId, &FigureRow, Reading)> = Vec::new();
        for (id, sheet) in sheets {
            let Some(head) = sheet.values().next() else { continue };
            read.push((*id, *head, self.read(indicator, head.format, sheet, report)));
        }
        read.sort_by_key(|(id, head, reading)| (reading.value.is_err(), head.status == Status::Removed, *id));
        let first = read.first();
        let reading = first.map_or(Reading::null(WhyNull::NoFigures), |(_, _, reading)| *reading);
        let same = |other: f64| reading.value.is_ok_and(|value| (value - other).abs() < 1e-9);
        let differing = read.iter().filter(|(_, _, other)| other.value.is_ok_and(|other| !same(other)));
        Point {
            indicator: indicator.id.clone(),
            agency: report.agency.clone(),
            region: report.region.clone(),
            group: group(&report.agency, report.region.as_ref()),
            year: report.year,
            value: reading.value,
            numerator: reading.numerator,
            denominator: reading.denominator,
            blanks_as_zero: reading.blanks,
            format: first.and_then(|(_, head, _)| head.format),
            is_break: false,
            marks: reading.marks,
            document: first.map(|(id, _, _)| *id),
            differing: differing.map(|(id, _, _)| *id).collect(),
            rank: None,
        }
    }

    fn read(
        &self,
        indicator: &Indicator,
        format: Option<ReportFormat>,
        sheet: &Sheet<'_>,
        report: &Reported,
    ) -> Reading {
        let Some(formula) = formula_of(indicator, format) else { return Reading::null(WhyNull::NotInForm) };
        let mut reading = Reading::null(WhyNull::NoFigures);
        let mut why = None;
        let mut sum = |terms: &[Term]| -> Option<f64> {
            let (mut sum, mut is_whole) = (0.0, true);
            for term in terms {
                match self.term(term, sheet, report, &mut reading) {
                    Ok(value) if term.is_minus => sum -= value,
                    Ok(value) => sum += value,
                    Err(reason) => {
                        why = why.or(Some(reason));
                        is_whole = false;
                    }
                }
            }
            is_whole.then_some(sum)
        };
        let numerator = sum(&formula.numerator);
        let denominator = if formula.denominator.is_empty() { None } else { sum(&formula.denominator) };
        let value = match (why, numerator, denominator) {
            (Some(why), _, _) => Err(why),
            (None, Some(_), Some(denominator)) if denominator.abs() < 1e-9 => Err(WhyNull::ZeroDenominator),
            (None, Some(numerator), Some(denominator)) => Ok(numerator / denominator),
            (None, Some(numerator), None) => Ok(numerator),
            (None, None, _) => Err(WhyNull::NoFigures),
        };
        Reading { value, numerator, denominator, ..reading }
    }

    fn term(
        &self,
        term: &Term,
        sheet: &Sheet<'_>,
        report: &Reported,
        reading: &mut Reading,
    ) -> Result<f64, WhyNull> {
        let row = if term.is_of_year_before {
            let before = self.sheets.get(&(report.agency.as_str(), report.year - 1));
            let rows = before.into_iter().flat_map(BTreeMap::values).filter_map(|sheet| sheet.get(term.metric.as_str()));
            rows.copied().min_by_key(|row| (row.value.is_none(), row.status == Status::Removed))
        } else {
            sheet.get(term.metric.as_str()).copied()
        };
        let lacking = if term.is_of_year_before { WhyNull::NoYearBefore } else { WhyNull::NoFigures };
        let row = row.ok_or(lacking)?;
        reading.marks.approximate |= row.marks.approximate;
        reading.marks.flagged |= row.marks.flagged;
        reading.marks.corrected |= row.marks.corrected;
        reading.marks.cut |= row.marks.cut;
        match (row.value, self.blanks) {
            (Some(value), _) => Ok(value.0),
            (None, _) if row.marks.cut => Err(WhyNull::Undecided),
            (None, Blanks::Zero) => {
                reading.blanks += 1;
                Ok(0.0)
            }
            (None, Blanks::Null) if term.is_of_year_before => Err(WhyNull::NoYearBefore),
            (None, Blanks::Null) => Err(WhyNull::Blank),
        }
    }
}

/// The formula for a form; one for any form serves all.
fn formula_of(indicator: &Indicator, format: Option<ReportFormat>) -> Option<&Formula> {
    let fits = |formula: &&Formula| {
        formula.forms.is_empty() || format.is_some_and(|format| formula.forms.contains(&format))
    };
    indicator.formulas.iter().find(fits)
}

/// What a value means: values with the same are one series.
fn meaning(indicator: &Indicator, format: Option<ReportFormat>) -> Option<(usize, Option<ReportFormat>)> {
    let formula = formula_of(indicator, format)?;
    let at = indicator.formulas.iter().position(|other| other == formula)?;
    let form = format.filter(|_| formula.forms.is_empty()).map(|form| match form {
        // The forms of 2021 changed tables; sentences count the same things as in 2019.
        ReportFormat::Tables2021 => ReportFormat::Tables2019,
        other => other,
    });
    Some((at, form))
}

/// Marks where a series goes on with another meaning; points come by agency and year.
fn mark_breaks(indicator: &Indicator, points: &mut [Point]) {
    let mut last: Option<(String, Option<(usize, Option<ReportFormat>)>)> = None;
    for point in points.iter_mut().filter(|point| point.value.is_ok()) {
        let now = meaning(indicator, point.format);
        point.is_break = last.as_ref().is_some_and(|(agency, then)| *agency == point.agency && *then != now);
        last = Some((point.agency.clone(), now));
    }
}

/// Gives every value its place among those of its year; equal values share a place.
fn rank(ranked: Ranked, points: &mut [Point]) {
    let mut classes: BTreeMap<(i16, Group, Option<RegionCode>), Vec<f64>> = BTreeMap::new();
    let class = |point: &Point| (point.year, point.group, ranked_in(ranked, point));
    for point in points.iter() {
        if let Ok(value) = point.value {
            classes.entry(class(point)).or_default().push(value);
        }
    }
    for point in points.iter_mut() {
        let (Ok(value), Some(values)) = (point.value, classes.get(&class(point))) else { continue };
        let larger = values.iter().filter(|other| **other > value + 1e-12).count();
        point.rank = Some((larger + 1, values.len()));
    }
}

fn ranked_in(ranked: Ranked, point: &Point) -> Option<RegionCode> {
    let code = point.region.as_ref().filter(|_| ranked == Ranked::Region)?;
    let digits = match (point.group.kind, point.group.level) {
        (ReporterKind::Government, Some(RegionLevel::County)) => 4,
        (ReporterKind::Government, Some(RegionLevel::Prefecture)) => 2,
        (ReporterKind::Government, _) => 0,
        _ => 6,
    };
    code.get(..digits).map(|start| format!("{start:0<6}"))
}

fn group(agency: &str, region: Option<&RegionCode>) -> Group {
    Group { kind: ReporterKind::of(agency), level: region.map(|code| RegionLevel::of(code)) }
}

/// Adds up by indicator, year and group.
fn summaries(indicators: &[Indicator], points: &[Point]) -> Vec<Summary> {
    let mut all = Vec::new();
    for indicator in indicators {
        let mut groups: BTreeMap<(i16, Group), Vec<&Point>> = BTreeMap::new();
        for point in points.iter().filter(|point| point.indicator == indicator.id) {
            groups.entry((point.year, point.group)).or_default().push(point);
        }
        all.extend(groups.into_iter().map(|((year, group), points)| summary(indicator, year, group, &points)));
    }
    all
}

fn summary(indicator: &Indicator, year: i16, group: Group, points: &[&Point]) -> Summary {
    let valued: Vec<&&Point> = points.iter().filter(|point| point.value.is_ok()).collect();
    let numerator = valued.iter().filter_map(|point| point.numerator).sum();
    let is_share = indicator.formulas.iter().any(|formula| !formula.denominator.is_empty());
    let denominator: Option<f64> =
        is_share.then(|| valued.iter().filter_map(|point| point.denominator).sum());
    let value = match denominator {
        _ if valued.is_empty() => None,
        Some(denominator) => (denominator.abs() > 1e-9).then(|| numerator / denominator),
        None => Some(numerator),
    };
    let (reports, nulls) = (points.len(), points.len() - valued.len());
    Summary { indicator: indicator.id.clone(), year, group, reports, nulls, numerator, denominator, value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Amount, Origin};

    const CITY: &str = "330800";

    fn row(metric: &str, agency: &str, year: i16, value: Option<f64>, format: ReportFormat) -> FigureRow {
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
            let report = Reported { agency: row.agency.clone(), region: row.region.clone(), year: row.year };
            if !reported.contains(&report) {
                reported.push(report);
            }
        }
        compare(&question, &reported, rows)
    }

    fn values(comparison: &Comparison) -> Vec<Result<f64, WhyNull>> {
        comparison.points.iter().map(|point| point.value).collect()
    }

    #[test]
    fn a_rate_has_numerator_and_denominator_or_says_why_not() {
        let of = |year, granted, partly, total| {
            [("req_granted__total", granted), ("req_partially_granted__total", partly), ("req_processed_total__total", total)]
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
        assert_eq!(zero.points[1].value, Err(WhyNull::Undecided), "digits that cannot be cut are no blank");
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
        let question = CompareQuestion { years: Some((2020, 2020)), indicators: change.indicators, ..CompareQuestion::default() };
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
        assert_eq!(ranks, [(1, 1), (1, 3), (1, 3), (3, 3)]);
        let chosen = answer(&["req_new_received__total"], &rows, |question| {
            question.agencies = vec!["衢州市教育局".into(), "衢州市水利局".into()];
        });
        assert_eq!((chosen.points.len(), &*chosen.without_reports), (1, &["衢州市水利局".to_owned()][..]));
    }

    #[test]
    fn ranks_within_a_region() {
        let received = |agency: &str, region: &str, value| {
            let row = row("req_new_received__total", agency, 2020, Some(value), ReportFormat::Tables2019);
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
        assert_eq!(ranks(Ranked::Level), [(3, 3), (2, 3), (1, 3)]);
        assert_eq!(ranks(Ranked::Region), [(2, 2), (1, 2), (1, 1)]);
    }

    #[test]
    fn copies_that_differ_are_named() {
        let mut copy = row("rev_total", "衢州市教育局", 2020, Some(4.0), ReportFormat::Tables2019);
        copy.document = DocumentId::of(&Origin::Import { set: "t".into(), id: "copy".into() }, "");
        copy.status = Status::Removed;
        let rows = [copy.clone(), row("rev_total", "衢州市教育局", 2020, Some(3.0), ReportFormat::Tables2019)];
        let point = answer(&["rev_total"], &rows, |_| ()).points.remove(0);
        assert_eq!((point.value, point.differing), (Ok(3.0), vec![copy.document]));
    }
}
