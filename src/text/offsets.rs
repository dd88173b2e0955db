//! Where folded text came from.

use std::ops::Range;

/// A map from folded bytes to original bytes, as runs: most text is taken over as it is, and a run costs 12 bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Offsets(Vec<Run>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    /// Where it begins in the folded text; it ends where the next one begins.
    folded: u32,
    /// Where it begins in the original.
    original: u32,
    /// Its length in the original; 0: it is as long as in the folded text, byte for byte and character by character.
    replaced: u32,
}

/// Who wants to know where folded characters come from.
pub(super) trait Trace {
    /// `length` bytes, whole characters, were written at `folded`; they stand for these bytes of the original.
    /// `same`: each character for one of the same length.
    fn wrote(&mut self, folded: usize, original: Range<usize>, same: bool);
}

/// Nobody.
impl Trace for () {
    #[inline]
    fn wrote(&mut self, _: usize, _: Range<usize>, _: bool) {}
}

impl Trace for Offsets {
    #[inline]
    fn wrote(&mut self, folded: usize, original: Range<usize>, same: bool) {
        let (folded, start) = (narrow(folded), narrow(original.start));
        if same {
            if let Some(run) = self.0.last()
                && run.replaced == 0
                && start.checked_sub(run.original) == folded.checked_sub(run.folded)
            {
                return;
            }
            self.0.push(Run { folded, original: start, replaced: 0 });
        } else {
            self.0.push(Run { folded, original: start, replaced: narrow(original.len()).max(1) });
        }
    }
}

/// Texts are far below 4 GiB; beyond that the map points at the end of what it can name.
#[inline]
fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

impl Offsets {
    /// The original bytes of a range of folded bytes that begins and ends between characters.
    pub(super) fn original(&self, folded: Range<usize>) -> Range<usize> {
        let start = self.at(folded.start).map_or(0, |(run, into)| run.start_of(into));
        let Some(last) = folded.end.checked_sub(1).filter(|&last| last >= folded.start) else {
            return start..start;
        };
        let end = self.at(last).map_or(start, |(run, into)| run.end_of(into));
        start..end.max(start)
    }

    /// The run that holds a folded byte, and how far into it the byte is.
    fn at(&self, folded: usize) -> Option<(&Run, usize)> {
        let after = self.0.partition_point(|run| run.folded as usize <= folded);
        let run = self.0.get(after.checked_sub(1)?)?;
        Some((run, folded - run.folded as usize))
    }
}

impl Run {
    fn start_of(&self, into: usize) -> usize {
        self.original as usize + if self.replaced == 0 { into } else { 0 }
    }

    fn end_of(&self, into: usize) -> usize {
        self.original as usize + if self.replaced == 0 { into + 1 } else { self.replaced as usize }
    }
}
