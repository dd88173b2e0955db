//! `GET /opensearch.xml`: how a browser's search box asks here, and its suggestions (`OpenSearch` 1.1).

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};

use crate::serve::app::App;
use crate::serve::assets::address;
use crate::serve::feeds::entries::base_of;
use crate::serve::feeds::xml::{Xml, answer};
use crate::serve::parameters::pairs;
use crate::serve::problem::Problem;

const NAMESPACE: &str = "http://a9.com/-/spec/opensearch/1.1/";
/// Longest short name, in characters.
const SHORT: usize = 16;
const SUGGESTIONS: usize = 8;

/// The description.
pub(super) async fn description(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let base = base_of(&app, &headers);
    let site = |word| app.pages.glossary.word("site", word);
    let short: String = site("title").chars().take(SHORT).collect();
    let urls = [
        ("text/html", "results", "/search?q={searchTerms}&page={startPage?}"),
        ("application/atom+xml", "results", "/feed.atom?q={searchTerms}"),
        ("application/x-suggestions+json", "suggestions", "/opensearch/suggest?q={searchTerms}"),
        ("application/opensearchdescription+xml", "self", "/opensearch.xml"),
    ];
    let document = Xml::document("OpenSearchDescription", &[("xmlns", NAMESPACE)], |xml| {
        xml.text("ShortName", &short)?;
        xml.text("Description", site("subtitle"))?;
        for (kind, rel, path) in urls {
            let template = format!("{base}{path}");
            xml.empty("Url", &[("type", kind), ("rel", rel), ("template", &template)])?;
        }
        let icon = format!("{base}{}", address("icon"));
        xml.text_with("Image", &[("type", "image/svg+xml")], &icon)?;
        xml.text("Language", "zh-CN")?;
        xml.text("InputEncoding", "UTF-8")?;
        xml.text("OutputEncoding", "UTF-8")
    });
    let kind = "application/opensearchdescription+xml; charset=utf-8";
    answer(&headers, kind, document).unwrap_or_else(IntoResponse::into_response)
}

/// Suggestions in the form of the extension: what was typed, then how it may go on.
pub(super) async fn suggest(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let (pairs, _) = pairs(query.as_deref().unwrap_or_default());
    let typed = pairs.into_iter().find(|(name, _)| name == "q");
    let typed = typed.map(|(_, value)| value).unwrap_or_default();
    let asked = typed.clone();
    let found = app.blocking(move |library| library.suggest(&asked, SUGGESTIONS)).await;
    let found = found.map_err(Problem::from).and_then(|found| Ok(found?));
    match found {
        Ok(found) => {
            let texts: Vec<String> = found.into_iter().map(|one| one.text).collect();
            let body = serde_json::json!([typed, texts]).to_string();
            ([(header::CONTENT_TYPE, "application/x-suggestions+json")], body).into_response()
        }
        Err(problem) => problem.into_response(),
    }
}
