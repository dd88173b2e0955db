//! Dates as government pages give them: sometimes a day, sometimes only a month or a year.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::model::Moment;

/// A date with the precision it was printed with: `2020`, `2020-01` or `2020-01-31`.
///
/// Years run from 1949; a day that does not exist cannot be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicDate {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

impl PublicDate {
    /// A date from its parts; `None` when they are no date of 1949 to 2199.
    pub fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Option<Self> {
        if !(1949..=2199).contains(&year) || (day.is_some() && month.is_none()) {
            return None;
        }
        jiff::civil::Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
        Some(Self { year, month, day })
    }

    /// The year, always known.
    pub fn year(self) -> i16 {
        self.year
    }

    /// The month, 1 to 12, where it was given.
    pub fn month(self) -> Option<i8> {
        self.month
    }

    /// The day of the month where it was given.
    pub fn day(self) -> Option<i8> {
        self.day
    }

    /// Days since 1970-01-01 of the first day it can mean: what dates are sorted by.
    pub fn first_day(self) -> i64 {
        let epoch = jiff::civil::Date::constant(1970, 1, 1);
        jiff::civil::Date::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))
            .map_or(0, |date| i64::from((date - epoch).get_days()))
    }
}

/// The day in China at that moment.
pub fn china_day(moment: Moment) -> PublicDate {
    let date = moment.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).date();
    PublicDate { year: date.year(), month: Some(date.month()), day: Some(date.day()) }
}

impl fmt::Display for PublicDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

impl FromStr for PublicDate {
    type Err = String;

    /// Reads the form that [`fmt::Display`] writes, and nothing else.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not YYYY, YYYY-MM or YYYY-MM-DD");
        let parts: Vec<&str> = text.split('-').collect();
        let widths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        if !matches!(widths[..], [4] | [4, 2] | [4, 2, 2]) {
            return Err(wrong());
        }
        let number = |part: &str| part.parse().map_err(|_| wrong());
        let month = parts.get(1).map(|part| number(part)).transpose()?;
        let day = parts.get(2).map(|part| number(part)).transpose()?;
        Self::new(parts[0].parse().map_err(|_| wrong())?, month, day).ok_or_else(wrong)
    }
}

impl Serialize for PublicDate {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicDate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_is_kept() {
        for text in ["2020", "2020-01", "2020-01-31"] {
            assert_eq!(text.parse::<PublicDate>().unwrap().to_string(), text);
        }
        for wrong in ["", "1948", "2020-13", "2020-02-30", "2020-1-1", "20200131", "+020-01"] {
            assert!(wrong.parse::<PublicDate>().is_err(), "{wrong}");
        }
        assert_eq!(PublicDate::new(2020, None, Some(1)), None);
    }

    #[test]
    fn a_day_in_china_begins_eight_hours_early() {
        let moment: Moment = "2020-01-30T16:00:00Z".parse().unwrap();
        assert_eq!(china_day(moment).to_string(), "2020-01-31");
        assert_eq!("1970-01-02".parse::<PublicDate>().unwrap().first_day(), 1);
    }
}
