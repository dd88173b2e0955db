//! `GET /compare`: indicators of agencies over the years, each as a chart with its table beside it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::{HeaderValue, header},
    response::Response,
};
use serde::Serialize;

use crate::figures::{Blanks, CompareQuestion, Comparison, Formula, Indicator, Matrix, Point};
use crate::model::Amount;
use crate::serve::app::App;
use crate::serve::pages::chart::{Bar, Bars, Line, Lines};
use crate::serve::parameters::usable_pairs;
use crate::serve::problem::{LIMIT, NOT_FOUND, Problem};

/// Indicators, agencies and rows of one page; the CSV has all.
const MOST_VALUES: usize = 50_000;
const MOST_INDICATORS: usize = 4;
const MOST_AGENCIES: usize = 12;
const MOST_ROWS: usize = 60;

/// Charts and tables; what cannot be read of the address is passed over.
pub(super) async fn compare(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let asked = Asked::read(query.as_deref().unwrap_or_default());
    let question = asked.question();
    match app.ask(move |library| library.compare(&question, MOST_VALUES)).await {
        Ok(None) => app.pages.failed(&Problem::new(&LIMIT, "too many values for a page")),
        Ok(Some(comparison)) => app.pages.page("compare.html", View::new(asked, &comparison)),
        Err(problem) => app.pages.failed(&problem),
    }
}

/// `GET /compare/chart.svg`: one chart of a comparison as a file, of the first metric that is named; `kind` is `line` or
/// `bar`.
pub(super) async fn chart(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let is_bar = usable_pairs(&query).any(|(name, value)| name == "kind" && value == "bar");
    let mut asked = Asked::read(&query);
    asked.indicators.truncate(1);
    let question = asked.question();
    let comparison = match app.ask(move |library| library.compare(&question, MOST_VALUES)).await {
        Ok(Some(comparison)) => comparison,
        Ok(None) => return app.pages.failed(&Problem::new(&LIMIT, "too many values for a chart")),
        Err(problem) => return app.pages.failed(&problem),
    };
    let part = comparison.indicators.first().map(|first| Part::new(first, &comparison));
    let (lines, bars) = part
        .map_or((None, None), |part| if is_bar { (None, part.bars) } else { (part.lines, None) });
    if lines.is_none() && bars.is_none() {
        return app.pages.failed(&Problem::new(&NOT_FOUND, "there is nothing to draw"));
    }
    let mut response = app.pages.page("chart_file.html", ChartFile { lines, bars });
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    let saved = HeaderValue::from_static("attachment; filename=\"gongkai-chart.svg\"");
    headers.insert(header::CONTENT_DISPOSITION, saved);
    response
}

#[derive(Debug, Serialize)]
struct ChartFile {
    lines: Option<Lines>,
    bars: Option<Bars>,
}

#[derive(Clone, Debug, Default)]
struct Asked {
    indicators: Vec<Indicator>,
    agencies: Vec<String>,
    region: Option<String>,
    year: String,
    zero: bool,
}

impl Asked {
    fn read(query: &str) -> Self {
        let mut asked = Self::default();
        for (name, value) in usable_pairs(query) {
            match name.as_str() {
                "metric" if asked.indicators.len() < MOST_INDICATORS => {
                    let is_new = asked.indicators.iter().all(|known| known.id != value);
                    asked.indicators.extend(Indicator::find(&value).filter(|_| is_new));
                }
                "agency" => {
                    // One field of the form takes several names.
                    let names = value.split(['、', '，', ',', ' ']).filter(|name| !name.is_empty());
                    asked.agencies.extend(names.map(str::to_owned));
                }
                "region" => asked.region = Some(value),
                "year" => asked.year = value,
                "blanks" => asked.zero = value == "zero",
                _ => {}
            }
        }
        asked.agencies.truncate(MOST_AGENCIES);
        if asked.indicators.is_empty() {
            asked.indicators.extend(Indicator::find("requests_received"));
        }
        asked
    }

    fn question(&self) -> CompareQuestion {
        CompareQuestion {
            indicators: self.indicators.clone(),
            agencies: self.agencies.clone(),
            region: self.region.clone(),
            years: self.year.parse().ok(),
            blanks: if self.zero { Blanks::Zero } else { Blanks::Null },
            ..CompareQuestion::default()
        }
    }

    /// The same question about one indicator.
    fn about(&self, indicator: &Indicator) -> Self {
        Self { indicators: vec![indicator.clone()], ..self.clone() }
    }

    /// The same question, for links that stay.
    fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let metrics = self.indicators.iter().map(|indicator| ("metric", &indicator.id));
        let agencies = self.agencies.iter().map(|name| ("agency", name));
        let region = self.region.iter().map(|code| ("region", code));
        for (name, value) in metrics.chain(agencies).chain(region) {
            query.append_pair(name, value);
        }
        if !self.year.is_empty() {
            query.append_pair("year", &self.year);
        }
        if self.zero {
            query.append_pair("blanks", "zero");
        }
        query.finish()
    }
}

#[derive(Debug, Serialize)]
struct View {
    q: &'static str,
    query: String,
    /// Every derived indicator: id, name, whether it is chosen.
    choices: Vec<(String, String, bool)>,
    agency: String,
    region: String,
    year: String,
    zero: bool,
    sections: Vec<Part>,
    without_reports: Vec<String>,
}

/// One indicator.
#[derive(Debug, Serialize)]
pub(super) struct Part {
    /// The question of this indicator alone, in links to its charts.
    chart_query: String,
    label: String,
    unit: String,
    formulas: Vec<String>,
    pub(super) lines: Option<Lines>,
    /// The last year of which there are values, and its bars.
    bars_of: Option<i16>,
    bars: Option<Bars>,
    years: Vec<i16>,
    rows: Vec<Row>,
    /// Agencies that are not shown.
    more: usize,
    reports: usize,
    nulls: usize,
}

#[derive(Debug, Serialize)]
struct Row {
    agency: String,
    cells: Vec<Option<Cell>>,
}

#[derive(Debug, Serialize)]
struct Cell {
    value: Option<String>,
    parts: String,
    is_break: bool,
    marks: Vec<&'static str>,
    link: Option<String>,
}

impl View {
    fn new(asked: Asked, comparison: &Comparison) -> Self {
        let is_chosen = |id: &str| asked.indicators.iter().any(|indicator| indicator.id == id);
        let mut choices: Vec<_> = Indicator::derived()
            .iter()
            .map(|indicator| {
                (indicator.id.clone(), indicator.label.clone(), is_chosen(&indicator.id))
            })
            .collect();
        let others = asked.indicators.iter().filter(|indicator| !indicator.is_derived);
        choices
            .extend(others.map(|indicator| (indicator.id.clone(), indicator.label.clone(), true)));
        Self {
            q: "",
            query: asked.query(),
            choices,
            agency: asked.agencies.join("、"),
            sections: comparison
                .indicators
                .iter()
                .map(|indicator| Part {
                    chart_query: asked.about(indicator).query(),
                    ..Part::new(indicator, comparison)
                })
                .collect(),
            without_reports: comparison.without_reports.clone(),
            region: asked.region.unwrap_or_default(),
            year: asked.year,
            zero: asked.zero,
        }
    }
}

impl Part {
    pub(super) fn new(indicator: &Indicator, comparison: &Comparison) -> Self {
        let Matrix { years, rows } = comparison.matrix(&indicator.id);
        let years: Vec<i16> = years.into_iter().collect();
        let lines: Vec<Line<'_>> = rows
            .iter()
            .take(MOST_AGENCIES)
            .map(|(agency, points)| {
                let values =
                    points.values().filter_map(|p| Some((p.year, p.value.ok()?, p.is_break)));
                Line { name: agency, values: values.collect() }
            })
            .collect();
        let points = || rows.values().flat_map(BTreeMap::values);
        let title = format!("{}（{}）", indicator.label, indicator.unit);
        let last = points().filter(|point| point.value.is_ok()).map(|point| point.year).max();
        let of_last = points().filter(|point| Some(point.year) == last);
        let bars = of_last
            .filter_map(|point| Some(Bar { name: &point.agency, value: point.value.ok()? }))
            .collect();
        let bars_title = format!("{title}，{} 年", last.unwrap_or_default());
        let row = |(agency, points): (&&str, &BTreeMap<i16, &Point>)| Row {
            agency: (*agency).to_owned(),
            cells: years
                .iter()
                .map(|year| points.get(year).map(|point| Cell::new(point)))
                .collect(),
        };
        Self {
            chart_query: String::new(),
            label: indicator.label.clone(),
            unit: indicator.unit.clone(),
            formulas: if indicator.is_derived {
                indicator.formulas.iter().map(Formula::line).collect()
            } else {
                Vec::new()
            },
            lines: Lines::of(&title, &years, &lines),
            bars_of: last,
            bars: Bars::of(&bars_title, bars),
            rows: rows.iter().take(MOST_ROWS).map(row).collect(),
            more: rows.len().saturating_sub(MOST_ROWS),
            reports: points().count(),
            nulls: points().filter(|point| point.value.is_err()).count(),
            years,
        }
    }
}

impl Cell {
    fn new(point: &Point) -> Self {
        let parts = match (point.numerator, point.denominator) {
            (Some(numerator), Some(denominator)) => {
                format!("{} / {}", Amount(numerator), Amount(denominator))
            }
            _ => point.value.err().map_or(String::new(), |why| why.as_str().to_owned()),
        };
        let marks = [
            (point.marks.approximate, "约数"),
            (point.marks.flagged, "与报告内其他数字矛盾"),
            (point.marks.corrected, "已更正"),
            (point.blanks_as_zero > 0, "空白计为零"),
        ];
        Self {
            value: point.value.ok().map(|value| Amount(value).brief()),
            parts,
            is_break: point.is_break,
            marks: marks.iter().filter(|(is_so, _)| *is_so).map(|(_, word)| *word).collect(),
            link: point.document.map(|id| format!("/report/{id}")),
        }
    }
}
