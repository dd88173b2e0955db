//! The facts of the ledger, kept between questions: to gather them, every page that is known is looked at.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use crate::catalogue::Catalogue;
use crate::cli::{clock, roster};
use crate::config::Config;
use crate::figures::LedgerFacts;
use crate::model::{Moment, china_day};

/// While a crawl goes on, what it finds is in the ledger after so many seconds at the latest.
const LONGEST_BEHIND: i64 = 60;

/// Facts with what they were gathered from.
pub(crate) struct Facts {
    data: PathBuf,
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    facts: LedgerFacts,
    at: Moment,
    state: Vec<Stamp>,
    catalogue: Vec<Stamp>,
}

/// Length and time of a file; `None` where there is none.
type Stamp = Option<(u64, SystemTime)>;

impl Facts {
    pub(crate) fn of(data: &Path) -> Self {
        Self { data: data.to_owned(), kept: Mutex::new(None) }
    }

    /// The facts of now. What the catalogue says is never old: what was closed a moment ago is in no ledger.
    pub(crate) fn now(
        &self,
        catalogue: &Catalogue,
        config: &Config,
    ) -> anyhow::Result<LedgerFacts> {
        let now = clock::now();
        self.at(now, || roster::facts(&self.data, catalogue, config, now))
    }

    /// The facts of a time; gathered only where those that are kept may be old.
    fn at(
        &self,
        now: Moment,
        gather: impl FnOnce() -> anyhow::Result<LedgerFacts>,
    ) -> anyhow::Result<LedgerFacts> {
        let (of_state, of_catalogue) = (self.stamps("state"), self.stamps("catalogue"));
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = |kept: &&Kept| {
            let is_near = (now.as_second() - kept.at.as_second()).abs() < LONGEST_BEHIND;
            kept.catalogue == of_catalogue
                && kept.facts.today == china_day(now)
                && (kept.state == of_state || is_near)
        };
        if let Some(kept) = kept.as_ref().filter(is_fresh) {
            return Ok(kept.facts.clone());
        }
        let facts = gather()?;
        *kept =
            Some(Kept { facts: facts.clone(), at: now, state: of_state, catalogue: of_catalogue });
        Ok(facts)
    }

    /// Of a database and its log, which takes what is written first.
    fn stamps(&self, name: &str) -> Vec<Stamp> {
        let stamp = |file: String| {
            let about = std::fs::metadata(self.data.join(file)).ok()?;
            Some((about.len(), about.modified().ok()?))
        };
        vec![stamp(format!("{name}.sqlite")), stamp(format!("{name}.sqlite-wal"))]
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn facts_are_gathered_again_when_they_may_be_old() {
        let folder = tempfile::tempdir().unwrap();
        let write =
            |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let facts = Facts::of(folder.path());
        let gathered = Cell::new(0);
        let ask = |time: &str| {
            let now: Moment = time.parse().unwrap();
            let gather = || {
                gathered.set(gathered.get() + 1);
                let (roster, held, named) = (Vec::new(), Vec::new(), Vec::new());
                Ok(LedgerFacts { roster, held, named, today: china_day(now) })
            };
            facts.at(now, gather).unwrap();
            gathered.get()
        };
        write("catalogue.sqlite", "c");
        write("state.sqlite", "s");
        assert_eq!(ask("2024-06-01T01:00:00Z"), 1);
        assert_eq!(ask("2024-06-01T09:00:00Z"), 1, "nothing was written since");
        write("catalogue.sqlite-wal", "one document");
        assert_eq!(ask("2024-06-01T09:00:01Z"), 2, "a document changed");
        write("state.sqlite-wal", "one page");
        assert_eq!(ask("2024-06-01T09:00:02Z"), 2, "a crawl goes on: a little behind");
        assert_eq!(ask("2024-06-01T09:01:02Z"), 3, "not more than a minute");
        assert_eq!(ask("2024-06-01T15:59:59Z"), 3);
        assert_eq!(ask("2024-06-01T16:00:00Z"), 4, "a new day in China");
    }
}
