//! `GET /openapi.json`: the description of the interface, made from the code.

use axum::{extract::RawQuery, http::HeaderMap};
use utoipa::OpenApi;

use crate::serve::api::{
    Answered, compare, coverage, diff, document, explain, export, figures, health, ledger, pinyin,
    repeats, search, similar, suggest, tagged_json, takes_none, version,
};
use crate::serve::problem::Problem;

/// Describe the interface.
///
/// OpenAPI 3.1.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "openapi",
    tag = "service",
    responses(
        (status = 200, description = "The description", body = Object),
        (status = 304, description = "The asker holds it already (`If-None-Match`)"),
        (status = 400, description = "This address takes no parameters",
            body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn openapi(headers: HeaderMap, RawQuery(query): RawQuery) -> Answered {
    takes_none(query.as_deref())?;
    tagged_json(&headers, &description())
}

/// The description of the interface.
pub(crate) fn description() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "gongkai",
        description = "Search and read published Chinese government information. The copies kept here are not \
                       the official ones; every document links to its publisher.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(search::search, export::export, suggest::suggest, pinyin::pinyin, document::document, explain::explain, similar::similar, version::version, diff::diff, ledger::ledger,
        compare::compare, compare::metrics, figures::figures, figures::report, repeats::repeats, coverage::coverage, openapi, health::healthz),
    tags(
        (name = "documents", description = "Find and read documents"),
        (name = "reports", description = "Annual reports as figures, and who published one"),
        (name = "service", description = "About the service")
    )
)]
struct Description;
