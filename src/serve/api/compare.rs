//! `GET /api/v1/compare` and `GET /api/v1/metrics`.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::FigureMarks;
use crate::export::write_rows;
use crate::figures::{
    Blanks, CompareQuestion, Comparison, Formula, Group, Indicator, Metric, Metrics, Point, Ranked,
    Summary, WhyNull,
};
use crate::model::{Amount, DocumentId, RegionLevel, ReportFormat};
use crate::serve::api::given::{Form, Given, about, file};
use crate::serve::api::{Answered, Otherwise, tagged_json};
use crate::serve::app::App;
use crate::serve::download::Pieces;
use crate::serve::parameters::Fault;
use crate::serve::problem::Problem;

/// Values of one answer, and of one file: ranks and sums are over all of them, so that they are in memory together.
const MOST_VALUES: usize = 50_000;
const MOST_FILE_VALUES: usize = 200_000;

/// Compare agencies over the years.
///
/// Metrics as they stand (`/api/v1/metrics`) or derived indicators with numerator and denominator. A blank cell is null
/// unless `blanks=zero`. A value with `break` does not mean the same as the one before it. Sums and ranks are among
/// agencies of one kind and level, because a government's figures include those of its departments.
#[utoipa::path(
    get,
    path = "/api/v1/compare",
    operation_id = "compare",
    tag = "reports",
    params(
        ("metric" = Vec<String>, Query, description = "Id of a metric or a derived indicator; at most 10"),
        ("agency" = Option<Vec<String>>, Query, description = "Plain name of an agency; at most 200; what it was before and became comes with it. Without it: all"),
        ("region" = Option<String>, Query, description = "Code of a region (GB/T 2260): agencies of it and of those in it"),
        ("year" = Option<String>, Query, description = "A year, or a span such as `2016..2020`; without it all"),
        ("blanks" = Option<String>, Query, description = "What a blank cell counts as: `null` (default) or `zero`"),
        ("rank" = Option<String>, Query, description = "Among whom agencies are ranked: `level` (default), all of one kind and level; `region`, those of one region"),
        ("format" = Option<String>, Query, description = "`json` (default), `csv`, `jsonl`, `xlsx` or `parquet`, a row for each value"),
        ("bom" = Option<String>, Query, description = "With `csv`: `true` begins with a byte order mark, for Excel"),
    ),
    responses(
        (status = 200, description = "Values with what they are from", content(
            (ComparisonAnswer = "application/json"), (String = "text/csv"))),
        (status = 400, description = "A parameter is unknown, bad or missing, or the answer would be too large",
            body = Problem, content_type = "application/problem+json"),
        Otherwise,
    )
)]
pub(super) async fn compare(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    const KNOWN: [&str; 8] =
        ["metric", "agency", "region", "year", "blanks", "rank", "format", "bom"];
    let given = Given::read(query.as_deref(), &KNOWN)?;
    let zero = given.word("blanks", &["null", "zero"])? == "zero";
    let by_region = given.word("rank", &["level", "region"])? == "region";
    let question = CompareQuestion {
        indicators: indicators(&given)?,
        agencies: given.agencies()?,
        region: given.region()?,
        years: given.years()?,
        blanks: if zero { Blanks::Zero } else { Blanks::Null },
        ranked: if by_region { Ranked::Region } else { Ranked::Level },
    };
    let form = given.form()?;
    let most = if form == Form::Json { MOST_VALUES } else { MOST_FILE_VALUES };
    let Some(comparison) = app.ask(move |library| library.compare(&question, most)).await? else {
        let said = format!("more than {most} values; choose by `agency`, `region` or `year`");
        return Err(Fault::limit("agency", said).into());
    };
    let form = match form {
        Form::Json => return tagged_json(&headers, &ComparisonAnswer::from(&comparison)),
        Form::Rows(form) => form,
    };
    let mut about = about("/api/v1/compare", &query.unwrap_or_default());
    about.push(("blanks", comparison.blanks.as_str().to_owned()));
    let rows = comparison.points.len();
    let write = move |to: &mut Pieces| {
        write_rows(form, &Comparison::COLUMNS, &about, comparison.records(), to)
    };
    file(&app, form, "compare", rows, write).await
}

fn indicators(given: &Given) -> Result<Vec<Indicator>, Fault> {
    let find = |id: &String| {
        let said =
            || format!("`metric`: there is no metric and no indicator `{id}`; see /api/v1/metrics");
        Indicator::find(id).ok_or_else(|| Fault::value("metric", said()))
    };
    given.metrics()?.iter().map(find).collect()
}

/// A comparison as the API gives it, for programs that ask without HTTP.
pub fn comparison_json(comparison: &Comparison) -> serde_json::Result<String> {
    serde_json::to_string(&ComparisonAnswer::from(comparison))
}

/// Values of indicators by agency and year.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ComparisonAnswer {
    /// What blank cells counted as: `null` or `zero`.
    #[schema(value_type = String, example = "null")]
    blanks: &'static str,
    /// What was asked for.
    indicators: Vec<IndicatorAnswer>,
    /// One for each indicator, agency and year of which a report is held.
    values: Vec<ValueAnswer>,
    /// Sums and shares over agencies of one kind and level.
    summaries: Vec<SummaryAnswer>,
    /// Agencies asked for of which no report on these years is held.
    without_reports: Vec<String>,
}

/// A metric or a derived indicator.
#[derive(Debug, Serialize, ToSchema)]
struct IndicatorAnswer {
    /// Its id.
    id: String,
    /// Its name in Chinese.
    label: String,
    /// What it counts; 比率 for a number from 0 to 1.
    unit: String,
    /// Whether it is computed from several figures.
    derived: bool,
    /// How it is computed, by the form of the report.
    formulas: Vec<FormulaAnswer>,
}

/// How an indicator is computed.
#[derive(Debug, Serialize, ToSchema)]
struct FormulaAnswer {
    /// Forms of reports; empty: any.
    #[schema(value_type = Vec<String>)]
    forms: Vec<&'static str>,
    /// Ids of metrics with `+`, `-` and `/`; `@-1` is of the report on the year before.
    formula: String,
}

/// One value.
#[derive(Debug, Serialize, ToSchema)]
struct ValueAnswer {
    /// Id of the indicator.
    indicator: String,
    /// The agency.
    agency: String,
    /// The name under which its series goes on: that of its heir where it was renamed, and else its own.
    series: String,
    /// In the first year of an agency that continues others: those of them that have reports.
    continues: Vec<String>,
    #[serde(flatten)]
    group: GroupAnswer,
    /// GB/T 2260 code of its region.
    region: Option<String>,
    /// The year the report is about.
    year: i16,
    /// The value; null where it cannot be had.
    #[schema(value_type = Option<f64>)]
    value: Option<Amount>,
    /// Why it is null: `blank`, `undecided` (digits that can be read in two ways), `not_in_form`, `no_figures`,
    /// `no_year_before`, `zero_denominator`.
    #[schema(value_type = Option<String>, example = "blank")]
    why_null: Option<&'static str>,
    /// What was counted.
    #[schema(value_type = Option<f64>)]
    numerator: Option<Amount>,
    /// What it is a share of.
    #[schema(value_type = Option<f64>)]
    denominator: Option<Amount>,
    /// How many blank cells counted as zero.
    blanks_as_zero: usize,
    /// Form of the report: `narrative`, `zhejiang2013`, `national2014`, `2019`, `2021`.
    #[schema(value_type = Option<String>, example = "2021")]
    form: Option<&'static str>,
    /// The value before does not mean the same, or is of an agency of another name: do not join them.
    #[serde(rename = "break")]
    is_break: bool,
    #[serde(flatten)]
    marks: MarksAnswer,
    /// Place among those it is ranked with, from 1 for the largest; equal values share a place. Null without a value, and
    /// for governments of unknown level, which may hold one another.
    rank: Option<usize>,
    /// How many it is ranked with, itself too.
    ranked_among: Option<usize>,
    /// The report it is from: `/api/v1/reports/{id}` says where each figure stands.
    #[schema(value_type = Option<String>, example = "x33t8c9ab24dtk28")]
    document: Option<DocumentId>,
    /// Other reports of the agency on this year that give another value.
    #[schema(value_type = Vec<String>)]
    differing: Vec<DocumentId>,
}

/// What there is to know about figures.
#[derive(Debug, Serialize, ToSchema)]
#[allow(clippy::struct_excessive_bools, reason = "four independent marks")]
struct MarksAnswer {
    /// Printed as about so much.
    approximate: bool,
    /// A rule it belongs to is broken.
    flagged: bool,
    /// Corrected by a curator.
    corrected: bool,
    /// Cut out of digits without separators.
    cut_out_of_digits: bool,
}

/// Agencies that may be added up.
#[derive(Debug, Serialize, ToSchema)]
struct GroupAnswer {
    /// `government`, `department` or `township`.
    #[schema(value_type = String, example = "department")]
    kind: &'static str,
    /// `province`, `prefecture` or `county`; null where the region is not known.
    #[schema(value_type = Option<String>, example = "county")]
    level: Option<&'static str>,
}

/// Agencies of one kind and level in one year.
#[derive(Debug, Serialize, ToSchema)]
struct SummaryAnswer {
    /// Id of the indicator.
    indicator: String,
    /// The year.
    year: i16,
    #[serde(flatten)]
    group: GroupAnswer,
    /// Agencies with a report.
    reports: usize,
    /// Those of them without a value.
    nulls: usize,
    /// The sum, or the share over all of them.
    #[schema(value_type = Option<f64>)]
    value: Option<Amount>,
    /// Sum of numerators of those with a value.
    #[schema(value_type = f64)]
    numerator: Amount,
    /// Sum of their denominators.
    #[schema(value_type = Option<f64>)]
    denominator: Option<Amount>,
}

impl From<&Comparison> for ComparisonAnswer {
    fn from(comparison: &Comparison) -> Self {
        Self {
            blanks: comparison.blanks.as_str(),
            indicators: comparison.indicators.iter().map(IndicatorAnswer::from).collect(),
            values: comparison.points.iter().map(ValueAnswer::from).collect(),
            summaries: comparison.summaries.iter().map(SummaryAnswer::from).collect(),
            without_reports: comparison.without_reports.clone(),
        }
    }
}

impl From<&Indicator> for IndicatorAnswer {
    fn from(indicator: &Indicator) -> Self {
        let formula = |formula: &Formula| FormulaAnswer {
            forms: formula.forms.iter().map(|form| form.as_str()).collect(),
            formula: formula.text(),
        };
        Self {
            id: indicator.id.clone(),
            label: indicator.label.clone(),
            unit: indicator.unit.clone(),
            derived: indicator.is_derived,
            formulas: indicator.formulas.iter().map(formula).collect(),
        }
    }
}

impl From<&Point> for ValueAnswer {
    fn from(point: &Point) -> Self {
        Self {
            indicator: point.indicator.clone(),
            agency: point.agency.clone(),
            series: point.series.clone(),
            continues: point.continues.clone(),
            group: point.group.into(),
            region: point.region.clone(),
            year: point.year,
            value: point.value.ok().map(Amount),
            why_null: point.value.err().map(WhyNull::as_str),
            numerator: point.numerator.map(Amount),
            denominator: point.denominator.map(Amount),
            blanks_as_zero: point.blanks_as_zero,
            form: point.format.map(ReportFormat::as_str),
            is_break: point.is_break,
            marks: point.marks.into(),
            rank: point.rank.map(|(place, _)| place),
            ranked_among: point.rank.map(|(_, among)| among),
            document: point.document,
            differing: point.differing.clone(),
        }
    }
}

impl From<FigureMarks> for MarksAnswer {
    fn from(marks: FigureMarks) -> Self {
        let FigureMarks { approximate, flagged, corrected, cut } = marks;
        Self { approximate, flagged, corrected, cut_out_of_digits: cut }
    }
}

impl From<Group> for GroupAnswer {
    fn from(group: Group) -> Self {
        Self { kind: group.kind.as_str(), level: group.level.map(RegionLevel::as_str) }
    }
}

impl From<&Summary> for SummaryAnswer {
    fn from(summary: &Summary) -> Self {
        Self {
            indicator: summary.indicator.clone(),
            year: summary.year,
            group: summary.group.into(),
            reports: summary.reports,
            nulls: summary.nulls,
            value: summary.value.map(Amount),
            numerator: Amount(summary.numerator),
            denominator: summary.denominator.map(Amount),
        }
    }
}

/// List what can be compared.
///
/// The data dictionary: every metric of the forms of annual reports, then the derived indicators with their formulas.
#[utoipa::path(
    get,
    path = "/api/v1/metrics",
    operation_id = "metrics",
    tag = "reports",
    params(
        ("format" = Option<String>, Query, description = "`json` (default), `csv`, `jsonl`, `xlsx` or `parquet`, a row for each metric"),
        ("bom" = Option<String>, Query, description = "With `csv`: `true` begins with a byte order mark, for Excel"),
    ),
    responses(
        (status = 200, description = "The data dictionary", content(
            (MetricsAnswer = "application/json"), (String = "text/csv"))),
        (status = 304, description = "The asker holds it already (`If-None-Match`)"),
        (status = 400, description = "A parameter is unknown or bad; `parameter` names it",
            body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn metrics(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    let form = Given::read(query.as_deref(), &["format", "bom"])?.form()?;
    let list = Metrics::built_in();
    let form = match form {
        Form::Json => {
            let answer = MetricsAnswer {
                metrics: list.all().iter().map(MetricAnswer::from).collect(),
                indicators: Indicator::derived().iter().map(IndicatorAnswer::from).collect(),
            };
            return tagged_json(&headers, &answer);
        }
        Form::Rows(form) => form,
    };
    let about = about("/api/v1/metrics", &query.unwrap_or_default());
    let rows = list.records().count();
    let write =
        move |to: &mut Pieces| write_rows(form, &Metrics::COLUMNS, &about, list.records(), to);
    file(&app, form, "metrics", rows, write).await
}

/// The data dictionary.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MetricsAnswer {
    /// The metrics, in the order of the forms.
    metrics: Vec<MetricAnswer>,
    /// What is derived from them.
    indicators: Vec<IndicatorAnswer>,
}

impl From<&Metric> for MetricAnswer {
    fn from(metric: &Metric) -> Self {
        let Metric { id, forms, table, label, column, unit } = metric.clone();
        Self { id, forms, table, label, column, unit }
    }
}

/// A figure that reports may have.
#[derive(Debug, Serialize, ToSchema)]
struct MetricAnswer {
    /// Its id; `prose_cat:*` stands for `prose_cat:` with any class.
    id: String,
    /// The forms that have it: `2019`, `2021`, `national2014`, `zhejiang2013`, `any`.
    forms: Vec<String>,
    /// The table of the form.
    table: String,
    /// Label of its row, in Chinese.
    label: String,
    /// Label of its column.
    column: String,
    /// What it counts.
    unit: String,
}
