//! Typing by sound: how much of a row of letters a word takes up, and where syllables end.
//!
//! A character may be typed by its whole syllable, by its first letter (`zh`, `ch`, `sh` count as one), or as itself; the
//! last one of what was typed may be half a syllable. `'` stands between syllables that could be read together; `v` is ü.

use std::{collections::BTreeSet, sync::LazyLock};

use crate::analysis::readings;

/// How a word and what was typed fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Taken {
    /// How much of what was typed the word takes up, in bytes from its start.
    pub bytes: usize,
    /// Whether the word ends there; else it goes on beyond what was typed.
    pub ends: bool,
}

/// How much of what was typed a word takes up; `None` when it is not what is being typed.
///
/// Either the word ends, or all that was typed is used up.
pub fn taken(word: &str, typed: &str) -> Option<Taken> {
    if let Some(rest) = typed.strip_prefix('\'') {
        return further(1, taken(word, rest));
    }
    let Some(c) = word.chars().next() else { return Some(Taken { bytes: 0, ends: true }) };
    let Some(first) = typed.chars().next() else { return Some(Taken { bytes: 0, ends: false }) };
    let rest = &word[c.len_utf8()..];
    if c == first {
        return further(c.len_utf8(), taken(rest, &typed[c.len_utf8()..]));
    }
    if !first.is_ascii_lowercase() {
        return None;
    }
    let typeable = readings(c).into_iter().map(latin).filter(|reading| is_typeable(reading));
    let ways = typeable.filter_map(|reading| heard(&reading, rest, typed));
    ways.max_by_key(|taken| (taken.bytes, taken.ends))
}

fn further(by: usize, taken: Option<Taken>) -> Option<Taken> {
    taken.map(|taken| Taken { bytes: taken.bytes + by, ..taken })
}

/// The best way to read the beginning of what was typed as a syllable and go on with the rest of a word.
fn heard(syllable: &str, rest: &str, typed: &str) -> Option<Taken> {
    let initial = &syllable[..initial_length(syllable)];
    let parts = [syllable, initial, &initial[..1]];
    let after = |part: &str| further(part.len(), taken(rest, typed.strip_prefix(part)?));
    let half = syllable.len() > typed.len() && syllable.starts_with(typed);
    let half = half.then_some(Taken { bytes: typed.len(), ends: false });
    let ways = parts.into_iter().filter_map(after).chain(half);
    ways.max_by_key(|taken| (taken.bytes, taken.ends))
}

/// A reading as it is typed: ü is `v`.
fn latin(reading: &str) -> String {
    reading.replace('ü', "v")
}

/// Whether a reading consists of letters of the keyboard, with a vowel: not ê, not hm.
fn is_typeable(reading: &str) -> bool {
    reading.bytes().all(|b| b.is_ascii_lowercase())
        && reading.contains(['a', 'e', 'i', 'o', 'u', 'v'])
}

/// The length of the consonant that a syllable begins with, or of its first letter.
fn initial_length(syllable: &str) -> usize {
    if ["zh", "ch", "sh"].iter().any(|two| syllable.starts_with(two)) { 2 } else { 1 }
}

/// The syllable that letters begin with, the longest one; the first letter where they begin with none.
pub fn first_syllable(letters: &str) -> &str {
    let longest = letters.len().min(LONGEST_SYLLABLE);
    let syllables = (1..=longest).rev().filter_map(|end| letters.get(..end));
    syllables
        .into_iter()
        .find(|start| SYLLABLES.contains(*start))
        .or_else(|| letters.get(..1))
        .unwrap_or_default()
}

const LONGEST_SYLLABLE: usize = 6;

/// Every syllable that some character has.
static SYLLABLES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let all = ('\u{4e00}'..='\u{9fff}').flat_map(readings).map(latin);
    all.filter(|syllable| is_typeable(syllable)).collect()
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_typed_in_full_by_initials_and_mixed() {
        let whole = |word: &str, typed: &str| taken(word, typed).unwrap();
        for typed in [
            "zhengfuxinxi",
            "zfxx",
            "zhfxx",
            "zhengfxx",
            "zfuxinx",
            "政fuxx",
            "zheng'fu'xin'xi",
            "z'f'x'x",
        ] {
            let taken = whole("政府信息", typed);
            assert_eq!(taken, Taken { bytes: typed.len(), ends: true }, "{typed}");
        }
        assert_eq!(whole("政府信息", "zhengfuxi"), Taken { bytes: 9, ends: false });
        assert_eq!(whole("政府信息", "zfxxgknb"), Taken { bytes: 4, ends: true });
        assert_eq!(whole("西安", "xi'an"), Taken { bytes: 5, ends: true });
        assert_eq!(whole("绿化", "lvhua"), Taken { bytes: 5, ends: true });
        assert_eq!(whole("银行", "yinhang"), Taken { bytes: 7, ends: true });
        for typed in ["zhengfa", "xx", "Z", "府"] {
            assert_eq!(taken("政府信息", typed), None, "{typed}");
        }
    }

    #[test]
    fn the_longest_syllable_comes_first() {
        for (letters, first) in
            [("zhengfu", "zheng"), ("zfxx", "z"), ("xianggang", "xiang"), ("lv", "lv"), ("", "")]
        {
            assert_eq!(first_syllable(letters), first, "{letters}");
        }
    }

    proptest! {
        #[test]
        fn nothing_typed_is_too_odd(word in "[\u{4e00}-\u{4e80}a]{0,6}", typed in "[a-z'\u{4e00}é]{0,12}") {
            if let Some(taken) = taken(&word, &typed) {
                prop_assert!(typed.is_char_boundary(taken.bytes));
                prop_assert!(taken.ends || taken.bytes == typed.len());
            }
            prop_assert!(typed.starts_with(first_syllable(&typed)));
        }
    }
}
