//! `GET /api/v1/documents/{id}/explain`.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State, rejection::PathRejection};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{DocumentId, Status};
use crate::search::{
    DocumentPart, Explanation, Facet, LeafExplanation, LeafPlace, Refused, ScorePart,
};
use crate::serve::api::{Answered, Otherwise, document_id, json, search::SearchNote};
use crate::serve::app::App;
use crate::serve::problem::{NOT_FOUND, Problem};
use crate::serve::question::Question;

/// Explain why a document answers a query, or does not.
///
/// How the query was cut, what of it stands where in the document, what its score is made of; of a document that is not
/// listed, the parts of the query and the filters by which it fails. Takes the parameters of the search; order and page
/// do not matter.
#[utoipa::path(
    get,
    path = "/api/v1/documents/{id}/explain",
    operation_id = "explain",
    tag = "documents",
    params(
        ("id" = String, Path, description = "Id of the document", example = "x33t8c9ab24dtk28",
            pattern = "^[0-9a-zA-Z]{16}$"),
        Question,
    ),
    responses(
        (status = 200, description = "The explanation", body = ExplanationAnswer),
        (status = 400, description = "The id is none, a parameter is unknown or bad, or a limit is passed",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such document",
            body = Problem, content_type = "application/problem+json"),
        Otherwise,
    )
)]
pub(super) async fn explain(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Answered {
    let id = document_id(&id.map(|Path(id)| id).unwrap_or_default())?;
    let (question, faults) = Question::read(query.as_deref().unwrap_or_default());
    if let Some(fault) = faults.into_iter().next() {
        return Err(fault.into());
    }
    let request = question.request();
    let found = app
        .blocking(move |library| {
            let held = library.document(&id)?.is_some_and(|d| d.status != Status::Withheld);
            held.then(|| library.explain(&request, &id)).transpose()
        })
        .await?;
    let found: Option<Explanation> = found.map_err(|refused: Refused| Problem::from(refused))?;
    let explanation =
        found.ok_or_else(|| Problem::new(&NOT_FOUND, format!("there is no document `{id}`")))?;
    json(&ExplanationAnswer::new(id, explanation))
}

/// An explanation as the API gives it, for programs that ask without HTTP.
pub fn explanation_json(id: DocumentId, explanation: Explanation) -> serde_json::Result<String> {
    serde_json::to_string(&ExplanationAnswer::new(id, explanation))
}

/// Why a document answers a query, or does not.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ExplanationAnswer {
    /// The document.
    #[schema(value_type = String, example = "x33t8c9ab24dtk28")]
    id: DocumentId,
    /// The query as it was understood, with its operators written out.
    #[schema(example = "(低保 AND 申请)")]
    reading: String,
    /// What was done with the query.
    notes: Vec<SearchNote>,
    /// What is looked for.
    leaves: Vec<ExplainedLeaf>,
    /// How many words documents of this answer may lack, lone characters aside.
    missing_allowed: usize,
    /// Whether the document is in the index.
    indexed: bool,
    /// Whether the document is listed.
    listed: bool,
    /// Where it is not listed: the parts of the query by which it fails; `NOT …` for what it should not hold.
    failing: Vec<String>,
    /// Where it is not listed: the filters that keep it out.
    #[schema(value_type = Vec<String>, example = json!(["year"]))]
    stopped_by: Vec<&'static str>,
    /// Its score; comparable within one answer only.
    score: f32,
    /// What the score is made of, largest first.
    parts: Vec<ExplainedPart>,
}

/// One thing that is looked for.
#[derive(Debug, Serialize, ToSchema)]
struct ExplainedLeaf {
    /// It, folded.
    what: String,
    /// How it is matched: `word`, `string`, `token`, `number`, `title`, `value`, `prefix`, `near`; `nothing` where no
    /// document can hold it.
    #[schema(value_type = String, example = "word")]
    kind: &'static str,
    /// Whether it is wanted, or stands under a negation.
    wanted: bool,
    /// In how many documents it stands.
    documents: u64,
    /// Whether this one holds it, said in any way.
    held: bool,
    /// The other ways to say it that this one holds.
    ways: Vec<String>,
    /// Where it stands in this one.
    places: Vec<ExplainedPlace>,
}

/// A part of the document.
#[derive(Debug, Serialize, ToSchema)]
struct ExplainedPlace {
    /// `title`, `text` or `file`.
    #[schema(value_type = String, example = "text")]
    part: &'static str,
    /// Of a file: the name of the attachment.
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment: Option<String>,
    /// Of a file: its page, sheet or member, as people are told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    /// How often it stands there.
    count: usize,
}

/// An addend of the score.
#[derive(Debug, Serialize, ToSchema)]
struct ExplainedPart {
    /// The weight it stands under (`index/ranking.toml`): `title`, `body`, `string`, `pair`, `phrase`, `coverage` …
    #[schema(value_type = String, example = "title")]
    kind: &'static str,
    /// The word, string or pair; empty where it is about the whole.
    what: String,
    /// What it adds.
    adds: f32,
}

impl ExplanationAnswer {
    fn new(id: DocumentId, told: Explanation) -> Self {
        Self {
            id,
            reading: told.reading,
            notes: told.notes.into_iter().map(SearchNote::from).collect(),
            leaves: told.leaves.into_iter().map(ExplainedLeaf::from).collect(),
            missing_allowed: told.missing_allowed,
            indexed: told.indexed,
            listed: told.listed,
            failing: told.failing,
            stopped_by: told.stopped_by.into_iter().map(Facet::name).collect(),
            score: told.score,
            parts: told.parts.into_iter().map(ExplainedPart::from).collect(),
        }
    }
}

impl From<LeafExplanation> for ExplainedLeaf {
    fn from(leaf: LeafExplanation) -> Self {
        let LeafExplanation { what, kind, wanted, documents, held, ways, places } = leaf;
        let places = places.into_iter().map(ExplainedPlace::from).collect();
        Self { what, kind, wanted, documents, held, ways, places }
    }
}

impl From<LeafPlace> for ExplainedPlace {
    fn from(place: LeafPlace) -> Self {
        let (part, file) = match place.part {
            DocumentPart::Title => ("title", None),
            DocumentPart::Text => ("text", None),
            DocumentPart::File(file) => ("file", Some(file)),
        };
        let (attachment, page) = file.map(|file| (file.attachment, file.page)).unzip();
        let page = page.filter(|page| !page.is_empty());
        Self { part, attachment, page, count: place.count }
    }
}

impl From<ScorePart> for ExplainedPart {
    fn from(part: ScorePart) -> Self {
        let ScorePart { kind, what, adds } = part;
        Self { kind, what, adds }
    }
}
