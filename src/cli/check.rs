//! `gongkai check`: what is wrong in the curated files, all of it at once.

use std::fmt::Write;

use crate::cli::{Exit, Globals, curated, note, say};
use crate::config::{self, Config, Dirs, Loaded, Portal, Verified};

/// Read every curated file and report every mistake, each with file, line and what was expected.
///
/// Mistakes go to standard output, one a line; the exit code is 2 when there is one.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print mistakes only, no summary and no hints
    #[arg(long, short)]
    quiet: bool,
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let dirs = curated::dirs(globals);
    let Loaded { config, mistakes } = config::load(&dirs);
    for mistake in &mistakes {
        say(mistake);
    }
    if !args.quiet {
        summarise(&config, &dirs, mistakes.len())?;
    }
    Ok(if mistakes.is_empty() { Exit::Done } else { Exit::Mistakes })
}

fn summarise(config: &Config, dirs: &Dirs, mistakes: usize) -> anyhow::Result<()> {
    for hint in hints(config) {
        note(hint);
    }
    match mistakes {
        0 => say(all_right(config, dirs)?),
        1 => note("1 mistake; nothing it belongs to is used until it is mended"),
        many => note(format_args!(
            "{many} mistakes; nothing they belong to is used until they are mended"
        )),
    }
    Ok(())
}

/// What is no mistake, but should not stay.
fn hints(config: &Config) -> Vec<String> {
    let mut hints = Vec::new();
    let contact = &config.crawler.contact;
    if config.crawler.contact_is_placeholder() {
        hints.push(format!(
            "note: `contact` in defaults.toml is still {contact}, where nobody answers; put yours there before you crawl"
        ));
    }
    let unseen = config.portals.iter().filter(|portal| portal.verified == Verified::Never);
    let unseen: Vec<&str> = unseen.map(|portal| portal.id.as_str()).collect();
    if !unseen.is_empty() {
        hints.push(format!("note: never compared with the site: {}", unseen.join(", ")));
    }
    for portal in config.portals.iter().filter(|portal| !portal.insecure_tls.is_empty()) {
        let hosts = portal.insecure_tls.join(", ");
        hints.push(format!("note: {}: certificates are not checked on {hosts}", portal.id));
    }
    hints
}

fn all_right(config: &Config, dirs: &Dirs) -> anyhow::Result<String> {
    let mut text = format!(
        "all right: {}, {}, {}",
        counted(config.portals.len(), "portal", "portals"),
        counted(config.categories.all().count(), "category", "categories"),
        counted(config.dictionary.len(), "word in the dictionary", "words in the dictionary"),
    );
    for Portal { id, name, columns, .. } in &config.portals {
        write!(text, "\n  {id}  {name}  {}", counted(columns.len(), "column", "columns"))?;
    }
    for folder in [&dirs.crawler, &dirs.index] {
        if !folder.try_exists()? {
            write!(
                text,
                "\n  there is no {}; the copy inside the program is used",
                folder.display()
            )?;
        }
    }
    Ok(text)
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
