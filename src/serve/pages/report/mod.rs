//! `GET /report/{id}`: an annual report with its figures: its parts and tables as read, what contradicts what at the cell,
//! last year beside it.

mod body;
mod marks;
mod told;

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::{IntoResponse, Redirect, Response},
};
use serde::Serialize;

use crate::catalogue::{FigureQuery, Report};
use crate::figures::{CompareQuestion, Comparison, Indicator};
use crate::model::{Check, Document, DocumentId, Figure, Status, Verdict};
use crate::serve::api::web_address;
use crate::serve::app::App;
use crate::serve::dates;
use crate::serve::library::Library;
use crate::serve::pages::compare::Part;
use crate::serve::pages::report::body::{Block, Section};
use crate::serve::pages::report::marks::{Mark, Marks};
use crate::serve::pages::templates::Pages;
use crate::serve::problem::{NOT_FOUND, Problem};

/// What the chart of the years before shows.
const CHARTED: &str = "requests_received";
/// Reports of one agency that are named; nobody has more.
const MOST_YEARS: usize = 40;

/// The page of an annual report; a document that is none is shown as a document.
pub(super) async fn report(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let typed = id.map(|Path(id)| id).unwrap_or_default();
    let Ok(id) = typed.parse::<DocumentId>() else {
        return app.pages.failed(&Problem::new(&NOT_FOUND, "this is no document id"));
    };
    if typed != id.as_str() {
        return Redirect::permanent(&format!("/report/{id}")).into_response();
    }
    match app.ask(move |library| Reading::of(library, &id)).await {
        Ok(Read::Report(reading)) => app.pages.page("report.html", View::new(&app.pages, &reading)),
        Ok(Read::Document) => Redirect::to(&format!("/document/{id}")).into_response(),
        Ok(Read::Nothing) => {
            app.pages.failed(&Problem::new(&NOT_FOUND, "there is no such document"))
        }
        Err(problem) => app.pages.failed(&problem),
    }
}

enum Read {
    Report(Box<Reading>),
    Document,
    Nothing,
}

/// A report with what stands beside it.
struct Reading {
    document: Document,
    report: Report,
    /// The report on the year before.
    before: Option<Report>,
    across_years: Vec<Check>,
    /// The agency's reports: year and document, by year.
    years: Vec<(i16, DocumentId)>,
    /// The agency's series of requests.
    series: Option<Comparison>,
}

impl Reading {
    fn of(library: &dyn Library, id: &DocumentId) -> anyhow::Result<Read> {
        let document = library.document(id)?.filter(|d| d.status != Status::Withheld);
        let Some(document) = document else { return Ok(Read::Nothing) };
        let Some(report) = library.report(id)? else { return Ok(Read::Document) };
        let mut reading = Self {
            across_years: library.across_years(&report)?,
            document,
            before: None,
            years: Vec::new(),
            series: None,
            report,
        };
        if let Some(agency) = reading.report.agency.clone() {
            reading.look_around(library, agency)?;
        }
        Ok(Read::Report(Box::new(reading)))
    }

    fn look_around(&mut self, library: &dyn Library, agency: String) -> anyhow::Result<()> {
        let wanted = FigureQuery { agencies: vec![agency.clone()], ..FigureQuery::default() };
        for id in library.reports(&wanted)?.into_iter().take(MOST_YEARS) {
            let Some(other) = library.report(&id)? else { continue };
            let Some(year) = other.year else { continue };
            self.years.push((year, id));
            let is_before = self.report.year == Some(year + 1);
            if is_before && self.before.is_none() && other.region == self.report.region {
                self.before = Some(other);
            }
        }
        let question = CompareQuestion {
            indicators: Indicator::find(CHARTED).into_iter().collect(),
            agencies: vec![agency],
            ..CompareQuestion::default()
        };
        self.series = library.compare(&question, usize::MAX)?;
        Ok(())
    }
}

#[derive(Debug, Serialize)]
struct View {
    q: &'static str,
    id: String,
    heading: String,
    agency: Option<String>,
    region: Option<String>,
    year: Option<i16>,
    /// The form, in words.
    form: &'static str,
    has_text: bool,
    captured_at: String,
    status: &'static str,
    status_word: String,
    link: Option<String>,
    years: Vec<Neighbour>,
    /// The year of the report beside it.
    before: Option<i16>,
    contents: Vec<Section>,
    blocks: Vec<Block>,
    /// What contradicts what.
    flags: Vec<Flag>,
    /// What a reader should know besides.
    notes: Vec<String>,
    /// Rules that the figures keep, and those that were needed to read them.
    holds: usize,
    used: usize,
    figures: Vec<Row>,
    corrections: Vec<String>,
    trend: Option<Part>,
    trend_query: String,
}

/// A report of the same agency on another year.
#[derive(Debug, Serialize)]
struct Neighbour {
    year: i16,
    link: String,
    is_this: bool,
}

/// A broken rule in a sentence, with the places of its numbers on this page.
#[derive(Debug, Serialize)]
struct Flag {
    sentence: String,
    places: Vec<(String, String)>,
}

/// One figure in the list of all.
#[derive(Debug, Serialize)]
struct Row {
    label: String,
    column: String,
    value: Option<String>,
    unit: String,
    printed: String,
    before: Option<String>,
    method: &'static str,
    flags: Vec<String>,
    /// Where it stands on this page.
    anchor: Option<String>,
    metric: String,
}

impl View {
    fn new(pages: &Pages, reading: &Reading) -> Self {
        let Reading { document, report, .. } = reading;
        let marks = Marks::of(report, reading.before.as_ref(), &reading.across_years);
        let laid_out = body::lay_out(document, &marks, report.figures.format);
        let checks = || report.figures.checks.iter().chain(&reading.across_years);
        let of = |verdict| checks().filter(move |check| check.verdict == verdict);
        let flag = |check: &Check| Flag {
            sentence: told::sentence(check),
            places: marks.places(&check.metrics, &laid_out.anchors),
        };
        let row = |mark: &Mark<'_>| Row::new(mark, &laid_out.anchors);
        let neighbour = |(year, id): &(i16, DocumentId)| Neighbour {
            year: *year,
            link: format!("/report/{id}"),
            is_this: *id == document.id,
        };
        let part = |series: &Comparison| {
            let part = Part::new(series.indicators.first()?, series);
            part.lines.is_some().then_some(part)
        };
        Self {
            q: "",
            id: document.id.to_string(),
            heading: document.title.value.clone(),
            agency: report.agency.clone(),
            region: report.region.as_deref().map(|code| pages.region(code).to_owned()),
            year: report.year,
            form: told::form(report.figures.format),
            has_text: report.state == "figures",
            captured_at: dates::moment(document.captured_at),
            status: document.status.as_str(),
            status_word: pages.glossary.word("status", document.status.as_str()).to_owned(),
            link: document.url.as_deref().and_then(web_address),
            years: reading.years.iter().map(neighbour).collect(),
            before: reading.before.as_ref().and_then(|before| before.year),
            flags: of(Verdict::Broken).map(flag).collect(),
            notes: of(Verdict::Note).map(told::sentence).collect(),
            holds: of(Verdict::Holds).count(),
            used: of(Verdict::Used).count(),
            figures: marks.all().map(row).collect(),
            corrections: marks.all().filter_map(|mark| told::correction(mark.figure)).collect(),
            trend: reading.series.as_ref().and_then(part),
            trend_query: trend_query(report.agency.as_deref()),
            contents: laid_out.contents,
            blocks: laid_out.blocks,
        }
    }
}

impl Row {
    fn new(mark: &Mark<'_>, anchors: &body::Anchors) -> Self {
        let Figure { metric, unit, printed, method, value, approximate, .. } = mark.figure;
        let about = if *approximate { "约 " } else { "" };
        Self {
            label: mark.label.clone(),
            column: mark.column.clone(),
            value: value.map(|value| format!("{about}{value}")),
            unit: unit.clone(),
            printed: printed.clone(),
            before: mark.before.map(|before| before.to_string()),
            method: told::method(*method),
            flags: mark.flags.clone(),
            anchor: anchors.of(metric).map(str::to_owned),
            metric: metric.clone(),
        }
    }
}

/// The question behind the chart, for links.
fn trend_query(agency: Option<&str>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("metric", CHARTED);
    query.append_pair("agency", agency.unwrap_or_default());
    query.finish()
}
