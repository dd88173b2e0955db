//! How long to wait before a request is tried again.

use std::time::Duration;

use crate::config::Limits;
use crate::model::{Headers, Moment};

/// The pause before try number `attempt` + 1 (1: the first try failed): doubled each time, never above the ceiling.
pub(crate) fn back_off(limits: &Limits, attempt: u16) -> Duration {
    let doublings = u32::from(attempt.saturating_sub(1)).min(30);
    limits.retry_base.saturating_mul(1 << doublings).min(limits.retry_ceiling)
}

/// The pause that an answer asks for with `Retry-After`, in seconds or as a date.
pub(crate) fn retry_after(headers: &Headers, now: Moment) -> Option<Duration> {
    let value = headers.get("retry-after")?.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_ceiling() {
        let seconds = Duration::from_secs;
        let limits =
            Limits { retry_base: seconds(2), retry_ceiling: seconds(60), ..Limits::default() };
        let pauses: Vec<u64> = (0..8).map(|n| back_off(&limits, n).as_secs()).collect();
        assert_eq!(pauses, [2, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(back_off(&limits, u16::MAX), seconds(60));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Moment = "2025-01-05T10:00:00Z".parse().unwrap();
        let table = [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Sun, 05 Jan 2025 10:01:30 GMT", Some(90)),
            ("Sun, 05 Jan 2025 09:00:00 GMT", Some(0)),
            ("soon", None),
            ("-5", None),
            ("", None),
        ];
        for (value, expected) in table {
            let headers = Headers(vec![("Retry-After".into(), value.into())]);
            assert_eq!(retry_after(&headers, now), expected.map(Duration::from_secs), "{value:?}");
        }
        assert_eq!(retry_after(&Headers::default(), now), None);
    }
}
