//! Text over the years: how much of a report stands in that of the year before as well.
//!
//! Only whole sentences count: cells and headings repeat by themselves. Signs and blanks do not matter.

use std::collections::HashSet;

use crate::text::Essence;

/// Characters in a row that count as repeated.
const RUN: usize = 12;
/// The longest text that is looked into, in characters.
const LONGEST: usize = 200_000;
/// Signs that end a sentence.
const ENDS: [char; 4] = ['。', '；', '！', '？'];

/// How much of a text another one has.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeats {
    /// Characters of its sentences, signs not counted.
    pub characters: usize,
    /// Those of them that stand in a run of at least twelve in the other text too.
    pub repeated: usize,
    /// Sentences of which at least four fifths are repeated, as they stand.
    pub sentences: Vec<String>,
}

impl Repeats {
    /// What `text` has in common with `before`.
    pub fn of(text: &str, before: &str) -> Self {
        let mut known: HashSet<Vec<char>> = HashSet::new();
        for sentence in sentences(before) {
            let essence: Vec<char> = Essence::of(sentence).as_str().chars().collect();
            known.extend(essence.windows(RUN).map(<[char]>::to_vec));
        }
        let mut all = Self { characters: 0, repeated: 0, sentences: Vec::new() };
        for sentence in sentences(text) {
            let essence: Vec<char> = Essence::of(sentence).as_str().chars().collect();
            let repeated = covered(&essence, &known);
            all.characters += essence.len();
            all.repeated += repeated;
            if 5 * repeated >= 4 * essence.len() {
                all.sentences.push(sentence.to_owned());
            }
        }
        all
    }

    /// The share that is repeated, from 0 to 1; `None` where there are no sentences.
    pub fn share(&self) -> Option<f64> {
        let [repeated, all] = [self.repeated, self.characters].map(u32::try_from);
        let (repeated, all) = (f64::from(repeated.ok()?), f64::from(all.ok()?));
        (self.characters > 0).then(|| repeated / all)
    }
}

/// How many characters stand in a run that is known.
fn covered(essence: &[char], known: &HashSet<Vec<char>>) -> usize {
    let mut end = 0;
    let mut covered = 0;
    for (at, run) in essence.windows(RUN).enumerate() {
        if known.contains(run) {
            covered += at + RUN - end.max(at);
            end = at + RUN;
        }
    }
    covered
}

/// The sentences of a text that are long enough to be told again: each ends with a sign, none goes over a line.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at);
    let pieces = text[..end].lines().flat_map(|line| line.split_inclusive(ENDS)).map(str::trim);
    pieces.filter(|piece| piece.ends_with(ENDS) && Essence::of(piece).length() >= RUN)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn repeated_sentences_are_counted_and_cells_are_not() {
        let before = "一、总体情况\n云汀市教育局认真贯彻条例，加强组织领导，完善工作机制。\n规章 |\n0 |\n全年共发布信息20条，均已公开。";
        let after = "一、总体情况\n云汀市教育局认真贯彻条例, 加强组织领导，完善工作机制。\n规章 |\n0 |\n本年开展了三次培训，参加人员一百余人。";
        let repeats = Repeats::of(after, before);
        assert_eq!(repeats.sentences, ["云汀市教育局认真贯彻条例, 加强组织领导，完善工作机制。"]);
        assert_eq!((repeats.repeated, repeats.characters), (24, 41));
        assert_eq!(Repeats::of("规章 |\n0 |", before).share(), None);
        let changed = "云汀市教育局认真贯彻条例，加强组织领导，成效很好。";
        assert_eq!(Repeats::of(changed, before).repeated, 18, "up to where it differs");
    }

    proptest! {
        #[test]
        fn a_text_repeats_itself_and_never_more(text in "[一二三四五六。；\n a1]{0,200}", other in "[一二三四五六。；\n a1]{0,200}") {
            let own = Repeats::of(&text, &text);
            prop_assert_eq!(own.repeated, own.characters);
            let repeats = Repeats::of(&text, &other);
            prop_assert!(repeats.repeated <= repeats.characters);
        }
    }
}
