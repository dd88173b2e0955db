//! What the service needs from the parts that hold documents; wired by the command, doubled by tests.

use crate::analysis::Diff;
use crate::catalogue::{Changed, ChangesWanted, FigureQuery, Holding, Places, Report};
use crate::figures::{CompareQuestion, Comparison, Ledger, LedgerQuestion};
use crate::model::{Attachment, Check, Document, DocumentId, Moment, Relations, paragraphs};
use crate::search::{Answer, Candidate, Explanation, Refused, Request, Segment, Similar};

/// The documents behind the service. Every call may block: the service sends it through its gateway.
pub trait Library: Changes {
    /// Answers a question.
    fn search(&self, request: &Request) -> Result<Answer, Refused>;

    /// Every document that a question lists, in its order: as many as [`Answer::total`]. Page and size do not matter.
    fn all(&self, request: &Request) -> Result<Found, Refused>;

    /// The first document of a document's group; `None` when it is alone.
    fn leader(&self, id: &DocumentId) -> anyhow::Result<Option<DocumentId>>;

    /// Explains why a document is an answer to a question, or is none.
    fn explain(&self, request: &Request, id: &DocumentId) -> Result<Explanation, Refused>;

    /// The documents most like one, at most `size`, best first.
    fn similar(&self, document: &Document, size: usize) -> Result<Vec<Similar>, Refused>;

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

    /// Compares two texts of a document.
    fn diff(&self, old: &str, new: &str) -> Diff;

    /// Every answer kept of a document's page, oldest first; none of a document that was imported.
    fn captures(&self, document: &Document) -> anyhow::Result<Vec<CaptureMark>>;

    /// The other documents of the page that a document is a part of; none when it is all of it.
    fn siblings(&self, document: &Document) -> anyhow::Result<Vec<Document>>;

    /// Cuts a document's title and paragraphs where a query (`syntax=simple`) matches them.
    ///
    /// Joined, the segments of each entry are the text that was given.
    fn highlight(&self, query: &str, document: &Document) -> Highlighted;

    /// Says who reported on which year, as of now.
    fn ledger(&self, question: &LedgerQuestion) -> anyhow::Result<Ledger>;

    /// Compares agencies; `None` when that gives more than `most` values, which is known before they are read.
    fn compare(
        &self,
        question: &CompareQuestion,
        most: usize,
    ) -> anyhow::Result<Option<Comparison>>;

    /// How many figures are wanted at most; without a metric, those of all.
    fn count_figures(&self, wanted: &FigureQuery) -> anyhow::Result<u64>;

    /// The reports of agencies and years, by agency, year and document; none that is withheld.
    fn reports(&self, wanted: &FigureQuery) -> anyhow::Result<Vec<DocumentId>>;

    /// What was read from an annual report; `None` for other documents and withheld ones.
    fn report(&self, id: &DocumentId) -> anyhow::Result<Option<Report>>;

    /// What other reports say about one: that of the year before, and those of the departments of a government.
    fn across_years(&self, report: &Report) -> anyhow::Result<Vec<Check>>;

    /// How much is held of each portal, region and year.
    fn holdings(&self) -> anyhow::Result<Vec<Holding>>;

    /// What an agency was before and became, by its plain name.
    fn renames(&self, agency: &str) -> Renames;

    /// Says how the library is.
    fn health(&self) -> Health;
}

/// Documents one after the other, their number known.
pub type Found = Box<dyn ExactSizeIterator<Item = anyhow::Result<DocumentId>>>;

/// What other programs follow: what changed, and when. Every call may block.
pub trait Changes: Send + Sync + 'static {
    /// The time.
    fn now(&self) -> Moment;

    /// The changes that are wanted, in their order.
    fn changes(&self, wanted: &ChangesWanted) -> anyhow::Result<Vec<Changed>>;

    /// The last change of a document; `None` where there never was one of this id.
    fn last_change_of(&self, id: &DocumentId) -> anyhow::Result<Option<Changed>>;

    /// When the first change was seen.
    fn first_change_at(&self) -> anyhow::Result<Option<Moment>>;

    /// The documents of a part of all rows.
    fn places(&self, part: usize, rows_of_a_part: usize) -> anyhow::Result<Places>;

    /// How many parts of so many rows there are.
    fn parts_of_places(&self, rows_of_a_part: usize) -> anyhow::Result<usize>;
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

/// One answer of a page, as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureMark {
    /// When it came.
    pub at: Moment,
    /// Its status code.
    pub status: u16,
    /// Digest of its payload as stored, with the name of the algorithm.
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
