//! From figures to a comparison. Pure.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::catalogue::{FigureMarks, FigureRow, Reported};
use crate::figures::compare::{
    Blanks, CompareQuestion, Comparison, Formula, Group, Indicator, Point, Ranked, Succession,
    Summary, Term, WhyNull,
};
use crate::model::{
    DocumentId, RegionCode, RegionLevel, ReportFormat, ReporterKind, Status, is_region_code,
    is_within,
};

/// The figures of one report by metric.
type Sheet<'a> = BTreeMap<&'a str, &'a FigureRow>;

/// Compares what `rows` say of the agencies and years that have reports.
pub fn compare(
    question: &CompareQuestion,
    succession: &Succession,
    reported: &[Reported],
    rows: &[FigureRow],
) -> Comparison {
    let wanted = Wanted::of(question);
    let mut wanted: Vec<&Reported> = reported.iter().filter(|report| wanted.has(report)).collect();
    let lines = Lines::of(succession, &wanted);
    wanted.sort_by_key(|report| (lines.series(&report.agency), report.year, &report.agency));
    let mut sheets: BTreeMap<(&str, i16), BTreeMap<DocumentId, Sheet<'_>>> = BTreeMap::new();
    for row in rows {
        let of_year = sheets.entry((&row.agency, row.year)).or_default();
        of_year.entry(row.document).or_default().insert(&row.metric, row);
    }
    let reader = Reader { blanks: question.blanks, sheets: &sheets };
    let mut points = Vec::new();
    for indicator in &question.indicators {
        let from = points.len();
        points.extend(wanted.iter().map(|report| lines.place(reader.point(indicator, report))));
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

/// Which reports a question is about.
pub(super) struct Wanted<'q> {
    question: &'q CompareQuestion,
    agencies: HashSet<&'q str>,
}

impl<'q> Wanted<'q> {
    pub(super) fn of(question: &'q CompareQuestion) -> Self {
        Self { question, agencies: question.agencies.iter().map(String::as_str).collect() }
    }

    pub(super) fn has(&self, report: &Reported) -> bool {
        let named = self.agencies.is_empty() || self.agencies.contains(report.agency.as_str());
        let there = is_within(report.region.as_deref(), self.question.region.as_deref());
        named && there && self.question.years.is_none_or(|years| years.contains(report.year))
    }
}

/// Whose series goes on under which name, and who continues whom in which year.
struct Lines<'a> {
    series: BTreeMap<&'a str, &'a str>,
    continues: BTreeMap<(&'a str, i16), Vec<&'a str>>,
}

impl<'a> Lines<'a> {
    fn of(succession: &'a Succession, wanted: &[&'a Reported]) -> Self {
        let series = succession.series(wanted);
        let mut first: BTreeMap<&str, i16> = BTreeMap::new();
        for report in wanted {
            let first = first.entry(&report.agency).or_insert(report.year);
            *first = report.year.min(*first);
        }
        let mut continues = BTreeMap::new();
        for (name, year) in &first {
            let before = succession.before(name).map(String::as_str);
            let before: Vec<&str> = before.filter(|before| first.contains_key(before)).collect();
            if !before.is_empty() {
                continues.insert((*name, *year), before);
            }
        }
        Self { series, continues }
    }

    fn series(&self, agency: &'a str) -> &'a str {
        self.series.get(agency).copied().unwrap_or(agency)
    }

    /// The point in its series.
    fn place(&self, point: Point) -> Point {
        let agency = point.agency.as_str();
        let series = self.series.get(agency).copied().unwrap_or(agency).to_owned();
        let continues = self.continues.get(&(agency, point.year));
        let continues = continues.into_iter().flatten().map(|name| (*name).to_owned()).collect();
        Point { series, continues, ..point }
    }
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
        read.sort_by_key(|(id, head, reading)| {
            (reading.value.is_err(), head.status == Status::Removed, *id)
        });
        let first = read.first();
        let reading = first.map_or(Reading::null(WhyNull::NoFigures), |(_, _, reading)| *reading);
        let same = |other: f64| reading.value.is_ok_and(|value| (value - other).abs() < 1e-9);
        let differing =
            read.iter().filter(|(_, _, other)| other.value.is_ok_and(|other| !same(other)));
        Point {
            indicator: indicator.id.clone(),
            agency: report.agency.clone(),
            series: report.agency.clone(),
            continues: Vec::new(),
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
        let Some(formula) = formula_of(indicator, format) else {
            return Reading::null(WhyNull::NotInForm);
        };
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
        let denominator =
            if formula.denominator.is_empty() { None } else { sum(&formula.denominator) };
        let value = match (why, numerator, denominator) {
            (Some(why), _, _) => Err(why),
            (None, Some(_), Some(denominator)) if denominator.abs() < 1e-9 => {
                Err(WhyNull::ZeroDenominator)
            }
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
            let rows = before
                .into_iter()
                .flat_map(BTreeMap::values)
                .filter_map(|sheet| sheet.get(term.metric.as_str()));
            rows.copied().min_by_key(|row| (row.value.is_none(), row.status == Status::Removed))
        } else {
            sheet.get(term.metric.as_str()).copied()
        };
        let lacking =
            if term.is_of_year_before { WhyNull::NoYearBefore } else { WhyNull::NoFigures };
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

/// Which formula gave a value and, where that is for any form, of which form it is.
type Meaning = (usize, Option<ReportFormat>);

/// What a value means: values with the same are one series.
fn meaning(indicator: &Indicator, format: Option<ReportFormat>) -> Option<Meaning> {
    let formula = formula_of(indicator, format)?;
    let at = indicator.formulas.iter().position(|other| other == formula)?;
    let form = format.filter(|_| formula.forms.is_empty()).map(|form| match form {
        // The forms of 2021 changed tables; sentences count the same things as in 2019.
        ReportFormat::Tables2021 => ReportFormat::Tables2019,
        other => other,
    });
    Some((at, form))
}

/// Marks where a series goes on with another meaning or under another name; points come by series and year.
///
/// An agency that several became starts a series of its own, which is broken before its first value.
fn mark_breaks(indicator: &Indicator, points: &mut [Point]) {
    let mut last: Option<(String, String, Option<Meaning>)> = None;
    let mut continues = String::new();
    for point in points.iter_mut() {
        if !point.continues.is_empty() {
            continues.clone_from(&point.agency);
        }
        if point.value.is_err() {
            continue;
        }
        let now = meaning(indicator, point.format);
        let is_other = last.as_ref().is_some_and(|(series, agency, then)| {
            *series == point.series && (*agency != point.agency || *then != now)
        });
        point.is_break = is_other || continues == point.agency;
        continues.clear();
        last = Some((point.series.clone(), point.agency.clone(), now));
    }
}

/// Gives every value its place among those of its year; equal values share a place.
fn rank(ranked: Ranked, points: &mut [Point]) {
    let mut classes: BTreeMap<(i16, Group, Option<RegionCode>), Vec<f64>> = BTreeMap::new();
    let class = |point: &Point| (point.year, point.group, ranked_in(ranked, point));
    for point in points.iter().filter(|point| is_comparable(point.group)) {
        if let Ok(value) = point.value {
            classes.entry(class(point)).or_default().push(value);
        }
    }
    for values in classes.values_mut() {
        values.sort_by(|a, b| b.total_cmp(a));
    }
    for point in points.iter_mut() {
        let (Ok(value), Some(values)) = (point.value, classes.get(&class(point))) else { continue };
        let larger = values.partition_point(|other| *other > value + 1e-12);
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
    let kind = ReporterKind::of(agency);
    let level = region.filter(|code| is_region_code(code)).map(|code| RegionLevel::of(code));
    Group {
        kind,
        level: level.or_else(|| level_named(agency).filter(|_| kind == ReporterKind::Government)),
    }
}

/// How high a government stands by its name; a city (市) may stand at two levels.
fn level_named(government: &str) -> Option<RegionLevel> {
    let place = government.strip_suffix("人民政府")?;
    match place.chars().last()? {
        _ if place.ends_with("自治区") => Some(RegionLevel::Province),
        _ if place.ends_with("自治州") => Some(RegionLevel::Prefecture),
        '省' => Some(RegionLevel::Province),
        '盟' => Some(RegionLevel::Prefecture),
        '县' | '区' | '旗' => Some(RegionLevel::County),
        _ => None,
    }
}

/// Whether agencies of a group may be added up and ranked: governments of unknown level may hold one another.
fn is_comparable(group: Group) -> bool {
    group.kind != ReporterKind::Government || group.level.is_some()
}

/// Adds up by indicator, year and group.
fn summaries(indicators: &[Indicator], points: &[Point]) -> Vec<Summary> {
    let mut all = Vec::new();
    for indicator in indicators {
        let mut groups: BTreeMap<(i16, Group), Vec<&Point>> = BTreeMap::new();
        let of_it = |point: &&Point| point.indicator == indicator.id && is_comparable(point.group);
        for point in points.iter().filter(of_it) {
            groups.entry((point.year, point.group)).or_default().push(point);
        }
        all.extend(
            groups
                .into_iter()
                .map(|((year, group), points)| summary(indicator, year, group, &points)),
        );
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
    Summary {
        indicator: indicator.id.clone(),
        year,
        group,
        reports,
        nulls,
        numerator,
        denominator,
        value,
    }
}
