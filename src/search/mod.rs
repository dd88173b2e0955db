//! Question → answer.
//!
//! **In:** a request. **Out:** ranked hits, facets, passages. **Never:** HTTP, SQL.

mod answer;
mod lexer;
mod numbers;
mod parse;
mod request;

pub use answer::{Answer, FacetCount, Facets, Hit, Note, NumberRole, Segment, Texts};
pub use numbers::WantedNumber;
pub use request::{
    DEADLINE, FARTHEST_HIT, Filters, MOST_CHARACTERS, MOST_DEPTH, MOST_LEAVES, Refused, Request,
    Sort, Syntax, UNKNOWN,
};

/// Most agencies counted beside the selected ones.
pub const MOST_VALUES: usize = 100;
