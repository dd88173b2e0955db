//! What changed from one text to another, word by word.
//!
//! Texts are compared folded, so another width, bracket or script of a character is no change. First paragraph by
//! paragraph; where paragraphs differ, word by word, as the word lane cuts them. What would take too long is compared
//! sentence by sentence, or given as replaced whole, and [`Diff::grain`] says so: the time is bounded whatever the
//! texts, and the same texts always give the same answer.

mod side;
mod weave;

use std::{collections::HashMap, ops::Range};

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices};

use crate::analysis::Analyzer;
use crate::analysis::diff::side::Side;
use crate::analysis::diff::weave::{Hunk, weave};

/// What comparing paragraphs may take, and what comparing words and sentences may take together: the square of how many
/// there are on both sides, which bounds the steps of the comparison.
const MOST_STEPS: u64 = 64_000_000;

/// Two texts as one sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff {
    /// What is the same and what changed, in order.
    pub blocks: Vec<Block>,
    /// The coarsest pieces that had to do.
    pub grain: Grain,
}

/// Paragraphs that are the same, or a place where something changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Whether anything but the spelling differs.
    pub is_changed: bool,
    /// The texts, in order.
    pub pieces: Vec<Piece>,
}

/// A piece of both texts or of one. All [`Piece::old_text`] joined are the old text, all [`Piece::new_text`] the new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Means the same in both; brackets, widths or white space may differ.
    Same {
        /// As the old text spells it.
        old: String,
        /// As the new text spells it.
        new: String,
    },
    /// Only in the old text.
    Deleted(String),
    /// Only in the new text.
    Inserted(String),
}

impl Piece {
    /// What it is in the old text.
    pub fn old_text(&self) -> &str {
        match self {
            Self::Same { old, .. } => old,
            Self::Deleted(text) => text,
            Self::Inserted(_) => "",
        }
    }

    /// What it is in the new text.
    pub fn new_text(&self) -> &str {
        match self {
            Self::Same { new, .. } => new,
            Self::Deleted(_) => "",
            Self::Inserted(text) => text,
        }
    }
}

/// How finely texts were compared, finest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grain {
    /// Words as the word lane cuts them.
    Words,
    /// Somewhere sentences, because there was too much.
    Sentences,
    /// Somewhere paragraphs, because there was too much for sentences.
    Paragraphs,
}

impl Diff {
    /// How many characters are only in the old text and only in the new one, white space not counted.
    pub fn counts(&self) -> (usize, usize) {
        let count = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
        self.blocks.iter().flat_map(|block| &block.pieces).fold((0, 0), |(old, new), piece| {
            match piece {
                Piece::Same { .. } => (old, new),
                Piece::Deleted(text) => (old + count(text), new),
                Piece::Inserted(text) => (old, new + count(text)),
            }
        })
    }
}

impl Analyzer {
    /// Compares two texts.
    pub fn diff(&self, old: &str, new: &str) -> Diff {
        Comparison {
            analyzer: self,
            old: Side::new(old),
            new: Side::new(new),
            grain: Grain::Words,
            left: MOST_STEPS,
        }
        .run()
    }
}

/// A comparison on its way.
struct Comparison<'a> {
    analyzer: &'a Analyzer,
    old: Side<'a>,
    new: Side<'a>,
    grain: Grain,
    /// Steps that comparing words and sentences may still take.
    left: u64,
}

impl Comparison<'_> {
    fn run(mut self) -> Diff {
        let (old, new) = (self.old.paragraphs(), self.new.paragraphs());
        let hunks = align((&self.old, &old), (&self.new, &new), &mut { MOST_STEPS });
        let hunks = hunks.unwrap_or_else(|| {
            self.grain = Grain::Paragraphs;
            vec![Hunk { is_same: false, old: self.old.whole(), new: self.new.whole() }]
        });
        let mut blocks: Vec<Block> = hunks.into_iter().map(|hunk| self.block(&hunk)).collect();
        blocks.extend(self.blank());
        Diff { blocks, grain: self.grain }
    }

    fn block(&mut self, hunk: &Hunk) -> Block {
        let hunks = if hunk.is_same { vec![hunk.clone()] } else { self.refined(hunk) };
        let is_changed = hunks.iter().any(|hunk| !hunk.is_same);
        let mut pieces = Vec::new();
        for Hunk { is_same, old, new } in hunks {
            let (old, new) =
                (self.old.original(&old).to_owned(), self.new.original(&new).to_owned());
            if is_same {
                pieces.push(Piece::Same { old, new });
                continue;
            }
            if !old.is_empty() {
                pieces.push(Piece::Deleted(old));
            }
            if !new.is_empty() {
                pieces.push(Piece::Inserted(new));
            }
        }
        Block { is_changed, pieces }
    }

    /// A place that changed, as finely as can be afforded.
    fn refined(&mut self, hunk: &Hunk) -> Vec<Hunk> {
        if hunk.old.is_empty() || hunk.new.is_empty() {
            return vec![hunk.clone()];
        }
        let (old, new) = (
            self.old.words(self.analyzer, hunk.old.clone()),
            self.new.words(self.analyzer, hunk.new.clone()),
        );
        if let Some(hunks) = align((&self.old, &old), (&self.new, &new), &mut self.left) {
            return weave(&hunks, &self.old, &self.new);
        }
        self.grain = self.grain.max(Grain::Sentences);
        let (old, new) =
            (self.old.sentences(hunk.old.clone()), self.new.sentences(hunk.new.clone()));
        if let Some(hunks) = align((&self.old, &old), (&self.new, &new), &mut self.left) {
            return hunks;
        }
        self.grain = Grain::Paragraphs;
        vec![hunk.clone()]
    }

    /// Texts that hold nothing but white space are nothing folded: their characters are told all the same.
    fn blank(&self) -> Option<Block> {
        let (old, new) = (self.old.blank(), self.new.blank());
        let piece = match (old, new) {
            ("", "") => return None,
            (old, "") => Piece::Deleted(old.to_owned()),
            ("", new) => Piece::Inserted(new.to_owned()),
            (old, new) => Piece::Same { old: old.to_owned(), new: new.to_owned() },
        };
        Some(Block { is_changed: false, pieces: vec![piece] })
    }
}

/// Aligns two sequences of pieces that lie side by side; `None` when that could take more steps than there are left.
fn align(
    (old, old_pieces): (&Side<'_>, &[Range<usize>]),
    (new, new_pieces): (&Side<'_>, &[Range<usize>]),
    left: &mut u64,
) -> Option<Vec<Hunk>> {
    let mut numbers = HashMap::new();
    let before = old.numbered(old_pieces, &mut numbers);
    let after = new.numbered(new_pieces, &mut numbers);
    *left = left.checked_sub(steps(&before, &after))?;
    let (mut i, mut j) = (0, 0);
    let hunk = |op: DiffOp| {
        // Where a deletion stands in the new text is not always told rightly; how long everything is, is.
        let (from_i, from_j) = (i, j);
        i += op.old_range().len();
        j += op.new_range().len();
        Hunk {
            is_same: op.tag() == DiffTag::Equal,
            old: joined(old_pieces, from_i..i),
            new: joined(new_pieces, from_j..j),
        }
    };
    Some(capture_diff_slices(Algorithm::Myers, &before, &after).into_iter().map(hunk).collect())
}

/// Pieces side by side as one; of none, the place where they would be.
fn joined(pieces: &[Range<usize>], which: Range<usize>) -> Range<usize> {
    let end_before = which.start.checked_sub(1).and_then(|before| pieces.get(before));
    let start = pieces.get(which.start).map(|piece| piece.start);
    let start = start.or(end_before.map(|piece| piece.end)).unwrap_or_default();
    let last = which.end.checked_sub(1).filter(|_| !which.is_empty());
    start..last.and_then(|last| pieces.get(last)).map_or(start, |piece| piece.end)
}

/// What aligning takes at most: common ends cost nothing, the rest may cost its square.
fn steps(old: &[usize], new: &[usize]) -> u64 {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[head..], &new[head..]);
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let rest = (old.len() + new.len() - 2 * tail) as u64;
    rest.saturating_mul(rest)
}

#[cfg(test)]
mod tests;
