//! The pages: one file for each, what it shows beside it; rendered here, readable without script.

mod document;
mod home;
mod interface;
mod reading;
mod relations;
mod results;
mod robots;
mod search;
mod templates;
mod version;

use std::sync::Arc;

use axum::routing::{MethodRouter, get};

use crate::serve::app::App;
use crate::serve::assets::asset;

pub(crate) use templates::Pages;

/// Every address of the pages with its handler.
pub(crate) fn routes() -> [(&'static str, MethodRouter<Arc<App>>); 7] {
    [
        ("/", get(home::home)),
        ("/search", get(search::search)),
        ("/document/{id}", get(document::document)),
        ("/document/{id}/versions/{n}", get(version::version)),
        ("/api", get(interface::interface)),
        ("/robots.txt", get(robots::robots)),
        ("/assets/{name}", get(asset)),
    ]
}
