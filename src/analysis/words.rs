//! The word lane: jieba with our dictionary.

use std::fmt::Write as _;

use jieba_rs::Jieba;
use sha2::{Digest, Sha256};

use crate::analysis::{
    folded,
    runs::{Kind, runs},
};

/// Cuts folded text into words; made once, used by all threads.
pub struct Analyzer {
    jieba: Jieba,
    own: Vec<String>,
    dictionary: String,
}

/// So much of a title is kept from each of its words on, in characters.
pub const LONGEST_START: usize = 16;

/// A word of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'t> {
    /// The word as it stands in the folded text.
    pub text: &'t str,
    /// Its first byte in the folded text.
    pub start: usize,
}

impl Analyzer {
    /// An analyzer that knows jieba's own words and these, each with its frequency; without one, as frequent as it
    /// must be to stay whole.
    pub fn new(words: impl IntoIterator<Item = (String, Option<u32>)>) -> Self {
        let mut jieba = Jieba::new();
        let mut digest = Sha256::new();
        let mut own = Vec::new();
        for (word, frequency) in words {
            let word = folded(&word);
            let frequency = frequency.and_then(|f| usize::try_from(f).ok());
            let frequency = jieba.add_word(&word, frequency, None);
            digest.update(format!("{word} {frequency}\n"));
            own.push(word);
        }
        let dictionary = digest.finalize().iter().take(8).fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Self { jieba, own, dictionary }
    }

    /// Names the words given to [`Analyzer::new`]: two analyzers of the same name cut alike.
    pub fn dictionary(&self) -> &str {
        &self.dictionary
    }

    /// The words given to [`Analyzer::new`], folded.
    pub fn own_words(&self) -> &[String] {
        &self.own
    }

    /// Hands the words of a document to `emit`: each word in its order, before it the dictionary words inside it.
    ///
    /// Runs of letters and digits are whole words; punctuation is none.
    pub fn words<'t>(&self, folded: &'t str, mut emit: impl FnMut(&'t str)) {
        for (kind, _, run) in runs(folded) {
            if kind == Kind::Letters {
                emit(run);
                continue;
            }
            for token in self.jieba.cut(run, true) {
                self.inner_words(token.word, &mut emit);
                emit(token.word);
            }
        }
    }

    /// The dictionary words of two or more characters inside a word.
    fn inner_words<'t>(&self, word: &'t str, emit: &mut impl FnMut(&'t str)) {
        // Two characters, of three bytes each or of more, hold no shorter word.
        if word.len() < 9 {
            return;
        }
        let ends = || word.char_indices().map(|(at, c)| at + c.len_utf8());
        for (start, _) in word.char_indices() {
            for end in ends().filter(|&end| end > start).skip(1) {
                let inner = &word[start..end];
                if inner.len() < word.len() && self.jieba.has_word(inner) {
                    emit(inner);
                }
            }
        }
    }

    /// The words of a question, in order, none inside another.
    pub fn cut<'t>(&self, folded: &'t str) -> Vec<Word<'t>> {
        let mut words = Vec::new();
        for (kind, start, run) in runs(folded) {
            if kind == Kind::Letters {
                words.push(Word { text: run, start });
                continue;
            }
            let tokens = self.jieba.cut(run, true);
            words.extend(tokens.iter().map(|t| Word { text: t.word, start: start + t.byte_start }));
        }
        words
    }

    /// Hands to `emit` what a title says from each of its words on, cut after some characters.
    pub fn starts<'t>(&self, folded: &'t str, mut emit: impl FnMut(&'t str)) {
        for word in self.cut(folded) {
            let rest = &folded[word.start..];
            let end = rest.char_indices().nth(LONGEST_START).map_or(rest.len(), |(end, _)| end);
            emit(&rest[..end]);
        }
    }

    /// Whether the dictionary holds a word, folded.
    pub fn knows(&self, word: &str) -> bool {
        self.jieba.has_word(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The project's own dictionary, read as `config` reads it.
    fn dictionary() -> Vec<(String, Option<u32>)> {
        include_str!("../../index/dictionary.txt")
            .lines()
            .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
            .map(|line| {
                let mut parts = line.split_whitespace();
                let word = parts.next().unwrap_or_default().to_owned();
                (word, parts.next().and_then(|frequency| frequency.parse().ok()))
            })
            .collect()
    }

    #[test]
    fn words_are_cut_as_readers_see_them() {
        let own = dictionary();
        let analyzer = Analyzer::new(own.clone());
        let words = |text: &str| {
            let mut found = Vec::new();
            analyzer.words(text, |word| found.push(word.to_owned()));
            found
        };
        let report = words("政府信息公开工作年度报告(2020),共8份pm2.5。");
        for word in [
            "政府",
            "信息",
            "公开",
            "信息公开",
            "政府信息公开",
            "工作",
            "年度报告",
            "2020",
            "8",
            "pm2",
        ] {
            assert!(report.iter().any(|found| found == word), "{word} in {report:?}");
        }
        assert!(!report.iter().any(|found| found.contains(['(', ',', '。'])));
        let cut: Vec<&str> =
            analyzer.cut("政府信息公开工作2020").iter().map(|word| word.text).collect();
        assert_eq!(cut, ["政府信息公开", "工作", "2020"]);
        let last = analyzer.cut("(政府)工作")[1];
        assert_eq!((last.text, last.start), ("工作", 8));
        for (word, _) in own {
            assert_eq!(analyzer.cut(&word).len(), 1, "{word} stays whole");
        }
    }
}
