//! Slips of typing: other characters of the same sound or shape, one edit, pinyin in place of characters.
//!
//! What is typed wrongly occurs nowhere in the index while something very near does; candidates come from the words of
//! the index itself. A correction is applied openly when what was typed occurs nowhere, else only offered.

use crate::analysis::{Analyzer, readings};
use crate::search::{
    answer::Note,
    lexicon::{Known, Lexicon},
    lookalikes::look_alike,
    matching::Shelf,
    parse::{Part, Typed},
    question_words::is_question_word,
    request::Refused,
};
use crate::text::{fold, is_han};

/// The most words side by side, and characters, that are taken as one slip.
const MOST_PIECES: usize = 4;
const MOST_CHARACTERS: usize = 8;
/// Corrections that are offered.
const MOST_OFFERS: usize = 3;

/// What is needed to correct a question.
pub(super) struct Corrector<'a> {
    pub(super) analyzer: &'a Analyzer,
    /// The segments of the index.
    pub(super) shelves: Vec<Shelf<'a>>,
    /// Makes the lexicon, or finds the one that was made; only called when something looks wrong.
    pub(super) lexicon: &'a dyn Fn() -> Result<std::sync::Arc<Lexicon>, Refused>,
    /// Whether corrections may be applied.
    pub(super) apply: bool,
}

/// A slip and what was most likely meant.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Slip {
    typed: String,
    meant: String,
    /// Whether what was typed occurs nowhere and the correction is beyond doubt.
    sure: bool,
}

impl Corrector<'_> {
    /// Corrects the runs of a question in place and says so; negated ones are left alone.
    pub(super) fn correct(&self, typed: &mut Typed) -> Result<Vec<Note>, Refused> {
        let (mut applied, mut offered) = (Vec::new(), Vec::new());
        self.visit(typed, &mut applied, &mut offered)?;
        let mut notes = Vec::new();
        if !applied.is_empty() {
            notes.push(Note::Corrected(applied));
        }
        if !offered.is_empty() {
            offered.truncate(MOST_OFFERS);
            notes.push(Note::DidYouMean(offered));
        }
        Ok(notes)
    }

    fn visit(
        &self,
        typed: &mut Typed,
        applied: &mut Vec<String>,
        offered: &mut Vec<String>,
    ) -> Result<(), Refused> {
        match typed {
            Typed::Leaf(Part::Run(run)) => {
                let mut folded = fold(run).text;
                for slip in self.slips(&folded)? {
                    if slip.sure && self.apply {
                        applied.push(format!("{} → {}", slip.typed, slip.meant));
                        folded = folded.replace(&slip.typed, &slip.meant);
                        run.clone_from(&folded);
                    } else {
                        offered.push(folded.replace(&slip.typed, &slip.meant));
                    }
                }
                Ok(())
            }
            Typed::Leaf(_) | Typed::Not(_) => Ok(()),
            Typed::Row(all) | Typed::And(all) | Typed::Or(all) => {
                all.iter_mut().try_for_each(|one| self.visit(one, applied, offered))
            }
        }
    }

    /// The slips of a folded run.
    fn slips(&self, folded: &str) -> Result<Vec<Slip>, Refused> {
        let words: Vec<&str> = self.analyzer.cut(folded).iter().map(|word| word.text).collect();
        let mut unknown = Vec::with_capacity(words.len());
        for word in &words {
            unknown.push(!is_question_word(word) && self.documents_with_word(word)? == 0);
        }
        let odd = |at: usize| unknown[at] || is_lone(words[at]);
        if !(0..words.len()).any(odd) {
            return Ok(Vec::new());
        }
        let lexicon = (self.lexicon)()?;
        let mut slips = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let slip = if letters(words[at]) {
                self.spelled(words[at], unknown[at], &lexicon)?
            } else {
                self.mistyped(&words, at, &odd, &unknown, &lexicon)?
            };
            at += slip.as_ref().map_or(1, |(_, count)| *count);
            slips.extend(slip.map(|(slip, _)| slip));
        }
        Ok(slips)
    }

    /// A word of letters that spells words in pinyin.
    fn spelled(
        &self,
        word: &str,
        unknown: bool,
        lexicon: &Lexicon,
    ) -> Result<Option<(Slip, usize)>, Refused> {
        for meant in lexicon.spelled(word) {
            if self.documents_with(&meant)? > 0 || self.all_words_occur(&meant)? {
                return Ok(Some((Slip { typed: word.to_owned(), meant, sure: unknown }, 1)));
            }
        }
        Ok(None)
    }

    fn all_words_occur(&self, text: &str) -> Result<bool, Refused> {
        for word in self.analyzer.cut(text) {
            if self.documents_with_word(word.text)? == 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Words from a place on that together are one slip, and how many they are; the longest that have a correction.
    fn mistyped(
        &self,
        words: &[&str],
        at: usize,
        odd: &impl Fn(usize) -> bool,
        unknown: &[bool],
        lexicon: &Lexicon,
    ) -> Result<Option<(Slip, usize)>, Refused> {
        for count in (1..=MOST_PIECES.min(words.len() - at)).rev() {
            let part = at..at + count;
            let typed = words[part.clone()].concat();
            let length = typed.chars().count();
            let usable = (2..=MOST_CHARACTERS).contains(&length)
                && typed.chars().all(is_han)
                && part.clone().any(odd)
                && !words[part.clone()].iter().any(|word| is_question_word(word))
                && !lexicon.knows(&typed);
            // Two characters that are two words are no slip: too much sounds like something.
            if !usable || length == 2 && count > 1 {
                continue;
            }
            let Some((meant, near)) = nearest(&typed, lexicon) else { continue };
            if self.documents_with(&typed)? == 0 {
                let sure = near || part.clone().any(|at| unknown[at]);
                return Ok(Some((Slip { typed, meant, sure }, count)));
            }
        }
        Ok(None)
    }

    /// In how many documents a string stands.
    fn documents_with(&self, folded: &str) -> Result<u64, Refused> {
        let counts = self.shelves.iter().map(|shelf| Ok(shelf.text(folded)?.documents.count()));
        counts.sum()
    }

    /// In how many documents a word stands: as a string when it is Han, else as a token.
    fn documents_with_word(&self, word: &str) -> Result<u64, Refused> {
        if word.chars().all(is_han) {
            return self.documents_with(word);
        }
        let mut documents = 0;
        for shelf in &self.shelves {
            documents += shelf.keyword(shelf.fields.title_words, word)?.count();
            documents += shelf.keyword(shelf.fields.body_words, word)?.count();
        }
        Ok(documents)
    }
}

fn letters(word: &str) -> bool {
    word.len() > 1 && word.bytes().all(|b| b.is_ascii_lowercase())
}

/// A single Han character that is a word of its own: where slips often leave one.
fn is_lone(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(is_han) && chars.next().is_none()
}

/// The word of the lexicon that was most likely meant, and whether it sounds or looks the same; else it is one edit
/// away, which only longer words may be.
fn nearest(typed: &str, lexicon: &Lexicon) -> Option<(String, bool)> {
    let length = typed.chars().count();
    let mut best: Option<(f32, &Known, bool)> = None;
    for known in lexicon.neighbours(typed) {
        let same_length = known.text.chars().count() == length;
        let alike = same_length && slip_of_one(typed, &known.text);
        let near = alike
            || length >= 4
                && known.text.len().abs_diff(typed.len()) <= 3
                && strsim::osa_distance(typed, &known.text) == 1;
        let worth = lexicon.surprise(known) + if alike { 0.0 } else { 8.0 };
        if near && best.as_ref().is_none_or(|(least, _, _)| worth < *least) {
            best = Some((worth, known, alike));
        }
    }
    best.map(|(_, known, alike)| (known.text.to_string(), alike))
}

/// Whether two words of one length differ only in characters that sound or look alike, in less than half of them.
fn slip_of_one(typed: &str, known: &str) -> bool {
    let mut differing = 0;
    for (a, b) in typed.chars().zip(known.chars()) {
        if a == b {
            continue;
        }
        let heard = readings(b);
        if !look_alike(a, b) && !readings(a).iter().any(|reading| heard.contains(reading)) {
            return false;
        }
        differing += 1;
    }
    let length = typed.chars().count();
    differing > 0 && (2 * differing < length || length == 2 && differing == 1)
}

#[cfg(test)]
mod tests {
    use crate::search::testing::{Archive, document};
    use crate::search::{Note, Request};

    fn archive() -> Archive {
        let texts = ["烟花爆竹燃放", "住房公积金提取", "信息公开年报", "民法典释义", "候车室"];
        let documents = texts.iter().enumerate().flat_map(|(n, text)| {
            // Words of the text alone are known from three documents on.
            (0..3).map(move |copy| {
                document(&format!("{n}{copy}"), text, &format!("关于{text}的通知"))
            })
        });
        Archive::new(documents.collect())
    }

    fn notes(archive: &Archive, query: &str, widen: bool) -> (u64, Vec<Note>) {
        let request = Request { query: query.to_owned(), widen, ..Request::default() };
        let answer = archive.ask(&request).unwrap();
        (answer.total, answer.notes)
    }

    #[test]
    fn slips_are_corrected_openly() {
        let archive = archive();
        for (typed, said) in [
            ("烟花暴竹", "烟花暴竹 → 烟花爆竹"),
            ("gongjijin", "gongjijin → 公积金"),
            ("xxgknb", "xxgknb → 信息公开年报"),
        ] {
            let (total, notes) = notes(&archive, typed, true);
            assert_eq!(
                (total, notes),
                (3, vec![Note::Corrected(vec![said.to_owned()])]),
                "{typed}"
            );
        }
    }

    #[test]
    fn what_occurs_or_stands_in_quotes_is_left_alone() {
        let archive = archive();
        for typed in ["烟花爆竹", "公积金 提取", "\"烟花暴竹\"", "-烟花暴竹", "候车室 通知"]
        {
            let (_, notes) = notes(&archive, typed, true);
            let corrects = |note: &Note| matches!(note, Note::Corrected(_));
            assert!(!notes.iter().any(corrects), "{typed}: {notes:?}");
        }
        let (_, notes) = notes(&archive, "烟花暴竹", false);
        assert_eq!(notes, [Note::DidYouMean(vec!["烟花爆竹".to_owned()])]);
    }
}
