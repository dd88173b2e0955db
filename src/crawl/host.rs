//! One host: its rules, its connections and pauses, its queued requests.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::config::Politeness;
use crate::crawl::admission::{Admission, Rank, Standing};
use crate::crawl::frontier::Job;
use crate::crawl::pace::Pace;
use crate::crawl::robots::Rules;
use crate::model::PageUrl;

/// Rules older than this are read again.
const RULES_LAST: Duration = Duration::from_hours(24);

const RANKS: [Rank; 9] = [
    Rank::Robots,
    Rank::Absent,
    Rank::Control,
    Rank::List,
    Rank::Detail,
    Rank::Attachment,
    Rank::OldAttachment,
    Rank::Requisite,
    Rank::OldRequisite,
];

/// Whether a host may be asked.
#[derive(Debug)]
pub(super) enum Access {
    Unknown,
    Asked,
    Open(Rules, Instant),
    Closed,
}

/// One host (with port): its rules, its pause, its pages.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) name: String,
    pub(super) access: Access,
    pub(super) pace: Pace,
    /// When each idle connection may be used again.
    pub(super) idle: Vec<Instant>,
    /// No request before: a pause for the whole host.
    pub(super) paused_until: Option<Instant>,
    pub(super) ready: BTreeMap<(Rank, u64), Job>,
    pub(super) waiting: BTreeMap<(Instant, u64), Job>,
    /// Failures in a row without any answer, or with a wall against programs.
    pub(super) troubles: u32,
    /// Whether it has answered in this run.
    pub(super) answered: bool,
}

/// What one host may do now.
pub(super) enum HostNext {
    Job(Box<Job>, bool),
    Rules(PageUrl, usize),
    Wait(Instant),
    Nothing,
}

impl Host {
    /// A host of which nothing is known.
    pub(super) fn new(name: String, manners: &Politeness, now: Instant) -> Self {
        Self {
            name,
            access: Access::Unknown,
            pace: Pace::new(manners),
            idle: vec![now; manners.connections_per_host.max(1)],
            paused_until: None,
            ready: BTreeMap::new(),
            waiting: BTreeMap::new(),
            troubles: 0,
            answered: false,
        }
    }

    /// What it has shown in this run.
    pub(super) fn standing(&self) -> Standing {
        match (self.answered, self.troubles) {
            (_, 1..) => Standing::Failing,
            (true, 0) => Standing::Answers,
            (false, 0) => Standing::New,
        }
    }

    /// What to do now on this host; a started request takes one of its connections.
    pub(super) fn next(&mut self, now: Instant, admission: Admission) -> HostNext {
        self.wake_up(now);
        let Some(place) = self.first(admission) else {
            let admitted = |job: &Job| admission.admits(job.rank);
            let sleeper =
                self.waiting.iter().find(|(_, job)| admitted(job) && !self.idle.is_empty());
            return sleeper.map_or(HostNext::Nothing, |((moment, _), _)| HostNext::Wait(*moment));
        };
        let connection = (0..self.idle.len()).min_by_key(|at| self.idle[*at]);
        let Some(connection) = connection else { return HostNext::Nothing };
        let free = self.idle[connection].max(self.paused_until.unwrap_or(now));
        if free > now {
            return HostNext::Wait(free);
        }
        if place.0 != Rank::Robots && self.needs_rules(now) {
            let job = &self.ready[&place];
            return HostNext::Rules(job.page.url.clone(), job.portal);
        }
        let Some(job) = self.ready.remove(&place) else { return HostNext::Nothing };
        let allowed = job.rank == Rank::Robots
            || matches!(&self.access, Access::Open(rules, _) if rules.allow(&job.page.url));
        if allowed {
            self.idle.swap_remove(connection);
        }
        HostNext::Job(Box::new(job), allowed)
    }

    /// The first admitted request; while the rules are not known only robots.txt itself.
    fn first(&self, admission: Admission) -> Option<(Rank, u64)> {
        let blind = matches!(self.access, Access::Asked | Access::Closed);
        RANKS
            .into_iter()
            .filter(|rank| admission.admits(*rank) && (*rank == Rank::Robots || !blind))
            .find_map(|rank| self.ready.range((rank, 0)..=(rank, u64::MAX)).next())
            .map(|(place, _)| *place)
    }

    fn needs_rules(&self, now: Instant) -> bool {
        match &self.access {
            Access::Unknown => true,
            Access::Open(_, since) => now.duration_since(*since) > RULES_LAST,
            Access::Asked | Access::Closed => false,
        }
    }

    fn wake_up(&mut self, now: Instant) {
        while let Some(entry) = self.waiting.first_entry().filter(|entry| entry.key().0 <= now) {
            let ((_, added), job) = entry.remove_entry();
            self.ready.insert((job.rank, added), job);
        }
    }
}
