//! `/oai`: harvesting by OAI-PMH 2.0; records as Dublin Core, deletions as deleted headers.
//!
//! A record's datestamp is the time from which readers could see its last change, so that a harvester who asks from its
//! last visit on misses nothing. Documents that portals removed are still given here and are no deletions; deleted is what
//! is withheld or no longer read from the archive.

mod asked;
mod records;

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};

use crate::model::Moment;
use crate::serve::app::App;
use crate::serve::feeds::entries::{base_of, stamp};
use crate::serve::feeds::oai::asked::{Asked, Mistake, read};
use crate::serve::feeds::oai::records::{Answer, Site, look};
use crate::serve::feeds::xml::{Written, Xml, answer};
use crate::serve::problem::Problem;

const NAMESPACE: &str = "http://www.openarchives.org/OAI/2.0/";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const SCHEMA: &str =
    "http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd";
const XML: &str = "text/xml; charset=utf-8";

/// A request by GET.
pub(crate) async fn asked(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    answered(&app, &headers, &query.unwrap_or_default()).await
}

/// A request by POST, which the protocol asks for too.
pub(crate) async fn posted(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    answered(&app, &headers, &body).await
}

async fn answered(app: &App, headers: &HeaderMap, query: &str) -> Response {
    let name = app.pages.glossary.word("site", "title");
    let site = Site::new(base_of(app, headers), name, app.contact.as_deref());
    let asked = read(query);
    let looked = {
        let asked = asked.clone();
        app.ask(move |library| {
            let found = match &asked {
                Ok(asked) => look(library, asked)?,
                Err(mistake) => Err(mistake.clone()),
            };
            Ok((library.now(), found))
        })
        .await
    };
    let written = looked.and_then(|(now, found)| {
        answer(headers, XML, whole(&site, now, asked.as_ref().ok(), &found))
    });
    written.unwrap_or_else(|problem: Problem| problem.into_response())
}

/// The whole answer: the time, the request, and what was found or what was wrong.
fn whole(
    site: &Site,
    now: Moment,
    asked: Option<&Asked>,
    found: &Result<Answer, Mistake>,
) -> std::io::Result<Vec<u8>> {
    let root = [("xmlns", NAMESPACE), ("xmlns:xsi", XSI), ("xsi:schemaLocation", SCHEMA)];
    Xml::document("OAI-PMH", &root, |xml| {
        xml.text("responseDate", &stamp(now))?;
        let repeats = !matches!(found, Err(Mistake::Verb | Mistake::Argument(_)));
        let arguments = asked.filter(|_| repeats).map(Asked::arguments).unwrap_or_default();
        let arguments: Vec<(&str, &str)> =
            arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
        xml.text_with("request", &arguments, &site.address())?;
        match found {
            Ok(found) => found.write(xml, site),
            Err(mistake) => error(xml, mistake),
        }
    })
}

fn error(xml: &mut Xml, mistake: &Mistake) -> Written {
    let (code, text) = mistake.words();
    xml.text_with("error", &[("code", code)], text)
}
