//! `gongkai serve`: pages and API over what the data folder holds.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use tokio::net::TcpListener;

use crate::cli::library::Shelves;
use crate::cli::signal::stopped;
use crate::cli::store::make_catalogue;
use crate::cli::{Exit, Globals, curated, note, say};
use crate::config::{Category, Config, Loaded};
use crate::serve::{self, App, Labels, Settings};

/// Serve the pages and the API; follows the index while others update it.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Where to listen
    #[arg(long, value_name = "ADDR:PORT", default_value = DEFAULT_LISTEN)]
    pub(crate) listen: SocketAddr,
}

/// This machine only, until somebody decides otherwise.
pub(crate) const DEFAULT_LISTEN: &str = "127.0.0.1:8600";
/// How often the index is looked at for a new generation or commit.
const FOLLOW: Duration = Duration::from_secs(2);

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let Loaded { config, mistakes } = curated::load(globals);
    let concerns = mistakes.iter().map(|mistake| format!("curated file: {mistake}")).collect();
    make_catalogue(globals)?;
    let shelves = Arc::new(Shelves::open(globals, &config, concerns)?);
    let runtime = tokio::runtime::Runtime::new().context("cannot start the server's threads")?;
    runtime.block_on(listen(shelves, &config, args.listen))?;
    Ok(Exit::Done)
}

/// Serves until Ctrl-C or a termination signal; answers under way are finished.
pub(crate) async fn listen(
    shelves: Arc<Shelves>,
    config: &Config,
    address: SocketAddr,
) -> anyhow::Result<()> {
    let listener =
        TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    let settings = Settings { labels: labels(config), ..Settings::default() };
    let app = App::new(Arc::clone(&shelves) as Arc<dyn serve::Library>, settings)?;
    say(format_args!("serving at http://{}", listener.local_addr()?));
    let following = tokio::spawn(async move {
        let mut tick = tokio::time::interval(FOLLOW);
        loop {
            tick.tick().await;
            let shelves = Arc::clone(&shelves);
            let _looked = tokio::task::spawn_blocking(move || shelves.follow()).await;
        }
    });
    serve::serve(listener, serve::router(app), stopped()).await?;
    following.abort();
    note("stopped");
    Ok(())
}

/// Names for people: categories and portals.
fn labels(config: &Config) -> Labels {
    let category = |category: &Category| (category.path.to_string(), category.name.clone());
    Labels {
        categories: config.categories.all().map(category).collect(),
        portals: config
            .portals
            .iter()
            .map(|portal| (portal.id.clone(), portal.name.clone()))
            .collect(),
        regions: region_names(config).map(|(code, name)| (code.to_owned(), name)).collect(),
    }
}

/// The divisions of China with their names of today; a name that stands for several has the division above before it.
pub(crate) fn region_names(config: &Config) -> impl Iterator<Item = (&str, String)> {
    let all = config.regions.all().iter().map(|division| division.code.as_str());
    all.filter_map(|code| Some((code, config.regions.division(code, None)?.name.clone())))
}
