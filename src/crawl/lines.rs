//! The lines in which pages wait: what is known when a run begins, and how much of it waits outside the run.
//!
//! A run holds a mark of every known page and the next few hundred pages of each line. All others wait in the state
//! and are asked back in portions ([`Event::Wanted`](crate::crawl::Event)), so a million of them cost next to nothing.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use sha2::{Digest, Sha256};

use crate::crawl::admission::Rank;
use crate::crawl::plan::Plan;
use crate::crawl::queue::rank;
use crate::crawl::scope;
use crate::model::{KnownPage, Moment, PageKind, PageState, UrlKey};

/// A line of waiting pages: those of one portal that have the same turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Line {
    /// The portal: its place in the plan.
    pub portal: usize,
    /// Whose turn it is.
    pub rank: Rank,
}

/// What is known when a run begins; made by [`Plan::note`].
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Every page known.
    pub(super) marks: Marks,
    /// What only pages that were taken down are shown with.
    closed: HashSet<[u8; 16]>,
    /// How many pages wait in each line.
    pub(super) waiting: BTreeMap<Line, u64>,
}

/// Pages by what they are remembered by: 16 bytes each, so that millions fit.
#[derive(Clone, Debug)]
pub(crate) struct Marks {
    /// By the first byte, as a set that grows is there twice for a moment.
    parts: Vec<HashSet<[u8; 16]>>,
}

impl Default for Marks {
    fn default() -> Self {
        Self { parts: vec![HashSet::new(); 256] }
    }
}

impl Marks {
    /// Remembers a page; tells whether it was new.
    pub(crate) fn insert(&mut self, mark: [u8; 16]) -> bool {
        self.parts[usize::from(mark[0])].insert(mark)
    }

    /// Whether a page is remembered.
    pub(crate) fn contains(&self, mark: &[u8; 16]) -> bool {
        self.parts[usize::from(mark[0])].contains(mark)
    }
}

/// List pages at the beginning of a column, where news stands: each run asks for them. Links followed from its first
/// page; a tree of lists or a frame before the list is one of them.
const NEWS_PAGES: u16 = 3;

impl Plan {
    /// Takes note of a page of a portal (its place in the plan) that the state knows: it is never "found" again. Pages
    /// of a portal are noted in the order they were found.
    ///
    /// A page that is to be asked for in this run waits in the line that comes back. The caller keeps the lines, the
    /// pages of each by their depth and then in the order they were found, and hands them over when they are wanted.
    pub fn note(&mut self, portal: usize, page: &KnownPage) -> Option<Line> {
        // What was beyond the stop rules is found again where it no longer is.
        if page.state == PageState::Trap {
            return None;
        }
        let is_closed = self.options.closes(page);
        // Left unknown, so that another page that is shown with it brings it back.
        if page.context.kind == PageKind::Requisite && (is_closed || self.is_named_by_closed(page))
        {
            self.known.closed.insert(mark(page));
            return None;
        }
        let is_new = self.known.marks.insert(mark(page));
        let rank = match page.context.kind {
            PageKind::Robots | PageKind::Absent => return None,
            PageKind::Attachment => Rank::OldAttachment,
            PageKind::Requisite => Rank::OldRequisite,
            kind => rank(kind),
        };
        let is_wanted = is_new
            && self.portals.get(portal).is_some_and(|it| scope::may_ask(it, page))
            && self.is_due(page, self.clock.now())
            && !is_closed;
        let line = is_wanted.then_some(Line { portal, rank })?;
        *self.known.waiting.entry(line).or_default() += 1;
        Some(line)
    }

    /// Whether a page is named by what was taken down with its page: a font of a style sheet.
    fn is_named_by_closed(&self, page: &KnownPage) -> bool {
        let closed = &self.known.closed;
        let named_by = page.context.referrer.as_ref().filter(|_| !closed.is_empty());
        named_by.is_some_and(|sheet| closed.contains(&short(&scope::without_index(sheet).key())))
    }

    /// Unfinished business is always due, so that a run repeated at the same `--now` goes on.
    fn is_due(&self, page: &KnownPage, now: Moment) -> bool {
        let kept_before =
            |limit: Option<Moment>| limit.is_some_and(|limit| page.kept_at < Some(limit));
        let shows_news = page.context.kind == PageKind::List && page.depth < NEWS_PAGES;
        let unfinished = matches!(
            page.state,
            PageState::Found | PageState::Failing | PageState::Unreachable | PageState::Disallowed
        );
        unfinished
            || page.due <= now
            || (page.kept_at.is_some() && kept_before(self.options.all_due_before))
            || (shows_news
                && page.state == PageState::Kept
                && kept_before(self.options.lists_due_before))
    }
}

/// What a page is remembered by, in few bytes: equal for `http` and `https`, `/x/` and `/x/index.html`.
pub(super) fn mark(page: &KnownPage) -> [u8; 16] {
    short(&scope::mark(page))
}

fn short(key: &UrlKey) -> [u8; 16] {
    let digest = Sha256::digest(key.as_str().as_bytes());
    let mut mark = [0; 16];
    mark.copy_from_slice(&digest[..16]);
    mark
}

/// Pages that a run holds of all its lines together; one takes about a kilobyte.
const HELD: usize = 8192;
/// The most and the fewest that it holds of one line.
const LONGEST: usize = 256;
const SHORTEST: usize = 16;

/// How much of each line the run holds, and how much waits outside.
#[derive(Debug)]
pub(crate) struct Lines {
    lengths: BTreeMap<Line, Length>,
    /// Lines of which the run holds too little.
    low: BTreeSet<Line>,
    /// Pages that the run holds of one line.
    room: usize,
}

/// The two parts of a line.
#[derive(Clone, Copy, Debug, Default)]
struct Length {
    held: usize,
    outside: u64,
}

impl Lines {
    /// Lines of that many portals, with these pages outside.
    pub(crate) fn new(portals: usize, waiting: &BTreeMap<Line, u64>) -> Self {
        let length = |outside: &u64| Length { held: 0, outside: *outside };
        Self {
            lengths: waiting.iter().map(|(line, outside)| (*line, length(outside))).collect(),
            low: waiting.keys().copied().collect(),
            room: (HELD / portals.max(1)).clamp(SHORTEST, LONGEST),
        }
    }

    /// Whether a page that is found now may be held; else it waits outside, behind those that do.
    pub(crate) fn has_room(&self, line: Line) -> bool {
        let length = self.lengths.get(&line).copied().unwrap_or_default();
        length.outside == 0 && length.held < self.room
    }

    /// A page joins the end of a line, outside.
    pub(crate) fn waits_outside(&mut self, line: Line) {
        self.lengths.entry(line).or_default().outside += 1;
        self.look(line);
    }

    /// A page of a line is held.
    pub(crate) fn held(&mut self, line: Line) {
        self.lengths.entry(line).or_default().held += 1;
    }

    /// A page that was held is asked for, or given up.
    pub(crate) fn went(&mut self, line: Line) {
        let length = self.lengths.entry(line).or_default();
        length.held = length.held.saturating_sub(1);
        self.look(line);
    }

    /// The next line of which too little is held, and how many pages there is room for; once for each time.
    pub(crate) fn next_low(&mut self) -> Option<(Line, usize)> {
        let line = self.low.pop_first()?;
        Some((line, self.room - self.lengths.get(&line)?.held.min(self.room)))
    }

    /// So many pages came in from outside, and those that could be were held; none: nothing is there any more.
    pub(crate) fn came_in(&mut self, line: Line, pages: usize) {
        let outside = &mut self.lengths.entry(line).or_default().outside;
        *outside = if pages == 0 { 0 } else { outside.saturating_sub(pages as u64) };
        self.look(line);
    }

    /// Pages that wait outside, of these ranks.
    pub(crate) fn outside(&self, of: impl Fn(Rank) -> bool) -> u64 {
        let lines = self.lengths.iter().filter(|(line, _)| of(line.rank));
        lines.map(|(_, length)| length.outside).sum()
    }

    fn look(&mut self, line: Line) {
        let length = self.lengths.get(&line).copied().unwrap_or_default();
        if length.outside > 0 && length.held < self.room / 2 {
            self.low.insert(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::testing::known;

    const LINE: Line = Line { portal: 0, rank: Rank::Detail };

    #[test]
    fn a_page_is_new_once() {
        let mut marks = Marks::default();
        let mark = |n| mark(&known(&format!("http://a.gov.cn/{n}"), PageKind::Detail));
        assert!((0..2000).all(|n| !marks.contains(&mark(n)) && marks.insert(mark(n))));
        assert!((0..2000).all(|n| marks.contains(&mark(n)) && !marks.insert(mark(n))));
    }

    #[test]
    fn a_line_is_filled_when_it_is_half_empty() {
        let mut lines = Lines::new(1, &BTreeMap::from([(LINE, 300)]));
        assert_eq!(lines.next_low(), Some((LINE, 256)));
        (0..256).for_each(|_| lines.held(LINE));
        lines.came_in(LINE, 256);
        assert_eq!((lines.next_low(), lines.outside(|_| true)), (None, 44));
        (0..128).for_each(|_| lines.went(LINE));
        assert_eq!(lines.next_low(), None);
        lines.went(LINE);
        assert_eq!(lines.next_low(), Some((LINE, 129)));
        (0..44).for_each(|_| lines.held(LINE));
        lines.came_in(LINE, 44);
        (0..171).for_each(|_| lines.went(LINE));
        assert_eq!((lines.next_low(), lines.outside(|_| true)), (None, 0));
    }

    #[test]
    fn what_is_found_waits_behind_those_outside() {
        let mut lines = Lines::new(1, &BTreeMap::new());
        for _ in 0..256 {
            assert!(lines.has_room(LINE));
            lines.held(LINE);
        }
        assert!(!lines.has_room(LINE));
        lines.waits_outside(LINE);
        lines.went(LINE);
        assert!(!lines.has_room(LINE), "another one is first");
        assert!(lines.has_room(Line { rank: Rank::List, ..LINE }));
        assert_eq!((lines.outside(|rank| rank == Rank::Detail), lines.outside(|_| true)), (1, 1));
    }

    #[test]
    fn what_has_gone_from_outside_is_not_waited_for() {
        let mut lines = Lines::new(9_999, &BTreeMap::from([(LINE, 7)]));
        assert_eq!(lines.next_low(), Some((LINE, 16)));
        lines.came_in(LINE, 0);
        assert_eq!((lines.next_low(), lines.outside(|_| true)), (None, 0));
    }
}
