//! `gongkai agency`: what is made of a printed name.

use crate::cli::curated;
use crate::cli::{Exit, Globals, say};
use crate::config::AgencyEntry;
use crate::resolve::Book;

/// Show what an agency's printed name means: its plain name, its region, what it was before and became.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// The name as printed, such as 市人社局
    name: String,
    /// Code of the region where it was printed: that of the portal
    #[arg(long, value_name = "CODE")]
    region: Option<String>,
    /// The year of the document
    #[arg(long, value_name = "YEAR")]
    year: Option<i16>,
}

pub(crate) fn run(globals: &Globals, args: &Args) -> Exit {
    let config = curated::load(globals).config;
    let book = Book::new(&config.regions, &config.agencies);
    let named = book.agency(&args.name, args.region.as_deref(), args.year);
    say(format_args!("agency      {}", named.name));
    let region =
        named.region.as_ref().map(|code| format!("{code} {}", book.regions().path(code).concat()));
    say(format_args!("region      {}", region.as_deref().unwrap_or("unknown")));
    let Some(entry) = book.entry(&named.name) else {
        say("entry       none in agencies.toml: the name stays as printed");
        return Exit::Done;
    };
    say(format_args!("entry       {}", described(entry)));
    for before in book.predecessors(entry) {
        say(format_args!("was before  {}", described(before)));
    }
    let mut later = book.successor(entry);
    for _ in 0..10 {
        let Some(heir) = later else { break };
        say(format_args!("became      {}", described(heir)));
        later = book.successor(heir);
    }
    Exit::Done
}

/// A name with its other names and its years.
fn described(entry: &AgencyEntry) -> String {
    let bodies = if entry.bodies.is_empty() {
        String::new()
    } else {
        format!(" + {}", entry.bodies.join("|"))
    };
    let also =
        if entry.also.is_empty() { String::new() } else { format!(" ({})", entry.also.join(", ")) };
    let years = match (entry.since, entry.until) {
        (None, None) => String::new(),
        (since, until) => {
            let year = |year: Option<i16>| year.map_or_else(String::new, |year| year.to_string());
            format!(", {}–{}", year(since), year(until))
        }
    };
    format!("{}{bodies}{also}{years}", entry.name)
}
