//! What may be asked, and the reasons for which an answer is refused.

use std::{str::FromStr, time::Duration};

use crate::search::facet::{Facet, PerFacet};

/// The longest question, in characters.
pub const MOST_CHARACTERS: usize = 500;
/// The most leaves of a question: runs, quoted strings, document numbers.
pub const MOST_LEAVES: usize = 64;
/// How deep parentheses and negations may stand in each other.
pub const MOST_DEPTH: usize = 8;
/// The most words that one with `*` at its end may stand for.
pub const MOST_WORDS: usize = 1_000;
/// The last hit that page and size can reach.
pub const FARTHEST_HIT: usize = 10_000;
/// How long an answer may take.
pub const DEADLINE: Duration = Duration::from_secs(2);
/// The value of a facet and a filter that stands for documents without a value.
pub const UNKNOWN: &str = "unknown";

/// One question with its filters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What was typed; empty asks for every document.
    pub query: String,
    /// How it is read.
    pub syntax: Syntax,
    /// Whether words of a `simple` question are also looked for in other ways, and slips of typing corrected rather than
    /// only asked about; `strict` ones never are.
    pub widen: bool,
    /// What the hits must have.
    pub filters: Filters,
    /// Of one facet, only the values whose name holds a text are listed.
    pub facet_query: Option<FacetQuery>,
    /// Whether copies of one text are listed each, or folded under one.
    pub group: Grouping,
    /// In which order they come.
    pub sort: Sort,
    /// Which page, from 1.
    pub page: usize,
    /// Hits on a page, 1 to 100; 0 asks for counts only.
    pub size: usize,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            query: String::new(),
            syntax: Syntax::Simple,
            widen: true,
            filters: Filters::default(),
            facet_query: None,
            group: Grouping::Off,
            sort: Sort::Relevance,
            page: 1,
            size: 10,
        }
    }
}

/// What is looked for among the values of one facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetQuery {
    /// Which facet.
    pub facet: Facet,
    /// What the name of a value must hold, in any spelling of its characters.
    pub text: String,
}

impl FromStr for FacetQuery {
    type Err = String;

    /// Reads `agency:财政`: the name of a facet, `:`, at most 100 characters.
    fn from_str(typed: &str) -> Result<Self, String> {
        let read = typed.split_once(':').and_then(|(name, text)| {
            let fits = !text.trim().is_empty() && text.chars().count() <= 100;
            let facet = Facet::named(name).filter(|_| fits)?;
            Some(Self { facet, text: text.to_owned() })
        });
        read.ok_or_else(|| "the name of a filter, `:`, and a part of its values' names".to_owned())
    }
}

/// How a question is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Syntax {
    /// As people type: never fails on its form, widens words, and helps when too little is found.
    #[default]
    Simple,
    /// Pure set algebra: nothing is added to what was typed; a mistake in its form is refused.
    Strict,
}

/// Whether documents that belong together are listed each for itself. Counts and facets are of documents in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    /// Each document is a hit.
    #[default]
    Off,
    /// Copies of one text and forms of one report are one hit, the best of them; and hits that fit equally well take turns
    /// by agency.
    Near,
}

/// The order of hits; equal ones come newest first, then by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Best first; without a question, newest first.
    #[default]
    Relevance,
    /// By published day, latest first; unknown days last.
    Newest,
    /// By published day, earliest first; unknown days last.
    Oldest,
}

/// Values that hits must have: one of each facet that has any. [`UNKNOWN`] means documents without a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters(PerFacet<Vec<String>>);

impl Filters {
    /// The values of one facet of which a hit must have one; any will do where there are none.
    pub fn of(&self, facet: Facet) -> &[String] {
        self.0.of(facet)
    }

    /// The values of one facet, to be changed.
    pub fn of_mut(&mut self, facet: Facet) -> &mut Vec<String> {
        self.0.of_mut(facet)
    }

    /// The same filters with these values of one facet; years may be spans such as `2011..2015`.
    #[must_use]
    pub fn with(mut self, facet: Facet, values: Vec<String>) -> Self {
        *self.of_mut(facet) = values;
        self
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The question is longer than [`MOST_CHARACTERS`].
    #[error("the query has {found} characters; at most {MOST_CHARACTERS} are allowed")]
    TooLong {
        /// Its length in characters.
        found: usize,
    },
    /// The question has more than [`MOST_LEAVES`] leaves.
    #[error("the query has {found} words and phrases; at most {MOST_LEAVES} are allowed")]
    TooManyLeaves {
        /// How many it has.
        found: usize,
    },
    /// Parentheses or negations stand deeper than [`MOST_DEPTH`] in each other.
    #[error("parentheses and negations are nested deeper than {MOST_DEPTH}")]
    TooDeep,
    /// A word with `*` at its end stands for more than [`MOST_WORDS`] words.
    #[error("`{stem}*` stands for more than {MOST_WORDS} words")]
    TooManyWords {
        /// The word without its `*`.
        stem: String,
    },
    /// A question in `strict` syntax has a mistake in its form.
    #[error("at character {at}: expected {expected}")]
    Syntax {
        /// Where, in characters from 0; the length of the question when something is missing at its end.
        at: usize,
        /// What would have been right.
        expected: &'static str,
    },
    /// A filter has a value that it cannot have.
    #[error("`{value}` is no {facet}: expected {expected}")]
    Filter {
        /// Which filter.
        facet: &'static str,
        /// What was given.
        value: String,
        /// What would have been right.
        expected: &'static str,
    },
    /// The page lies beyond [`FARTHEST_HIT`], or is page 0.
    #[error("page × size must lie between 1 and {FARTHEST_HIT}")]
    TooFar,
    /// The answer took longer than [`DEADLINE`].
    #[error("the query took longer than {} seconds", DEADLINE.as_secs())]
    Deadline,
    /// Index or catalogue could not be read.
    #[error("search failed: {0:#}")]
    Internal(anyhow::Error),
}

impl Refused {
    /// Whether another question would be answered: the asker's mistake, not ours.
    pub fn is_askers_mistake(&self) -> bool {
        !matches!(self, Self::Deadline | Self::Internal(_))
    }
}

impl From<anyhow::Error> for Refused {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}
