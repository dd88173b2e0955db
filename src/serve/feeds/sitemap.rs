//! `GET /sitemap.xml` and its parts: every document that is given (sitemaps.org 0.9).

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::HeaderMap,
    response::{IntoResponse, Response},
};

use crate::serve::app::App;
use crate::serve::feeds::entries::{base_of, stamp};
use crate::serve::feeds::xml::{Xml, answer};
use crate::serve::problem::{NOT_FOUND, Problem};

const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
const XML: &str = "application/xml; charset=utf-8";
/// Rows of the catalogue for one part; the protocol allows 50,000 addresses.
const ROWS: usize = 20_000;

/// The list of parts.
pub(super) async fn index(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let written = app.ask(|library| library.parts_of_places(ROWS)).await.and_then(|parts| {
        let base = base_of(&app, &headers);
        let document = Xml::document("sitemapindex", &[("xmlns", NAMESPACE)], |xml| {
            (1..=parts).try_for_each(|part| {
                let address = format!("{base}/sitemap/{part}.xml");
                xml.element("sitemap", &[], |xml| xml.text("loc", &address))
            })
        });
        answer(&headers, XML, document)
    });
    written.unwrap_or_else(IntoResponse::into_response)
}

/// The documents of a part.
pub(super) async fn part(
    State(app): State<Arc<App>>,
    name: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let name = name.map(|Path(name)| name).unwrap_or_default();
    let number = name.strip_suffix(".xml").and_then(|number| number.parse::<usize>().ok());
    let missing = || Problem::new(&NOT_FOUND, "there is no such part of the site map");
    let Some(number) = number.filter(|number| (1..=1_000_000).contains(number)) else {
        return missing().into_response();
    };
    let read = app.ask(move |library| {
        let is_there = number <= library.parts_of_places(ROWS)?;
        is_there.then(|| library.places(number - 1, ROWS)).transpose()
    });
    let written = read.await.and_then(|places| {
        let places = places.ok_or_else(missing)?;
        let base = base_of(&app, &headers);
        let document = Xml::document("urlset", &[("xmlns", NAMESPACE)], |xml| {
            places.iter().try_for_each(|(id, at)| {
                xml.element("url", &[], |xml| {
                    xml.text("loc", &format!("{base}/document/{id}"))?;
                    xml.text("lastmod", &stamp(*at))
                })
            })
        });
        answer(&headers, XML, document)
    });
    written.unwrap_or_else(IntoResponse::into_response)
}
