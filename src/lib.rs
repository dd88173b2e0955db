//! gongkai (公开, "made public"): harvests, keeps, searches and compares published Chinese government information.
//!
//! The tree reads like the path of the data:
//!
//! ```text
//!  crawler-config/portals/*.toml ─► crawl ─► archive   (WARC: the truth)
//!                                               │
//!                                            extract ─► resolve ─► catalogue (SQLite: documents, versions, figures)
//!                                                                       │
//!                         index/*.toml, *.txt ─► analysis ─► index ◄────┴────► figures (numbers, ledger, comparison)
//!                                                          (tantivy)              │
//!                                                              │                  │
//!                                                            search ─► serve ◄────┘
//!                                                                        ▲  (API, pages)
//!                                                       cli ─────────────┘
//! ```
//!
//! | part | turns | into | never |
//! |---|---|---|---|
//! | [`model`] | text at the edge | the words of the domain, right by type | imports another part |
//! | [`text`] | text as published or typed | folded text with a map back | depends on context |
//! | [`config`] | curated files | checked values, or every mistake at once | stops at the first mistake |
//! | [`page`] | bytes of a page | text, then a bounded tree | trusts a declaration |
//! | [`crawl`] | portals and known pages | answers and what was found in them | touches disk but through the spool it is given; network only in `fetch` |
//! | [`archive`] | captures, outcomes, imports | WARC records, and back | changes a byte of a payload |
//! | [`catalogue`] | pages, documents, figures | rows of SQLite, and back | is the only copy of anything |
//! | [`extract`] | a capture with its context, or an imported record | documents whose fields name their evidence | fails on a broken page |
//! | [`resolve`] | documents as extracted | documents with agencies and regions; copies, editions, citations; what is taken down | depends on the order of arrival |
//! | [`analysis`] | folded text | terms of the word lane and the character lane; what changed between two texts | knows tantivy |
//! | [`index`] | documents | searchable segments, in generations | keeps texts |
//! | [`search`] | a question | ranked hits, honest facets, passages | shows tantivy types at its edges |
//! | [`figures`] | annual reports | checked numbers, each with its source; ledger and comparison | repairs a number |
//! | [`health`] | measures of crawls | which sources ail, and what of | judges before enough was seen |
//! | [`export`] | documents, rows of tables | lines for other programs | opens files |
//! | [`serve`] | HTTP requests | JSON and pages | writes to archive, catalogue or index |
//! | [`demo`] | data files of an invented city | a portal on a loopback address | leaves this machine |
//! | [`cli`] | a command line | one of the paths above, joined | is imported by another part |
//!
//! The archive is the truth: catalogue and index can be made again from it. Neighbouring stages do not know each
//! other; `cli` joins them. Which part may import which is a table in `tests/it/architecture.rs`, and a test.

pub mod model;
pub mod text;
pub mod config;
pub mod page;
pub mod crawl;
pub mod archive;
pub mod catalogue;
pub mod extract;
pub mod resolve;
pub mod analysis;
pub mod index;
pub mod search;
pub mod figures;
pub mod health;
pub mod export;
pub mod serve;
pub mod demo;
pub mod cli;
