//! What questions are made of: strings, words and tokens drawn from the stored text, and the documents that hold each.

use std::collections::{HashMap, HashSet};

use aho_corasick::AhoCorasick;
use anyhow::Context;

use crate::analysis::Analyzer;
use crate::search::{
    bits::Bits,
    question_words::is_question_word,
    trial::{
        Sample,
        question::{Asked, is_letter, tokens},
        random::Random,
        scan::Scan,
    },
};
use crate::text::{BARRIER, fold_quoted, is_han};

/// The longest string, in characters.
const LONGEST: usize = 12;
/// The most words and the most tokens that are drawn.
const MOST_WORDS: usize = 2_000;
/// How deep trees are.
const DEEPEST: usize = 5;

/// Things to ask for, each with the documents that hold it.
pub(super) struct Pool {
    strings: Vec<String>,
    words: Vec<String>,
    tokens: Vec<String>,
    /// Of strings, then of words.
    held: Vec<Bits>,
    held_tokens: Vec<Bits>,
}

impl Pool {
    /// Draws strings, words and tokens, and reads every document once for each kind.
    pub(super) fn draw(
        scan: &Scan,
        analyzer: &Analyzer,
        sample: Sample,
        random: &mut Random,
    ) -> anyhow::Result<Self> {
        let strings = distinct(sample.strings, || string(scan, random));
        let count = sample.strings.min(MOST_WORDS);
        let words = distinct(count, || word(scan, analyzer, random));
        let tokens = distinct(count, || token(scan, random));
        let held = holding(scan, strings.iter().chain(&words))?;
        let held_tokens = holding_tokens(scan, &tokens);
        Ok(Self { strings, words, tokens, held, held_tokens })
    }

    pub(super) fn string(&self, at: usize) -> &str {
        &self.strings[at]
    }

    pub(super) fn word(&self, at: usize) -> &str {
        &self.words[at]
    }

    pub(super) fn token(&self, at: usize) -> &str {
        &self.tokens[at]
    }

    pub(super) fn holding_string(&self, at: usize) -> &Bits {
        &self.held[at]
    }

    pub(super) fn holding_word(&self, at: usize) -> &Bits {
        &self.held[self.strings.len() + at]
    }

    pub(super) fn holding_token(&self, at: usize) -> &Bits {
        &self.held_tokens[at]
    }

    /// Every string with the documents that hold it.
    pub(super) fn strings(&self) -> impl Iterator<Item = (&str, &Bits)> {
        self.strings.iter().map(String::as_str).zip(&self.held)
    }

    /// A tree of strings, words, tokens and values.
    pub(super) fn tree(&self, random: &mut Random) -> Asked {
        self.subtree(random, DEEPEST)
    }

    fn subtree(&self, random: &mut Random, depth: usize) -> Asked {
        if depth == 1 || random.one_in(4) {
            return self.leaf(random);
        }
        let some = |random: &mut Random| -> Vec<Asked> {
            (0..2 + random.below(2)).map(|_| self.subtree(random, depth - 1)).collect()
        };
        match random.below(5) {
            0 | 1 => Asked::And(some(random)),
            2 | 3 => Asked::Or(some(random)),
            _ => Asked::Not(Box::new(self.subtree(random, depth - 1))),
        }
    }

    pub(super) fn leaf(&self, random: &mut Random) -> Asked {
        match random.below(10) {
            0..=2 if !self.words.is_empty() => self.some_word(random),
            3..=4 if !self.tokens.is_empty() => Asked::Token(random.below(self.tokens.len())),
            _ => Asked::Quoted(random.below(self.strings.len())),
        }
    }

    /// A word; there must be one.
    pub(super) fn some_word(&self, random: &mut Random) -> Asked {
        Asked::Word(random.below(self.words.len()))
    }

    pub(super) fn has_words(&self) -> bool {
        !self.words.is_empty()
    }
}

/// So many different things, or as many as a patient search yields.
fn distinct(wanted: usize, mut draw: impl FnMut() -> Option<String>) -> Vec<String> {
    let (mut seen, mut all) = (HashSet::new(), Vec::new());
    for _ in 0..wanted * 20 {
        if all.len() == wanted {
            break;
        }
        if let Some(one) = draw().filter(|one| seen.insert(one.clone())) {
            all.push(one);
        }
    }
    all
}

/// A piece of stored text that begins at a random place, up to the end of its paragraph.
fn piece<'s>(scan: &'s Scan, random: &mut Random) -> Option<&'s str> {
    let document = random.pick(scan.documents())?;
    let text = if random.one_in(5) { &document.title } else { &document.text };
    let mut at = random.below(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    text[at..].split(BARRIER).next()
}

fn first(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}

/// A string of one to twelve characters: cut anywhere, cut at letters and digits, with one character changed, or made of
/// two pieces that do not belong together.
fn string(scan: &Scan, random: &mut Random) -> Option<String> {
    let text = piece(scan, random)?;
    let length = 1 + random.below(LONGEST);
    let string = match random.below(8) {
        0 => {
            let letter = text.find(is_letter)?;
            let back = text[..letter].char_indices().rev().nth(random.below(3));
            first(&text[back.map_or(letter, |(at, _)| at)..], length).to_owned()
        }
        1 => {
            let mut characters: Vec<char> = first(text, length).chars().collect();
            let other = piece(scan, random)?.chars().next()?;
            let at = random.below(characters.len());
            *characters.get_mut(at)? = other;
            characters.into_iter().collect()
        }
        2 => {
            let other = piece(scan, random)?;
            let half = length.div_ceil(2);
            format!("{}{}", first(text, half), first(other, length - half))
        }
        _ => first(text, length).to_owned(),
    };
    // A changed string may no longer be its own fold.
    Some(fold_quoted(&string)).filter(|folded| !folded.is_empty() && !folded.contains(BARRIER))
}

/// A word of Han characters that stays whole and names something.
fn word(scan: &Scan, analyzer: &Analyzer, random: &mut Random) -> Option<String> {
    let text = piece(scan, random)?;
    let words = analyzer.cut(first(text, 40));
    let word = words.get(random.below(words.len()))?.text;
    let is_one =
        word.chars().all(is_han) && !is_question_word(word) && analyzer.cut(word).len() == 1;
    is_one.then(|| word.to_owned())
}

/// A whole run of letters and digits.
fn token(scan: &Scan, random: &mut Random) -> Option<String> {
    let document = random.pick(scan.documents())?;
    let mut from = random.below(document.text.len());
    while !document.text.is_char_boundary(from) {
        from -= 1;
    }
    // The first run may be the end of one.
    let token = tokens(&document.text[from..]).take(30).nth(1)?;
    (token.chars().count() <= LONGEST).then(|| token.to_owned())
}

/// The documents that hold each string, all strings looked for at once.
fn holding<'a>(
    scan: &Scan,
    strings: impl Iterator<Item = &'a String>,
) -> anyhow::Result<Vec<Bits>> {
    let strings: Vec<&String> = strings.collect();
    let finder = AhoCorasick::new(&strings).context("cannot look for the strings")?;
    let mut held = vec![Bits::none(scan.size()); strings.len()];
    for (place, document) in (0..).zip(scan.documents()) {
        for found in finder.find_overlapping_iter(&document.text) {
            held[found.pattern().as_usize()].insert(place);
        }
    }
    Ok(held)
}

fn holding_tokens(scan: &Scan, wanted: &[String]) -> Vec<Bits> {
    let places: HashMap<&str, usize> =
        wanted.iter().enumerate().map(|(at, token)| (token.as_str(), at)).collect();
    let mut held = vec![Bits::none(scan.size()); wanted.len()];
    for (place, document) in (0..).zip(scan.documents()) {
        for at in tokens(&document.text).filter_map(|token| places.get(token)) {
            held[*at].insert(place);
        }
    }
    held
}
