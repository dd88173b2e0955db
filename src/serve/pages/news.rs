//! `GET /new`: what was published last, and what was found removed.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use serde::Serialize;

use crate::model::Status;
use crate::search::{Answer, Facet, Grouping, Request, Sort};
use crate::serve::app::App;
use crate::serve::pages::cards::Card;
use crate::serve::pages::lists::{cards, holding};
use crate::serve::pages::templates::Pages;
use crate::serve::problem::Problem;

/// Documents of each list; the search has the rest.
const LISTED: usize = 20;

/// The newest documents, and the newest of those that are no longer where they were.
pub(super) async fn news(State(app): State<Arc<App>>) -> Response {
    let found = app.blocking(|library| {
        let newest = Request {
            sort: Sort::Newest,
            size: LISTED,
            group: Grouping::Near,
            ..Request::default()
        };
        let newest = library.search(&newest)?;
        let removed = holding(library, Facet::Status, Status::Removed.as_str(), LISTED)?;
        Ok((newest, removed))
    });
    let found: Result<_, Problem> = found.await.map_err(Problem::from).and_then(|found| found);
    match found {
        Ok((newest, removed)) => {
            app.pages.page("news.html", View::new(&app.pages, newest, removed))
        }
        Err(problem) => app.pages.failed(&problem),
    }
}

#[derive(Debug, Serialize)]
struct View {
    q: &'static str,
    newest: Vec<Card>,
    removed: Vec<Card>,
    all_removed: u64,
}

impl View {
    fn new(pages: &Pages, mut newest: Answer, mut removed: Answer) -> Self {
        Self {
            q: "",
            newest: cards(pages, &mut newest),
            all_removed: removed.total,
            removed: cards(pages, &mut removed),
        }
    }
}
