//! `gongkai crawl --audit`: the log of requests, read again against the rules.

use crate::archive::Reader;
use crate::catalogue::{FetchRow, State};
use crate::cli::{Exit, Globals, curated, note, say};
use crate::config::{Config, RobotsForbidden};
use crate::crawl::{Audit, Breach, HostRecord, Permissions, Timing};
use crate::model::PageKind;

/// Breaches that are printed; the rest is counted.
const SHOWN: usize = 50;

pub(crate) fn run(globals: &Globals, portals: &[String]) -> anyhow::Result<Exit> {
    let config = curated::load(globals).config;
    let state = State::open(&globals.data.join("state.sqlite"))?;
    let archive = Reader::open(&globals.data.join("archive"))?;
    let mut audit = Audit::new(&config.portals);
    state.for_each_fetch(None, |row| {
        if let Some(request) = row.request.filter(|_| chosen(portals, &row)) {
            let timing =
                Timing { asked: request.asked, ended: request.ended, pause: request.pause };
            audit.take(&row.portal, &row.url, row.kind, timing, row.bytes);
            if row.kind == PageKind::Robots
                && let Some(rules) = rules(&row, &state, &archive, &config)?
            {
                audit.rules(&row.url, rules);
            }
        }
        Ok(())
    })?;
    let (hosts, breaches) = audit.finish();
    say(format_args!(
        "{:<40} {:>9} {:>12} {:>12} {:>12} {:>5} {:>7}",
        "host", "requests", "KiB", "least pause", "least gap", "open", "broken"
    ));
    for (name, record) in &hosts {
        say(line(name, record));
    }
    Ok(conclude(&breaches))
}

fn chosen(portals: &[String], row: &FetchRow) -> bool {
    portals.is_empty() || portals.contains(&row.portal)
}

/// What the archive holds of a robots.txt that was answered.
fn rules(
    row: &FetchRow,
    state: &State,
    archive: &Reader,
    config: &Config,
) -> anyhow::Result<Option<Permissions>> {
    let held = state.captures_of(&row.url.key())?;
    let Some(held) = held.iter().find(|capture| capture.at == row.at) else { return Ok(None) };
    let portal = config.portals.iter().find(|portal| portal.id == row.portal);
    let forbidden =
        portal.map_or(RobotsForbidden::Disallow, |portal| portal.politeness.robots_forbidden);
    let capture = archive.capture(&held.position)?;
    Ok(Permissions::read(&capture, &config.crawler.name, forbidden))
}

fn line(name: &str, record: &HostRecord) -> String {
    let seconds = |time: Option<std::time::Duration>| {
        time.map_or_else(|| "-".to_owned(), |time| format!("{:.3} s", time.as_secs_f64()))
    };
    format!(
        "{name:<40} {:>9} {:>12} {:>12} {:>12} {:>5} {:>7}",
        record.requests,
        record.bytes / 1024,
        seconds(record.shortest_pause),
        seconds(record.shortest_gap),
        record.most_open,
        record.breaches
    )
}

fn conclude(breaches: &[Breach]) -> Exit {
    if breaches.is_empty() {
        say("every rule was kept");
        return Exit::Done;
    }
    for breach in breaches.iter().take(SHOWN) {
        say(format_args!("{} {}: {}", breach.asked, breach.url, breach.what));
    }
    note(format_args!("{} times a rule was broken", breaches.len()));
    Exit::Damaged
}
