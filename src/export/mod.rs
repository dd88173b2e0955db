//! Rows → files other programs read.
//!
//! **In:** documents, rows of tables. **Out:** CSV, JSON lines, Excel, Parquet, to a writer it is handed; citations.
//! **Never:** opens files itself (a workbook's rows wait in a temporary one).

mod citations;
mod cite;
mod documents;
mod jsonl;
mod rows;

pub use citations::{CitationForm, Citations};
pub use cite::Citation;
pub use documents::{DOCUMENT_COLUMNS, DOCUMENT_COLUMNS_WITH_TEXT, document_row};
pub use jsonl::jsonl;
pub use rows::{MOST_SHEET_ROWS, RowForm, RowWriter, rows, write_rows};
