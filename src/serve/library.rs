//! What the service needs from the parts that hold documents; wired by the command, doubled by tests.

use crate::catalogue::{FigureQuery, FigureRow, Holding, Report};
use crate::figures::{CompareQuestion, Comparison, Ledger, LedgerQuestion};
use crate::model::{Attachment, Check, Document, DocumentId, Moment, Relations, paragraphs};
use crate::search::{Answer, Candidate, Explanation, Refused, Request, Segment};

/// The documents behind the service. Every call may block: the service sends it through its gateway.
pub trait Library: Send + Sync + 'static {
    /// Answers a question.
    fn search(&self, request: &Request) -> Result<Answer, Refused>;

    /// Explains how a document stands to a question.
    fn explain(&self, request: &Request, id: &DocumentId) -> Result<Explanation, Refused>;

    /// Suggests how to go on from what is being typed, at most `size` suggestions.
    fn suggest(&self, typed: &str, size: usize) -> Result<Vec<Suggested>, Refused>;

    /// What letters of pinyin may stand for, the likeliest first.
    fn candidates(&self, typed: &str) -> Result<Vec<Candidate>, Refused>;

    /// Returns a document; the service hides withheld ones itself.
    fn document(&self, id: &DocumentId) -> anyhow::Result<Option<Document>>;

    /// Lists the versions of a document, oldest first.
    fn versions(&self, id: &DocumentId) -> anyhow::Result<Vec<VersionMark>>;

    /// Tells what a document has to do with others; withheld ones are not among them.
    fn relations(&self, id: &DocumentId) -> anyhow::Result<Relations>;

    /// Returns a version of a document with its text; `None` where there is none of that number.
    fn version(
        &self,
        id: &DocumentId,
        number: usize,
    ) -> anyhow::Result<Option<(VersionMark, String)>>;

    /// The other documents of the page that a document is a part of; none when it is all of it.
    fn siblings(&self, document: &Document) -> anyhow::Result<Vec<Document>>;

    /// Cuts a document's title and paragraphs where a query (`syntax=simple`) matches them.
    ///
    /// Joined, the segments of each entry are the text that was given.
    fn highlight(&self, query: &str, document: &Document) -> Highlighted;

    /// Says who reported on which year, as of now.
    fn ledger(&self, question: &LedgerQuestion) -> anyhow::Result<Ledger>;

    /// Compares agencies.
    fn compare(&self, question: &CompareQuestion) -> anyhow::Result<Comparison>;

    /// The figures that are wanted, by metric, agency, year and document; none of withheld reports.
    fn figures(&self, wanted: &FigureQuery) -> anyhow::Result<Vec<FigureRow>>;

    /// What was read from an annual report; `None` for other documents and withheld ones.
    fn report(&self, id: &DocumentId) -> anyhow::Result<Option<Report>>;

    /// What the reports of the year before say about one.
    fn across_years(&self, report: &Report) -> anyhow::Result<Vec<Check>>;

    /// How much is held of each portal, region and year.
    fn holdings(&self) -> anyhow::Result<Vec<Holding>>;

    /// What an agency was before and became, by its plain name.
    fn renames(&self, agency: &str) -> Renames;

    /// Says how the library is.
    fn health(&self) -> Health;
}

/// Something that someone may be typing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggested {
    /// What it is: `number`, `agency`, `word`, `title`.
    pub kind: &'static str,
    /// What to search for.
    pub text: String,
    /// With a title, the document that bears it.
    pub id: Option<DocumentId>,
}

/// One version of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionMark {
    /// Its number, from 1.
    pub number: usize,
    /// When it was captured first.
    pub captured_at: Moment,
    /// Its title.
    pub title: String,
    /// SHA-256 of its text, in hexadecimal.
    pub digest: String,
}

/// A document's texts, cut where a query matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Highlighted {
    /// The title.
    pub title: Vec<Segment>,
    /// The paragraphs, in order (see [`crate::model::paragraphs`]).
    pub paragraphs: Vec<Vec<Segment>>,
    /// The paragraphs of each part of each attachment, in the same way.
    pub files: Vec<Vec<Vec<Vec<Segment>>>>,
}

impl Highlighted {
    /// The texts of a document with nothing matched.
    pub fn plain(document: &Document) -> Self {
        let whole = |text: &str| vec![Segment { text: text.to_owned(), hit: false }];
        let all = |text: &str| paragraphs(text).map(whole).collect();
        let file = |attachment: &Attachment| {
            attachment.parts().iter().map(|part| all(&part.text)).collect()
        };
        Self {
            title: whole(&document.title.value),
            paragraphs: all(&document.text),
            files: document.attachments.iter().map(file).collect(),
        }
    }
}

/// What an agency was before and became, as the curated list of agencies says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renames {
    /// Agencies it continues.
    pub before: Vec<String>,
    /// Agencies that continue it, the next one first.
    pub after: Vec<String>,
}

/// How the library is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Documents that can be found.
    pub documents: u64,
    /// Name of the index generation that serves; `None` when there is none yet.
    pub index_generation: Option<String>,
    /// What is wrong, for the operator, in English; empty when nothing is.
    pub reasons: Vec<String>,
}
