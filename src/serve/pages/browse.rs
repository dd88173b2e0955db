//! `GET /browse`: what is held, by region and agency, category, theme and year.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use serde::Serialize;

use crate::model::region_lineage;
use crate::search::{Answer, Facet, FacetCount, MOST_VALUES, Request, UNKNOWN};
use crate::serve::app::App;
use crate::serve::pages::agency::agency_link;
use crate::serve::pages::filters::{YearBar, bars};
use crate::serve::pages::lists::{Entry, entries};
use crate::serve::pages::templates::Pages;
use crate::serve::problem::Problem;
use crate::serve::question::Question;

/// What is held; `region` narrows it.
pub(super) async fn browse(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let (asked, _) = Question::read(query.as_deref().unwrap_or_default());
    let region = asked.region.into_iter().find(|region| region != UNKNOWN);
    let question = Question { region: region.iter().cloned().collect(), ..Question::default() };
    let request = Request { size: 0, ..question.request() };
    let answered = app.blocking(move |library| library.search(&request)).await;
    match answered.map_err(Problem::from).and_then(|answer| Ok(answer?)) {
        Ok(answer) => app
            .pages
            .page("browse.html", View::new(&app.pages, &question, region.as_deref(), answer)),
        Err(problem) => app.pages.failed(&problem),
    }
}

#[derive(Debug, Serialize)]
struct View {
    q: &'static str,
    /// The chosen region.
    place: Option<String>,
    total: u64,
    /// Everything of the region.
    all: String,
    /// The regions above it, outermost first.
    above: Vec<Crumb>,
    regions: Vec<Entry>,
    agencies: Vec<Entry>,
    /// Whether there are agencies beyond those listed.
    more_agencies: bool,
    categories: Vec<Entry>,
    themes: Vec<Entry>,
    years: Vec<YearBar>,
}

#[derive(Debug, Serialize)]
struct Crumb {
    name: String,
    link: String,
}

impl View {
    fn new(pages: &Pages, question: &Question, region: Option<&str>, mut answer: Answer) -> Self {
        let agencies = answer.facets.take(Facet::Agency);
        let regions = answer.facets.take(Facet::Region);
        let above = region
            .into_iter()
            .flat_map(region_lineage)
            .map(|code| Crumb { name: pages.region(&code).to_owned(), link: link(&code) });
        let mut above: Vec<Crumb> = above.collect();
        above.pop();
        Self {
            q: "",
            place: region.map(|code| pages.region(code).to_owned()),
            total: answer.total,
            all: question.link(),
            above,
            regions: below(pages, region, &regions),
            more_agencies: agencies.len() >= MOST_VALUES,
            agencies: agencies.iter().filter(|agency| agency.value != UNKNOWN).map(entry).collect(),
            years: bars(question, answer.facets.of(Facet::Year)),
            categories: entries(pages, question, Facet::Category, &mut answer),
            themes: entries(pages, question, Facet::Theme, &mut answer),
        }
    }
}

/// The regions right below one, or the outermost ones; where there is but one, what lies in it is shown too.
fn below(pages: &Pages, outer: Option<&str>, counts: &[FacetCount]) -> Vec<Entry> {
    let depth = |code: &str| region_lineage(code).count();
    let base = outer.map_or(0, depth);
    let inside = |count: &&FacetCount| {
        let chosen = outer.is_none_or(|outer| region_lineage(&count.value).any(|c| c == outer));
        count.value != UNKNOWN && chosen && depth(&count.value) > base
    };
    let mut list: Vec<&FacetCount> = counts.iter().filter(inside).collect();
    let tops = list.iter().filter(|count| depth(&count.value) == base + 1).count();
    let deepest = base + if tops > 1 { 1 } else { 3 };
    list.retain(|count| depth(&count.value) <= deepest);
    let entry = |count: &FacetCount| Entry {
        name: pages.region(&count.value).to_owned(),
        count: count.count,
        link: link(&count.value),
        depth: depth(&count.value) - base - 1,
    };
    list.into_iter().map(entry).collect()
}

fn entry(agency: &FacetCount) -> Entry {
    let (name, link) = (agency.value.clone(), agency_link(&agency.value));
    Entry { name, count: agency.count, link, depth: 0 }
}

fn link(region: &str) -> String {
    format!("/browse?region={region}")
}
