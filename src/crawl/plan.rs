//! What a run is given and what it gives back.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::config::{ClosedPages, Crawler, Portal};
use crate::crawl::budget::Spent;
use crate::model::{Capture, KnownPage, Moment, Outcome, PageUrl, PortalId, Spool};

/// Everything a run needs to know.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Settings of all crawling.
    pub crawler: Crawler,
    /// The portals to crawl.
    pub portals: Vec<Portal>,
    /// What the state knows of their pages: the frontier of earlier runs. A page that stands here is never "found".
    pub known: Vec<KnownPage>,
    /// What was asked before this run.
    pub history: History,
    /// What this run does differently.
    pub options: Options,
    /// What time it is.
    pub clock: Clock,
    /// Where bodies go that are too long to be held; without it, all are held.
    pub spool: Option<Arc<dyn Spool>>,
}

/// What earlier runs asked, as far as it binds this one.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// When the last request to each host ended; hosts are named with their port where that is not the usual one.
    pub last: BTreeMap<String, Moment>,
    /// What was asked of each portal today.
    pub spent: BTreeMap<PortalId, Spent>,
}

/// What one run does differently from the settings.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Stop when this many documents were kept in this run; their attachments are still fetched.
    pub limit: Option<u64>,
    /// Every page last kept before this moment is due: the start of the run that asked for all of them.
    pub all_due_before: Option<Moment>,
    /// Ask everything through this proxy, which then resolves the names.
    pub proxy: Option<PageUrl>,
    /// Private, loopback and link-local addresses are allowed on every portal.
    pub allow_private: bool,
    /// Pages that were taken down: they, and files that only they name, are not asked for.
    pub closed: ClosedPages,
}

/// The time of a run: a moment given from outside, and the seconds that passed since.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    base: Moment,
    started: Instant,
}

impl Clock {
    /// A clock that shows `base` now.
    pub fn starting_at(base: Moment) -> Self {
        Self { base, started: Instant::now() }
    }

    /// What it shows.
    pub fn now(&self) -> Moment {
        self.at(Instant::now())
    }

    /// What it shows at that instant.
    pub fn at(&self, instant: Instant) -> Moment {
        self.base.checked_add(instant.duration_since(self.started)).unwrap_or(Moment::MAX)
    }
}

/// When a request was made, for the log that proves politeness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// When it was sent.
    pub asked: Moment,
    /// When the last byte of its answer was there, or it was given up.
    pub ended: Moment,
    /// The pause that has to follow it before the host is asked again.
    pub pause: Duration,
}

/// Something to be archived and committed, in the order in which requests ended.
///
/// One event for every request, a second one where a redirect leads nowhere, and one for every page that rules keep
/// from being asked for.
#[derive(Clone, Debug)]
pub enum Event {
    /// A server answered, whatever it said.
    Answered {
        /// The page's row after the answer.
        page: KnownPage,
        /// The answer.
        capture: Capture,
        /// When it was asked for.
        timing: Option<Timing>,
        /// Pages never seen before, to be committed together with the answer.
        found: Vec<KnownPage>,
    },
    /// There is no answer to keep, or none was asked for: robots.txt, scope, an address that is not allowed.
    Unanswered {
        /// The page's row after it.
        page: KnownPage,
        /// What happened.
        outcome: Outcome,
        /// When it was asked for; `None` where no request was made.
        timing: Option<Timing>,
    },
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Requests made.
    pub requests: u64,
    /// Bytes of bodies received, as sent.
    pub bytes: u64,
    /// Pages found that nobody knew.
    pub found: u64,
    /// Documents kept, unchanged ones included.
    pub documents: u64,
    /// Pages and files of all kinds kept, unchanged ones included.
    pub kept: u64,
    /// Answers that said "not modified".
    pub unchanged: u64,
    /// Pages that were given up, refused, or redirected out of the portal.
    pub failed: u64,
    /// Pages closed by robots.txt.
    pub disallowed: u64,
    /// Pages still to be asked for: after a stop, a limit, or on a closed host.
    pub left: u64,
    /// Hosts that were closed for this run, and why.
    pub closed: Vec<(String, String)>,
    /// Why the run ended early.
    pub ended: Ended,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ended {
    /// Everything due was asked for.
    #[default]
    Complete,
    /// The limit of documents was reached.
    Limit,
    /// Somebody asked it to stop, or nobody took its events any more.
    Stopped,
}
