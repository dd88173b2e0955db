//! `GET /api/v1/documents/{id}/versions/{n}`.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State, rejection::PathRejection},
    http::HeaderMap,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{DocumentId, Status};
use crate::serve::api::document::VersionAnswer;
use crate::serve::api::{Answered, Otherwise, document_id, tagged_json, takes_none};
use crate::serve::app::App;
use crate::serve::problem::{BAD_PARAMETER, NOT_FOUND, Problem};

/// Read a version of a document.
///
/// Title and text as they were from one capture until the next that shows something else.
#[utoipa::path(
    get,
    path = "/api/v1/documents/{id}/versions/{n}",
    operation_id = "version",
    tag = "documents",
    params(
        ("id" = String, Path, description = "Id of the document", example = "x33t8c9ab24dtk28",
            pattern = "^[0-9a-zA-Z]{16}$"),
        ("n" = usize, Path, description = "Number of the version; 1 is the oldest", minimum = 1),
    ),
    responses(
        (status = 200, description = "The version", body = VersionText),
        (status = 400, description = "Id or number is none, or a parameter is unknown",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such document, or no such version of it",
            body = Problem, content_type = "application/problem+json"),
        Otherwise,
    )
)]
pub(super) async fn version(
    State(app): State<Arc<App>>,
    typed: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    takes_none(query.as_deref())?;
    let (id, number) = typed.map(|Path(typed)| typed).unwrap_or_default();
    let id = document_id(&id)?;
    let number: usize = number.parse().map_err(|_| {
        Problem::new(&BAD_PARAMETER, "`n`: the number of a version, from 1").at_parameter("n")
    })?;
    let found = app
        .ask(move |library| {
            if library.document(&id)?.is_none_or(|d| d.status == Status::Withheld) {
                return Ok(None);
            }
            library.version(&id, number)
        })
        .await?;
    let Some((mark, text)) = found else {
        let said = format!("there is no version {number} of a document `{id}`");
        return Err(Problem::new(&NOT_FOUND, said));
    };
    tagged_json(&headers, &VersionText { id, version: mark.into(), text })
}

/// A version of a document with its text.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VersionText {
    /// Id of the document.
    #[schema(value_type = String, example = "x33t8c9ab24dtk28")]
    id: DocumentId,
    #[serde(flatten)]
    version: VersionAnswer,
    /// The text then; paragraphs are parted by blank lines.
    text: String,
}
