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
        let facts = roster::facts(&self.data, catalogue, config, now)?;
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
