//! Years of annual reports, as people ask for them.

use std::{ops::RangeInclusive, str::FromStr};

/// Years of reports run in these.
const YEARS: RangeInclusive<i16> = 2000..=2199;

/// A year or a span of years, both ends included: `2020`, `2016..2020`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearSpan {
    /// The first year.
    pub first: i16,
    /// The last one, not before the first.
    pub last: i16,
}

/// A text that is no span of years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a year such as 2020, or a span such as 2016..2020")]
pub struct NotASpan;

impl YearSpan {
    /// Whether a year is in it.
    pub fn contains(self, year: i16) -> bool {
        (self.first..=self.last).contains(&year)
    }
}

impl FromStr for YearSpan {
    type Err = NotASpan;

    fn from_str(text: &str) -> Result<Self, NotASpan> {
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let year = |text: &str| {
            let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten().filter(|year| YEARS.contains(year))
        };
        match (year(first), year(last)) {
            (Some(first), Some(last)) if first <= last => Ok(Self { first, last }),
            _ => Err(NotASpan),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_years() {
        for (text, span) in [
            ("2020", Some((2020, 2020))),
            ("2016..2020", Some((2016, 2020))),
            ("2020..2016", None),
            ("20..21", None),
            ("2020..", None),
            ("", None),
        ] {
            let read = text.parse().ok().map(|YearSpan { first, last }| (first, last));
            assert_eq!(read, span, "{text}");
        }
    }
}
