//! What each character becomes, alone.

use std::{collections::HashMap, sync::LazyLock};

use unicode_normalization::UnicodeNormalization;

/// Traditional → simplified; how the file is written stands at its head.
const SIMPLIFIED: &str = include_str!("simplified.txt");

/// What one character becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Itself.
    Kept,
    /// Exactly one other character.
    One(char),
    /// White space of some kind.
    Blank,
    /// Nothing.
    Dropped,
    /// Several characters, or a rare one: ask [`expand`].
    Rare,
}

/// The fates of the 65,536 characters of the basic plane, two bytes each.
pub(super) struct Fates(Box<[u16]>);

/// Codes of the table that are no character: control characters that text hardly holds are `Rare` instead.
const RARE: u16 = 0;
const BLANK: u16 = 1;
const DROPPED: u16 = 2;
const KEPT: u16 = 3;

impl Fates {
    /// The table, made on first use.
    pub(super) fn table() -> &'static Self {
        static TABLE: LazyLock<Fates> = LazyLock::new(|| {
            Fates(
                (0..=u16::MAX)
                    .map(|code| char::from_u32(code.into()).map_or(RARE, code_of))
                    .collect(),
            )
        });
        &TABLE
    }

    /// What becomes of a character.
    #[inline]
    pub(super) fn of(&self, c: char) -> Fate {
        let code = usize::try_from(u32::from(c)).ok().and_then(|at| self.0.get(at));
        match code.copied().unwrap_or(RARE) {
            RARE => Fate::Rare,
            BLANK => Fate::Blank,
            DROPPED => Fate::Dropped,
            KEPT => Fate::Kept,
            code => char::from_u32(code.into()).map_or(Fate::Rare, Fate::One),
        }
    }
}

/// The code of a character for the table.
fn code_of(c: char) -> u16 {
    let mut folded = expand(c);
    match (folded.next(), folded.next()) {
        (None, _) => DROPPED,
        (Some(one), None) if one.is_whitespace() => BLANK,
        (Some(one), None) if one == c => KEPT,
        (Some(one), None) => match u16::try_from(u32::from(one)) {
            Ok(code) if code > KEPT => code,
            _ => RARE,
        },
        _ => RARE,
    }
}

/// All characters that one character becomes, in order; white space stays what NFKC makes of it.
pub(super) fn expand(c: char) -> impl Iterator<Item = char> {
    let shown = (!is_invisible(c)).then_some(c);
    shown
        .into_iter()
        .nfkc()
        .flat_map(char::to_lowercase)
        .map(|c| unify(simplify(c)))
        .filter(|&c| !is_invisible(c))
}

fn simplify(c: char) -> char {
    static TABLE: LazyLock<HashMap<char, char>> = LazyLock::new(simplified_pairs);
    if c < '\u{3400}' {
        return c;
    }
    // One pair leads on to another (薴 → 苧 → 苎): both must end at the same character.
    let once = TABLE.get(&c).copied().unwrap_or(c);
    TABLE.get(&once).copied().unwrap_or(once)
}

fn simplified_pairs() -> HashMap<char, char> {
    let lines = SIMPLIFIED.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(simple, others)| Some((simple.chars().next()?, others)))
        .flat_map(|(simple, others)| others.chars().map(move |other| (other, simple)))
        .collect()
}

/// One sign for all brackets, quote marks, dashes and zeros that mean the same; NFKC came before.
fn unify(c: char) -> char {
    match c {
        '〔' | '[' | '(' | '【' | '〖' => '(',
        '〕' | ']' | ')' | '】' | '〗' => ')',
        '\'' | '"' | '“' | '”' | '„' | '‟' | '‘' | '’' | '‚' | '‛' => '"',
        '「' | '」' | '『' | '』' | '〝' | '〞' | '〟' => '"',
        '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '━' | '⸺' | '⸻' => '-',
        '○' | '◯' => '〇',
        other => other,
    }
}

/// Characters that leave no mark on the page: soft hyphen, zero-width, direction marks, variation selectors, BOM.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{180B}'..='\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{E0100}'..='\u{E01EF}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        text.chars().flat_map(expand).collect()
    }

    #[test]
    fn signs_that_mean_the_same_become_one() {
        assert_eq!(folded("〔［[（(【〖﹝"), "((((((((");
        assert_eq!(folded("〕］]）)】〗﹞"), "))))))))");
        assert_eq!(folded("“”\"＂„‟「」『』‘’'＇"), "\"".repeat(14));
        assert_eq!(folded("—–―‐‑‒−━－-"), "-".repeat(10));
        assert_eq!(folded("○◯〇"), "〇〇〇");
        assert_eq!(folded("《〈〉》、。·～"), "《〈〉》、。·~");
    }

    #[test]
    fn width_case_and_script_are_lost() {
        assert_eq!(folded("ＰＭ２．５％：；，！？"), "pm2.5%:;,!?");
        assert_eq!(folded("①⑴㈠㎡…Ⅳ"), "1(1)(一)m2...iv");
        assert_eq!(folded("國務院關於發展頭髮裏後乾"), "国务院关于发展头发里后干");
        assert_eq!(folded("İẞ\u{F900}⼀"), "i\u{307}ß岂一");
        assert_eq!(folded("a\u{AD}\u{200B}\u{FEFF}b"), "ab");
    }

    #[test]
    fn every_character_is_folded_once_and_for_all() {
        for c in '\0'..=char::MAX {
            let once: String = expand(c).collect();
            assert_eq!(folded(&once), once, "U+{:04X}", u32::from(c));
            match Fates::table().of(c) {
                Fate::Kept => assert_eq!(once, c.to_string()),
                Fate::One(one) => assert_eq!(once, one.to_string()),
                Fate::Blank => assert!(once.chars().all(char::is_whitespace) && !once.is_empty()),
                Fate::Dropped => assert_eq!(once, ""),
                Fate::Rare => {}
            }
        }
    }

    #[test]
    fn the_table_of_characters_is_whole() {
        let pairs = simplified_pairs();
        assert_eq!(pairs.len(), 4105);
        assert!(pairs.iter().all(|(from, to)| from != to));
    }
}
