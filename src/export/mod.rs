//! Rows → files other programs read.
//!
//! **In:** documents. **Out:** lines to a writer it is handed. **Never:** opens files itself.

mod csv;
mod jsonl;

pub use csv::csv;
pub use jsonl::jsonl;
