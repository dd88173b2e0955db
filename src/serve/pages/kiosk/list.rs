//! Lists of documents on the kiosk: cards that are touched as a whole.

use serde::Serialize;

use crate::model::{Document, Status};
use crate::search::{Answer, FARTHEST_HIT, Hit, Segment};
use crate::serve::dates;
use crate::serve::pages::kiosk::link;
use crate::serve::pages::templates::Pages;
use crate::serve::question::Question;

/// One document of a list.
#[derive(Debug, Serialize)]
pub(super) struct Card {
    link: String,
    title: Vec<Part>,
    facts: String,
    /// Why it is no longer where it was.
    gone: Option<String>,
    passage: Vec<Part>,
    missing: String,
}

/// A piece of text, marked where the question matches.
#[derive(Debug, Serialize)]
pub(super) struct Part {
    text: String,
    hit: bool,
}

/// Segments for a template.
pub(super) fn parts(segments: Vec<Segment>) -> Vec<Part> {
    segments.into_iter().map(|segment| Part { text: segment.text, hit: segment.hit }).collect()
}

/// The pages before and after.
#[derive(Debug, Serialize)]
pub(super) struct Turns {
    number: usize,
    last: usize,
    previous: Option<String>,
    next: Option<String>,
}

impl Card {
    fn new(pages: &Pages, back: &str, hit: Hit) -> Self {
        let facts = facts(pages, &hit.document);
        let gone = matches!(hit.document.status, Status::Removed | Status::Moved)
            .then(|| pages.glossary.word("badge", hit.document.status.as_str()).to_owned());
        Self {
            link: document_link(hit.document.id.as_str(), back),
            title: parts(hit.title),
            facts,
            gone,
            passage: parts(hit.snippets.into_iter().next().map(|p| p.segments).unwrap_or_default()),
            missing: hit.missing.join("、"),
        }
    }
}

/// The cards of an answer; from a document one goes `back` to an address of the kiosk.
pub(super) fn cards(pages: &Pages, back: &str, hits: Vec<Hit>) -> Vec<Card> {
    hits.into_iter().map(|hit| Card::new(pages, back, hit)).collect()
}

/// The pages around the one that is shown.
pub(super) fn turns(question: &Question, answer: &Answer) -> Turns {
    let reachable = usize::try_from(answer.total).unwrap_or(usize::MAX).min(FARTHEST_HIT);
    let last = reachable.div_ceil(question.size).max(1);
    let number = question.page;
    let at = |page: usize| link(&question.at_page(page));
    Turns {
        number,
        last,
        previous: (number > 1).then(|| at((number - 1).min(last))),
        next: (number < last).then(|| at(number + 1)),
    }
}

/// Agency, date and number in one line.
pub(super) fn facts(pages: &Pages, document: &Document) -> String {
    let date = document.published_date.as_ref().or(document.written_date.as_ref());
    let facts = [
        document.agency().map(str::to_owned),
        date.map(|date| dates::date(date.value)),
        document.doc_no.as_ref().map(|number| number.value.to_string()),
        document.portal.as_deref().map(|id| pages.portal(id).to_owned()),
    ];
    facts.into_iter().flatten().collect::<Vec<_>>().join("　")
}

/// The kiosk's address of a document, and where one came from.
fn document_link(id: &str, back: &str) -> String {
    let query = back.split_once('?').map_or("", |(_, query)| query);
    let from = if back.starts_with("/kiosk/reports") { "from=reports&" } else { "" };
    format!("/kiosk/document/{id}?{from}{query}")
}
