//! Pages that answer as their host's error page does: gone, or is it the host that hides them all?
//!
//! A shield that nobody knows, or a notice that a site is closed, can have a status of success and none of the words
//! that such pages are known by. It then answers every address alike, one that cannot exist too, and so looks like
//! the host's own error page. What tells the two apart is whether the host still shows other pages: an answer like
//! the error page means *gone* only where a document of the host was shown as itself after it. So such answers are
//! held until one is; where several come in a row, or nothing more is due, a page that was there lately is asked for.
//! Where no page is shown, the host refuses, and nothing is said about its pages.

use std::collections::{HashMap, VecDeque};

use tokio::sync::oneshot;

use crate::crawl::absent::Held;
use crate::crawl::admission::Rank;
use crate::crawl::frontier::{HostId, Job};
use crate::crawl::plan::Event;
use crate::crawl::run::Run;
use crate::model::{KnownPage, Moment, PageKind, UrlKey};
use crate::page::StandIn;

/// So many in a row, and a page that was there lately is asked for at once.
const SOME: usize = 4;
/// Answers held for one host; one more, and the host refuses.
const MOST_HELD: usize = 16;
/// Pages that were there lately, of which one has to be shown: one of them may be gone too.
const CONTROLS: usize = 2;

/// The answers of one host that wait for a page that is shown as itself.
#[derive(Default)]
pub(super) struct Doubts {
    held: Vec<Held>,
    /// Pages still to be asked for; `None`: not looked for yet.
    controls: Option<VecDeque<KnownPage>>,
}

/// What an answer like its host's error page stands for, `shown` being when the host last showed a document as itself.
pub fn meaning(at: Moment, shown: Option<Moment>) -> StandIn {
    if shown.is_some_and(|shown| shown >= at) { StandIn::Error } else { StandIn::Shield }
}

/// Whether an answer shows a document as itself.
pub fn is_shown(page: &KnownPage, at: Moment) -> bool {
    page.context.kind == PageKind::Detail && page.kept_at == Some(at)
}

/// Documents that are held.
pub(super) fn documents_held(doubts: &HashMap<HostId, Doubts>) -> usize {
    let documents = |doubts: &Doubts| {
        doubts.held.iter().filter(|answer| answer.job.rank == Rank::Detail).count()
    };
    doubts.values().map(documents).sum()
}

impl Run {
    /// Judges an answer now that the error page of its host is known, or holds it.
    pub(super) async fn consider(&mut self, host: HostId, answer: Held) {
        let own = self.error_pages.of(host);
        if !answer.looks.are_those_of(own) {
            let shown = answer.looks.stand_in(own);
            self.timing = answer.timing;
            return Box::pin(self.judge(host, answer, shown)).await;
        }
        let is_control = answer.job.rank == Rank::Control;
        let doubts = self.doubts.entry(host).or_default();
        doubts.held.push(answer);
        let held = doubts.held.len();
        if held >= MOST_HELD || self.frontier.is_closed(host) {
            self.give_up(host).await;
        } else if is_control || (held == SOME && doubts.controls.is_none()) {
            self.ask_control(host).await;
        }
    }

    /// A document was shown as itself: what was like the error page before is gone.
    pub(super) async fn shown(&mut self, host: HostId, at: Moment) {
        let Some(doubts) = self.doubts.remove(&host) else { return };
        let before = |answer: &Held| meaning(answer.capture.at, Some(at)) == StandIn::Error;
        let (gone, held): (Vec<_>, Vec<_>) = doubts.held.into_iter().partition(before);
        if !held.is_empty() {
            self.doubts.insert(host, Doubts { held, controls: None });
        }
        self.judge_all(host, gone, StandIn::Error).await;
    }

    /// No document is shown: the host refuses.
    async fn give_up(&mut self, host: HostId) {
        let doubts = self.doubts.remove(&host).unwrap_or_default();
        self.judge_all(host, doubts.held, StandIn::Shield).await;
    }

    async fn judge_all(&mut self, host: HostId, answers: Vec<Held>, shown: StandIn) {
        for answer in answers {
            self.timing = answer.timing;
            Box::pin(self.judge(host, answer, Some(shown))).await;
        }
    }

    /// Asks for the next page that was there lately.
    pub(super) async fn ask_control(&mut self, host: HostId) {
        let Some(mut doubts) = self.doubts.remove(&host) else { return };
        let portal = doubts.held.first().map_or(0, |answer| answer.job.portal);
        if doubts.controls.is_none() {
            doubts.controls = Some(self.controls(host, portal, &doubts.held).await);
        }
        let page = doubts.controls.as_mut().and_then(VecDeque::pop_front);
        self.doubts.insert(host, doubts);
        match page {
            Some(page) => self.queue(Job {
                page,
                portal,
                rank: Rank::Control,
                attempt: 0,
                trail: Vec::new(),
                rules_of: None,
            }),
            None => self.give_up(host).await,
        }
    }

    /// The pages of a host that were there last, none of those that are held.
    async fn controls(
        &mut self,
        host: HostId,
        portal: usize,
        held: &[Held],
    ) -> VecDeque<KnownPage> {
        let (reply, pages) = oneshot::channel();
        let wanted = Event::WantedLive {
            portal: self.portals[portal].id.clone(),
            host: self.frontier.name(host).to_owned(),
            at_most: CONTROLS + held.len(),
            reply,
        };
        self.tell(wanted).await;
        let held: Vec<UrlKey> = held.iter().map(|answer| answer.job.page.key()).collect();
        let pages = pages.await.unwrap_or_default().into_iter();
        pages.filter(|page| !held.contains(&page.key())).take(CONTROLS).collect()
    }

    /// Nothing more is due: asks for what decides, or decides; tells whether anything was held.
    pub(super) async fn settle_doubts(&mut self) -> bool {
        let hosts: Vec<HostId> = self.doubts.keys().copied().collect();
        for host in &hosts {
            if self.stopping {
                self.give_up(*host).await;
            } else {
                self.ask_control(*host).await;
            }
        }
        !hosts.is_empty()
    }
}
