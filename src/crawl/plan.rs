//! What a run is given and what it gives back.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::{sync::oneshot, time::Instant};

use crate::config::{ClosedPages, Crawler, Portal};
use crate::crawl::budget::Spent;
use crate::crawl::lines::{Known, Line};
use crate::model::{Capture, KnownPage, Moment, Outcome, PageKind, PageUrl, PortalId, Spool};

/// Everything a run needs to know.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Settings of all crawling.
    pub crawler: Crawler,
    /// The portals to crawl.
    pub portals: Vec<Portal>,
    /// What the state knows of their pages: the frontier of earlier runs. Filled by [`Plan::note`].
    pub known: Known,
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
    /// The first pages of each list last kept before this moment are due: the start of the run, as news stands there.
    pub lists_due_before: Option<Moment>,
    /// Ask everything through this proxy, which then resolves the names.
    pub proxy: Option<PageUrl>,
    /// Private, loopback and link-local addresses are allowed on every portal.
    pub allow_private: bool,
    /// Pages that were taken down: they, and files that only they name, are not asked for.
    pub closed: ClosedPages,
}

impl Options {
    /// Whether a page is on the takedown list, or a file of a page that is, or what only such a page is shown with.
    pub(super) fn closes(&self, page: &KnownPage) -> bool {
        let is_file = matches!(page.context.kind, PageKind::Attachment | PageKind::Requisite);
        let names_it = page.context.referrer.as_ref().filter(|_| is_file);
        self.closed.holds(&page.url) || names_it.is_some_and(|page| self.closed.holds(page))
    }
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
/// One event for every request, a second one where a redirect leads nowhere, one for every page that rules keep
/// from being asked for, and one whenever the run has room for more of a line.
#[derive(Debug)]
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
        /// More of them, to be committed likewise, each at the end of its line: the run will want them later.
        later: Vec<(Line, KnownPage)>,
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
    /// The run waits for the next pages of a line, as the state knows them after all events before this one.
    Wanted {
        /// The line.
        line: Line,
        /// How many there is room for, at least one; fewer come only where the line ends.
        at_most: usize,
        /// Where they go.
        reply: oneshot::Sender<Vec<KnownPage>>,
    },
    /// The run waits for documents of a host that were there when they were last asked for, the last kept first.
    WantedLive {
        /// Whose they are.
        portal: PortalId,
        /// The host, with its port where that is not the usual one.
        host: String,
        /// How many there is use for.
        at_most: usize,
        /// Where they go.
        reply: oneshot::Sender<Vec<KnownPage>>,
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
