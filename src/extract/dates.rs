//! Dates as pages print them: digits or Chinese numerals, any dash, a day or only a month or a year.

use std::{ops::Range, sync::LazyLock};

use regex::{Captures, Regex};

use crate::model::PublicDate;

/// A date in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SpottedDate {
    pub(super) date: PublicDate,
    /// Where it stands, in bytes.
    pub(super) span: Range<usize>,
}

static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let digit = "[0-9０-９]";
    let zero = "〇○◯零ＯOoО０0";
    let dash = r"[-－—–―─━/／.．]+";
    let numeric = format!(
        r"(?<y>{digit}{{4}})\s*(?:年|{dash})\s*(?<m>{digit}{{1,2}})\s*(?:(?:月|{dash})\s*(?<d>{digit}{{1,2}})(?:\s*日)?|月)"
    );
    let chinese = format!(
        r"(?<cy>[{zero}一二三四五六七八九壹贰叁肆伍陆柒捌玖]{{4}})\s*年\s*(?<cm>[元正一二三四五六七八九十]{{1,2}})\s*月\s*(?:(?<cd>[一二三四五六七八九十廿卅]{{1,3}})\s*日)?"
    );
    let year = format!(r"(?<only>{digit}{{4}})\s*年");
    Regex::new(&format!("{numeric}|{chinese}|{year}")).ok()
});

/// The dates of a text, in order; impossible ones are left out.
pub(super) fn spot(text: &str) -> impl Iterator<Item = SpottedDate> {
    DATE.as_ref().into_iter().flat_map(|regex| regex.captures_iter(text)).filter_map(|found| {
        let span = found.get(0)?.range();
        // A longer number is no year.
        let before = text[..span.start].chars().next_back();
        if before.is_some_and(|c| c.is_ascii_digit()) {
            return None;
        }
        Some(SpottedDate { date: read(&found)?, span })
    })
}

/// The first date of a text.
pub(super) fn first(text: &str) -> Option<PublicDate> {
    spot(text).next().map(|spotted| spotted.date)
}

/// The date of a text that is nothing but a date, perhaps with a time of day or in brackets.
pub(super) fn alone(text: &str) -> Option<PublicDate> {
    let spotted = spot(text).next()?;
    let rest = |part: &str| {
        part.chars()
            .all(|c| c.is_ascii_digit() || c.is_whitespace() || ":：（）()[]【】".contains(c))
    };
    let (before, after) = (&text[..spotted.span.start], &text[spotted.span.end..]);
    (rest(before) && rest(after) && after.len() < 20).then_some(spotted.date)
}

fn read(found: &Captures<'_>) -> Option<PublicDate> {
    let digits = |name: &str| found.name(name).and_then(|part| number(part.as_str()));
    if let Some(year) = digits("y") {
        let day = found.name("d").map(|_| digits("d"));
        return date(year, Some(digits("m")?), day.flatten());
    }
    if let Some(year) = found.name("cy") {
        let year = year.as_str().chars().try_fold(0, |year, c| Some(year * 10 + digit(c)?))?;
        let month = numeral(found.name("cm")?.as_str())?;
        let day = found.name("cd").map(|day| numeral(day.as_str()));
        return date(year, Some(month), day.flatten());
    }
    date(digits("only")?, None, None)
}

fn date(year: u32, month: Option<u32>, day: Option<u32>) -> Option<PublicDate> {
    let small = |part: Option<u32>| part.map(i8::try_from).transpose().ok();
    PublicDate::new(i16::try_from(year).ok()?, small(month)?, small(day)?)
}

fn number(text: &str) -> Option<u32> {
    text.chars().try_fold(0, |number: u32, c| {
        let digit = c.to_digit(10).or_else(|| {
            "０１２３４５６７８９".chars().zip(0..).find(|(d, _)| *d == c).map(|(_, n)| n)
        });
        number.checked_mul(10)?.checked_add(digit?)
    })
}

/// A Chinese digit, in any of the spellings of zero.
pub(super) fn digit(c: char) -> Option<u32> {
    let place = |digits: &str| digits.chars().zip(0..).find(|(d, _)| *d == c).map(|(_, n)| n);
    match c {
        '○' | '◯' | '零' | 'Ｏ' | 'O' | 'o' | 'О' | '０' | '0' => Some(0),
        _ => place("〇一二三四五六七八九").or_else(|| place("零壹贰叁肆伍陆柒捌玖")),
    }
}

/// A Chinese numeral below a hundred, such as that of a month or a day.
pub(super) fn numeral(text: &str) -> Option<u32> {
    if matches!(text, "元" | "正") {
        return Some(1);
    }
    let (tens, ones) = match text.find(['十', '廿', '卅']) {
        None => (0, text),
        Some(at) => {
            let sign = text[at..].chars().next()?;
            let tens = match sign {
                '廿' => 2,
                '卅' => 3,
                _ if at == 0 => 1,
                _ => digit(text[..at].chars().next()?)?,
            };
            (tens, &text[at + sign.len_utf8()..])
        }
    };
    let mut ones = ones.chars();
    let one = ones.next().map_or(Some(0), digit)?;
    (ones.next().is_none()).then_some(tens * 10 + one)
}

static IN_URL: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let year = r"(?<y>(?:19|20)\d\d)";
    [
        format!(r"[/_]t{year}(?<m>\d\d)(?<d>\d\d)_"),
        format!(r"/{year}[-/](?<m>\d{{1,2}})[-/](?<d>\d{{1,2}})/"),
        format!(r"/{year}(?<m>\d\d)(?<d>\d\d)[/_]"),
        format!(r"/{year}[-/]?(?<m>\d\d)/"),
    ]
    .iter()
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});

/// The date in the path of an address, as many portals file their pages by day or month.
pub(super) fn in_path(path: &str) -> Option<PublicDate> {
    IN_URL.iter().find_map(|regex| {
        let found = regex.captures(path)?;
        let part = |name: &str| found.name(name).and_then(|part| number(part.as_str()));
        date(part("y")?, part("m"), part("d"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> String {
        first(text).map_or_else(|| "none".to_owned(), |date| date.to_string())
    }

    #[test]
    fn every_form_is_read() {
        for (text, date) in [
            ("2020-01-31 10:05:00", "2020-01-31"),
            ("2020-1-31", "2020-01-31"),
            ("[2020/01/31]", "2020-01-31"),
            ("2020.1.31", "2020-01-31"),
            ("２０２０年１月３１日", "2020-01-31"),
            ("2009年 2 月", "2009-02"),
            ("2017——04——12 21:37", "2017-04-12"),
            ("二〇〇八年十二月八日", "2008-12-08"),
            ("二○○九年三月十八日", "2009-03-18"),
            ("二OO九年十一月三十日", "2009-11-30"),
            ("二００九年元月廿三日", "2009-01-23"),
            ("二〇一〇年十月", "2010-10"),
            ("2013年", "2013"),
            ("20xx年3月", "none"),
            ("2020年13月2日", "none"),
            ("电话 12020-01-31", "none"),
            ("2019-0001", "none"),
        ] {
            assert_eq!(one(text), date, "{text}");
        }
        assert_eq!(
            alone("（2020年1月31日）").map(|d| d.to_string()).as_deref(),
            Some("2020-01-31")
        );
        assert_eq!(alone("截至2020年1月31日"), None);
    }

    #[test]
    fn addresses_hold_dates() {
        for (path, date) in [
            ("/zwgk/202001/t20200131_123456.html", Some("2020-01-31")),
            ("/art/2020/1/31/art_1234_567.html", Some("2020-01-31")),
            ("/zhengce/content/2022-12/08/content_5730844.htm", Some("2022-12-08")),
            ("/klmys/c100186/202609/0123.shtml", Some("2026-09")),
            ("/content/9/9103/post_9103540.html", None),
        ] {
            assert_eq!(in_path(path).map(|d| d.to_string()).as_deref(), date, "{path}");
        }
    }
}
