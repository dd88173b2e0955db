//! The pages: one file for each, what it shows beside it; rendered here, readable without script.

mod about;
mod agency;
mod browse;
mod captures;
mod cards;
mod chart;
mod cite;
mod compare;
mod display;
mod coverage;
mod diff;
mod document;
mod explain;
mod filters;
mod home;
mod interface;
pub(crate) mod kiosk;
mod ledger;
mod lists;
mod news;
mod portal;
mod reading;
mod relations;
mod report;
mod results;
mod search;
mod templates;
mod version;

use std::sync::Arc;

use axum::routing::{MethodRouter, get};

use crate::serve::app::App;
use crate::serve::assets::asset;

pub(crate) use templates::Pages;

/// Every address of the pages with its handler.
pub(crate) fn routes() -> [(&'static str, MethodRouter<Arc<App>>); 21] {
    [
        ("/", get(home::home)),
        ("/search", get(search::search)),
        ("/document/{id}", get(document::document)),
        ("/document/{id}/versions/{n}", get(version::version)),
        ("/document/{id}/diff", get(diff::diff)),
        ("/document/{id}/captures", get(captures::captures)),
        ("/document/{id}/cite/{form}", get(cite::cite)),
        ("/explain", get(explain::explain)),
        ("/browse", get(browse::browse)),
        ("/agency/{name}", get(agency::agency)),
        ("/portal/{id}", get(portal::portal)),
        ("/new", get(news::news)),
        ("/about", get(about::about)),
        ("/display", get(display::display)),
        ("/ledger", get(ledger::ledger)),
        ("/compare", get(compare::compare)),
        ("/compare/chart.svg", get(compare::chart)),
        ("/report/{id}", get(report::report)),
        ("/coverage", get(coverage::coverage)),
        ("/api", get(interface::interface)),
        ("/assets/{name}", get(asset)),
    ]
}
