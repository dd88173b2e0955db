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

/// Reads a dictionary: one word a line, a frequency after a blank if need be, `#` begins a comment.
pub(super) fn read(source: &Source) -> (Vec<DictionaryWord>, Vec<Mistake>) {
    let (mut words, mut mistakes) = (Vec::new(), Vec::new());
    let mut first_lines: HashMap<String, usize> = HashMap::new();
    for (line, text) in (1..).zip(source.text.trim_start_matches('\u{feff}').lines()) {
        let entry = text.split('#').next().unwrap_or_default().trim();
        if entry.is_empty() {
            continue;
        }
        let mut report = |found: String, expected: &str| {
            let (file, expected) = (source.path.clone(), expected.to_owned());
            mistakes.push(Mistake { file, line, found, expected });
        };
        let Some(word) = read_entry(entry) else {
            report(
                format!("{entry:?}"),
                "a word of 1 to 32 characters, then at most a blank and a number",
            );
            continue;
        };
        match first_lines.get(&word.word) {
            Some(first) => {
                report(format!("{:?} again, as in line {first}", word.word), "every word once")
            }
            None => {
                first_lines.insert(word.word.clone(), line);
                words.push(word);
            }
        }
    }
    (words, mistakes)
}

fn read_entry(entry: &str) -> Option<DictionaryWord> {
    let mut parts = entry.split_whitespace();
    let word = parts.next()?.to_owned();
    let frequency = parts.next().map(str::parse).transpose().ok()?;
    let whole = parts.next().is_none() && word.chars().count() <= 32;
    whole.then_some(DictionaryWord { word, frequency })
}
