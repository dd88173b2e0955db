//! What the loop does with what ended: judged by the pure functions, carried out here.

use std::time::Duration;

use tokio::time::Instant;

use crate::config::Portal;
use crate::crawl::absent::Held;
use crate::crawl::address::is_private_literal;
use crate::crawl::admission::Rank;
use crate::crawl::doubts;
use crate::crawl::fetch::Silence;
use crate::crawl::frontier::{HostId, Job};
use crate::crawl::looks::own_error_page;
use crate::crawl::plain::{leads_back, over_http};
use crate::crawl::progress::Count;
use crate::crawl::robots::{self, Access};
use crate::crawl::run::{Read, Run};
use crate::crawl::verdict::{
    self, Verdict, after_answer, after_silence, may_pass, verdict, without_answer,
};
use crate::crawl::{retry, scope};
use crate::model::{Capture, KnownPage, NoAnswer, PageKind, PageState, PageUrl, Reason};
use crate::page::StandIn;

/// Redirects of a robots.txt that are followed (RFC 9309).
const ROBOTS_REDIRECTS: usize = 5;
/// Requests in a row without any answer, or with a wall against programs, after which a host is left alone.
const HOST_TROUBLES: u32 = 6;
/// Pages of a list in a row without a new link, after which the list is left.
const BARREN_PAGES: u32 = 3;

impl Run {
    /// A server answered.
    pub(super) async fn answered(&mut self, host: HostId, job: Job, read: Read) {
        let Read { capture, found, looks } = read;
        if verdict::target(&capture).is_none() {
            self.note_plain(host, &job);
        }
        if let Some(rules_of) = job.rules_of {
            return self.rules_answered(host, rules_of, job, capture).await;
        }
        if job.rank == Rank::Absent {
            let own = own_error_page(&capture);
            let page = after_answer(job.page, &capture, &self.portals[job.portal], None);
            self.tell_answer(page, capture, <_>::default()).await;
            return self.error_page_is(host, own).await;
        }
        let timing = self.timing.take();
        if let Some(answer) = self.hold(host, Held { job, capture, found, looks, timing }) {
            self.consider(host, answer).await;
        }
    }

    /// Judges an answer, `shown` standing in the place of the page, and does what follows.
    pub(super) async fn judge(&mut self, host: HostId, answer: Held, shown: Option<StandIn>) {
        let Held { job, capture, found, .. } = answer;
        let portal = self.portals[job.portal].clone();
        let judged = verdict(&job.page, &capture, &portal, shown);
        let page = after_answer(job.page.clone(), &capture, &portal, shown);
        let wall = judged == Verdict::Refused(Reason::Shield);
        let troubles = self.frontier.trouble(host, wall);
        let (rank, at) = (job.rank, capture.at);
        let is_shown = doubts::is_shown(&page, at);
        if wall {
            let times = u16::try_from(troubles).unwrap_or(u16::MAX);
            self.pause(host, retry::back_off(&portal.limits, times));
        }
        match judged {
            Verdict::Kept | Verdict::Unchanged => {
                self.count_kept(&job, judged == Verdict::Unchanged);
                let found = self.with_list_traps(&job, found);
                self.keep(job.portal, &[], page, capture, found).await;
            }
            Verdict::Moved(to) => self.moved(&portal, job, page, capture, found, to).await,
            Verdict::Failed(reason) => {
                let asked = retry::retry_after(&capture.answer.headers, capture.at);
                if let Some(asked) = asked.filter(|_| matches!(capture.answer.status, 429 | 503)) {
                    self.pause(host, asked.min(portal.limits.retry_ceiling));
                }
                let of = job.portal;
                let said = format!("status {}", capture.answer.status);
                let page = self.again_or_never(job, page, (reason, said), asked);
                // What half a page leads to is better than nothing, once no whole one is to be had.
                let found = if page.state == PageState::Unreachable { found } else { Vec::new() };
                self.keep(of, &[], page, capture, found).await;
            }
            Verdict::Gone(_) | Verdict::Refused(_) => {
                self.count_failed(&job);
                self.tell_answer(page, capture, <_>::default()).await;
            }
        }
        self.leave_hopeless(
            host,
            "refused by the portal: it answers as shields against programs do",
            NoAnswer::Protocol,
        )
        .await;
        if is_shown {
            self.shown(host, at).await;
        } else if rank == Rank::Control {
            self.ask_control(host).await;
        }
    }

    /// Hands over an answer with the new pages it leads to, and queues them.
    async fn keep(
        &mut self,
        portal: usize,
        trail: &[PageUrl],
        page: KnownPage,
        capture: Capture,
        found: Vec<KnownPage>,
    ) {
        let found = self.only_new(found);
        let followed = found.iter().filter(|page| page.state != PageState::Trap).count();
        self.count_found(portal, followed);
        let found = self.queue_found(portal, trail, found);
        self.tell_answer(page, capture, found).await;
    }

    /// A redirect: to the same page under another address, to another page of the portal, or nowhere we follow.
    async fn moved(
        &mut self,
        portal: &Portal,
        job: Job,
        page: KnownPage,
        capture: Capture,
        found: Vec<KnownPage>,
        to: PageUrl,
    ) {
        let mut trail = job.trail.clone();
        trail.push(capture.url.clone());
        let in_circle = trail.contains(&to) || trail.len() > usize::from(portal.limits.redirects);
        let outside = !scope::may_follow(portal, page.context.kind, &to);
        if in_circle || outside {
            let reason = match in_circle {
                true if leads_back(&job, &capture, &to) => NoAnswer::Tls,
                true => NoAnswer::RedirectLoop,
                false => NoAnswer::OutOfScope,
            };
            let detail = format!("redirected to {to}");
            let given_up = without_answer(page.clone(), reason, &detail, capture.at, portal);
            let private = !in_circle && is_private_literal(to.as_url());
            let reason = if private { NoAnswer::PrivateAddress } else { reason };
            self.count_failed(&job);
            self.tell_answer(page, capture, <_>::default()).await;
            return self.tell_silence(given_up, to, reason, detail).await;
        }
        if to.key() == job.page.url.key() {
            self.tell_answer(page.clone(), capture, <_>::default()).await;
            return self.queue(Job { page, trail, ..job });
        }
        self.keep(job.portal, &trail, page, capture, found).await;
    }

    /// No answer.
    pub(super) async fn unanswered(&mut self, host: HostId, job: Job, silence: Silence) {
        let portal = self.portals[job.portal].clone();
        let (url, rules_of) = (job.page.url.clone(), job.rules_of);
        let is_absent = job.rank == Rank::Absent;
        let plain = over_http(&job, &silence);
        let Silence { reason, detail, .. } = silence;
        let mut page = after_silence(job.page.clone(), reason, self.clock.now(), &portal);
        if let Some(plain) = plain {
            self.tell_silence(page, url, reason, detail).await;
            return self.queue(plain);
        }
        // An answer that is no HTTP is the page's fault; the host is there.
        if reason == NoAnswer::Protocol {
            page = self.again_or_never(job, page, (reason.into(), detail.clone()), None);
        } else if may_pass(reason) {
            let troubles = self.frontier.trouble(host, true);
            let pause =
                retry::back_off(&portal.limits, u16::try_from(troubles).unwrap_or(u16::MAX));
            self.pause(host, pause);
            page = self.again_or_never(job, page, (reason.into(), detail.clone()), None);
        } else {
            page = without_answer(job.page.clone(), reason, &detail, self.clock.now(), &portal);
            self.count_failed(&job);
        }
        let given_up = page.state != PageState::Failing;
        self.tell_silence(page, url, reason, detail.clone()).await;
        if is_absent && given_up {
            self.error_page_is(host, None).await;
        }
        if let Some(host) = rules_of.filter(|_| given_up) {
            let kept = if reason == NoAnswer::PrivateAddress {
                reason
            } else {
                NoAnswer::RobotsUnreachable
            };
            self.close(host, format!("robots.txt cannot be read: {detail}"), kept).await;
        }
        self.leave_hopeless(host, "does not answer", reason).await;
    }

    /// Queues another try after a pause, or gives the page up for this run, for a reason; the page's row either way.
    fn again_or_never(
        &mut self,
        mut job: Job,
        mut page: KnownPage,
        (reason, detail): (Reason, String),
        asked: Option<Duration>,
    ) -> KnownPage {
        let limits = &self.portals[job.portal].limits;
        job.attempt += 1;
        if job.attempt > u16::from(limits.retries) {
            page.settle(PageState::Unreachable, reason, detail, self.clock.now());
            self.count_failed(&job);
            return page;
        }
        let pause = asked
            .unwrap_or_default()
            .min(limits.retry_ceiling)
            .max(retry::back_off(limits, job.attempt));
        let pause = if asked == Some(Duration::ZERO) { Duration::ZERO } else { pause };
        self.queue_for(Job { page: page.clone(), ..job }, Some(Instant::now() + pause));
        page
    }

    /// An answer to the request for robots.txt.
    async fn rules_answered(
        &mut self,
        host: HostId,
        rules_of: HostId,
        mut job: Job,
        capture: Capture,
    ) {
        let portal = self.portals[job.portal].clone();
        let mut page = after_answer(job.page.clone(), &capture, &portal, None);
        let to = verdict::target(&capture);
        // Its rules are kept where no answer comes from, so they are not known.
        let elsewhere = to.as_ref().is_some_and(|to| leads_back(&job, &capture, to));
        if let Some(to) = to {
            job.trail.push(capture.url.clone());
            if job.trail.len() <= ROBOTS_REDIRECTS && !job.trail.contains(&to) {
                self.tell_answer(page.clone(), capture, <_>::default()).await;
                let first =
                    page.context.redirected_from.take().or_else(|| job.trail.first().cloned());
                (page.context.redirected_from, page.url, page.state) =
                    (first, to, PageState::Found);
                return self.queue(Job { page, ..job });
            }
        }
        let manners = &portal.politeness;
        let access = robots::access(&capture, &self.crawler.name, manners.robots_forbidden);
        match if elsewhere { Access::Unreachable } else { access } {
            Access::Rules(rules) => {
                self.frontier.trouble(rules_of, false);
                self.frontier.open(rules_of, rules, manners, Instant::now());
                if host == rules_of {
                    self.pause_counts(self.frontier.floor(host));
                }
                self.tell_answer(page, capture, <_>::default()).await;
            }
            Access::Forbidden => {
                let status = capture.answer.status;
                self.tell_answer(page, capture, <_>::default()).await;
                self.forbid(rules_of, status).await;
            }
            Access::Shielded => {
                self.tell_answer(page, capture, <_>::default()).await;
                let why = "refused by the portal: a shield answers instead of robots.txt";
                self.close(rules_of, why.to_owned(), NoAnswer::RobotsUnreachable).await;
            }
            Access::Unreachable => {
                let asked = retry::retry_after(&capture.answer.headers, capture.at);
                let why = format!("robots.txt cannot be read: status {}", capture.answer.status);
                page.state = PageState::Failing;
                let trouble = (Reason::RobotsUnreachable, why.clone());
                let page = self.again_or_never(job, page, trouble, asked);
                let last = page.state == PageState::Unreachable;
                self.tell_answer(page, capture, <_>::default()).await;
                if last {
                    self.close(rules_of, why, NoAnswer::RobotsUnreachable).await;
                }
            }
        }
    }

    /// The host does not let us read its rules, which the settings take as a no: its pages are closed.
    async fn forbid(&mut self, host: HostId, status: u16) {
        self.note_closed(host, format!("robots.txt answers {status}"));
        self.forbidden.insert(self.frontier.name(host).to_owned());
        for job in self.frontier.close(host) {
            self.went(&job);
            self.disallowed(job).await;
        }
    }

    /// robots.txt closes a page that was taken from its queue.
    pub(super) async fn disallowed(&mut self, job: Job) {
        self.progress.count(job.portal, Count::Taken, 1);
        if job.rank == Rank::Robots {
            return;
        }
        if job.rank == Rank::Absent {
            let manners = &self.portals[job.portal].politeness;
            let host = self.frontier.host(&job.page.url, manners, Instant::now());
            return self.error_page_is(host, None).await;
        }
        self.summary.disallowed += 1;
        self.progress.count(job.portal, Count::Failed, 1);
        // A page already marked as closed needs no second word about it.
        if job.page.state != PageState::Disallowed {
            let portal = self.portals[job.portal].clone();
            let url = job.page.url.clone();
            let page = after_silence(job.page, NoAnswer::Robots, self.clock.now(), &portal);
            self.tell_silence(page, url, NoAnswer::Robots, "closed by robots.txt".to_owned()).await;
        }
    }

    /// Leaves a host alone for the rest of the run; its pages stay due. The first pages of its columns are told why.
    async fn close(&mut self, host: HostId, why: String, reason: NoAnswer) {
        self.note_closed(host, why.clone());
        for job in self.frontier.close(host) {
            self.went(&job);
            self.summary.left += 1;
            self.progress.count(job.portal, Count::Taken, 1);
            if job.rank == Rank::List && job.page.depth == 0 {
                let portal = self.portals[job.portal].clone();
                let url = job.page.url.clone();
                let page = without_answer(job.page, reason, &why, self.clock.now(), &portal);
                self.tell_silence(page, url, reason, why.clone()).await;
            }
        }
    }

    fn note_closed(&mut self, host: HostId, why: String) {
        let name = self.frontier.name(host).to_owned();
        self.summary.closed.push((name, why));
    }

    /// Closes a host that failed too often in a row.
    async fn leave_hopeless(&mut self, host: HostId, why: &str, reason: NoAnswer) {
        if self.frontier.troubles(host) >= HOST_TROUBLES && !self.frontier.is_closed(host) {
            self.close(host, format!("{why}, {HOST_TROUBLES} times in a row"), reason).await;
        }
    }

    /// The list's next pages only while the list leads to new documents and has not become longer than any list is.
    fn of_lists_worth_paging(&mut self, job: &Job, mut found: Vec<KnownPage>) -> Vec<KnownPage> {
        if job.rank != Rank::List || found.is_empty() {
            return found;
        }
        let most = self.portals[job.portal].limits.list_pages.saturating_sub(1);
        let new: Vec<bool> = found.iter().map(|page| !self.knows(page)).collect();
        let paging = self.paging.entry((job.portal, job.page.context.column.clone())).or_default();
        let is_list = |page: &KnownPage| page.context.kind == PageKind::List;
        let leads_on = found.iter().zip(&new).any(|(page, new)| *new && !is_list(page));
        paging.barren = if leads_on { 0 } else { paging.barren + 1 };
        let mut new = new.into_iter();
        found.retain(|page| {
            let goes_on = new.next() == Some(true) && is_list(page);
            let room = paging.barren < BARREN_PAGES && paging.pages < most;
            paging.pages += u32::from(goes_on && room);
            !is_list(page) || room
        });
        found
    }

    /// The list's pages worth paging; pages of a list that names nothing are noted as a trap, not followed.
    fn with_list_traps(&mut self, job: &Job, found: Vec<KnownPage>) -> Vec<KnownPage> {
        let is_list = |page: &&KnownPage| page.context.kind == PageKind::List;
        let is_empty = job.rank == Rank::List && found.iter().all(|page| is_list(&page));
        let next = found.iter().find(is_list).filter(|_| is_empty).cloned();
        let mut found = self.of_lists_worth_paging(job, found);
        let given_up = next.filter(|_| !found.iter().any(|page| is_list(&page)));
        found.extend(given_up.map(|page| page.as_trap(Reason::EmptyList)));
        found
    }

    fn count_kept(&mut self, job: &Job, unchanged: bool) {
        self.summary.kept += 1;
        self.summary.documents += u64::from(job.rank == Rank::Detail);
        self.summary.unchanged += u64::from(unchanged);
        self.progress.count(job.portal, Count::Kept, 1);
    }

    fn count_failed(&mut self, job: &Job) {
        self.summary.failed += 1;
        self.progress.count(job.portal, Count::Failed, 1);
    }
}
