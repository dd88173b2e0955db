//! Question → answer.
//!
//! **In:** a request. **Out:** ranked hits, facets, passages. **Never:** HTTP, SQL.

mod lexer;
mod numbers;
mod parse;
mod request;

pub use numbers::WantedNumber;
pub use request::{
    DEADLINE, FARTHEST_HIT, Filters, MOST_CHARACTERS, MOST_DEPTH, MOST_LEAVES, Refused, Request,
    Sort, Syntax, UNKNOWN,
};
