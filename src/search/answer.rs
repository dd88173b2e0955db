//! What an answer holds.

use crate::model::{Document, DocumentId, Excerpt};
use crate::search::facet::PerFacet;

/// Where the documents of hits are read from: the catalogue, joined in by the caller.
pub trait Texts: Sync {
    /// The document of an id; `None` when it is no longer held.
    fn document(&self, id: &DocumentId) -> anyhow::Result<Option<Document>>;
}

/// The answer to a [`crate::search::Request`].
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Documents listed, on all pages.
    pub total: u64,
    /// Documents that hold everything that was asked for, each word in one of its ways; less than `total` when fewer words
    /// were enough.
    pub total_all_words: u64,
    /// Hits on all pages where copies are folded under one; `None` where each document is a hit.
    pub total_groups: Option<u64>,
    /// The hits of the page.
    pub hits: Vec<Hit>,
    /// Counts beside the values of each facet.
    pub facets: Facets,
    /// What was done with the question.
    pub notes: Vec<Note>,
    /// The steps by which more is listed than was asked for, in their order; none where all hits hold everything.
    pub relaxed: Vec<Relaxed>,
}

impl Answer {
    /// How many hits there are to page through.
    pub fn lines(&self) -> u64 {
        self.total_groups.unwrap_or(self.total)
    }
}

/// A step that helps a question which finds too little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relaxed {
    /// No document has or names such a number: it was read as words.
    NumberAsWords,
    /// Too few documents hold all words: others lack some.
    FewerWords,
}

impl Relaxed {
    /// Its name in the interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NumberAsWords => "number_as_words",
            Self::FewerWords => "fewer_words",
        }
    }
}

/// One document of the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The document.
    pub document: Document,
    /// How well it fits; comparable within one answer only. 0 when sorted by day.
    pub score: f32,
    /// Its title, with what matched.
    pub title: Vec<Segment>,
    /// Passages of its text and its files: the best ones, in order of the text.
    pub snippets: Vec<Passage>,
    /// Words of the question that it does not hold in any of their ways.
    pub missing: Vec<String>,
    /// How it stands to the document number that was asked for.
    pub number: Option<NumberRole>,
    /// The other documents listed that are folded under it, best first: copies of its text, other forms of its report.
    pub copies: Excerpt<DocumentId>,
}

/// A passage of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The passage, with what matched.
    pub segments: Vec<Segment>,
    /// The file it stands in; `None` for the text of the document itself.
    pub place: Option<FilePlace>,
}

/// A place in a file of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePlace {
    /// Name of the attachment.
    pub attachment: String,
    /// Page, sheet or member, as people are told it; empty where the file has none.
    pub page: String,
}

/// A piece of original text; pieces beside each other make up the whole passage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The text as published.
    pub text: String,
    /// Whether it is what was asked for.
    pub hit: bool,
}

/// How a document stands to a document number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberRole {
    /// The number is its own.
    Bears,
    /// Its text names the number.
    Cites,
}

/// The counts of all facets: trees by path, years latest first, the others most frequent first; of these at most
/// [`crate::search::MOST_VALUES`] and the selected ones.
pub type Facets = PerFacet<Vec<FacetCount>>;

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetCount {
    /// The value; [`crate::search::UNKNOWN`] for documents without one.
    pub value: String,
    /// How many hits there would be if it were the only selected value of its facet, all other filters as they are.
    pub count: u64,
    /// Whether it is selected.
    pub selected: bool,
    /// Of an agency: code of the region it serves, where its name tells.
    pub region: Option<String>,
}

/// What was done with a question, for the asker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Signs that stood wrong and were passed over.
    SignsIgnored(Vec<String>),
    /// Words that ask but name nothing were dropped.
    QuestionWordsDropped(Vec<String>),
    /// Read as document numbers, in their normal form.
    ReadAsNumber(Vec<String>),
    /// Read as document numbers, and no document has or names them all.
    NumberNotFound(Vec<String>),
    /// Might have been document numbers, but no document has or names one: read as words.
    NumberReadAsWords(Vec<String>),
    /// What was typed occurs nowhere; what was looked for in its place: 烟花暴竹 → 烟花爆竹.
    Corrected(Vec<String>),
    /// What may have been meant, to ask instead.
    DidYouMean(Vec<String>),
    /// Words that were looked for in other ways too, each with these: 低保 → 最低生活保障.
    Widened(Vec<String>),
    /// Fewer than twenty documents hold all words; documents that lack up to so many, lone characters aside, are listed
    /// too.
    FewerWords(usize),
}
