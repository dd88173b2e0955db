//! A text without white space and in one spelling of signs, with a map back to the characters it was made of.
//!
//! Labels are printed with blanks and line breaks inside (`本年新 制作数量`, `总 计`), in full or half width; so they are
//! looked for here. Where white space was is remembered: it may part cells. Unlike the fold of `text`, it keeps what is
//! shown as printed: capital letters, traditional characters, square brackets.

use std::ops::Range;

/// A squeezed text. Offsets into [`Squeezed::text`] are bytes; all others are characters of the original.
#[derive(Clone, Debug, Default)]
pub(super) struct Squeezed {
    /// What is left; with paragraphs, a line break stands where one ends.
    pub(super) text: String,
    /// For each character of it: its byte, its place in the original, and whether white space stood before it.
    marks: Vec<Mark>,
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    byte: usize,
    at: usize,
    parted: bool,
}

impl Squeezed {
    /// A text without any white space.
    pub(super) fn of(text: &str) -> Self {
        Self::new(text, false)
    }

    /// The same with a line break where a paragraph ends, so that no sentence runs into the next heading.
    pub(super) fn with_paragraphs(text: &str) -> Self {
        Self::new(text, true)
    }

    fn new(text: &str, paragraphs: bool) -> Self {
        let mut squeezed = Self::default();
        let (mut breaks, mut blank) = (0, false);
        for (at, printed) in text.chars().enumerate() {
            let c = unify(printed);
            if c.is_whitespace() || is_invisible(c) {
                breaks += usize::from(printed == '\n' || printed == '\r');
                blank |= c.is_whitespace();
                continue;
            }
            let ended = squeezed.text.ends_with([';', '。', '!', '?', ':']);
            if paragraphs && (breaks > 1 || (breaks == 1 && ended)) && !squeezed.text.is_empty() {
                squeezed.push('\n', at, true);
            }
            squeezed.push(c, at, blank);
            (breaks, blank) = (0, false);
        }
        squeezed
    }

    fn push(&mut self, c: char, at: usize, parted: bool) {
        self.marks.push(Mark { byte: self.text.len(), at, parted });
        self.text.push(c);
    }

    /// The characters of the original that a part was made of: the first, and the one behind the last.
    pub(super) fn original(&self, part: Range<usize>) -> (usize, usize) {
        let first = self.marks.partition_point(|mark| mark.byte < part.start);
        let behind = self.marks.partition_point(|mark| mark.byte < part.end);
        let at = |mark: Option<&Mark>| mark.map_or(0, |mark| mark.at);
        let start = at(self.marks.get(first).or(self.marks.last()));
        let end = if behind > first { at(self.marks.get(behind - 1)) + 1 } else { start };
        (start, end)
    }

    /// A part cut where white space stood in the original, each piece with its place in the squeezed text.
    pub(super) fn pieces(&self, part: Range<usize>) -> Vec<Range<usize>> {
        let mut pieces: Vec<Range<usize>> = Vec::new();
        let first = self.marks.partition_point(|mark| mark.byte < part.start);
        for mark in self.marks[first..].iter().take_while(|mark| mark.byte < part.end) {
            let end = mark.byte + self.text[mark.byte..].chars().next().map_or(0, char::len_utf8);
            match pieces.last_mut().filter(|_| !mark.parted) {
                Some(piece) => piece.end = end,
                None => pieces.push(mark.byte..end),
            }
        }
        pieces
    }
}

/// A string without white space, in one spelling of signs.
pub(super) fn squeeze(text: &str) -> String {
    text.chars().map(unify).filter(|c| !c.is_whitespace() && !is_invisible(*c)).collect()
}

/// One character for all that are printed for the same sign: full and half width, quotes, dashes.
fn unify(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '“' | '”' | '„' | '«' | '»' | '「' | '」' => '"',
        '‘' | '’' => '\'',
        '—' | '–' | '―' | '‐' | '‑' | '‒' | '−' | '─' => '-',
        '〔' | '【' | '〖' | '﹝' => '[',
        '〕' | '】' | '〗' | '﹞' => ']',
        '○' | '◯' => '〇',
        '﹒' => '.',
        other => other,
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}') || c.is_control()
}

/// What stands before the words of a label: 一、 (一) 1. 其中: and the like.
fn without_number(label: &str) -> &str {
    const NUMERALS: &str = "一二三四五六七八九十";
    let mut rest = label;
    loop {
        let before = rest;
        rest = rest.strip_prefix("其中:").or_else(|| rest.strip_prefix("其中")).unwrap_or(rest);
        if let Some(inner) = rest.strip_prefix('(')
            && let Some((number, behind)) = inner.split_once(')')
            && number.chars().count() <= 2
            && number.chars().all(|c| NUMERALS.contains(c) || c.is_ascii_digit())
        {
            rest = behind;
        }
        let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        if digits.len() < rest.len()
            && let Some(behind) = digits.strip_prefix(['.', '、', ','])
        {
            rest = behind;
        }
        let numerals = rest.trim_start_matches(|c: char| NUMERALS.contains(c));
        if numerals.len() < rest.len() {
            if let Some(behind) = numerals.strip_prefix(['、', '.', ',']) {
                rest = behind;
            } else if numerals.starts_with('(') {
                rest = numerals;
            }
        }
        if rest.len() == before.len() {
            return rest;
        }
    }
}

/// The words of a label: without its number, what is said in brackets, and signs.
pub(super) fn words(label: &str) -> String {
    let squeezed = squeeze(label);
    let mut depth = 0_usize;
    let mut words = String::new();
    for c in without_number(&squeezed).chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 && c.is_alphanumeric() => words.push(c),
            _ => {}
        }
    }
    words
}

/// How alike two labels are, from 0 to 1, by their pairs of neighbouring characters.
pub(super) fn likeness(a: &str, b: &str) -> f64 {
    let pairs = |text: &str| -> Vec<(char, char)> {
        let chars: Vec<char> = text.chars().collect();
        chars.windows(2).map(|pair| (pair[0], pair[1])).collect()
    };
    let (a, mut b) = (pairs(a), pairs(b));
    let all = a.len() + b.len();
    if all == 0 {
        return 0.0;
    }
    let mut common = 0_usize;
    for pair in &a {
        if let Some(at) = b.iter().position(|other| other == pair) {
            b.swap_remove(at);
            common += 1;
        }
    }
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    2.0 * number(common) / number(all)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_are_their_words() {
        for (label, bare) in [
            ("1．属于国家 秘密", "属于国家秘密"),
            ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "部分公开"),
            ("三(一)1.当面申请数", "当面申请数"),
            ("其中：涉及国家秘密", "涉及国家秘密"),
            ("一、本年新收政府信息公开申请数量", "本年新收政府信息公开申请数量"),
            ("3.危及“三安全一稳定”", "危及三安全一稳定"),
            ("总 计", "总计"),
        ] {
            assert_eq!(words(label), bare, "{label}");
        }
        assert!(likeness("其他法律行政止公开", "其他法律行政法规禁止公开") > 0.7);
        assert!(likeness("属于行政查询事项", "属于行政执法案卷") < 0.7);
    }

    #[test]
    fn white_space_parts_pieces_and_paragraphs() {
        let squeezed = Squeezed::of("规章　　0　12\n3");
        let pieces: Vec<&str> = squeezed
            .pieces(0..squeezed.text.len())
            .into_iter()
            .map(|p| &squeezed.text[p])
            .collect();
        assert_eq!(pieces, ["规章", "0", "12", "3"]);
        assert_eq!(Squeezed::with_paragraphs("情况\n\n共 3 条。\n续").text, "情况\n共3条。\n续");
        assert_eq!(Squeezed::with_paragraphs("共\n3条").text, "共3条");
    }

    proptest! {
        #[test]
        fn every_part_is_found_again(text in "[一二三 \n\u{3000}0-9a（）]{0,40}", cut in 0..40_usize) {
            for squeezed in [Squeezed::of(&text), Squeezed::with_paragraphs(&text)] {
                let starts: Vec<usize> = squeezed.text.char_indices().map(|(at, _)| at).collect();
                let Some(from) = starts.get(cut) else { continue };
                let (start, end) = squeezed.original(*from..squeezed.text.len());
                let original: String = text.chars().skip(start).take(end - start).collect();
                prop_assert_eq!(squeeze(&original), squeezed.text[*from..].replace('\n', ""));
            }
        }
    }
}
