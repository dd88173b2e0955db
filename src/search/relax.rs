//! Fewer words: which documents may join when too few hold everything.

use crate::search::{
    bits::Bits,
    matching::Found,
    plan::{Plan, Tree},
    ranking::{Collection, real},
};

/// With fewer documents than this that hold all words, others may join.
pub(super) const ENOUGH: u64 = 20;
/// The most words a document may lack. With three, long questions find more of what they mean than with two (nDCG@10 of
/// researchers' questions 0.81 against 0.75); a fourth brings nothing more.
pub(super) const MOST_MISSING: usize = 3;
/// The most of the weight of all words that a document may lack.
const MOST_WEIGHT: f32 = 0.4;
/// A word that stands in no more documents than this is a slip, or not a word of the archive: it may well be missing.
const HARDLY_ANY: u64 = 5;

/// The words that may be missing, and what each weighs.
pub(super) struct Relaxation {
    words: Vec<(usize, f32)>,
    weight: f32,
    /// What is never relaxed.
    required: Tree,
}

impl Relaxation {
    /// `None` when the question has nothing to relax.
    pub(super) fn of(plan: &Plan, rarity: &[f32], collection: &Collection) -> Option<Self> {
        let words = weights(&plan.relaxable, rarity, collection.rarity(HARDLY_ANY));
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

/// What each word weighs: the square root of its rarity, so that one rare word does not outweigh several others. Words
/// that hardly any document holds weigh at most half as much as the others do.
fn weights(words: &[usize], rarity: &[f32], hardly_any: f32) -> Vec<(usize, f32)> {
    let known: Vec<f32> = words
        .iter()
        .map(|&at| rarity[at])
        .filter(|&rarity| rarity < hardly_any)
        .map(f32::sqrt)
        .collect();
    let mean = known.iter().sum::<f32>() / real(known.len().max(1) as u64);
    let weight = |at: usize| match rarity[at].sqrt() {
        weight if rarity[at] < hardly_any || known.is_empty() => weight,
        weight => weight.min(mean / 2.0),
    };
    words.iter().map(|&at| (at, weight(at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_hardly_used_may_be_missing() {
        let weighed = weights(&[0, 1, 2], &[4.0, 9.0, 16.0], 10.0);
        assert_eq!(weighed, [(0, 2.0), (1, 3.0), (2, 1.25)]);
        assert_eq!(weights(&[0], &[16.0], 10.0), [(0, 4.0)], "unless there are no others");
    }
}
