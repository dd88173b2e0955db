//! What is known about a document, field by field, and which place of the page gave it.

use serde::Serialize;

use crate::model::{Document, Evidence, Sourced, Status};
use crate::serve::api::evidence_words;
use crate::serve::dates;
use crate::serve::pages::agency::agency_link;
use crate::serve::pages::templates::Pages;
use crate::serve::question::Question;

/// Characters that fit beside a label in half a line.
const LONG: usize = 20;

/// A field with what is known of it.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) label: String,
    text: String,
    /// A page of ours about it.
    link: Option<String>,
    /// Too long for half a line.
    is_long: bool,
}

impl Row {
    pub(super) fn new(label: &str, text: String) -> Self {
        Self { label: label.to_owned(), is_long: text.chars().count() > LONG, link: None, text }
    }
}

/// The date that goes with the status.
pub(super) fn since(document: &Document) -> Option<String> {
    let standing = &document.standing;
    let at = match document.status {
        Status::Live | Status::Withheld => None,
        Status::Changed => standing.changed_at,
        Status::Suspected | Status::Removed | Status::Moved => standing.since,
    };
    at.map(dates::moment)
}

/// The status in a word, with its date.
pub(super) fn status(pages: &Pages, document: &Document) -> String {
    let word = pages.glossary.word("status", document.status.as_str());
    match since(document) {
        Some(since) if document.status == Status::Changed => format!("{word}：{since}"),
        Some(since) => format!("{word}，{since}起"),
        None => word.to_owned(),
    }
}

/// What is known about the document; the first four are told even when unknown.
pub(super) fn rows(pages: &Pages, document: &Document) -> Vec<Row> {
    fn of(sourced: Option<&Sourced<String>>) -> Option<String> {
        sourced.map(|sourced| sourced.value.clone())
    }
    let unknown = || Some(pages.glossary.word("site", "unknown").to_owned());
    let agencies = Some(document.agencies.join("、")).filter(|names| !names.is_empty());
    let date = |d: Option<&Sourced<_>>| d.map(|d| dates::date(d.value));
    let labels = Some(document.category_labels.join(" › ")).filter(|labels| !labels.is_empty());
    let known = [
        ("agency", agencies.or_else(unknown)),
        ("doc_no", document.doc_no.as_ref().map(|n| n.value.to_string()).or_else(unknown)),
        ("published_date", date(document.published_date.as_ref()).or_else(unknown)),
        ("written_date", date(document.written_date.as_ref()).or_else(unknown)),
        ("issuer", of(document.issuer.as_ref()).filter(|i| Some(i.as_str()) != document.agency())),
        ("report_year", document.report_year.as_ref().map(|y| format!("{}年", y.value))),
        ("category", Some(pages.category(document.category.value.as_str()).to_owned())),
        ("labels", labels),
        ("index_no", of(document.index_no.as_ref())),
        ("theme", of(document.theme.as_ref())),
        ("genre", of(document.genre.as_ref())),
        ("validity", of(document.validity.as_ref())),
        ("source", of(document.source.as_ref())),
        ("portal", document.portal.as_deref().map(|id| pages.portal(id).to_owned())),
        ("external_id", document.external_id().map(str::to_owned)),
        ("status", Some(status(pages, document))),
    ];
    let row = |(name, text): (&str, Option<String>)| {
        let link = link(name, document);
        Some(Row { link, ..Row::new(pages.glossary.word("field", name), text?) })
    };
    known.into_iter().filter_map(row).collect()
}

/// Our page about what a field names.
fn link(field: &str, document: &Document) -> Option<String> {
    match field {
        "agency" => document.agency().map(agency_link).filter(|_| document.agencies.len() == 1),
        "portal" => document.portal.as_ref().map(|id| format!("/portal/{id}")),
        "category" => {
            let category = vec![document.category.value.to_string()];
            Some(Question { category, ..Question::default() }.link())
        }
        _ => None,
    }
}

/// Who, which number, when: what is known of it, for one line.
pub(super) fn brief(document: &Document) -> Vec<String> {
    let date = document.published_date.as_ref().or(document.written_date.as_ref());
    let known = [
        document.agency().map(str::to_owned),
        document.doc_no.as_ref().map(|number| number.value.to_string()),
        date.map(|date| dates::date(date.value)),
    ];
    known.into_iter().flatten().collect()
}

/// Which place of the page gave each field.
pub(super) fn evidence(pages: &Pages, document: &Document) -> Vec<Row> {
    fn of<T>(sourced: Option<&Sourced<T>>) -> Option<&Evidence> {
        sourced.map(|sourced| &sourced.evidence)
    }
    let fields = [
        ("title", Some(&document.title.evidence)),
        ("doc_no", of(document.doc_no.as_ref())),
        ("published_date", of(document.published_date.as_ref())),
        ("written_date", of(document.written_date.as_ref())),
        ("issuer", of(document.issuer.as_ref())),
        ("report_year", of(document.report_year.as_ref())),
        ("category", Some(&document.category.evidence)),
        ("index_no", of(document.index_no.as_ref())),
        ("theme", of(document.theme.as_ref())),
        ("genre", of(document.genre.as_ref())),
        ("validity", of(document.validity.as_ref())),
        ("source", of(document.source.as_ref())),
    ];
    let row = |(name, evidence): (&str, Option<&Evidence>)| {
        let (kind, what) = evidence_words(evidence?);
        let kind = pages.glossary.word("evidence", kind);
        let text = what.map_or_else(|| kind.to_owned(), |what| format!("{kind}：{what}"));
        Some(Row::new(pages.glossary.word("field", name), text))
    };
    fields.into_iter().filter_map(row).collect()
}
