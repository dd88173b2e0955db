//! What may be asked, and the reasons for which an answer is refused.

use std::time::Duration;

/// The longest question, in characters.
pub const MOST_CHARACTERS: usize = 500;
/// The most leaves of a question: runs, quoted strings, document numbers.
pub const MOST_LEAVES: usize = 64;
/// How deep parentheses and negations may stand in each other.
pub const MOST_DEPTH: usize = 8;
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
    /// Whether words of a `simple` question are also looked for in other ways; `strict` ones never are.
    pub widen: bool,
    /// What the hits must have.
    pub filters: Filters,
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
            sort: Sort::Relevance,
            page: 1,
            size: 10,
        }
    }
}

/// How a question is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Syntax {
    /// As people type: never fails on its form, and helps when too little is found.
    #[default]
    Simple,
    /// Pure set algebra: a mistake in its form is refused.
    Strict,
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
pub struct Filters {
    /// Category paths; a path takes in everything below it.
    pub category: Vec<String>,
    /// Years such as `2019`, or spans such as `2011..2015`.
    pub year: Vec<String>,
    /// Agencies by their plain names.
    pub agency: Vec<String>,
    /// Portals by id.
    pub portal: Vec<String>,
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
