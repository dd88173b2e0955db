//! `gongkai suggest`: how what is being typed may go on.

use crate::cli::library::Shelves;
use crate::cli::{Exit, Globals, curated, say};
use crate::serve::{self, Library as _};

/// Suggest how to go on from what is typed: numbers, agencies, words, titles.
///
/// Typed may be characters, their pinyin in full (gongjijin), its first letters (gjj), or both mixed.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// What is typed
    #[arg(value_name = "TEXT")]
    typed: String,
    /// Suggestions at most
    #[arg(long, default_value_t = 10)]
    size: usize,
    /// Print them as the API gives them
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let shelves = Shelves::open(globals, &curated::load(globals).config, Vec::new())?;
    let found = shelves.suggest(&args.typed, args.size)?;
    if args.json {
        say(serve::suggestions_json(found)?);
        return Ok(Exit::Done);
    }
    for one in found {
        let id = one.id.map(|id| format!("  {id}")).unwrap_or_default();
        let text: String = one.text.chars().filter(|c| !c.is_control()).collect();
        say(format_args!("{:<7} {text}{id}", one.kind));
    }
    Ok(Exit::Done)
}
