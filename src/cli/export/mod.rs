//! `gongkai export`: catalogue or archive → files for other programs.

mod captures;
mod documents;
mod unmasked;

use std::{
    fs::{self, File},
    io::{self, BufWriter, IsTerminal, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::ValueEnum;

use crate::cli::{Exit, Globals};
use crate::model::{Moment, Status};

/// Write documents, or the captures they were read from, to standard output.
///
/// JSON lines hold one document each: `id`, `external_id`, `url`, `title`, `published_date`, `written_date`, `issuer`,
/// `agency`, `doc_no`, `index_no`, `category`, `report_year`, `text`, `attachments`, `status`, `status_since`,
/// `changed_at`, `moved_to`, `refused_since`, `group` (the first document of those with the same text or of the same
/// report), `part`, `figures` (of an annual report: number or null by metric id), `portal`, `captured_at`.
///
/// CSV, XLSX (at most 200,000 rows) and Parquet hold one document each with the evidence of its fields, the text only in
/// Parquet; BibTeX, RIS and CSL-JSON are citations. With `--query` exactly what `gongkai search` counts is written, in its
/// order, removed documents too.
///
/// WARC is a file of captures, gzip by record, that every web archive tool reads; CDXJ is an index of the files in the
/// data folder's `archive/`, sorted, for pywb and its kin. WACZ is one file with captures, index and the titles of the pages,
/// which ReplayWeb.page opens from a disk or any web server. Withheld documents and their captures are never written.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// The form of the output
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
    /// Only what this question lists, in the order of the answer
    #[arg(long, value_name = "QUERY", conflicts_with_all = ["unmasked", "portal", "since", "until", "status"])]
    query: Option<String>,
    /// With --format csv: begin with a byte order mark, for Excel
    #[arg(long)]
    bom: bool,
    /// Which documents: still published, removed by the portal, or all; for forms that hold documents
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
    /// JSON lines: documents with text and figures
    Jsonl,
    /// CSV: documents without their texts
    Csv,
    /// Excel workbook: the same, at most 200,000
    Xlsx,
    /// Parquet: the same, with texts
    Parquet,
    /// BibTeX: citations
    Bibtex,
    /// RIS: citations
    Ris,
    /// CSL-JSON: citations
    Csljson,
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
        None if matches!(args.format, Format::Xlsx | Format::Parquet)
            && io::stdout().is_terminal() =>
        {
            bail!("a file of this form is not for a terminal: --out FILE")
        }
        None => write(globals, args, &mut BufWriter::new(io::stdout())),
    };
    match written {
        Err(error) if reader_is_gone(&error) => Ok(Exit::Done),
        other => other.map(|()| Exit::Done).context("cannot write the export"),
    }
}

fn write<W: Write + Send>(globals: &Globals, args: &Args, out: &mut W) -> anyhow::Result<()> {
    match args.format {
        Format::Jsonl
        | Format::Csv
        | Format::Xlsx
        | Format::Parquet
        | Format::Bibtex
        | Format::Ris
        | Format::Csljson => documents::write(globals, args, out)?,
        Format::Warc => captures::warc(globals, &args.chosen, out)?,
        Format::Cdxj => captures::cdxj(globals, &args.chosen, out)?,
        Format::Wacz => bail!("a WACZ file cannot be written to standard output: --out FILE"),
    }
    Ok(out.flush()?)
}

/// Writes a file that is there when it is whole, and not before.
pub(crate) fn whole(
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

/// `gongkai export | head` is no failure.
pub(crate) fn reader_is_gone(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
