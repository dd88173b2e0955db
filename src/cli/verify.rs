//! `gongkai verify`: reads the whole archive again.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};

use crate::archive::verify;
use crate::catalogue::State;
use crate::cli::{Exit, Globals, note, say};

/// Read every record of the archive again and name what is damaged.
///
/// Checks checksums, digests, lengths and that every answer still has its context. Changes nothing; may run beside a
/// crawl. Ends with 4 when anything is damaged.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(globals: &Globals, _args: &Args) -> anyhow::Result<Exit> {
    let folder = globals.data.join("archive");
    if !folder.try_exists()? {
        bail!(
            "there is no archive at {}; `--data DIR` names another data folder",
            folder.display()
        );
    }
    let report = verify(&folder, known_lengths(globals)?.as_ref())?;
    for damage in &report.damage {
        say(format_args!("damaged: {damage}"));
    }
    for torn in &report.torn {
        say(format_args!("half written, nothing lost: {torn}"));
    }
    say(format_args!(
        "{} files, {} records, {} bytes: {} answers, {} requests without answer, {} imported documents; {}",
        report.files,
        report.records,
        report.bytes,
        report.captures,
        report.outcomes,
        report.imports,
        match report.damage.len() {
            0 => "no damage".to_owned(),
            1 => "1 place is damaged".to_owned(),
            more => format!("{more} places are damaged"),
        }
    ));
    if report.redacted > 0 {
        say(format_args!("{} places were redacted and say so", report.redacted));
    }
    Ok(if report.damage.is_empty() { Exit::Done } else { Exit::Damaged })
}

/// What the state promises of each file; `None`, after saying so, when there is no state.
fn known_lengths(globals: &Globals) -> anyhow::Result<Option<BTreeMap<String, u64>>> {
    let path = globals.data.join("state.sqlite");
    if !path.try_exists()? {
        note(
            "there is no state.sqlite: a file that lost its end cannot be told from one that was never longer",
        );
        return Ok(None);
    }
    let lengths = State::open_read_only(&path).and_then(|state| state.committed_lengths());
    lengths.map(Some).with_context(|| format!("cannot read {}", path.display()))
}
