//! `GET /robots.txt`: documents may be read by robots; lists have no end and may not, nor may the kiosk.

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap};

use crate::serve::app::App;
use crate::serve::feeds::entries::base_of;

/// The rules, and where the site map is.
pub(super) async fn robots(State(app): State<Arc<App>>, headers: HeaderMap) -> String {
    let base = base_of(&app, &headers);
    format!(
        "User-agent: *\nDisallow: /search\nDisallow: /api/\nDisallow: /kiosk\nDisallow: /opensearch/\n\n\
         Sitemap: {base}/sitemap.xml\n"
    )
}
