//! `GET /api/v1/figures` and `GET /api/v1/reports/{id}`: figures with the places they were read from.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State, rejection::PathRejection},
    http::HeaderMap,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::{FigureQuery, FigureRow, Report};
use crate::model::{Amount, Check, DocumentId, Figure, Place, ReportFigures, ReportFormat};
use crate::serve::api::given::{Given, written};
use crate::serve::api::{Answered, Otherwise, document_id, tagged_json, takes_none};
use crate::serve::app::App;
use crate::serve::library::Library;
use crate::serve::parameters::Fault;
use crate::serve::problem::{NOT_FOUND, Problem};

/// Figures of one answer.
const MOST_FIGURES: usize = 20_000;

/// Read figures of annual reports.
///
/// Every figure of the chosen metrics, agencies and years as it was read: value, unit, the printed string, how it was read,
/// and where it stands. A blank is null and never 0; a number that breaks a rule is published as it stands, and flagged.
#[utoipa::path(
    get,
    path = "/api/v1/figures",
    operation_id = "figures",
    tag = "reports",
    params(
        ("metric" = Vec<String>, Query, description = "Id of a metric (`/api/v1/metrics`); at most 10"),
        ("agency" = Option<Vec<String>>, Query, description = "Plain name of an agency; at most 200. Without it: all"),
        ("year" = Option<String>, Query, description = "A year, or a span such as `2016..2020`; without it all"),
        ("format" = Option<String>, Query, description = "`json` (default) or `csv`, a row for each figure"),
        ("bom" = Option<String>, Query, description = "With `csv`: `true` begins with a byte order mark, for Excel"),
    ),
    responses(
        (status = 200, description = "The figures", content(
            (FiguresAnswer = "application/json"), (String = "text/csv"))),
        (status = 400, description = "A parameter is unknown, bad or missing, or the answer would be too large",
            body = Problem, content_type = "application/problem+json"),
        Otherwise,
    )
)]
pub(super) async fn figures(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    let given = Given::read(query.as_deref(), &["metric", "agency", "year", "format", "bom"])?;
    let years = given.years()?;
    let wanted = FigureQuery {
        metrics: given.metrics()?,
        agencies: given.agencies()?,
        from: years.map(|years| years.first),
        to: years.map(|years| years.last),
    };
    let form = given.form()?;
    let rows = app
        .ask(move |library| {
            let rows = library.figures(&wanted)?;
            if rows.len() > MOST_FIGURES {
                return Ok(None);
            }
            with_sources(library, rows).map(Some)
        })
        .await?;
    let Some(figures) = rows else {
        let said = format!("more than {MOST_FIGURES} figures; choose by `agency` or `year`");
        return Err(Fault::limit("agency", said).into());
    };
    let records: Vec<Vec<String>> = figures.iter().map(FigureAnswer::record).collect();
    written(form, &headers, &FiguresAnswer { figures }, &FigureAnswer::COLUMNS, records.into_iter())
}

/// Adds to each row how it was read and where it stands; each report is looked up once.
fn with_sources(library: &dyn Library, rows: Vec<FigureRow>) -> anyhow::Result<Vec<FigureAnswer>> {
    let mut reports: HashMap<DocumentId, Option<Report>> = HashMap::new();
    let mut figures = Vec::with_capacity(rows.len());
    for row in rows {
        let report = match reports.entry(row.document) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(library.report(&row.document)?),
        };
        let figure = report.as_ref().and_then(|report| report.figures.figure(&row.metric));
        figures.push(FigureAnswer::new(row, figure));
    }
    Ok(figures)
}

/// Figures with their sources.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FiguresAnswer {
    /// By metric, agency, year and document.
    figures: Vec<FigureAnswer>,
}

/// One figure of one report.
#[derive(Debug, Serialize, ToSchema)]
#[allow(clippy::struct_excessive_bools, reason = "independent marks")]
struct FigureAnswer {
    /// Id of the metric.
    metric: String,
    /// Whose it is.
    agency: String,
    /// GB/T 2260 code of the region.
    region: Option<String>,
    /// The year the report is about.
    year: i16,
    /// The value; null: blank, or not to be read with certainty.
    #[schema(value_type = Option<f64>)]
    value: Option<Amount>,
    /// What it counts, as printed beside it, else as the form has it.
    unit: String,
    /// The string it was read from.
    printed: String,
    /// How it was read: `cell`, `digits`, `row_sum`, `column_sum`, `prose`, `sentence`, `stated_zero`.
    #[schema(value_type = String, example = "cell")]
    method: &'static str,
    /// Printed as about so much.
    approximate: bool,
    /// A rule it belongs to is broken.
    flagged: bool,
    /// Corrected by a curator.
    corrected: bool,
    /// Form of the report.
    #[schema(value_type = Option<String>, example = "2021")]
    form: Option<&'static str>,
    /// The report.
    #[schema(value_type = String, example = "x33t8c9ab24dtk28")]
    document: DocumentId,
    /// Whether the report is still published.
    #[schema(value_type = String, example = "live")]
    status: &'static str,
    /// What it stands in: `text`, `table N` (from 0), or the address of a file.
    place: String,
    /// Label of its row, or the sentence.
    row: String,
    /// Label of its column.
    column: String,
    /// Row and column of the grid, from 0.
    cell: Option<(usize, usize)>,
    /// First character and the one behind the last, from 0.
    at: Option<(usize, usize)>,
}

impl FigureAnswer {
    const COLUMNS: [&'static str; 19] = [
        "metric",
        "agency",
        "region",
        "year",
        "value",
        "unit",
        "printed",
        "method",
        "approximate",
        "flagged",
        "corrected",
        "form",
        "document",
        "status",
        "place",
        "row",
        "column",
        "cell",
        "at",
    ];

    fn new(row: FigureRow, figure: Option<&Figure>) -> Self {
        let source = figure.map(|figure| &figure.source);
        let text = |text: Option<&String>| text.cloned().unwrap_or_default();
        Self {
            metric: row.metric,
            agency: row.agency,
            region: row.region,
            year: row.year,
            value: row.value,
            unit: text(figure.map(|figure| &figure.unit)),
            printed: text(figure.map(|figure| &figure.printed)),
            method: figure.map_or("", |figure| figure.method.as_str()),
            approximate: row.marks.approximate,
            flagged: row.marks.flagged,
            corrected: row.marks.corrected,
            form: row.format.map(ReportFormat::as_str),
            document: row.document,
            status: row.status.as_str(),
            place: source.map(|source| place(&source.place)).unwrap_or_default(),
            row: text(source.map(|source| &source.row)),
            column: text(source.map(|source| &source.column)),
            cell: source.and_then(|source| source.cell),
            at: source.and_then(|source| source.at),
        }
    }

    fn record(&self) -> Vec<String> {
        let pair = |pair: Option<(usize, usize)>| {
            pair.map(|(a, b)| format!("{a}:{b}")).unwrap_or_default()
        };
        vec![
            self.metric.clone(),
            self.agency.clone(),
            self.region.clone().unwrap_or_default(),
            self.year.to_string(),
            self.value.map(|value| value.to_string()).unwrap_or_default(),
            self.unit.clone(),
            self.printed.clone(),
            self.method.to_owned(),
            self.approximate.to_string(),
            self.flagged.to_string(),
            self.corrected.to_string(),
            self.form.unwrap_or_default().to_owned(),
            self.document.to_string(),
            self.status.to_owned(),
            self.place.clone(),
            self.row.clone(),
            self.column.clone(),
            pair(self.cell),
            pair(self.at),
        ]
    }
}

fn place(place: &Place) -> String {
    match place {
        Place::Text => "text".to_owned(),
        Place::Table { n } => format!("table {n}"),
        Place::File { url } => url.clone(),
    }
}

/// Read an annual report as figures.
///
/// Everything that was read from one report: figures with their places, other numbers of its sentences, cells of tables
/// whose form is not known, and every rule that could be judged, within the report and against the year before.
#[utoipa::path(
    get,
    path = "/api/v1/reports/{id}",
    operation_id = "report",
    tag = "reports",
    params(("id" = String, Path, description = "Id of the document", example = "x33t8c9ab24dtk28",
        pattern = "^[0-9a-zA-Z]{16}$")),
    responses(
        (status = 200, description = "The report", body = ReportAnswer),
        (status = 400, description = "The id is none, or a parameter is unknown",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such document, or it is no annual report",
            body = Problem, content_type = "application/problem+json"),
        Otherwise,
    )
)]
pub(super) async fn report(
    State(app): State<Arc<App>>,
    typed: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    takes_none(query.as_deref())?;
    let typed = typed.map(|Path(typed)| typed).unwrap_or_default();
    let id = document_id(&typed)?;
    let found = app
        .ask(move |library| {
            let Some(report) = library.report(&id)? else { return Ok(None) };
            let across_years = library.across_years(&report)?;
            Ok(Some((report, across_years)))
        })
        .await?;
    let Some((report, across_years)) = found else {
        return Err(Problem::new(
            &NOT_FOUND,
            format!("`{id}` is no annual report that is held here"),
        ));
    };
    let Report { document, agency, region, year, state, version, figures } = report;
    let version = version.to_string();
    tagged_json(
        &headers,
        &ReportAnswer { document, agency, region, year, state, version, figures, across_years },
    )
}

/// An annual report as figures.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReportAnswer {
    /// Its document.
    #[schema(value_type = String, example = "x33t8c9ab24dtk28")]
    document: DocumentId,
    /// Whose it is.
    agency: Option<String>,
    /// GB/T 2260 code of the region.
    region: Option<String>,
    /// The year it is about.
    year: Option<i16>,
    /// `figures`, or `no_text` for a report whose text is a picture or lost.
    state: String,
    /// The capture whose text the figures are from.
    version: String,
    /// `format`, `figures` (metric, value, unit, method, printed, source …), `statements`, `cells`, `checks` (rule, scope,
    /// verdict `holds`, `broken`, `used` or `note`, left, right).
    #[schema(value_type = Object)]
    figures: ReportFigures,
    /// Checks against the report on the year before.
    #[schema(value_type = Vec<Object>)]
    across_years: Vec<Check>,
}
