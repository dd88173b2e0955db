//! What a run queues: what earlier runs left, the columns, what is found on the way; each page once.

use std::time::Duration;

use tokio::{sync::oneshot, time::Instant};

use crate::config::Portal;
use crate::crawl::admission::Rank;
use crate::crawl::discover::first_page;
use crate::crawl::frontier::Job;
use crate::crawl::lines::{Line, mark};
use crate::crawl::plan::Event;
use crate::crawl::progress::Count;
use crate::crawl::run::Run;
use crate::model::{Context, KnownPage, Listed, PageKind, PageState, PageUrl};

impl Run {
    /// Takes pages in from outside where a line has run low.
    pub(super) async fn refill(&mut self) {
        while let Some((line, at_most)) = self.lines.next_low().filter(|_| !self.stopping) {
            if self.is_put_off(line.portal) || self.is_cut_off(line.portal) {
                continue;
            }
            let (reply, pages) = oneshot::channel();
            self.tell(Event::Wanted { line, at_most, reply }).await;
            let Ok(pages) = pages.await else {
                self.stopping = true;
                return;
            };
            let count = pages.len();
            self.progress.count(line.portal, Count::Taken, count as u64);
            for page in pages {
                self.queue_known(line, page).await;
            }
            self.lines.came_in(line, count);
        }
    }

    /// Queues a page that earlier runs left or that is due again.
    async fn queue_known(&mut self, Line { portal, rank }: Line, page: KnownPage) {
        let is_forbidden = self.forbidden.contains(&page.url.authority());
        let job = Job { page, portal, rank, attempt: 0, trail: Vec::new(), rules_of: None };
        if is_forbidden {
            self.progress.count(portal, Count::Queued, 1);
            return self.disallowed(job).await;
        }
        self.queue(job);
    }

    /// Whether every host of a portal was closed because it fails: its pages need not be looked at to be left.
    fn is_cut_off(&self, portal: usize) -> bool {
        let bases = &self.portals[portal].bases;
        bases.iter().all(|base| {
            self.frontier.is_closed_at(base) && !self.forbidden.contains(&base.authority())
        })
    }

    /// Queues pages that were found, or leaves them to wait outside where their lines are full; these come back.
    ///
    /// Where a redirect led is always queued: only the queue knows which way it came. A trap is noted, not followed.
    pub(super) fn queue_found(
        &mut self,
        portal: usize,
        trail: &[PageUrl],
        found: Vec<KnownPage>,
    ) -> (Vec<KnownPage>, Vec<(Line, KnownPage)>) {
        let (mut queued, mut later) = (Vec::new(), Vec::new());
        for page in found {
            let rank = rank(page.context.kind);
            let line = Line { portal, rank };
            if page.state == PageState::Trap {
                queued.push(page);
            } else if !trail.is_empty() || self.lines.has_room(line) || self.options.closes(&page) {
                queued.push(page.clone());
                let trail = trail.to_vec();
                self.queue(Job { page, portal, rank, attempt: 0, trail, rules_of: None });
            } else {
                self.lines.waits_outside(line);
                self.progress.count(portal, Count::Queued, 1);
                later.push((line, page));
            }
        }
        (queued, later)
    }

    /// Queues the first page of every column that is not known yet.
    pub(super) fn queue_columns(&mut self) {
        for (portal, settings) in self.portals.clone().iter().enumerate() {
            for column in &settings.columns {
                let page = first_page(settings, column, self.clock.now());
                if self.seen.insert(mark(&page)) {
                    self.count_found(portal, 1);
                    self.queue(Job {
                        page,
                        portal,
                        rank: Rank::List,
                        attempt: 0,
                        trail: Vec::new(),
                        rules_of: None,
                    });
                }
            }
        }
    }

    /// Queues a request for now.
    pub(super) fn queue(&mut self, job: Job) {
        self.queue_for(job, None);
    }

    /// Queues a request, not to be made before that moment.
    pub(super) fn queue_for(&mut self, job: Job, not_before: Option<Instant>) {
        if job.rank != Rank::Robots && self.options.closes(&job.page) {
            return;
        }
        let portal = job.portal;
        let now = Instant::now();
        let host = self.frontier.host(&job.page.url, &self.portals[portal].politeness, now);
        if let Some(ended) = self.last.remove(&job.page.url.authority()) {
            let ago = self.clock.now().duration_since(ended);
            self.frontier.asked_before(host, Duration::try_from(ago).unwrap_or_default(), now);
        }
        let line = job.line();
        if self.frontier.add(host, job, not_before) {
            self.progress.count(portal, Count::Queued, 1);
            if let Some(line) = line {
                self.lines.held(line);
            }
        } else {
            self.summary.left += 1;
        }
    }

    /// The pages among these that nobody knew; from now on they are known.
    pub(super) fn only_new(&mut self, found: Vec<KnownPage>) -> Vec<KnownPage> {
        found.into_iter().filter(|page| self.seen.insert(mark(page))).collect()
    }

    /// Whether a page is known.
    pub(super) fn knows(&self, page: &KnownPage) -> bool {
        self.seen.contains(&mark(page))
    }

    pub(super) fn count_found(&mut self, portal: usize, by: usize) {
        self.summary.found += by as u64;
        self.progress.count(portal, Count::Found, by as u64);
    }
}

/// Why a page that no list named is asked for.
pub(super) fn context(portal: &Portal, kind: PageKind) -> Context {
    Context {
        portal: portal.id.clone(),
        column: String::new(),
        kind,
        listed: Listed::default(),
        referrer: None,
        redirected_from: None,
        form: None,
    }
}

/// The turn of a page of this kind.
pub(super) fn rank(kind: PageKind) -> Rank {
    match kind {
        PageKind::Robots => Rank::Robots,
        PageKind::Absent => Rank::Absent,
        PageKind::List => Rank::List,
        PageKind::Detail => Rank::Detail,
        PageKind::Attachment => Rank::Attachment,
        PageKind::Requisite => Rank::Requisite,
    }
}
