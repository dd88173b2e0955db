//! `gongkai serve`: pages and API over what the data folder holds.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use tokio::net::TcpListener;
use url::Url;

use crate::cli::library::Shelves;
use crate::cli::signal::stopped;
use crate::cli::store::make_catalogue;
use crate::cli::{Exit, Globals, curated, note, say};
use crate::config::{Category, Config, Loaded};
use crate::serve::{self, App, KioskTimes, Labels, Settings};

/// Serve the pages and the API; follows the index while others update it.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    service: Service,
}

/// How a service is reached, and when its kiosk forgets.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Service {
    /// Where to listen
    #[arg(long, value_name = "ADDR:PORT", default_value = DEFAULT_LISTEN)]
    listen: SocketAddr,
    /// The address under which others reach the pages, for feeds, site map and QR codes
    #[arg(long, value_name = "URL", value_parser = public_url)]
    public_url: Option<Url>,
    /// Seconds without a touch after which the kiosk asks whether anybody is there
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    idle_warning: u64,
    /// Seconds without a touch after which the kiosk goes back to its first page
    #[arg(long, value_name = "SECONDS", default_value_t = 90, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    idle_reset: u64,
}

/// Which addresses are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Serving {
    /// All of them.
    Everything,
    /// Those of the kiosk.
    Kiosk,
}

/// Reads an address that links can begin with.
fn public_url(typed: &str) -> Result<Url, String> {
    let url = Url::parse(typed).map_err(|error| error.to_string())?;
    let fits = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.query().is_none()
        && url.fragment().is_none();
    if fits {
        Ok(url)
    } else {
        Err("expected an address such as https://www.example.gov.cn/gongkai".to_owned())
    }
}

/// This machine only, until somebody decides otherwise.
const DEFAULT_LISTEN: &str = "127.0.0.1:8600";
/// How often the index is looked at for a new generation or commit.
const FOLLOW: Duration = Duration::from_secs(2);

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    serve_alone(globals, &args.service, Serving::Everything)
}

/// Serves what the data folder holds, without changing it.
pub(crate) fn serve_alone(
    globals: &Globals,
    service: &Service,
    serving: Serving,
) -> anyhow::Result<Exit> {
    let Loaded { config, mistakes } = curated::load(globals);
    let concerns = mistakes.iter().map(|mistake| format!("curated file: {mistake}")).collect();
    make_catalogue(globals)?;
    let shelves = Arc::new(Shelves::open(globals, &config, concerns)?);
    let runtime = tokio::runtime::Runtime::new().context("cannot start the server's threads")?;
    runtime.block_on(listen(shelves, &config, service, serving))?;
    Ok(Exit::Done)
}

/// Serves until Ctrl-C or a termination signal; answers under way are finished.
pub(crate) async fn listen(
    shelves: Arc<Shelves>,
    config: &Config,
    service: &Service,
    serving: Serving,
) -> anyhow::Result<()> {
    let address = service.listen;
    let listener =
        TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    let kiosk = KioskTimes {
        warning: Duration::from_secs(service.idle_warning),
        reset: Duration::from_secs(service.idle_reset.max(service.idle_warning)),
    };
    let public_url = service.public_url.clone();
    let contact =
        (!config.crawler.contact_is_placeholder()).then(|| config.crawler.contact.clone());
    let labels = labels(config);
    let settings = Settings { labels, public_url, contact, kiosk, ..Settings::default() };
    let app = App::new(Arc::clone(&shelves) as Arc<dyn serve::Library>, settings)?;
    let (router, path) = match serving {
        Serving::Everything => (serve::router(app), ""),
        Serving::Kiosk => (serve::kiosk_router(app), "/kiosk"),
    };
    say(format_args!("serving at http://{}{path}", listener.local_addr()?));
    let following = tokio::spawn(async move {
        let mut tick = tokio::time::interval(FOLLOW);
        loop {
            tick.tick().await;
            let shelves = Arc::clone(&shelves);
            let _looked = tokio::task::spawn_blocking(move || shelves.follow()).await;
        }
    });
    serve::serve(listener, router, stopped()).await?;
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
