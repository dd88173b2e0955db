//! `gongkai crawl`: portals → archive and state.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use tokio::sync::{mpsc, watch};

use crate::catalogue::State;
use crate::cli::audit;
use crate::cli::clock::now;
use crate::cli::curated;
use crate::cli::keeper::Keeper;
use crate::cli::progress;
use crate::cli::signal::stopped;
use crate::cli::store::Store;
use crate::cli::waiting::Waiting;
use crate::cli::withdraw;
use crate::cli::{Exit, Globals, note};
use crate::config::Config;
use crate::crawl::{Clock, Ended, History, Known, Options, Plan, Progress, Summary};
use crate::model::{Moment, PageUrl, china_day};

/// Harvest the portals: what is new or due, politely, into the archive.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    harvest: Harvest,
    /// Ask nothing: read the log of all requests again and show that pauses, robots.txt, budgets and quiet hours were
    /// kept; exit code 4 when not
    #[arg(long, conflicts_with_all = ["limit", "proxy", "now", "all_due", "allow_private"])]
    audit: bool,
}

/// How the portals are harvested, alone or as the first step of an update.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Harvest {
    /// Only this portal; may be given several times
    #[arg(long, value_name = "ID")]
    pub(crate) portal: Vec<String>,
    /// Keep at most this many documents in this run
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
    /// Send every request through this HTTP proxy
    #[arg(long, value_name = "URL", value_parser = PageUrl::parse)]
    pub(crate) proxy: Option<PageUrl>,
    /// Crawl as if it were this moment, such as 2026-11-22T08:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<Moment>,
    /// Ask again for every page, due or not; unchanged ones answer with a few bytes where the server can
    #[arg(long)]
    pub(crate) all_due: bool,
    /// Allow private, loopback and link-local addresses everywhere
    #[arg(long)]
    pub(crate) allow_private: bool,
}

/// Events under way between the crawler and the archive; more would only hold more bodies in memory.
const EVENTS_UNDER_WAY: usize = 16;

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    if args.audit {
        return audit::run(globals, &args.harvest.portal);
    }
    let args = &args.harvest;
    let config = match curated::chosen(globals, &args.portal) {
        Ok(config) => config,
        Err(exit) => return Ok(exit),
    };
    let Some(mut store) = Store::open(globals, &config, args.now.unwrap_or_else(now))? else {
        return Ok(Exit::Busy);
    };
    harvest(globals, &mut store, &config, args)
}

/// Crawls the portals of `config` into an open store, until all is done or Ctrl-C.
pub(crate) fn harvest(
    globals: &Globals,
    store: &mut Store,
    config: &Config,
    args: &Harvest,
) -> anyhow::Result<Exit> {
    harvest_until(globals, store, config, args, None)
}

/// The same; it is stopped through `stopping`, or by Ctrl-C where that is not given.
pub(crate) fn harvest_until(
    globals: &Globals,
    store: &mut Store,
    config: &Config,
    args: &Harvest,
    stopping: Option<watch::Receiver<bool>>,
) -> anyhow::Result<Exit> {
    let (last_ended, history) = history(&store.state, args.now.unwrap_or_else(now))?;
    let moment = later_than_all(&store.state, config, last_ended, args.now.unwrap_or_else(now))?;
    let run = store.state.begin_run(moment, args.all_due)?;
    if run.resumed {
        note("going on with the crawl that was interrupted");
    }
    let options = Options {
        limit: args.limit,
        all_due_before: args.all_due.then_some(run.started),
        lists_due_before: Some(run.started),
        proxy: args.proxy.clone(),
        allow_private: args.allow_private,
        closed: config.takedown.closed_pages(),
    };
    let mut plan = Plan {
        crawler: config.crawler.clone(),
        portals: config.portals.clone(),
        known: Known::default(),
        history,
        options,
        clock: Clock::starting_at(moment),
        spool: Some(store.spool.clone()),
    };
    let waiting = Waiting::of(&mut plan, &store.state)?;
    let runtime = tokio::runtime::Runtime::new().context("cannot start the crawl's threads")?;
    let summary = runtime.block_on(join(store, plan, waiting, stopping))?;
    store.seal();
    withdraw::mark(globals, &store.state, config, moment)?;
    progress::conclude(&summary);
    if summary.ended == Ended::Stopped {
        note("stopped; everything fetched is kept. Run the same command again to go on");
        return Ok(Exit::Stopped);
    }
    store.state.finish_run(&run)?;
    Ok(Exit::Done)
}

/// When the last request of all ended, and what binds this run: the last request to each host, and what was asked
/// today. Requests of the last two days are looked at: no pause is longer.
fn history(state: &State, moment: Moment) -> anyhow::Result<(Option<Moment>, History)> {
    let mut history = History::default();
    let mut last = None;
    let since = moment.checked_sub(Duration::from_hours(48)).unwrap_or(Moment::MIN);
    state.for_each_fetch(Some(since), |row| {
        let Some(request) = row.request else { return Ok(()) };
        last = last.max(Some(request.ended));
        let of_host = history.last.entry(row.url.authority()).or_insert(request.ended);
        *of_host = request.ended.max(*of_host);
        if china_day(request.asked) == china_day(moment) {
            let spent = history.spent.entry(row.portal).or_default();
            spent.pages += 1;
            spent.bytes += row.bytes;
        }
        Ok(())
    })?;
    Ok((last, history))
}

/// The moment asked for, or just after the last answer: time never runs backwards, so that what one run kept comes
/// before the next one even when both are told the same `--now`.
fn later_than_all(
    state: &State,
    config: &Config,
    ended: Option<Moment>,
    moment: Moment,
) -> anyhow::Result<Moment> {
    let mut last = ended;
    for portal in &config.portals {
        last = last.max(state.last_kept(&portal.id)?);
    }
    let after = last.and_then(|last| last.checked_add(Duration::from_millis(1)).ok());
    Ok(after.map_or(moment, |after| moment.max(after)))
}

/// The crawl on one side, the archive and the state on the other, a bounded channel between.
async fn join(
    store: &mut Store,
    plan: Plan,
    waiting: Waiting,
    stopping: Option<watch::Receiver<bool>>,
) -> anyhow::Result<Summary> {
    let (events, arrived) = mpsc::channel(EVENTS_UNDER_WAY);
    let progress = Arc::new(Progress::of(&plan.portals));
    let display = progress::show(Arc::clone(&progress));
    let stopping = stopping.unwrap_or_else(at_ctrl_c);
    let crawl = tokio::spawn(crate::crawl::run(plan, events, progress, stopping));
    let kept = Keeper::new(store, waiting).keep_all(arrived).await;
    let summary = crawl.await.context("the crawl broke off");
    display.abort();
    kept?;
    summary
}

/// Becomes true at Ctrl-C or a request to terminate.
fn at_ctrl_c() -> watch::Receiver<bool> {
    let (stop, stopping) = watch::channel(false);
    tokio::spawn(async move {
        stopped().await;
        note("stopping: finishing the requests in flight");
        stop.send_replace(true);
        std::future::pending::<()>().await;
    });
    stopping
}
