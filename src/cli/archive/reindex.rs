//! `gongkai archive reindex`: archive → state.

use std::{fs, io, path::Path};

use anyhow::Context as _;

use crate::cli::store::{Store, take_lock};
use crate::cli::withdraw;
use crate::cli::{Exit, Globals, clock, curated, note, say};

/// Make `state.sqlite` again from the archive alone, when it is lost or damaged.
///
/// Reads every record once and registers which address and moment stands in which file at which byte, which imported
/// records there are, and which pages the portals of the settings have. The schedule of each page follows from its last
/// answer. The old file is kept beside the new one as `state.sqlite.before-reindex`. Afterwards `gongkai extract` reads the
/// archive again, too; documents that are there already stay as they are. May be interrupted: any later command goes on.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(globals: &Globals, _args: &Args) -> anyhow::Result<Exit> {
    let Some(lock) = take_lock(globals)? else { return Ok(Exit::Busy) };
    let config = curated::load(globals).config;
    set_aside(&globals.data)?;
    let store = Store::open_locked(globals, &config, clock::now(), lock)?;
    withdraw::mark(globals, &store.state, &config, clock::now())?;
    let counts = store.state.counts()?;
    say(format_args!(
        "state.sqlite is made again: {} answers, {} imported records, {} pages known",
        counts.captures, counts.imports, counts.pages
    ));
    note("`gongkai extract` and `gongkai index` bring catalogue and index up to it");
    Ok(Exit::Done)
}

/// Keeps the old state beside the place of the new one, with its log.
fn set_aside(data: &Path) -> anyhow::Result<()> {
    for ending in ["", "-wal", "-shm"] {
        let old = data.join(format!("state.sqlite{ending}"));
        let aside = data.join(format!("state.sqlite.before-reindex{ending}"));
        let moved = match fs::rename(&old, &aside) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                match fs::remove_file(&aside) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                    _ => Ok(()),
                }
            }
            other => other,
        };
        moved.with_context(|| format!("cannot set {} aside", old.display()))?;
    }
    Ok(())
}
