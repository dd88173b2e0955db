//! Runs of one kind of character in folded text.

use crate::text::is_han;

/// What a run is made of; everything else parts runs and is no word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Han characters.
    Han,
    /// Letters and digits of any other script.
    Letters,
}

fn kind_of(c: char) -> Option<Kind> {
    if is_han(c) { Some(Kind::Han) } else { c.is_alphanumeric().then_some(Kind::Letters) }
}

/// The longest runs of one kind, in order: kind, first byte, text.
pub(super) fn runs(folded: &str) -> impl Iterator<Item = (Kind, usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let mut rest = folded[at..].chars();
            let first = rest.next()?;
            let start = at;
            at += first.len_utf8();
            let Some(kind) = kind_of(first) else { continue };
            at += rest.take_while(|&c| kind_of(c) == Some(kind)).map(char::len_utf8).sum::<usize>();
            return Some((kind, start, &folded[start..at]));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn han_and_letters_part() {
        let found: Vec<_> =
            runs("pm2.5在2020年、\n〇a b").map(|(kind, _, text)| (kind, text)).collect();
        let (h, l) = (Kind::Han, Kind::Letters);
        let want = [
            (l, "pm2"),
            (l, "5"),
            (h, "在"),
            (l, "2020"),
            (h, "年"),
            (h, "〇"),
            (l, "a"),
            (l, "b"),
        ];
        assert_eq!(found, want);
        assert_eq!(runs("，。").count(), 0);
    }
}
