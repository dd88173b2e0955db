//! Agencies that were renamed or merged: whose series goes on under which name.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::Reported;

/// Which agencies became which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Succession {
    heirs: BTreeMap<String, String>,
    before: BTreeMap<String, BTreeSet<String>>,
}

/// Renames in a row that are followed; a curated list that goes in circles ends here.
const MOST_HEIRS: usize = 10;

impl Succession {
    /// From pairs of plain names: an agency and the one that continues it.
    pub fn of(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut succession = Self::default();
        for (before, after) in pairs {
            succession.before.entry(after.clone()).or_default().insert(before.clone());
            succession.heirs.insert(before, after);
        }
        succession
    }

    /// These agencies, then those they were before and became. Agencies that merged with one of them are not among
    /// them.
    pub fn with_kin(&self, agencies: &[String]) -> Vec<String> {
        let mut all: Vec<String> = agencies.to_vec();
        for name in agencies {
            let heirs = std::iter::successors(Some(name), |name| self.heirs.get(*name));
            all.extend(heirs.take(MOST_HEIRS).cloned());
            let mut last: BTreeSet<&String> = BTreeSet::from([name]);
            for _ in 0..MOST_HEIRS {
                last = last.into_iter().flat_map(|name| self.before(name)).collect();
                all.extend(last.iter().map(|name| (*name).clone()));
            }
        }
        let mut seen = BTreeSet::new();
        all.retain(|name| seen.insert(name.clone()));
        all
    }

    /// Those that became an agency.
    pub(super) fn before(&self, agency: &str) -> impl Iterator<Item = &String> {
        self.before.get(agency).into_iter().flatten()
    }

    /// The name under which the series of each agency goes on: that of its heir where it is the only one that became
    /// it and both never report on the same year, and else its own.
    pub(super) fn series<'a>(&'a self, reported: &[&'a Reported]) -> BTreeMap<&'a str, &'a str> {
        let mut years: BTreeMap<&str, BTreeSet<i16>> = BTreeMap::new();
        for report in reported {
            years.entry(&report.agency).or_default().insert(report.year);
        }
        let goes_on = |name: &'a str| {
            let heir = self.heirs.get(name)?;
            let others = self.before(heir).filter(|other| years.contains_key(other.as_str()));
            let (then, now) = (years.get(name)?, years.get(heir.as_str())?);
            (others.count() == 1 && then.last() < now.first()).then_some(heir.as_str())
        };
        let last = |name: &'a str| {
            std::iter::successors(Some(name), |name| goes_on(name)).take(MOST_HEIRS).last()
        };
        years.keys().map(|name| (*name, last(name).unwrap_or(name))).collect()
    }
}
