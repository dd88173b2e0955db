//! `GET /kiosk/apply`: how to apply for disclosure, by the national regulation.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use minijinja::context;

use crate::serve::app::App;
use crate::serve::pages::kiosk::{link, page};
use crate::serve::question::Question;

/// What guides of agencies are called.
const GUIDES: &str = "政府信息公开指南";

/// The steps, and where the guides of agencies are.
pub(super) async fn apply(State(app): State<Arc<App>>) -> Response {
    let guides = Question { q: GUIDES.to_owned(), ..Question::default() };
    page(&app, "kiosk_apply.html", context! { guides => link(&guides) })
}
