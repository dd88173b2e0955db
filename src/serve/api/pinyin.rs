//! `GET /api/v1/pinyin`: the candidate words of an on-screen keyboard.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, header};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::search::Candidate;
use crate::serve::api::given::Given;
use crate::serve::api::{Answered, json};
use crate::serve::app::App;
use crate::serve::parameters::Fault;
use crate::serve::problem::Problem;

const NAMES: [&str; 3] = ["q", "page", "size"];
const DEFAULT_SIZE: usize = 9;
const LARGEST: usize = 50;
const MOST_PAGES: usize = 200;

/// What is typed.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; they are read by hand")]
struct Letters {
    /// Letters without tones: whole syllables, first letters, or both mixed; `'` between syllables, `v` for ü; Han
    /// characters stand for themselves. More than 40 characters are answered with nothing.
    #[param(required = true, example = "zfxxgknb")]
    q: String,
    /// Which page of candidates, from 1.
    #[param(required = false, minimum = 1, maximum = 200, default = 1)]
    page: usize,
    /// Candidates on a page.
    #[param(required = false, minimum = 1, maximum = 50, default = 9)]
    size: usize,
}

/// Turn pinyin into words.
///
/// The words are those of the index, ordered by how much documents use them. Nothing that is typed is kept.
#[utoipa::path(
    get,
    path = "/api/v1/pinyin",
    operation_id = "pinyin",
    tag = "documents",
    params(Letters),
    responses(
        (status = 200, description = "What the letters may stand for, the likeliest first", body = Found),
        (status = 400, description = "A parameter is unknown or bad; `parameter` names it",
            body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The server failed",
            body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many requests, or it took too long",
            body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn pinyin(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Answered {
    let given = Given::read(query.as_deref(), &NAMES)?;
    let missing = || Fault::value("q", "`q` is missing; expected letters of pinyin".to_owned());
    let typed = given.one("q")?.ok_or_else(missing)?;
    let page = given.number("page", 1, MOST_PAGES)?;
    let size = given.number("size", DEFAULT_SIZE, LARGEST)?;
    let found = app.blocking(move |library| library.candidates(&typed)).await??;
    let mut response = json(&Found::new(found, page, size))?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// What letters may stand for.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Found {
    /// The likeliest first.
    candidates: Vec<Entry>,
    /// Which page of them this is.
    page: usize,
    /// Whether there is a further page.
    more: bool,
}

impl Found {
    fn new(all: Vec<Candidate>, page: usize, size: usize) -> Self {
        let start = (page - 1) * size;
        let more = all.len() > start + size;
        let entry = |Candidate { text, taken }| Entry { text, taken };
        let candidates = all.into_iter().skip(start).take(size).map(entry).collect();
        Self { candidates, page, more }
    }
}

/// One word or character.
#[derive(Debug, Serialize, ToSchema)]
struct Entry {
    /// The word.
    #[schema(example = "政府信息公开年报")]
    text: String,
    /// How many of the typed characters it stands for, from the first; the rest stays to be chosen.
    #[schema(example = 8)]
    taken: usize,
}
