//! What letters may stand for on a keyboard without Chinese: candidates to choose from, the likeliest first.
//!
//! Words and their order come from the index, where they are cut by our own dictionary; every other character that has
//! a reading can be typed too. A candidate may take up only the first part of the letters: the rest stays to be chosen.

use std::collections::HashSet;

use crate::analysis::{Taken, first_syllable, taken};
use crate::search::lexicon::Lexicon;
use crate::text::fold;

/// The longest row of letters that is read, in characters.
const MOST_TYPED: usize = 40;
/// Words that are compared with what was typed, the most used first.
const MOST_COMPARED: usize = 30_000;
/// Candidates of one question.
const MOST_CANDIDATES: usize = 200;
/// Words that take up only a part of what was typed, for each length of it.
const MOST_OF_A_LENGTH: usize = 12;

/// Characters that come first where one syllable was typed.
const SINGLE_FIRST: usize = 5;

/// Something that may be meant by the letters, or by the first of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The word or character.
    pub text: String,
    /// How many characters of what was typed it stands for, from the first.
    pub taken: usize,
}

/// One way to read the letters, as it is weighed.
struct Weighed {
    text: String,
    taken: Taken,
    uses: u32,
}

/// What letters may stand for; lower case, `'` between syllables, Han characters stand for themselves.
pub(super) fn candidates(typed: &str, lexicon: &Lexicon) -> Vec<Candidate> {
    let typed = fold(typed.trim()).text.replace('ü', "v");
    let length = typed.chars().count();
    let first = typed.trim_start_matches('\'').chars().next();
    if first.is_none() || length > MOST_TYPED {
        return Vec::new();
    }
    let sentences = sentences(&typed, lexicon);
    let syllable = first_syllable(&typed);
    let (whole, part): (Vec<Weighed>, Vec<Weighed>) =
        weighed(&typed, lexicon).into_iter().partition(|one| one.taken.bytes == typed.len());
    // One whole syllable is meant as a character rather than as first letters.
    let (single, whole): (Vec<Weighed>, Vec<Weighed>) = whole.into_iter().partition(|one| {
        syllable.len() > 1 && syllable == typed && one.text.chars().count() == 1 && one.taken.ends
    });
    let mut single = most_used_first(single).into_iter().map(|one| one.text);
    let first: Vec<String> = single.by_ref().take(SINGLE_FIRST).collect();
    let likeliest = sentences.iter().take(1).cloned();
    let others = sentences.iter().skip(1).cloned();
    let all = |text: String| (text, length);
    let part = longest_first(part).into_iter().map(|one| {
        let taken = typed[..one.taken.bytes].chars().count();
        (one.text, taken)
    });
    let whole = most_used_first(whole).into_iter().map(|one| one.text);
    let ordered = first
        .into_iter()
        .chain(likeliest)
        .chain(whole)
        .chain(others)
        .chain(single)
        .map(all)
        .chain(part);
    let mut seen = HashSet::new();
    let new = ordered.filter(|(text, _)| seen.insert(text.clone()));
    new.take(MOST_CANDIDATES).map(|(text, taken)| Candidate { text, taken }).collect()
}

/// All of the letters as words one after another; where the lexicon reads them in no other way, the longest word that they
/// begin with and then the best reading of the rest.
fn sentences(typed: &str, lexicon: &Lexicon) -> Vec<String> {
    let read = lexicon.spelled(typed);
    if !read.is_empty() {
        return read;
    }
    let mut sentence = String::new();
    let mut rest = typed;
    while !rest.is_empty() {
        let words = longest_first(weighed(rest, lexicon));
        let Some(word) = words.into_iter().find(|word| word.taken.ends) else { return Vec::new() };
        sentence.push_str(&word.text);
        rest = &rest[word.taken.bytes..];
    }
    vec![sentence]
}

/// Every word and character that the letters may begin with.
fn weighed(typed: &str, lexicon: &Lexicon) -> Vec<Weighed> {
    let letters = typed.trim_start_matches('\'');
    let skipped = typed.len() - letters.len();
    let syllable = first_syllable(letters);
    let words = lexicon.starting(letters).take(MOST_COMPARED);
    let words = words.map(|known| (known.text.to_string(), known.uses));
    let characters = lexicon.characters(syllable).map(|(c, uses)| (c.to_string(), uses));
    let weighed = words.chain(characters).filter_map(|(text, uses)| {
        let taken = taken(&text, typed)?;
        // A word that cuts the first syllable in two was hardly meant.
        (taken.bytes >= skipped + syllable.len()).then_some(Weighed { text, taken, uses })
    });
    weighed.collect()
}

/// Those that end where the letters end before those that go on, each by their uses.
fn most_used_first(mut words: Vec<Weighed>) -> Vec<Weighed> {
    words.sort_by(|a, b| {
        let key = |one: &Weighed| (!one.taken.ends, std::cmp::Reverse(one.uses));
        key(a).cmp(&key(b)).then_with(|| a.text.cmp(&b.text))
    });
    words
}

/// Those that take up most first, then by their uses; only some of each length.
fn longest_first(mut words: Vec<Weighed>) -> Vec<Weighed> {
    words.sort_by(|a, b| {
        let key = |one: &Weighed| std::cmp::Reverse((one.taken.bytes, one.uses));
        key(a).cmp(&key(b)).then_with(|| a.text.cmp(&b.text))
    });
    let (mut length, mut count) = (usize::MAX, 0);
    words.retain(|word| {
        if word.taken.bytes != length {
            (length, count) = (word.taken.bytes, 0);
        }
        count += 1;
        count <= MOST_OF_A_LENGTH || word.text.chars().count() == 1
    });
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon() -> Lexicon {
        let words = [
            ("政府", 95),
            ("政府信息公开", 90),
            ("信息", 85),
            ("年报", 80),
            ("综合", 75),
            ("公积金", 40),
            ("公积金贷款", 12),
            ("内部", 10),
        ];
        let characters = [('政', 99), ('正', 20), ('的', 100), ('得', 30), ('绿', 4)];
        Lexicon::new(words.map(|(word, uses)| (word.into(), uses))).with_characters(characters)
    }

    fn texts(typed: &str) -> Vec<String> {
        candidates(typed, &lexicon()).into_iter().map(|one| one.text).collect()
    }

    #[test]
    fn the_likeliest_comes_first_and_shorter_ones_are_offered() {
        let found = candidates("zfxxgknb", &lexicon());
        let of = |text: &str| found.iter().find(|one| one.text == text).map(|one| one.taken);
        assert_eq!(found[0], Candidate { text: "政府信息公开年报".to_owned(), taken: 8 });
        assert_eq!((of("政府信息公开"), of("政府"), of("政")), (Some(6), Some(2), Some(1)));
        assert_eq!(texts("zhengfuxxgkai")[0], "政府信息公开", "mixed");
        assert_eq!(texts("zhengfxxgknbao")[0], "政府信息公开年报", "mixed, one word after another");
        assert_eq!(
            texts("gjj")[..2],
            ["公积金", "公积金贷款"],
            "what ends there, then what goes on"
        );
        assert!(!texts("zhengfu").contains(&"综合".to_owned()), "no cut through a syllable");
    }

    #[test]
    fn single_characters_are_ordered_by_use() {
        assert_eq!(texts("de")[..2], ["的", "得"]);
        assert_eq!(texts("zheng")[..2], ["政", "正"], "as often as documents hold them");
        assert_eq!(texts("lv")[0], "绿");
        assert!(texts("zheng").contains(&"铮".to_owned()), "also what no document holds");
        assert_eq!(texts("xi'an").len(), candidates("xi'an", &lexicon()).len());
    }

    #[test]
    fn what_is_no_letter_stands_for_nothing() {
        for typed in ["", " ", "'", "?", "123", &"a".repeat(41)] {
            assert_eq!(candidates(typed, &lexicon()), [], "{typed}");
        }
        assert_eq!(texts("公jj")[0], "公积金");
    }
}
