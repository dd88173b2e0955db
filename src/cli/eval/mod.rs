//! `gongkai eval`: how good the answers are, and what is read from pages.

mod extraction;
mod relevance;
mod truth;

use crate::cli::{Exit, Globals};

/// Measure what is there.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum What {
    /// Ask judged questions; score the answers when judgements are given
    Relevance(relevance::Args),
    /// Ask the index random questions and compare every answer with a plain scan of the stored text
    Truth(truth::Args),
    /// Read saved pages and reports; write what was found for a scorer
    Extraction(extraction::Args),
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    match &args.what {
        What::Relevance(files) => relevance::run(globals, files),
        What::Truth(sizes) => truth::run(globals, sizes),
        What::Extraction(files) => extraction::run(globals, files),
    }
}
