//! `gongkai demo`: harvests a sample city and serves it.

use std::{fs, sync::Arc};

use anyhow::Context as _;
use tokio::net::TcpListener;

use crate::cli::library::Shelves;
use crate::cli::store::Store;
use crate::cli::{Exit, Globals, clock, crawl, curated, extract, index, note, say, serve};
use crate::demo;
use crate::model::PageUrl;

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
    let args_of_crawl = crawl::Harvest {
        proxy: Some(PageUrl::parse(&portal.proxy_url())?),
        ..crawl::Harvest::default()
    };
    {
        let Some(mut store) = Store::open(&globals, &config, clock::now())? else {
            return Ok(Exit::Busy);
        };
        let exit = crawl::harvest(&globals, &mut store, &config, &args_of_crawl)?;
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

async fn start_portal() -> anyhow::Result<demo::Portal> {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .context("cannot open a port for the sample portal")?;
    demo::start(listener).await
}
