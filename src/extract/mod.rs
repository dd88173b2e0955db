//! A capture with its context → documents and warnings.
//!
//! Every field is looked for in its places in order of belief, and remembers which place gave it. The text is what a
//! reader of the page would call the document: paragraphs parted by blank lines, a row of a table as one paragraph
//! with tabs between its cells.
//!
//! **In:** one capture, its portal, the category rules. **Out:** documents whose every field names its evidence.
//! **Never:** network, disk, clock, panics on broken pages.

mod attachments;
mod blocks;
mod body;
mod category;
mod dates;
mod document;
mod fields;
mod file_page;
pub mod files;
mod import;
mod labels;
mod own_number;
mod report_year;
mod script;
mod sign_off;
mod template;
#[cfg(test)]
mod tests;
mod title;
mod verdict;
mod view;

pub use document::{Extraction, PageReading, extract};
pub use file_page::from_file;
pub use import::{ImportMistake, from_import};
