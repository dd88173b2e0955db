//! Rows → files other programs read.
//!
//! **In:** documents. **Out:** lines to a writer it is handed. **Never:** opens files itself.

mod jsonl;

pub use jsonl::jsonl;
