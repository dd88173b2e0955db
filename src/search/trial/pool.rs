//! What questions are made of: strings, words and tokens drawn from the stored text, and the documents that hold each.

use std::collections::{HashMap, HashSet};

use aho_corasick::AhoCorasick;
use anyhow::Context;

use crate::analysis::Analyzer;
use crate::search::{
    bits::Bits,
    facet::Facet,
    numbers::lone,
    question_words::is_question_word,
    request::{MOST_CHARACTERS, MOST_LEAVES, MOST_WORDS, UNKNOWN},
    trial::{
        Sample,
        marks::all_places,
        question::{Asked, is_letter, tokens},
        random::Random,
        scan::Scan,
    },
};
use crate::text::{BARRIER, fold_quoted, is_han};

/// The longest string, in characters.
const LONGEST: usize = 12;
/// The most words and the most tokens that are drawn.
const MOST_DRAWN: usize = 2_000;
/// The most of each kind for which all documents are read one by one.
const MOST_READ_EACH: usize = 200;
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
    pub(super) titles: Vec<Drawn<String>>,
    pub(super) prefixes: Vec<Drawn<String>>,
    pub(super) near: Vec<Drawn<Near>>,
}

/// Something to ask for, and the documents it holds for.
#[derive(Debug)]
pub(super) struct Drawn<T> {
    pub(super) asked: T,
    pub(super) held: Bits,
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
        let count = sample.strings.min(MOST_DRAWN);
        let words = distinct(count, || word(scan, analyzer, random));
        let tokens = distinct(count, || token(scan, random));
        let held = holding(scan, strings.iter().chain(&words))?;
        let held_tokens = holding_tokens(scan, &tokens);
        let few = count.min(MOST_READ_EACH);
        let title = |asked: String| {
            let held = scan.all(|document| document.title.contains(&asked));
            Drawn { asked, held }
        };
        let titles = distinct(few, || in_title(scan, random)).into_iter().map(title).collect();
        let prefixes = prefixes(scan, &tokens[..few.min(tokens.len())], random);
        let near = holding_near(scan, (0..few).filter_map(|_| near(scan, random)).collect())?;
        Ok(Self { strings, words, tokens, held, held_tokens, titles, prefixes, near })
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

    /// A tree of all kinds of leaves that keeps the limits of a question.
    pub(super) fn tree(&self, scan: &Scan, random: &mut Random) -> Asked {
        loop {
            let tree = self.subtree(scan, random, DEEPEST);
            if tree.leaves() <= MOST_LEAVES / 2
                && tree.typed(self).chars().count() <= MOST_CHARACTERS
            {
                return tree;
            }
        }
    }

    fn subtree(&self, scan: &Scan, random: &mut Random, depth: usize) -> Asked {
        if depth == 1 || random.one_in(4) {
            return match random.below(6) {
                0 => self.placed(scan, random),
                _ => self.leaf(random),
            };
        }
        let some = |random: &mut Random| -> Vec<Asked> {
            (0..2 + random.below(2)).map(|_| self.subtree(scan, random, depth - 1)).collect()
        };
        match random.below(5) {
            0 | 1 => Asked::And(some(random)),
            2 | 3 => Asked::Or(some(random)),
            _ => Asked::Not(Box::new(self.subtree(scan, random, depth - 1))),
        }
    }

    pub(super) fn leaf(&self, random: &mut Random) -> Asked {
        match random.below(10) {
            0..=2 if !self.words.is_empty() => self.some_word(random),
            3..=4 if !self.tokens.is_empty() => Asked::Token(random.below(self.tokens.len())),
            _ => Asked::Quoted(random.below(self.strings.len())),
        }
    }

    /// A leaf with a place or a distance.
    fn placed(&self, scan: &Scan, random: &mut Random) -> Asked {
        match random.below(4) {
            0 if !self.titles.is_empty() => Asked::Title(random.below(self.titles.len())),
            1 if !self.prefixes.is_empty() => Asked::Prefix(random.below(self.prefixes.len())),
            2 if !self.near.is_empty() => Asked::Near(random.below(self.near.len())),
            _ => {
                let facet = *random.pick(&Facet::ALL).unwrap_or(&Facet::Category);
                let value = scan.some_value(facet, random).unwrap_or_else(|| UNKNOWN.to_owned());
                let is_typed = !value.contains(['”', '“', '"', '\n']) && value.trim() == value;
                Asked::Value(facet, if is_typed { value } else { UNKNOWN.to_owned() })
            }
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
    // What may be the code of a number is looked for as one, too.
    let is_one = is_one && lone(&word.chars().collect::<Vec<_>>()).is_none();
    is_one.then(|| word.to_owned())
}

/// A string cut from a title.
fn in_title(scan: &Scan, random: &mut Random) -> Option<String> {
    let title = &random.pick(scan.documents())?.title;
    let (at, _) = title.char_indices().nth(random.below(title.chars().count()))?;
    Some(first(&title[at..], 1 + random.below(6)).to_owned()).filter(|t| !t.trim().is_empty())
}

/// The beginnings of tokens, and the documents with a run that begins so; without those that stand for too many words.
fn prefixes(scan: &Scan, wanted: &[String], random: &mut Random) -> Vec<Drawn<String>> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut drawn: Vec<(Drawn<String>, HashSet<&str>)> = Vec::new();
    for token in wanted {
        let stem = first(token, 2 + random.below(3));
        if !places.contains_key(stem) {
            places.insert(stem, drawn.len());
            let held = Bits::none(scan.size());
            drawn.push((Drawn { asked: stem.to_owned(), held }, HashSet::new()));
        }
    }
    for (place, document) in (0..).zip(scan.documents()) {
        for run in tokens(&document.text) {
            let ends = run.char_indices().map(|(at, c)| at + c.len_utf8()).take(4);
            for at in ends.filter_map(|end| places.get(&run[..end])) {
                let (one, words) = &mut drawn[*at];
                one.held.insert(place);
                if words.len() <= MOST_WORDS {
                    words.insert(run);
                }
            }
        }
    }
    drawn.retain(|(_, words)| words.len() <= MOST_WORDS);
    drawn.into_iter().map(|(one, _)| one).collect()
}

/// How far apart two strings may be, and the two.
type Near = (u32, String, String);

/// Two strings cut from one paragraph, in any order.
fn near(scan: &Scan, random: &mut Random) -> Option<Near> {
    let text = piece(scan, random)?;
    let (length, between) = (2 + random.below(3), random.below(12));
    let start = text.char_indices().nth(length + between)?.0;
    let (a, b) = (first(text, length), first(&text[start..], 2 + random.below(3)));
    let is_string = |text: &str| text.chars().count() > 1 && fold_quoted(text) == *text;
    if !is_string(a) || !is_string(b) {
        return None;
    }
    let far = u32::try_from(1 + random.below(12)).ok()?;
    let (a, b) = if random.one_in(2) { (a, b) } else { (b, a) };
    Some((far, a.to_owned(), b.to_owned()))
}

/// The documents where two strings stand as close as that; only those that hold both are read.
fn holding_near(scan: &Scan, all: Vec<Near>) -> anyhow::Result<Vec<Drawn<Near>>> {
    let of_a = holding(scan, all.iter().map(|(_, a, _)| a))?;
    let of_b = holding(scan, all.iter().map(|(_, _, b)| b))?;
    let drawn = all.into_iter().zip(of_a.into_iter().zip(of_b)).map(|(asked, (mut both, b))| {
        both.keep(&b);
        let mut held = Bits::none(scan.size());
        for place in both.iter() {
            let mut paragraphs = scan.documents()[place as usize].text.split(BARRIER);
            if paragraphs.any(|one| are_near(one, asked.0, &asked.1, &asked.2)) {
                held.insert(place);
            }
        }
        Drawn { asked, held }
    });
    Ok(drawn.collect())
}

/// Whether two strings stand in a paragraph, in any order, with at most so many characters between.
fn are_near(paragraph: &str, far: u32, a: &str, b: &str) -> bool {
    let follows = |first: &str, second: &str| {
        all_places(paragraph, first).any(|at| {
            let rest = &paragraph[at + first.len()..];
            let between = rest.find(second).map(|end| rest[..end].chars().count());
            between.is_some_and(|count| count <= far as usize)
        })
    };
    paragraph.contains(a) && paragraph.contains(b) && (follows(a, b) || follows(b, a))
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
