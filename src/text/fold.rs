//! Folding whole texts.

use std::ops::Range;

use crate::text::{
    character::{Fate, Fates, expand},
    is_han,
    offsets::{Offsets, Trace},
};

/// What stands between two paragraphs of folded text, and nowhere else.
pub const BARRIER: char = '\n';

/// Text in one spelling, with the way back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// The folded text; paragraphs are parted by a [`BARRIER`].
    pub text: String,
    offsets: Offsets,
}

impl Folded {
    /// The bytes of the original that a range of [`Folded::text`] stands for.
    ///
    /// The range must begin and end between characters. Where one character became several, each of them stands for
    /// the whole; a dropped one belongs to nothing, but lies inside a range around it. Both ends of the answer lie
    /// between characters of the original.
    pub fn original(&self, folded: Range<usize>) -> Range<usize> {
        self.offsets.original(folded)
    }
}

/// Folds a text of any number of paragraphs.
pub fn fold(text: &str) -> Folded {
    let mut folded = String::with_capacity(text.len());
    let mut offsets = Offsets::default();
    Writer::new(Before::Edge, &mut folded, &mut offsets).run(text);
    Folded { text: folded, offsets }
}

/// Folds a string quoted from inside a text: unlike at the edges of a paragraph, a blank at its edge counts unless a Han
/// character stands beside it. So every string cut from folded text is its own fold.
pub fn fold_quoted(quoted: &str) -> String {
    let mut folded = String::with_capacity(quoted.len());
    let trace = &mut ();
    let mut writer = Writer::new(Before::Unknown, &mut folded, trace);
    writer.run(quoted);
    // What stands behind the string is as unknown as what stands before it.
    if let Some(gap) = writer.gap.take().filter(|gap| !gap.barrier) {
        writer.close(gap, ' ', quoted.len());
    }
    folded
}

/// Folds a text to the end of `into`, without the way back; what stands in `into` before it is left alone.
pub fn fold_into(text: &str, into: &mut String) {
    into.reserve(text.len());
    Writer::new(Before::Edge, into, &mut ()).run(text);
}

struct Writer<'a, T> {
    before: Before,
    gap: Option<Gap>,
    into: &'a mut String,
    trace: &'a mut T,
}

/// What was written last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing in this paragraph.
    Edge,
    /// Nothing of this string, but it may go on to the left.
    Unknown,
    /// This character.
    Character(char),
}

/// White space that waits for the character after it.
#[derive(Clone, Copy)]
struct Gap {
    /// Where it begins in the original.
    start: usize,
    /// Where the last character that gave white space ends.
    end: usize,
    /// Line breaks since the last character that is no white space, dropped ones included.
    breaks: u8,
    /// Whether a blank line was in it.
    barrier: bool,
}

impl<'a, T: Trace> Writer<'a, T> {
    fn new(before: Before, into: &'a mut String, trace: &'a mut T) -> Self {
        Self { before, gap: None, into, trace }
    }

    fn run(&mut self, text: &str) {
        let fates = Fates::table();
        // Most characters stay what they are: they are taken over run by run.
        let mut kept: Option<(usize, char)> = None;
        for (at, c) in text.char_indices() {
            let fate = fates.of(c);
            if fate == Fate::Kept {
                if kept.is_none() {
                    self.open(c, at);
                }
                let start = kept.map_or(at, |(start, _)| start);
                kept = Some((start, c));
                continue;
            }
            if let Some((start, last)) = kept.take() {
                self.keep(&text[start..at], start, last);
            }
            let original = at..at + c.len_utf8();
            match fate {
                Fate::One(one) => self.write(one, original, true),
                Fate::Blank => self.space(c, original),
                Fate::Kept | Fate::Dropped => self.nothing(),
                Fate::Rare => self.several(c, original),
            }
        }
        if let Some((start, last)) = kept {
            self.keep(&text[start..], start, last);
        }
    }

    /// Writes characters that stay what they are, after [`Writer::open`] with the first of them.
    fn keep(&mut self, run: &str, start: usize, last: char) {
        self.trace.wrote(self.into.len(), start..start + run.len(), true);
        self.into.push_str(run);
        self.before = Before::Character(last);
    }

    /// Decides what the white space before a character becomes.
    #[inline]
    fn open(&mut self, c: char, start: usize) {
        if let Some(gap) = self.gap.take() {
            self.close(gap, c, start);
        }
    }

    #[inline]
    fn write(&mut self, c: char, original: Range<usize>, alone: bool) {
        self.open(c, original.start);
        let same = alone && c.len_utf8() == original.len();
        self.trace.wrote(self.into.len(), original, same);
        self.into.push(c);
        self.before = Before::Character(c);
    }

    /// Decides what white space becomes, now that both its sides are known.
    fn close(&mut self, gap: Gap, after: char, next: usize) {
        let sign = match self.before {
            Before::Edge => return,
            Before::Unknown if gap.barrier || is_han(after) => return,
            Before::Unknown => ' ',
            Before::Character(_) if gap.barrier => BARRIER,
            Before::Character(before) if is_han(before) || is_han(after) => return,
            Before::Character(_) => ' ',
        };
        // A character such as ¨ begins with its own blank, so the gap can reach into what follows.
        let original = gap.start..next.max(gap.end);
        let same = original.len() == 1;
        self.trace.wrote(self.into.len(), original, same);
        self.into.push(sign);
    }

    fn space(&mut self, c: char, original: Range<usize>) {
        let Range { start, end } = original;
        let gap = self.gap.get_or_insert(Gap { start, end, breaks: 0, barrier: false });
        gap.end = end;
        if c == '\n' {
            gap.breaks = gap.breaks.saturating_add(1);
            gap.barrier |= gap.breaks > 1;
        }
    }

    /// A blank line is blank: one that holds a zero-width character ends no paragraph.
    fn nothing(&mut self) {
        if let Some(gap) = &mut self.gap {
            gap.breaks = 0;
        }
    }

    fn several(&mut self, c: char, original: Range<usize>) {
        self.nothing();
        for one in expand(c) {
            if one.is_whitespace() {
                self.space(' ', original.clone());
            } else {
                self.write(one, original.clone(), false);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(text: &str) -> String {
        fold(text).text
    }

    #[test]
    fn white_space_beside_han_is_dropped() {
        assert_eq!(folded(" 政 府\u{3000}信息\n公开 "), "政府信息公开");
        assert_eq!(folded("2020 年 5 月"), "2020年5月");
        assert_eq!(folded("open \t\n data"), "open data");
        assert_eq!(folded("一、 (一) 二○ ○九"), "一、 (一)二〇〇九");
        assert_eq!(folded("（ 1 ）\u{a0}No. 5"), "( 1 ) no. 5");
        assert_eq!(folded("a \u{200B} 国"), "a国");
    }

    #[test]
    fn blank_lines_are_barriers() {
        assert_eq!(folded("\n\n第一段\n续\n \r\n第二段\n\n\n"), "第一段续\n第二段");
        assert_eq!(folded("a\r\n\r\nb"), "a\nb");
        assert_eq!(folded("a\n\u{200B}\nb"), "a b");
        assert_eq!(folded("a\n\n\u{200B}\n\nb"), "a\nb");
        assert_eq!(folded(" \n\n "), "");
    }

    #[test]
    fn the_way_back() {
        let text = "《國務院 辦公廳》（⑴）A B";
        let folded = fold(text);
        assert_eq!(folded.text, "《国务院办公厅》((1))a b");
        let back = |part: &str| {
            let at = folded.text.find(part).unwrap();
            &text[folded.original(at..at + part.len())]
        };
        assert_eq!(back("院办"), "院 辦");
        assert_eq!(back("国务院办公厅"), "國務院 辦公廳");
        assert_eq!(back("1"), "⑴");
        assert_eq!(back("a b"), "A B");
        assert_eq!(folded.original(0..folded.text.len()), 0..text.len());
        assert_eq!(folded.original(3..3), 3..3);
    }

    #[test]
    fn a_quoted_string_keeps_its_edges() {
        assert_eq!(fold_quoted(" Open  Data "), " open data ");
        assert_eq!(fold_quoted(" 公开 "), "公开");
        assert_eq!(fold_quoted("\u{3000}b 国 "), " b国");
        assert_eq!(fold_quoted("  "), " ");
        assert_eq!(fold_quoted("\n\na\n\nb\n\n"), "a\nb");
    }

    fn mixed_text() -> impl Strategy<Value = String> {
        let characters = proptest::sample::select(
            "政府信息公開國務院于乾覆〇○0９aＢé①⑴㎡…（）〔〕【】“”「」—–-，。、 \t\n\n\r\u{3000}\u{a0}\u{ad}\u{200b}\u{feff}𠮷㐷İß¨\u{0}"
                .chars()
                .collect::<Vec<char>>(),
        );
        let any = prop_oneof![8 => characters, 1 => any::<char>()];
        proptest::collection::vec(any, 0..60).prop_map(|all| all.into_iter().collect())
    }

    proptest! {
        #[test]
        fn folding_again_changes_nothing(text in mixed_text()) {
            for paragraph in folded(&text).split(BARRIER) {
                prop_assert_eq!(folded(paragraph), paragraph);
            }
        }

        #[test]
        fn strings_cut_from_folded_text_are_their_own_fold(text in mixed_text(), start in 0..50usize, length in 1..9usize) {
            let folded: Vec<char> = folded(&text).chars().collect();
            let piece: String = folded.into_iter().skip(start).take(length).collect();
            let crosses = piece.contains(BARRIER);
            prop_assert!(crosses || fold_quoted(&piece) == piece, "{:?}", piece);
        }

        #[test]
        fn the_map_is_whole_and_in_order(text in mixed_text()) {
            let folded = fold(&text);
            let (mut start, mut end) = (0, 0);
            for (at, c) in folded.text.char_indices() {
                let original = folded.original(at..at + c.len_utf8());
                prop_assert!(original.start >= start && original.end >= end && original.end <= text.len());
                prop_assert!(!original.is_empty());
                let piece = text.get(original.clone());
                prop_assert!(piece.is_some(), "not between characters");
                if c != BARRIER && c != ' ' {
                    prop_assert!(piece.unwrap_or_default().chars().flat_map(expand).any(|one| one == c));
                }
                (start, end) = (original.start, original.end);
            }
            prop_assert_eq!(&folded.text, &{ let mut into = String::new(); fold_into(&text, &mut into); into });
        }

        #[test]
        fn paragraphs_are_folded_alone(text in mixed_text()) {
            let blank = regex::Regex::new(r"\n\s*\n\s*").unwrap();
            let apart: Vec<String> = blank.split(&text).map(folded).filter(|p| !p.is_empty()).collect();
            prop_assert_eq!(folded(&text), apart.join("\n"));
        }
    }
}
