//! Annual reports as checked numbers: each figure with its id, how it was read, and the place it was read from.
//!
//! The steps: tables as rows of cells (`rows`), read form by form (`tables`); tables whose separators were lost, by the
//! labels of the form (`runs`, `items`) and the sums they must keep (`cuts`); sentences (`prose`); then the rules that the numbers
//! must keep (`checks`, `shares`). What the figures are is said by the metric list (`metrics`, `index/metrics.tsv`).
//!
//! A blank is null and never 0. Digits that can be cut in two ways are null. A number that breaks a rule is published as
//! it stands, and the rule beside it; a rule that was used to read a number is shown as *used*.
//!
//! For those who build on it: [`read`] turns a document into [`ReportFigures`]; `catalogue` keeps them with the document
//! (`Catalogue::report`) and answers *metric × agency × year* (`Catalogue::figures`); [`across_years`] compares two
//! reports of one agency, [`against_departments`] a government's with those below it; [`Metrics`] is the data dictionary; [`LedgerQuestion`] says who reported on which year, and what is
//! known where no report is held; [`compare`] sets metrics and derived indicators of many agencies side by side.
//! Both are judged from what `catalogue` hands over and touch nothing.
//!
//! **In:** a document with its files; figures, reports and lists as they are held. **Out:** [`ReportFigures`], [`Ledger`],
//! [`Comparison`]. **Never:** SQL, network, clock; a repaired number.

mod squeeze;
mod number;
mod metrics;
mod form;
mod rows;
mod tables;
mod cuts;
mod runs;
mod items;
mod prose;
mod shares;
mod checks;
mod compare;
mod corrections;
mod ledger;
mod repeats;

use std::collections::HashMap;

use crate::model::{Document, Figure, Method, Place, ReportFigures};

pub use checks::{ADDED_UP, across_years, against_departments, rule_name};
pub use compare::{
    Blanks, CompareQuestion, Comparison, Formula, Group, Indicator, Matrix, Point, Ranked,
    Succession, Summary, Term, WhyNull, compare,
};
pub use corrections::correct;
pub use ledger::{
    Evidence, Ledger, LedgerCell, LedgerFacts, LedgerQuestion, LedgerRow, LedgerState, Look,
    NamedReport, Reporter,
};
pub use metrics::{Metric, Metrics};
pub use repeats::{Repeats, sentences};

use form::report_format;

/// Number of the rules by which figures are read.
///
/// Raise it whenever this part, `index/metrics.tsv` or `index/prose.tsv` give something else for the same document:
/// figures read by other rules are read again by the next `gongkai extract`.
pub const RULES: u32 = 3;

/// Longest text that is looked into, in characters.
const LONGEST: usize = 400_000;
/// A text with fewer characters holds no report: its file may.
const SHORTEST: usize = 60;

/// Reads the figures of an annual report; whether it is one is for others to say. Pure: the same document gives the
/// same figures.
pub fn read(document: &Document) -> ReportFigures {
    let sources = Source::all(document);
    let year = document.report_year.as_ref().map(|year| year.value);
    let words: Vec<String> = sources.iter().map(Source::words).collect();
    let format = report_format(&words.join("\n"), year);
    let main = sources.iter().position(Source::has_prose).unwrap_or(0);
    let list_rows = Metrics::built_in().list_rows(format);
    let mut candidates: Vec<Vec<Figure>> = Vec::new();
    let mut sentences = None;
    for (n, source) in sources.iter().enumerate() {
        let read = tables::read(&source.rows, format);
        let squeezed = squeeze::Squeezed::of(&source.text);
        let runs = runs::Runs::find(&squeezed, source.place.clone());
        let mut spans = spans(&read, &source.place);
        let (listed, list) = items::read(&squeezed, &source.place, &list_rows);
        spans.extend(runs.ranges().into_iter().chain(list).map(|range| squeezed.original(range)));
        let said = prose::Sentences::of(&source.text, &spans, source.place.clone());
        let stated = said.figures();
        let value = |id: &str| stated.iter().find(|figure| figure.metric == id)?.value.map(|v| v.0);
        candidates.extend([read, runs.read(&value), listed]);
        if n == main {
            sentences = Some((said, stated));
        }
    }
    let mut figures = believed(&candidates);
    let cells = if figures.iter().any(|figure| figure.value.is_some()) {
        Vec::new()
    } else {
        sources.iter().flat_map(|source| tables::labelled(&source.rows)).collect()
    };
    let (mut statements, mut shares) = (Vec::new(), Vec::new());
    if let Some((said, stated)) = sentences {
        statements = said.statements();
        shares = shares::checks(&said);
        figures.extend(stated);
    }
    in_order(&mut figures);
    let mut checks =
        checks::of_report(&figures, sources.get(main).map_or("", |source| &source.text));
    checks.extend(shares);
    ReportFigures { format, figures, statements, cells, checks }
}

/// What figures are read from: the document itself, then each of its files.
struct Source {
    place: Place,
    text: String,
    rows: Vec<rows::Row>,
}

impl Source {
    fn all(document: &Document) -> Vec<Self> {
        let text: String = document.text.chars().take(LONGEST).collect();
        let rows = rows::of_document(document, &text);
        let mut sources = vec![Self { place: Place::Text, text, rows }];
        for attachment in &document.attachments {
            let Some(file) = &attachment.file else { continue };
            let text: String = file.text.text().chars().take(LONGEST).collect();
            let place = Place::File { url: attachment.url.clone() };
            let rows = rows::of_text(&text, &place);
            sources.push(Self { place, text, rows });
        }
        sources
    }

    /// Text and cells: what the form is told by.
    fn words(&self) -> String {
        let cells = self.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.text.as_str());
        std::iter::once(self.text.as_str()).chain(cells).collect::<Vec<_>>().join("\n")
    }

    fn has_prose(&self) -> bool {
        self.text.chars().filter(|c| !c.is_whitespace()).take(SHORTEST).count() == SHORTEST
    }
}

/// Of each table the reading that knows most cells, the first of several; a cell that is known to be blank counts.
fn believed(candidates: &[Vec<Figure>]) -> Vec<Figure> {
    let list = Metrics::built_in();
    let table =
        |figure: &Figure| list.get(&figure.metric).map_or("", |metric| metric.table.as_str());
    let is_known = |figure: &&&Figure| figure.value.is_some() || figure.method == Method::Cell;
    let mut figures = Vec::new();
    for kind in tables::KINDS {
        let of_kind = candidates.iter().map(|figures| {
            let own: Vec<&Figure> = figures.iter().filter(|figure| table(figure) == kind).collect();
            (own.iter().filter(is_known).count(), own)
        });
        // `max_by_key` would take the last of equals.
        let best = of_kind.reduce(|best, next| {
            if (next.0, next.1.len()) > (best.0, best.1.len()) { next } else { best }
        });
        figures.extend(best.into_iter().flat_map(|(_, own)| own).cloned());
    }
    figures
}

/// Where tables stand in a text: no sentences are looked for there.
fn spans(figures: &[Figure], place: &Place) -> Vec<(usize, usize)> {
    let list = Metrics::built_in();
    let mut spans: HashMap<&str, (usize, usize)> = HashMap::new();
    for figure in figures.iter().filter(|figure| figure.source.place == *place) {
        let (Some((from, to)), Some(metric)) = (figure.source.at, list.get(&figure.metric)) else {
            continue;
        };
        let span = spans.entry(&metric.table).or_insert((from, to));
        *span = (span.0.min(from), span.1.max(to));
    }
    let mut spans: Vec<(usize, usize)> = spans.into_values().collect();
    spans.sort_unstable();
    spans
}

/// In the order of the metric list; classes of sentences in the order of the text behind it.
fn in_order(figures: &mut [Figure]) {
    let list = Metrics::built_in();
    figures.sort_by_key(|figure| list.place(&figure.metric).unwrap_or(usize::MAX));
}
