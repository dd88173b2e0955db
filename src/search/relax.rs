//! Fewer words: which documents may join when too few hold everything.

use crate::search::{
    bits::Bits,
    matching::Found,
    plan::{Plan, Tree},
    ranking::{Collection, real},
};

/// With fewer documents than this that hold all words, others may join.
pub(super) const ENOUGH: u64 = 20;
/// The most words a document may lack, lone characters aside. With three, long questions find more of what they mean
/// than with two (nDCG@10 of researchers' questions 0.81 against 0.75); a fourth brings nothing more.
pub(super) const MOST_MISSING: usize = 3;
/// The most of the weight of all words that a document may lack: it must hold more than half of what was asked. With two
/// fifths, researchers' questions find less (nDCG@10 0.83 against 0.89); with three, one word of two would be enough.
const MOST_WEIGHT: f32 = 0.49;
/// What a lone character weighs beside words of several.
const SMALL: f32 = 0.2;
/// A word that stands in no more documents than this is a slip, or not a word of the archive: it may well be missing.
const HARDLY_ANY: u64 = 5;

/// The words that may be missing, and what each weighs.
pub(super) struct Relaxation {
    words: Vec<(usize, f32)>,
    /// Of these, lone characters: they say too little to count as missing.
    small: Vec<usize>,
    weight: f32,
    /// What is never relaxed.
    required: Tree,
}

impl Relaxation {
    /// `None` when the question has nothing to relax.
    pub(super) fn of(plan: &Plan, rarity: &[f32], collection: &Collection) -> Option<Self> {
        let words = weights(plan, rarity, collection.rarity(HARDLY_ANY));
        let Tree::And(all) = &plan.tree else { return None };
        let stays = |tree: &&Tree| !matches!(tree, Tree::Leaf(at) if plan.relaxable.contains(at));
        let required = Tree::And(all.iter().filter(stays).cloned().collect());
        let weight = words.iter().map(|(_, weight)| weight).sum();
        let small = plan.relaxable.iter().copied().filter(|&at| plan.is_small(at)).collect();
        (words.len() > 1).then_some(Self { words, small, weight, required })
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
                *count = count.saturating_add(u8::from(!self.small.contains(&word)));
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
/// that hardly any document holds weigh at most half as much as the others do, lone characters less.
fn weights(plan: &Plan, rarity: &[f32], hardly_any: f32) -> Vec<(usize, f32)> {
    let words = &plan.relaxable;
    let is_known = |at: usize| rarity[at] < hardly_any && !plan.is_small(at);
    let known: Vec<f32> =
        words.iter().filter(|&&at| is_known(at)).map(|&at| rarity[at].sqrt()).collect();
    let mean = known.iter().sum::<f32>() / real(known.len().max(1) as u64);
    let weight = |at: usize| match rarity[at].sqrt() {
        weight if known.is_empty() || is_known(at) => weight,
        weight if plan.is_small(at) => weight.min(mean * SMALL),
        weight => weight.min(mean / 2.0),
    };
    words.iter().map(|&at| (at, weight(at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{names::Names, parse::simple};

    #[test]
    fn words_hardly_used_may_be_missing() {
        let plan = |words: &str| {
            let analyzer = crate::analysis::Analyzer::new([]);
            let typed = simple(words, false, &Names::default()).unwrap().0;
            Plan::new(typed.as_ref(), &analyzer, None)
        };
        let weighed = weights(&plan("公开 信息 年报"), &[4.0, 9.0, 16.0], 10.0);
        assert_eq!(weighed, [(0, 2.0), (1, 3.0), (2, 1.25)]);
        let weighed = weights(&plan("公开 里 年报"), &[4.0, 9.0, 4.0], 10.0);
        assert_eq!(weighed, [(0, 2.0), (1, 0.4), (2, 2.0)]);
        assert_eq!(weights(&plan("年报"), &[16.0], 10.0), [(0, 4.0)], "unless there are no others");
    }
}
