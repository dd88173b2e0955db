//! `gongkai diff`: what changed from one version of a document to another.

use anyhow::Context as _;

use crate::analysis::{Block, Piece};
use crate::cli::library::Shelves;
use crate::cli::{Exit, Globals, curated, say};
use crate::model::DocumentId;
use crate::serve::{self, VersionMark};

/// Show what changed between two versions of a document, word by word: `[-deleted-]` and `{+inserted+}`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Id of the document
    #[arg(value_name = "ID")]
    id: DocumentId,
    /// Number of the version to compare from [default: the one before]
    #[arg(long, value_name = "N")]
    from: Option<usize>,
    /// Number of the version to compare to [default: the newest]
    #[arg(long, value_name = "N")]
    to: Option<usize>,
    /// Print it as the API gives it
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let shelves = Shelves::open(globals, &curated::load(globals).config, Vec::new())?;
    let none = || format!("there are no such versions of a document {}", args.id);
    if args.json {
        say(serve::diff_json(&shelves, args.id, args.from, args.to)?.with_context(none)?);
        return Ok(Exit::Done);
    }
    let compared = serve::compare_versions(&shelves, &args.id, args.from, args.to)?;
    let compared = compared.with_context(none)?;
    let about = |mark: &VersionMark| format!("{}, captured {}", mark.number, mark.captured_at);
    say(format_args!("--- {}", about(&compared.from)));
    say(format_args!("+++ {}", about(&compared.to)));
    for Block { is_changed, pieces } in
        [compared.title, compared.text].into_iter().flat_map(|d| d.blocks)
    {
        if !is_changed {
            continue;
        }
        say(pieces.iter().map(marked).collect::<String>().trim());
        say("");
    }
    Ok(Exit::Done)
}

/// A piece for a terminal: nothing in it steers the terminal.
fn marked(piece: &Piece) -> String {
    let plain =
        |text: &str| text.chars().filter(|c| *c == '\n' || !c.is_control()).collect::<String>();
    match piece {
        Piece::Same { new, .. } => plain(new),
        Piece::Deleted(text) => format!("[-{}-]", plain(text)),
        Piece::Inserted(text) => format!("{{+{}+}}", plain(text)),
    }
}
