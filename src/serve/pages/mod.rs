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

use std::sync::Arc;

use axum::routing::{MethodRouter, get};

use crate::serve::app::App;
use crate::serve::assets::asset;

pub(crate) use templates::Pages;

/// Every address of the pages with its handler.
pub(crate) fn routes() -> [(&'static str, MethodRouter<Arc<App>>); 6] {
    [
        ("/", get(home::home)),
        ("/search", get(search::search)),
        ("/document/{id}", get(document::document)),
        ("/api", get(interface::interface)),
        ("/robots.txt", get(robots::robots)),
        ("/assets/{name}", get(asset)),
    ]
}
