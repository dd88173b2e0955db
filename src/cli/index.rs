//! `gongkai index`: catalogue → index.

use std::{path::Path, sync::Arc};

use crate::analysis::Analyzer;
use crate::catalogue::Catalogue;
use crate::cli::curated;
use crate::cli::store::{self, take_lock};
use crate::cli::{Exit, Globals, note, say};
use crate::config::Config;
use crate::index::{Change, Resources, Stats, Store, StoreError};

/// Bring the index up to the catalogue: only changed documents are written.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// Write a new index beside the one that serves, then let the new one serve; after a change of the dictionary
    #[arg(long)]
    pub(crate) rebuild: bool,
    /// Merge all segments into one afterwards: questions become faster
    #[arg(long)]
    pub(crate) optimize: bool,
}

/// Documents read from the catalogue at a time.
const AT_ONCE: usize = 256;

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let Some(_lock) = take_lock(globals)? else { return Ok(Exit::Busy) };
    let config = curated::load(globals).config;
    write(globals, &config, args)?;
    Ok(Exit::Done)
}

/// Writes what changed since the last time, or everything, and says how much that was.
pub(crate) fn write(globals: &Globals, config: &Config, args: &Args) -> anyhow::Result<()> {
    let analyzer = Arc::new(analyzer(config));
    let catalogue = store::catalogue(globals)?;
    let root = globals.data.join("index");
    let resources = Resources::default();
    let stats = match store_that_goes_on(&root, &analyzer, &catalogue, args)? {
        Some(store) => store.update(changes(&catalogue, store.reached()?)?, resources)?,
        None => Store::rebuild(&root, &analyzer, changes(&catalogue, 0)?, resources)?,
    };
    if args.optimize {
        Store::open(&root, analyzer)?.optimize(resources)?;
    }
    say(described(stats));
    Ok(())
}

/// The index as far as it can be added to; `None` where a new one is needed.
fn store_that_goes_on(
    root: &Path,
    analyzer: &Arc<Analyzer>,
    catalogue: &Catalogue,
    args: &Args,
) -> anyhow::Result<Option<Store>> {
    if args.rebuild {
        return Ok(None);
    }
    let store = match Store::open(root, Arc::clone(analyzer)) {
        Err(StoreError::OtherFormat { .. }) => {
            note("the index has the format of another version; a new one is made");
            return Ok(None);
        }
        other => other?,
    };
    if store.reached()? > catalogue.last_change()? {
        note("the index is of an older catalogue; a new one is made");
        return Ok(None);
    }
    let view = store.view();
    if !view.generation.is_empty() && view.dictionary() != analyzer.dictionary() {
        note(
            "the dictionary has changed; `gongkai index --rebuild` ranks by it (nothing is missed meanwhile)",
        );
    }
    Ok(Some(store))
}

/// The analyzer that the curated dictionary makes.
pub(crate) fn analyzer(config: &Config) -> Analyzer {
    Analyzer::new(config.dictionary.iter().map(|word| (word.word.clone(), word.frequency)))
}

/// The catalogue's changes after a sequence number, in order, read a group at a time.
fn changes(
    catalogue: &Catalogue,
    after: i64,
) -> anyhow::Result<impl Iterator<Item = anyhow::Result<(i64, Change)>>> {
    let mut dropped = catalogue.dropped_after(after)?.into_iter().peekable();
    let leaders = catalogue.leaders()?;
    let mut reached = after;
    let mut group = Vec::new().into_iter().peekable();
    Ok(std::iter::from_fn(move || {
        if group.peek().is_none() {
            match catalogue.changed_after(reached, AT_ONCE) {
                Ok(next) => group = next.into_iter().peekable(),
                Err(error) => return Some(Err(error)),
            }
        }
        let next = group.peek().map_or(i64::MAX, |(sequence, _)| *sequence);
        if let Some((sequence, id)) = dropped.next_if(|(sequence, _)| *sequence < next) {
            return Some(Ok((sequence, Change::Remove(id))));
        }
        let (sequence, document) = group.next()?;
        reached = sequence;
        let group = leaders.get(&document.id).copied();
        Some(Ok((sequence, Change::Put(Box::new(document), group))))
    }))
}

fn described(stats: Stats) -> String {
    format!("indexed: {} documents written, {} taken out", stats.put, stats.removed)
}
