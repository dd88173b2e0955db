//! `gongkai export`: catalogue → lines for other programs.

use std::io::{self, BufWriter, Write};

use anyhow::Context as _;
use clap::ValueEnum;

use crate::catalogue::Filter;
use crate::cli::{Exit, Globals, store};
use crate::export;
use crate::model::Status;

/// Write the documents to standard output.
///
/// JSON lines hold one document each: `id`, `external_id`, `url`, `title`, `published_date`, `written_date`, `issuer`,
/// `agency`, `doc_no`, `index_no`, `category`, `report_year`, `text`, `attachments`, `status`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// The form of the output
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
    /// Which documents: still published, removed by the portal, or all
    #[arg(long, value_enum, default_value_t = Which::Live)]
    status: Which,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// JSON lines
    Jsonl,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Which {
    /// Published at the last check; those only suspected to be gone included
    Live,
    /// Removed by the portal, kept by us
    Removed,
    /// Both
    All,
}

impl Which {
    /// Withheld documents are never exported.
    fn statuses(self) -> &'static [Status] {
        match self {
            Self::Live => &[Status::Live, Status::Suspected],
            Self::Removed => &[Status::Removed],
            Self::All => &[Status::Live, Status::Suspected, Status::Removed],
        }
    }
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let catalogue = store::catalogue(globals)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let Format::Jsonl = args.format;
    let filter = Filter { statuses: args.status.statuses().to_vec(), portal: None };
    let written = catalogue.for_each(&filter, |document| Ok(export::jsonl(&document, &mut out)?));
    match written.and_then(|()| Ok(out.flush()?)) {
        Err(error) if reader_is_gone(&error) => Ok(Exit::Done),
        other => other.map(|()| Exit::Done).context("cannot write the export"),
    }
}

/// `gongkai export | head` is no failure.
fn reader_is_gone(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
