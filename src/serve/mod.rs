//! HTTP: the API and the pages.
//!
//! **In:** requests, and a [`Library`] that answers them. **Out:** JSON, HTML.
//! **Never:** writes to archive, catalogue or index; runs or trusts what came from the web.
//!
//! [`router`] is the whole service as a function, so that tests call it without a socket; [`serve`] gives it one.
//! Feeds and harvesting for other programs are in `feeds/`; the touch screen of a reading room is in `pages/kiosk/`.
//! Blocking calls go through one gateway, which refuses what does not fit. What pages say stands in
//! `glossary.toml` and `templates/`; what the interface says stands in `api/`, whose types exist nowhere else.

mod api;
mod app;
mod assets;
mod compared;
mod dates;
mod download;
mod feeds;
mod display;
mod gateway;
mod glossary;
mod guard;
mod library;
mod pages;
mod parameters;
mod problem;
mod public;
mod qr;
mod question;
mod server;

#[cfg(test)]
mod double;
#[cfg(test)]
mod double_answers;
#[cfg(test)]
mod double_changes;
#[cfg(test)]
mod double_documents;
#[cfg(test)]
mod double_reports;
#[cfg(test)]
mod tests;

pub use api::{
    Coverage, FigureAnswer, Holder, RepeatsAnswer, answer_json, comparison_json, diff_json,
    explanation_json, ledger_json, similar_json, suggestions_json,
};
pub use app::{App, KioskTimes, Labels, Settings, kiosk_router, router};
pub use compared::{Compared, compare_versions};
pub use library::{
    CaptureMark, Changes, Found, Health, Highlighted, Library, Renames, Suggested, VersionMark,
};
pub use server::serve;
