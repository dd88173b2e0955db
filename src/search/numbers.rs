//! Document numbers as people type them: any bracket, lost brackets, missing year, full width, blanks between.
//!
//! What is printed on a page is read by [`crate::model::spot_numbers`]; a question may be sloppier than a page, so
//! it has this grammar of its own. Both end in the same normal form.

use std::{fmt, ops::Range, sync::LazyLock};

use regex::{Captures, Regex};
use unicode_normalization::UnicodeNormalization;

use crate::model::{DocNumber, NumberYear, spot_numbers};
use crate::text::{fold, is_han};

/// A document number that is asked for; what was not typed is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WantedNumber {
    /// Agency code (机关代字), for orders with its closing 令; `None` for a lone `〔2018〕44号`.
    pub(super) code: Option<String>,
    /// The year; `None` when it was not typed, and for orders.
    pub(super) year: Option<NumberYear>,
    /// The serial without leading zeros; `None` for a lone code.
    pub(super) serial: Option<String>,
    /// Typed without bracket and without 号, so that it may be no number at all.
    pub(super) doubtful: bool,
}

impl WantedNumber {
    /// Whether it is the number of an order (令), which has no year.
    pub(super) fn is_order(&self) -> bool {
        self.code.as_ref().is_some_and(|code| code.ends_with('令'))
    }

    /// Whether a whole number is meant by this one.
    pub(super) fn means(&self, number: &DocNumber) -> bool {
        self.serial.as_ref().is_none_or(|serial| *serial == number.serial)
            && (self.year.is_none() || self.year == number.year)
            && self.code.as_ref().is_none_or(|code| self.means_code(code, &number.code))
    }

    /// Codes are equal in any script, or, for orders, one is the other with the name of the state before it.
    fn means_code(&self, wanted: &str, code: &str) -> bool {
        let (wanted, code) = (fold(wanted).text, fold(code).text);
        wanted == code || (self.is_order() && code.ends_with(&wanted))
    }
}

impl fmt::Display for WantedNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_deref().unwrap_or_default())?;
        match self.year {
            Some(NumberYear::Known(year)) => write!(f, "〔{year}〕")?,
            Some(NumberYear::Masked) => f.write_str("〔XX〕")?,
            None if self.is_order() => f.write_str("第")?,
            None => {}
        }
        match &self.serial {
            Some(serial) => write!(f, "{serial}号"),
            None => Ok(()),
        }
    }
}

/// A number found in a question, and where, in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) wanted: WantedNumber,
    pub(super) span: Range<usize>,
}

/// The forms, strongest first; each is tried on what the ones before it left over.
static FORMS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let code = r"(?<code>(?:\p{Han} ?){1,20})";
    let serial = r"第? ?(?<serial>[0-9]{1,5}|[Xx×]{1,4})";
    let end = r"(?: ?(?<mark>号)(?:文件|文)?)?";
    [
        // 国办发〔2013〕73号, 国函(2018)159, 〔2018〕44号
        format!(
            r"{code}?(?<open>[\(〔]) ?(?<year>[0-9]{{4}}|[Xx×*]{{2,4}}|[〇零一二三四五六七八九]{{4}}) ?年? ?\) ?{serial}{end}"
        ),
        // 国务院令第711号, 政府令 5号
        format!(r"(?<code>\p{{Han}}{{0,19}}令) ?\(? ?{serial}{end}"),
        // 国务院第711号令
        r"(?<code>\p{Han}{0,19}) ?第 ?(?<serial>[0-9]{1,5}) ?(?<mark>号)令".to_owned(),
        // 国办发2019年第4号, 国发2019 4号, 国科发火2016-32
        format!(r"{code}(?<year>(?:19|20)[0-9]{{2}})(?<part> ?[年 -] ?)?{serial}{end}"),
        // 国办发73号
        format!(r"{code}{serial}{end}"),
        // 国办发〔2013 73号, 国办发2013〕73号: one of the brackets is lost
        format!(r"{code}[\(〔] ?(?<year>(?:19|20)[0-9]{{2}}) ?年? ?{serial}{end}"),
        format!(r"{code}(?<year>(?:19|20)[0-9]{{2}}) ?年? ?\) ?{serial}{end}"),
    ]
    .iter()
    .filter_map(|form| Regex::new(form).ok())
    .collect()
});

/// The place of the form 国务院第711号令 among [`FORMS`].
const ORDER_WITH_ITS_WORD_LAST: usize = 2;
/// Last characters of the codes of document series; a form without bracket is believed only after one of them.
const SERIES: &str = "发函字办规秘电通税令";
/// What a number without a year counts when it stands before one of these: houses and lines.
const NOT_AFTER: &str = "线楼院路门车室机井站区地";

/// The numbers in a part of a question, in order and without overlap; offsets are characters of `typed`.
pub(super) fn spot(typed: &[char]) -> Vec<Spot> {
    let mut plain: Vec<char> = typed.iter().map(|&c| plain_form(c)).collect();
    let mut spots: Vec<Spot> = Vec::new();
    for (form, pattern) in FORMS.iter().enumerate() {
        let text: String = plain.iter().collect();
        for found in pattern.captures_iter(&text) {
            if let Some(spot) = read(form, &found, &plain) {
                plain[spot.span.clone()].fill('\n');
                spots.push(spot);
            }
        }
    }
    spots.sort_by_key(|spot| spot.span.start);
    spots
}

/// A whole question that is one part of a number: the code of a series, such as 国办公开办函, or a serial, such as 73号.
pub(super) fn lone(typed: &[char]) -> Option<WantedNumber> {
    let text: String = typed.iter().map(|&c| plain_form(c)).collect();
    let text = text.trim();
    let code = fold(text).text;
    if code.chars().count() > 2 && code.chars().all(is_han) && is_series(&code) {
        return Some(WantedNumber { code: Some(code), year: None, serial: None, doubtful: false });
    }
    let text = text.trim_end_matches("文件").trim_end_matches('文');
    serial(text.strip_suffix('号')?)
}

/// What is meant where a number is asked for by name: a number in any spelling, a code, or a serial.
pub(super) fn named(typed: &str) -> Option<WantedNumber> {
    let chars: Vec<char> = typed.chars().collect();
    if let Some(spot) = spot(&chars).into_iter().next() {
        return Some(WantedNumber { doubtful: false, ..spot.wanted });
    }
    let text: String = chars.iter().map(|&c| plain_form(c)).collect();
    let text = text.trim();
    let code = fold(text).text;
    let is_code = (2..=20).contains(&code.chars().count()) && code.chars().all(is_han);
    if is_code {
        return Some(WantedNumber { code: Some(code), year: None, serial: None, doubtful: false });
    }
    serial(text.trim_end_matches('号'))
}

fn serial(text: &str) -> Option<WantedNumber> {
    let digits = text.trim_start_matches('第').trim();
    let fits = (1..=5).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let serial = Some(digits.trim_start_matches('0')).filter(|serial| !serial.is_empty())?;
    let serial = Some(serial.to_owned());
    fits.then_some(WantedNumber { code: None, year: None, serial, doubtful: false })
}

/// One character for one: half width, one kind of bracket and dash. `〔` stays apart from `(`, which may group words.
fn plain_form(c: char) -> char {
    let mut folded = c.nfkc();
    let one = match (folded.next(), folded.next()) {
        (Some(one), None) => one,
        _ => c,
    };
    match one {
        '[' | '【' | '〖' | '❲' | '〔' | '<' | '{' => '〔',
        ']' | '】' | '〗' | '❳' | '〕' | '>' | '}' => ')',
        '–' | '—' | '－' => '-',
        '○' | '◯' => '〇',
        '\t' | '\u{3000}' | '\u{a0}' => ' ',
        other => other,
    }
}

fn read(form: usize, found: &Captures<'_>, plain: &[char]) -> Option<Spot> {
    let whole = found.get(0)?;
    let end = chars_before(plain, whole.end());
    let run = found.name("code").map_or("", |run| run.as_str());
    let (typed_code, skipped) = match found.name("open") {
        Some(_) if run.ends_with(' ') && stands_apart(run) => (String::new(), 0),
        _ => agency_code(run),
    };
    let marked = found.name("mark").is_some();
    let next = plain.get(end).copied().unwrap_or(' ');
    if next.is_ascii_digit() || !believed(form, found, &typed_code, marked, next) {
        return None;
    }
    let tail = if form == ORDER_WITH_ITS_WORD_LAST { "令" } else { "" };
    let year = found.name("year").map(|year| year.as_str());
    let number = normal(&format!("{typed_code}{tail}"), year, found.name("serial")?.as_str())?;
    let prose = (typed_code.chars().count() + tail.chars().count())
        .saturating_sub(number.code.chars().count());
    let begin = match found.name("open") {
        Some(open) if typed_code.is_empty() => chars_before(plain, open.start()),
        _ => chars_before(plain, whole.start()) + skipped + prose,
    };
    let wanted = WantedNumber {
        code: Some(number.code).filter(|code| !code.is_empty()),
        year: number.year,
        serial: Some(number.serial),
        doubtful: found.name("open").is_none() && !marked,
    };
    Some(Spot { wanted, span: begin..end })
}

/// Whether a form says enough to be a number and not words beside digits.
fn believed(form: usize, found: &Captures<'_>, code: &str, marked: bool, next: char) -> bool {
    let series = || is_series(code);
    match form {
        0 if code.is_empty() => marked || found.name("open").is_some_and(|o| o.as_str() == "〔"),
        0 => code.chars().count() > 1,
        1 => marked,
        2 => true,
        3 => match found.name("part") {
            Some(_) => (marked && code.chars().count() > 1) || series(),
            None => marked && series(),
        },
        4 => marked && series() && !NOT_AFTER.contains(next),
        _ => series(),
    }
}

/// Whether the last word before a bracket, with a blank between, is another word of the question and no code.
fn stands_apart(run: &str) -> bool {
    let (code, _) = agency_code(run);
    run.trim_end().ends_with(&code) && !is_series(&code)
}

/// Whether a code ends as the codes of document series do.
fn is_series(code: &str) -> bool {
    let tail: Vec<char> = code.chars().rev().take(3).collect();
    (2..=10).contains(&code.chars().count())
        && (tail.first().is_some_and(|&last| SERIES.contains(last))
            || tail.contains(&'发')
            || code.ends_with("公告")
            || code.ends_with("通告"))
}

/// The code in what stands before a number: its last word, or the characters of one that was typed with blanks
/// between them; and how many characters before it are left over.
fn agency_code(run: &str) -> (String, usize) {
    let run = run.trim_end().trim_end_matches('第').trim_end();
    let mut words: Vec<&str> = run.split(' ').collect();
    let Some(last) = words.pop() else { return (String::new(), 0) };
    let mut code = last.to_owned();
    if last.chars().count() == 1 {
        while let Some(word) = words.last().filter(|word| word.chars().count() == 1) {
            code.insert_str(0, word);
            words.pop();
        }
    }
    let skipped = words.iter().map(|word| word.chars().count() + 1).sum();
    (code, skipped)
}

/// Normal form of what was typed, by the grammar of printed numbers: prose before the code is cut off.
fn normal(code: &str, year: Option<&str>, serial: &str) -> Option<DocNumber> {
    let short = code.chars().count() < 2;
    let known = if short { "某某" } else { code };
    let mut number = match year {
        None if known.ends_with('令') => spot_numbers(&format!("{known}第{serial}号")),
        _ => spot_numbers(&format!("{known}〔{}〕{serial}号", year.unwrap_or("2000"))),
    }
    .pop()?
    .number;
    if year.is_none() {
        number.year = None;
    }
    number.code = fold(&number.code).text;
    if short {
        code.clone_into(&mut number.code);
    }
    Some(number)
}

fn chars_before(plain: &[char], byte: usize) -> usize {
    let mut bytes = 0;
    plain
        .iter()
        .take_while(|c| {
            let before = bytes < byte;
            bytes += c.len_utf8();
            before
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads `tests/scenarios/numbers.tsv`: what is typed, and what is found in it, joined by ` + `.
    #[test]
    fn every_spelling_is_read() {
        let mut wrong = Vec::new();
        let table = include_str!("../../tests/scenarios/numbers.tsv");
        for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (typed, want) = line.split_once('\t').unwrap();
            let chars: Vec<char> = typed.chars().collect();
            let found: Vec<String> =
                spot(&chars).iter().map(|spot| spot.wanted.to_string()).collect();
            let found = if found.is_empty() { "-".to_owned() } else { found.join(" + ") };
            if found != want {
                wrong.push(format!("{typed}: found {found}, want {want}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn a_part_of_a_number_alone_is_seen() {
        let lone = |typed: &str| {
            let chars: Vec<char> = typed.chars().collect();
            lone(&chars).map(|wanted| wanted.to_string())
        };
        assert_eq!(lone("国办公开办函").as_deref(), Some("国办公开办函"));
        assert_eq!(lone(" 國辦發 ").as_deref(), Some("国办发"));
        assert_eq!(lone("第７３号文件").as_deref(), Some("73号"));
        for not in ["开发", "73号 通知", "73", "“国办公开办函”", "第0号", "政务公开"]
        {
            assert_eq!(lone(not), None, "{not}");
        }
    }

    #[test]
    fn only_the_number_is_taken_from_the_question() {
        let rest = |typed: &str| {
            let chars: Vec<char> = typed.chars().collect();
            let span = spot(&chars)[0].span.clone();
            (chars[..span.start].iter().collect(), chars[span.end..].iter().collect())
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(rest("贯彻国办发2013 73号 情况"), pair("贯彻", " 情况"));
        assert_eq!(rest("年报 国 办 函 〔 2004 〕 57 号"), pair("年报 ", ""));
        assert_eq!(rest("青岚市 〔2018〕44号文件"), pair("青岚市 ", ""));
        assert_eq!(rest("灵洲市 灵政发（2018）4号"), pair("灵洲市 ", ""));
    }

    #[test]
    fn a_number_is_never_taken_for_one_with_a_longer_code() {
        let wanted = |typed: &str| spot(&typed.chars().collect::<Vec<_>>())[0].wanted.clone();
        let number = |text: &str| DocNumber::parse(text).unwrap();
        assert!(wanted("国办发[2019]60").means(&number("国办发〔2019〕60号")));
        assert!(!wanted("国办函〔2019〕60号").means(&number("国办公开办函〔2019〕60号")));
        assert!(!wanted("政办发〔2019〕6号").means(&number("灵政办发〔2019〕6号")));
        assert!(!wanted("国办发〔2019〕6号").means(&number("国办发〔2019〕60号")));
        assert!(wanted("国办发60号").means(&number("国办发〔2019〕60号")));
        assert!(wanted("〔2019〕60号").means(&number("国办发〔2019〕60号")));
        assert!(wanted("国务院令711号").means(&number("中华人民共和国国务院令第711号")));
        assert!(!wanted("政府令第7号").means(&number("灵洲市政府令第17号")));
    }
}
