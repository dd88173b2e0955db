//! Question → answer.
//!
//! **In:** a request. **Out:** ranked hits, facets, passages. **Never:** HTTP, SQL.

mod answer;
mod request;

pub use answer::{Answer, FacetCount, Facets, Hit, Note, Segment};
pub use request::{
    FARTHEST_HIT, Filters, MOST_CHARACTERS, Refused, Request, Sort, Syntax, UNKNOWN,
};
