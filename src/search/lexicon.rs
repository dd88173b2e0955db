//! The words of the index itself, by their characters and by their sound: where corrections and suggestions come from.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound::{Included, Unbounded};

use tantivy::Searcher;

use crate::analysis::{Analyzer, initials, readings, spellings};
use crate::index::Fields;
use crate::search::{matching::internal, ranking::real, request::Refused};
use crate::text::is_han;

/// The most words that are kept, the most frequent ones.
const MOST_WORDS: usize = 200_000;
/// A word of the text alone counts from so many documents on; what stands in a title always does.
const FEWEST: u32 = 3;
/// The longest word, in characters.
const LONGEST: usize = 10;
/// A document with a word in its title counts like so many with it in their text.
const TITLE: u32 = 5;

/// To type with, a word of our own dictionary counts at least as this part of the most used one.
const OWN_WORD: u32 = 50;
/// A word in no dictionary counts as this part of its uses.
const GUESSED_WORD: u32 = 10;
/// A character in another reading than its usual one counts as this part of its uses.
const RARE_READING: u32 = 30;

/// A word and how much it is used.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) text: Box<str>,
    /// Documents that hold it, those with it in their title several times.
    pub(super) uses: u32,
}

/// Words of Han characters that documents hold; the most used come first.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    words: Vec<Known>,
    by_text: HashMap<Box<str>, u32>,
    by_sound: HashMap<Box<str>, Vec<u32>>,
    by_initials: HashMap<Box<str>, Vec<u32>>,
    by_first: HashMap<char, Vec<u32>>,
    by_last: HashMap<char, Vec<u32>>,
    /// Words by the first letter of any reading of their first character.
    by_letter: HashMap<char, Vec<u32>>,
    /// Agencies by their plain names, those with the most documents first.
    agencies: Vec<Known>,
    /// Every character of the usual block by its readings, the most used first.
    characters: BTreeMap<&'static str, Vec<(char, u32)>>,
    all_uses: f32,
}

impl Lexicon {
    /// The lexicon of an index.
    pub(super) fn of(searcher: &Searcher, fields: &Fields) -> Result<Self, Refused> {
        let mut uses: HashMap<Box<str>, u32> = HashMap::new();
        for segment in searcher.segment_readers() {
            for (field, weight) in [(fields.title_words, TITLE), (fields.body_words, 1)] {
                let index = segment.inverted_index(field).map_err(internal)?;
                let mut terms = index.terms().stream().map_err(internal)?;
                while terms.advance() {
                    let Ok(word) = std::str::from_utf8(terms.key()) else { continue };
                    let documents = terms.value().doc_freq.saturating_mul(weight);
                    if is_word(word) {
                        match uses.get_mut(word) {
                            Some(known) => *known = known.saturating_add(documents),
                            None => {
                                uses.insert(word.into(), documents);
                            }
                        }
                    }
                }
            }
        }
        let mut lexicon = Self::new(uses.into_iter().filter(|(_, uses)| *uses >= FEWEST));
        lexicon.agencies = agencies(searcher, fields)?;
        Ok(lexicon.with_characters(characters(searcher, fields)?))
    }

    /// A lexicon of words with how much they are used.
    pub(super) fn new(words: impl IntoIterator<Item = (Box<str>, u32)>) -> Self {
        let mut words: Vec<Known> =
            words.into_iter().map(|(text, uses)| Known { text, uses }).collect();
        words.sort_unstable_by(|a, b| b.uses.cmp(&a.uses).then_with(|| a.text.cmp(&b.text)));
        words.truncate(MOST_WORDS);
        let mut lexicon = Self::default();
        for (at, word) in (0..).zip(&words) {
            lexicon.by_text.insert(word.text.clone(), at);
            for sound in spellings(&word.text) {
                lexicon.by_sound.entry(sound.into()).or_default().push(at);
            }
            for letters in initials(&word.text) {
                lexicon.by_initials.entry(letters.into()).or_default().push(at);
            }
            let first = word.text.chars().next().unwrap_or_default();
            let mut letters: Vec<char> =
                readings(first).iter().filter_map(|reading| reading.chars().next()).collect();
            letters.sort_unstable();
            letters.dedup();
            for letter in letters {
                lexicon.by_letter.entry(letter).or_default().push(at);
            }
            lexicon.by_first.entry(first).or_default().push(at);
            let last = word.text.chars().next_back().unwrap_or_default();
            lexicon.by_last.entry(last).or_default().push(at);
            lexicon.all_uses += real(word.uses.into());
        }
        lexicon.words = words;
        lexicon
    }

    /// The words to type with: what the dictionaries hold counts as it is used, words of our own dictionary much more,
    /// whether documents hold them or not, and what only looked like a word counts little.
    pub(super) fn to_type_with(&self, analyzer: &Analyzer) -> Self {
        let most = self.words.first().map_or(1, |word| word.uses);
        let own: HashMap<&str, u32> = analyzer
            .own_words()
            .iter()
            .filter(|word| is_word(word))
            .map(|word| (word.as_str(), most / OWN_WORD + 1))
            .collect();
        let used = self.words.iter().map(|word| {
            let uses = match own.get(&*word.text) {
                Some(least) => word.uses.saturating_mul(2) + least,
                None if analyzer.knows(&word.text) => word.uses,
                None => word.uses / GUESSED_WORD,
            };
            (word.text.clone(), uses)
        });
        let unused = own.iter().filter(|(word, _)| !self.knows(word));
        let unused = unused.map(|(word, uses)| (Box::from(*word), *uses));
        let mut lexicon = Self::new(used.chain(unused));
        lexicon.characters.clone_from(&self.characters);
        lexicon
    }

    /// The same lexicon, which also knows how much characters are used.
    pub(super) fn with_characters(mut self, uses: impl IntoIterator<Item = (char, u32)>) -> Self {
        let uses: HashMap<char, u32> = uses.into_iter().collect();
        for c in '\u{4e00}'..='\u{9fff}' {
            let used = uses.get(&c).copied().unwrap_or_default();
            for (place, reading) in readings(c).into_iter().enumerate() {
                let used = if place == 0 { used } else { used / RARE_READING };
                self.characters.entry(reading).or_default().push((c, used));
            }
        }
        for list in self.characters.values_mut() {
            list.sort_by_key(|(c, uses)| (Reverse(*uses), *c));
        }
        self
    }

    /// The characters whose reading begins so, reading by reading, in each the most used first.
    pub(super) fn characters(&self, start: &str) -> impl Iterator<Item = (char, u32)> {
        // Typed is v for ü.
        let start = start.replace('v', "ü");
        let from = self.characters.range::<str, _>((Included(start.as_str()), Unbounded));
        let found: Vec<_> = from
            .take_while(|(reading, _)| reading.starts_with(&start))
            .flat_map(|(_, list)| list.iter().copied())
            .collect();
        found.into_iter()
    }

    /// Whether a word is known.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.by_text.contains_key(word)
    }

    /// The words that sound like a spelling in pinyin, the most used first.
    pub(super) fn sounding(&self, spelling: &str) -> impl Iterator<Item = &Known> {
        self.listed(self.by_sound.get(spelling))
    }

    /// The words whose characters begin with these letters in pinyin.
    pub(super) fn beginning(&self, letters: &str) -> impl Iterator<Item = &Known> {
        self.listed(self.by_initials.get(letters))
    }

    /// The words that begin or end with the same character as another one.
    pub(super) fn neighbours(&self, word: &str) -> impl Iterator<Item = &Known> {
        let first = word.chars().next().and_then(|c| self.by_first.get(&c));
        let last = word.chars().next_back().and_then(|c| self.by_last.get(&c));
        self.listed(first).chain(self.listed(last))
    }

    /// The words that begin as what was typed may: with its first character, or its first letter as a sound.
    pub(super) fn starting(&self, typed: &str) -> impl Iterator<Item = &Known> + Clone {
        let first = typed.chars().next().unwrap_or_default();
        let list = if first.is_ascii() { &self.by_letter } else { &self.by_first };
        self.listed(list.get(&first))
    }

    /// The agencies whose names begin so.
    pub(super) fn agencies(&self, typed: &str) -> impl Iterator<Item = &Known> + Clone {
        let first = typed.chars().next().unwrap_or_default();
        let begins = move |name: &str| {
            name.chars().next().is_some_and(|c| {
                c == first || first.is_ascii() && readings(c).iter().any(|r| r.starts_with(first))
            })
        };
        self.agencies.iter().filter(move |agency| begins(&agency.text))
    }

    fn listed<'a>(
        &'a self,
        places: Option<&'a Vec<u32>>,
    ) -> impl Iterator<Item = &'a Known> + Clone {
        places.into_iter().flatten().map(|at| &self.words[*at as usize])
    }

    /// How surprising a word is: minus the logarithm of its share of all uses.
    pub(super) fn surprise(&self, word: &Known) -> f32 {
        (self.all_uses.max(1.0) / real(u64::from(word.uses.max(1)))).ln()
    }

    /// What a row of letters may spell, the likeliest first: words in full pinyin, in first letters, one after another.
    pub(super) fn spelled(&self, letters: &str) -> Vec<String> {
        let ends = letters.len();
        if !letters.bytes().all(|b| b.is_ascii_lowercase()) || !(2..=MOST_LETTERS).contains(&ends) {
            return Vec::new();
        }
        let mut reached: Vec<Vec<Reading>> = vec![Vec::new(); ends + 1];
        reached[0].push(Reading { surprise: 0.0, words: 0, text: String::new() });
        for start in 0..ends {
            let before = std::mem::take(&mut reached[start]);
            for end in start + 2..=ends.min(start + MOST_LETTERS_OF_A_WORD) {
                for (word, surprise) in self.readings_of(&letters[start..end]) {
                    reached[end]
                        .extend(before.iter().filter_map(|reading| reading.with(word, surprise)));
                }
                keep_best(&mut reached[end]);
            }
        }
        reached.pop().unwrap_or_default().into_iter().map(|reading| reading.text).collect()
    }

    /// The likeliest words for a part of the letters, and how surprising each is.
    fn readings_of(&self, part: &str) -> Vec<(&Known, f32)> {
        let full = self.sounding(part).take(MOST_READINGS);
        let full = full.map(|word| (word, self.surprise(word)));
        // i, u and v begin no syllable.
        let short = if part.contains(['i', 'u', 'v']) { 0 } else { MOST_READINGS };
        let short = self.beginning(part).take(short);
        full.chain(short.map(|word| (word, self.surprise(word) + SHORTENED))).collect()
    }
}

/// The longest row of letters that is read, and the longest of one word.
const MOST_LETTERS: usize = 40;
const MOST_LETTERS_OF_A_WORD: usize = 24;
/// Readings that are followed at each place, and words of one reading.
const MOST_READINGS: usize = 4;
const MOST_WORDS_SPELLED: usize = 3;
/// How much more surprising a word is of which only first letters were typed.
const SHORTENED: f32 = 2.0;

/// A way to read the letters up to some place.
#[derive(Clone, Debug)]
struct Reading {
    surprise: f32,
    words: usize,
    text: String,
}

impl Reading {
    fn with(&self, word: &Known, surprise: f32) -> Option<Self> {
        (self.words < MOST_WORDS_SPELLED).then(|| Self {
            surprise: self.surprise + surprise,
            words: self.words + 1,
            text: format!("{}{}", self.text, word.text),
        })
    }
}

fn keep_best(readings: &mut Vec<Reading>) {
    readings.sort_by(|a, b| a.surprise.total_cmp(&b.surprise).then_with(|| a.text.cmp(&b.text)));
    readings.dedup_by(|a, b| a.text == b.text);
    readings.truncate(MOST_READINGS);
}

/// All agencies of an index; names that are no Han characters are left out.
fn agencies(searcher: &Searcher, fields: &Fields) -> Result<Vec<Known>, Refused> {
    let mut uses: HashMap<String, u32> = HashMap::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(fields.agency).map_err(internal)?;
        let mut terms = index.terms().stream().map_err(internal)?;
        while terms.advance() {
            let name = std::str::from_utf8(terms.key()).unwrap_or_default();
            if name.chars().all(is_han) && !name.is_empty() {
                *uses.entry(name.to_owned()).or_default() += terms.value().doc_freq;
            }
        }
    }
    let mut all: Vec<Known> =
        uses.into_iter().map(|(text, uses)| Known { text: text.into(), uses }).collect();
    all.sort_unstable_by(|a, b| b.uses.cmp(&a.uses).then_with(|| a.text.cmp(&b.text)));
    Ok(all)
}

/// How much each Han character is used, as words are counted.
fn characters(searcher: &Searcher, fields: &Fields) -> Result<HashMap<char, u32>, Refused> {
    let mut uses: HashMap<char, u32> = HashMap::new();
    for segment in searcher.segment_readers() {
        for (field, weight) in [(fields.title_characters, TITLE), (fields.characters, 1)] {
            let index = segment.inverted_index(field).map_err(internal)?;
            let mut terms = index.terms().stream().map_err(internal)?;
            while terms.advance() {
                let text = std::str::from_utf8(terms.key()).unwrap_or_default();
                if let Some(c) = text.chars().next().filter(|c| is_han(*c)) {
                    let documents = terms.value().doc_freq.saturating_mul(weight);
                    let known = uses.entry(c).or_default();
                    *known = known.saturating_add(documents);
                }
            }
        }
    }
    Ok(uses)
}

fn is_word(word: &str) -> bool {
    (6..=4 * LONGEST).contains(&word.len())
        && word.chars().all(is_han)
        && (2..=LONGEST).contains(&word.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_read_as_words_of_the_index() {
        let words = [("公积金", 40), ("政府信息公开", 90), ("年报", 80), ("内部", 70), ("银行", 9)];
        let lexicon = Lexicon::new(words.map(|(word, uses)| (word.into(), uses)));
        let first = |letters: &str| lexicon.spelled(letters).into_iter().next().unwrap_or_default();
        assert_eq!(first("gongjijin"), "公积金");
        assert_eq!(first("zfxxgk"), "政府信息公开");
        assert_eq!(first("zfxxgknb"), "政府信息公开年报");
        assert_eq!(first("zhengfuxinxigongkainianbao"), "政府信息公开年报");
        assert_eq!(first("yinhang"), "银行");
        assert_eq!((first("blockchain"), first("gongjiji")), (String::new(), String::new()));
    }
}
