//! `GET /feed.atom`: any search as a feed, the newest first; with `agency` or `portal`, that of an agency or a portal.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};

use crate::model::Moment;
use crate::search::Hit;
use crate::serve::app::App;
use crate::serve::feeds::entries::{ATOM, Entry, Feed, base_of, beginning};
use crate::serve::feeds::xml::answer;
use crate::serve::problem::Problem;
use crate::serve::question::{Question, SortName};

/// Entries of a feed.
const ENTRIES: usize = 50;

/// The feed of a question, with the parameters of the search page.
pub(super) async fn feed(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let (asked, _) = Question::read(query.as_deref().unwrap_or_default());
    let question = Question { sort: SortName::Newest, page: 1, size: ENTRIES, ..asked };
    let request = question.request();
    let found = app.blocking(move |library| library.search(&request)).await;
    let found = found.map_err(Problem::from).and_then(|found| Ok(found?));
    let written = found.and_then(|found| {
        let base = base_of(&app, &headers);
        let about = Question { size: Question::default().size, ..question.clone() }.link();
        let own = about.replacen("/search?", "/feed.atom?", 1);
        let entries = found.hits.iter().map(|hit| entry(&base, hit)).collect();
        let title = title(&app, &question);
        let feed = Feed { base, title, own, about, entries, begin: Moment::UNIX_EPOCH };
        answer(&headers, ATOM, feed.written())
    });
    written.unwrap_or_else(IntoResponse::into_response)
}

/// The site, the question, and what it is narrowed to.
fn title(app: &App, question: &Question) -> String {
    let site = app.pages.glossary.word("site", "title");
    let portals = question.portal.iter().map(|id| app.pages.portal(id));
    let regions = question.region.iter().map(|code| app.pages.region(code));
    let categories = question.category.iter().map(|path| app.pages.category(path));
    let agencies = question.agency.iter().map(String::as_str);
    let words = Some(question.q.trim()).filter(|words| !words.is_empty());
    let narrowed = agencies.chain(portals).chain(regions).chain(categories);
    let named: Vec<&str> = words.into_iter().chain(narrowed).collect();
    if named.is_empty() { site.to_owned() } else { format!("{} - {site}", named.join("，")) }
}

fn entry(base: &str, hit: &Hit) -> Entry {
    let passage = hit.snippets.iter().flat_map(|passage| &passage.segments);
    let passage: String = passage.map(|segment| segment.text.as_str()).collect();
    let summary = if passage.is_empty() { beginning(&hit.document) } else { passage };
    Entry::of(base, &hit.document, summary)
}
