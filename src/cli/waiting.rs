//! The lines of a crawl: which pages of the state wait in each, by their numbers, eight bytes a page.

use std::collections::{BTreeMap, VecDeque};

use crate::catalogue::{PageNumber, State};
use crate::crawl::{Line, Plan};
use crate::model::KnownPage;

/// The pages that wait outside the crawl, in the order in which it will want them.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    lines: BTreeMap<Line, VecDeque<PageNumber>>,
}

impl Waiting {
    /// Tells a plan of every page that the state knows of its portals; what is to be asked for waits here.
    pub(crate) fn of(plan: &mut Plan, state: &State) -> anyhow::Result<Self> {
        let mut found: BTreeMap<Line, Vec<(u16, PageNumber)>> = BTreeMap::new();
        let portals: Vec<_> = plan.portals.iter().map(|portal| portal.id.clone()).collect();
        for (portal, id) in portals.iter().enumerate() {
            state.for_each_numbered_page(Some(id), |number, page| {
                if let Some(line) = plan.note(portal, &page) {
                    found.entry(line).or_default().push((page.depth, number));
                }
                Ok(())
            })?;
        }
        let in_turn = |(line, mut pages): (Line, Vec<(u16, PageNumber)>)| {
            pages.sort_unstable();
            (line, pages.into_iter().map(|(_, number)| number).collect())
        };
        Ok(Self { lines: found.into_iter().map(in_turn).collect() })
    }

    /// A page joins the end of a line.
    pub(crate) fn join(&mut self, line: Line, number: PageNumber) {
        self.lines.entry(line).or_default().push_back(number);
    }

    /// How many pages wait in a line.
    pub(crate) fn len(&self, line: Line) -> usize {
        self.lines.get(&line).map_or(0, VecDeque::len)
    }

    /// Takes the next pages of a line out of it, at most that many; none where it ends.
    pub(crate) fn next(
        &mut self,
        line: Line,
        at_most: usize,
        state: &State,
    ) -> anyhow::Result<Vec<KnownPage>> {
        let Some(waiting) = self.lines.get_mut(&line) else { return Ok(Vec::new()) };
        let numbers: Vec<PageNumber> = waiting.drain(..at_most.min(waiting.len())).collect();
        state.pages_numbered(&numbers)
    }
}
