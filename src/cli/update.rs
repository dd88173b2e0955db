//! `gongkai update`: crawl, extract, index: what a cron job runs.

use tokio::sync::watch;

use crate::cli::store::Store;
use crate::cli::{Exit, Globals, clock, crawl, curated, extract, index};

/// Crawl what is due, extract what is new, index what changed.
pub(crate) type Args = crawl::Harvest;

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    once(globals, args, None)
}

/// One update; it is stopped through `stopping`, or by Ctrl-C where that is not given.
pub(crate) fn once(
    globals: &Globals,
    args: &Args,
    stopping: Option<watch::Receiver<bool>>,
) -> anyhow::Result<Exit> {
    let config = match curated::chosen(globals, &args.portal) {
        Ok(config) => config,
        Err(exit) => return Ok(exit),
    };
    let Some(mut store) = Store::open(globals, &config, args.now.unwrap_or_else(clock::now))?
    else {
        return Ok(Exit::Busy);
    };
    let exit = crawl::harvest_until(globals, &mut store, &config, args, stopping)?;
    // What was harvested before it was stopped is found as well.
    extract::derive(globals, &config, &store.state, false)?;
    index::write(globals, &config, &index::Args::default())?;
    Ok(exit)
}
