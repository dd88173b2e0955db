//! A hit as a card of the list.

use serde::Serialize;

use crate::model::{Document, Status};
use crate::search::{Hit, NumberRole, Passage, Segment};
use crate::serve::dates;
use crate::serve::pages::explain::explain_link;
use crate::serve::pages::templates::Pages;
use crate::serve::question::Question;

/// What a card shows.
#[derive(Debug, Serialize)]
pub(super) struct Card {
    link: String,
    title: Vec<Piece>,
    facts: Vec<Fact>,
    badges: Vec<Badge>,
    snippets: Vec<Snippet>,
    missing: String,
    /// Documents with the same text that are folded under it.
    copies: u64,
    /// The page that says why it is listed.
    why: Option<String>,
}

#[derive(Debug, Serialize)]
struct Badge {
    kind: &'static str,
    text: String,
}

/// A piece of text, marked where the query matches.
#[derive(Debug, Serialize)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) hit: bool,
}

#[derive(Debug, Serialize)]
struct Fact {
    name: &'static str,
    text: String,
}

/// A passage, and the file it stands in.
#[derive(Debug, Serialize)]
struct Snippet {
    pieces: Vec<Piece>,
    place: Option<String>,
}

impl Snippet {
    fn of(passage: Passage) -> Self {
        let place =
            passage.place.map(|place| format!("附件《{}》{}", place.attachment, place.page));
        Self { pieces: pieces(passage.segments), place }
    }
}

impl Card {
    pub(super) fn new(pages: &Pages, question: &Question, hit: Hit) -> Self {
        let document = hit.document;
        let asked = !question.q.trim().is_empty();
        let why = asked.then(|| explain_link(question, &document.id));
        let is_title = |passage: &Passage| text_of(&passage.segments) == document.title.value;
        let told = hit.snippets.into_iter().filter(|passage| !is_title(passage));
        Self {
            link: document_link(document.id.as_str(), &question.q),
            title: pieces(hit.title),
            facts: facts(pages, &document),
            badges: badges(pages, &document, hit.number),
            snippets: told.map(Snippet::of).collect(),
            missing: hit.missing.join("、"),
            copies: hit.copies.total,
            why,
        }
    }

    /// A document of a list that nobody asked a question for.
    pub(super) fn plain(pages: &Pages, document: &Document) -> Self {
        Self {
            link: document_link(document.id.as_str(), ""),
            title: vec![Piece { text: document.title.value.clone(), hit: false }],
            facts: facts(pages, document),
            badges: badges(pages, document, None),
            snippets: Vec::new(),
            missing: String::new(),
            copies: 0,
            why: None,
        }
    }
}

fn facts(pages: &Pages, document: &Document) -> Vec<Fact> {
    let date = document.published_date.as_ref().or(document.written_date.as_ref());
    let year = document.year().filter(|_| document.report_year.is_some() || date.is_none());
    let facts = [
        ("agency", document.agency().map(str::to_owned)),
        ("date", date.map(|date| dates::date(date.value))),
        ("doc_no", document.doc_no.as_ref().map(|number| number.value.to_string())),
        ("category", Some(pages.category(document.category.value.as_str()).to_owned())),
        ("year", year.map(|year| format!("{year}年"))),
    ];
    facts.into_iter().filter_map(|(name, text)| Some(Fact { name, text: text? })).collect()
}

/// What is to be known before one reads: its fate, whether it is in force, how it stands to a number, what it holds.
fn badges(pages: &Pages, document: &Document, number: Option<NumberRole>) -> Vec<Badge> {
    let word = |kind: &'static str| (kind, pages.glossary.word("badge", kind).to_owned());
    let fate = match document.status {
        Status::Removed => Some(word("removed")),
        Status::Moved => Some(word("moved")),
        _ => None,
    };
    let validity = document.validity.as_ref().map(|validity| validity.value.trim());
    let repealed = validity.filter(|said| is_over(said)).map(|said| ("repealed", said.to_owned()));
    let number = match number {
        Some(NumberRole::Bears) => Some(word("bears")),
        Some(NumberRole::Cites) => Some(word("cites")),
        None => None,
    };
    let report = document.report_year.is_some().then(|| word("report"));
    let files = document.attachments.len();
    let files = (files > 0).then(|| ("files", format!("{} {files}", word("files").1)));
    let all = [fate, repealed, number, report, files];
    all.into_iter().flatten().map(|(kind, text)| Badge { kind, text }).collect()
}

/// Whether a note on validity says that a document is no longer in force.
pub(super) fn is_over(validity: &str) -> bool {
    ["废止", "失效", "无效", "停止执行"].iter().any(|word| validity.contains(word))
}

/// The address of a document's page that marks what the query matches.
pub(super) fn document_link(id: &str, query: &str) -> String {
    if query.trim().is_empty() {
        return format!("/document/{id}");
    }
    let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    format!("/document/{id}?q={query}")
}

fn text_of(segments: &[Segment]) -> String {
    segments.iter().map(|segment| segment.text.as_str()).collect()
}

/// Segments for a template.
pub(super) fn pieces(segments: Vec<Segment>) -> Vec<Piece> {
    segments.into_iter().map(|s| Piece { text: s.text, hit: s.hit }).collect()
}
