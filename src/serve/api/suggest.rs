//! `GET /api/v1/suggest`.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::model::DocumentId;
use crate::serve::api::{Answered, json};
use crate::serve::app::App;
use crate::serve::library::Suggested;
use crate::serve::parameters::{Fault, pairs};
use crate::serve::problem::Problem;

const NAMES: [&str; 2] = ["q", "size"];
const DEFAULT_SIZE: usize = 10;
const LARGEST: usize = 20;

/// What is being typed.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; they are read by hand")]
struct Typed {
    /// The beginning of a title or of a word of it, of an agency, a document number or a word: characters, their pinyin
    /// in full or by first letters, or both mixed. More than 40 characters are answered with nothing.
    #[param(required = true, example = "gongjij")]
    q: String,
    /// Suggestions at most.
    #[param(required = false, minimum = 1, maximum = 20, default = 10)]
    size: usize,
}

/// Suggest how to go on.
///
/// Document numbers come first, then agencies, words and titles of documents.
#[utoipa::path(
    get,
    path = "/api/v1/suggest",
    operation_id = "suggest",
    tag = "documents",
    params(Typed),
    responses(
        (status = 200, description = "Suggestions, the likeliest of each kind first", body = Suggestions),
        (status = 400, description = "A parameter is unknown or bad; `parameter` names it",
            body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The server failed",
            body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many requests, or it took too long",
            body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn suggest(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Answered {
    let (typed, size) = read(query.as_deref().unwrap_or_default())?;
    let found = app.blocking(move |library| library.suggest(&typed, size)).await??;
    json(&Suggestions::new(found))
}

fn read(query: &str) -> Result<(String, usize), Fault> {
    let (pairs, faults) = pairs(query);
    if let Some(fault) = faults.into_iter().next() {
        return Err(fault);
    }
    let (mut typed, mut size) = (None, DEFAULT_SIZE);
    for (name, value) in pairs {
        match name.as_str() {
            "q" => typed = Some(value),
            "size" => {
                let read = value.parse().ok().filter(|size| (1..=LARGEST).contains(size));
                size = read.ok_or_else(|| {
                    Fault::value("size", format!("bad value for `size`; expected 1 to {LARGEST}"))
                })?;
            }
            _ => return Err(Fault::unknown(&name, &NAMES)),
        }
    }
    let missing = || Fault::value("q", "`q` is missing; expected what is being typed".to_owned());
    Ok((typed.ok_or_else(missing)?, size))
}

/// Suggestions as the API gives them, for programs that ask without HTTP.
pub fn suggestions_json(found: Vec<Suggested>) -> serde_json::Result<String> {
    serde_json::to_string(&Suggestions::new(found))
}

/// How to go on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Suggestions {
    /// In the order they are best shown.
    suggestions: Vec<Entry>,
}

impl Suggestions {
    fn new(found: Vec<Suggested>) -> Self {
        Self { suggestions: found.into_iter().map(Entry::from).collect() }
    }
}

/// One way to go on.
#[derive(Debug, Serialize, ToSchema)]
struct Entry {
    /// What it is: `number`, `agency`, `word`, `title`.
    #[schema(value_type = String, example = "title")]
    kind: &'static str,
    /// What to search for.
    text: String,
    /// With a title, the document that bears it.
    #[schema(value_type = Option<String>)]
    id: Option<DocumentId>,
}

impl From<Suggested> for Entry {
    fn from(suggested: Suggested) -> Self {
        let Suggested { kind, text, id } = suggested;
        Self { kind, text, id }
    }
}
