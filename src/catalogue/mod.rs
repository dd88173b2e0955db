//! SQLite: crawl state (`state.sqlite`) and documents (`catalogue.sqlite`).
//!
//! **In:** pages, captures, documents. **Out:** the same, by key or in order. **Never:** network, clock.
