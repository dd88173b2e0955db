//! For other programs: feeds, site map, search description, harvesting, data about a document in its page.
//!
//! Everything is written as XML by a writer that escapes, or as JSON; links begin with the public address.

mod atom;
mod changes;
mod entries;
pub(crate) mod json_ld;
mod oai;
mod opensearch;
mod robots;
mod sitemap;
mod time_map;
mod xml;

use std::sync::Arc;

use axum::routing::{MethodRouter, get};

use crate::serve::app::App;

/// Every address for other programs with its handler.
pub(crate) fn routes() -> [(&'static str, MethodRouter<Arc<App>>); 9] {
    [
        ("/feed.atom", get(atom::feed)),
        ("/changes.atom", get(changes::feed)),
        ("/opensearch.xml", get(opensearch::description)),
        ("/opensearch/suggest", get(opensearch::suggest)),
        ("/sitemap.xml", get(sitemap::index)),
        ("/sitemap/{part}", get(sitemap::part)),
        ("/document/{id}/timemap", get(time_map::time_map)),
        ("/robots.txt", get(robots::robots)),
        ("/oai", get(oai::asked).post(oai::posted)),
    ]
}
