//! `GET /portal/{id}`: one portal: what is held of it, how fresh, what it took down.

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use serde::Serialize;

use crate::catalogue::Holding;
use crate::search::{Answer, Facet};
use crate::serve::app::App;
use crate::serve::dates;
use crate::serve::pages::agency::agency_link;
use crate::serve::pages::cards::Card;
use crate::serve::pages::filters::{YearBar, bars};
use crate::serve::pages::lists::{Entry, cards, entries, holding};
use crate::serve::pages::templates::Pages;
use crate::serve::problem::{NOT_FOUND, Problem};
use crate::serve::question::{Question, SortName};

/// Documents that are listed; the search has the rest.
const LISTED: usize = 10;

/// The page of a portal.
pub(super) async fn portal(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let id = id.map(|Path(id)| id).unwrap_or_default();
    let asked = id.clone();
    let found = app.blocking(move |library| {
        let answer = holding(library, Facet::Portal, &asked, LISTED)?;
        let mut held = library.holdings().map_err(|error| Problem::internal(&error))?;
        held.retain(|holding| holding.portal.as_deref() == Some(&asked));
        Ok((answer, held))
    });
    let found: Result<_, Problem> = found.await.map_err(Problem::from).and_then(|found| found);
    let is_known = app.pages.portals().iter().any(|(known, _)| *known == id);
    match found {
        Ok((answer, held)) if is_known || answer.total > 0 => {
            app.pages.page("portal.html", View::new(&app.pages, id, answer, &held))
        }
        Ok(_) => app.pages.failed(&Problem::new(&NOT_FOUND, "there is no such portal")),
        Err(problem) => app.pages.failed(&problem),
    }
}

#[derive(Debug, Serialize)]
struct View {
    q: &'static str,
    name: String,
    id: String,
    total: u64,
    reports: u64,
    removed: u64,
    /// The last time something of it was captured.
    captured_at: Option<String>,
    all: String,
    documents: Vec<Card>,
    categories: Vec<Entry>,
    agencies: Vec<Entry>,
    statuses: Vec<Entry>,
    years: Vec<YearBar>,
}

impl View {
    fn new(pages: &Pages, id: String, mut answer: Answer, held: &[Holding]) -> Self {
        let question = Question { portal: vec![id.clone()], ..Question::default() };
        let last = held.iter().map(|holding| holding.captured.1).max();
        let agency = |entry: Entry| Entry { link: agency_link(&entry.name), ..entry };
        let agencies = entries(pages, &question, Facet::Agency, &mut answer);
        Self {
            q: "",
            name: pages.portal(&id).to_owned(),
            id,
            total: answer.total,
            reports: held.iter().map(|holding| holding.reports).sum(),
            removed: held.iter().map(|holding| holding.removed).sum(),
            captured_at: last.map(dates::moment),
            all: question.sorted(SortName::Newest).link(),
            documents: cards(pages, &mut answer),
            years: bars(&question, answer.facets.of(Facet::Year)),
            categories: entries(pages, &question, Facet::Category, &mut answer),
            agencies: agencies.into_iter().map(agency).collect(),
            statuses: entries(pages, &question, Facet::Status, &mut answer),
        }
    }
}
