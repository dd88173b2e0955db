//! `GET /kiosk/document/{id}`: one document to read, print or take along as a QR code.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State, rejection::PathRejection},
    response::Response,
};
use serde::Serialize;

use crate::model::{Document, DocumentId, FilePart, Status, paragraphs};
use crate::search::MOST_CHARACTERS;
use crate::serve::app::App;
use crate::serve::dates;
use crate::serve::library::{Highlighted, Library};
use crate::serve::pages::kiosk::list::{Part, facts, parts};
use crate::serve::pages::kiosk::{link, page};
use crate::serve::problem::{NOT_FOUND, Problem};
use crate::serve::public::lasting_address;
use crate::serve::qr::{Code, code};
use crate::serve::question::Question;

/// The page of a document; the rest of the query says where one came from.
pub(super) async fn document(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Response {
    let typed = id.map(|Path(id)| id).unwrap_or_default();
    let Ok(id) = typed.parse::<DocumentId>() else {
        return app.pages.kiosk_failed(&Problem::new(&NOT_FOUND, "this is no document id"));
    };
    let query = query.unwrap_or_default();
    let (question, _) = Question::read(&query);
    let marked: String = question.q.chars().take(MOST_CHARACTERS).collect();
    match app.ask(move |library| read(library, &id, &marked)).await {
        Ok(Some((document, texts))) => {
            let back = back(&query, &question);
            page(&app, "kiosk_document.html", View::new(&app, back, &document, texts))
        }
        Ok(None) => app.pages.kiosk_failed(&Problem::new(&NOT_FOUND, "no such document")),
        Err(problem) => app.pages.kiosk_failed(&problem),
    }
}

fn read(
    library: &dyn Library,
    id: &DocumentId,
    query: &str,
) -> anyhow::Result<Option<(Document, Highlighted)>> {
    let found = library.document(id)?.filter(|document| document.status != Status::Withheld);
    Ok(found.map(|document| {
        let texts = if query.trim().is_empty() {
            Highlighted::plain(&document)
        } else {
            library.highlight(query, &document)
        };
        (document, texts)
    }))
}

/// The list that one came from.
fn back(query: &str, question: &Question) -> String {
    let agency = question.agency.first();
    match agency.filter(|_| query.starts_with("from=reports&")) {
        Some(agency) => {
            let agency: String = url::form_urlencoded::byte_serialize(agency.as_bytes()).collect();
            format!("/kiosk/reports?agency={agency}")
        }
        None => link(question),
    }
}

#[derive(Debug, Serialize)]
struct View {
    back: String,
    heading: String,
    title: Vec<Part>,
    facts: String,
    /// What is to be said first: that it was removed, or that it may be.
    notice: Option<String>,
    captured_at: String,
    paragraphs: Vec<Vec<Part>>,
    files: Vec<File>,
    /// What the code leads to.
    address: Option<String>,
    code: Option<Code>,
}

/// A file, as far as its text was read; the file itself is not offered.
#[derive(Debug, Serialize)]
struct File {
    name: String,
    paragraphs: Vec<String>,
}

impl View {
    fn new(app: &App, back: String, document: &Document, texts: Highlighted) -> Self {
        let address = lasting_address(app.public_url.as_ref(), document);
        Self {
            back,
            heading: document.title.value.clone(),
            title: parts(texts.title),
            facts: facts(&app.pages, document),
            notice: notice(app, document),
            captured_at: dates::moment(document.captured_at),
            paragraphs: texts.paragraphs.into_iter().map(parts).collect(),
            files: document.attachments.iter().map(File::of).collect(),
            code: address.as_deref().and_then(code),
            address,
        }
    }
}

fn notice(app: &App, document: &Document) -> Option<String> {
    match document.status {
        Status::Removed | Status::Moved | Status::Suspected => {
            Some(app.pages.glossary.word("notice", document.status.as_str()).to_owned())
        }
        _ => None,
    }
}

impl File {
    fn of(attachment: &crate::model::Attachment) -> Self {
        let page = |part: &FilePart| paragraphs(&part.text).map(str::to_owned).collect::<Vec<_>>();
        Self {
            name: attachment.name.clone(),
            paragraphs: attachment.parts().iter().flat_map(page).collect(),
        }
    }
}
