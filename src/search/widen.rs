//! Other ways to say what was typed: synonyms, other names of agencies and regions, years in other numerals.
//!
//! A word is widened where it stands, so AND, OR and NOT around it mean what they say; what stands in quotes or under a
//! negation is never widened, nor is anything in `strict` syntax.

use std::collections::HashMap;

use crate::search::plan::What;
use crate::text::{fold, is_han};

/// Reviewed words that stand for each other, ready to be looked up.
#[derive(Clone, Debug, Default)]
pub struct Synonyms {
    by_typed: HashMap<String, Vec<OtherWay>>,
    /// Characters of the longest word that is widened.
    longest: usize,
}

/// One other way to say a word.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherWay {
    /// What is looked for; several strings must stand in one document together.
    pub also: Vec<String>,
    /// What it counts beside the typed word, 0 to 1.
    pub weight: f32,
    /// First and last year in which it was said so; a question that names another year is not widened by it.
    pub years: (Option<i16>, Option<i16>),
}

impl OtherWay {
    fn was_said(&self, year: Option<i16>) -> bool {
        let (since, until) = self.years;
        year.is_none_or(|year| {
            since.is_none_or(|since| since <= year) && until.is_none_or(|until| year <= until)
        })
    }
}

/// A way as the plan holds it: all of these must stand in a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Way {
    pub(super) all: Vec<What>,
    pub(super) weight: f32,
}

impl Way {
    pub(super) fn of(strings: &[String], weight: f32) -> Self {
        Self { all: strings.iter().map(|text| what_of(text)).collect(), weight }
    }

    /// The way in words, for people.
    pub(super) fn name(&self) -> String {
        self.all.iter().map(What::name).collect::<Vec<_>>().join("+")
    }
}

/// A folded string as a leaf: letters and digits alone are whole tokens.
pub(super) fn what_of(folded: &str) -> What {
    if folded.chars().any(is_han) {
        What::Text { folded: folded.to_owned(), quoted: false }
    } else {
        What::Token(folded.to_owned())
    }
}

impl Synonyms {
    /// What is typed, and a way to say it otherwise; of two that look for the same, the first counts.
    pub fn new(pairs: impl IntoIterator<Item = (String, OtherWay)>) -> Self {
        let mut synonyms = Self::default();
        for (typed, mut way) in pairs {
            let typed = fold(&typed).text;
            way.also = way.also.iter().map(|text| fold(text).text).collect();
            let usable = |text: &String| text.chars().any(char::is_alphanumeric);
            if typed.is_empty() || !way.also.iter().all(usable) || way.also == [typed.clone()] {
                continue;
            }
            synonyms.longest = synonyms.longest.max(typed.chars().count());
            let ways = synonyms.by_typed.entry(typed).or_default();
            if !ways.iter().any(|known| known.also == way.also) {
                ways.push(way);
            }
        }
        synonyms
    }

    /// The known words of several characters inside a text, from left to right, the longest at each place: their first
    /// bytes and lengths.
    pub(super) fn words_in(&self, text: &str) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut from = 0;
        for (at, _) in text.char_indices() {
            if at < from {
                continue;
            }
            let ends = text[at..].char_indices().map(|(end, c)| end + c.len_utf8());
            let known = |end: &usize| self.by_typed.contains_key(&text[at..at + end]);
            if let Some(length) = ends.take(self.longest).skip(1).filter(known).last() {
                found.push((at, length));
                from = at + length;
            }
        }
        found
    }

    /// Of words side by side, how many of the first make up the longest one that is known, and its other ways; in a
    /// question that names a year, only those of that year.
    pub(super) fn longest(&self, words: &[&str], year: Option<i16>) -> Option<(usize, Vec<Way>)> {
        let mut joined = String::new();
        let mut found = None;
        for (count, word) in (1..).zip(words) {
            joined.push_str(word);
            if joined.chars().count() > self.longest {
                break;
            }
            if let Some(ways) = self.by_typed.get(&joined) {
                let said = ways.iter().filter(|way| way.was_said(year));
                let said: Vec<Way> = said.map(|way| Way::of(&way.also, way.weight)).collect();
                if !said.is_empty() {
                    found = Some((count, said));
                }
            }
        }
        found
    }
}

/// Han numerals that years are written in, by value; 零 is written for 〇.
const NUMERALS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

fn digit(c: char) -> Option<u16> {
    let c = if c == '零' { '〇' } else { c };
    NUMERALS.iter().position(|numeral| *numeral == c).and_then(|value| u16::try_from(value).ok())
}

/// Whether a character is a Han numeral of years.
pub(super) fn is_numeral(c: char) -> bool {
    digit(c).is_some()
}

/// The year that four Han numerals at the start of a text spell.
pub(super) fn spelled_year(text: &str) -> Option<i16> {
    let mut chars = text.chars();
    let year = chars.by_ref().take(4).try_fold(0, |year, c| Some(year * 10 + digit(c)?))?;
    let whole = text.chars().nth(3).is_some() && chars.next().and_then(digit).is_none();
    (whole && (1900..2100).contains(&year)).then(|| i16::try_from(year).ok()).flatten()
}

/// The year that a token is.
pub(super) fn year_of(token: &str) -> Option<i16> {
    let is_year = token.len() == 4 && token.bytes().all(|b| b.is_ascii_digit());
    token.parse().ok().filter(|year| is_year && (1900..2100).contains(year))
}

/// The other spellings of a year.
pub(super) fn spellings(year: i16, typed: &str) -> Vec<Way> {
    let digits = year.to_string();
    let numerals = |zero: char| -> String {
        let values = digits.chars().filter_map(|c| c.to_digit(10));
        let numeral = |value: u32| if value == 0 { zero } else { NUMERALS[value as usize] };
        values.map(numeral).collect()
    };
    let mut all = vec![digits.clone(), numerals('〇'), numerals('零')];
    all.dedup();
    all.retain(|spelling| spelling != typed);
    all.into_iter().map(|spelling| Way::of(&[spelling], 1.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(also: &str, years: (Option<i16>, Option<i16>)) -> OtherWay {
        OtherWay { also: vec![also.to_owned()], weight: 0.5, years }
    }

    #[test]
    fn the_longest_word_is_widened_by_what_its_year_knew() {
        let synonyms = Synonyms::new([
            ("公积金".to_owned(), way("住房公积金", (None, None))),
            ("環保局".to_owned(), way("生态环境局", (Some(2018), None))),
            ("电动车".to_owned(), way("電動自行車", (None, None))),
            ("电动车上牌".to_owned(), way("登记", (None, None))),
        ]);
        let names = |words: &[&str], year| {
            let (count, ways) = synonyms.longest(words, year)?;
            Some((count, ways.iter().map(Way::name).collect::<Vec<_>>().join(" ")))
        };
        assert_eq!(names(&["电动车", "上牌"], None), Some((2, "登记".to_owned())));
        assert_eq!(names(&["电动车", "号牌"], None), Some((1, "电动自行车".to_owned())));
        assert_eq!(names(&["环保局"], Some(2020)), Some((1, "生态环境局".to_owned())));
        assert_eq!(names(&["环保局"], Some(2010)), None);
        assert_eq!(names(&["积金"], None), None);
    }

    #[test]
    fn years_in_both_numerals() {
        assert_eq!(spelled_year("二〇一九年"), Some(2019));
        assert_eq!(spelled_year("一九七八"), Some(1978));
        assert_eq!((spelled_year("二三四五年"), spelled_year("二〇一九一")), (None, None));
        let shown = |year, typed| spellings(year, typed).iter().map(Way::name).collect::<Vec<_>>();
        assert_eq!(shown(2019, "2019"), ["二〇一九", "二零一九"]);
        assert_eq!(shown(1978, "一九七八"), ["1978"]);
        assert_eq!((year_of("2019"), year_of("19年"), year_of("3019")), (Some(2019), None, None));
    }
}
