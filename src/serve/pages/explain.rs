//! `GET /explain`: why a document is listed for a question, or is not.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use serde::Serialize;

use crate::model::{Document, DocumentId, Status};
use crate::search::{DocumentPart, Explanation, LeafExplanation};
use crate::serve::app::App;
use crate::serve::pages::cards::document_link;
use crate::serve::pages::templates::Pages;
use crate::serve::parameters::pairs;
use crate::serve::problem::{NOT_FOUND, Problem};
use crate::serve::question::Question;

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
        Self {
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
