//! Documents that belong together: copies of one text, forms of one report, editions of one regulation; and the names
//! by which documents cite each other.
//!
//! Each document gets a fingerprint when it changes; groups and editions are found anew over all fingerprints, and only
//! what differs is written. So they never depend on what came first. Citations are kept as the names that documents
//! bear and cite, and resolved when they are read.

mod fingerprint;
mod groups;
mod lists;
#[cfg(test)]
mod tests;
mod titles;

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use crate::catalogue::Catalogue;
use crate::model::{Document, DocumentId, Fingerprint};
use crate::resolve::relations::fingerprint::{FINGERPRINT_RULES, essence, fingerprint};
use crate::resolve::relations::groups::{Groups, Pair};
use crate::text::{Likeness, Shingles};

/// Up to which change of the catalogue documents have fingerprints, and by which rules.
const FINGERPRINTED: &str = "fingerprinted";
const RULES: &str = "fingerprint_rules";
/// Up to which change groups and editions are found.
const RELATED: &str = "related";
/// Documents read, and pairs of texts compared, at a time …
const AT_ONCE: usize = 512;
/// … and characters of texts that are held to compare them, of which each takes eight bytes.
const CHARACTERS_AT_ONCE: u64 = 8_000_000;

/// What bringing relations up to date did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Related {
    /// Fingerprints made.
    pub fingerprints: usize,
    /// Pairs of texts compared.
    pub compared: usize,
    /// Documents in groups.
    pub grouped: usize,
    /// Groups.
    pub groups: usize,
    /// Rows that changed.
    pub changed: usize,
}

/// Brings groups and editions up to what the catalogue holds; `None` when nothing changed since the last time.
pub fn relate(catalogue: &Catalogue) -> anyhow::Result<Option<Related>> {
    if catalogue.cursor(RULES)? != FINGERPRINT_RULES {
        catalogue.forget_likenesses()?;
        catalogue.set_cursor(FINGERPRINTED, 0)?;
        catalogue.set_cursor(RELATED, 0)?;
        catalogue.set_cursor(RULES, FINGERPRINT_RULES)?;
    }
    let last = catalogue.last_change()?;
    if catalogue.cursor(RELATED)? == last {
        return Ok(None);
    }
    let fingerprints = fingerprints(catalogue)?;
    let mut groups = Groups::default();
    catalogue.for_each_fingerprint(|row| groups.push(row.key, &row.print))?;
    groups.same_texts();
    let pairs = compared(catalogue, &groups)?;
    let compared = pairs.len();
    groups.near_texts(pairs);
    let before_forms = groups.forms();
    let kin = groups.kin(&before_forms);
    let changed = catalogue.set_kin(&kin)? + catalogue.set_editions(&groups.editions())?;
    // A document in another group is one that changed, though not in what it is compared by.
    let last = catalogue.last_change()?;
    catalogue.set_cursor(FINGERPRINTED, last)?;
    catalogue.set_cursor(RELATED, last)?;
    let leaders = kin.values().filter(|kin| kin.kinship.is_none()).count();
    Ok(Some(Related { fingerprints, compared, grouped: kin.len(), groups: leaders, changed }))
}

/// Makes the fingerprints of documents that changed.
fn fingerprints(catalogue: &Catalogue) -> anyhow::Result<usize> {
    let mut reached = catalogue.cursor(FINGERPRINTED)?;
    let mut made = 0;
    loop {
        let changed = catalogue.changed_after(reached, AT_ONCE)?;
        let Some((last, _)) = changed.last() else { return Ok(made) };
        reached = *last;
        let of = |(_, document): &(i64, Document)| (document.id, fingerprint(document));
        let prints: Vec<(DocumentId, Fingerprint)> = changed.par_iter().map(of).collect();
        catalogue.put_fingerprints(&prints)?;
        catalogue.set_cursor(FINGERPRINTED, reached)?;
        made += prints.len();
    }
}

/// Pairs that may resemble each other with their likeness; what was once compared is kept.
fn compared(catalogue: &Catalogue, groups: &Groups) -> anyhow::Result<Vec<(Pair, Likeness)>> {
    let mut all = Vec::new();
    let candidates = groups.candidates();
    let mut rest = candidates.as_slice();
    while !rest.is_empty() {
        let (pairs, next) = rest.split_at(at_once(rest, groups));
        rest = next;
        let mut open = Vec::new();
        for pair in pairs {
            let (a, b) = groups.digests(*pair);
            match catalogue.likeness(a, b)? {
                Some((resemblance, containment)) => {
                    all.push((*pair, Likeness { resemblance, containment }));
                }
                None => open.push(*pair),
            }
        }
        let texts = shingles(catalogue, open.iter().map(|pair| groups.keys(*pair)))?;
        let value = |pair: &Pair| {
            let (a, b) = groups.keys(*pair);
            (*pair, texts[&a].likeness(&texts[&b]))
        };
        let values: Vec<(Pair, Likeness)> = open.par_iter().map(value).collect();
        let row = |(pair, value): &(Pair, Likeness)| {
            let (a, b) = groups.digests(*pair);
            (a, b, value.resemblance, value.containment)
        };
        catalogue.put_likenesses(&values.iter().map(row).collect::<Vec<_>>())?;
        all.extend(values);
    }
    Ok(all)
}

/// How many of these pairs are compared at a time: one at least.
fn at_once(pairs: &[Pair], groups: &Groups) -> usize {
    let mut characters = 0;
    let fits = |pair: &&Pair| {
        characters += groups.characters(**pair);
        characters <= CHARACTERS_AT_ONCE
    };
    pairs.iter().take(AT_ONCE).take_while(fits).count().max(1)
}

/// The shingles of the documents in these pairs of keys, each read once.
fn shingles(
    catalogue: &Catalogue,
    pairs: impl Iterator<Item = (i64, i64)>,
) -> anyhow::Result<HashMap<i64, Shingles>> {
    let keys: BTreeSet<i64> = pairs.flat_map(<[i64; 2]>::from).collect();
    let read = |key: &i64| {
        let document = catalogue.by_key(*key)?;
        let shingles = document.map(|document| essence(&document).shingles());
        Ok((*key, shingles.unwrap_or_default()))
    };
    keys.par_iter().map(read).collect()
}
