//! `gongkai takedown`: what the takedown list hides.

use clap::Subcommand;

use crate::catalogue::{Catalogue, State};
use crate::cli::{Exit, Globals, curated, extract, note, say};
use crate::config::{Loaded, TakedownEntry, Target};
use crate::model::DocumentId;
use crate::resolve::TakenDown;

/// Show what is taken down.
///
/// The list is `takedown.toml` in the folder of the curated crawler settings; the file says how an entry is written.
/// What it names is never served, searched, exported or fetched again; the archive keeps it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List every entry with what it hides now
    List {
        /// Documents shown of each entry; the rest is counted
        #[arg(long, value_name = "N", default_value_t = 10)]
        show: usize,
    },
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let Action::List { show } = args.action;
    let Loaded { config, .. } = curated::load(globals);
    let entries = &config.takedown.entries;
    if config.takedown.is_doubtful {
        note("the takedown list has a mistake; entries with mistakes are not shown below");
    }
    let path = globals.data.join("catalogue.sqlite");
    if path.try_exists()? {
        let catalogue = Catalogue::open_read_only(&path)?;
        let state = State::open_read_only(&globals.data.join("state.sqlite"))?;
        let list = TakenDown::new(&config.takedown);
        let hidden = list.hidden(&catalogue, &state)?;
        for ((number, entry), hidden) in (1..).zip(entries).zip(&hidden) {
            say(format_args!("{}; hides {}", described(number, entry), counted(hidden.len())));
            for id in hidden.iter().take(show) {
                say(format_args!("     {}", titled(&catalogue, id)?));
            }
            if hidden.len() > show {
                say(format_args!("     and {} more", hidden.len() - show));
            }
        }
        if !extract::has_applied(&catalogue, &list)? {
            note("this list is not applied yet: run `gongkai extract`, then `gongkai index`");
        }
    } else {
        for (number, entry) in (1..).zip(entries) {
            say(described(number, entry));
        }
        note("nothing is held yet in this data folder");
    }
    if entries.is_empty() {
        note("nothing is taken down");
    }
    Ok(if config.takedown.is_doubtful { Exit::Mistakes } else { Exit::Done })
}

fn described(number: usize, entry: &TakedownEntry) -> String {
    let target = match &entry.target {
        Target::Url(url) => format!("url {url}"),
        Target::Document(id) => format!("document {id}"),
        Target::TextDigest(digest) => format!("digest {digest}"),
        Target::PayloadDigest(digest) => format!("digest {digest}"),
        Target::Text(text) => format!("string {text:?}"),
    };
    format!("{number:>3}. {target}, since {}: {}", entry.date, entry.reason)
}

fn counted(count: usize) -> String {
    format!("{count} {}", if count == 1 { "document" } else { "documents" })
}

/// Id and title of a document; control characters of the original never reach the terminal.
fn titled(catalogue: &Catalogue, id: &DocumentId) -> anyhow::Result<String> {
    let title = catalogue.document(id)?.map(|document| document.title.value).unwrap_or_default();
    let title: String = title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    Ok(format!("{id}  {title}"))
}
