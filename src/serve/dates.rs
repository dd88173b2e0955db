//! Dates and numbers as Chinese readers write them.

use jiff::tz::{TimeZone, offset};

use crate::model::{Moment, PublicDate};

/// `2020年3月1日`, `2020年3月` or `2020年`.
pub(crate) fn date(date: PublicDate) -> String {
    let month = date.month().map(|month| format!("{month}月")).unwrap_or_default();
    let day = date.day().map(|day| format!("{day}日")).unwrap_or_default();
    format!("{}年{month}{day}", date.year())
}

/// `2020年3月1日 09:30（北京时间）`.
pub(crate) fn moment(moment: Moment) -> String {
    let at = moment.to_zoned(TimeZone::fixed(offset(8)));
    let (hour, minute) = (at.hour(), at.minute());
    let day = format!("{}年{}月{}日", at.year(), at.month(), at.day());
    format!("{day} {hour:02}:{minute:02}（北京时间）")
}

/// `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_keep_their_precision() {
        let read = |text: &str| date(text.parse().unwrap());
        assert_eq!(read("2020-03-01"), "2020年3月1日");
        assert_eq!(read("2020-03"), "2020年3月");
        assert_eq!(read("2020"), "2020年");
        let late: Moment = "2020-12-31T16:05:00Z".parse().unwrap();
        assert_eq!(moment(late), "2021年1月1日 00:05（北京时间）");
    }

    #[test]
    fn long_numbers_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (2_283_400, "2,283,400")] {
            assert_eq!(grouped(number), text);
        }
    }
}
