//! Whether the log of requests keeps the rules: an independent second look, after the fact.
//!
//! Nothing of the frontier is used here: only when each request began and ended, what the settings say now, and what
//! robots.txt said then.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use crate::config::{Politeness, Portal};
use crate::crawl::budget::Spent;
use crate::crawl::plan::Timing;
use crate::crawl::robots::Permissions;
use crate::model::{Moment, PageKind, PageUrl, PortalId, PublicDate, china_day};

/// Rules older than this had to be read again, with an hour for the request that was under way.
const RULES_LAST: Duration = Duration::from_hours(25);
/// Times are noted in microseconds and cut.
const ROUNDING: Duration = Duration::from_millis(1);

/// A rule that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The request that broke it.
    pub url: PageUrl,
    /// When that was made.
    pub asked: Moment,
    /// Which rule, and how.
    pub what: String,
}

/// What was asked of one host.
#[derive(Clone, Debug, Default)]
pub struct HostRecord {
    /// Requests.
    pub requests: u64,
    /// Bytes received, as sent.
    pub bytes: u64,
    /// The shortest time from the end of one request to the start of the next.
    pub shortest_gap: Option<Duration>,
    /// The shortest pause that the settings and robots.txt asked for.
    pub shortest_pause: Option<Duration>,
    /// Requests open at the same time.
    pub most_open: usize,
    /// Rules broken.
    pub breaches: u64,
    last_ended: Option<Moment>,
    /// When each request so far ended; those that ended before the newest began are dropped.
    open: Vec<Moment>,
    /// When each connection may be used again.
    ready: Vec<Moment>,
    rules_read: Option<Moment>,
    permissions: Option<Permissions>,
}

/// Reads the log, request by request in the order they began.
pub struct Audit<'a> {
    manners: HashMap<&'a str, &'a Politeness>,
    hosts: BTreeMap<String, HostRecord>,
    days: BTreeMap<(PortalId, PublicDate), Spent>,
    breaches: Vec<Breach>,
}

impl<'a> Audit<'a> {
    /// An audit against the settings of these portals; portals that are not there any more are held to one request
    /// at a time and the pauses that were noted.
    pub fn new(portals: &'a [Portal]) -> Self {
        let manners = portals.iter().map(|p| (p.id.as_str(), &p.politeness)).collect();
        Self { manners, hosts: BTreeMap::new(), days: BTreeMap::new(), breaches: Vec::new() }
    }

    /// The next request.
    pub fn take(
        &mut self,
        portal: &str,
        url: &PageUrl,
        kind: PageKind,
        timing: Timing,
        bytes: u64,
    ) {
        let manners = self.manners.get(portal).copied();
        let mut wrong = self.budget(portal, manners, timing.asked, bytes);
        let host = self.hosts.entry(url.authority()).or_default();
        wrong.extend(host.gap(timing, manners.map_or(1, |m| m.connections_per_host.max(1))));
        wrong.extend(host.rules(url, kind, timing));
        host.requests += 1;
        host.bytes += bytes;
        host.breaches += wrong.len() as u64;
        let breach = |what| Breach { url: url.clone(), asked: timing.asked, what };
        self.breaches.extend(wrong.into_iter().map(breach));
    }

    /// What the newest robots.txt of a host said.
    pub fn rules(&mut self, url: &PageUrl, permissions: Permissions) {
        self.hosts.entry(url.authority()).or_default().permissions = Some(permissions);
    }

    /// Every host with its record, and every breach.
    pub fn finish(self) -> (BTreeMap<String, HostRecord>, Vec<Breach>) {
        (self.hosts, self.breaches)
    }

    fn budget(
        &mut self,
        portal: &str,
        manners: Option<&Politeness>,
        asked: Moment,
        bytes: u64,
    ) -> Vec<String> {
        let spent = self.days.entry((portal.to_owned(), china_day(asked))).or_default();
        let before = *spent;
        spent.pages += 1;
        spent.bytes += bytes;
        let Some(manners) = manners else { return Vec::new() };
        let quiet = manners.quiet_hours.filter(|quiet| quiet.contain(asked));
        let pages = manners.daily_pages.filter(|most| before.pages >= *most);
        let most_bytes = manners.daily_bytes.filter(|most| before.bytes >= *most);
        [
            quiet.map(|quiet| format!("asked in the quiet hours {quiet}")),
            pages.map(|most| format!("more than {most} requests in one day")),
            most_bytes.map(|most| format!("asked after {most} bytes in one day")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl HostRecord {
    /// Pauses and open requests. Each request takes the connection that was ready last before it began.
    fn gap(&mut self, timing: Timing, connections: usize) -> Option<String> {
        if let Some(last) = self.last_ended {
            let gap = Duration::try_from(timing.asked.duration_since(last)).unwrap_or_default();
            self.shortest_gap = Some(self.shortest_gap.map_or(gap, |before| before.min(gap)));
        }
        self.last_ended = self.last_ended.max(Some(timing.ended));
        let pause = self.shortest_pause.map_or(timing.pause, |before| before.min(timing.pause));
        self.shortest_pause = Some(pause);
        self.open.retain(|ended| *ended > timing.asked);
        self.open.push(timing.ended);
        self.most_open = self.most_open.max(self.open.len());
        let late_enough = timing.asked.checked_add(ROUNDING).unwrap_or(Moment::MAX);
        let free = (0..self.ready.len())
            .filter(|at| self.ready[*at] <= late_enough)
            .max_by_key(|at| self.ready[*at]);
        let ready = timing.ended.checked_add(timing.pause).unwrap_or(Moment::MAX);
        match free {
            Some(at) => self.ready[at] = ready,
            None if self.ready.len() < connections => self.ready.push(ready),
            None => {
                let first = self.ready.iter_mut().min()?;
                let early = first.duration_since(timing.asked);
                *first = ready.max(*first);
                return Some(format!("asked {early:#} before the pause was over"));
            }
        }
        None
    }

    /// robots.txt read first, not too long ago, and obeyed.
    fn rules(&mut self, url: &PageUrl, kind: PageKind, timing: Timing) -> Option<String> {
        if kind == PageKind::Robots {
            self.rules_read = Some(timing.asked);
            return None;
        }
        let fresh = self.rules_read.is_some_and(|read| {
            Duration::try_from(timing.asked.duration_since(read)).is_ok_and(|age| age <= RULES_LAST)
        });
        if !fresh {
            return Some("asked without reading robots.txt first".to_owned());
        }
        let closed = self.permissions.as_ref().is_some_and(|rules| !rules.allow(url));
        closed.then(|| "asked for a page that robots.txt closes".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::RobotsForbidden;
    use crate::crawl::testing::{capture, known, page, portal};

    /// Requests (path, kind, start and end in milliseconds, pause due after it, bytes) and the breaches they are.
    fn audited(
        change: impl FnOnce(&mut Politeness),
        log: &[(&str, u64, u64, u64, u64)],
    ) -> Vec<String> {
        let mut portal = portal("http://a.gov.cn/");
        change(&mut portal.politeness);
        let portals = [portal];
        let mut audit = Audit::new(&portals);
        let noon: Moment = "2025-06-01T04:00:00Z".parse().unwrap();
        let at = |ms| noon.checked_add(Duration::from_millis(ms)).unwrap();
        for (path, asked, ended, pause, bytes) in log {
            let url = page("http://a.gov.cn/").join(path).unwrap();
            let kind = if *path == "/robots.txt" { PageKind::Robots } else { PageKind::Detail };
            let pause = Duration::from_millis(*pause);
            audit.take(
                "lingzhou",
                &url,
                kind,
                Timing { asked: at(*asked), ended: at(*ended), pause },
                *bytes,
            );
            if kind == PageKind::Robots {
                let row = known("http://a.gov.cn/robots.txt", kind);
                let answer = capture(&row, 200, &[], b"User-agent: *\nDisallow: /closed");
                let rules = Permissions::read(&answer, "gongkai", RobotsForbidden::Disallow);
                audit.rules(&url, rules.unwrap());
            }
        }
        audit
            .finish()
            .1
            .into_iter()
            .map(|breach| format!("{} {}", breach.url.path(), breach.what))
            .collect()
    }

    #[test]
    fn a_good_log_passes_and_each_breach_is_named() {
        let good =
            [("/robots.txt", 0, 10, 100, 1), ("/a", 110, 120, 100, 1), ("/b", 220, 230, 100, 1)];
        assert_eq!(audited(|_| {}, &good), [""; 0]);
        let early = [good[0], ("/a", 60, 70, 100, 1)];
        assert_eq!(audited(|_| {}, &early), ["/a asked 50ms before the pause was over"]);
        assert_eq!(audited(|_| {}, &good[1..2]), ["/a asked without reading robots.txt first"]);
        let late = [good[0], ("/a", 26 * 3_600_000, 26 * 3_600_000 + 1, 100, 1)];
        assert_eq!(audited(|_| {}, &late), ["/a asked without reading robots.txt first"]);
        let closed = [good[0], ("/closed/1", 110, 120, 100, 1)];
        assert_eq!(audited(|_| {}, &closed), ["/closed/1 asked for a page that robots.txt closes"]);
        assert_eq!(
            audited(|m| m.daily_pages = Some(2), &good),
            ["/b more than 2 requests in one day"]
        );
        assert_eq!(
            audited(|m| m.daily_bytes = Some(2), &good),
            ["/b asked after 2 bytes in one day"]
        );
        let quiet =
            |m: &mut Politeness| m.quiet_hours = crate::config::QuietHours::parse("12:00-13:00");
        assert_eq!(
            audited(quiet, &good[..1]),
            ["/robots.txt asked in the quiet hours 12:00-13:00"]
        );
    }

    #[test]
    fn more_connections_allow_as_many_requests_at_a_time() {
        let log = [
            ("/robots.txt", 0, 10, 100, 1),
            ("/a", 110, 300, 100, 1),
            ("/b", 150, 160, 100, 1),
            ("/c", 260, 270, 100, 1),
            ("/d", 280, 290, 100, 1),
        ];
        assert_eq!(
            audited(|m| m.connections_per_host = 2, &log),
            ["/d asked 90ms before the pause was over"]
        );
        assert_eq!(audited(|_| {}, &log[..3]), ["/b asked 250ms before the pause was over"]);
    }
}
