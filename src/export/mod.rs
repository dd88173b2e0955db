//! Rows → files other programs read.
//!
//! **In:** documents, rows of tables. **Out:** lines to a writer it is handed, or text. **Never:** opens files itself.

mod csv;
mod jsonl;

pub use csv::csv;
pub use jsonl::jsonl;
