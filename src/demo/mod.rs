//! The sample portal that `gongkai demo` harvests: the websites of 云汀市, a city that does not exist.
//!
//! **In:** the data files under `tests/portal/` (compiled in), requests on a loopback address.
//! **Out:** answers of seven invented hosts (robots.txt, list pages, detail pages, attachments), as origin and as
//! forward proxy on one port; [`write_config`] gives the portal files that lead the crawler there.
//! **Never:** any other network, the clock, a real place, a real person.
//!
//! [`Sample::answer`] is pure: host, path and header fields in, answer out. [`start`] puts it behind a socket.

mod answer;
mod content;
mod forms;
mod http_date;
mod render;
mod sample;
mod server;
mod sites;
mod truth;
mod write_config;
#[cfg(test)]
mod tests;

pub use sample::{Sample, Target};
pub use server::{Portal, start};
pub use truth::PublishedPage;
pub use write_config::write_config;

use include_dir::{Dir, include_dir};

/// The data files under `tests/portal/`, compiled in so that the demo runs on a machine without the repository.
static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/tests/portal");

/// A data file as text.
fn text_file(path: &str) -> anyhow::Result<&'static str> {
    FILES
        .get_file(path)
        .and_then(include_dir::File::contents_utf8)
        .ok_or_else(|| anyhow::anyhow!("tests/portal/{path} is not there or is no UTF-8"))
}
