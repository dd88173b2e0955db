//! What a run queues: what earlier runs left, the columns, what is found on the way; each page once.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::config::Portal;
use crate::crawl::discover::first_page;
use crate::crawl::frontier::{Job, Rank};
use crate::crawl::progress::Count;
use crate::crawl::run::Run;
use crate::crawl::scope;
use crate::model::{Context, KnownPage, Listed, Moment, PageKind, PageState, UrlKey};

impl Run {
    /// Queues what earlier runs left and what is due again.
    pub(super) fn queue_known(&mut self, mut known: Vec<KnownPage>) {
        let now = self.clock.now();
        known.sort_by_key(|page| page.depth);
        let places: HashMap<_, _> =
            self.portals.iter().enumerate().map(|(n, p)| (p.id.clone(), n)).collect();
        let mut closed = HashSet::new();
        for page in known {
            // What was beyond the stop rules is found again where it no longer is.
            if page.state == PageState::Trap {
                continue;
            }
            // Left unknown, so that another page that is shown with it brings it back.
            if page.context.kind == PageKind::Requisite
                && (self.is_taken_down(&page) || is_named_by(&page, &closed))
            {
                closed.insert(mark(&page));
                continue;
            }
            let is_new = self.seen.insert(mark(&page));
            let Some(&portal) = places.get(&page.context.portal).filter(|_| is_new) else {
                continue;
            };
            let kind = page.context.kind;
            let wanted = !matches!(kind, PageKind::Robots | PageKind::Absent)
                && scope::may_ask(&self.portals[portal], &page);
            if wanted && self.is_due(&page, now) {
                let rank = match kind {
                    PageKind::Attachment => Rank::OldAttachment,
                    PageKind::Requisite => Rank::OldRequisite,
                    _ => rank(kind),
                };
                self.queue(Job {
                    page,
                    portal,
                    rank,
                    attempt: 0,
                    trail: Vec::new(),
                    rules_of: None,
                });
            }
        }
    }

    /// Unfinished business is always due, so that a run repeated at the same `--now` goes on.
    fn is_due(&self, page: &KnownPage, now: Moment) -> bool {
        let all_due = self.options.all_due_before;
        let unfinished = matches!(
            page.state,
            PageState::Found | PageState::Failing | PageState::Unreachable | PageState::Disallowed
        );
        unfinished
            || page.due <= now
            || all_due.is_some_and(|before| page.kept_at.is_some_and(|kept| kept < before))
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
        if job.rank != Rank::Robots && self.is_taken_down(&job.page) {
            return;
        }
        let portal = job.portal;
        let now = Instant::now();
        let host = self.frontier.host(&job.page.url, &self.portals[portal].politeness, now);
        if let Some(ended) = self.last.remove(&job.page.url.authority()) {
            let ago = self.clock.now().duration_since(ended);
            self.frontier.asked_before(host, Duration::try_from(ago).unwrap_or_default(), now);
        }
        if self.frontier.add(host, job, not_before) {
            self.progress.count(portal, Count::Queued, 1);
        } else {
            self.summary.left += 1;
        }
    }

    /// Whether a page is on the takedown list, or a file of a page that is, or what only such a page is shown with.
    fn is_taken_down(&self, page: &KnownPage) -> bool {
        let closed = &self.options.closed;
        let is_file = matches!(page.context.kind, PageKind::Attachment | PageKind::Requisite);
        let names_it = page.context.referrer.as_ref().filter(|_| is_file);
        closed.holds(&page.url) || names_it.is_some_and(|page| closed.holds(page))
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

/// Whether one of these names a page: a style sheet that was taken down with its page.
fn is_named_by(page: &KnownPage, marks: &HashSet<[u8; 16]>) -> bool {
    let named_by = page.context.referrer.as_ref().filter(|_| !marks.is_empty());
    named_by.is_some_and(|sheet| marks.contains(&short(&scope::without_index(sheet).key())))
}

/// What a page is remembered by, in few bytes.
fn mark(page: &KnownPage) -> [u8; 16] {
    short(&scope::mark(page))
}

fn short(key: &UrlKey) -> [u8; 16] {
    let digest = Sha256::digest(key.as_str().as_bytes());
    let mut mark = [0; 16];
    mark.copy_from_slice(&digest[..16]);
    mark
}
