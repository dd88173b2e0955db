//! The pages: one file for each, what it shows beside it; rendered here, readable without script.

mod chart;
mod compare;
mod coverage;
mod document;
mod home;
mod interface;
mod ledger;
mod reading;
mod relations;
mod report;
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
pub(crate) fn routes() -> [(&'static str, MethodRouter<Arc<App>>); 12] {
    [
        ("/", get(home::home)),
        ("/search", get(search::search)),
        ("/document/{id}", get(document::document)),
        ("/document/{id}/versions/{n}", get(version::version)),
        ("/ledger", get(ledger::ledger)),
        ("/compare", get(compare::compare)),
        ("/compare/chart.svg", get(compare::chart)),
        ("/report/{id}", get(report::report)),
        ("/coverage", get(coverage::coverage)),
        ("/api", get(interface::interface)),
        ("/robots.txt", get(robots::robots)),
        ("/assets/{name}", get(asset)),
    ]
}
