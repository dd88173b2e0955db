//! The JSON interface: one file for each route, its answer beside it.

mod compare;
mod coverage;
mod diff;
mod document;
mod export;
mod explain;
mod figures;
mod given;
mod health;
mod ledger;
mod openapi;
mod pinyin;
mod relations;
mod repeats;
mod search;
mod similar;
mod suggest;
mod version;
mod wire;

use std::sync::Arc;

use axum::{
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};
use serde::Serialize;
use utoipa::IntoResponses;

use crate::model::DocumentId;
use crate::serve::api::given::Given;
use crate::serve::app::App;
use crate::serve::guard;
use crate::serve::problem::{BAD_PARAMETER, Problem};

pub use compare::comparison_json;
pub use coverage::Coverage;
pub use diff::diff_json;
pub use explain::explanation_json;
pub use figures::FigureAnswer;
pub use ledger::ledger_json;
pub(crate) use openapi::description;
pub use repeats::{Holder, RepeatsAnswer};
pub use search::answer_json;
pub use similar::similar_json;
pub use suggest::suggestions_json;
pub(crate) use wire::{evidence_words, web_address};

/// What comes back from a handler of the interface.
pub(crate) type Answered = Result<Response, Problem>;

/// What every address that reads the library may answer besides.
#[derive(Debug, IntoResponses)]
#[expect(dead_code, reason = "describes the answers; they are given by hand")]
enum Otherwise {
    /// The asker holds it already (`If-None-Match`)
    #[response(status = 304)]
    Held,
    /// The server failed
    #[response(status = 500, content_type = "application/problem+json")]
    Failed(Problem),
    /// Too many requests
    #[response(status = 503, content_type = "application/problem+json")]
    Busy(Problem),
}

/// Every address of the interface with its handler, as the router and the description name it.
pub(crate) fn routes() -> [(&'static str, MethodRouter<Arc<App>>); 18] {
    [
        ("/api/v1/search", get(search::search)),
        ("/api/v1/search/export", get(export::export)),
        ("/api/v1/suggest", get(suggest::suggest)),
        ("/api/v1/pinyin", get(pinyin::pinyin)),
        ("/api/v1/documents/{id}", get(document::document)),
        ("/api/v1/documents/{id}/explain", get(explain::explain)),
        ("/api/v1/documents/{id}/similar", get(similar::similar)),
        ("/api/v1/documents/{id}/diff", get(diff::diff)),
        ("/api/v1/documents/{id}/versions/{n}", get(version::version)),
        ("/api/v1/compare", get(compare::compare)),
        ("/api/v1/metrics", get(compare::metrics)),
        ("/api/v1/figures", get(figures::figures)),
        ("/api/v1/reports/{id}", get(figures::report)),
        ("/api/v1/reports/{id}/repeats", get(repeats::repeats)),
        ("/api/v1/coverage", get(coverage::coverage)),
        ("/api/v1/ledger", get(ledger::ledger)),
        ("/openapi.json", get(openapi::openapi)),
        ("/healthz", get(health::healthz)),
    ]
}

fn json(answer: &impl Serialize) -> Answered {
    let bytes = serde_json::to_vec(answer).map_err(|error| Problem::internal(&error.into()))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes).into_response())
}

fn tagged_json(asked: &HeaderMap, answer: &impl Serialize) -> Answered {
    let bytes = serde_json::to_vec(answer).map_err(|error| Problem::internal(&error.into()))?;
    Ok(guard::tagged(asked, "application/json", bytes))
}

/// Refuses every parameter, for addresses that take none.
fn takes_none(query: Option<&str>) -> Result<(), Problem> {
    Given::read(query, &[]).map(drop)
}

/// Reads the id of a document in a path.
fn document_id(typed: &str) -> Result<DocumentId, Problem> {
    typed
        .parse()
        .map_err(|error| Problem::new(&BAD_PARAMETER, format!("`id`: {error}")).at_parameter("id"))
}
