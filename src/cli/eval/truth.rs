//! `gongkai eval truth`: whether search misses nothing, on the index as it serves.

use std::time::Instant;

use anyhow::Context as _;

use crate::catalogue::Filter;
use crate::cli::library::Shelves;
use crate::cli::{Exit, Globals, curated, note, say, store};
use crate::search::trial::{Check, Sample, Trial};

/// Random quoted strings, trees of AND, OR and NOT with filters, walks through facets, marks, and rows of words in both
/// syntaxes. Every difference is printed; exit code 4 when there is one. Needs memory for the text of all documents.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Quoted strings to ask for; half as many trees and rows, a fifth as many walks, twice as many marks
    #[arg(long, value_name = "N", default_value_t = 1000)]
    sample: usize,
    /// Other questions for another number
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

/// Differences of one kind that are printed; the rest are counted.
const PRINTED: usize = 20;

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let shelves = Shelves::open(globals, &curated::load(globals).config, Vec::new())?;
    let catalogue = store::catalogue(globals)?;
    let reached = shelves.engine.store().reached().context("cannot read the index")?;
    if reached < catalogue.last_change()? {
        note("the index is behind the catalogue; `gongkai index` brings it up");
    }
    let mut trial = Trial::default();
    catalogue.for_each(&Filter::default(), |document| {
        trial.add(&document);
        Ok(())
    })?;
    let (mut differences, mut start) = (0, Instant::now());
    trial.hold(&shelves.engine, shelves.texts(), Sample::of(args.sample), args.seed, |check| {
        print(check, start.elapsed().as_secs_f64());
        differences += check.differences.len();
        start = Instant::now();
    })?;
    Ok(if differences == 0 { Exit::Done } else { Exit::Damaged })
}

fn print(check: &Check, seconds: f64) {
    let differences = &check.differences;
    for difference in differences.iter().take(PRINTED) {
        say(format_args!("  {}: {difference}", check.name));
    }
    if let Some(more) = differences.len().checked_sub(PRINTED).filter(|more| *more > 0) {
        say(format_args!("  {}: and {more} more", check.name));
    }
    say(format_args!(
        "{:<9} {:>6} asked, {} differences, {seconds:.1} s",
        check.name,
        check.asked,
        differences.len()
    ));
}
