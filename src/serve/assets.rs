//! Style sheets, scripts and the icon, each at an address that changes with its content.
//!
//! A file is added by one line here; [`addresses`] gives its name to the templates.

use std::sync::LazyLock;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

use crate::serve::app::App;
use crate::serve::guard::{fingerprint, tagged};
use crate::serve::problem::{NOT_FOUND, Problem};

/// A file that pages refer to.
struct Asset {
    /// File name with the fingerprint of its content.
    name: String,
    content_type: &'static str,
    bytes: &'static [u8],
}

/// Every file: the name by which templates call it, and the file itself.
static ASSETS: LazyLock<[(&str, Asset); 5]> = LazyLock::new(|| {
    [
        ("style", Asset::new("style", Kind::Style, include_bytes!("assets/style.css"))),
        ("script", Asset::new("pages", Kind::Script, include_bytes!("assets/pages.js"))),
        ("icon", Asset::new("icon", Kind::Icon, include_bytes!("assets/icon.svg"))),
        ("kiosk_style", Asset::new("kiosk", Kind::Style, include_bytes!("assets/kiosk.css"))),
        ("kiosk_script", Asset::new("kiosk", Kind::Script, include_bytes!("assets/kiosk.js"))),
    ]
});

/// What a file is.
#[derive(Clone, Copy)]
enum Kind {
    Style,
    Script,
    Icon,
}

impl Kind {
    /// The ending of its name, and its content type.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Style => ("css", "text/css; charset=utf-8"),
            Self::Script => ("js", "text/javascript; charset=utf-8"),
            Self::Icon => ("svg", "image/svg+xml"),
        }
    }
}

/// The name by which templates call each file, and its address.
pub(crate) fn addresses() -> impl Iterator<Item = (&'static str, String)> {
    ASSETS.iter().map(|(name, asset)| (*name, format!("/assets/{}", asset.name)))
}

impl Asset {
    fn new(stem: &str, kind: Kind, bytes: &'static [u8]) -> Self {
        let (ending, content_type) = kind.words();
        let name = format!("{stem}-{}.{ending}", &fingerprint(bytes)[..12]);
        Self { name, content_type, bytes }
    }
}

/// The address of the file with this name; empty when there is none.
pub(crate) fn address(name: &str) -> String {
    addresses().find(|(known, _)| *known == name).map(|(_, address)| address).unwrap_or_default()
}

/// `GET /assets/{name}`.
pub(crate) async fn asset(
    State(app): State<std::sync::Arc<App>>,
    name: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let wanted = name.map(|Path(name)| name).unwrap_or_default();
    let Some((_, asset)) = ASSETS.iter().find(|(_, asset)| asset.name == wanted) else {
        return app.pages.failed(&Problem::new(&NOT_FOUND, "there is no such file"));
    };
    let mut response = tagged(&headers, asset.content_type, asset.bytes.to_vec());
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, forever);
    response
}
