//! Plan → the documents listed, counted and put in order; no texts yet.

use tantivy::DocId;

use crate::analysis::Analyzer;
use crate::index::View;
use crate::search::{
    answer::{Facets, NumberRole},
    best::{Best, Place},
    bits::Bits,
    clock::Clock,
    facet::Facet,
    facets::{Counts, Passing},
    intent::Intent,
    matching::{Found, Shelf},
    names::Names,
    plan::{Plan, Tree},
    proximity,
    ranking::{Collection, Ranking},
    relax::{ENOUGH, MOST_MISSING, Relaxation},
    request::{Filters, Refused, Request, Sort, Syntax},
    scores::Scores,
    weights::Weights,
};

/// What is needed to answer one question.
pub(super) struct Asked<'a> {
    pub(super) request: &'a Request,
    pub(super) plan: &'a Plan,
    pub(super) view: &'a View,
    pub(super) analyzer: &'a Analyzer,
    pub(super) weights: &'a Weights,
    pub(super) names: &'a Names,
    pub(super) clock: &'a Clock,
}

/// The documents listed.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) total: u64,
    pub(super) total_all_words: u64,
    /// Hits, where copies are folded.
    pub(super) total_groups: Option<u64>,
    /// How many words documents may lack, lone characters aside; 0 when all are wanted.
    pub(super) missing: usize,
    pub(super) facets: Facets,
    /// The documents of the page.
    pub(super) page: Vec<Listed>,
    /// Rarity of each leaf of the plan.
    pub(super) rarity: Vec<f32>,
}

/// One document of the page.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) score: f32,
    /// Day it was published; unknown ones come last in every order.
    pub(super) day: Option<i64>,
    /// Breaks ties the same way in every index.
    pub(super) order: u64,
    pub(super) segment: usize,
    pub(super) document: DocId,
    /// Leaves that it does not hold.
    pub(super) missing: Vec<usize>,
    pub(super) number: Option<NumberRole>,
    /// Those that are folded under it, best first.
    pub(super) copies: Vec<Place>,
}

/// One segment, with what each leaf matches in it.
pub(super) struct Matched<'v> {
    pub(super) shelf: Shelf<'v>,
    pub(super) found: Vec<Found>,
    /// Documents that hold everything.
    pub(super) all: Bits,
    /// Documents that are listed, filters aside.
    pub(super) listed: Bits,
}

impl Asked<'_> {
    /// Lists the documents of the page.
    pub(super) fn list(&self) -> Result<Listing, Refused> {
        let mut matched = self.matched()?;
        let collection = Collection::of(&self.view.searcher, &self.view.fields)?;
        let rarity = self.rarity(&matched, &collection);
        let missing = self.relax(&mut matched, &rarity, &collection);
        let (mut total, mut total_all_words) = (0, 0);
        let (mut counts, mut best) = (Counts::default(), Best::new(self.request));
        let mut hits = Vec::with_capacity(matched.len());
        for segment in &matched {
            let passing = Passing::new(&segment.shelf, &self.request.filters)?;
            let (mut passed, mut all) = (segment.listed.clone(), segment.all.clone());
            passing.narrow(&mut passed, None);
            passing.narrow(&mut all, None);
            total += passed.count();
            total_all_words += all.count();
            counts.add(&segment.shelf, &segment.listed, &passing, &passed)?;
            hits.push(passed);
        }
        let scores = match best.sort {
            Sort::Relevance if self.request.size > 0 => {
                self.scored(&matched, &hits, &collection, &rarity, None)?
            }
            _ => Vec::new(),
        };
        for (place, (segment, hits)) in matched.iter().zip(&hits).enumerate() {
            best.add(place, segment, hits, scores.get(place))?;
        }
        let (mut page, total_groups) = best.page(&self.view.searcher)?;
        for listed in &mut page {
            self.describe(&matched[listed.segment], listed);
        }
        let facets = counts.into_facets(self.request, self.names);
        Ok(Listing { total, total_all_words, total_groups, missing, facets, page, rarity })
    }

    /// The documents that are listed, filters applied, in each segment.
    pub(super) fn listed(&self) -> Result<Vec<Bits>, Refused> {
        let mut matched = self.matched()?;
        let collection = Collection::of(&self.view.searcher, &self.view.fields)?;
        let rarity = self.rarity(&matched, &collection);
        self.relax(&mut matched, &rarity, &collection);
        let hits = |segment: Matched<'_>| {
            let mut hits = segment.listed;
            Passing::new(&segment.shelf, &self.request.filters)?.narrow(&mut hits, None);
            Ok(hits)
        };
        matched.into_iter().map(hits).collect()
    }

    /// The scores of the hits, by segment; the addends of the watched one are kept.
    pub(super) fn scored(
        &self,
        matched: &[Matched<'_>],
        hits: &[Bits],
        collection: &Collection,
        rarity: &[f32],
        watched: Option<Place>,
    ) -> Result<Vec<Scores>, Refused> {
        let (plan, weights) = (self.plan, self.weights);
        let intent = Intent::of(plan, self.analyzer, self.names, self.view)?;
        let ranking = Ranking {
            weights,
            plan,
            analyzer: self.analyzer,
            collection,
            searcher: &self.view.searcher,
            rarity,
            intent: &intent,
        };
        let mut scores = Vec::with_capacity(matched.len());
        for (at, (segment, hits)) in matched.iter().zip(hits).enumerate() {
            let watched = watched.filter(|(of, _)| *of == at).map(|(_, document)| document);
            scores.push(ranking.score(&segment.shelf, &segment.found, hits, watched)?);
        }
        proximity::weigh(plan, weights.proximity, rarity, matched, hits, &mut scores)?;
        Ok(scores)
    }

    /// What each segment holds of the question.
    pub(super) fn matched(&self) -> Result<Vec<Matched<'_>>, Refused> {
        let segments = self.view.searcher.segment_readers().iter();
        segments
            .map(|segment| {
                let shelf = Shelf { segment, fields: &self.view.fields, clock: self.clock };
                let leaves = self.plan.leaves.iter();
                let found =
                    leaves.map(|leaf| shelf.find_leaf(leaf)).collect::<Result<Vec<_>, _>>()?;
                let alive = shelf.alive();
                let mut all = holding(&self.plan.tree, &found, &alive);
                all.keep(&alive);
                Ok(Matched { shelf, found, listed: all.clone(), all })
            })
            .collect()
    }

    pub(super) fn rarity(&self, matched: &[Matched<'_>], collection: &Collection) -> Vec<f32> {
        let holding =
            |leaf: usize| matched.iter().map(|one| one.found[leaf].documents.count()).sum();
        (0..self.plan.leaves.len()).map(|leaf| collection.rarity(holding(leaf))).collect()
    }

    /// Lets documents join that lack words, until there are enough; how many words they lack at most.
    ///
    /// Filters do not matter here: else a filter would bring documents, and no number beside a facet could be true.
    pub(super) fn relax(
        &self,
        matched: &mut [Matched<'_>],
        rarity: &[f32],
        collection: &Collection,
    ) -> usize {
        let enough = |matched: &[Matched<'_>]| {
            matched.iter().map(|segment| segment.listed.count()).sum::<u64>() >= ENOUGH
        };
        if self.request.syntax == Syntax::Strict || enough(matched) {
            return 0;
        }
        let Some(relaxation) = Relaxation::of(self.plan, rarity, collection) else { return 0 };
        let mut used = 0;
        for most in 1..=MOST_MISSING {
            for segment in matched.iter_mut() {
                let alive = segment.shelf.alive();
                let mut required = holding(relaxation.required(), &segment.found, &alive);
                required.keep(&alive);
                let lacking = relaxation.lacking(&required, &segment.found, most);
                if lacking.count() > segment.listed.count() {
                    used = most;
                }
                segment.listed = lacking;
            }
            if enough(matched) {
                break;
            }
        }
        used
    }

    /// Says of a listed document which words it lacks and how it stands to the numbers.
    fn describe(&self, segment: &Matched<'_>, listed: &mut Listed) {
        let holds = |leaf: usize| segment.found[leaf].documents.holds(listed.document);
        listed.missing = self.plan.relaxable.iter().copied().filter(|&leaf| !holds(leaf)).collect();
        for (leaf, _) in self.plan.wanted().filter(|&(leaf, _)| holds(leaf)) {
            if let Some(bearers) = &segment.found[leaf].bearers {
                let bears = bearers.holds(listed.document);
                listed.number = Some(if bears { NumberRole::Bears } else { NumberRole::Cites });
                if bears {
                    return;
                }
            }
        }
    }
}

/// The documents that a tree holds for.
pub(super) fn holding(tree: &Tree, found: &[Found], alive: &Bits) -> Bits {
    match tree {
        Tree::All => alive.clone(),
        Tree::Leaf(leaf) => found[*leaf].documents.clone(),
        Tree::And(all) => all.iter().fold(alive.clone(), |mut held, one| {
            held.keep(&holding(one, found, alive));
            held
        }),
        Tree::Or(all) => all.iter().fold(Bits::none(alive.documents()), |mut held, one| {
            held.add(&holding(one, found, alive));
            held
        }),
        Tree::Not(one) => {
            let mut held = alive.clone();
            held.remove(&holding(one, found, alive));
            held
        }
    }
}

/// Checks the filters of a request without an index to look into.
pub(super) fn check(filters: &Filters) -> Result<(), Refused> {
    filters.of(Facet::Year).iter().try_for_each(|value| crate::search::facets::check_year(value))
}
