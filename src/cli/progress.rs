//! How far a crawl is: a line per portal that moves on a terminal, plain lines from time to time elsewhere.

use std::{io::IsTerminal, sync::Arc, time::Duration};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::{
    task::JoinHandle,
    time::{Instant, interval},
};

use crate::cli::{note, output};
use crate::crawl::{Ended, Progress, Snapshot, Summary};

/// How often a terminal is redrawn, and how often a plain line is printed.
const REDRAW: Duration = Duration::from_millis(250);
const PLAIN_LINE: Duration = Duration::from_secs(15);

/// Shows the progress until the task is aborted.
pub(crate) fn show(progress: Arc<Progress>) -> JoinHandle<()> {
    if std::io::stderr().is_terminal() && !output::is_a_log() {
        tokio::spawn(on_terminal(progress))
    } else {
        tokio::spawn(in_plain_lines(progress))
    }
}

async fn on_terminal(progress: Arc<Progress>) {
    let lines = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{spinner} {prefix:16} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    let bars: Vec<ProgressBar> = progress
        .portals()
        .iter()
        .map(|portal| {
            let bar = lines.add(ProgressBar::new_spinner().with_style(style.clone()));
            bar.with_prefix(portal.id.clone())
        })
        .collect();
    let (start, mut tick) = (Instant::now(), interval(REDRAW));
    loop {
        tick.tick().await;
        for (bar, portal) in bars.iter().zip(progress.portals()) {
            bar.set_message(described(portal.snapshot(), start.elapsed()));
            bar.tick();
        }
    }
}

async fn in_plain_lines(progress: Arc<Progress>) {
    let (start, mut tick) = (Instant::now(), interval(PLAIN_LINE));
    let mut shown = vec![Snapshot::default(); progress.portals().len()];
    tick.tick().await;
    loop {
        tick.tick().await;
        for (portal, before) in progress.portals().iter().zip(&mut shown) {
            let snapshot = portal.snapshot();
            if snapshot != *before {
                note(format_args!("{}: {}", portal.id, described(snapshot, start.elapsed())));
                *before = snapshot;
            }
        }
    }
}

/// Counts, rate and time left of one portal, for people.
fn described(now: Snapshot, elapsed: Duration) -> String {
    let rate = rate(now.fetched, elapsed);
    let left = match now.waiting {
        0 => "nothing waiting".to_owned(),
        waiting if now.fetched == 0 => format!("{waiting} waiting"),
        waiting => {
            format!("{waiting} waiting, about {} left", rough(elapsed, now.fetched, waiting))
        }
    };
    format!(
        "found {}, fetched {}, kept {}, failed {}; {rate} requests/s; {left}",
        now.found, now.fetched, now.kept, now.failed
    )
}

/// Requests a second with one decimal.
fn rate(requests: u64, elapsed: Duration) -> String {
    let tenths = u128::from(requests) * 10_000 / elapsed.as_millis().max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// The time for what waits, if it goes on as it went; rounded as people say it.
fn rough(elapsed: Duration, done: u64, waiting: u64) -> String {
    let seconds = u128::from(waiting) * elapsed.as_millis() / u128::from(done.max(1)) / 1000;
    match seconds {
        0..=89 => format!("{seconds} s"),
        90..=5399 => format!("{} min", (seconds + 30) / 60),
        _ => format!("{} h", (seconds + 1800) / 3600),
    }
}

/// Says what a crawl did.
pub(crate) fn conclude(summary: &Summary) {
    for (host, reason) in &summary.closed {
        note(format_args!("{host} was left alone: {reason}"));
    }
    note(format_args!(
        "crawled: {} requests, {} KiB; {} documents ({} pages unchanged), {} pages failed, {} closed by robots.txt",
        summary.requests,
        summary.bytes / 1024,
        summary.documents,
        summary.unchanged,
        summary.failed,
        summary.disallowed
    ));
    match summary.ended {
        Ended::Complete if summary.left == 0 => {}
        Ended::Limit => {
            note(format_args!("the limit is reached; {} pages still wait", summary.left));
        }
        Ended::Complete | Ended::Stopped => note(format_args!("{} pages still wait", summary.left)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_says_rate_and_time_left() {
        let now = Snapshot { found: 120, fetched: 40, kept: 38, failed: 2, waiting: 80, bytes: 9 };
        let line = described(now, Duration::from_secs(100));
        assert_eq!(
            line,
            "found 120, fetched 40, kept 38, failed 2; 0.4 requests/s; 80 waiting, about 3 min left"
        );
        assert!(described(Snapshot::default(), Duration::ZERO).ends_with("nothing waiting"));
    }
}
