//! Which request comes next: one queue per host, the pause between its requests, the order within it.
//!
//! Pure bookkeeping: time is an argument, nothing is asked here. Every request passes through, redirects, robots.txt
//! and further tries too, so the pause holds between all of them.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::config::Politeness;
use crate::crawl::admission::{Admission, Rank, Standing};
use crate::crawl::host::{Access, Host, HostNext};
use crate::crawl::lines::Line;
use crate::crawl::robots::Rules;
use crate::model::{KnownPage, PageUrl};

/// A request to be made.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// The page asked for.
    pub(crate) page: KnownPage,
    /// Its portal: place in the plan.
    pub(crate) portal: usize,
    /// Its turn.
    pub(crate) rank: Rank,
    /// Tries so far in this run.
    pub(crate) attempt: u16,
    /// Addresses whose redirects led here, oldest first.
    pub(crate) trail: Vec<PageUrl>,
    /// For robots.txt: the host whose rules it holds, which is another one after a redirect.
    pub(crate) rules_of: Option<HostId>,
}

impl Job {
    /// The line that its page waits in; what a host itself is asked for waits in none.
    pub(crate) fn line(&self) -> Option<Line> {
        let Self { portal, rank, .. } = *self;
        (!matches!(rank, Rank::Robots | Rank::Absent | Rank::Control))
            .then_some(Line { portal, rank })
    }
}

/// A host of the frontier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct HostId(usize);

/// The answer to "what now?".
#[derive(Debug)]
pub(crate) enum Next {
    /// Ask for this page; a connection of the host is taken until [`Frontier::finished`].
    Start(HostId, Box<Job>),
    /// The rules of this host must be read before this page, which stays queued.
    NeedsRules(HostId, PageUrl, usize),
    /// The rules of its host close this page.
    Disallowed(Box<Job>),
    /// Nothing before that moment.
    Wait(Instant),
    /// Nothing at all, until a running request ends or a page is added.
    Nothing,
}

/// What a host said when it was last asked for a request, which holds until something happens to it.
#[derive(Clone, Copy, Debug)]
enum Said {
    /// It has to be asked.
    Unasked,
    /// Nothing before that moment.
    Wait(Instant),
    /// Nothing.
    Nothing,
}

/// The queues of all hosts.
#[derive(Debug, Default)]
pub(crate) struct Frontier {
    hosts: Vec<Host>,
    /// What each host said: thousands that have to wait cost next to nothing.
    said: Vec<Said>,
    /// Which ranks were admitted when they said it.
    admission: Option<Admission>,
    names: HashMap<String, HostId>,
    added: u64,
    turn: usize,
    details: usize,
    len: usize,
}

impl Frontier {
    /// The host of an address, created with these manners; where portals share a host the gentler ones hold.
    pub(crate) fn host(&mut self, url: &PageUrl, manners: &Politeness, now: Instant) -> HostId {
        if let Some(&id) = self.names.get(&url.authority()) {
            self.touched(id).pace.at_least(manners.delay);
            return id;
        }
        let id = HostId(self.hosts.len());
        self.names.insert(url.authority(), id);
        self.hosts.push(Host::new(url.authority(), manners, now));
        self.said.push(Said::Unasked);
        id
    }

    /// Queues a request, not to be made before `not_before` where that is given. Returns false on a closed host.
    pub(crate) fn add(&mut self, host: HostId, job: Job, not_before: Option<Instant>) -> bool {
        if self.is_closed(host) && job.rank != Rank::Robots {
            return false;
        }
        self.added += 1;
        self.len += 1;
        self.details += usize::from(job.rank == Rank::Detail);
        let added = self.added;
        let host = self.touched(host);
        match not_before {
            Some(moment) => host.waiting.insert((moment, added), job),
            None => host.ready.insert((job.rank, added), job),
        };
        true
    }

    /// What to do now; hosts take turns.
    pub(crate) fn next(&mut self, now: Instant, admission: Admission) -> Next {
        // Which hosts are admitted is looked at below, whatever they said.
        let ranks = Admission { hosts: Standing::Failing, ..admission };
        if self.admission.replace(ranks) != Some(ranks) {
            self.said.fill(Said::Unasked);
        }
        let mut wake: Option<Instant> = None;
        for step in 0..self.hosts.len() {
            let at = (self.turn + step) % self.hosts.len();
            if self.hosts[at].standing() > admission.hosts {
                continue;
            }
            match self.said[at] {
                Said::Unasked => {}
                Said::Wait(moment) if moment <= now => {}
                Said::Wait(moment) => {
                    wake = Some(wake.map_or(moment, |w| w.min(moment)));
                    continue;
                }
                Said::Nothing => continue,
            }
            match self.touched(HostId(at)).next(now, admission) {
                HostNext::Nothing => self.said[at] = Said::Nothing,
                HostNext::Wait(moment) => {
                    self.said[at] = Said::Wait(moment);
                    wake = Some(wake.map_or(moment, |w| w.min(moment)));
                }
                HostNext::Rules(url, portal) => return Next::NeedsRules(HostId(at), url, portal),
                HostNext::Job(job, allowed) => {
                    self.turn = at + 1;
                    self.len -= 1;
                    self.details -= usize::from(job.rank == Rank::Detail);
                    return if allowed {
                        Next::Start(HostId(at), job)
                    } else {
                        Next::Disallowed(job)
                    };
                }
            }
        }
        wake.map_or(Next::Nothing, Next::Wait)
    }

    /// A host to which something happens: what it said before does not count any more.
    fn touched(&mut self, host: HostId) -> &mut Host {
        self.said[host.0] = Said::Unasked;
        &mut self.hosts[host.0]
    }

    /// A request to this host ended at that moment, after it took that long: its pause begins, and is handed back.
    /// `refused`: it was answered with 429 or 503.
    pub(crate) fn finished(
        &mut self,
        host: HostId,
        ended: Instant,
        took: Duration,
        refused: bool,
    ) -> Duration {
        let host = self.touched(host);
        let pause = host.pace.after(took, refused);
        host.idle.push(ended + pause);
        pause
    }

    /// A request that was to be started is not made after all: its connection is free as before.
    pub(crate) fn not_made(&mut self, host: HostId, now: Instant) {
        self.touched(host).idle.push(now);
    }

    /// A request to this host ended that long ago, in an earlier run: its pause still holds.
    pub(crate) fn asked_before(&mut self, host: HostId, ago: Duration, now: Instant) {
        let host = self.touched(host);
        let ready = now + host.pace.floor().saturating_sub(ago);
        host.idle.iter_mut().for_each(|idle| *idle = ready.max(*idle));
    }

    /// The shortest pause after any request to this host.
    pub(crate) fn floor(&self, host: HostId) -> Duration {
        self.hosts[host.0].pace.floor()
    }

    /// The rules of a host are being asked for.
    pub(crate) fn rules_asked(&mut self, host: HostId) {
        self.touched(host).access = Access::Asked;
    }

    /// The rules of a host were read; its own pause holds where it is longer, up to the ceiling.
    pub(crate) fn open(&mut self, host: HostId, rules: Rules, manners: &Politeness, now: Instant) {
        let host = self.touched(host);
        let asked = rules.crawl_delay().unwrap_or_default().min(manners.crawl_delay_ceiling);
        let longer = host.pace.at_least(asked);
        host.idle.iter_mut().for_each(|ready| *ready += longer);
        host.access = Access::Open(rules, now);
    }

    /// No more requests to this host in this run; its queued pages are handed back, unasked.
    pub(crate) fn close(&mut self, host: HostId) -> Vec<Job> {
        let host = self.touched(host);
        host.access = Access::Closed;
        let left: Vec<Job> = std::mem::take(&mut host.ready)
            .into_values()
            .chain(std::mem::take(&mut host.waiting).into_values())
            .collect();
        self.len -= left.len();
        self.details -= left.iter().filter(|job| job.rank == Rank::Detail).count();
        left
    }

    /// No request to this host before that moment.
    pub(crate) fn pause(&mut self, host: HostId, until: Instant) {
        let host = self.touched(host);
        host.paused_until = Some(host.paused_until.map_or(until, |before| before.max(until)));
    }

    /// Counts failures of the host in a row; an answer that is none sets it back.
    pub(crate) fn trouble(&mut self, host: HostId, failed: bool) -> u32 {
        let host = self.touched(host);
        host.troubles = if failed { host.troubles + 1 } else { 0 };
        host.answered |= !failed;
        host.troubles
    }

    /// What the host has shown in this run.
    pub(crate) fn standing(&self, host: HostId) -> Standing {
        self.hosts[host.0].standing()
    }

    /// Failures of the host in a row.
    pub(crate) fn troubles(&self, host: HostId) -> u32 {
        self.hosts[host.0].troubles
    }

    /// Whether nothing more is asked of the host of this address.
    pub(crate) fn is_closed_at(&self, url: &PageUrl) -> bool {
        self.names.get(&url.authority()).is_some_and(|id| self.is_closed(*id))
    }

    /// Whether nothing more is asked of this host.
    pub(crate) fn is_closed(&self, host: HostId) -> bool {
        matches!(self.hosts[host.0].access, Access::Closed)
    }

    /// The host's name, with its port where that is not the usual one.
    pub(crate) fn name(&self, host: HostId) -> &str {
        &self.hosts[host.0].name
    }

    /// Requests queued.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Documents among them.
    pub(crate) fn details(&self) -> usize {
        self.details
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::testing::{known, portal};
    use crate::model::PageKind;

    const ALL: Admission =
        Admission { lists: true, details: true, old_attachments: true, hosts: Standing::Failing };

    fn job(url: &str, rank: Rank) -> Job {
        let page = known(url, PageKind::Detail);
        Job { page, portal: 0, rank, attempt: 0, trail: Vec::new(), rules_of: None }
    }

    struct Desk {
        frontier: Frontier,
        start: Instant,
        manners: Politeness,
    }

    impl Desk {
        fn new(delay: u64) -> Self {
            let mut manners = portal("http://a.gov.cn/").politeness;
            manners.delay = Duration::from_secs(delay);
            Self { frontier: Frontier::default(), start: Instant::now(), manners }
        }

        fn at(&self, seconds: u64) -> Instant {
            self.start + Duration::from_secs(seconds)
        }

        fn add(&mut self, url: &str, rank: Rank) -> HostId {
            let job = job(url, rank);
            let host = self.frontier.host(&job.page.url, &self.manners, self.start);
            self.frontier.add(host, job, None);
            host
        }

        fn open(&mut self, host: HostId, rules: &str) {
            let rules = Rules::read(rules.as_bytes(), "gongkai");
            self.frontier.open(host, rules, &self.manners, self.start);
        }

        /// The path started at that second, or what else was said.
        fn next(&mut self, seconds: u64) -> String {
            match self.frontier.next(self.at(seconds), ALL) {
                Next::Start(_, job) => job.page.url.path().to_owned(),
                Next::Disallowed(job) => format!("closed {}", job.page.url.path()),
                Next::NeedsRules(..) => "rules".to_owned(),
                Next::Wait(until) => format!("wait {}", (until - self.start).as_secs()),
                Next::Nothing => "nothing".to_owned(),
            }
        }
    }

    #[test]
    fn rules_come_first_then_lists_documents_files() {
        let mut desk = Desk::new(0);
        for (path, rank) in [
            ("/f", Rank::Attachment),
            ("/d", Rank::Detail),
            ("/l", Rank::List),
            ("/d2", Rank::Detail),
        ] {
            desk.add(&format!("http://a.gov.cn{path}"), rank);
        }
        assert_eq!(desk.next(0), "rules");
        let host = desk.add("http://a.gov.cn/robots.txt", Rank::Robots);
        desk.frontier.rules_asked(host);
        assert_eq!(desk.next(0), "/robots.txt");
        desk.frontier.finished(host, desk.at(0), Duration::ZERO, false);
        assert_eq!(desk.next(0), "nothing");
        desk.open(host, "User-agent: *\nDisallow: /d2");
        for expected in ["/l", "/d", "closed /d2", "/f", "nothing"] {
            assert_eq!(desk.next(0), expected);
            desk.frontier.finished(host, desk.at(0), Duration::ZERO, false);
        }
        assert_eq!((desk.frontier.len(), desk.frontier.details()), (0, 0));
    }

    #[test]
    fn the_pause_runs_from_the_end_of_an_answer() {
        let mut desk = Desk::new(2);
        let host = desk.add("http://a.gov.cn/1", Rank::Detail);
        desk.add("http://a.gov.cn/2", Rank::Detail);
        desk.open(host, "");
        assert_eq!(desk.next(0), "/1");
        assert_eq!(desk.next(9), "nothing");
        desk.frontier.finished(host, desk.at(10), Duration::ZERO, false);
        assert_eq!(desk.next(11), "wait 12");
        desk.frontier.pause(host, desk.at(20));
        assert_eq!(desk.next(12), "wait 20");
        assert_eq!(desk.next(20), "/2");
    }

    #[test]
    fn crawl_delay_lengthens_the_pause_up_to_the_ceiling() {
        let mut desk = Desk::new(1);
        desk.manners.crawl_delay_ceiling = Duration::from_secs(5);
        let host = desk.add("http://a.gov.cn/1", Rank::Detail);
        desk.frontier.finished(host, desk.at(0), Duration::ZERO, false);
        desk.frontier.hosts[0].idle.remove(0);
        desk.open(host, "User-agent: *\nCrawl-delay: 30");
        assert_eq!(desk.next(1), "wait 5");
        assert_eq!(desk.next(5), "/1");
    }

    #[test]
    fn hosts_take_turns_and_do_not_wait_for_each_other() {
        let mut desk = Desk::new(5);
        let a = desk.add("http://a.gov.cn/1", Rank::Detail);
        let b = desk.add("http://b.gov.cn/1", Rank::Detail);
        desk.add("http://a.gov.cn/2", Rank::Detail);
        desk.add("http://b.gov.cn:8080/1", Rank::Detail);
        for host in [a, b, HostId(2)] {
            desk.open(host, "");
        }
        assert_eq!([desk.next(0), desk.next(0), desk.next(0)], ["/1", "/1", "/1"]);
        assert_eq!(desk.next(0), "nothing");
        desk.frontier.finished(b, desk.at(0), Duration::ZERO, false);
        desk.frontier.finished(a, desk.at(1), Duration::ZERO, false);
        assert_eq!([desk.next(1), desk.next(6)], ["wait 6", "/2"]);
    }

    #[test]
    fn waiting_requests_join_in_time_and_closed_hosts_hand_back() {
        let mut desk = Desk::new(0);
        let host = desk.add("http://a.gov.cn/1", Rank::Detail);
        let later = desk.at(7);
        desk.frontier.add(host, job("http://a.gov.cn/2", Rank::Detail), Some(later));
        desk.open(host, "");
        assert_eq!(desk.next(0), "/1");
        desk.frontier.finished(host, desk.at(0), Duration::ZERO, false);
        assert_eq!([desk.next(0), desk.next(7)], ["wait 7", "/2"]);
        desk.add("http://a.gov.cn/3", Rank::Detail);
        assert_eq!(desk.frontier.close(host).len(), 1);
        assert!(!desk.frontier.add(host, job("http://a.gov.cn/4", Rank::List), None));
        assert_eq!((desk.frontier.len(), desk.frontier.details()), (0, 0));
    }

    #[test]
    fn hosts_that_may_hang_leave_room_for_those_that_answer() {
        let mut desk = Desk::new(0);
        let hosts =
            ["http://a.gov.cn/1", "http://b.gov.cn/1"].map(|url| desk.add(url, Rank::Detail));
        for host in hosts {
            desk.open(host, "");
        }
        let sure = Admission { hosts: Standing::Answers, ..ALL };
        assert!(matches!(desk.frontier.next(desk.start, sure), Next::Nothing));
        desk.frontier.trouble(hosts[1], false);
        let Next::Start(host, _) = desk.frontier.next(desk.start, sure) else { panic!() };
        assert_eq!(host, hosts[1]);
        desk.frontier.trouble(hosts[1], true);
        assert_eq!(desk.frontier.standing(hosts[1]), Standing::Failing);
        assert_eq!(desk.frontier.standing(hosts[0]), Standing::New);
    }

    #[test]
    fn what_is_not_admitted_stays() {
        let mut desk = Desk::new(0);
        let host = desk.add("http://a.gov.cn/l", Rank::List);
        desk.add("http://a.gov.cn/d", Rank::Detail);
        desk.open(host, "");
        let lists_wait = Admission { lists: false, ..ALL };
        let Next::Start(_, first) = desk.frontier.next(desk.start, lists_wait) else {
            panic!("a document")
        };
        assert_eq!(first.page.url.path(), "/d");
        desk.frontier.finished(host, desk.start, Duration::ZERO, false);
        assert!(matches!(desk.frontier.next(desk.start, lists_wait), Next::Nothing));
        assert_eq!(desk.next(0), "/l");
    }

    #[test]
    fn thousands_of_hosts_that_wait_are_passed_over() {
        let mut desk = Desk::new(60);
        for number in 0..5000 {
            let host = desk.add(&format!("http://h{number}.gov.cn/1"), Rank::Detail);
            desk.add(&format!("http://h{number}.gov.cn/2"), Rank::Detail);
            desk.open(host, "");
        }
        for number in 0..5000 {
            assert_eq!(desk.next(0), "/1");
            desk.frontier.finished(HostId(number), desk.at(0), Duration::ZERO, false);
        }
        assert_eq!(desk.next(0), "wait 60");
        assert!(desk.frontier.said.iter().all(|said| matches!(said, Said::Wait(_))));
        assert_eq!(desk.next(1), "wait 60");
        desk.frontier.pause(HostId(7), desk.at(90));
        assert_eq!((0..5000).filter(|_| desk.next(60) == "/2").count(), 4999);
        assert_eq!([desk.next(60), desk.next(90)], ["wait 90", "/2"]);
    }
}
