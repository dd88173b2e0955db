//! `gongkai probe`: an unknown portal → a proposed portal file.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::sync::{mpsc, watch};

use crate::cli::clock::now;
use crate::cli::{Exit, Globals, curated, note, say};
use crate::config::{Config, ListStyle, Politeness, Portal};
use crate::crawl::{
    Clock, Event, History, Known, Line, Options, Plan, Probed, Progress, discover, first_page,
    probe,
};
use crate::model::{Capture, KnownPage, Moment, PageKind, PageState, PageUrl};

/// Look at a portal and propose a portal file for it.
///
/// Asks for robots.txt, the page, and the lists of a few of its columns; prints the file and the documents it leads to.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A page that leads to the disclosure columns, such as `https://www.example.gov.cn/zwgk/`
    #[arg(value_parser = PageUrl::parse)]
    url: PageUrl,
    /// Send every request through this HTTP proxy
    #[arg(long, value_name = "URL", value_parser = PageUrl::parse)]
    proxy: Option<PageUrl>,
    /// Write the proposed file here, such as crawler-config/portals/example.toml; its id is the name of the file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Allow private, loopback and link-local addresses
    #[arg(long)]
    allow_private: bool,
}

/// Columns whose lists are looked at.
const COLUMNS_TRIED: usize = 2;
/// Further lists asked for in a row, where a column's page shows no document: a script, then an interface.
const STEPS: usize = 2;
/// Documents shown.
const ITEMS: usize = 5;

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    if let Some(out) = args.out.as_ref().filter(|out| out.try_exists().unwrap_or(true)) {
        note(format_args!("{} is there already; choose another name", out.display()));
        return Ok(Exit::Mistakes);
    }
    let config = curated::load(globals).config;
    let id = id_of(args);
    let mut found = ask(&config, args, &id, &[(String::from("probe"), args.url.clone())])?;
    let first = found.pop().context("the page gave no answer")?;
    let mut probed = probe(&first, &config.categories);
    if let Some(platform) = probed.platform.clone().filter(|_| !has_tree(&probed)) {
        let page = ask(&config, args, &id, &[("platform".into(), platform)])?;
        probed.columns =
            page.first().map(|page| probe(page, &config.categories).columns).unwrap_or_default();
        probed.style = Some((ListStyle::Gkmlpt, "/gkmlpt/index"));
    }
    if probed.columns.is_empty() {
        let name = probed.name.clone().unwrap_or_else(|| "政府信息公开".to_owned());
        probed.columns.push((name, args.url.clone()));
    }
    let tried = &probed.columns[..probed.columns.len().min(COLUMNS_TRIED)];
    let lists = ask(&config, args, &id, tried)?;
    probed.style =
        lists.iter().find_map(|list| probe(list, &config.categories).style).or(probed.style);
    let text = proposed(&config, args, &id, &probed);
    let path = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("{id}.toml")));
    let portal = config.read_portal(&path, &text).map_err(|mistakes| {
        anyhow::anyhow!(
            "the proposal has a mistake: {}",
            mistakes.first().map(ToString::to_string).unwrap_or_default()
        )
    })?;
    match &args.out {
        Some(out) => {
            std::fs::write(out, &text)
                .with_context(|| format!("cannot write {}", out.display()))?;
        }
        None => say(&text),
    }
    let lists = with_documents(&config, args, &portal, lists);
    show_items(&config, &portal, &lists);
    Ok(Exit::Done)
}

fn has_tree(probed: &Probed) -> bool {
    probed.columns.iter().any(|(_, url)| url.path().starts_with("/gkmlpt/api/"))
}

/// The portal's id: the name of the file to write, else what tells its host from others.
fn id_of(args: &Args) -> String {
    let stem = args.out.as_deref().and_then(Path::file_stem).and_then(|stem| stem.to_str());
    stem.map_or_else(
        || {
            let host = args.url.host().trim_start_matches("www.");
            host.trim_end_matches(".gov.cn").replace(|c: char| !c.is_ascii_alphanumeric(), "-")
        },
        str::to_owned,
    )
}

/// Asks for the first pages of these columns and nothing else, as politely as any crawl.
fn ask(
    config: &Config,
    args: &Args,
    id: &str,
    columns: &[(String, PageUrl)],
) -> anyhow::Result<Vec<Capture>> {
    let probed = Probed { columns: columns.to_vec(), ..Probed::default() };
    let text = proposed(config, args, id, &probed);
    let path = PathBuf::from(format!("{id}.toml"));
    let portal = config.read_portal(&path, &text).map_err(|mistakes| {
        anyhow::anyhow!("{}", mistakes.first().map(ToString::to_string).unwrap_or_default())
    })?;
    look(config, args, portal, Vec::new())
}

/// The lists, each one that shows no document replaced by the further list that it leads to.
fn with_documents(
    config: &Config,
    args: &Args,
    portal: &Portal,
    mut lists: Vec<Capture>,
) -> Vec<Capture> {
    for _ in 0..STEPS {
        let further: Vec<KnownPage> =
            lists.iter().filter_map(|list| further_list(config, portal, list)).collect();
        if further.is_empty() {
            break;
        }
        // The columns' own pages were seen: nothing but what they lead to is due.
        let mut tried = portal.clone();
        tried.columns.truncate(COLUMNS_TRIED);
        let seen = |column| KnownPage {
            state: PageState::Kept,
            due: Moment::MAX,
            ..first_page(portal, column, now())
        };
        let known = tried.columns.iter().map(seen).chain(further.iter().cloned()).collect();
        match look(config, args, tried, known) {
            Ok(found) => {
                lists.retain(|list| further_list(config, portal, list).is_none());
                lists.extend(found);
            }
            Err(error) => {
                note(format_args!("the further lists gave no answer: {error:#}"));
                break;
            }
        }
    }
    lists
}

/// Where the documents of a list stand that shows none itself.
fn further_list(config: &Config, portal: &Portal, list: &Capture) -> Option<KnownPage> {
    let found = leads(config, portal, list);
    let shows = found.iter().any(|page| page.context.kind == PageKind::Detail);
    found.into_iter().find(|page| page.context.kind == PageKind::List).filter(|_| !shows)
}

fn leads(config: &Config, portal: &Portal, list: &Capture) -> Vec<KnownPage> {
    let page = KnownPage::found(list.url.clone(), list.context.clone(), 0, list.at);
    discover(portal, &page, list, &config.crawler.attachments)
}

/// Asks for what is due of a portal's lists, and for nothing that they lead to.
fn look(
    config: &Config,
    args: &Args,
    mut portal: Portal,
    known: Vec<KnownPage>,
) -> anyhow::Result<Vec<Capture>> {
    portal.limits.depth = 0;
    let manners = portal.politeness.clone();
    let mut plan = Plan {
        crawler: config.crawler.clone(),
        portals: vec![portal],
        known: Known::default(),
        history: History::default(),
        options: Options {
            proxy: args.proxy.clone(),
            allow_private: args.allow_private,
            ..Options::default()
        },
        clock: Clock::starting_at(now()),
        spool: None,
    };
    let mut waiting = Waiting::new();
    for page in known {
        if let Some(line) = plan.note(0, &page) {
            waiting.entry(line).or_default().push(page);
        }
    }
    let runtime = tokio::runtime::Runtime::new().context("cannot start the probe's threads")?;
    runtime.block_on(collect(plan, waiting, &manners))
}

/// Pages that wait until the crawl wants them.
type Waiting = BTreeMap<Line, Vec<KnownPage>>;

async fn collect(
    plan: Plan,
    mut waiting: Waiting,
    manners: &Politeness,
) -> anyhow::Result<Vec<Capture>> {
    let (events, mut arrived) = mpsc::channel(8);
    let (_stop, stopping) = watch::channel(false);
    let progress = Arc::new(Progress::of(&plan.portals));
    let crawl = tokio::spawn(crate::crawl::run(plan, events, progress, stopping));
    let (mut pages, mut pause) = (Vec::new(), manners.delay);
    while let Some(event) = arrived.recv().await {
        match event {
            Event::Answered { capture, .. } if capture.context.kind == PageKind::List => {
                if (200..300).contains(&capture.answer.status) {
                    pages.push(capture);
                } else {
                    note(format_args!("{} answers {}", capture.url, capture.answer.status));
                }
            }
            Event::Answered { capture, .. } => pause = pause.max(longest_delay(&capture)),
            Event::Unanswered { outcome, .. } => {
                note(format_args!("{}: {}", outcome.url, outcome.detail));
            }
            Event::Wanted { line, at_most, reply } => {
                let pages = waiting.entry(line).or_default();
                let _ = reply.send(pages.drain(..at_most.min(pages.len())).collect());
            }
            Event::WantedLive { reply, .. } => {
                let _ = reply.send(Vec::new());
            }
        }
    }
    let summary = crawl.await.context("the probe broke off")?;
    for (host, why) in &summary.closed {
        note(format_args!("{host}: {why}"));
    }
    // The next round is a crawl of its own and does not know when this one asked last.
    tokio::time::sleep(pause.min(manners.crawl_delay_ceiling.max(manners.delay))).await;
    ensure!(summary.requests > 0, "nothing could be asked");
    Ok(pages)
}

/// The longest pause that a robots.txt asks anybody for.
fn longest_delay(robots: &Capture) -> Duration {
    let text = String::from_utf8_lossy(robots.answer.body.start()).to_ascii_lowercase();
    let delays = text.lines().filter_map(|line| line.trim().strip_prefix("crawl-delay:"));
    let seconds = delays.filter_map(|value| value.trim().parse::<f64>().ok()).fold(0.0, f64::max);
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}

/// A portal file that works unedited.
fn proposed(config: &Config, args: &Args, id: &str, probed: &Probed) -> String {
    let name = probed.name.clone().unwrap_or_else(|| args.url.host().to_owned());
    let base = format!("{}://{}/", args.url.as_url().scheme(), args.url.authority());
    let mut text = format!(
        "id = {id:?}\nname = {name:?}\nbases = [{base:?}]\nregion = \"unknown\"\nverified = \"never\"\n\n[list]\n"
    );
    let style = probed.style.map_or(ListStyle::Links, |(style, _)| style);
    if let Some((_, mark)) = probed.style {
        let _ = writeln!(text, "# recognised by {mark}");
    }
    let _ = writeln!(text, "style = {:?}", style.as_str());
    for (name, list) in &probed.columns {
        let _ = write!(text, "\n[[columns]]\nname = {name:?}\nlist = {:?}\n", list.as_str());
        if let Some(mapped) = config.categories.map(std::slice::from_ref(name), "") {
            let _ = writeln!(text, "category = {:?}", mapped.path.as_str());
        }
    }
    text
}

/// The documents that the lists looked at lead to.
fn show_items(config: &Config, portal: &Portal, lists: &[Capture]) {
    for list in lists {
        let mut found = leads(config, portal, list);
        found.retain(|page| page.state != PageState::Trap);
        let items: Vec<_> = found.iter().filter(|f| f.context.kind == PageKind::Detail).collect();
        let lists = found.len() - items.len();
        note(format_args!(
            "{}: {} documents on its first page, {lists} further lists",
            list.context.column,
            items.len()
        ));
        for item in items.iter().take(ITEMS) {
            let listed = &item.context.listed;
            let text = |field: &Option<String>| field.clone().unwrap_or_default();
            note(format_args!("  {} {} {}", text(&listed.date), text(&listed.title), item.url));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Answer, Context, Headers, Listed};

    #[test]
    fn proposals_are_portal_files() {
        let args = Args {
            url: PageUrl::parse("https://www.ling-zhou.gov.cn/zwgk/").unwrap(),
            proxy: None,
            out: None,
            allow_private: false,
        };
        let nowhere = || PathBuf::from("no/such/folder");
        let globals = Globals { data: nowhere(), config: nowhere() };
        let config = curated::load(&globals).config;
        let list = |path: &str| args.url.join(path).unwrap();
        let probed = Probed {
            style: Some((ListStyle::Trs, "TRS_Editor")),
            name: Some("灵洲市\"人民\\政府".to_owned()),
            columns: vec![("政策文件".into(), list("zcwj/")), ("乡镇动态".into(), list("xz/"))],
            platform: None,
        };
        let id = id_of(&args);
        let text = proposed(&config, &args, &id, &probed);
        let portal = config.read_portal(Path::new("ling-zhou.toml"), &text).unwrap();
        assert_eq!((portal.list.style, portal.columns.len()), (ListStyle::Trs, 2));
        assert_eq!(
            portal.columns[0].category.as_ref().map(crate::model::CategoryPath::as_str),
            Some("policy")
        );
    }

    #[test]
    fn the_pause_that_a_host_asks_for_is_kept_between_rounds() {
        let robots = |body: &str| Capture {
            url: PageUrl::parse("http://www.lingzhou.example/robots.txt").unwrap(),
            at: "2026-11-22T08:00:00Z".parse().unwrap(),
            request: Headers::default(),
            answer: Answer {
                status: 200,
                headers: Headers::default(),
                body: body.as_bytes().into(),
            },
            truncated: None,
            unverified_tls: false,
            context: Context {
                portal: "lingzhou".into(),
                column: String::new(),
                kind: PageKind::Robots,
                listed: Listed::default(),
                referrer: None,
                redirected_from: None,
                form: None,
            },
        };
        let asked = |body| longest_delay(&robots(body));
        assert_eq!(asked("User-agent: *\nCrawl-delay: 3\n"), Duration::from_secs(3));
        assert_eq!(asked("User-agent: *\nDisallow: /x"), Duration::ZERO);
        assert_eq!(asked("Crawl-delay: -1\nCrawl-Delay: x"), Duration::ZERO);
    }
}
