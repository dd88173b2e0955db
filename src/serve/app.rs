//! The service as a function: state, addresses, and what wraps them.

use std::{any::Any, collections::HashMap, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    http::{Method, Uri, header},
    middleware::{from_fn, from_fn_with_state, map_response},
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, any, get},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::{Any as AnyOrigin, CorsLayer},
};
use url::Url;

use crate::serve::display::displayed;
use crate::serve::gateway::{Gateway, NotRun};
use crate::serve::guard::{TimeLimit, in_time, secure};
use crate::serve::library::Library;
use crate::serve::pages::Pages;
use crate::serve::problem::{METHOD, NOT_FOUND, Problem, TOO_SLOW};
use crate::serve::{api, feeds, pages};

/// How the service is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Names for ids.
    pub labels: Labels,
    /// Blocking calls that run at once.
    pub workers: usize,
    /// Blocking calls that may wait besides.
    pub waiting: usize,
    /// How long a request may take, waiting included.
    pub time_limit: Duration,
    /// The address under which others reach the service; `None`: not known, and the one a request came by is told.
    pub public_url: Option<Url>,
    /// Where people reach the operator, such as `mailto:archive@example.org`; `None`: nowhere told.
    pub contact: Option<String>,
    /// When the kiosk forgets its visitor.
    pub kiosk: KioskTimes,
}

/// After how long without a touch the kiosk asks and starts again, in whole seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KioskTimes {
    /// It asks whether anybody is there.
    pub warning: Duration,
    /// It goes back to its first page.
    pub reset: Duration,
}

impl Default for KioskTimes {
    /// Sixty and ninety seconds.
    fn default() -> Self {
        Self { warning: Duration::from_mins(1), reset: Duration::from_secs(90) }
    }
}

impl Default for Settings {
    /// Eight calls at once, 64 waiting, ten seconds, no names, no public address.
    fn default() -> Self {
        Self {
            labels: Labels::default(),
            workers: 8,
            waiting: 64,
            time_limit: Duration::from_secs(10),
            public_url: None,
            contact: None,
            kiosk: KioskTimes::default(),
        }
    }
}

/// Names of categories, portals and regions, the lists in the order pages show them.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    /// Category path and its Chinese name.
    pub categories: Vec<(String, String)>,
    /// Portal id and its Chinese name.
    pub portals: Vec<(String, String)>,
    /// Region codes with the names of today.
    pub regions: HashMap<String, String>,
}

/// Files that are made at once, and that may wait besides.
const EXPORTS: usize = 2;
const EXPORTS_WAITING: usize = 16;

/// Everything a handler needs.
pub struct App {
    pub(crate) library: Arc<dyn Library>,
    gateway: Gateway,
    /// Files take long: they have a few places of their own, and take none from questions.
    pub(crate) exports: Gateway,
    time_limit: Duration,
    pub(crate) public_url: Option<Url>,
    pub(crate) contact: Option<String>,
    pub(crate) pages: Pages,
}

impl App {
    /// Makes the service's state.
    ///
    /// # Errors
    /// When a template or the glossary is broken.
    pub fn new(library: Arc<dyn Library>, settings: Settings) -> anyhow::Result<Self> {
        let patience = settings.time_limit / 2;
        Ok(Self {
            library,
            gateway: Gateway::new(settings.workers, settings.waiting, patience),
            exports: Gateway::new(EXPORTS, EXPORTS_WAITING, patience),
            time_limit: settings.time_limit,
            public_url: settings.public_url,
            contact: settings.contact,
            pages: Pages::new(settings.labels)?.with_kiosk(&settings.kiosk),
        })
    }

    /// Calls the library off the async threads.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        call: impl FnOnce(&dyn Library) -> T + Send + 'static,
    ) -> Result<T, NotRun> {
        let library = Arc::clone(&self.library);
        self.gateway.run(move || call(library.as_ref())).await
    }

    /// What the library says; where it fails, its log says why.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        call: impl FnOnce(&dyn Library) -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        self.blocking(call).await?.map_err(|error| Problem::internal(&error))
    }
}

/// The whole service.
pub fn router(app: App) -> Router {
    let app = Arc::new(app);
    let service = interface(&app, &mut api::routes().into_iter())
        .merge(people(&app, Pages::failed, pages::routes()))
        .merge(programs(&app))
        .merge(kiosk(&app))
        .fallback(nowhere);
    service.layer(CompressionLayer::new()).layer(map_response(secure)).with_state(app)
}

/// The kiosk alone: its pages, what they load, what its keyboard asks; everything else is not there.
pub fn kiosk_router(app: App) -> Router {
    let app = Arc::new(app);
    let mut asked = api::routes().into_iter().filter(|(path, _)| *path == "/api/v1/pinyin");
    let mut loaded = pages::routes().into_iter().filter(|(path, _)| path.starts_with("/assets/"));
    let service = interface(&app, &mut asked)
        .merge(people(&app, Pages::kiosk_failed, &mut loaded))
        .merge(kiosk(&app))
        .route("/", get(|| async { Redirect::temporary("/kiosk") }))
        .fallback(|State(app): State<Arc<App>>| async move {
            app.pages.kiosk_failed(&Problem::new(&NOT_FOUND, "there is no such page"))
        });
    service.layer(CompressionLayer::new()).layer(map_response(secure)).with_state(app)
}

/// The pages of the kiosk.
fn kiosk(app: &Arc<App>) -> Router<Arc<App>> {
    people(app, Pages::kiosk_failed, pages::kiosk::routes())
        .layer(map_response(pages::kiosk::unkept))
}

/// An address with its handler.
type Route = (&'static str, MethodRouter<Arc<App>>);

/// Feeds, site map and harvesting: answers in the forms of their protocols, faults as those of the interface.
fn programs(app: &App) -> Router<Arc<App>> {
    called_by_programs(app, &mut feeds::routes().into_iter())
}

/// The addresses of the interface: every answer is JSON.
fn interface(app: &App, routes: &mut dyn Iterator<Item = Route>) -> Router<Arc<App>> {
    let rest: Route = ("/api/{*rest}", any(no_such_address));
    called_by_programs(app, &mut routes.chain([rest]))
}

/// Addresses that programs of other sites may call.
fn called_by_programs(app: &App, routes: &mut dyn Iterator<Item = Route>) -> Router<Arc<App>> {
    let late = || Problem::new(&TOO_SLOW, "the request took too long").into_response();
    let panicked = |panic: Box<dyn Any + Send>| {
        Problem::internal(&anyhow::anyhow!("a handler panicked: {}", message(panic.as_ref())))
            .into_response()
    };
    let cors = CorsLayer::new()
        .allow_origin(AnyOrigin)
        .allow_methods([Method::GET, Method::HEAD])
        .expose_headers([header::ETAG]);
    let mut router = Router::new();
    for (path, handler) in routes {
        router = router.route(path, handler);
    }
    router
        .method_not_allowed_fallback(|method: Method| async move {
            Problem::new(&METHOD, format!("{method} is not allowed; use GET"))
        })
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(TimeLimit::new(app.time_limit, late), in_time))
        .layer(cors)
}

/// Addresses for people, pages and what belongs to them, and how they say what went wrong.
fn people(
    app: &Arc<App>,
    failed: fn(&Pages, &Problem) -> Response,
    routes: impl IntoIterator<Item = Route>,
) -> Router<Arc<App>> {
    let late = {
        let app = Arc::clone(app);
        move || failed(&app.pages, &Problem::new(&TOO_SLOW, "the request took too long"))
    };
    let panicked = {
        let app = Arc::clone(app);
        move |panic: Box<dyn Any + Send>| {
            let cause = anyhow::anyhow!("a handler panicked: {}", message(panic.as_ref()));
            failed(&app.pages, &Problem::internal(&cause))
        }
    };
    let mut router = Router::new();
    for (path, handler) in routes {
        router = router.route(path, handler);
    }
    router
        .method_not_allowed_fallback(move |State(app): State<Arc<App>>| async move {
            failed(&app.pages, &Problem::new(&METHOD, "use GET"))
        })
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(TimeLimit::new(app.time_limit, late), in_time))
        .layer(from_fn(displayed))
}

async fn no_such_address(uri: Uri) -> Problem {
    Problem::new(&NOT_FOUND, format!("there is nothing at {}", uri.path()))
}

async fn nowhere(State(app): State<Arc<App>>) -> Response {
    app.pages.failed(&Problem::new(&NOT_FOUND, "there is no such page"))
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
