//! Fewer words: which documents may join when too few hold everything.

use crate::search::{
    bits::Bits,
    matching::Found,
    plan::{Plan, Tree},
};

/// With fewer documents than this that hold all words, others may join.
pub(super) const ENOUGH: u64 = 20;
/// The most words a document may lack.
pub(super) const MOST_MISSING: usize = 2;
/// The most of the weight of all words that a document may lack.
const MOST_WEIGHT: f32 = 0.4;

/// The words that may be missing, and what each weighs.
pub(super) struct Relaxation {
    words: Vec<(usize, f32)>,
    weight: f32,
    /// What is never relaxed.
    required: Tree,
}

impl Relaxation {
    /// `None` when the question has nothing to relax.
    pub(super) fn of(plan: &Plan, rarity: &[f32]) -> Option<Self> {
        let words: Vec<(usize, f32)> = plan.relaxable.iter().map(|&at| (at, rarity[at])).collect();
        let Tree::And(all) = &plan.tree else { return None };
        let stays = |tree: &&Tree| !matches!(tree, Tree::Leaf(at) if plan.relaxable.contains(at));
        let required = Tree::And(all.iter().filter(stays).cloned().collect());
        let weight = words.iter().map(|(_, weight)| weight).sum();
        (words.len() > 1).then_some(Self { words, weight, required })
    }

    /// What is never relaxed.
    pub(super) fn required(&self) -> &Tree {
        &self.required
    }

    /// Of the documents that hold what is required, those that lack at most so many words, and not too much weight.
    pub(super) fn lacking(&self, required: &Bits, found: &[Found], most: usize) -> Bits {
        let documents = required.documents();
        let mut missing = vec![(0_u8, 0.0_f32); documents as usize];
        for &(word, weight) in &self.words {
            let mut without = required.clone();
            without.remove(&found[word].documents);
            for document in without.iter() {
                let (count, lost) = &mut missing[document as usize];
                *count = count.saturating_add(1);
                *lost += weight;
            }
        }
        let mut lacking = Bits::none(documents);
        for document in required.iter() {
            let (count, lost) = missing[document as usize];
            if usize::from(count) <= most && lost <= MOST_WEIGHT * self.weight {
                lacking.insert(document);
            }
        }
        lacking
    }
}
