//! The kiosk in the reading room: large pages for a touch screen, from which nothing leads out.
//!
//! No address outside `/kiosk` is linked, no file is offered, no answer may be kept by the browser. What the script adds
//! (on-screen keyboard, idle reset, no history) stands in `assets/kiosk.js`; without it the pages work as plain forms.

mod apply;
mod browse;
mod document;
mod home;
mod list;
mod reports;
mod search;

use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use minijinja::{Value, context, value::Serde};
use serde::Serialize;

use crate::serve::app::App;
use crate::serve::question::Question;

/// Every address of the kiosk with its handler.
pub(crate) fn routes() -> [(&'static str, MethodRouter<Arc<App>>); 6] {
    [
        ("/kiosk", get(home::home)),
        ("/kiosk/search", get(search::search)),
        ("/kiosk/browse", get(browse::browse)),
        ("/kiosk/reports", get(reports::reports)),
        ("/kiosk/apply", get(apply::apply)),
        ("/kiosk/document/{id}", get(document::document)),
    ]
}

/// Lets nobody keep an answer: the next visitor must not find what the last one read.
pub(crate) async fn unkept(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A page of the kiosk.
fn page(app: &App, template: &str, view: impl Serialize) -> Response {
    app.pages.page(template, context! { view => Value::from(Serde(view)) })
}

/// The kiosk's address of a question.
fn link(question: &Question) -> String {
    format!("/kiosk{}", question.link())
}

/// A large choice.
#[derive(Debug, Serialize)]
struct Choice {
    label: String,
    link: String,
    count: u64,
}
