//! `GET /search`: the list of hits.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};

use crate::serve::app::App;
use crate::serve::pages::reading::best_reading;
use crate::serve::pages::results::Results;
use crate::serve::problem::Problem;
use crate::serve::question::Question;

/// The list of hits; parameters it does not know or cannot read are passed over.
pub(super) async fn search(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let (question, _) = Question::read(query.as_deref().unwrap_or_default());
    let request = question.folded().request();
    let answered = app.blocking(move |library| best_reading(library, request)).await;
    let (answer, notes) = match answered.map_err(Problem::from).and_then(|a| Ok(a?)) {
        Ok(answered) => answered,
        Err(problem) => return app.pages.failed(&problem),
    };
    app.pages.page("search.html", Results::new(&app.pages, &question, answer, notes))
}
