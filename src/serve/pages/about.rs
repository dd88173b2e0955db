//! `GET /about`: what this is, of what it holds copies, whom to ask to take something down.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use serde::Serialize;

use crate::search::{Facet, Request};
use crate::serve::app::App;
use crate::serve::pages::lists::{Entry, entries};
use crate::serve::problem::Problem;
use crate::serve::question::Question;

/// The page about the service.
pub(super) async fn about(State(app): State<Arc<App>>) -> Response {
    let counted = Request { size: 0, ..Request::default() };
    let found = app.blocking(move |library| library.search(&counted)).await;
    let mut answer = match found.map_err(Problem::from).and_then(|answer| Ok(answer?)) {
        Ok(answer) => answer,
        Err(problem) => return app.pages.failed(&problem),
    };
    let held = entries(&app.pages, &Question::default(), Facet::Portal, &mut answer);
    let portal = |(id, name): &(String, String)| Entry {
        count: held.iter().find(|entry| entry.name == *name).map_or(0, |entry| entry.count),
        name: name.clone(),
        link: format!("/portal/{id}"),
        depth: 0,
    };
    let view = View {
        q: "",
        documents: answer.total,
        portals: app.pages.portals().iter().map(portal).collect(),
        contact: app.contact.as_deref().map(Contact::of),
    };
    app.pages.page("about.html", view)
}

#[derive(Debug, Serialize)]
struct View {
    q: &'static str,
    documents: u64,
    portals: Vec<Entry>,
    contact: Option<Contact>,
}

/// Where people reach the operator.
#[derive(Debug, Serialize)]
struct Contact {
    text: String,
    link: Option<String>,
}

impl Contact {
    fn of(contact: &str) -> Self {
        let text = contact.trim_start_matches("mailto:").to_owned();
        let is_link = ["mailto:", "https://", "http://"].iter().any(|way| contact.starts_with(way));
        Self { text, link: is_link.then(|| contact.to_owned()) }
    }
}
