//! Word by word, but readable: what is left of a rewritten place is not shown as kept.

use std::ops::Range;

use crate::analysis::diff::side::Side;
use crate::text::BARRIER;

/// Neighbouring pieces of both texts that are the same or are not, as bytes of the folded texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hunk {
    pub(super) is_same: bool,
    pub(super) old: Range<usize>,
    pub(super) new: Range<usize>,
}

/// Of so many letters, one at least must be the same, or the place counts as rewritten.
const REWRITTEN: usize = 5;
/// As many letters may be swallowed between two longer changes.
const SLIGHT: usize = 2;

/// Joins changes that only signs or a few letters keep apart, and takes a place as replaced whole when hardly anything of
/// it is left.
pub(super) fn weave(hunks: &[Hunk], old: &Side<'_>, new: &Side<'_>) -> Vec<Hunk> {
    let (mut same, mut all) = (0, 0);
    for hunk in hunks {
        let letters = size(hunk, old, new);
        all += letters;
        same += if hunk.is_same { letters } else { 0 };
    }
    let mut woven: Vec<Hunk> = Vec::with_capacity(hunks.len());
    let is_rewritten = same * REWRITTEN < all;
    for (index, hunk) in hunks.iter().enumerate() {
        let is_slight = hunk.is_same && is_slight(index, hunks, old, new);
        let is_same = hunk.is_same && !is_slight && !is_rewritten;
        match woven.last_mut().filter(|last| last.is_same == is_same) {
            Some(last) => {
                last.old.end = hunk.old.end;
                last.new.end = hunk.new.end;
            }
            None => woven.push(Hunk { is_same, ..hunk.clone() }),
        }
    }
    woven
}

/// Whether what is the same between two changes is too little to be told.
fn is_slight(index: usize, hunks: &[Hunk], old: &Side<'_>, new: &Side<'_>) -> bool {
    let before = index.checked_sub(1).and_then(|before| hunks.get(before));
    let (Some(before), Some(after)) = (before, hunks.get(index + 1)) else { return false };
    let hunk = &hunks[index];
    let kept = size(hunk, old, new);
    let around = size(before, old, new).min(size(after, old, new));
    let is_little = kept == 0 || (kept <= SLIGHT && around > 2 * kept);
    is_little && !new.text(hunk.new.clone()).contains(BARRIER)
}

/// Letters of the side that has more of them.
fn size(hunk: &Hunk, old: &Side<'_>, new: &Side<'_>) -> usize {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    letters(old.text(hunk.old.clone())).max(letters(new.text(hunk.new.clone())))
}
