//! `GET /kiosk/reports`: annual reports on disclosure, by agency.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use serde::Serialize;

use crate::search::{Answer, Facet, FacetCount, UNKNOWN};
use crate::serve::app::App;
use crate::serve::pages::kiosk::list::{Card, cards};
use crate::serve::pages::kiosk::{Choice, page};
use crate::serve::pages::templates::Pages;
use crate::serve::problem::Problem;
use crate::serve::question::{Question, SortName};

/// How annual reports are found.
const REPORTS: &str = "title:年度报告 OR title:年报";
const CATEGORY: &str = "disclosure_admin";
/// More years than any agency has reported on.
const MOST_REPORTS: usize = 60;

/// The agencies that have published reports, or the reports of one.
pub(super) async fn reports(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let (asked, _) = Question::read(query.as_deref().unwrap_or_default());
    let agency = asked.agency.first().cloned();
    let question = Question {
        q: REPORTS.to_owned(),
        category: vec![CATEGORY.to_owned()],
        agency: agency.iter().cloned().collect(),
        sort: SortName::Newest,
        size: MOST_REPORTS,
        ..Question::default()
    };
    let request = question.request();
    let answered = app.blocking(move |library| library.search(&request)).await;
    match answered.map_err(Problem::from).and_then(|answer| Ok(answer?)) {
        Ok(answer) => page(&app, "kiosk_reports.html", View::new(&app.pages, agency, answer)),
        Err(problem) => app.pages.kiosk_failed(&problem),
    }
}

#[derive(Debug, Serialize)]
struct View {
    agency: Option<String>,
    agencies: Vec<Choice>,
    cards: Vec<Card>,
}

impl View {
    fn new(pages: &Pages, agency: Option<String>, mut answer: Answer) -> Self {
        let agencies = answer.facets.take(Facet::Agency);
        let known = agencies.into_iter().filter(|count| count.value != UNKNOWN);
        let hits = if agency.is_some() { answer.hits } else { Vec::new() };
        let back = agency.as_deref().map(address).unwrap_or_default();
        Self {
            agencies: if agency.is_none() { known.map(choice).collect() } else { Vec::new() },
            cards: cards(pages, &back, hits),
            agency,
        }
    }
}

fn choice(count: FacetCount) -> Choice {
    Choice { link: address(&count.value), label: count.value, count: count.count }
}

fn address(agency: &str) -> String {
    let agency: String = url::form_urlencoded::byte_serialize(agency.as_bytes()).collect();
    format!("/kiosk/reports?agency={agency}")
}
