//! `gongkai export`: catalogue or archive → files for other programs.

mod captures;
mod unmasked;

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::ValueEnum;

use crate::catalogue::Filter;
use crate::cli::export::unmasked::Originals;
use crate::cli::{Exit, Globals, store};
use crate::export;
use crate::model::{Moment, Status};

/// Write documents, or the captures they were read from, to standard output.
///
/// JSON lines hold one document each: `id`, `external_id`, `url`, `title`, `published_date`, `written_date`, `issuer`,
/// `agency`, `doc_no`, `index_no`, `category`, `report_year`, `text`, `attachments`, `status`, `status_since`,
/// `changed_at`, `moved_to`, `refused_since`, `group` (the first document of those with the same text or of the same
/// report), `part`, `figures` (of an annual report: number or null by metric id).
///
/// WARC is a file of captures, gzip by record, that every web archive tool reads; CDXJ is an index of the files in the
/// data folder's `archive/`, sorted, for pywb and its kin. WACZ is one file with captures, index and the titles of the pages,
/// which ReplayWeb.page opens from a disk or any web server. Withheld documents and their captures are never written.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// The form of the output
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
    /// Which documents: still published, removed by the portal, or all; for JSON lines
    #[arg(long, value_enum, default_value_t = Which::Live)]
    status: Which,
    /// Write into this file instead of standard output; needed for WACZ
    #[arg(long, value_name = "FILE", required_if_eq("format", "wacz"))]
    out: Option<PathBuf>,
    /// Personal data as it was published, for the curator; read again from the archive. For JSON lines
    #[arg(long)]
    unmasked: bool,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// JSON lines: documents
    Jsonl,
    /// WARC 1.1, gzip by record: captures
    Warc,
    /// CDXJ: where each capture stands in the archive's files
    Cdxj,
    /// WACZ 1.1.1: captures, their index and the list of their pages in one file that replays without a server
    Wacz,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Which {
    /// Published at the last check; those only suspected to be gone included
    Live,
    /// Removed by the portal, kept by us
    Removed,
    /// Both, and what stood at addresses that moved
    All,
}

impl Which {
    /// Withheld documents are never exported.
    fn statuses(self) -> &'static [Status] {
        match self {
            Self::Live => &[Status::Live, Status::Suspected],
            Self::Removed => &[Status::Removed],
            Self::All => &[Status::Live, Status::Suspected, Status::Removed, Status::Moved],
        }
    }
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let written = match &args.out {
        Some(file) if args.format == Format::Wacz => {
            whole(file, |out| captures::wacz(globals, &args.chosen, out))
        }
        Some(file) => whole(file, |out| write(globals, args, out)),
        None => write(globals, args, &mut BufWriter::new(io::stdout().lock())),
    };
    match written {
        Err(error) if reader_is_gone(&error) => Ok(Exit::Done),
        other => other.map(|()| Exit::Done).context("cannot write the export"),
    }
}

fn write<W: Write>(globals: &Globals, args: &Args, out: &mut W) -> anyhow::Result<()> {
    match args.format {
        Format::Jsonl => documents(globals, args, out)?,
        Format::Warc => captures::warc(globals, &args.chosen, out)?,
        Format::Cdxj => captures::cdxj(globals, &args.chosen, out)?,
        Format::Wacz => bail!("a WACZ file cannot be written to standard output: --out FILE"),
    }
    Ok(out.flush()?)
}

/// Writes a file that is there when it is whole, and not before.
fn whole(
    file: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let name = file.file_name().context("expected the name of a file")?.to_string_lossy();
    let beside = file.with_file_name(format!("{name}.writing"));
    let cannot = || format!("cannot write {}", file.display());
    let mut out = BufWriter::new(File::create(&beside).with_context(cannot)?);
    let written = write(&mut out).and_then(|()| Ok(out.flush()?)).and_then(|()| {
        out.get_ref().sync_all()?;
        fs::rename(&beside, file).with_context(cannot)
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

fn documents(globals: &Globals, args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let catalogue = store::catalogue(globals)?;
    let portal = args.chosen.portal.clone();
    let filter = Filter { statuses: args.status.statuses().to_vec(), portal };
    let leaders = catalogue.leaders()?;
    let originals = args.unmasked.then(|| Originals::open(globals)).transpose()?;
    catalogue.for_each(&filter, |document| {
        if !args.chosen.wants(document.captured_at) {
            return Ok(());
        }
        let group = leaders.get(&document.id).copied();
        let document = match &originals {
            Some(originals) => originals.of(document)?,
            None => document,
        };
        let report = catalogue.report(&document.id)?;
        let figures = report.as_ref().map(|report| &report.figures);
        Ok(export::jsonl(&document, group, figures, &mut *out)?)
    })
}

/// `gongkai export | head` is no failure.
fn reader_is_gone(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
