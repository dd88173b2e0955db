//! `gongkai demo`: harvests a sample city and serves it.

use std::{fs, sync::Arc, time::Duration};

use anyhow::Context as _;
use tokio::net::TcpListener;

use crate::cli::library::Shelves;
use crate::cli::store::Store;
use crate::cli::{Exit, Globals, clock, crawl, curated, extract, index, note, say, serve};
use crate::demo;
use crate::model::{Moment, PageUrl};

/// Harvest an invented city through the real crawler, then serve what was found.
///
/// The sample portal runs inside the program and reaches no network. A second run goes on from what is there.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    service: serve::Service,
    /// Harvest and index only; do not serve
    #[arg(long)]
    no_serve: bool,
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let folder = globals.data.join("demo").join("crawler-config");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    demo::write_config(&folder)?;
    let globals = Globals { data: globals.data.clone(), config: folder };
    let config = match curated::chosen(&globals, &[]) {
        Ok(config) => config,
        Err(exit) => return Ok(exit),
    };
    let runtime = tokio::runtime::Runtime::new().context("cannot start the demo's threads")?;
    let portal = runtime.block_on(start_portal())?;
    say(format_args!("the sample portal of an invented city (示例数据) runs inside this program"));
    {
        let looks = looks(&globals)?;
        let Some(mut store) = Store::open(&globals, &config, looks[0].moment())? else {
            return Ok(Exit::Busy);
        };
        let exit = harvest(&globals, &mut store, looks, &portal)?;
        extract::derive(&globals, &config, &store.state, false)?;
        index::write(&globals, &config, &index::Args::default())?;
        if exit != Exit::Done || args.no_serve {
            return Ok(exit);
        }
    }
    let shelves = Arc::new(Shelves::open(&globals, &config, Vec::new())?);
    note("try 低保, \"依申请公开\", or a document number; Ctrl-C ends the demo");
    runtime.block_on(serve::listen(shelves, &config, &args.service, serve::Serving::Everything))?;
    Ok(Exit::Done)
}

/// A crawl of the demo.
struct Look {
    days_ago: u64,
    /// Only this portal, every page of it.
    portal: Option<&'static str>,
}

/// A fresh demo looks first as of a week ago. Then a portal takes a document away, and three checks over more than 72 hours
/// find it gone, so that there is a removed document to be read.
const LOOKS: [Look; 4] = [
    Look { days_ago: 8, portal: None },
    Look { days_ago: 6, portal: Some(TAKES_AWAY) },
    Look { days_ago: 4, portal: Some(TAKES_AWAY) },
    Look { days_ago: 1, portal: Some(TAKES_AWAY) },
];
const TAKES_AWAY: &str = "sample-linting";

impl Look {
    fn moment(&self) -> Moment {
        let now = clock::now();
        now.checked_sub(Duration::from_hours(24 * self.days_ago)).unwrap_or(now)
    }
}

/// All looks where nothing was read yet; else one, as of now.
fn looks(globals: &Globals) -> anyhow::Result<&'static [Look]> {
    const NOW: [Look; 1] = [Look { days_ago: 0, portal: None }];
    let catalogue = globals.data.join("catalogue.sqlite");
    let is_there = catalogue.try_exists().context("cannot look into the data folder")?;
    Ok(if is_there { &NOW } else { &LOOKS })
}

/// Crawls look after look until one is stopped; only the first of a fresh demo sees what is taken away later.
fn harvest(
    globals: &Globals,
    store: &mut Store,
    looks: &[Look],
    portal: &demo::Portal,
) -> anyhow::Result<Exit> {
    for (n, look) in looks.iter().enumerate() {
        if n > 0 || looks.len() == 1 {
            portal.withdraw();
        }
        let portals: Vec<String> = look.portal.iter().map(|id| (*id).to_owned()).collect();
        let config = match curated::chosen(globals, &portals) {
            Ok(config) => config,
            Err(exit) => return Ok(exit),
        };
        let args = crawl::Harvest {
            proxy: Some(PageUrl::parse(&portal.proxy_url())?),
            now: Some(look.moment()),
            all_due: look.portal.is_some(),
            ..crawl::Harvest::default()
        };
        let exit = crawl::harvest(globals, store, &config, &args)?;
        if exit != Exit::Done {
            return Ok(exit);
        }
    }
    Ok(Exit::Done)
}

async fn start_portal() -> anyhow::Result<demo::Portal> {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .context("cannot open a port for the sample portal")?;
    demo::start(listener).await
}
