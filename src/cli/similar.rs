//! `gongkai similar`: documents like one.

use anyhow::Context;

use crate::cli::library::Shelves;
use crate::cli::{Exit, Globals, curated, say};
use crate::model::DocumentId;
use crate::serve::{self, Library as _};

/// Find documents like one: those that hold the words which say most about it.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Id of the document
    #[arg(value_name = "ID")]
    id: DocumentId,
    /// Documents at most
    #[arg(long, default_value_t = 10)]
    size: usize,
    /// Print them as the API gives them
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let shelves = Shelves::open(globals, &curated::load(globals).config, Vec::new())?;
    let document = shelves.document(&args.id)?;
    let document = document.with_context(|| format!("there is no document {}", args.id))?;
    let found = shelves.similar(&document, args.size)?;
    if args.json {
        say(serve::similar_json(found)?);
        return Ok(Exit::Done);
    }
    for one in found {
        let title = one.document.title.value.chars().filter(|c| !c.is_control());
        let (title, id, words) = (title.collect::<String>(), one.document.id, one.words.join(" "));
        say(format_args!("{:.2}  {id}  {title}  [{words}]", one.likeness));
    }
    Ok(Exit::Done)
}
