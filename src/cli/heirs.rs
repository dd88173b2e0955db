//! Which agencies became which, by the curated names of one place (`index/agencies.toml`).

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use crate::config::{AgencyEntry, Config};
use crate::figures::Succession;
use crate::resolve::Book;

/// An agency that another one continues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heir {
    /// The agency.
    pub(crate) before: String,
    /// The one that continues it.
    pub(crate) after: String,
    /// The first year of the heir, where it is curated.
    pub(crate) since: Option<i16>,
}

/// Which of these agencies became which others of them.
///
/// A place may have given the body a longer name than the curated one: 自然资源 may be 自然资源和规划 there.
pub(crate) fn heirs<'n>(book: &Book<'_>, names: impl Iterator<Item = &'n str>) -> Vec<Heir> {
    let mut bodies: HashMap<&str, BTreeMap<&str, &str>> = HashMap::new();
    let mut wanted = Vec::new();
    for name in names {
        let Some(entry) = book.entry(name) else { continue };
        let Some(place) = place_of(name, entry) else { continue };
        bodies.entry(place).or_default().insert(&entry.name, name);
        wanted.extend(book.successor(entry).map(|heir| (name, place, heir)));
    }
    let mut found = Vec::new();
    for (name, place, heir) in wanted {
        let here = bodies.get(place).into_iter().flat_map(|here| here.range(heir.name.as_str()..));
        let after = here.take(1).find(|(kind, _)| kind.starts_with(&heir.name));
        found.extend(after.map(|(_, after)| Heir {
            before: name.to_owned(),
            after: (*after).to_owned(),
            since: heir.since,
        }));
    }
    found
}

/// The place that a local body's name begins with; empty for a single agency.
fn place_of<'n>(name: &'n str, entry: &AgencyEntry) -> Option<&'n str> {
    if entry.bodies.is_empty() {
        return Some("");
    }
    let names = || std::iter::once(&entry.name).chain(&entry.also);
    let full =
        entry.bodies.iter().flat_map(|body| names().map(move |kind| format!("{kind}{body}")));
    full.filter_map(|ending| name.strip_suffix(ending.as_str())).min_by_key(|place| place.len())
}

/// The succession of the agencies that report, kept as long as these are the same.
#[derive(Debug, Default)]
pub(crate) struct KeptSuccession(Mutex<Option<(Vec<String>, Arc<Succession>)>>);

impl KeptSuccession {
    /// The succession among those who report.
    pub(crate) fn of(&self, config: &Config, reporters: Vec<String>) -> Arc<Succession> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, succession)) = kept.as_ref()
            && *of == reporters
        {
            return Arc::clone(succession);
        }
        let book = Book::new(&config.regions, &config.agencies);
        let pairs = heirs(&book, reporters.iter().map(String::as_str)).into_iter();
        let succession = Arc::new(Succession::of(pairs.map(|heir| (heir.before, heir.after))));
        *kept = Some((reporters, Arc::clone(&succession)));
        succession
    }
}
