//! Log lines: for a person at the terminal few, for a service everything with its time.

use std::{fmt, io, io::IsTerminal};

use tracing_subscriber::{
    EnvFilter,
    fmt::{format::Writer, time::FormatTime},
};

use crate::cli::clock;
use crate::model::Moment;

/// Where the filter stands when `--log` is not given.
const VARIABLE: &str = "GONGKAI_LOG";
/// What is logged by a command that ends by itself, and by a service.
const QUIET: &str = "warn";
const SERVICE: &str = "warn,gongkai=info";

/// Begins to log to standard error; the error says what is wrong with the filter.
pub(crate) fn begin(filter: Option<&str>, is_service: bool) -> Result<(), String> {
    let from_outside = std::env::var(VARIABLE).ok().filter(|text| !text.trim().is_empty());
    let usual = if is_service { SERVICE } else { QUIET };
    let filter = filter.or(from_outside.as_deref()).unwrap_or(usual);
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| format!("`{filter}` is no filter for log lines: {error}"))?;
    let set = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .with_timer(ChinaTime)
        .try_init();
    set.map_err(|error| error.to_string())
}

/// Dates and times as clocks in China show them.
struct ChinaTime;

impl FormatTime for ChinaTime {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{}", china_time(clock::now()))
    }
}

/// A moment as a curator reads it: `2026-11-22 21:40:05`, at UTC+8.
pub(crate) fn china_time(at: Moment) -> impl fmt::Display {
    at.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)))
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn times_are_those_of_china() {
        let at = "2026-11-22T18:00:05Z".parse().unwrap();
        assert_eq!(super::china_time(at).to_string(), "2026-11-23 02:00:05");
    }
}
