//! Dates of HTTP header fields.

use jiff::{Timestamp, civil::date, fmt::strtime, tz::TimeZone};

use crate::model::PublicDate;

const FORM: &str = "%a, %d %b %Y %H:%M:%S GMT";

/// The moment a page of that day was put on the site: nine in the morning in China.
pub(crate) fn morning_of(day: PublicDate) -> Option<Timestamp> {
    let day = date(day.year(), day.month().unwrap_or(1), day.day().unwrap_or(1));
    day.at(1, 0, 0, 0).to_zoned(TimeZone::UTC).ok().map(|moment| moment.timestamp())
}

/// The moment as a header field gives it.
pub(crate) fn write(moment: Timestamp) -> String {
    moment.to_zoned(TimeZone::UTC).strftime(FORM).to_string()
}

/// Reads a header field; anything odd is no date.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let parsed = strtime::parse(FORM, text.trim()).ok()?.to_datetime().ok()?;
    parsed.to_zoned(TimeZone::UTC).ok().map(|moment| moment.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let moment = morning_of("2020-01-31".parse().unwrap()).unwrap();
        assert_eq!(write(moment), "Fri, 31 Jan 2020 01:00:00 GMT");
        assert_eq!(read(&write(moment)), Some(moment));
        assert_eq!(read("yesterday"), None);
    }
}
