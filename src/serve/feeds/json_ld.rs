//! Data about a document in its page: schema.org as JSON-LD, a data block that no browser runs.

use serde_json::{Value, json};

use crate::model::{Document, Status};
use crate::serve::api::web_address;

/// The data of a document, safe to stand in a `<script type="application/ld+json">`.
pub(crate) fn json_ld(document: &Document, base: &str) -> String {
    let address = format!("{base}/document/{}", document.id);
    let date = |date: &Option<crate::model::Sourced<crate::model::PublicDate>>| {
        date.as_ref().map(|date| date.value.to_string())
    };
    let publisher =
        document.agency().map(|name| json!({"@type": "GovernmentOrganization", "name": name}));
    let status = match document.status {
        Status::Removed => Some("removed by its publisher"),
        Status::Moved => Some("moved by its publisher"),
        _ => None,
    };
    let fields = [
        ("@context", Some(json!("https://schema.org"))),
        (
            "@type",
            Some(json!(if document.report_year.is_some() { "Report" } else { "DigitalDocument" })),
        ),
        ("@id", Some(json!(address))),
        ("url", Some(json!(address))),
        ("name", Some(json!(document.title.value))),
        ("inLanguage", Some(json!("zh-CN"))),
        ("identifier", document.doc_no.as_ref().map(|number| json!(number.value.to_string()))),
        ("publisher", publisher),
        ("dateCreated", date(&document.written_date).map(Value::from)),
        ("datePublished", date(&document.published_date).map(Value::from)),
        ("isBasedOn", document.url.as_deref().and_then(web_address).map(Value::from)),
        ("sdDatePublished", Some(json!(document.captured_at.to_string()))),
        ("creativeWorkStatus", status.map(Value::from)),
        ("usageInfo", Some(json!("自动采集的副本，非官方原件"))),
    ];
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let text = Value::Object(fields.collect()).to_string();
    // Nothing in it may end the element or begin a comment.
    text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}
