//! `GET /document/{id}/timemap`: the versions of a document as a Memento `TimeMap` (RFC 7089).

use std::fmt::Write as _;
use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::HeaderMap,
    response::{IntoResponse, Response},
};

use crate::model::{DocumentId, Moment, Status};
use crate::serve::api::web_address;
use crate::serve::app::App;
use crate::serve::guard;
use crate::serve::library::{Library, VersionMark};
use crate::serve::problem::{NOT_FOUND, Problem};
use crate::serve::public::base;

/// The media type of RFC 6690.
const LINKS: &str = "application/link-format";

/// The map of a document.
pub(super) async fn time_map(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let none = || Problem::new(&NOT_FOUND, "there is no such document").into_response();
    let Ok(id) = id.map(|Path(id)| id).unwrap_or_default().parse::<DocumentId>() else {
        return none();
    };
    match app.ask(move |library| read(library, &id)).await {
        Ok(Some((original, versions))) => {
            let here = format!("{}/document/{id}", base(app.public_url.as_ref(), &headers));
            guard::tagged(&headers, LINKS, map(&here, original, &versions).into_bytes())
        }
        Ok(None) => none(),
        Err(problem) => problem.into_response(),
    }
}

type Found = (Option<String>, Vec<VersionMark>);

fn read(library: &dyn Library, id: &DocumentId) -> anyhow::Result<Option<Found>> {
    let Some(document) = library.document(id)?.filter(|d| d.status != Status::Withheld) else {
        return Ok(None);
    };
    let original = document.url.as_deref().and_then(web_address);
    Ok(Some((original, library.versions(id)?)))
}

fn map(here: &str, original: Option<String>, versions: &[VersionMark]) -> String {
    let mut map = String::new();
    if let Some(original) = original {
        let _ = writeln!(map, "<{original}>; rel=\"original\",");
    }
    let _ = write!(map, "<{here}/timemap>; rel=\"self\"; type=\"{LINKS}\"");
    for (index, version) in versions.iter().enumerate() {
        let relation = match (index == 0, index + 1 == versions.len()) {
            (true, true) => "first last memento",
            (true, false) => "first memento",
            (false, true) => "last memento",
            (false, false) => "memento",
        };
        let (number, at) = (version.number, http_date(version.captured_at));
        let _ = write!(map, ",\n<{here}/versions/{number}>; rel=\"{relation}\"; datetime=\"{at}\"");
    }
    map.push('\n');
    map
}

/// `Mon, 02 Mar 2026 01:30:00 GMT`.
fn http_date(moment: Moment) -> String {
    moment.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
