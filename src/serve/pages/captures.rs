//! `GET /document/{id}/captures`: every answer kept of a document's page, the newest first.

use std::collections::HashMap;
use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use serde::Serialize;

use crate::model::{Document, DocumentId, Moment, Status};
use crate::serve::app::App;
use crate::serve::dates;
use crate::serve::library::{CaptureMark, Library};
use crate::serve::problem::{NOT_FOUND, Problem};

/// So many are listed.
const MOST: usize = 500;

/// The page of a document's captures.
pub(super) async fn captures(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let Ok(id) = id.map(|Path(id)| id).unwrap_or_default().parse::<DocumentId>() else {
        return app.pages.failed(&Problem::new(&NOT_FOUND, "this is no document id"));
    };
    match app.ask(move |library| read(library, &id)).await {
        Ok(Some(view)) => app.pages.page("captures.html", view),
        Ok(None) => app.pages.failed(&Problem::new(&NOT_FOUND, "there is no such document")),
        Err(problem) => app.pages.failed(&problem),
    }
}

#[derive(Debug, Serialize)]
struct View {
    q: &'static str,
    id: String,
    title: String,
    captured_at: String,
    /// How many there are; those beyond the newest are not listed.
    total: usize,
    captures: Vec<Line>,
}

/// One capture.
#[derive(Debug, Serialize)]
struct Line {
    at: String,
    status: u16,
    digest: String,
    /// `first`, `same`, `changed`, or `failed` where the answer was no page.
    what: &'static str,
    /// The version that it was the first to show.
    version: Option<usize>,
}

fn read(library: &dyn Library, id: &DocumentId) -> anyhow::Result<Option<View>> {
    let Some(document) = library.document(id)?.filter(|d| d.status != Status::Withheld) else {
        return Ok(None);
    };
    let versions = library.versions(id)?.into_iter();
    let versions = versions.map(|version| (version.captured_at, version.number)).collect();
    let captures = library.captures(&document)?;
    let total = captures.len();
    let mut captures = lines(captures, &versions);
    captures.reverse();
    captures.truncate(MOST);
    let Document { title, captured_at, .. } = document;
    Ok(Some(View {
        q: "",
        id: id.to_string(),
        title: title.value,
        captured_at: dates::moment(captured_at),
        total,
        captures,
    }))
}

fn lines(captures: Vec<CaptureMark>, versions: &HashMap<Moment, usize>) -> Vec<Line> {
    let mut last: Option<String> = None;
    let line = |CaptureMark { at, status, digest }: CaptureMark| {
        let what = match &last {
            _ if !(200..300).contains(&status) => "failed",
            None => "first",
            Some(last) if *last == digest => "same",
            Some(_) => "changed",
        };
        if what != "failed" {
            last = Some(digest.clone());
        }
        Line { at: dates::moment(at), status, digest, what, version: versions.get(&at).copied() }
    };
    captures.into_iter().map(line).collect()
}
