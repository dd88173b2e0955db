//! The rules in force when something is read, and what differs from those by which it was read before.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::catalogue::Catalogue;
use crate::config::{Config, Portal};
use crate::extract;

/// What decides what is read from a page: numbers and digests only, as the catalogue keeps them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    extractor: u32,
    /// Of each portal that the page was captured for.
    portals: BTreeMap<String, String>,
    categories: String,
    regions: String,
    agencies: String,
    privacy: String,
}

/// The rules in force, and all others by which something was read that is held.
pub(super) struct Rules<'a> {
    catalogue: &'a Catalogue,
    /// Those of pages without a portal.
    common: Record,
    portals: HashMap<String, String>,
    /// Keys of rules that are not in force, with what differs.
    stale: BTreeMap<i64, String>,
    /// Keys of those in force, by their portals.
    current: Mutex<HashMap<BTreeSet<String>, i64>>,
}

impl<'a> Rules<'a> {
    pub(super) fn new(catalogue: &'a Catalogue, config: &Config) -> anyhow::Result<Self> {
        let portal = |portal: &Portal| (portal.id.clone(), of_portal(portal));
        let mut rules = Self {
            catalogue,
            common: Record {
                extractor: extract::RULES,
                portals: BTreeMap::new(),
                categories: digest(&config.categories),
                regions: digest(&config.regions.all()),
                agencies: digest(&config.agencies.all()),
                privacy: digest(&config.crawler.privacy.hide_personal),
            },
            portals: config.portals.iter().map(portal).collect(),
            stale: BTreeMap::from([(0, "asked for".to_owned())]),
            current: Mutex::default(),
        };
        for (key, text) in catalogue.rules_in_use()? {
            if let Some(why) = rules.differences(&text) {
                rules.stale.insert(key, why);
            }
        }
        Ok(rules)
    }

    /// The rules that are not in force, with what differs.
    pub(super) fn stale(&self) -> impl Iterator<Item = (i64, &str)> {
        self.stale.iter().map(|(key, why)| (*key, why.as_str()))
    }

    pub(super) fn are_stale(&self, key: i64) -> bool {
        self.stale.contains_key(&key)
    }

    /// The key of the rules in force for a page that was captured for these portals.
    pub(super) fn key(&self, portals: BTreeSet<String>) -> anyhow::Result<i64> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = current.get(&portals) {
            return Ok(*key);
        }
        let record = self.record(portals.iter().map(String::as_str));
        let key = self.catalogue.rules(&serde_json::to_string(&record)?)?;
        current.insert(portals, key);
        Ok(key)
    }

    fn record<'b>(&self, portals: impl Iterator<Item = &'b str>) -> Record {
        let of = |id: &str| (id.to_owned(), self.portals.get(id).cloned().unwrap_or_default());
        Record { portals: portals.map(of).collect(), ..self.common.clone() }
    }

    /// What differs between rules as the catalogue keeps them and those in force now; `None`: nothing.
    fn differences(&self, text: &str) -> Option<String> {
        let Ok(then) = serde_json::from_str::<Record>(text) else {
            return Some("another version".to_owned());
        };
        let now = self.record(then.portals.keys().map(String::as_str));
        let mut found: Vec<String> = [
            ("extractor", then.extractor != now.extractor),
            ("categories", then.categories != now.categories),
            ("regions", then.regions != now.regions),
            ("agencies", then.agencies != now.agencies),
            ("privacy", then.privacy != now.privacy),
        ]
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(name, _)| name.to_owned())
        .collect();
        let changed =
            then.portals.iter().filter(|(id, digest)| now.portals.get(*id) != Some(digest));
        found.extend(changed.map(|(id, _)| format!("portal {id}")));
        (!found.is_empty()).then(|| found.join(", "))
    }
}

/// Digest of what of a portal file decides what its pages are read as; how it is crawled does not.
fn of_portal(portal: &Portal) -> String {
    let columns: Vec<_> =
        portal.columns.iter().map(|c| (&c.name, &c.category, &c.agency)).collect();
    digest(&(&portal.id, &portal.name, &portal.region, columns, &portal.detail))
}

/// Another text for another value: values are told apart by how they are printed for developers.
fn digest(value: &impl Debug) -> String {
    let digest = Sha256::digest(format!("{value:?}").as_bytes());
    data_encoding::HEXLOWER.encode(&digest[..8])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Dirs};

    fn config(portal: &str) -> Config {
        let mut config =
            config::load(&Dirs { crawler: "none".into(), index: "none".into() }).config;
        let file = |more: &str| {
            format!(
                "name = \"青岚县人民政府\"\nbases = [\"http://www.qinglan.example/\"]\nregion = \"unknown\"\n\
                 verified = \"never\"\n{more}\n[[columns]]\nname = \"文件\"\nlist = \"wj/\"\n[list]\nitems = \"li\"\n"
            )
        };
        for (id, more) in [("qinglan", portal), ("other", "")] {
            let text = format!("id = \"{id}\"\n{}", file(more));
            let read = config.read_portal(format!("{id}.toml").as_ref(), &text).unwrap();
            config.portals.push(read);
        }
        config
    }

    fn stale(catalogue: &Catalogue, config: &Config) -> Vec<String> {
        let rules = Rules::new(catalogue, config).unwrap();
        rules.stale().map(|(_, why)| why.to_owned()).skip(1).collect()
    }

    #[test]
    fn only_what_a_change_touches_is_stale() {
        use crate::catalogue::{Derived, Source};
        let folder = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::open(&folder.path().join("catalogue.sqlite")).unwrap();
        let first = config("");
        let rules = Rules::new(&catalogue, &first).unwrap();
        for id in ["qinglan", "other"] {
            let rules = rules.key(BTreeSet::from([id.to_owned()])).unwrap();
            let source = Source::Record { set: "test".into(), id: id.into() };
            let newest = crate::model::Moment::UNIX_EPOCH;
            let derived = Derived { rules, reached: 1, newest, halves: false };
            catalogue.set_derived(&[(source, derived)]).unwrap();
        }
        assert_eq!(stale(&catalogue, &config("")), [""; 0], "the same settings, loaded again");
        let slower = config("politeness.delay = \"9s\"");
        assert_eq!(stale(&catalogue, &slower), [""; 0], "how it is crawled does not matter");
        let other_title = config("detail.title = \"h2\"");
        assert_eq!(stale(&catalogue, &other_title), ["portal qinglan"]);
        let mut shown = config("");
        shown.crawler.privacy.hide_personal ^= true;
        assert_eq!(stale(&catalogue, &shown), ["privacy", "privacy"]);
    }
}
