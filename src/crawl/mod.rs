//! Which page next, may we, fetch it.
//!
//! **In:** portals, known pages, the time. **Out:** events: answers with what was found in them, failures.
//! **Never:** disk; network anywhere but in `fetch`.
