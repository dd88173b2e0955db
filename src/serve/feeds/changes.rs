//! `GET /changes.atom`: what came, changed, was removed by its portal or is not shown any more; of all or one `portal`.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};

use crate::catalogue::{Changed, ChangesWanted};
use crate::model::{Moment, Status};
use crate::serve::app::App;
use crate::serve::feeds::entries::{ATOM, Entry, Feed, base_of, beginning};
use crate::serve::feeds::xml::answer;
use crate::serve::question::Question;

/// Entries of the list.
const ENTRIES: usize = 100;

/// The last changes, the newest first.
pub(super) async fn feed(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let (asked, _) = Question::read(query.as_deref().unwrap_or_default());
    let portal = asked.portal.first().cloned();
    let wanted = ChangesWanted {
        portal: portal.clone(),
        newest_first: true,
        limit: ENTRIES,
        ..ChangesWanted::default()
    };
    let written = app.ask(move |library| library.changes(&wanted)).await.and_then(|changes| {
        let base = base_of(&app, &headers);
        let (own, about, of) = match &portal {
            Some(id) => {
                let about = Question { portal: vec![id.clone()], ..Question::default() }.link();
                (format!("/changes.atom?portal={id}"), about, app.pages.portal(id))
            }
            None => ("/changes.atom".to_owned(), "/search?q=&sort=newest".to_owned(), "全部网站"),
        };
        let title = format!("收录变化：{of} - {}", app.pages.glossary.word("site", "title"));
        let entries = changes.iter().map(|change| entry(&app, &base, change)).collect();
        let feed = Feed { base, title, own, about, entries, begin: Moment::UNIX_EPOCH };
        answer(&headers, ATOM, feed.written())
    });
    written.unwrap_or_else(IntoResponse::into_response)
}

/// Each change is an entry of its own, so that a reader is told of every one.
fn entry(app: &App, base: &str, change: &Changed) -> Entry {
    let id = format!("{base}/document/{}#change-{}", change.id, change.number);
    let Some(document) = &change.document else {
        return Entry {
            id,
            title: format!("不再提供：{}", change.id),
            link: None,
            updated: change.at,
            published: None,
            author: None,
            summary: "这份文件不再提供。".to_owned(),
        };
    };
    let status = app.pages.glossary.word("status", document.status.as_str());
    let title = &document.title.value;
    let is_news = !matches!(document.status, Status::Live);
    let title = if is_news { format!("{status}：{title}") } else { title.clone() };
    let whole = Entry::of(base, document, beginning(document));
    Entry { id, title, updated: change.at, ..whole }
}
