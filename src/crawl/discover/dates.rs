//! Dates beside links, as lists print them.

use std::sync::LazyLock;

use regex::Regex;

static DAY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:19|20)\d{2}\s*[-/.年]\s*(?:1[0-2]|0?[1-9])\s*[-/.月]\s*(?:3[01]|[12]\d|0?[1-9])(?:\s*日)?").ok()
});
static SHORT_DAY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\W*(?:1[0-2]|0?[1-9])\s*[-/.月]\s*(?:3[01]|[12]\d|0[1-9])日?\W*$").ok()
});

/// The first day with its year that a text prints, as printed.
pub(super) fn day(text: &str) -> Option<&str> {
    let found = DAY.as_ref()?.find(text)?;
    let digit = |c: char| c.is_ascii_digit();
    let alone = !text[..found.start()].ends_with(digit) && !text[found.end()..].starts_with(digit);
    alone.then(|| found.as_str())
}

/// Whether a text is a day of some year and nothing else, such as `[01-31]`.
pub(super) fn is_short_day(text: &str) -> bool {
    SHORT_DAY.as_ref().is_some_and(|regex| regex.is_match(text))
}

/// A title with the day that stands at its very end taken off, and that day.
pub(super) fn off_the_end(text: &str) -> (&str, Option<&str>) {
    let bare = text.trim_end_matches([' ', ']', ')', '）', '】', '］']);
    match DAY.as_ref().and_then(|regex| regex.find_iter(bare).last()) {
        Some(found)
            if found.end() == bare.len() && found.start() > 0 && !found.as_str().contains('年') =>
        {
            let title = bare[..found.start()].trim_end_matches([' ', '[', '(', '（', '【', '［']);
            (title, Some(found.as_str()))
        }
        _ => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_found_as_printed() {
        for (text, expected) in [
            ("[2020-01-31]", Some("2020-01-31")),
            ("发布时间：2020年1月31日", Some("2020年1月31日")),
            ("2020/1/3", Some("2020/1/3")),
            ("2020.01.31 09:30", Some("2020.01.31")),
            ("12020-01-31", None),
            ("2020-13-01", None),
            ("01-31", None),
            ("", None),
        ] {
            assert_eq!(day(text), expected, "{text}");
        }
        for (text, expected) in [
            ("01-31", true),
            ("[1月31日]", true),
            ("12/05", true),
            ("1-31号文件", false),
            ("2020-01", false),
        ] {
            assert_eq!(is_short_day(text), expected, "{text}");
        }
    }

    #[test]
    fn a_day_at_the_end_is_no_part_of_a_title() {
        assert_eq!(
            off_the_end("关于公布名单的通知 [2020-01-31]"),
            ("关于公布名单的通知", Some("2020-01-31"))
        );
        assert_eq!(off_the_end("关于2020-01-31会议的通知"), ("关于2020-01-31会议的通知", None));
        assert_eq!(off_the_end("工作安排2020年1月31日"), ("工作安排2020年1月31日", None));
        assert_eq!(off_the_end("2020-01-31"), ("2020-01-31", None));
    }
}
