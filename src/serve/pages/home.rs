//! `GET /`: one box, what is here, how to ask.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use minijinja::context;

use crate::serve::app::App;
use crate::serve::library::Library;
use crate::serve::question::Question;

/// The first page.
pub(super) async fn home(State(app): State<Arc<App>>) -> Response {
    let health = match app.blocking(Library::health).await {
        Ok(health) => health,
        Err(not_run) => return app.pages.failed(&not_run.into()),
    };
    let categories: Vec<_> = app
        .pages
        .categories()
        .iter()
        .filter(|(path, _)| !path.contains('/'))
        .map(|(path, name)| {
            let question = Question { category: vec![path.clone()], ..Question::default() };
            context! { name, link => question.link() }
        })
        .collect();
    app.pages.page("home.html", context! { q => "", documents => health.documents, categories })
}
