//! Rows → files other programs read.
//!
//! **In:** documents, rows of tables. **Out:** lines to a writer it is handed, or text; citations. **Never:** opens files itself.

mod cite;
mod csv;
mod jsonl;

pub use cite::Citation;
pub use csv::csv;
pub use jsonl::jsonl;
