//! `GET /api/v1/reports/{id}/repeats`: what of a report's text stands in last year's, and in those of other agencies.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State, rejection::PathRejection},
    http::HeaderMap,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::{FigureQuery, Report};
use crate::figures::{Repeats, sentences};
use crate::model::{Document, DocumentId, Status};
use crate::search::{Request, Sort, Syntax};
use crate::serve::api::{Answered, Otherwise, document_id, tagged_json, takes_none};
use crate::serve::app::App;
use crate::serve::library::Library;
use crate::serve::problem::{NOT_FOUND, Problem};

/// Sentences that are looked for in other reports: the longest ones.
const MOST_SENTENCES: usize = 20;
/// Characters of a sentence that are looked for, at least and at most.
const SHORTEST: usize = 15;
const LONGEST: usize = 60;
/// Documents that are looked at for each sentence, the earliest first.
const MOST_HOLDERS: usize = 20;
/// Signs that the fold takes for quotation marks.
const QUOTES: [char; 11] = ['"', '“', '”', '‘', '’', '\'', '「', '」', '『', '』', '＂'];

/// Find what a report repeats.
///
/// The share of its sentences that stand in the same agency's report on the year before, and of its twenty longest
/// sentences those that stand in annual reports of other agencies, with the first that had them.
#[utoipa::path(
    get,
    path = "/api/v1/reports/{id}/repeats",
    operation_id = "repeats",
    tag = "reports",
    params(("id" = String, Path, description = "Id of the report's document", example = "x33t8c9ab24dtk28",
        pattern = "^[0-9a-zA-Z]{16}$")),
    responses(
        (status = 200, description = "What it repeats", body = RepeatsAnswer),
        (status = 400, description = "The id is none, or a parameter is given",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such report",
            body = Problem, content_type = "application/problem+json"),
        Otherwise,
    )
)]
pub(super) async fn repeats(
    State(app): State<Arc<App>>,
    typed: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    takes_none(query.as_deref())?;
    let id = document_id(&typed.map(|Path(typed)| typed).unwrap_or_default())?;
    let found = app.ask(move |library| RepeatsAnswer::of(library, &id)).await?;
    let said = || Problem::new(&NOT_FOUND, format!("`{id}` is no annual report that is held here"));
    tagged_json(&headers, &found.ok_or_else(said)?)
}

/// What a report repeats.
#[derive(Debug, Serialize, ToSchema)]
pub struct RepeatsAnswer {
    /// The report.
    #[schema(value_type = String, example = "x33t8c9ab24dtk28")]
    pub document: DocumentId,
    /// Whose it is.
    pub agency: Option<String>,
    /// The year it is about.
    pub year: Option<i16>,
    /// Against the report of the agency on the year before; null where none is held.
    pub last_year: Option<LastYear>,
    /// Sentences that stand in reports of other agencies, in the order of the text.
    pub shared: Vec<Shared>,
}

/// What is repeated of last year's report.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastYear {
    /// That report.
    #[schema(value_type = String)]
    pub document: DocumentId,
    /// Characters of this year's sentences; tables, headings and signs are not counted.
    pub characters: usize,
    /// Those of them in runs of at least twelve that stand in last year's.
    pub repeated: usize,
    /// Their share, from 0 to 1; null without sentences.
    pub share: Option<f64>,
    /// Sentences of which at least four fifths are repeated.
    pub sentences: Vec<String>,
}

/// A sentence that other agencies have too.
#[derive(Debug, Serialize, ToSchema)]
pub struct Shared {
    /// What was looked for, word for word: the sentence, or a part of it.
    pub text: String,
    /// Documents that have it, this one too.
    pub total: u64,
    /// The report that had it first, by its day of publication.
    pub first: Holder,
    /// Reports of other agencies among the twenty earliest documents that have it, without the first.
    pub others: Vec<Holder>,
}

/// A report that has a sentence.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Holder {
    /// Its document.
    #[schema(value_type = String)]
    pub document: DocumentId,
    /// Whose it is.
    pub agency: Option<String>,
    /// The year it is about.
    pub year: Option<i16>,
    /// When it was published, as far as it says.
    pub published: Option<String>,
}

impl RepeatsAnswer {
    /// What is known of a report; `None` where the id is of none.
    pub fn of(library: &dyn Library, id: &DocumentId) -> anyhow::Result<Option<Self>> {
        let document = library.document(id)?.filter(|d| d.status != Status::Withheld);
        let (Some(document), Some(report)) = (document, library.report(id)?) else {
            return Ok(None);
        };
        let last_year = last_year(library, &document, &report)?;
        let shared = shared(library, &document)?;
        let (agency, year) = (report.agency, report.year);
        Ok(Some(Self { document: *id, agency, year, last_year, shared }))
    }
}

fn last_year(
    library: &dyn Library,
    document: &Document,
    report: &Report,
) -> anyhow::Result<Option<LastYear>> {
    let (Some(agency), Some(year)) = (&report.agency, report.year) else { return Ok(None) };
    let (agencies, before) = (vec![agency.clone()], Some(year - 1));
    let wanted = FigureQuery { agencies, from: before, to: before, ..FigureQuery::default() };
    for id in library.reports(&wanted)? {
        let Some(before) = library.document(&id)? else { continue };
        let repeats = Repeats::of(&document.text, &before.text);
        let share = repeats.share();
        let Repeats { characters, repeated, sentences } = repeats;
        return Ok(Some(LastYear { document: id, characters, repeated, share, sentences }));
    }
    Ok(None)
}

fn shared(library: &dyn Library, document: &Document) -> anyhow::Result<Vec<Shared>> {
    let mut pieces: Vec<(usize, &str)> =
        sentences(&document.text).filter_map(piece).enumerate().collect();
    pieces.sort_by_key(|(place, piece)| (Reverse(piece.chars().count()), *place));
    pieces.truncate(MOST_SENTENCES);
    pieces.sort_unstable();
    pieces.dedup_by_key(|(_, piece)| *piece);
    let mut all = Vec::new();
    for (_, piece) in pieces {
        all.extend(holders(library, document, piece)?);
    }
    Ok(all)
}

/// What of a sentence is looked for.
fn piece(sentence: &str) -> Option<&str> {
    let longest = sentence.split(QUOTES).max_by_key(|piece| piece.chars().count())?.trim();
    let end = longest.char_indices().nth(LONGEST).map_or(longest.len(), |(at, _)| at);
    longest.get(..end).filter(|piece| piece.chars().count() >= SHORTEST)
}

/// Who has a sentence; `None` where no other agency's report has it.
fn holders(
    library: &dyn Library,
    document: &Document,
    piece: &str,
) -> anyhow::Result<Option<Shared>> {
    let request = Request {
        query: format!("\"{piece}\""),
        syntax: Syntax::Strict,
        sort: Sort::Oldest,
        passages: 0,
        size: MOST_HOLDERS,
        ..Request::default()
    };
    let answer = library.search(&request)?;
    let reports = answer.hits.iter().map(|hit| &hit.document);
    let reports: Vec<&Document> = reports.filter(|hit| hit.report_year.is_some()).collect();
    let is_other = |hit: &&&Document| hit.agency() != document.agency();
    let Some(first) = reports.first().filter(|_| reports.iter().any(|hit| is_other(&hit))) else {
        return Ok(None);
    };
    let others = reports.iter().skip(1).filter(is_other).map(|hit| Holder::of(hit)).collect();
    let (text, first) = (piece.to_owned(), Holder::of(first));
    Ok(Some(Shared { text, total: answer.total, first, others }))
}

impl Holder {
    fn of(document: &Document) -> Self {
        Self {
            document: document.id,
            agency: document.agency().map(str::to_owned),
            year: document.report_year.as_ref().map(|year| year.value),
            published: document.published_date.as_ref().map(|date| date.value.to_string()),
        }
    }
}
