//! `gongkai export`: catalogue or archive → files for other programs.

mod captures;

use std::io::{self, BufWriter, Write};

use anyhow::Context as _;
use clap::ValueEnum;

use crate::catalogue::Filter;
use crate::cli::{Exit, Globals, store};
use crate::export;
use crate::model::{Moment, Status};

/// Write documents, or the captures they were read from, to standard output.
///
/// JSON lines hold one document each: `id`, `external_id`, `url`, `title`, `published_date`, `written_date`, `issuer`,
/// `agency`, `doc_no`, `index_no`, `category`, `report_year`, `text`, `attachments`, `status`.
///
/// WARC is a file of captures, gzip by record, that every web archive tool reads; CDXJ is an index of the files in the
/// data folder's `archive/`, sorted, for pywb and its kin. Withheld documents and their captures are never written.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// The form of the output
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
    /// Which documents: still published, removed by the portal, or all; for JSON lines
    #[arg(long, value_enum, default_value_t = Which::Live)]
    status: Which,
    #[command(flatten)]
    chosen: Chosen,
}

/// What is chosen by where it came from and when.
#[derive(Clone, Debug, clap::Args)]
struct Chosen {
    /// Only of this portal
    #[arg(long, value_name = "ID")]
    portal: Option<String>,
    /// Only captured at this moment or later, such as 2026-11-22T08:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Moment>,
    /// Only captured before this moment
    #[arg(long, value_name = "TIME")]
    until: Option<Moment>,
}

impl Chosen {
    /// Whether something captured at this moment is wanted.
    fn wants(&self, at: Moment) -> bool {
        self.since.is_none_or(|since| since <= at) && self.until.is_none_or(|until| at < until)
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// JSON lines: documents
    Jsonl,
    /// WARC 1.1, gzip by record: captures
    Warc,
    /// CDXJ: where each capture stands in the archive's files
    Cdxj,
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
    let mut out = BufWriter::new(io::stdout().lock());
    let written = match args.format {
        Format::Jsonl => documents(globals, args, &mut out),
        Format::Warc => captures::warc(globals, &args.chosen, &mut out),
        Format::Cdxj => captures::cdxj(globals, &args.chosen, &mut out),
    };
    match written.and_then(|()| Ok(out.flush()?)) {
        Err(error) if reader_is_gone(&error) => Ok(Exit::Done),
        other => other.map(|()| Exit::Done).context("cannot write the export"),
    }
}

fn documents(globals: &Globals, args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let catalogue = store::catalogue(globals)?;
    let portal = args.chosen.portal.clone();
    let filter = Filter { statuses: args.status.statuses().to_vec(), portal };
    catalogue.for_each(&filter, |document| {
        if args.chosen.wants(document.captured_at) {
            export::jsonl(&document, &mut *out)?;
        }
        Ok(())
    })
}

/// `gongkai export | head` is no failure.
fn reader_is_gone(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
