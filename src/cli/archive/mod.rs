//! `gongkai archive`: care for the archive itself.

mod redact;
mod reindex;

use crate::cli::{Exit, Globals};

/// Care for the archive: find again where everything stands, or take something out for good
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Task {
    Reindex(reindex::Args),
    Redact(redact::Args),
}

pub(crate) fn run(globals: &Globals, task: &Task) -> anyhow::Result<Exit> {
    match task {
        Task::Reindex(args) => reindex::run(globals, args),
        Task::Redact(args) => redact::run(globals, args),
    }
}
