//! `GET /api/v1/documents/{id}/diff`.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State, rejection::PathRejection},
    http::HeaderMap,
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::analysis::{Block, Diff, Grain, Piece};
use crate::model::DocumentId;
use crate::serve::api::document::VersionAnswer;
use crate::serve::api::given::Given;
use crate::serve::api::{Answered, Otherwise, document_id, tagged_json};
use crate::serve::app::App;
use crate::serve::compared::{Compared, Wanted};
use crate::serve::library::Library;
use crate::serve::parameters::Fault;
use crate::serve::problem::{NOT_FOUND, Problem};

/// No document has so many versions.
const HIGHEST: usize = 1_000_000;

/// Which versions.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; they are read by hand")]
struct Numbers {
    /// Number of the version to compare from; the one before `to` by default.
    #[param(required = false, minimum = 1)]
    from: usize,
    /// Number of the version to compare to; the newest by default.
    #[param(required = false, minimum = 1)]
    to: usize,
}

/// Compare two versions of a document.
///
/// Word by word; another width, bracket or script of a character is no change. The pieces that are `same` or `inserted`,
/// joined, are the new text, to the character; those that are `same` or `deleted` the old one, where what is the same is
/// taken in its `old_spelling` if it has one.
#[utoipa::path(
    get,
    path = "/api/v1/documents/{id}/diff",
    operation_id = "diff",
    tag = "documents",
    params(
        ("id" = String, Path, description = "Id of the document", example = "x33t8c9ab24dtk28",
            pattern = "^[0-9a-zA-Z]{16}$"),
        Numbers,
    ),
    responses(
        (status = 200, description = "What changed", body = DiffAnswer),
        (status = 400, description = "The id is none, or a parameter is unknown or bad",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such document, or no such version of it",
            body = Problem, content_type = "application/problem+json"),
        Otherwise,
    )
)]
pub(super) async fn diff(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    let id = document_id(&id.map(|Path(id)| id).unwrap_or_default())?;
    let given = Given::read(query.as_deref(), &["from", "to"])?;
    let wanted = Wanted { from: number(&given, "from")?, to: number(&given, "to")? };
    let found = app.ask(move |library| wanted.compare(library, &id)).await?;
    let compared = found.ok_or_else(|| {
        Problem::new(&NOT_FOUND, format!("there are no such versions of a document `{id}`"))
    })?;
    tagged_json(&headers, &DiffAnswer::new(id, compared))
}

fn number(given: &Given, name: &str) -> Result<Option<usize>, Fault> {
    Ok(Some(given.number(name, 0, HIGHEST)?).filter(|number| *number > 0))
}

/// What changed from one version of a document to another, as the interface says it; `None` where there are no such
/// versions.
///
/// # Errors
/// When the library fails.
pub fn diff_json(
    library: &dyn Library,
    id: DocumentId,
    from: Option<usize>,
    to: Option<usize>,
) -> anyhow::Result<Option<String>> {
    let compared = Wanted { from, to }.compare(library, &id)?;
    let answer = compared.map(|compared| DiffAnswer::new(id, compared));
    Ok(answer.map(|answer| serde_json::to_string_pretty(&answer)).transpose()?)
}

/// What changed between two versions.
#[derive(Debug, Serialize, ToSchema)]
struct DiffAnswer {
    /// Id of the document.
    #[schema(value_type = String, example = "x33t8c9ab24dtk28")]
    id: DocumentId,
    from: VersionAnswer,
    to: VersionAnswer,
    /// How finely the texts were compared: `words`; somewhere `sentences` or `paragraphs` where there was too much.
    #[schema(example = "words")]
    grain: &'static str,
    /// Characters of text only in the old version, white space not counted.
    deleted: usize,
    /// Characters of text only in the new version, white space not counted.
    inserted: usize,
    /// The titles.
    title: Vec<PieceAnswer>,
    /// The texts.
    text: Vec<PieceAnswer>,
}

/// A piece of both texts or of one.
#[derive(Debug, Serialize, ToSchema)]
struct PieceAnswer {
    /// `same`, `deleted` or `inserted`.
    #[schema(example = "inserted")]
    change: &'static str,
    /// The piece; of one that is the same, as the new version spells it.
    text: String,
    /// As the old version spells it, where it is the same but spelled otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    old_spelling: Option<String>,
}

impl DiffAnswer {
    fn new(id: DocumentId, compared: Compared) -> Self {
        let (deleted, inserted) = compared.text.counts();
        let grain = match compared.text.grain {
            Grain::Words => "words",
            Grain::Sentences => "sentences",
            Grain::Paragraphs => "paragraphs",
        };
        let Compared { from, to, title, text, .. } = compared;
        Self {
            id,
            from: from.into(),
            to: to.into(),
            grain,
            deleted,
            inserted,
            title: pieces(title),
            text: pieces(text),
        }
    }
}

fn pieces(diff: Diff) -> Vec<PieceAnswer> {
    let pieces = diff.blocks.into_iter().flat_map(|Block { pieces, .. }| pieces);
    let answer = |piece| {
        let (change, text, old_spelling) = match piece {
            Piece::Same { old, new } => ("same", new.clone(), Some(old).filter(|old| *old != new)),
            Piece::Deleted(text) => ("deleted", text, None),
            Piece::Inserted(text) => ("inserted", text, None),
        };
        PieceAnswer { change, text, old_spelling }
    };
    pieces.map(answer).collect()
}
