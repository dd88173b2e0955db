//! What someone may be typing: document numbers, agencies, words and titles that go on from it.
//!
//! Typed may be characters, their pinyin in full, its first letters, or a mixture; with four letters or more, one of
//! them may be wrong. Words and agencies come from the lexicon; titles are found by the beginnings of their words.

use std::collections::BTreeSet;

use tantivy::{DocAddress, DocSet, TERMINATED, schema::IndexRecordOption};

use crate::analysis::{LONGEST_START, readings};
use crate::index::View;
use crate::model::DocumentId;
use crate::search::{
    clock::Clock,
    engine::id_at,
    lexicon::{Known, Lexicon},
    matching::internal,
    request::Refused,
};
use crate::text::{fold, is_han};

/// The longest beginning that is looked at, in characters.
const MOST_TYPED: usize = 40;
/// Words and agencies that are compared with what was typed, the most used first; fewer where a letter may be wrong.
const MOST_COMPARED: usize = 30_000;
const MOST_COMPARED_LOOSELY: usize = 5_000;
/// From so many letters on, one may be wrong.
const LETTERS_FOR_A_SLIP: usize = 4;
/// Terms and documents that are looked at for one beginning.
const MOST_TERMS: usize = 500;
const MOST_DOCUMENTS: usize = 2_000;
/// Suggestions of one kind, before titles fill what is left.
const MOST_AGENCIES: usize = 3;
const MOST_WORDS: usize = 4;
const MOST_NUMBERS: usize = 5;

/// Something that may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suggestion {
    /// A document number that a document bears.
    Number(String),
    /// An agency, by its plain name.
    Agency(String),
    /// A word that documents hold.
    Word(String),
    /// A document; its title is read where the document is.
    Document(DocumentId),
}

/// Suggests how to go on from what was typed, at most `size`; documents last.
pub(super) fn suggest(
    typed: &str,
    size: usize,
    view: &View,
    lexicon: &Lexicon,
    clock: &Clock,
) -> Result<Vec<Suggestion>, Refused> {
    let typed = fold(typed.trim()).text;
    let length = typed.chars().count();
    if length == 0 || length > MOST_TYPED {
        return Ok(Vec::new());
    }
    let mut all: Vec<Suggestion> = Vec::new();
    all.extend(numbers(&typed, view)?.into_iter().map(Suggestion::Number));
    let agencies = matching(&typed, &lexicon.agencies(&typed), MOST_AGENCIES);
    all.extend(agencies.iter().map(|agency| Suggestion::Agency(agency.text.to_string())));
    let words = matching(&typed, &lexicon.starting(&typed), MOST_WORDS);
    all.extend(words.iter().map(|word| Suggestion::Word(word.text.to_string())));
    all.truncate(size);
    let mut beginnings: Vec<String> = Vec::new();
    if typed.chars().any(is_han) && length > 1 && !typed.chars().any(|c| c.is_ascii_lowercase()) {
        beginnings.push(typed.clone());
    }
    if typed.is_ascii() && length > 1 {
        beginnings.extend(lexicon.spelled(&typed));
    }
    beginnings.extend(words.iter().map(|word| word.text.to_string()));
    let mut seen = BTreeSet::new();
    for beginning in beginnings {
        clock.check()?;
        let wanted = size.saturating_sub(all.len());
        let found = titles(&beginning, wanted, view, &mut seen)?;
        all.extend(found.into_iter().map(Suggestion::Document));
    }
    Ok(all)
}

/// The first words that what was typed may go on to; where there are none, those with one letter wrong.
fn matching<'a>(
    typed: &str,
    words: &(impl Iterator<Item = &'a Known> + Clone),
    most: usize,
) -> Vec<&'a Known> {
    let with = |slips: usize, compared: usize| -> Vec<&Known> {
        let fitting = words.clone().take(compared).filter(|word| fits(&word.text, typed, slips));
        fitting.take(most).collect()
    };
    let exact = with(0, MOST_COMPARED);
    let letters = typed.bytes().filter(u8::is_ascii_lowercase).count();
    if exact.is_empty() && letters >= LETTERS_FOR_A_SLIP {
        return with(1, MOST_COMPARED_LOOSELY);
    }
    exact
}

/// Whether a word may be what is being typed: character by character, each as itself, by the beginning of its pinyin,
/// or by its whole pinyin; so many letters may be wrong.
fn fits(word: &str, typed: &str, slips: usize) -> bool {
    let Some(first) = typed.chars().next() else { return true };
    let Some(c) = word.chars().next() else { return false };
    let rest = &word[c.len_utf8()..];
    if c == first {
        return fits(rest, &typed[first.len_utf8()..], slips);
    }
    first.is_ascii_lowercase()
        && readings(c).into_iter().any(|reading| sounds(reading, rest, typed, slips))
}

/// Whether what was typed goes on with a reading, or its first letter, and then the rest of a word.
fn sounds(reading: &str, rest: &str, typed: &str, slips: usize) -> bool {
    let after = |start: &str| typed.strip_prefix(start);
    if reading.starts_with(typed) {
        return true;
    }
    if after(reading).is_some_and(|next| fits(rest, next, slips)) {
        return true;
    }
    let initial: String = reading.chars().take(1).collect();
    if after(&initial).is_some_and(|next| fits(rest, next, slips)) {
        return true;
    }
    slips > 0 && misspelled(reading, typed).any(|next| fits(rest, next, slips - 1))
}

/// What follows a reading that was typed with one letter too few, too many or wrong.
fn misspelled<'t>(reading: &'t str, typed: &'t str) -> impl Iterator<Item = &'t str> {
    let length = reading.len();
    [length.saturating_sub(1), length, length + 1].into_iter().filter_map(move |taken| {
        let (start, next) = (typed.get(..taken)?, typed.get(taken..)?);
        let same_start = start.as_bytes().first() == reading.as_bytes().first();
        (taken > 1 && same_start && strsim::osa_distance(start, reading) == 1).then_some(next)
    })
}

/// Document numbers that begin as typed: brackets may be missing.
fn numbers(typed: &str, view: &View) -> Result<Vec<String>, Refused> {
    let Some(digits) = typed.find(|c: char| c.is_ascii_digit()) else { return Ok(Vec::new()) };
    let code = typed[..digits].trim_end_matches(['(', ' ']);
    let figures: Vec<&str> =
        typed[digits..].split(|c: char| !c.is_ascii_digit()).filter(|f| !f.is_empty()).collect();
    if code.is_empty() || !code.chars().all(is_han) {
        return Ok(Vec::new());
    }
    let (year, serial) = match figures[..] {
        [run] if run.len() > 4 => (&run[..4], &run[4..]),
        [year] => (year, ""),
        [year, serial, ..] => (year, serial),
        [] => return Ok(Vec::new()),
    };
    let closed = if serial.is_empty() && year.len() < 4 { "" } else { ")" };
    let start = format!("{code}({year}{closed}{serial}");
    let mut found = BTreeSet::new();
    for segment in view.searcher.segment_readers() {
        let index = segment.inverted_index(view.fields.number).map_err(internal)?;
        let mut terms =
            index.terms().range().ge(start.as_bytes()).into_stream().map_err(internal)?;
        let mut looked = 0;
        while looked < MOST_TERMS && terms.advance() && terms.key().starts_with(start.as_bytes()) {
            looked += 1;
            found.extend(
                std::str::from_utf8(terms.key())
                    .ok()
                    .map(|key| key.replace('(', "〔").replace(')', "〕")),
            );
        }
    }
    Ok(found.into_iter().take(MOST_NUMBERS).collect())
}

/// Documents whose title begins so from one of its words on, the newest first.
fn titles(
    beginning: &str,
    most: usize,
    view: &View,
    seen: &mut BTreeSet<DocumentId>,
) -> Result<Vec<DocumentId>, Refused> {
    let mut found = Vec::new();
    if most == 0 {
        return Ok(found);
    }
    let start: String = beginning.chars().take(LONGEST_START).collect();
    for (_, address) in beginning_with(&start, view)? {
        if found.len() == most {
            break;
        }
        let id = id_at(address, view)?;
        if seen.insert(id) {
            found.push(id);
        }
    }
    Ok(found)
}

/// The documents with such a start of their titles, as far as they are looked at, the newest first.
fn beginning_with(start: &str, view: &View) -> Result<Vec<(i64, DocAddress)>, Refused> {
    let mut documents: Vec<(i64, DocAddress)> = Vec::new();
    for (place, segment) in (0..).zip(view.searcher.segment_readers()) {
        let index = segment.inverted_index(view.fields.title_starts).map_err(internal)?;
        let days = segment.fast_fields().i64("day").map_err(internal)?;
        let range = index.terms().range().ge(start.as_bytes());
        let mut terms = range.into_stream().map_err(internal)?;
        let (mut looked, most) = (0, documents.len() + MOST_DOCUMENTS);
        while looked < MOST_TERMS
            && documents.len() < most
            && terms.advance()
            && terms.key().starts_with(start.as_bytes())
        {
            looked += 1;
            let list = index.read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic);
            let mut list = list.map_err(internal)?;
            while list.doc() != TERMINATED && documents.len() < most {
                if !segment.is_deleted(list.doc()) {
                    let day = days.first(list.doc()).unwrap_or(i64::MIN);
                    documents.push((day, DocAddress::new(place, list.doc())));
                }
                list.advance();
            }
        }
    }
    documents.sort_unstable_by_key(|(day, address)| (std::cmp::Reverse(*day), *address));
    documents.dedup();
    Ok(documents)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::testing::{Archive, document, with_facets, with_number};

    #[test]
    fn words_fit_by_characters_and_by_sound() {
        for (word, typed) in [
            ("公积金", "公"),
            ("公积金", "gongj"),
            ("公积金", "gjj"),
            ("公积金", "公jij"),
            ("公积金", "gong积"),
            ("重庆", "chongq"),
            ("银行", "yinh"),
        ] {
            assert!(fits(word, typed, 0), "{word} {typed}");
        }
        for (word, typed) in [("公积金", "积"), ("公积金", "gongjk"), ("公积金", "公积金a")]
        {
            assert!(!fits(word, typed, 0), "{word} {typed}");
        }
        assert!(fits("公积金", "gonjijin", 1) && fits("公积金", "gongjjjin", 1));
        assert!(!fits("公积金", "gangjajin", 1));
    }

    #[test]
    fn what_is_typed_goes_on() {
        let mut documents = Vec::new();
        for n in 0..3 {
            let title = format!("灵洲市住房公积金提取办法之{n}");
            let one = with_facets(
                document(&format!("{n}"), &title, "住房公积金"),
                "policy",
                "2020-01-02",
                "灵洲市教育局",
            );
            documents.push(with_number(one, &format!("灵政发〔2020〕{n}号")));
        }
        let archive = Archive::new(documents);
        let suggested = |typed: &str| archive.engine.suggest(typed, 10).unwrap();
        let documents = |typed: &str| {
            let is = |one: &Suggestion| matches!(one, Suggestion::Document(_));
            suggested(typed).iter().filter(|one| is(one)).count()
        };
        for typed in ["灵洲市住", "住房公积", "提取办", "gongjijin", "gjj", "tiqu"] {
            assert_eq!(documents(typed), 3, "{typed}: {:?}", suggested(typed));
        }
        assert!(suggested("灵洲市教").contains(&Suggestion::Agency("灵洲市教育局".to_owned())));
        assert!(suggested("lzsjyj").contains(&Suggestion::Agency("灵洲市教育局".to_owned())));
        assert!(
            suggested("灵政发2020").contains(&Suggestion::Number("灵政发〔2020〕1号".to_owned()))
        );
        assert!(suggested("gonjijin").contains(&Suggestion::Word("公积金".to_owned())));
        assert_eq!(suggested("  "), []);
    }
}
