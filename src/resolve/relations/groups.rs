//! Which documents are one text or one report: judged on fingerprints alone, whatever the order they came in.
//!
//! Documents are united step by step, the surest first: the same text; texts that resemble each other, the more the
//! earlier; forms of one report. Two groups are united only if nothing known of any member of the one contradicts any
//! member of the other, so no chain of copies leads from one year, agency or number to another.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::catalogue::{Edition, Kin};
use crate::model::{Fingerprint, Kinship, PublicDate};
use crate::resolve::relations::fingerprint::SHORT;
use crate::resolve::relations::lists::Lists;
use crate::text::{BANDS, Likeness, Sketch, digest};

/// Texts under one title that share this much of their shingles are copies. (Of the groups that 10,201 documents made,
/// all 569 were held against what is known of their members otherwise, and the 165 whose texts share least were looked
/// at: one joined two editions of a code, which [`SAME_WORDING_LACKS`] now parts; none joined different documents.)
pub(super) const RESEMBLES: f64 = 0.85;
/// One of two texts under one title is a copy of the other with more around it: it contains the other to this share …
const CONTAINS: f64 = 0.98;
/// … and resembles it at least so much.
const RESEMBLES_AS_PART: f64 = 0.7;
/// Where the edition of one of two wordings of a regulation is unknown, the one contains the other to this share: an
/// amendment of a few articles changes little, while a missing history or table of contents changes nothing within.
const SAME_WORDING: f64 = 0.99;
/// … and lacks no more of its shingles than this: an amendment of a code of five hundred articles is a small share of it.
const SAME_WORDING_LACKS: f64 = 80.0;
/// Days between the dates of one wording: a regulation is adopted by a meeting and promulgated later, by up to seventy
/// days in what we hold, and copies print one date or the other. Two amendments are further apart.
const ADOPTED_TO_PROMULGATED: i64 = 100;
/// Texts with one title and one number of the sketch in common that are all compared with each other. Of pairs with a
/// resemblance of 0.85 three in a thousand have no number in common.
const ALL_COMPARED: usize = 32;
/// Where more have, each is compared with so many of those whose sketches are most like its own …
const NEIGHBOURS: usize = 16;
/// … and share so many numbers of ten with it: at a resemblance of 0.9 all but two pairs in a thousand do.
const SHARED: usize = 2;
/// Different texts of one agency under one title, about one year if any: more are form letters about different people
/// and things, such as 行政许可决定公示, and only the same text is a copy.
const LETTERS: usize = 100;
/// Groups of one text, parted by year, agency or number, that a document is held against before it begins one of its
/// own: bounds the work where one form letter comes from thousands of agencies.
const PARTED: usize = 1000;

/// All documents in the order of their ids, with the groups found so far.
#[derive(Default)]
pub(super) struct Groups {
    nodes: Vec<Node>,
    agencies: Lists,
}

/// A document. What is known of the first of a group is what is known of the whole group. Zero stands for unknown.
#[expect(clippy::struct_excessive_bools, reason = "facts that are independent of each other")]
struct Node {
    key: i64,
    digest: i64,
    title: i64,
    number: i64,
    regulation: i64,
    sketch: Sketch,
    /// 0 for a text too short for a sketch.
    length: u32,
    agencies: u32,
    edition: i32,
    /// `i32::MAX`: unknown.
    day: i32,
    /// The node above it in its group; the first of a group stands above itself.
    above: u32,
    report_year: i16,
    is_own: bool,
    is_form: bool,
    is_report: bool,
    is_outdated: bool,
}

/// Two documents whose texts are to be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    a: u32,
    b: u32,
}

impl Groups {
    /// Adds the next document; they come in the order of their ids, which is what decides where all else is equal.
    pub(super) fn push(&mut self, key: i64, print: &Fingerprint) {
        let sketch: Option<Sketch> = print.sketch.as_slice().try_into().ok();
        self.nodes.push(Node {
            key,
            digest: print.digest,
            title: print.title,
            number: print.number.as_deref().map_or(0, digest),
            regulation: print.regulation.unwrap_or(0),
            length: if sketch.is_some() { print.length } else { 0 },
            sketch: sketch.unwrap_or([0; BANDS]),
            agencies: self.agencies.of_names(&print.agencies),
            edition: print.edition.unwrap_or(0),
            day: print.day.unwrap_or(i32::MAX),
            above: u32::try_from(self.nodes.len()).unwrap_or(u32::MAX),
            report_year: print.report_year.unwrap_or(0),
            is_own: print.is_own,
            is_form: print.is_form,
            is_report: print.is_report,
            is_outdated: print.is_outdated,
        });
    }

    /// Unites documents with the same text; short ones only where the title is the same too.
    pub(super) fn same_texts(&mut self) {
        let title = |node: &Node| if (node.length as usize) < SHORT { node.title } else { 0 };
        let mut order: Vec<u32> = self.roots().filter(|at| self.node(*at).digest != 0).collect();
        order.sort_unstable_by_key(|at| {
            let node = self.node(*at);
            (node.digest, title(node), Reverse(Self::known(node)), self.rank(*at))
        });
        let same = |a: &u32, b: &u32| {
            let (a, b) = (self.node(*a), self.node(*b));
            (a.digest, title(a)) == (b.digest, title(b))
        };
        let runs = order.chunk_by(same).filter(|run| run.len() > 1);
        let runs: Vec<Vec<u32>> = runs.map(<[u32]>::to_vec).collect();
        for run in &runs {
            self.same_text(run);
        }
    }

    /// Unites documents with one text, each with the first of them that it does not contradict.
    fn same_text(&mut self, run: &[u32]) {
        let mut firsts: Vec<u32> = Vec::new();
        // Groups that were begun contradict each other, so what once went with one goes with no other.
        let mut known = HashMap::new();
        for at in run {
            let Node { report_year, number, agencies, .. } = *self.node(*at);
            let facts = (report_year, number, agencies);
            let place =
                known.get(&facts).copied().filter(|place| self.agree(firsts[*place], *at)).or_else(
                    || firsts.iter().take(PARTED).position(|first| self.agree(*first, *at)),
                );
            match place {
                Some(place) => firsts[place] = self.unite(firsts[place], *at),
                None => firsts.push(*at),
            }
            known.insert(facts, place.unwrap_or(firsts.len() - 1));
        }
    }

    /// The pairs of texts that may resemble each other, to be compared on their shingles.
    pub(super) fn candidates(&self) -> Vec<Pair> {
        let mut pairs: Vec<Pair> = Vec::new();
        let mut order = self.texts_of_their_own();
        for band in 0..BANDS {
            let place = |at: u32| (self.node(at).title, self.node(at).sketch[band]);
            let others = |at: u32| {
                let (before, behind) = self.node(at).sketch.split_at(band);
                behind.iter().chain(before)
            };
            order.sort_unstable_by(|a, b| {
                let by_place = place(*a).cmp(&place(*b));
                by_place.then_with(|| others(*a).cmp(others(*b))).then(a.cmp(b))
            });
            for run in order.chunk_by(|a, b| place(*a) == place(*b)) {
                let is_long = run.len() > ALL_COMPARED;
                let (many, shared) = if is_long { (NEIGHBOURS, SHARED) } else { (ALL_COMPARED, 1) };
                for (rank, a) in run.iter().enumerate() {
                    let next = run[rank + 1..].iter().take(many);
                    let near = next.filter(|b| self.may_resemble(*a, **b, shared));
                    pairs.extend(near.map(|b| Pair { a: *a.min(b), b: *a.max(b) }));
                }
            }
            pairs.sort_unstable();
            pairs.dedup();
        }
        pairs
    }

    /// The texts that are long enough to be compared and no form letters.
    fn texts_of_their_own(&self) -> Vec<u32> {
        let of = |at: &u32| {
            let node = self.node(*at);
            (node.title, node.agencies, node.report_year)
        };
        let mut texts: Vec<u32> = self.roots().filter(|at| self.node(*at).length > 0).collect();
        texts.sort_unstable_by_key(of);
        let few = texts.chunk_by(|a, b| of(a) == of(b)).filter(|run| run.len() <= LETTERS);
        few.flatten().copied().collect()
    }

    fn may_resemble(&self, a: u32, b: u32, least: usize) -> bool {
        let (left, right) = (self.node(a), self.node(b));
        let (short, long) = (left.length.min(right.length), left.length.max(right.length));
        let shared = left.sketch.iter().zip(&right.sketch).filter(|(a, b)| a == b).count();
        shared >= least
            && left.digest != right.digest
            && f64::from(short) >= f64::from(long) * RESEMBLES_AS_PART * RESEMBLES_AS_PART
            && self.agree(a, b)
            && same_edition(left, right) != Some(false)
    }

    /// The digests of both texts of a pair.
    pub(super) fn digests(&self, pair: Pair) -> (i64, i64) {
        (self.node(pair.a).digest, self.node(pair.b).digest)
    }

    /// The characters of both texts of a pair.
    pub(super) fn characters(&self, pair: Pair) -> u64 {
        u64::from(self.node(pair.a).length) + u64::from(self.node(pair.b).length)
    }

    /// The keys of both documents of a pair.
    pub(super) fn keys(&self, pair: Pair) -> (i64, i64) {
        (self.node(pair.a).key, self.node(pair.b).key)
    }

    /// Unites texts that resemble each other: pairs with their likeness.
    pub(super) fn near_texts(&mut self, mut pairs: Vec<(Pair, Likeness)>) {
        pairs.retain(|(_, likeness)| is_copy(*likeness));
        pairs.sort_unstable_by(|(a, x), (b, y)| {
            y.resemblance.total_cmp(&x.resemblance).then(a.cmp(b))
        });
        for (Pair { a, b }, likeness) in pairs {
            let shorter = f64::from(self.node(a).length.min(self.node(b).length));
            let lacks = (1.0 - likeness.containment) * shorter;
            let is_wording = likeness.containment >= SAME_WORDING && lacks <= SAME_WORDING_LACKS;
            let (a, b) = (self.shortened(a), self.shortened(b));
            let is_edition = match same_edition(self.node(a), self.node(b)) {
                Some(same) => same,
                None => !self.is_regulation(a, b) || is_wording,
            };
            if a != b && is_edition && self.agree(a, b) {
                self.unite(a, b);
            }
        }
    }

    fn is_regulation(&self, a: u32, b: u32) -> bool {
        self.node(a).regulation != 0 || self.node(b).regulation != 0
    }

    /// Unites the forms of one report with the one that has its text; returns what led each document before.
    pub(super) fn forms(&mut self) -> Vec<u32> {
        let before: Vec<u32> = (0..self.count()).map(|at| self.shortened(at)).collect();
        let mut reports: Vec<u32> = self.roots().filter(|at| self.is_known_report(*at)).collect();
        reports.sort_unstable_by_key(|at| {
            let node = self.node(*at);
            (node.report_year, self.agencies.first(node.agencies), self.rank(*at))
        });
        let same = |a: &u32, b: &u32| {
            let (a, b) = (self.node(*a), self.node(*b));
            let first = |node: &Node| self.agencies.first(node.agencies);
            (a.report_year, first(a)) == (b.report_year, first(b))
        };
        let runs: Vec<Vec<u32>> = reports.chunk_by(same).map(<[u32]>::to_vec).collect();
        for run in runs {
            let Some((first, others)) = run.split_first() else { continue };
            for other in others {
                let first = self.shortened(*first);
                if self.node(*other).is_form && self.agree(first, *other) {
                    self.unite(first, *other);
                }
            }
        }
        before
    }

    fn is_known_report(&self, at: u32) -> bool {
        let node = self.node(at);
        node.is_report && node.report_year != 0 && node.agencies != 0
    }

    /// Every document that is not alone, with the first of its group and how it belongs to it.
    pub(super) fn kin(&self, before_forms: &[u32]) -> BTreeMap<i64, Kin> {
        let mut sizes = vec![0_u32; self.nodes.len()];
        (0..self.count()).for_each(|at| sizes[self.root(at) as usize] += 1);
        let together = (0..self.count()).filter(|at| sizes[self.root(*at) as usize] > 1);
        let kin = together.map(|at| {
            let leader = self.root(at);
            let is_text = before_forms[at as usize] == before_forms[leader as usize];
            let kinship = match at == leader {
                true => None,
                false if is_text => Some(Kinship::Reprint),
                false => Some(Kinship::Variant),
            };
            (self.node(at).key, Kin { leader: self.node(leader).key, kinship })
        });
        kin.collect()
    }

    /// The editions of regulations that are held in two or more, by the first of their groups.
    pub(super) fn editions(&self) -> BTreeMap<i64, Edition> {
        let dated = |at: &u32| {
            let node = self.node(*at);
            node.regulation != 0 && (node.edition != 0 || node.is_outdated)
        };
        let mut order: Vec<u32> = self.roots().filter(dated).collect();
        order.sort_unstable_by_key(|at| (self.node(*at).regulation, self.node(*at).edition, *at));
        let same = |a: &u32, b: &u32| self.node(*a).regulation == self.node(*b).regulation;
        let mut editions = BTreeMap::new();
        for run in order.chunk_by(same) {
            let is_one =
                |a: &u32, b: &u32| is_one_wording(self.node(*a).edition, self.node(*b).edition);
            let wordings: Vec<&[u32]> = run.chunk_by(is_one).collect();
            for wording in wordings.iter().filter(|_| wordings.len() > 1) {
                let edition = wording.last().map_or(0, |at| self.node(*at).edition);
                for at in *wording {
                    let Node { key, regulation, .. } = *self.node(*at);
                    editions.insert(key, Edition { regulation, edition });
                }
            }
        }
        editions
    }

    fn count(&self) -> u32 {
        u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)
    }

    fn node(&self, at: u32) -> &Node {
        &self.nodes[at as usize]
    }

    /// The first of a document's group.
    fn root(&self, mut at: u32) -> u32 {
        while self.node(at).above != at {
            at = self.node(at).above;
        }
        at
    }

    /// The first of a document's group, with the ways that lead there made shorter.
    fn shortened(&mut self, mut at: u32) -> u32 {
        while self.node(at).above != at {
            let above = self.node(self.node(at).above).above;
            self.nodes[at as usize].above = above;
            at = above;
        }
        at
    }

    /// The documents that lead a group, of one or more.
    fn roots(&self) -> impl Iterator<Item = u32> {
        (0..self.count()).filter(|at| self.node(*at).above == *at)
    }

    /// The first publisher comes first: a whole text before another form of it, the earliest, its own page, the
    /// smallest id.
    fn rank(&self, at: u32) -> (bool, i32, bool, u32) {
        let node = self.node(at);
        (node.is_form, node.day, !node.is_own, at)
    }

    /// How many facts are known that can contradict others.
    fn known(node: &Node) -> u32 {
        u32::from(node.report_year != 0)
            + u32::from(node.agencies != 0)
            + u32::from(node.number != 0)
    }

    /// Whether report year, number and agencies of two groups do not contradict each other; unknown goes with all.
    fn agree(&self, a: u32, b: u32) -> bool {
        let (a, b) = (self.node(a), self.node(b));
        (a.report_year == b.report_year || a.report_year == 0 || b.report_year == 0)
            && (a.number == b.number || a.number == 0 || b.number == 0)
            && self.agencies.agree(a.agencies, b.agencies)
    }

    /// Makes one group of two and returns its first.
    fn unite(&mut self, a: u32, b: u32) -> u32 {
        let (first, other) = if self.rank(a) < self.rank(b) { (a, b) } else { (b, a) };
        let (left, right) = (self.node(a), self.node(b));
        let agencies = self.agencies.common(left.agencies, right.agencies);
        let other_node = self.node(other);
        let (report_year, number) = (other_node.report_year, other_node.number);
        let (edition, regulation) = (other_node.edition, other_node.regulation);
        let is_outdated = other_node.is_outdated;
        let node = &mut self.nodes[first as usize];
        node.agencies = agencies;
        node.report_year = if node.report_year == 0 { report_year } else { node.report_year };
        node.number = if node.number == 0 { number } else { node.number };
        node.regulation = if node.regulation == 0 { regulation } else { node.regulation };
        node.edition = node.edition.max(edition);
        node.is_outdated |= is_outdated;
        self.nodes[other as usize].above = first;
        first
    }
}

fn is_copy(likeness: Likeness) -> bool {
    let Likeness { resemblance, containment } = likeness;
    resemblance >= RESEMBLES || (resemblance >= RESEMBLES_AS_PART && containment >= CONTAINS)
}

/// Whether two wordings were decided, or other texts written, at the same time, as far as both times are known.
fn same_edition(a: &Node, b: &Node) -> Option<bool> {
    let are_regulations = a.regulation != 0 && b.regulation != 0;
    let same = if are_regulations { is_one_wording } else { is_one_day };
    (a.edition.min(b.edition) != 0).then(|| same(a.edition, b.edition))
}

/// Whether these are dates of one wording of a regulation; the days of its adoption and promulgation are.
fn is_one_wording(a: i32, b: i32) -> bool {
    let apart = |(a, b): (i64, i64)| (a - b).abs();
    is_one_day(a, b)
        || day(a).zip(day(b)).map(apart).is_some_and(|days| days <= ADOPTED_TO_PROMULGATED)
}

/// Whether two dates are one to the precision that both have.
fn is_one_day(a: i32, b: i32) -> bool {
    let precision = |date: i32| match (date % 10_000, date % 100) {
        (0, _) => 10_000,
        (_, 0) => 100,
        _ => 1,
    };
    let precision = precision(a).max(precision(b));
    a / precision == b / precision
}

/// Days since 1970 of a date as `YYYYMMDD`; `None` where month or day are unknown.
fn day(date: i32) -> Option<i64> {
    let part = |number: i32| i8::try_from(number % 100).ok();
    let year = i16::try_from(date / 10_000).ok()?;
    Some(PublicDate::new(year, part(date / 100), part(date))?.first_day())
}
