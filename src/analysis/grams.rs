//! The character lane: pairs of neighbours with their positions, and single characters.

use std::collections::HashSet;

use crate::text::BARRIER;

/// Hands every pair of neighbouring characters to `emit`, with the position of its first character.
///
/// Positions count characters, barriers included; no pair holds a barrier, so no phrase crosses one.
pub fn grams<'t>(folded: &'t str, mut emit: impl FnMut(usize, &'t str)) {
    let mut before = None;
    for (position, (at, c)) in folded.char_indices().enumerate() {
        if c == BARRIER {
            before = None;
            continue;
        }
        if let Some(start) = before {
            emit(position - 1, &folded[start..at + c.len_utf8()]);
        }
        before = Some(at);
    }
}

/// Hands every barrier to `emit`, with its position.
pub fn barriers<'t>(folded: &'t str, mut emit: impl FnMut(usize, &'t str)) {
    for (position, (at, c)) in folded.char_indices().enumerate() {
        if c == BARRIER {
            emit(position, &folded[at..at + c.len_utf8()]);
        }
    }
}

/// Hands every character of the text but barriers to `emit`, each one once.
pub fn characters<'t>(folded: &'t str, mut emit: impl FnMut(&'t str)) {
    let mut common = [0_u64; 1024];
    let mut rare = HashSet::new();
    for (at, c) in folded.char_indices().filter(|&(_, c)| c != BARRIER) {
        let code = c as usize;
        let new = match common.get_mut(code / 64) {
            Some(bits) => {
                let bit = 1 << (code % 64);
                let new = *bits & bit == 0;
                *bits |= bit;
                new
            }
            None => rare.insert(c),
        };
        if new {
            emit(&folded[at..at + c.len_utf8()]);
        }
    }
}

/// The fewest pairs that together hold every character of a string at its place: every second pair, and the last.
///
/// Each with the position of its first character; empty for strings of less than two characters.
pub fn cover(folded: &str) -> Vec<(usize, &str)> {
    let mut all = Vec::new();
    grams(folded, |position, gram| all.push((position, gram)));
    let last = all.len().saturating_sub(1);
    all.into_iter().filter(|&(position, _)| position % 2 == 0 || position == last).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_stop_at_barriers() {
        let mut found = Vec::new();
        grams("政a。\n公\n开放", |position, gram| found.push((position, gram)));
        assert_eq!(found, [(0, "政a"), (1, "a。"), (6, "开放")]);
    }

    #[test]
    fn each_character_comes_once() {
        let mut found = String::new();
        characters("公开公开\n开𠮷放𠮷", |c| found.push_str(c));
        assert_eq!(found, "公开𠮷放");
    }

    #[test]
    fn a_cover_holds_every_character() {
        assert_eq!(cover("政府信息"), [(0, "政府"), (2, "信息")]);
        assert_eq!(cover("政府信息公"), [(0, "政府"), (2, "信息"), (3, "息公")]);
        assert_eq!(cover("政府信"), [(0, "政府"), (1, "府信")]);
        assert_eq!(cover("政府"), [(0, "政府")]);
        assert_eq!(cover("政"), []);
    }
}
