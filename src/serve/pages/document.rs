//! `GET /document/{id}`: one document, readable, with where each field comes from.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State, rejection::PathRejection},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use serde::Serialize;

use crate::model::{
    Document, DocumentId, Evidence, FilePart, Relations, Sourced, Status, paragraphs,
};
use crate::search::MOST_CHARACTERS;
use crate::serve::api::web_address;
use crate::serve::app::App;
use crate::serve::dates;
use crate::serve::feeds::json_ld::json_ld;
use crate::serve::library::{Highlighted, Library, VersionMark};
use crate::serve::pages::relations::{Related, related};
use crate::serve::pages::results::{Piece, pieces};
use crate::serve::pages::templates::Pages;
use crate::serve::problem::{NOT_FOUND, Problem};
use crate::serve::public::base;
use crate::serve::question::Question;

/// The page of a document; `q` marks what it matches.
pub(super) async fn document(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let typed = id.map(|Path(id)| id).unwrap_or_default();
    let Ok(id) = typed.parse::<DocumentId>() else {
        return app.pages.failed(&Problem::new(&NOT_FOUND, "this is no document id"));
    };
    let query = query.unwrap_or_default();
    if typed != id.as_str() {
        let query = if query.is_empty() { query } else { format!("?{query}") };
        return Redirect::permanent(&format!("/document/{id}{query}")).into_response();
    }
    let (question, _) = Question::read(&query);
    let marked: String = question.q.chars().take(MOST_CHARACTERS).collect();
    match app.ask(move |library| read(library, &id, &marked)).await {
        Ok(Some(reading)) => {
            let base = base(app.public_url.as_ref(), &headers);
            app.pages.page("document.html", View::new(&app.pages, &question, &base, reading))
        }
        Ok(None) => app.pages.failed(&Problem::new(&NOT_FOUND, "there is no such document")),
        Err(problem) => app.pages.failed(&problem),
    }
}

/// Characters that fit beside a label in half a line.
const LONG: usize = 20;

struct Reading {
    document: Document,
    texts: Highlighted,
    versions: Vec<VersionMark>,
    relations: Relations,
    siblings: Vec<Document>,
}

fn read(library: &dyn Library, id: &DocumentId, query: &str) -> anyhow::Result<Option<Reading>> {
    let Some(document) = library.document(id)?.filter(|d| d.status != Status::Withheld) else {
        return Ok(None);
    };
    let texts = if query.trim().is_empty() {
        Highlighted::plain(&document)
    } else {
        library.highlight(query, &document)
    };
    let versions = library.versions(id)?;
    let relations = library.relations(id)?;
    let mut siblings = library.siblings(&document)?;
    siblings.retain(|sibling| sibling.status != Status::Withheld);
    Ok(Some(Reading { document, texts, versions, relations, siblings }))
}

#[derive(Debug, Serialize)]
struct View {
    q: String,
    back: Option<String>,
    id: String,
    /// Data for other programs (`json_ld.html`).
    json_ld: String,
    heading: String,
    title: Vec<Piece>,
    paragraphs: Vec<Vec<Piece>>,
    marks: usize,
    rows: Vec<Row>,
    evidence: Vec<Row>,
    attachments: Vec<Link>,
    link: Option<String>,
    captured_at: String,
    status: &'static str,
    /// Since when it is not where it was, or when its text changed.
    since: Option<String>,
    /// Since when its portal refuses to show its page.
    refused: Option<String>,
    /// Where it moved to, here or there.
    moved_to: Option<String>,
    versions: Vec<Row>,
    /// Copies, editions and citations, list by list.
    related: Vec<Related>,
    /// Whether it is one of several documents of its page.
    is_part: bool,
    /// The others.
    siblings: Vec<Sibling>,
}

/// Another document of the same page.
#[derive(Debug, Serialize)]
struct Sibling {
    id: String,
    title: String,
}

#[derive(Debug, Serialize)]
struct Row {
    label: String,
    text: String,
    /// Too long for half a line.
    is_long: bool,
}

impl Row {
    fn new(label: &str, text: String) -> Self {
        Self { label: label.to_owned(), is_long: text.chars().count() > LONG, text }
    }
}

#[derive(Debug, Serialize)]
struct Link {
    name: String,
    url: Option<String>,
    /// Kind and length, as far as known.
    facts: String,
    /// Why not all of it was read.
    error: Option<String>,
    pages: Vec<FilePage>,
}

#[derive(Debug, Serialize)]
struct FilePage {
    label: String,
    paragraphs: Vec<String>,
}

impl View {
    fn new(pages: &Pages, question: &Question, base: &str, reading: Reading) -> Self {
        let Reading { document, texts, versions, relations, siblings } = reading;
        let marks = texts.paragraphs.iter().flatten().filter(|segment| segment.hit).count();
        let asked = !question.q.trim().is_empty();
        Self {
            q: question.q.clone(),
            back: asked.then(|| question.link()),
            id: document.id.to_string(),
            json_ld: json_ld(&document, base),
            heading: document.title.value.clone(),
            title: pieces(texts.title),
            paragraphs: texts.paragraphs.into_iter().map(pieces).collect(),
            marks,
            rows: rows(pages, &document),
            evidence: evidence(pages, &document),
            attachments: document.attachments.iter().map(Link::of).collect(),
            link: document.url.as_deref().and_then(web_address),
            captured_at: dates::moment(document.captured_at),
            status: document.status.as_str(),
            since: since(&document),
            refused: document.refused_since().map(dates::moment),
            moved_to: document.standing.moved_to.as_ref().map(ToString::to_string),
            versions: if versions.len() > 1 {
                versions.iter().map(version).collect()
            } else {
                vec![]
            },
            related: related(pages, &document.id, relations),
            is_part: !document.part.is_empty(),
            siblings: siblings
                .into_iter()
                .map(|other| Sibling { id: other.id.to_string(), title: other.title.value })
                .collect(),
        }
    }
}

/// The date that goes with the status.
fn since(document: &Document) -> Option<String> {
    let standing = &document.standing;
    let at = match document.status {
        Status::Live | Status::Withheld => None,
        Status::Changed => standing.changed_at,
        Status::Suspected | Status::Removed | Status::Moved => standing.since,
    };
    at.map(dates::moment)
}

/// The status in a word, with its date.
fn status(pages: &Pages, document: &Document) -> String {
    let word = pages.glossary.word("status", document.status.as_str());
    match since(document) {
        Some(since) if document.status == Status::Changed => format!("{word}：{since}"),
        Some(since) => format!("{word}，{since}起"),
        None => word.to_owned(),
    }
}

impl Link {
    fn of(attachment: &crate::model::Attachment) -> Self {
        let url = web_address(&attachment.url);
        let name =
            if attachment.name.trim().is_empty() { &attachment.url } else { &attachment.name };
        let facts = attachment.file.as_ref().map(|file| {
            format!("{} {} KB", file.text.kind.as_str().to_uppercase(), file.bytes.div_ceil(1024))
        });
        let error = attachment.file.as_ref().and_then(|file| file.text.error.as_ref());
        let error = error.map(|_| match attachment.parts() {
            [] => "没有读出文字".to_owned(),
            _ => "只读出一部分文字".to_owned(),
        });
        let page = |part: &FilePart| FilePage {
            label: part.label.clone(),
            paragraphs: paragraphs(&part.text).map(str::to_owned).collect(),
        };
        let pages = attachment.parts().iter().map(page).collect();
        Self { name: name.clone(), url, facts: facts.unwrap_or_default(), error, pages }
    }
}

fn version(version: &VersionMark) -> Row {
    Row::new(&dates::moment(version.captured_at), version.title.clone())
}

/// What is known about the document; the first four are told even when unknown.
fn rows(pages: &Pages, document: &Document) -> Vec<Row> {
    fn of(sourced: Option<&Sourced<String>>) -> Option<String> {
        sourced.map(|sourced| sourced.value.clone())
    }
    let unknown = || Some(pages.glossary.word("site", "unknown").to_owned());
    let agencies = Some(document.agencies.join("、")).filter(|names| !names.is_empty());
    let date = |d: Option<&Sourced<_>>| d.map(|d| dates::date(d.value));
    let labels = Some(document.category_labels.join(" › ")).filter(|labels| !labels.is_empty());
    let known = [
        ("agency", agencies.or_else(unknown)),
        ("doc_no", document.doc_no.as_ref().map(|n| n.value.to_string()).or_else(unknown)),
        ("published_date", date(document.published_date.as_ref()).or_else(unknown)),
        ("written_date", date(document.written_date.as_ref()).or_else(unknown)),
        ("issuer", of(document.issuer.as_ref()).filter(|i| Some(i.as_str()) != document.agency())),
        ("report_year", document.report_year.as_ref().map(|y| format!("{}年", y.value))),
        ("category", Some(pages.category(document.category.value.as_str()).to_owned())),
        ("labels", labels),
        ("index_no", of(document.index_no.as_ref())),
        ("theme", of(document.theme.as_ref())),
        ("genre", of(document.genre.as_ref())),
        ("validity", of(document.validity.as_ref())),
        ("source", of(document.source.as_ref())),
        ("portal", document.portal.as_deref().map(|id| pages.portal(id).to_owned())),
        ("external_id", document.external_id().map(str::to_owned)),
        ("status", Some(status(pages, document))),
    ];
    let row = |(name, text): (&str, Option<String>)| {
        Some(Row::new(pages.glossary.word("field", name), text?))
    };
    known.into_iter().filter_map(row).collect()
}

/// Which place of the page gave each field.
fn evidence(pages: &Pages, document: &Document) -> Vec<Row> {
    fn of<T>(sourced: Option<&Sourced<T>>) -> Option<&Evidence> {
        sourced.map(|sourced| &sourced.evidence)
    }
    let fields = [
        ("title", Some(&document.title.evidence)),
        ("doc_no", of(document.doc_no.as_ref())),
        ("published_date", of(document.published_date.as_ref())),
        ("written_date", of(document.written_date.as_ref())),
        ("issuer", of(document.issuer.as_ref())),
        ("report_year", of(document.report_year.as_ref())),
        ("category", Some(&document.category.evidence)),
        ("index_no", of(document.index_no.as_ref())),
        ("theme", of(document.theme.as_ref())),
        ("genre", of(document.genre.as_ref())),
        ("validity", of(document.validity.as_ref())),
        ("source", of(document.source.as_ref())),
    ];
    let row = |(name, evidence): (&str, Option<&Evidence>)| {
        let (kind, what) = crate::serve::api::evidence_words(evidence?);
        let kind = pages.glossary.word("evidence", kind);
        let text = what.map_or_else(|| kind.to_owned(), |what| format!("{kind}：{what}"));
        Some(Row::new(pages.glossary.word("field", name), text))
    };
    fields.into_iter().filter_map(row).collect()
}
