//! The one integration binary: sees only the public face of the library and the program itself.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![allow(clippy::print_stderr, reason = "a skipped test says so")]

mod architecture;
mod extract_speed;
mod extraction_scores;
mod figures_gold;
mod figures_path;
mod figures_reports;
mod files;
mod fuzz;
mod half_pages;
mod fates;
mod interchange;
mod keeping;
mod ledger;
mod operation;
mod parts;
mod personal;
mod posted_lists;
mod requisites;
mod relevance;
mod rerun;
mod sample_portal;
mod saved_pages;
mod search_truth;
mod server;
mod support;
mod weekly_site;
mod whole_path;
mod withdrawn;
