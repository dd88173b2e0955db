//! `GET /document/{id}`: one document, readable, with where each field comes from.

mod blocks;
mod facts;
mod files;

use std::collections::HashSet;
use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State, rejection::PathRejection},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use serde::Serialize;

use crate::export::Citation;
use crate::model::{Document, DocumentId, Relations, Status, china_day};
use crate::search::{MOST_CHARACTERS, Similar};
use crate::serve::api::web_address;
use crate::serve::app::App;
use crate::serve::dates;
use crate::serve::feeds::json_ld::json_ld;
use crate::serve::library::{Highlighted, Library, VersionMark};
use crate::serve::pages::cards::{self, is_over};
use crate::serve::pages::document::blocks::{Block, Counter, blocks};
use crate::serve::pages::document::facts::{Row, brief, evidence, rows, since};
use crate::serve::pages::document::files::File;
use crate::serve::pages::explain::explain_link;
use crate::serve::pages::relations::{Related, RelatedLink, related};
use crate::serve::problem::{NOT_FOUND, Problem};
use crate::serve::public::{base, document_address, lasting_address};
use crate::serve::qr::{Code, code};
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
            app.pages.page("document.html", View::new(&app, &question, &base, reading))
        }
        Ok(None) => app.pages.failed(&Problem::new(&NOT_FOUND, "there is no such document")),
        Err(problem) => app.pages.failed(&problem),
    }
}

struct Reading {
    document: Document,
    texts: Highlighted,
    versions: Vec<VersionMark>,
    relations: Relations,
    siblings: Vec<Document>,
    similar: Vec<Similar>,
    /// How many figures were read from it, where it is an annual report.
    figures: usize,
}

/// Documents like this one that are named.
const SIMILAR: usize = 6;

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
    let similar = similar(library, &document, &relations, &siblings);
    let report = if document.report_year.is_some() { library.report(id)? } else { None };
    let known = |report: crate::catalogue::Report| {
        report.figures.figures.iter().filter(|figure| figure.value.is_some()).count()
    };
    let figures = report.map_or(0, known);
    Ok(Some(Reading { document, texts, versions, relations, siblings, similar, figures }))
}

/// The documents most like this one that are in no other list of its page; none where the index cannot tell.
fn similar(
    library: &dyn Library,
    document: &Document,
    relations: &Relations,
    siblings: &[Document],
) -> Vec<Similar> {
    let group = relations.group.iter().flat_map(|group| &group.members.first);
    let editions = relations.amends.first.iter().chain(&relations.amended_by.first);
    let listed: HashSet<&DocumentId> = group
        .map(|(relative, _)| &relative.id)
        .chain(editions.map(|relative| &relative.id))
        .chain(siblings.iter().map(|sibling| &sibling.id))
        .collect();
    let mut found = library.similar(document, SIMILAR + listed.len()).unwrap_or_default();
    found.retain(|similar| !listed.contains(&similar.document.id));
    found.truncate(SIMILAR);
    found
}

#[derive(Debug, Serialize)]
struct View {
    q: String,
    back: Option<String>,
    /// The page that says why it is listed for the question one came from, or is not.
    why: Option<String>,
    id: String,
    /// Data for other programs (`json_ld.html`).
    json_ld: String,
    heading: String,
    title: Vec<cards::Piece>,
    text: Vec<Block>,
    /// Matches in the text, and in text and attachments.
    marks: usize,
    all_marks: usize,
    /// Agency, number and date in one line, for screens where the record stands behind the text.
    brief: Vec<String>,
    rows: Vec<Row>,
    evidence: Vec<Row>,
    files: Vec<File>,
    link: Option<String>,
    captured_at: String,
    status: &'static str,
    /// The note that it is no longer in force, as printed.
    repealed: Option<String>,
    /// Since when it is not where it was, or when its text changed.
    since: Option<String>,
    /// Since when its portal refuses to show its page.
    refused: Option<String>,
    /// Where it moved to, here or there.
    moved_to: Option<String>,
    /// The versions, where there are several.
    versions: Vec<Row>,
    /// Digest of the text.
    digest: Option<String>,
    /// Copies, editions and citations, list by list.
    related: Vec<Related>,
    /// Whether it is one of several documents of its page.
    is_part: bool,
    /// The others.
    siblings: Vec<Sibling>,
    /// Documents like it.
    similar: Vec<RelatedLink>,
    figures: usize,
    /// How it is cited (GB/T 7714).
    citation: String,
    /// Where the printed page leads: to our copy where the service has a public address, else to the source.
    address: Option<String>,
    code: Option<Code>,
    /// The day of the capture, for the printed foot.
    captured_on: String,
}

/// Another document of the same page.
#[derive(Debug, Serialize)]
struct Sibling {
    id: String,
    title: String,
}

impl View {
    fn new(app: &App, question: &Question, base: &str, reading: Reading) -> Self {
        let Reading { document, texts, versions, relations, siblings, similar, figures } = reading;
        let pages = &app.pages;
        let mut counter = Counter::default();
        let text = blocks(texts.paragraphs, &document.tables, &mut counter);
        let marks = counter.count();
        let files = document.attachments.iter().zip(texts.files);
        let files = files.map(|(file, texts)| File::new(file, texts, &mut counter)).collect();
        let link = document.url.as_deref().and_then(web_address);
        let address = lasting_address(app.public_url.as_ref(), &document);
        let validity = document.validity.as_ref().map(|validity| validity.value.clone());
        let asked = !question.q.trim().is_empty();
        Self {
            q: question.q.clone(),
            back: asked.then(|| question.link()),
            why: asked.then(|| explain_link(question, &document.id)),
            id: document.id.to_string(),
            json_ld: json_ld(&document, base),
            heading: document.title.value.clone(),
            title: cards::pieces(texts.title),
            text,
            marks,
            all_marks: counter.count(),
            brief: brief(&document),
            rows: rows(pages, &document),
            evidence: evidence(pages, &document),
            files,
            captured_at: dates::moment(document.captured_at),
            status: document.status.as_str(),
            repealed: validity.filter(|said| is_over(said)),
            since: since(&document),
            refused: document.refused_since().map(dates::moment),
            moved_to: document.standing.moved_to.as_ref().map(ToString::to_string),
            digest: versions.last().map(|version| version.digest.clone()),
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
            similar: similar.iter().map(|like| RelatedLink::to(pages, &like.document)).collect(),
            figures,
            citation: citation(app, &document).gbt7714(),
            code: address.as_deref().and_then(code),
            address,
            captured_on: china_day(document.captured_at).to_string(),
            link,
        }
    }
}

fn version(version: &VersionMark) -> Row {
    Row::new(&dates::moment(version.captured_at), version.title.clone())
}

/// How a document is cited: by its source, else by our copy where others can reach it.
pub(super) fn citation(app: &App, document: &Document) -> Citation {
    let source = document.url.as_deref().and_then(web_address);
    let copy = || document_address(app.public_url.as_ref(), document.id.as_str());
    let site = document.portal.as_deref().map(|id| app.pages.portal(id).to_owned());
    Citation::of(document, site, source.or_else(copy))
}
