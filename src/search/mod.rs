//! Question → answer.
//!
//! **In:** a request. **Out:** ranked hits, facets, passages. **Never:** HTTP, SQL.
