//! One of two texts that are compared: folded, cut, and the way back.

use std::{collections::HashMap, ops::Range};

use crate::analysis::Analyzer;
use crate::text::{BARRIER, Folded, fold};

/// A text with its fold. Ranges are bytes of the folded text unless they are called original.
pub(super) struct Side<'a> {
    original: &'a str,
    folded: Folded,
}

impl<'a> Side<'a> {
    pub(super) fn new(original: &'a str) -> Self {
        Self { original, folded: fold(original) }
    }

    /// All of it.
    pub(super) fn whole(&self) -> Range<usize> {
        0..self.folded.text.len()
    }

    pub(super) fn text(&self, range: Range<usize>) -> &str {
        &self.folded.text[range]
    }

    /// The text itself where its fold is empty.
    pub(super) fn blank(&self) -> &'a str {
        if self.folded.text.is_empty() { self.original } else { "" }
    }

    /// What a range stands for that begins and ends at cuts. What lies between two cuts and is folded to nothing belongs
    /// to the one before, so that neighbours joined are the whole.
    pub(super) fn original(&self, range: &Range<usize>) -> &'a str {
        &self.original[self.boundary(range.start)..self.boundary(range.end)]
    }

    fn boundary(&self, at: usize) -> usize {
        match self.folded.text[at..].chars().next() {
            _ if at == 0 => 0,
            None => self.original.len(),
            Some(next) => self.folded.original(at..at + next.len_utf8()).start,
        }
    }

    /// Whether the text itself can be cut there too: not inside what one character became.
    fn can_cut(&self, at: usize) -> bool {
        let before = self.folded.text[..at].chars().next_back();
        let after = self.folded.text[at..].chars().next();
        let (Some(before), Some(after)) = (before, after) else { return true };
        let end = self.folded.original(at - before.len_utf8()..at).end;
        end <= self.folded.original(at..at + after.len_utf8()).start
    }

    /// The paragraphs, each with what ends it.
    pub(super) fn paragraphs(&self) -> Vec<Range<usize>> {
        let ends = self.folded.text.char_indices().filter(|(_, c)| *c == BARRIER);
        self.pieces(self.whole(), ends.map(|(at, c)| at + c.len_utf8()))
    }

    /// The sentences of a range.
    pub(super) fn sentences(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let is_end = |c: char| matches!(c, '。' | '!' | '?' | ';' | BARRIER);
        let ends = self.text(range.clone()).char_indices().filter(|(_, c)| is_end(*c));
        let start = range.start;
        self.pieces(range, ends.map(|(at, c)| start + at + c.len_utf8()))
    }

    /// The words of a range, and each sign between them.
    pub(super) fn words(&self, analyzer: &Analyzer, range: Range<usize>) -> Vec<Range<usize>> {
        let text = self.text(range.clone());
        let mut starts = Vec::new();
        let mut at = 0;
        for word in analyzer.cut(text) {
            starts.extend(text[at..word.start].char_indices().map(|(sign, _)| at + sign));
            starts.push(word.start);
            at = word.start + word.text.len();
        }
        starts.extend(text[at..].char_indices().map(|(sign, _)| at + sign));
        starts.retain(|&start| !is_inside_number(text, start));
        let start = range.start;
        self.pieces(range, starts.into_iter().map(|at| start + at))
    }

    /// Cuts a range at places in their order, but for those where the text itself cannot be cut.
    fn pieces(&self, range: Range<usize>, cuts: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
        let mut pieces = Vec::new();
        let mut start = range.start;
        let cuts = cuts.filter(|&cut| cut < range.end && self.can_cut(cut));
        for end in cuts.chain([range.end]).filter(|&end| end > range.start) {
            pieces.push(start..end);
            start = end;
        }
        pieces
    }

    /// The pieces as numbers: the same one for what folds alike, what ends a paragraph left aside.
    pub(super) fn numbered<'s>(
        &'s self,
        pieces: &[Range<usize>],
        numbers: &mut HashMap<&'s str, usize>,
    ) -> Vec<usize> {
        let number = |piece: &Range<usize>| {
            let text = self.text(piece.clone());
            let key = text.strip_suffix(BARRIER).filter(|key| !key.is_empty()).unwrap_or(text);
            let next = numbers.len();
            *numbers.entry(key).or_insert(next)
        };
        pieces.iter().map(number).collect()
    }
}

/// Whether a place is inside a number such as `1,234.5`, which is one word to a reader.
fn is_inside_number(text: &str, at: usize) -> bool {
    let is_point = |c: Option<char>| matches!(c, Some('.' | ','));
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let (mut before, mut after) = (text[..at].chars().rev(), text[at..].chars());
    let (one_before, one_after) = (before.next(), after.next());
    (is_digit(one_before) && is_point(one_after) && is_digit(after.next()))
        || (is_point(one_before) && is_digit(one_after) && is_digit(before.next()))
}
