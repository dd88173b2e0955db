//! Sets of documents of one segment.

use tantivy::DocId;

/// A set of documents, one bit each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bits {
    words: Vec<u64>,
    documents: u32,
}

impl Bits {
    /// No document of a segment that holds so many.
    pub(super) fn none(documents: u32) -> Self {
        Self { words: vec![0; documents.div_ceil(64) as usize], documents }
    }

    /// Every document.
    pub(super) fn all(documents: u32) -> Self {
        let mut all = Self::none(documents);
        all.words.fill(u64::MAX);
        if let (Some(last), rest @ 1..) = (all.words.last_mut(), documents % 64) {
            *last = (1 << rest) - 1;
        }
        all
    }

    pub(super) fn insert(&mut self, document: DocId) {
        self.words[document as usize / 64] |= 1 << (document % 64);
    }

    pub(super) fn holds(&self, document: DocId) -> bool {
        self.words[document as usize / 64] >> (document % 64) & 1 == 1
    }

    pub(super) fn keep(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
    }

    pub(super) fn remove(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= !other);
    }

    pub(super) fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// How many documents the segment holds, in the set or not.
    pub(super) fn documents(&self) -> u32 {
        self.documents
    }

    /// The documents of the set, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = DocId> {
        (0..).step_by(64).zip(&self.words).flat_map(|(first, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(first + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_sets() {
        for documents in [0, 1, 63, 64, 65, 200] {
            let all = Bits::all(documents);
            assert_eq!(all.count(), u64::from(documents));
            assert!(all.iter().eq(0..documents));
            let mut odd = Bits::none(documents);
            (0..documents).filter(|document| document % 2 == 1).for_each(|d| odd.insert(d));
            let mut even = all.clone();
            even.remove(&odd);
            assert!(even.iter().eq((0..documents).step_by(2)));
            assert!((0..documents).all(|document| odd.holds(document) == (document % 2 == 1)));
            even.add(&odd);
            assert_eq!(even, all);
            even.keep(&odd);
            assert_eq!(even, odd);
        }
    }
}
