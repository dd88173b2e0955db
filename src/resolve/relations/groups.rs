//! Which documents are one text or one report: judged on fingerprints alone, whatever the order they came in.
//!
//! Documents are united step by step, the surest first: the same text; texts that resemble each other, the more the
//! earlier; forms of one report. Two groups are united only if nothing known of any member of the one contradicts any
//! member of the other, so no chain of copies leads from one year, agency or number to another.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::catalogue::{Edition, Kin};
use crate::model::{Fingerprint, Kinship};
use crate::resolve::relations::fingerprint::SHORT;
use crate::resolve::relations::lists::Lists;
use crate::text::{BANDS, Likeness, Sketch, digest};

/// Texts under one title that share this much of their shingles are copies. (Of 928 such pairs among 10,201 documents
/// none differed in more than what portals put around a text, but for editions of regulations.)
pub(super) const RESEMBLES: f64 = 0.85;
/// One of two texts under one title is a copy of the other with more around it: it contains the other to this share …
const CONTAINS: f64 = 0.98;
/// … and resembles it at least so much.
const RESEMBLES_AS_PART: f64 = 0.7;
/// Where the edition of one of two wordings of a regulation is unknown, the one contains the other to this share: an
/// amendment of a few articles changes little, while a missing history or table of contents changes nothing within.
const SAME_WORDING: f64 = 0.99;
/// How many numbers of ten two sketches share at least to be compared. At a resemblance of 0.9 two pairs in a thousand
/// fall below; of pairs with 0.5 all but four in a hundred do.
const SHARED: usize = 2;
/// Texts with one title and one number of the sketch in common that each text is compared with: bounds the work where
/// thousands are alike.
const NEIGHBOURS: usize = 32;

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
        let (mut digest, mut firsts) = ((0, 0), Vec::new());
        for at in order {
            let own = (self.node(at).digest, title(self.node(at)));
            if own != digest {
                (digest, firsts) = (own, Vec::new());
            }
            match firsts.iter().position(|first| self.agree(*first, at)) {
                Some(place) => firsts[place] = self.unite(firsts[place], at),
                None => firsts.push(at),
            }
        }
    }

    /// The pairs of texts that may resemble each other, to be compared on their shingles.
    pub(super) fn candidates(&self) -> Vec<Pair> {
        let mut pairs: Vec<Pair> = Vec::new();
        for band in 0..BANDS {
            let mut order: Vec<u32> = self.roots().filter(|at| self.node(*at).length > 0).collect();
            let place = |at: u32| {
                let node = self.node(at);
                (node.sketch[band], node.title)
            };
            order.sort_unstable_by_key(|at| (place(*at), self.node(*at).length, *at));
            for (rank, a) in order.iter().enumerate() {
                let next = order[rank + 1..].iter().take(NEIGHBOURS);
                for b in next.take_while(|b| place(**b) == place(*a)) {
                    if self.may_resemble(*a, *b) {
                        pairs.push(Pair { a: *a.min(b), b: *a.max(b) });
                    }
                }
            }
            pairs.sort_unstable();
            pairs.dedup();
        }
        pairs
    }

    fn may_resemble(&self, a: u32, b: u32) -> bool {
        let (left, right) = (self.node(a), self.node(b));
        let (short, long) = (left.length.min(right.length), left.length.max(right.length));
        let shared = left.sketch.iter().zip(&right.sketch).filter(|(a, b)| a == b).count();
        shared >= SHARED
            && left.digest != right.digest
            && f64::from(short) >= f64::from(long) * RESEMBLES_AS_PART * RESEMBLES_AS_PART
            && self.agree(a, b)
            && same_edition(left, right) != Some(false)
    }

    /// The digests of both texts of a pair.
    pub(super) fn digests(&self, pair: Pair) -> (i64, i64) {
        (self.node(pair.a).digest, self.node(pair.b).digest)
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
            let (a, b) = (self.root(a), self.root(b));
            let is_edition = match same_edition(self.node(a), self.node(b)) {
                Some(same) => same,
                None => self.node(a).regulation == 0 || likeness.containment >= SAME_WORDING,
            };
            if a != b && is_edition && self.agree(a, b) {
                self.unite(a, b);
            }
        }
    }

    /// Unites the forms of one report with the one that has its text; returns what led each document before.
    pub(super) fn forms(&mut self) -> Vec<u32> {
        let before: Vec<u32> = (0..self.count()).map(|at| self.root(at)).collect();
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
                let first = self.root(*first);
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
        let several = order.chunk_by(same).filter(|run| {
            let edition = |at: Option<&u32>| at.map(|at| self.node(*at).edition);
            edition(run.first()) != edition(run.last())
        });
        let edition = |at: &u32| {
            let Node { key, regulation, edition, .. } = *self.node(*at);
            (key, Edition { regulation, edition })
        };
        several.flatten().map(edition).collect()
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

/// Whether two wordings were decided on the same day, as far as both are known.
fn same_edition(a: &Node, b: &Node) -> Option<bool> {
    let (old, new) = (a.edition.min(b.edition), a.edition.max(b.edition));
    let precision = if old % 10_000 == 0 {
        10_000
    } else if old % 100 == 0 {
        100
    } else {
        1
    };
    let precision = if new % 10_000 == 0 { 10_000 } else { precision };
    (old != 0).then_some(old / precision == new / precision)
}
