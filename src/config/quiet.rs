//! The hours of a day in which a portal is left alone.

use std::fmt;

use jiff::tz::TimeZone;

use crate::model::Moment;

/// A part of every day by the clocks of China, from its first minute up to its last, which is not in it; one that
/// ends before it begins goes on past midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// Minutes after midnight.
    from: u16,
    /// Minutes after midnight, up to 24 hours.
    until: u16,
}

impl QuietHours {
    /// Reads `08:00-20:00`; both minutes must differ.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (from, until) = text.split_once('-')?;
        let (from, until) = (minute_of_day(from.trim())?, minute_of_day(until.trim())?);
        (from != until && from < 24 * 60).then_some(Self { from, until })
    }

    /// Whether a moment is in them.
    pub fn contain(&self, at: Moment) -> bool {
        let time = at.to_zoned(TimeZone::fixed(jiff::tz::offset(8))).time();
        let minute =
            u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs());
        if self.from < self.until {
            (self.from..self.until).contains(&minute)
        } else {
            minute >= self.from || minute < self.until
        }
    }
}

/// `20:00` as minutes after midnight.
fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| {
        let two = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u16>().ok().filter(|_| two)
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    let minutes = hour * 60 + minute;
    (minute < 60 && minutes <= 24 * 60).then_some(minutes)
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, until) = (self.from, self.until);
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_those_of_china_and_may_go_past_midnight() {
        let at = |utc: &str| format!("2025-06-01T{utc}:00Z").parse::<Moment>().unwrap();
        let day = QuietHours::parse("08:00-20:00").unwrap();
        for (utc, quiet) in [("00:00", true), ("11:59", true), ("12:00", false), ("23:59", false)] {
            assert_eq!(day.contain(at(utc)), quiet, "{utc}");
        }
        let night = QuietHours::parse("22:30-06:00").unwrap();
        for (utc, quiet) in [("14:29", false), ("14:30", true), ("21:59", true), ("22:00", false)] {
            assert_eq!(night.contain(at(utc)), quiet, "{utc}");
        }
        assert_eq!(night.to_string(), "22:30-06:00");
        for wrong in
            ["", "8:00-20:00", "08:00", "08:00-08:00", "25:00-26:00", "24:00-06:00", "08:60-09:00"]
        {
            assert_eq!(QuietHours::parse(wrong), None, "{wrong}");
        }
        assert!(QuietHours::parse("20:00-24:00").is_some());
    }
}
