//! The curated files as a command needs them: loaded, mistakes said, portals chosen.

use crate::cli::{Exit, Globals, note};
use crate::config::{self, Config, Dirs, Loaded};

/// Where the curated folders are: `index/` stands beside the crawler's folder.
pub(crate) fn dirs(globals: &Globals) -> Dirs {
    Dirs { crawler: globals.config.clone(), index: globals.config.with_file_name("index") }
}

/// Loads the curated files and prints every mistake; what is right is used.
pub(crate) fn load(globals: &Globals) -> Loaded {
    let loaded = config::load(&dirs(globals));
    for mistake in &loaded.mistakes {
        note(mistake);
    }
    loaded
}

/// Whether the takedown list has a mistake, which is said: then nothing is harvested or extracted, because what it
/// names could come back.
pub(crate) fn stopped_by_takedown(config: &Config) -> bool {
    if config.takedown.is_doubtful {
        note(
            "the takedown list has a mistake; mend it first, lest something comes back that was taken down",
        );
    }
    config.takedown.is_doubtful
}

/// What is said to somebody who names a portal that is not there.
pub(crate) fn no_portal(asked: &str, known: impl IntoIterator<Item = String>) -> String {
    /// More are not listed.
    const MOST: usize = 20;
    let mut known: Vec<String> = known.into_iter().collect();
    let more = if known.len() > MOST { ", …" } else { "" };
    known.truncate(MOST);
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    format!(
        "there is no portal `{asked}` that could be used; `gongkai check` says why; known: {known}{more}"
    )
}

/// The settings with the chosen portals only (all, when none is named). A named portal that is not there, or has a
/// mistake, is the caller's mistake: it is said, and the exit to take is returned.
pub(crate) fn chosen(globals: &Globals, portals: &[String]) -> Result<Config, Exit> {
    let Loaded { mut config, mistakes } = load(globals);
    if stopped_by_takedown(&config) {
        return Err(Exit::Mistakes);
    }
    let missing: Vec<&String> =
        portals.iter().filter(|id| !config.portals.iter().any(|p| &p.id == *id)).collect();
    for id in &missing {
        note(no_portal(id, config.portals.iter().map(|portal| portal.id.clone())));
    }
    if !missing.is_empty() {
        return Err(Exit::Mistakes);
    }
    if !portals.is_empty() {
        config.portals.retain(|portal| portals.contains(&portal.id));
    } else if config.portals.is_empty() {
        note(format_args!(
            "no portal to crawl: add a file to {} (see _example.toml there)",
            globals.config.join("portals").display()
        ));
        return Err(Exit::Mistakes);
    } else if !mistakes.is_empty() {
        note("portals with mistakes are left out; `gongkai check` lists every mistake");
    }
    Ok(config)
}
