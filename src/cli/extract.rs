//! `gongkai extract`: archive → documents in the catalogue.

use std::collections::HashMap;

use anyhow::Context as _;
use rayon::prelude::*;

use crate::archive::{Entry, Reader};
use crate::catalogue::{Catalogue, PutCounts, State};
use crate::cli::curated;
use crate::cli::store::take_lock;
use crate::cli::{Exit, Globals, say};
use crate::config::{Config, Portal};
use crate::extract::{extract, from_import};
use crate::model::{Document, PageKind, PageState, Position, Status};
use crate::resolve;

/// Turn what the archive holds into documents: only what is new, or all of it again.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// Read the whole archive again, for a better extractor or changed portal files
    #[arg(long)]
    pub(crate) all: bool,
}

/// Records read and turned into documents at a time.
const AT_ONCE: usize = 512;
/// How far the captures, and the imports, of the state have been turned into documents.
const CAPTURES: &str = "extracted_captures";
const IMPORTS: &str = "extracted_imports";

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let Some(_lock) = take_lock(globals)? else { return Ok(Exit::Busy) };
    let config = curated::load(globals).config;
    let state = State::open(&globals.data.join("state.sqlite"))?;
    derive(globals, &config, &state, args.all)?;
    Ok(Exit::Done)
}

/// Brings the catalogue up to what archive and state hold, and says what came of it.
pub(crate) fn derive(globals: &Globals, config: &Config, state: &State, all: bool) -> anyhow::Result<()> {
    let mut catalogue = Catalogue::open(&globals.data.join("catalogue.sqlite"))?;
    let reader = Reader::open(&globals.data.join("archive"))?;
    if all {
        catalogue.set_cursor(CAPTURES, 0)?;
        catalogue.set_cursor(IMPORTS, 0)?;
    }
    let mut stage = Stage::new(&mut catalogue, &reader, config);
    stage.captures(state)?;
    stage.imports(state)?;
    stage.statuses(state)?;
    let Stage { counts, warned, .. } = stage;
    say(format_args!(
        "extracted: {} new, {} changed, {} unchanged; {} pages were no documents",
        counts.new, counts.changed, counts.unchanged, warned
    ));
    Ok(())
}

/// One run over what is new.
struct Stage<'a> {
    catalogue: &'a mut Catalogue,
    reader: &'a Reader,
    config: &'a Config,
    portals: HashMap<&'a str, &'a Portal>,
    counts: PutCounts,
    warned: usize,
}
