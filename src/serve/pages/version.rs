//! `GET /document/{id}/versions/{n}`: what a document said at one time.

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use serde::Serialize;

use crate::model::{DocumentId, Status, paragraphs};
use crate::serve::app::App;
use crate::serve::dates;
use crate::serve::library::{Library, VersionMark};
use crate::serve::problem::{NOT_FOUND, Problem};

/// The page of a version.
pub(super) async fn version(
    State(app): State<Arc<App>>,
    typed: Result<Path<(String, String)>, PathRejection>,
) -> Response {
    let (id, number) = typed.map(|Path(typed)| typed).unwrap_or_default();
    let (Ok(id), Ok(number)) = (id.parse::<DocumentId>(), number.parse::<usize>()) else {
        return app.pages.failed(&Problem::new(&NOT_FOUND, "this is no version of a document"));
    };
    match app.ask(move |library| read(library, id, number)).await {
        Ok(Some(view)) => app.pages.page("version.html", view),
        Ok(None) => app.pages.failed(&Problem::new(&NOT_FOUND, "there is no such version")),
        Err(problem) => app.pages.failed(&problem),
    }
}

#[derive(Debug, Serialize)]
struct View {
    q: &'static str,
    id: String,
    number: usize,
    /// How many there are.
    count: usize,
    title: String,
    paragraphs: Vec<String>,
    /// When it was captured first.
    captured_at: String,
    /// When the next one was, where there is one.
    until: Option<String>,
    /// SHA-256 of the text.
    digest: String,
}

fn read(library: &dyn Library, id: DocumentId, number: usize) -> anyhow::Result<Option<View>> {
    if library.document(&id)?.is_none_or(|document| document.status == Status::Withheld) {
        return Ok(None);
    }
    let Some((mark, text)) = library.version(&id, number)? else { return Ok(None) };
    let all = library.versions(&id)?;
    let next = all.iter().find(|version| version.number == number + 1);
    let VersionMark { number, captured_at, title, digest } = mark;
    Ok(Some(View {
        q: "",
        id: id.to_string(),
        number,
        count: all.len(),
        title,
        paragraphs: paragraphs(&text).map(str::to_owned).collect(),
        captured_at: dates::moment(captured_at),
        until: next.map(|version| dates::moment(version.captured_at)),
        digest,
    }))
}
