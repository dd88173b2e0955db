//! `gongkai run`: serve and keep up to date, in one process.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use tokio::sync::watch;

use crate::catalogue::State;
use crate::cli::library::Shelves;
use crate::cli::log::china_time;
use crate::cli::signal::stopped;
use crate::cli::store::Store;
use crate::cli::{
    Exit, Globals, clock, crawl, curated, extract, index, note, output, serve, update,
};
use crate::config::{Config, Loaded};
use crate::model::{Moment, PageUrl};

/// Serve the pages and the API, and crawl, extract and index whenever pages are due.
///
/// What a service manager starts: it goes on after failures, says on standard error what it does, one line with its
/// time for each step, and ends at Ctrl-C or a request to terminate once the requests in flight are answered and what
/// was harvested is findable. Curated files are read again before every update; the names and weights that pages use
/// are those of the start.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    service: serve::Service,
    /// Begin an update this often, such as 90m, 6h or 1d [default: when the next page is due, at most once an hour]
    #[arg(long, value_name = "TIME", value_parser = interval)]
    every: Option<Duration>,
    /// Send every request of the crawler through this HTTP proxy
    #[arg(long, value_name = "URL", value_parser = PageUrl::parse)]
    proxy: Option<PageUrl>,
    /// Allow the crawler private, loopback and link-local addresses everywhere
    #[arg(long)]
    allow_private: bool,
}

/// Between the end of an update and the next one, however much is due: updates are made of more than one page.
const SHORTEST_PAUSE: Duration = Duration::from_hours(1);
/// However little is due: new columns and curated files are looked at once a day.
const LONGEST_PAUSE: Duration = Duration::from_hours(24);
/// After an update that failed, or while another process writes.
const AFTER_FAILURE: Duration = Duration::from_mins(15);

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    output::become_a_log();
    let Loaded { config, mistakes } = curated::load(globals);
    if !bring_up(globals, &config)? {
        return Ok(Exit::Busy);
    }
    let concerns = mistakes.iter().map(|mistake| format!("curated file: {mistake}")).collect();
    let shelves = Arc::new(Shelves::open(globals, &config, concerns)?);
    let runtime = tokio::runtime::Runtime::new().context("cannot start the service's threads")?;
    runtime.block_on(async {
        let (stop, stopping) = watch::channel(false);
        let signal = tokio::spawn(async move {
            stopped().await;
            note("stopping");
            stop.send_replace(true);
            std::future::pending::<()>().await;
        });
        let updates = tokio::spawn(keep_up(globals.clone(), args.clone(), stopping));
        let served =
            serve::listen(shelves, &config, &args.service, serve::Serving::Everything).await;
        if served.is_ok() {
            updates.await.context("the updates broke off")?;
        }
        signal.abort();
        served
    })?;
    Ok(Exit::Done)
}

/// Makes catalogue and index of what the archive holds, so that there is something to open; false while another
/// process writes.
fn bring_up(globals: &Globals, config: &Config) -> anyhow::Result<bool> {
    let Some(store) = Store::open(globals, config, clock::now())? else { return Ok(false) };
    if !curated::stopped_by_takedown(config) {
        extract::derive(globals, config, &store.state, false)?;
    }
    index::write(globals, config, &index::Args::default())?;
    Ok(true)
}

/// Updates again and again until asked to stop.
async fn keep_up(globals: Globals, args: Args, mut stopping: watch::Receiver<bool>) {
    let mut pause = first_pause(&globals, &args);
    loop {
        let begin = clock::now().checked_add(pause).unwrap_or(Moment::MAX);
        note(format_args!("next update at {}", china_time(begin)));
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(pause) => {}
        }
        let started = tokio::time::Instant::now();
        let (globals_of_update, args_of_update, until) =
            (globals.clone(), args.clone(), stopping.clone());
        let updated = tokio::task::spawn_blocking(move || {
            let args = crawl::Harvest {
                proxy: args_of_update.proxy,
                allow_private: args_of_update.allow_private,
                ..crawl::Harvest::default()
            };
            note("update begins");
            update::once(&globals_of_update, &args, Some(until))
        });
        pause = match updated.await.map_err(anyhow::Error::from).and_then(|updated| updated) {
            Ok(Exit::Done) => {
                note(format_args!("update ended after {} s", started.elapsed().as_secs()));
                match args.every {
                    Some(every) => every.saturating_sub(started.elapsed()),
                    None => until_due(&globals).max(SHORTEST_PAUSE),
                }
            }
            Ok(Exit::Stopped) => return,
            Ok(_) => AFTER_FAILURE,
            Err(error) => {
                tracing::error!("update failed: {error:#}");
                AFTER_FAILURE
            }
        };
    }
}

/// At the start nothing waits that is due; with a fixed interval the first update begins at once.
fn first_pause(globals: &Globals, args: &Args) -> Duration {
    if args.every.is_some() { Duration::ZERO } else { until_due(globals) }
}

/// The time until a page is due; a portal that was never crawled is due now.
fn until_due(globals: &Globals) -> Duration {
    let config = curated::load(globals).config;
    let next = || -> anyhow::Result<Option<Moment>> {
        let state = State::open_read_only(&globals.data.join("state.sqlite"))?;
        let mut next = None;
        for portal in &config.portals {
            let due = state.next_due(&portal.id)?.unwrap_or(Moment::MIN);
            next = Some(next.map_or(due, |next: Moment| next.min(due)));
        }
        Ok(next)
    };
    match next() {
        Ok(Some(due)) => {
            let wait = due.duration_since(clock::now());
            Duration::try_from(wait).unwrap_or_default().min(LONGEST_PAUSE)
        }
        Ok(None) => LONGEST_PAUSE,
        Err(error) => {
            tracing::error!("cannot see what is due: {error:#}");
            AFTER_FAILURE
        }
    }
}

/// Reads a time of at least a minute: a whole number and `m`, `h` or `d`.
fn interval(text: &str) -> Result<Duration, String> {
    let wrong = || "expected a whole number and m, h or d, such as 90m or 6h".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let minutes = match unit {
        'm' => 1,
        'h' => 60,
        'd' => 24 * 60,
        _ => return Err(wrong()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    match number.checked_mul(minutes) {
        Some(minutes @ 1..=525_600) => Ok(Duration::from_mins(minutes)),
        _ => Err("expected a time from 1m to 365d".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_read() {
        assert_eq!(interval("90m"), Ok(Duration::from_mins(90)));
        assert_eq!(interval("6h"), Ok(Duration::from_hours(6)));
        assert_eq!(interval("1d"), Ok(Duration::from_hours(24)));
        for wrong in ["", "6", "h", "0m", "-1h", "6 h", "六h", "9999d", "6小"] {
            assert!(interval(wrong).is_err(), "{wrong}");
        }
    }
}
