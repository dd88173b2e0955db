//! The kinds of values a curated file can hold: how each is read, and how it is described to a curator.

use std::{fmt::Display, ops::RangeInclusive, time::Duration};

use toml::de::DeValue;

use crate::config::{CssSelector, QuietHours, is_in_a_province};
use crate::model::{
    Amount, CategoryPath, DocumentId, PageUrl, PublicDate, RegionCode, is_region_code,
};

/// A kind of value: what is expected, in words, and how it is read.
pub(super) struct Kind<'k, T> {
    pub(super) expected: String,
    read: Box<Read<'k, T>>,
}

/// Makes a value of what stands in a file.
type Read<'k, T> = dyn Fn(&DeValue<'_>) -> Result<T, Refusal> + 'k;

/// Why a value is refused beyond not being what was expected; empty when there is nothing to add.
pub(super) type Refusal = String;

impl<'k, T: 'k> Kind<'k, T> {
    fn new(
        expected: impl Into<String>,
        read: impl Fn(&DeValue<'_>) -> Result<T, Refusal> + 'k,
    ) -> Self {
        Self { expected: expected.into(), read: Box::new(read) }
    }

    /// A kind that is written as a string.
    fn of_text(
        expected: impl Into<String>,
        read: impl Fn(&str) -> Result<T, Refusal> + 'k,
    ) -> Self {
        Self::new(expected, move |value| read(value.as_str().ok_or_else(Refusal::new)?))
    }

    /// Reads a value.
    pub(super) fn read(&self, value: &DeValue<'_>) -> Result<T, Refusal> {
        (self.read)(value)
    }

    /// The same kind with its value made into another.
    pub(super) fn map<U: 'k>(self, into: impl Fn(T) -> U + 'k) -> Kind<'k, U> {
        let read = self.read;
        Kind { expected: self.expected, read: Box::new(move |value| read(value).map(&into)) }
    }
}

/// A line of text for people.
pub(super) fn text<'k>(what: &str) -> Kind<'k, String> {
    Kind::of_text(format!("{what}, in quotes"), |text| {
        let fine = !text.trim().is_empty() && !text.chars().any(char::is_control);
        fine.then(|| text.trim().to_owned()).ok_or_else(Refusal::new)
    })
}

/// A text that a test accepts.
pub(super) fn text_where<'k>(
    expected: &str,
    accept: impl Fn(&str) -> bool + 'k,
) -> Kind<'k, String> {
    Kind::of_text(
        expected,
        move |text| {
            if accept(text) { Ok(text.to_owned()) } else { Err(Refusal::new()) }
        },
    )
}

/// `true` or `false`.
pub(super) fn flag<'k>() -> Kind<'k, bool> {
    Kind::new("`true` or `false`", |value| value.as_bool().ok_or_else(Refusal::new))
}

/// A whole number of a range.
pub(super) fn whole<'k, N>(range: RangeInclusive<N>) -> Kind<'k, N>
where
    N: TryFrom<u64> + PartialOrd + Display + 'k,
{
    let expected = format!("a whole number from {} to {}", range.start(), range.end());
    Kind::new(expected, move |value| {
        let number = value.as_integer().filter(|number| number.radix() == 10);
        number
            .and_then(|number| number.as_str().parse::<u64>().ok())
            .and_then(|number| N::try_from(number).ok())
            .filter(|number| range.contains(number))
            .ok_or_else(Refusal::new)
    })
}

/// A number of a range, with or without a decimal point.
pub(super) fn number<'k>(range: RangeInclusive<f32>) -> Kind<'k, f32> {
    let expected = format!("a number from {} to {}", range.start(), range.end());
    Kind::new(expected, move |value| {
        let written = match value {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
            DeValue::Float(number) => number.as_str(),
            _ => return Err(Refusal::new()),
        };
        let number = written.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(Refusal::new)
    })
}

/// One of a few words, each with its meaning.
pub(super) fn one_of<'k, T: Copy + 'k>(words: &'k [(&str, T)]) -> Kind<'k, T> {
    let names: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
    Kind::of_text(names.join(" or "), |text| {
        let meant = words.iter().find(|(word, _)| *word == text);
        meant.map(|(_, meaning)| *meaning).ok_or_else(Refusal::new)
    })
}

/// Units of time, shortest first, with their length in milliseconds.
const TIME_UNITS: [(&str, u64); 5] =
    [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
/// Units of size, smallest first, with their length in bytes.
const SIZE_UNITS: [(&str, u64); 4] =
    [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

/// A length of time: a whole number and a unit, `"500ms"`, `"2s"`, `"10m"`, `"6h"` or `"30d"`.
pub(super) fn duration<'k>(range: RangeInclusive<Duration>) -> Kind<'k, Duration> {
    let (from, to) = (range.start().as_millis(), range.end().as_millis());
    let expected = format!(
        "a time from \"{}\" to \"{}\" in ms, s, m, h or d",
        with_unit(from, &TIME_UNITS, ""),
        with_unit(to, &TIME_UNITS, "")
    );
    Kind::of_text(expected, move |text| {
        let time = amount(text, &TIME_UNITS).map(Duration::from_millis);
        time.filter(|time| range.contains(time)).ok_or_else(Refusal::new)
    })
}

/// A number of bytes: a whole number and a unit, such as `"8 MiB"`.
pub(super) fn size<'k>(range: RangeInclusive<u64>) -> Kind<'k, u64> {
    let expected = format!(
        "a size from \"{}\" to \"{}\" in B, KiB, MiB or GiB",
        with_unit((*range.start()).into(), &SIZE_UNITS, " "),
        with_unit((*range.end()).into(), &SIZE_UNITS, " ")
    );
    Kind::of_text(expected, move |text| {
        amount(text, &SIZE_UNITS).filter(|bytes| range.contains(bytes)).ok_or_else(Refusal::new)
    })
}

/// Reads a whole number followed by a unit.
fn amount(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let (_, worth) = units.iter().find(|(name, _)| *name == unit.trim_start())?;
    number.parse::<u64>().ok()?.checked_mul(*worth)
}

/// Writes an amount in the largest unit that divides it.
fn with_unit(amount: u128, units: &[(&str, u64)], between: &str) -> String {
    let fits = units
        .iter()
        .rev()
        .find(|(_, worth)| amount > 0 && amount.is_multiple_of(u128::from(*worth)));
    let (unit, worth) = fits.unwrap_or(&units[0]);
    format!("{}{between}{unit}", amount / u128::from(*worth))
}

/// An absolute web address.
pub(super) fn address<'k>() -> Kind<'k, PageUrl> {
    Kind::of_text("an address that starts with http:// or https://", |text| {
        PageUrl::parse(text).map_err(|error| error.to_string())
    })
}

/// A host, with its port where that is not the usual one.
pub(super) fn host<'k>() -> Kind<'k, String> {
    let expected = "the name of a host such as \"files.example.gov.cn\", without http:// and path";
    Kind::of_text(expected, |text| {
        let url = PageUrl::parse(&format!("http://{text}/")).map_err(|error| error.to_string())?;
        let bare = url.path() == "/" && url.authority() == text.to_ascii_lowercase();
        bare.then(|| url.authority()).ok_or_else(Refusal::new)
    })
}

/// A web address, absolute or as a link that stands on the page `from`.
pub(super) fn link(from: &PageUrl) -> Kind<'_, PageUrl> {
    Kind::of_text("an address, whole or relative to the first of `bases`", |text| {
        from.join(text).map_err(|error| error.to_string())
    })
}

/// A CSS selector.
pub(super) fn selector<'k>() -> Kind<'k, CssSelector> {
    Kind::of_text("a CSS selector such as \"ul.list li a\"", CssSelector::parse)
}

/// A region code.
pub(super) fn region<'k>() -> Kind<'k, RegionCode> {
    let expected = "six digits of GB/T 2260 such as \"330800\", or \"unknown\"";
    text_where(expected, |text| {
        let whole_country = is_region_code(text) && text.starts_with("10");
        text == "unknown" || whole_country || is_in_a_province(text)
    })
}

/// A category that exists.
pub(super) fn category<'k>(exists: impl Fn(&CategoryPath) -> bool + 'k) -> Kind<'k, CategoryPath> {
    Kind::of_text("a category of index/categories.toml such as \"policy\"", move |text| {
        CategoryPath::new(text).filter(&exists).ok_or_else(Refusal::new)
    })
}

/// The id of a document.
pub(super) fn document_id<'k>() -> Kind<'k, DocumentId> {
    Kind::of_text("the id of a document, in quotes", |text| {
        text.parse().map_err(|error: crate::model::NotAnId| error.to_string())
    })
}

/// A number, or "blank" for a cell in which nothing is printed.
pub(super) fn figure<'k>() -> Kind<'k, Option<Amount>> {
    Kind::new("a number, or \"blank\"", |value| {
        let written = match value {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
            DeValue::Float(number) => number.as_str(),
            DeValue::String(text) if text == "blank" => return Ok(None),
            _ => return Err(Refusal::new()),
        };
        let number = written.parse().ok().filter(|number: &f64| number.is_finite());
        number.map(|number| Some(Amount(number))).ok_or_else(Refusal::new)
    })
}

/// A day, bare or in quotes.
pub(super) fn day<'k>(expected: &str) -> Kind<'k, PublicDate> {
    Kind::new(expected, |value| {
        let written = match value {
            DeValue::Datetime(datetime) => datetime.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => return Err(Refusal::new()),
        };
        let date = written.parse().ok();
        date.filter(|date: &PublicDate| date.day().is_some()).ok_or_else(Refusal::new)
    })
}

/// A part of the day.
pub(super) fn quiet_hours<'k>() -> Kind<'k, QuietHours> {
    Kind::of_text("hours of the day in China such as \"08:00-20:00\"", |text| {
        QuietHours::parse(text).ok_or_else(Refusal::new)
    })
}

/// A value, or `"off"` where there is none.
pub(super) fn or_off<'k, T: 'k>(kind: Kind<'k, T>) -> Kind<'k, Option<T>> {
    let expected = format!("{}, or \"off\"", kind.expected);
    Kind::new(expected, move |value| match value.as_str() {
        Some("off") => Ok(None),
        _ => kind.read(value).map(Some),
    })
}

/// `first` where it reads, else `second`.
pub(super) fn either<'k, T: 'k>(
    expected: &str,
    first: Kind<'k, T>,
    second: Kind<'k, T>,
) -> Kind<'k, T> {
    Kind::new(expected, move |value| first.read(value).or_else(|_| second.read(value)))
}

/// A regular expression.
pub(super) fn pattern<'k>() -> Kind<'k, regex::Regex> {
    Kind::of_text("a regular expression", |text| {
        let built = regex::RegexBuilder::new(text).size_limit(1 << 20).build();
        built.map_err(|error| last_line(&error.to_string()))
    })
}

/// Libraries draw pictures above what they have to say.
fn last_line(message: &str) -> String {
    message.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

/// A value as it is shown in a mistake: short, on one line.
pub(super) fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) if text.chars().count() > 60 => {
            format!("{:?}…", text.chars().take(60).collect::<String>())
        }
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(datetime) => datetime.to_string(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
