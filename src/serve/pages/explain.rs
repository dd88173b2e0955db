//! `GET /explain`: why a document is listed for a question, or is not.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use serde::Serialize;

use crate::model::{Document, DocumentId, Status};
use crate::search::{DocumentPart, Explanation, Facet, LeafExplanation};
use crate::serve::app::App;
use crate::serve::pages::cards::document_link;
use crate::serve::pages::filters::{facet_title, label};
use crate::serve::pages::templates::Pages;
use crate::serve::parameters::pairs;
use crate::serve::problem::{NOT_FOUND, Problem};
use crate::serve::question::Question;

/// The address of the page that explains a document.
pub(super) fn explain_link(question: &Question, id: &DocumentId) -> String {
    format!("/explain?{}&id={id}", question.at_page(1).query())
}

/// The page that explains a document; `id` says which, the rest of the query is the question.
pub(super) async fn explain(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let (question, _) = Question::read(&query);
    let given = pairs(&query).0.into_iter().find(|(name, _)| name == "id");
    let Some(id) = given.and_then(|(_, id)| id.parse::<DocumentId>().ok()) else {
        return app.pages.failed(&Problem::new(&NOT_FOUND, "`id` is no document id"));
    };
    let request = question.request();
    let asked = app.blocking(move |library| {
        let found = library.document(&id).map_err(|error| Problem::internal(&error))?;
        let Some(document) = found.filter(|document| document.status != Status::Withheld) else {
            return Err(Problem::new(&NOT_FOUND, "there is no such document"));
        };
        Ok((document, library.explain(&request, &id)?))
    });
    match asked.await.map_err(Problem::from).and_then(|found| found) {
        Ok((document, told)) => {
            app.pages.page("explain.html", View::new(&app.pages, &question, &document, &told))
        }
        Err(problem) => app.pages.failed(&problem),
    }
}

#[derive(Debug, Serialize)]
struct View {
    q: String,
    title: String,
    link: String,
    back: String,
    is_listed: bool,
    is_indexed: bool,
    reading: String,
    leaves: Vec<Leaf>,
    /// Of a document that is not listed: what it lacks, or holds though it should not.
    failing: Vec<Failing>,
    /// Of a document that is not listed: the filters that keep it out.
    stopped_by: Vec<Stopped>,
    /// The same question without filters.
    unfiltered: Option<String>,
    /// Words that documents may lack in this list.
    missing_allowed: usize,
    parts_of_score: Vec<Part>,
}

/// One thing looked for.
#[derive(Debug, Serialize)]
struct Leaf {
    what: String,
    kind: String,
    wanted: bool,
    documents: u64,
    in_title: bool,
    held: bool,
}

/// A part of the question by which a document fails.
#[derive(Debug, Serialize)]
struct Failing {
    what: String,
    /// Whether it was wanted and is not there; else it is there and was not wanted.
    is_lacking: bool,
}

impl Failing {
    fn new(told: &str) -> Self {
        let unwanted = told.strip_prefix("NOT ");
        Self { what: unwanted.unwrap_or(told).to_owned(), is_lacking: unwanted.is_none() }
    }
}

/// A filter that keeps a document out.
#[derive(Debug, Serialize)]
struct Stopped {
    facet: String,
    /// What was chosen.
    chosen: String,
}

/// What adds to its place in the list.
#[derive(Debug, Serialize)]
struct Part {
    kind: String,
    what: String,
    /// Share of the whole, in hundredths.
    share: u64,
}

/// Parts of a score that are told; the rest is small.
const MOST_PARTS: usize = 8;

impl View {
    fn new(pages: &Pages, question: &Question, document: &Document, told: &Explanation) -> Self {
        let word = |section, word: &str| pages.glossary.word(section, word).to_owned();
        let leaf = |leaf: &LeafExplanation| Leaf {
            what: leaf.what.clone(),
            kind: word("leaf", leaf.kind),
            wanted: leaf.wanted,
            documents: leaf.documents,
            in_title: leaf.places.iter().any(|place| place.part == DocumentPart::Title),
            held: leaf.held,
        };
        let parts = told.parts.iter().take(MOST_PARTS).map(|part| Part {
            kind: word("score", part.kind),
            what: part.what.clone(),
            share: share(part.adds, told.score),
        });
        let stopped = |facet: &Facet| Stopped {
            facet: facet_title(pages, *facet),
            chosen: chosen(pages, question, *facet),
        };
        Self {
            failing: told.failing.iter().map(|told| Failing::new(told)).collect(),
            stopped_by: told.stopped_by.iter().map(stopped).collect(),
            unfiltered: question.is_filtered().then(|| unfiltered(question, document)),
            q: question.q.clone(),
            title: document.title.value.clone(),
            link: document_link(document.id.as_str(), &question.q),
            back: question.link(),
            is_listed: told.listed,
            is_indexed: told.indexed,
            reading: told.reading.clone(),
            leaves: told.leaves.iter().map(leaf).collect(),
            missing_allowed: told.missing_allowed,
            parts_of_score: parts.filter(|part| part.share > 0).collect(),
        }
    }
}

/// The values chosen of a facet, in words.
fn chosen(pages: &Pages, question: &Question, facet: Facet) -> String {
    let names = question.values(facet).iter().map(|value| label(pages, facet, value));
    names.collect::<Vec<String>>().join("、")
}

/// The same explanation for the question without its filters.
fn unfiltered(question: &Question, document: &Document) -> String {
    explain_link(&question.without_filters(), &document.id)
}

/// A part of a whole in hundredths, 0 to 100.
fn share(part: f32, whole: f32) -> u64 {
    let hundredths =
        if whole > 0.0 { (part / whole * 100.0).round().clamp(0.0, 100.0) } else { 0.0 };
    (0..=100).rev().find(|n: &u16| f32::from(*n) <= hundredths).map_or(0, u64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_hundredths() {
        assert_eq!(
            [share(1.0, 4.0), share(0.0, 0.0), share(9.0, 4.0), share(-1.0, 4.0)],
            [25, 0, 100, 0]
        );
    }
}
