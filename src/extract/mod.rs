//! A capture with its context → documents and warnings.
//!
//! Every field is looked for in its places in order of belief, and remembers which place gave it. The text is what a
//! reader of the page would call the document: paragraphs parted by blank lines, a row of a table as one paragraph
//! with tabs between its cells, and beside the text each table as a grid.
//!
//! The steps: bytes → tree (`page`), the places that matter (`view`, `body`), the text without noise (`noise`), what the
//! labels say (`labels`, `fields`), what the text itself says (`own_number`, `sign_off`, `byline`, `issuer` …), and
//! all of it together (`document`). A text that holds several documents is parted first (`split`).
//!
//! **In:** one capture, its portal, the category rules. **Out:** documents whose every field names its evidence.
//! **Never:** network, disk, clock, panics on broken pages.

mod annexes;
mod attachments;
mod blocks;
mod body;
mod byline;
mod category;
mod cloak;
mod dates;
mod document;
mod fields;
mod genre;
mod file_page;
pub mod files;
mod import;
mod issuer;
mod labels;
mod noise;
mod own_number;
mod personal;
mod plain;
mod report;
mod report_year;
mod script;
mod shape;
mod sign_off;
mod signers;
mod split;
mod tables;
mod template;
#[cfg(test)]
mod tests;
mod title;
mod validity;
mod verdict;
mod view;

/// Number of the rules by which pages and records become documents.
///
/// Raise it whenever `extract`, `page`, `text`, `resolve` or the judgement of error pages give something else for what
/// is archived, and when the JSON of a document changes: what was read by other rules is read again by the next
/// `gongkai extract`. Rules about files have their own number ([`files::RULES`]), curated files are noticed by
/// themselves.
pub const RULES: u32 = 2;

pub use document::{Extraction, PageReading, extract, extract_text};
pub use file_page::from_file;
pub use import::{ImportMistake, from_import};
pub use personal::{hide_personal, hide_personal_in_file, is_recipient_list, recipients_since};
pub use report::{ReportStatus, report_status, year_of_report_named};
pub use shape::PageShape;
