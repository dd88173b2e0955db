//! The best documents, in order: of a group only one, and agencies in turn where hits fit equally well.

use std::{cmp::Ordering, collections::HashMap};

use tantivy::{
    DocId, Searcher, SegmentReader,
    columnar::{Column, StrColumn},
};

use crate::search::{
    bits::Bits,
    facet::Facet,
    listing::{Listed, Matched},
    matching::internal,
    request::{Grouping, Refused, Request, Sort},
    scores::Scores,
};

/// A document, by its segment and its number there.
pub(super) type Place = (usize, DocId);

/// Hits change places only within a block of so many, so that pages of any size show one list.
const BLOCK: usize = 20;
/// A hit may go before another one that has no more than this share less of its score.
const EQUALLY_WELL: f32 = 0.02;

/// The best documents so far.
pub(super) struct Best {
    pub(super) sort: Sort,
    /// How many come before the page, and how many are on it.
    skip: usize,
    take: usize,
    kept: Vec<Listed>,
    /// Where copies are folded: how many documents are alone, and the others by their group.
    groups: Option<(u64, HashMap<u64, Vec<Listed>>)>,
}

impl Best {
    pub(super) fn new(request: &Request) -> Self {
        let blank = request.query.trim().is_empty();
        let sort =
            if blank && request.sort == Sort::Relevance { Sort::Newest } else { request.sort };
        let skip = request.page.saturating_sub(1) * request.size;
        let groups = (request.group == Grouping::Near).then(|| (0, HashMap::new()));
        Self { sort, skip, take: request.size, kept: Vec::new(), groups }
    }

    /// Adds the hits of a segment.
    pub(super) fn add(
        &mut self,
        place: usize,
        segment: &Matched<'_>,
        hits: &Bits,
        scores: Option<&Scores>,
    ) -> Result<(), Refused> {
        if self.take == 0 && self.groups.is_none() {
            return Ok(());
        }
        let columns = segment.shelf.segment.fast_fields();
        let days: Column<i64> = columns.i64("day").map_err(internal)?;
        let orders: Column<u64> = columns.u64("order").map_err(internal)?;
        let groups: Column<u64> = columns.u64("group").map_err(internal)?;
        for document in hits.iter() {
            let listed = Listed {
                score: scores.map_or(0.0, |scores| scores.of(document)),
                day: days.first(document),
                order: orders.first(document).unwrap_or(u64::MAX),
                segment: place,
                document,
                missing: Vec::new(),
                number: None,
                copies: Vec::new(),
            };
            if let Some((alone, grouped)) = &mut self.groups {
                if let Some(group) = groups.first(document) {
                    grouped.entry(group).or_default().push(listed);
                    continue;
                }
                *alone += 1;
            }
            self.kept.push(listed);
            if self.kept.len() >= 2 * self.wanted() + 1024 {
                self.prune();
            }
        }
        self.prune();
        Ok(())
    }

    /// How many must be known to show the page: whole blocks where hits change places in them.
    fn wanted(&self) -> usize {
        let wanted = self.skip + self.take;
        if self.takes_turns() { wanted.next_multiple_of(BLOCK) } else { wanted }
    }

    fn takes_turns(&self) -> bool {
        self.groups.is_some() && self.sort == Sort::Relevance
    }

    fn prune(&mut self) {
        let (wanted, sort) = (self.wanted(), self.sort);
        if self.kept.len() > wanted {
            self.kept.select_nth_unstable_by(wanted, |a, b| compare(sort, a, b));
            self.kept.truncate(wanted);
        }
    }

    /// The documents of the page in order, and how many hits there are where copies are folded.
    pub(super) fn page(
        mut self,
        searcher: &Searcher,
    ) -> Result<(Vec<Listed>, Option<u64>), Refused> {
        let sort = self.sort;
        let mut total_groups = None;
        if let Some((alone, grouped)) = &mut self.groups {
            total_groups = Some(*alone + grouped.len() as u64);
            self.kept.extend(grouped.drain().filter_map(|(_, members)| folded(sort, members)));
        }
        self.prune();
        self.kept.sort_unstable_by(|a, b| compare(sort, a, b));
        if self.takes_turns() {
            for block in self.kept.chunks_mut(BLOCK).skip(self.skip / BLOCK) {
                take_turns(block, &agencies(block, searcher)?);
            }
        }
        let page = self.kept.into_iter().skip(self.skip).take(self.take).collect();
        Ok((page, total_groups))
    }
}

/// The member of a group that is shown, with the others under it; of equally good ones the earliest, as it is likely to
/// be the original.
fn folded(sort: Sort, mut members: Vec<Listed>) -> Option<Listed> {
    members.sort_unstable_by(|a, b| match sort {
        Sort::Relevance => b.score.total_cmp(&a.score).then_with(|| compare(Sort::Oldest, a, b)),
        Sort::Newest | Sort::Oldest => compare(sort, a, b),
    });
    let mut members = members.into_iter();
    let first = members.next()?;
    Some(Listed { copies: members.map(|one| (one.segment, one.document)).collect(), ..first })
}

/// Which document comes first; never equal for two documents.
fn compare(sort: Sort, a: &Listed, b: &Listed) -> Ordering {
    let unknown = a.day.is_none().cmp(&b.day.is_none());
    let newest = unknown.then(b.day.cmp(&a.day));
    let first = match sort {
        Sort::Relevance => b.score.total_cmp(&a.score).then(newest),
        Sort::Newest => newest,
        Sort::Oldest => unknown.then(a.day.cmp(&b.day)),
    };
    first.then(a.order.cmp(&b.order))
}

/// The first agency of each hit.
fn agencies(block: &[Listed], searcher: &Searcher) -> Result<Vec<Option<String>>, Refused> {
    let of = |listed: &Listed| {
        let segment: &SegmentReader = &searcher.segment_readers()[listed.segment];
        let columns = segment.fast_fields();
        let names: Option<StrColumn> = columns.str(Facet::Agency.name()).map_err(internal)?;
        let Some(names) = names else { return Ok(None) };
        let Some(first) = names.term_ords(listed.document).next() else { return Ok(None) };
        let mut name = String::new();
        names.ord_to_str(first, &mut name).map_err(internal)?;
        Ok(Some(name))
    };
    block.iter().map(of).collect()
}

/// Of hits that fit equally well, those of agencies that came less often come first.
fn take_turns(block: &mut [Listed], agencies: &[Option<String>]) {
    let mut waiting: Vec<(&Option<String>, Listed)> =
        agencies.iter().zip(block.iter().cloned()).collect();
    let mut came: HashMap<&Option<String>, usize> = HashMap::new();
    for place in block {
        let enough = waiting.first().map_or(0.0, |(_, best)| best.score * (1.0 - EQUALLY_WELL));
        let equally_good = waiting.iter().take_while(|(_, hit)| hit.score >= enough).enumerate();
        let next = equally_good.min_by_key(|(_, (agency, _))| came.get(agency).copied());
        let Some(next) = next.map(|(at, _)| at) else { return };
        let (agency, hit) = waiting.remove(next);
        *came.entry(agency).or_default() += 1;
        *place = hit;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Document;
    use crate::search::testing::{Archive, document, with_facets};

    fn request(page: usize, size: usize) -> Request {
        let query = "植树".to_owned();
        Request { query, group: Grouping::Near, page, size, ..Request::default() }
    }

    /// A text in three copies, another in two, and one alone.
    fn archive() -> Archive {
        let text = "灵洲市植树活动安排如下，请各单位参加。";
        let dated = |id: &str, date| {
            let title = if id.starts_with('a') { "植树通知" } else { "植树公告" };
            with_facets(document(id, title, text), "policy", date, "灵洲市林业局")
        };
        let documents = vec![
            dated("a2", "2020-03-02"),
            dated("a1", "2020-03-01"),
            dated("b1", "2020-02-28"),
            dated("a3", "2020-03-03"),
            dated("b2", "2020-03-05"),
            document("c", "道路通知", "植树节期间道路施工。"),
        ];
        let id =
            |given: &str| documents.iter().find(|d| d.external_id() == Some(given)).unwrap().id;
        let firsts = [("a", id("a1")), ("b", id("b1"))];
        Archive::grouped(documents, |document: &Document| {
            let given = document.external_id().unwrap();
            firsts.iter().find(|(start, _)| given.starts_with(start)).map(|(_, id)| *id)
        })
    }

    #[test]
    fn copies_are_folded_under_the_earliest_and_counted() {
        let archive = archive();
        let answer = archive.ask(&request(1, 10)).unwrap();
        assert_eq!((answer.total, answer.total_groups, answer.lines()), (6, Some(3), 3));
        assert_eq!(Archive::ids(&answer), ["a1", "b1", "c"]);
        let copies: Vec<u64> = answer.hits.iter().map(|hit| hit.copies.total).collect();
        assert_eq!(copies, [2, 1, 0]);
        let second = archive.ask(&request(2, 1)).unwrap();
        assert_eq!(Archive::ids(&second), ["b1"]);
        let none = archive.ask(&Request { size: 0, ..request(1, 10) }).unwrap();
        assert_eq!((none.total_groups, none.hits.len()), (Some(3), 0));
        let each = archive.ask(&Request { group: Grouping::Off, ..request(1, 10) }).unwrap();
        assert_eq!((each.total, each.total_groups, each.hits.len()), (6, None, 6));
        assert_eq!(each.facets, answer.facets);
    }

    #[test]
    fn agencies_take_turns_on_pages_of_any_size() {
        let documents = (0..50).map(|n| {
            let agency = if n % 5 == 0 { "青岚区林业局" } else { "灵洲市林业局" };
            let date = format!("2020-01-{:02}", 28 - n % 28);
            let text = "灵洲市植树活动安排如下。";
            with_facets(document(&n.to_string(), "植树通知", text), "policy", &date, agency)
        });
        let archive = Archive::new(documents.collect());
        let ids = |size: usize| -> Vec<String> {
            let pages = (1..=50 / size).map(|page| archive.ask(&request(page, size)).unwrap());
            pages.flat_map(|answer| Archive::ids(&answer)).collect()
        };
        let whole = ids(50);
        assert_eq!((ids(10), ids(25)), (whole.clone(), whole.clone()));
        let is_second = |id: &String| id.parse::<usize>().unwrap().is_multiple_of(5);
        let of_each: Vec<usize> =
            whole.chunks(10).map(|page| page.iter().filter(|id| is_second(id)).count()).collect();
        // Of the first twenty, four are of the second agency; by day alone, two of them would be on the first page.
        assert_eq!((of_each[0], of_each.iter().sum::<usize>()), (4, 10), "{of_each:?}");
    }
}
