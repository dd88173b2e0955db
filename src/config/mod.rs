//! Curated files → checked values; every mistake at once, with file and line.
//!
//! A setting is written once: `defaults.toml` for all portals, a portal file says only how it differs, and what is
//! handed out is whole. A [`Portal`] that exists is right: its addresses are addresses, its selectors parse.
//!
//! **In:** `crawler-config/` and `index/`, or the copies compiled in. **Out:** [`Config`] and every [`Mistake`].
//! **Never:** network, clock; it stops at no mistake, and a file with one does not spoil the others.

mod mistake;
mod source;
mod reader;
mod selector;
mod value;
mod crawler;
mod list;
mod portal;
mod privacy;
mod quiet;
mod categories;
mod themes;
mod ranking;
mod regions;
mod roster;
mod agencies;
mod corrections;
mod dictionary;
mod synonyms;
mod takedown;
mod load;
#[cfg(test)]
mod tests;

pub use agencies::{Agencies, AgencyEntry};
pub use categories::{Categories, Category, Mapped, MappedBy};
pub use corrections::CorrectionEntry;
pub use crawler::{AttachmentRules, Crawler, Limits, Politeness, Revisit, RobotsForbidden};
pub use dictionary::DictionaryWord;
pub use list::{JsonRules, ListRules, ListStyle};
pub use load::{Config, Loaded, load};
pub use mistake::Mistake;
pub use portal::{Column, DetailRules, Portal, Verified};
pub use privacy::Privacy;
pub use quiet::QuietHours;
pub use ranking::Ranking;
pub use regions::{Division, Regions, is_in_a_province};
pub use roster::RosterEntry;
pub use selector::CssSelector;
pub use source::Dirs;
pub use synonyms::Synonym;
pub use takedown::{ClosedPages, Takedown, TakedownEntry, Target};
pub use themes::{Theme, Themes};
