//! `GET /kiosk`: a few large choices.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use minijinja::context;

use crate::serve::app::App;
use crate::serve::library::Library;
use crate::serve::pages::kiosk::page;

/// The page a visitor finds, and leaves.
pub(super) async fn home(State(app): State<Arc<App>>) -> Response {
    match app.blocking(Library::health).await {
        Ok(health) => page(&app, "kiosk_home.html", context! { documents => health.documents }),
        Err(not_run) => app.pages.kiosk_failed(&not_run.into()),
    }
}
