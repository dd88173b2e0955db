//! The style sheet and the icon, each at an address that changes with its content.

use std::{fmt::Write, sync::LazyLock};

use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

use crate::serve::app::App;
use crate::serve::guard::{fingerprint, tagged};
use crate::serve::problem::{NOT_FOUND, Problem};

/// A file that pages refer to.
pub(crate) struct Asset {
    /// File name with the fingerprint of its content.
    name: String,
    content_type: &'static str,
    bytes: &'static [u8],
}

pub(crate) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("style", "css", "text/css; charset=utf-8", include_bytes!("assets/style.css"))
});
pub(crate) static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_bytes!("assets/icon.svg")));

impl Asset {
    fn new(stem: &str, ending: &str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let mut name = String::new();
        let _ = write!(name, "{stem}-{}.{ending}", &fingerprint(bytes)[..12]);
        Self { name, content_type, bytes }
    }

    /// The address.
    pub(crate) fn address(&self) -> String {
        format!("/assets/{}", self.name)
    }
}

/// `GET /assets/{name}`.
pub(crate) async fn asset(
    State(app): State<std::sync::Arc<App>>,
    name: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let wanted = name.map(|Path(name)| name).unwrap_or_default();
    let known = [&*STYLE, &*ICON].into_iter().find(|asset| asset.name == wanted);
    let Some(asset) = known else {
        return app.pages.failed(&Problem::new(&NOT_FOUND, "there is no such file"));
    };
    let mut response = tagged(&headers, asset.content_type, asset.bytes.to_vec());
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, forever);
    response
}
