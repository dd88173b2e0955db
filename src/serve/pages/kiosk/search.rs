//! `GET /kiosk/search`: the keyboard, and the list of hits.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use serde::Serialize;

use crate::search::{Answer, Facet, FacetCount, UNKNOWN};
use crate::serve::app::App;
use crate::serve::pages::kiosk::list::{Card, Turns, cards, turns};
use crate::serve::pages::kiosk::{Choice, link, page};
use crate::serve::pages::reading::best_reading;
use crate::serve::pages::templates::Pages;
use crate::serve::problem::Problem;
use crate::serve::question::Question;

/// Hits on a page of the kiosk.
const SIZE: usize = 8;
/// Categories that are offered to narrow a list.
const MOST_CATEGORIES: usize = 6;

/// The list of hits; without a question and filters, only the keyboard.
pub(super) async fn search(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let (question, _) = Question::read(query.as_deref().unwrap_or_default());
    let question = Question { size: SIZE, ..question };
    if question.q.trim().is_empty() && !question.is_filtered() {
        return page(&app, "kiosk_search.html", View::empty());
    }
    let request = question.request();
    let answered = app.blocking(move |library| best_reading(library, request)).await;
    match answered.map_err(Problem::from).and_then(|answer| Ok(answer?)) {
        Ok((answer, notes)) => {
            let view = View::new(&app.pages, &question, answer, notes);
            page(&app, "kiosk_search.html", view)
        }
        Err(problem) => app.pages.kiosk_failed(&problem),
    }
}

#[derive(Debug, Serialize)]
struct View {
    q: String,
    /// Whether anything was asked.
    is_asked: bool,
    total: u64,
    notes: Vec<String>,
    cards: Vec<Card>,
    turns: Option<Turns>,
    /// What the list is narrowed to; each goes away at a touch.
    chosen: Vec<Choice>,
    categories: Vec<Choice>,
}

impl View {
    fn empty() -> Self {
        Self {
            q: String::new(),
            is_asked: false,
            total: 0,
            notes: Vec::new(),
            cards: Vec::new(),
            turns: None,
            chosen: Vec::new(),
            categories: Vec::new(),
        }
    }

    fn new(pages: &Pages, question: &Question, mut answer: Answer, notes: Vec<String>) -> Self {
        let categories = answer.facets.take(Facet::Category);
        Self {
            q: question.q.clone(),
            is_asked: true,
            total: answer.total,
            notes,
            turns: (answer.total > 0).then(|| turns(question, &answer)),
            chosen: chosen(pages, question),
            categories: narrower(pages, question, categories),
            cards: cards(pages, &link(question), answer.hits),
        }
    }
}

fn chosen(pages: &Pages, question: &Question) -> Vec<Choice> {
    let of = |facet: Facet| {
        question.values(facet).iter().map(move |value| Choice {
            label: match facet {
                Facet::Category => pages.category(value).to_owned(),
                Facet::Region => pages.region(value).to_owned(),
                Facet::Portal => pages.portal(value).to_owned(),
                _ => value.clone(),
            },
            link: link(&question.without(facet, value)),
            count: 0,
        })
    };
    Facet::ALL.into_iter().flat_map(of).collect()
}

/// Categories that hold some of the hits, the largest first; none once one is chosen.
fn narrower(pages: &Pages, question: &Question, mut counts: Vec<FacetCount>) -> Vec<Choice> {
    if !question.category.is_empty() {
        return Vec::new();
    }
    counts.retain(|count| !count.value.contains('/') && count.value != UNKNOWN);
    counts.sort_by_key(|count| std::cmp::Reverse(count.count));
    counts.truncate(MOST_CATEGORIES);
    if counts.len() < 2 {
        return Vec::new();
    }
    let choice = |FacetCount { value, count, .. }: FacetCount| {
        let narrowed = Question { category: vec![value.clone()], ..question.at_page(1) };
        Choice { label: pages.category(&value).to_owned(), link: link(&narrowed), count }
    };
    counts.into_iter().map(choice).collect()
}
