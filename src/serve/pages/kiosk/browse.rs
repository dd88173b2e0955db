//! `GET /kiosk/browse`: regions, and the agencies of one.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use serde::Serialize;

use crate::search::{Facet, FacetCount, Request, UNKNOWN};
use crate::serve::app::App;
use crate::serve::pages::kiosk::{Choice, link, page};
use crate::serve::pages::templates::Pages;
use crate::serve::problem::Problem;
use crate::serve::question::{Question, SortName};

/// Regions, and the agencies of the chosen one or of all.
pub(super) async fn browse(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let (question, _) = Question::read(query.as_deref().unwrap_or_default());
    let region = question.region.first().cloned();
    let chosen = Question { region: region.iter().cloned().collect(), ..Question::default() };
    let request = Request { size: 0, ..chosen.request() };
    let answered = app.blocking(move |library| library.search(&request)).await;
    match answered.map_err(Problem::from).and_then(|answer| Ok(answer?)) {
        Ok(mut answer) => {
            let regions = answer.facets.take(Facet::Region);
            let agencies = answer.facets.take(Facet::Agency);
            let view = View::new(&app.pages, region.as_deref(), regions, &agencies);
            page(&app, "kiosk_browse.html", view)
        }
        Err(problem) => app.pages.kiosk_failed(&problem),
    }
}

#[derive(Debug, Serialize)]
struct View {
    /// The chosen region.
    region: Option<String>,
    regions: Vec<Choice>,
    agencies: Vec<Choice>,
}

impl View {
    fn new(
        pages: &Pages,
        region: Option<&str>,
        mut regions: Vec<FacetCount>,
        agencies: &[FacetCount],
    ) -> Self {
        regions.retain(|count| count.value != UNKNOWN);
        regions.sort_by(|a, b| a.value.cmp(&b.value));
        let region_choice = |count: &FacetCount| Choice {
            label: pages.region(&count.value).to_owned(),
            link: format!("/kiosk/browse?region={}", count.value),
            count: count.count,
        };
        let agency_choice = |count: &FacetCount| {
            let question = Question {
                agency: vec![count.value.clone()],
                region: region.iter().map(|code| (*code).to_owned()).collect(),
                sort: SortName::Newest,
                ..Question::default()
            };
            Choice { label: count.value.clone(), link: link(&question), count: count.count }
        };
        let known = agencies.iter().filter(|count| count.value != UNKNOWN);
        Self {
            agencies: known.map(agency_choice).collect(),
            regions: regions.iter().map(region_choice).collect(),
            region: region.map(|code| pages.region(code).to_owned()),
        }
    }
}
