//! Words that the segmenter must know.

use std::collections::HashMap;

use crate::config::{Mistake, source::Source};

/// One word of `index/dictionary.txt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DictionaryWord {
    /// The word.
    pub word: String,
    /// How common it is; a higher number makes a cut around it likelier. Chosen by the segmenter where not given.
    pub frequency: Option<u32>,
}

/// Reads a dictionary: one word a line, after a blank a frequency if need be, `#` begins a comment.
///
/// A word class behind the frequency, as other dictionaries of this form have it, is accepted and ignored.
pub(super) fn read(source: &Source) -> (Vec<DictionaryWord>, Vec<Mistake>) {
    let (mut words, mut mistakes) = (Vec::new(), Vec::new());
    let mut first_lines: HashMap<&str, usize> = HashMap::new();
    for (line, text) in (1..).zip(source.text.trim_start_matches('\u{feff}').lines()) {
        let entry = text.split('#').next().unwrap_or_default().trim();
        let word = entry.split_whitespace().next().unwrap_or_default();
        if word.is_empty() {
            continue;
        }
        let first = *first_lines.entry(word).or_insert(line);
        let mut report = |found: String, expected: &str| {
            let (file, expected) = (source.path.clone(), expected.to_owned());
            mistakes.push(Mistake { file, line, found, expected });
        };
        match read_entry(entry) {
            None => report(format!("{entry:?}"), ENTRY),
            Some(_) if first < line => {
                report(format!("{word:?} again, as in line {first}"), "every word once");
            }
            Some(word) => words.push(word),
        }
    }
    (words, mistakes)
}

const ENTRY: &str = "a word of 1 to 32 characters, then at most a blank and a frequency";

fn read_entry(entry: &str) -> Option<DictionaryWord> {
    let mut parts = entry.split_whitespace();
    let word = parts.next()?.to_owned();
    let frequency = parts.next().map(str::parse).transpose().ok()?;
    let word_class = parts.next().unwrap_or_default();
    let whole = word_class.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.next().is_none()
        && word.chars().count() <= 32;
    whole.then_some(DictionaryWord { word, frequency })
}
