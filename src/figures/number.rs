//! Numbers as cells and sentences print them.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::figures::squeeze::squeeze;
use crate::model::Amount;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    /// Nothing, or a sign for nothing: `-`, `/`, 无. Never 0.
    Blank,
    /// A number, perhaps with its unit.
    Number {
        /// The number as printed: 万 and 亿 are counted in.
        value: f64,
        /// The unit without 万 and 亿; empty when none is printed.
        unit: String,
    },
    /// Words.
    Words,
}

/// `150件`, `减少5项`, `+82`, `27042.62万元`, `1,368`
static CELL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^(?<sign>[+-]|增加了?|减少了?|增长了?|下降了?|新增|增|减)?(?<n>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?<w>[万亿])?(?<unit>[^0-9]{0,4})$",
    )
    .ok()
});

/// Reads a cell.
pub(super) fn cell(printed: &str) -> Cell {
    let text = squeeze(printed);
    if text.chars().all(|c| matches!(c, '-' | '/' | '\\' | '|' | '.' | '*'))
        || text == "无"
        || text == "空"
    {
        return Cell::Blank;
    }
    let Some(found) = CELL.as_ref().and_then(|regex| regex.captures(&text)) else {
        return Cell::Words;
    };
    let Ok(number) = found["n"].replace(',', "").parse::<f64>() else { return Cell::Words };
    let less = found.name("sign").is_some_and(|sign| sign.as_str().starts_with(['-', '减', '下']));
    let signed = if less && number != 0.0 { -number } else { number };
    let value = signed * weight(found.name("w").map_or("", |w| w.as_str()));
    Cell::Number { value: tidy(value), unit: found["unit"].trim_matches(['(', ')']).to_owned() }
}

/// A value of a cell in the unit of its metric: amounts of money are converted, all else is as printed.
///
/// A bare number in a column of 万元 is in 万元.
pub(super) fn in_unit(value: f64, unit: &str, metric_unit: &str) -> Amount {
    let in_ten_thousands = metric_unit == "万元" && unit == "元";
    Amount(tidy(if in_ten_thousands { value / 10_000.0 } else { value }))
}

/// The number of a cell in the unit of its metric; `None` for a blank, and for words.
pub(super) fn amount(printed: &str, metric_unit: &str) -> Option<Amount> {
    match cell(printed) {
        Cell::Number { value, unit } => Some(in_unit(value, &unit, metric_unit)),
        Cell::Blank | Cell::Words => None,
    }
}

fn weight(word: &str) -> f64 {
    word.chars().fold(1.0, |weight, c| {
        weight
            * match c {
                '百' => 100.0,
                '千' => 1000.0,
                '万' => 1e4,
                '亿' => 1e8,
                _ => 1.0,
            }
    })
}

/// Takes away what multiplying added to the digits that were printed.
fn tidy(value: f64) -> f64 {
    let rounded = (value * 1e6).round() / 1e6;
    if rounded.is_finite() { rounded } else { value }
}

/// The part of a pattern that is a number: `n`, with 万 and 亿 before (`w`) or behind (`v`) a sign that it is about
/// so much (`a`).
pub(super) const NUMBER: &str = r"(?<n>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十百千]+)(?<w>[万亿千百]{0,2})(?<a>[多余来]?)(?<v>[万亿]?)";

/// The number that a pattern with [`NUMBER`] found, and whether it is about so much.
pub(super) fn of_sentence(found: &Captures<'_>) -> Option<(f64, bool)> {
    let digits = found.name("n")?.as_str();
    let number = digits.replace(',', "").parse().ok().or_else(|| hanzi(digits))?;
    let part = |name| found.name(name).map_or("", |part| part.as_str());
    let value = number * weight(part("w")) * weight(part("v"));
    Some((tidy(value), !part("a").is_empty()))
}

/// 二十三, 一百零五, 两
fn hanzi(text: &str) -> Option<f64> {
    let (mut total, mut digit) = (0_u32, None);
    for c in text.chars() {
        if let Some(value) = "零一二三四五六七八九".chars().position(|known| known == c) {
            digit = Some(u32::try_from(value).ok()?);
        } else if c == '两' {
            digit = Some(2);
        } else {
            let weight = match c {
                '十' => 10,
                '百' => 100,
                '千' => 1000,
                _ => return None,
            };
            total += digit.take().unwrap_or(1) * weight;
        }
    }
    Some(f64::from(total + digit.unwrap_or(0)))
}

/// A number rounded half up to so many decimals, away from zero.
pub(super) fn rounded(value: f64, decimals: usize) -> f64 {
    let scale = 10_f64.powi(i32::try_from(decimals).unwrap_or(0));
    // The quotient of two whole numbers may lie a hair below the half it stands for.
    ((value.abs() * scale + 0.5 + 1e-9).floor() / scale).copysign(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_as_printed() {
        let number = |value, unit: &str| Cell::Number { value, unit: unit.to_owned() };
        for (printed, read) in [
            ("", Cell::Blank),
            (" — ", Cell::Blank),
            ("/", Cell::Blank),
            ("无", Cell::Blank),
            ("0", number(0.0, "")),
            ("150 件", number(150.0, "件")),
            ("减少5项", number(-5.0, "项")),
            ("－59", number(-59.0, "")),
            ("+82", number(82.0, "")),
            ("27042.62万元", number(270_426_200.0, "元")),
            ("1，368件", number(1368.0, "件")),
            ("规章", Cell::Words),
            ("2020年12月31日", Cell::Words),
        ] {
            assert_eq!(cell(printed), read, "{printed}");
        }
        assert_eq!(in_unit(270_426_200.0, "元", "万元"), Amount(27042.62));
        assert_eq!(in_unit(27042.62, "", "万元"), Amount(27042.62));
    }

    #[test]
    fn numbers_of_sentences() {
        let regex = Regex::new(&format!("^{NUMBER}[条件]$")).unwrap();
        for (text, value, about) in [
            ("3.99万多条", 39900.0, true),
            ("3.99多万条", 39900.0, true),
            ("15000余条", 15000.0, true),
            ("三件", 3.0, false),
            ("二十一件", 21.0, false),
            ("1,368件", 1368.0, false),
        ] {
            assert_eq!(of_sentence(&regex.captures(text).unwrap()), Some((value, about)), "{text}");
        }
    }

    #[test]
    fn halves_are_rounded_up() {
        for (value, decimals, wanted) in
            [(71.05, 1, 71.1), (-23.746, 1, -23.7), (15.555_555, 0, 16.0)]
        {
            assert!(Amount(rounded(value, decimals)).is(Amount(wanted)), "{value}");
        }
    }
}
