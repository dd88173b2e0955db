//! What is answered.

use crate::model::Document;

/// Ranked hits with counts.
#[derive(Debug, Default)]
pub struct Answer {
    /// Documents listed.
    pub total: u64,
    /// Of them, those that hold every word.
    pub total_all_words: u64,
    /// The hits of the page.
    pub hits: Vec<Hit>,
    /// Counts beside filter values.
    pub facets: Facets,
    /// What was done to the query.
    pub notes: Vec<Note>,
}

/// One document found.
#[derive(Debug)]
pub struct Hit {
    /// The document.
    pub document: Document,
    /// Its score.
    pub score: f32,
    /// Its title, cut where words match.
    pub title: Vec<Segment>,
    /// Passages that match.
    pub snippets: Vec<Vec<Segment>>,
    /// Words it lacks.
    pub missing: Vec<String>,
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// As it stands in the document.
    pub text: String,
    /// Whether the query matched it.
    pub hit: bool,
}

/// Counts for each facet.
#[derive(Debug, Default)]
pub struct Facets {
    /// By category path.
    pub category: Vec<FacetCount>,
    /// By year.
    pub year: Vec<FacetCount>,
    /// By agency.
    pub agency: Vec<FacetCount>,
    /// By portal.
    pub portal: Vec<FacetCount>,
}

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetCount {
    /// The value, or `unknown`.
    pub value: String,
    /// Hits if it were the only value chosen.
    pub count: u64,
    /// Whether the request names it.
    pub selected: bool,
}

/// Something done to the query that the reader should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note(pub String);
