//! Document numbers (文号): one grammar for texts, metadata boxes and questions.
//!
//! The form is set by GB/T 9704-2012: agency code (机关代字), year in tortoise-shell brackets, serial, 号. What is
//! printed differs in every part; what is kept here does not.

use std::{fmt, ops::Range, sync::LazyLock};

use regex::{Captures, Regex};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// A document number in its normal form, such as `国办发〔2013〕73号` or `国务院令第711号`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DocNumber {
    /// Agency code without blanks; for orders and numbered notices with its closing 令 or 公告, and with the year that
    /// stands there without brackets, as in `卫生部令1992年`.
    pub code: String,
    /// The year in brackets; orders have none.
    pub year: Option<NumberYear>,
    /// The serial without leading zeros; `X` where it is masked.
    pub serial: String,
}

/// The year inside a document number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NumberYear {
    /// As printed.
    Known(u16),
    /// Printed as `XX` or `××`: template material.
    Masked,
}

/// A number found in running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpottedNumber {
    /// The number.
    pub number: DocNumber,
    /// Where it stands, in bytes of the text that was searched.
    pub span: Range<usize>,
}

const YEAR: &str = r"(?<year>[0-9０-９]{4}|[XxＸｘ×*＊]{2,4}|[〇○零一二三四五六七八九]{4})";
const SERIAL: &str = r"(?<serial>[0-9０-９]{1,5}|[XxＸｘ×]{1,4})";

static BRACKETED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&bracketed()).ok());
static ORDER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&order()).ok());
static BRACKETED_FIRST: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!("^{}", bracketed())).ok());
static ORDER_FIRST: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!("^{}", order())).ok());

// A code may begin at every character of a Chinese text, which makes these slow to look for: the ends are found first.
static BRACKETED_END: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(&bracketed_end()).ok());
static ORDER_END: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(r"(?:令|公告)(?:\s*[0-9]{{4}}\s*年)?{}", order_end())).ok()
});

fn bracketed() -> String {
    format!(r"(?<code>(?:\p{{Han}}[ \u{{3000}}\u{{a0}}]?){{2,20}}){}", bracketed_end())
}

fn bracketed_end() -> String {
    let (open, close) = (r"[〔［\[（(【〖﹝❲<{]", r"[〕］\]）)】〗﹞❳>}]");
    format!(r"{open}\s*{YEAR}\s*年?\s*{close}\s*第?\s*{SERIAL}\s*号")
}

fn order() -> String {
    let code = r"(?<code>\p{Han}{1,20}(?:令|(?:令|公告)\s*[0-9]{4}\s*年))";
    format!("{code}{}", order_end())
}

fn order_end() -> String {
    format!(r"\s*[（(〔\[]?\s*第\s*{SERIAL}\s*号")
}

/// The longest code with its blanks, in characters.
const LONGEST_RUN: usize = 40;

impl DocNumber {
    /// Reads a text that is a document number and nothing else, in any spelling with brackets.
    ///
    /// Blanks, brackets around the whole and a missing 号 at the end are let pass.
    pub fn parse(text: &str) -> Option<Self> {
        let edge = |c: char| c.is_whitespace() || "（()）【】".contains(c);
        let text = text.trim().trim_start_matches(edge);
        let closed = format!("{}号", text.trim_end_matches(|c| edge(c) || c == '号'));
        let (number, end) = Self::leading(&closed)?;
        (end == closed.len()).then_some(number)
    }

    /// Reads the number that a text begins with, and where it ends, in bytes.
    ///
    /// The code is taken as it stands: nothing is cut off, so words such as 根据 before it mean that there is none.
    pub fn leading(text: &str) -> Option<(Self, usize)> {
        let first = |pattern: &'static LazyLock<Option<Regex>>| {
            let found = pattern.as_ref()?.captures(text)?;
            let (whole, code) = (found.get(0)?, found.name("code")?);
            let is_code = !starts_like_prose(code.as_str())
                && words_before_code(without_year(code.as_str())) == 0;
            let number = is_code.then(|| number_of(&found, code.as_str())).flatten()?;
            (number.code.chars().count() <= LONGEST_CODE || number.is_order())
                .then_some((number, whole.end()))
        };
        first(&BRACKETED_FIRST).or_else(|| first(&ORDER_FIRST))
    }

    /// Whether it numbers an order (令) or a notice (公告) and no document of a series with years in brackets.
    pub fn is_order(&self) -> bool {
        self.year.is_none()
    }

    /// The serial as a number; `None` where it is masked.
    pub fn serial_number(&self) -> Option<u32> {
        self.serial.parse().ok()
    }
}

/// The longest agency code that is believed, in characters.
const LONGEST_CODE: usize = 12;

fn starts_like_prose(code: &str) -> bool {
    BEFORE_CODE.iter().any(|word| word.chars().count() > 1 && code.starts_with(word))
}

impl fmt::Display for DocNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.year {
            Some(NumberYear::Known(year)) => write!(f, "{}〔{year}〕{}号", self.code, self.serial),
            Some(NumberYear::Masked) => write!(f, "{}〔XX〕{}号", self.code, self.serial),
            None => write!(f, "{}第{}号", self.code, self.serial),
        }
    }
}

/// Every document number in a text, in order; prose that sticks to an agency code is cut off.
pub fn spot_numbers(text: &str) -> Vec<SpottedNumber> {
    let mut all = Vec::new();
    for (whole, end) in [(&BRACKETED, &BRACKETED_END), (&ORDER, &ORDER_END)] {
        if let (Some(whole), Some(end)) = (whole.as_ref(), end.as_ref()) {
            all.extend(each_of(whole, end, text).filter_map(|(from, found)| spotted(from, &found)));
        }
    }
    all.sort_by_key(|spot| spot.span.start);
    all
}

/// What a pattern finds in a text, one after the other, each with the place that its offsets count from; `end` finds
/// what every match ends with.
fn each_of<'t>(
    whole: &'t Regex,
    end: &'t Regex,
    text: &'t str,
) -> impl Iterator<Item = (usize, Captures<'t>)> {
    let mut done = 0;
    end.find_iter(text).filter_map(move |end| {
        let mut before = text[..end.start()].char_indices().rev();
        let from = before.nth(LONGEST_RUN - 1).map_or(0, |(at, _)| at).max(done);
        let found = whole.captures(&text[from..end.end()])?;
        done = from + found.get(0)?.end();
        Some((from, found))
    })
}

/// The number in a match; `from`: where the text begins that was searched.
fn spotted(from: usize, found: &Captures<'_>) -> Option<SpottedNumber> {
    let (whole, code) = (found.get(0)?, found.name("code")?);
    let start = code.start() + prose_before_code(without_year(code.as_str()));
    let number = number_of(found, &code.as_str()[start - code.start()..])?;
    Some(SpottedNumber { number, span: from + start..from + whole.end() })
}

/// The code of an order without the year that stands behind it.
fn without_year(code: &str) -> &str {
    code.trim_end_matches(|c: char| !c.is_alphabetic() || c == '年')
}

fn number_of(found: &Captures<'_>, code: &str) -> Option<DocNumber> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let year = found.name("year").map(|year| year_of(year.as_str()));
    let serial = serial_of(found.name("serial")?.as_str());
    (code.chars().count() > 1).then_some(DocNumber { code, year, serial })
}

fn year_of(text: &str) -> NumberYear {
    let digit = |c: char| {
        "〇一二三四五六七八九".chars().position(|d| d == c).or(match c {
            '零' | '○' => Some(0),
            _ => c.to_digit(10).map(|d| d as usize),
        })
    };
    let digits: Option<Vec<usize>> = text.nfkc().map(digit).collect();
    digits
        .and_then(|digits| u16::try_from(digits.iter().fold(0, |year, d| year * 10 + d)).ok())
        .map_or(NumberYear::Masked, NumberYear::Known)
}

fn serial_of(text: &str) -> String {
    let plain: String = text.nfkc().collect();
    if plain.bytes().all(|b| b.is_ascii_digit()) {
        let bare = plain.trim_start_matches('0');
        return if bare.is_empty() { "0".to_owned() } else { bare.to_owned() };
    }
    "X".to_owned()
}

/// The words that end where an agency code begins.
const BEFORE_CODE: [&str; 24] = [
    "关于印发",
    "关于转发",
    "贯彻落实",
    "贯彻执行",
    "印发",
    "转发",
    "落实",
    "贯彻",
    "执行",
    "根据",
    "依据",
    "按照",
    "遵照",
    "关于",
    "以及",
    "和",
    "及",
    "与",
    "据",
    "照",
    "按",
    "由",
    "的",
    "以",
];

/// Bytes of prose that stick to the front of an agency code.
fn prose_before_code(run: &str) -> usize {
    let after_word = BEFORE_CODE
        .iter()
        .filter_map(|word| run.rfind(word).map(|at| at + word.len()))
        .filter(|&end| !run[..end].ends_with("共和"))
        .filter(|&end| run[end..].chars().filter(|c| !c.is_whitespace()).count() > 1)
        .max()
        .unwrap_or(0);
    let after_word = after_word + words_before_code(&run[after_word..]);
    let after_word = after_word + agency_before_code(&run[after_word..]);
    let rest = &run[after_word..];
    let excess = rest.chars().filter(|c| !c.is_whitespace()).count().saturating_sub(LONGEST_CODE);
    let mut kept = rest.char_indices().filter(|(_, c)| !c.is_whitespace());
    after_word + kept.nth(excess).map_or(0, |(at, _)| at)
}

/// What names of agencies end with that hardly ever stand inside an agency code.
const AGENCY_ENDINGS: [&str; 5] = ["委员会", "人民政府", "办公室", "办公厅", "局"];

/// Bytes of the name of an agency that sticks to its code, as in 县水利局青水〔2021〕7号.
fn agency_before_code(run: &str) -> usize {
    let ends =
        AGENCY_ENDINGS.iter().filter_map(|ending| run.rfind(ending).map(|at| at + ending.len()));
    let leaves_a_code = |end: &usize| {
        let (name, code) = run.split_at(*end);
        name.chars().count() > 2
            && code.chars().filter(|c| !c.is_whitespace()).count() > 1
            && !code.trim_start().starts_with(['发', '函', '办', '公', '令', '通', '规', '字'])
    };
    ends.filter(leaves_a_code).max().unwrap_or(0)
}

/// Bytes of the words before the last blank, unless the characters of the code itself are spaced out.
fn words_before_code(run: &str) -> usize {
    let words: Vec<&str> = run.split_whitespace().collect();
    let spaced_out = words.iter().filter(|word| word.chars().count() == 1).count() > 1;
    match words.last() {
        Some(last) if words.len() > 1 && !spaced_out && last.chars().count() > 1 => {
            run.rfind(last).unwrap_or(0)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_spelling_has_one_normal_form() {
        for text in [
            "国办发〔2013〕73号",
            "国办发[2013]73号",
            "国办发（２０１３）第073号",
            "国 办 发 〔 2013 〕 73 号",
            "国办发【二〇一三】73号",
        ] {
            assert_eq!(
                DocNumber::parse(text).map(|n| n.to_string()).as_deref(),
                Some("国办发〔2013〕73号"),
                "{text}"
            );
        }
        assert_eq!(
            DocNumber::parse("中华人民共和国国务院令第711号").unwrap().to_string(),
            "中华人民共和国国务院令第711号"
        );
        assert_eq!(DocNumber::parse("儋委办发〔XX〕67号").unwrap().year, Some(NumberYear::Masked));
        for (text, normal) in [
            ("（灵政办发〔2020〕5号）", "灵政办发〔2020〕5号"),
            ("和政办〔2020〕5号", "和政办〔2020〕5号"),
            ("灵政办发〔2020〕5", "灵政办发〔2020〕5号"),
            ("国令第707号", "国令第707号"),
            ("灵洲市水利局令 2001年第24号", "灵洲市水利局令2001年第24号"),
            ("灵洲市水利局公告2020年第5号", "灵洲市水利局公告2020年第5号"),
        ] {
            assert_eq!(DocNumber::parse(text).unwrap().to_string(), normal);
        }
        for not in ["2013年73号", "无", "", "根据国发〔2013〕7号", "国发〔2013〕7号文件"]
        {
            assert_eq!(DocNumber::parse(not), None, "{not}");
        }
    }

    #[test]
    fn prose_does_not_stick_to_the_code() {
        let text = "二是分解落实国办发〔2013〕100号和浙政办发〔2020〕20号。";
        let numbers: Vec<String> =
            spot_numbers(text).iter().map(|s| s.number.to_string()).collect();
        assert_eq!(numbers, ["国办发〔2013〕100号", "浙政办发〔2020〕20号"]);
        let after_title = spot_numbers("关于加强防汛工作的意见 灵政发〔2020〕3号");
        assert_eq!(after_title[0].number.to_string(), "灵政发〔2020〕3号");
        let spot = &spot_numbers(text)[0];
        assert_eq!(&text[spot.span.clone()], "国办发〔2013〕100号");

        let after_agency = spot_numbers("和县水利局青水〔2021〕7号、国市监局发〔2021〕8号文件");
        assert_eq!(after_agency[0].number.to_string(), "青水〔2021〕7号");
        assert_eq!(after_agency[1].number.to_string(), "国市监局发〔2021〕8号");
        let order = spot_numbers("根据灵洲市水利局令2001年第24号和灵洲市水利局公告2020年第5号");
        assert_eq!(order[0].number.to_string(), "灵洲市水利局令2001年第24号");
        assert_eq!(order[1].number.to_string(), "灵洲市水利局公告2020年第5号");

        let spaced = "灵 洲 市 发 展 和 改革委员会财政部农业农村部商务部联合令第12号";
        assert_eq!(spot_numbers(spaced).len(), 1, "cut between characters");
    }

    proptest! {
        /// What is found from the ends is what the plain, slow patterns find.
        #[test]
        fn numbers_found_from_their_ends_are_those_of_the_patterns(
            parts in prop::collection::vec(prop::sample::select(vec![
                "国办发", "灵", "政 办 发", "国务院令", "令", "公告", "〔2020〕", "（2019）", "(二〇一三)", "〔", "2001年",
                "2013", "〕", "第", "5", "号", "7号", "第24号", " ", "　", "\n", "，", "x", "根据", "人民政府办公室",
            ]), 0..24),
        ) {
            let text = parts.concat();
            for (whole, end) in [(&BRACKETED, &BRACKETED_END), (&ORDER, &ORDER_END)] {
                let (whole, end) = (whole.as_ref().unwrap(), end.as_ref().unwrap());
                let plain: Vec<_> = whole.find_iter(&text).map(|found| found.range()).collect();
                let place = |(from, found): (usize, Captures<'_>)| {
                    let found = found.get(0).unwrap();
                    from + found.start()..from + found.end()
                };
                prop_assert_eq!(each_of(whole, end, &text).map(place).collect::<Vec<_>>(), plain);
            }
        }
    }
}
