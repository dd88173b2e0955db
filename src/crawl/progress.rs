//! How far a run is, for people who watch.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::config::Portal;
use crate::model::PortalId;

/// Counters of a run, one set per portal in the order of the plan; written by the run, read at any time.
#[derive(Debug, Default)]
pub struct Progress {
    portals: Vec<Counters>,
}

/// Counters of one portal in this run.
#[derive(Debug, Default)]
pub struct Counters {
    /// The portal.
    pub id: PortalId,
    found: AtomicU64,
    fetched: AtomicU64,
    kept: AtomicU64,
    failed: AtomicU64,
    waiting: AtomicU64,
    bytes: AtomicU64,
}

/// The counters of one portal at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Pages found that nobody knew.
    pub found: u64,
    /// Requests that ended, with an answer or without.
    pub fetched: u64,
    /// Pages and files kept, unchanged ones included.
    pub kept: u64,
    /// Pages given up, refused or disallowed.
    pub failed: u64,
    /// Pages queued.
    pub waiting: u64,
    /// Bytes received, as sent.
    pub bytes: u64,
}

impl Progress {
    /// Counters for these portals, all zero.
    pub fn of(portals: &[Portal]) -> Self {
        let counters = |portal: &Portal| Counters { id: portal.id.clone(), ..Counters::default() };
        Self { portals: portals.iter().map(counters).collect() }
    }

    /// The counters, one set per portal.
    pub fn portals(&self) -> &[Counters] {
        &self.portals
    }

    /// The sum of all portals.
    pub fn total(&self) -> Snapshot {
        self.portals.iter().map(Counters::snapshot).fold(Snapshot::default(), |a, b| Snapshot {
            found: a.found + b.found,
            fetched: a.fetched + b.fetched,
            kept: a.kept + b.kept,
            failed: a.failed + b.failed,
            waiting: a.waiting + b.waiting,
            bytes: a.bytes + b.bytes,
        })
    }

    pub(crate) fn count(&self, portal: usize, what: Count, by: u64) {
        let Some(counters) = self.portals.get(portal) else { return };
        let counter = match what {
            Count::Found => &counters.found,
            Count::Fetched => &counters.fetched,
            Count::Kept => &counters.kept,
            Count::Failed => &counters.failed,
            Count::Bytes => &counters.bytes,
            Count::Queued => &counters.waiting,
            Count::Taken => {
                counters.waiting.fetch_sub(by, Ordering::Relaxed);
                return;
            }
        };
        counter.fetch_add(by, Ordering::Relaxed);
    }
}

impl Counters {
    /// What they show now.
    pub fn snapshot(&self) -> Snapshot {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Snapshot {
            found: read(&self.found),
            fetched: read(&self.fetched),
            kept: read(&self.kept),
            failed: read(&self.failed),
            waiting: read(&self.waiting),
            bytes: read(&self.bytes),
        }
    }
}

/// What happened.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Count {
    Found,
    Fetched,
    Kept,
    Failed,
    Bytes,
    /// Put into a queue.
    Queued,
    /// Taken out of a queue.
    Taken,
}
