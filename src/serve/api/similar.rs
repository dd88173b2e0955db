//! `GET /api/v1/documents/{id}/similar`.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State, rejection::PathRejection};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::model::{DocumentId, Status};
use crate::search::{Refused, Similar};
use crate::serve::api::{Answered, Otherwise, document_id, json};
use crate::serve::app::App;
use crate::serve::parameters::{Fault, pairs};
use crate::serve::problem::{NOT_FOUND, Problem};

const NAMES: [&str; 1] = ["size"];
const DEFAULT_SIZE: usize = 10;
const LARGEST: usize = 50;

/// How many are wanted.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; they are read by hand")]
struct Wanted {
    /// Documents at most.
    #[param(required = false, minimum = 1, maximum = 50, default = 10)]
    size: usize,
}

/// Find documents like one.
///
/// Those that hold the words which say most about it, best first; not its own copies, and of copies of another only one.
#[utoipa::path(
    get,
    path = "/api/v1/documents/{id}/similar",
    operation_id = "similar",
    tag = "documents",
    params(
        ("id" = String, Path, description = "Id of the document", example = "x33t8c9ab24dtk28",
            pattern = "^[0-9a-zA-Z]{16}$"),
        Wanted,
    ),
    responses(
        (status = 200, description = "Documents like it, perhaps none", body = SimilarAnswer),
        (status = 400, description = "The id is none, or a parameter is unknown or bad",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such document",
            body = Problem, content_type = "application/problem+json"),
        Otherwise,
    )
)]
pub(super) async fn similar(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Answered {
    let id = document_id(&id.map(|Path(id)| id).unwrap_or_default())?;
    let size = read(query.as_deref().unwrap_or_default())?;
    let found = app
        .blocking(move |library| {
            let document = library.document(&id)?.filter(|d| d.status != Status::Withheld);
            document.map(|document| library.similar(&document, size)).transpose()
        })
        .await?;
    let found: Option<Vec<Similar>> = found.map_err(|refused: Refused| Problem::from(refused))?;
    let found =
        found.ok_or_else(|| Problem::new(&NOT_FOUND, format!("there is no document `{id}`")))?;
    json(&SimilarAnswer::new(found))
}

fn read(query: &str) -> Result<usize, Fault> {
    let (pairs, faults) = pairs(query);
    if let Some(fault) = faults.into_iter().next() {
        return Err(fault);
    }
    let mut size = DEFAULT_SIZE;
    for (name, value) in pairs {
        if name != "size" {
            return Err(Fault::unknown(&name, &NAMES));
        }
        let read = value.parse().ok().filter(|size| (1..=LARGEST).contains(size));
        size = read.ok_or_else(|| {
            Fault::value("size", format!("bad value for `size`; expected 1 to {LARGEST}"))
        })?;
    }
    Ok(size)
}

/// Similar documents as the API gives them, for programs that ask without HTTP.
pub fn similar_json(found: Vec<Similar>) -> serde_json::Result<String> {
    serde_json::to_string(&SimilarAnswer::new(found))
}

/// Documents like one.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SimilarAnswer {
    /// Best first.
    documents: Vec<SimilarDocument>,
}

/// A document like another one.
#[derive(Debug, Serialize, ToSchema)]
struct SimilarDocument {
    /// Its id.
    #[schema(value_type = String, example = "x33t8c9ab24dtk28")]
    id: DocumentId,
    /// Its title.
    title: String,
    /// The agency that issued it.
    agency: Option<String>,
    /// When it was published, else written: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    date: Option<String>,
    /// How alike they are, from 0 to about 1.
    likeness: f32,
    /// Words that both hold, at most six, those that say most first.
    words: Vec<String>,
}

impl SimilarAnswer {
    fn new(found: Vec<Similar>) -> Self {
        Self { documents: found.into_iter().map(SimilarDocument::from).collect() }
    }
}

impl From<Similar> for SimilarDocument {
    fn from(similar: Similar) -> Self {
        let Similar { document, likeness, words } = similar;
        let date = document.published_date.as_ref().or(document.written_date.as_ref());
        Self {
            id: document.id,
            agency: document.agency().map(str::to_owned),
            date: date.map(|date| date.value.to_string()),
            likeness,
            words,
            title: document.title.value,
        }
    }
}
