//! Pages under `tests/pages`, each with what must be read from it.
//!
//! `NAME.html` holds the bytes, `NAME.expected.json` the address and the expected fields: a field with its evidence as
//! a pair, or the value alone; what it does not name is not compared.

use std::{collections::BTreeMap, fs, path::Path};

use gongkai::{
    extract,
    model::{Capture, Document, Listed, Sourced},
    resolve::{self, Book},
};
use serde_json::{Value, json};

use crate::support::{answered, captured, shipped_config};

#[test]
fn saved_pages_are_read_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = shipped_config();
    let book = Book::new(&config.regions, &config.agencies);
    let mut wrong = Vec::new();
    let mut pages = 0;
    for file in fs::read_dir(root.join("tests/pages")).unwrap() {
        let path = file.unwrap().path();
        let Some(name) = path.to_str().unwrap().strip_suffix(".expected.json") else { continue };
        let expected: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let capture = capture(fs::read(format!("{name}.html")).unwrap(), &expected);
        let extraction = extract::extract(&capture, None, &config.categories);
        let mut seen = BTreeMap::new();
        let reading = extraction.reading.unwrap();
        seen.insert("charset", json!(reading.charset));
        match extraction.documents.into_iter().next() {
            None => {
                seen.insert("no_document", json!(extraction.warnings[0].code));
            }
            Some(mut document) => {
                resolve::place(&mut document, None, "", &book);
                fields(&document, &mut seen);
            }
        }
        for (field, want) in expected.as_object().unwrap() {
            if let Some(got) = seen.get(field.as_str()).filter(|got| *got != want) {
                wrong.push(format!("{name}: {field}\n  got  {got}\n  want {want}"));
            }
        }
        let is_document = expected.get("no_document").is_none();
        assert_eq!(is_document, seen.contains_key("title"), "{name}");
        pages += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(pages > 3);
}

/// A page as its `expected` says that it was listed and answered.
pub(crate) fn capture(body: Vec<u8>, expected: &Value) -> Capture {
    let text = |key: &str| expected[key].as_str().map(str::to_owned);
    let answer = answered(body, text("content_type").as_deref());
    let mut capture = captured(&text("url").unwrap(), answer);
    capture.context.column = text("column").unwrap_or_default();
    capture.context.listed = Listed { title: text("listed_title"), date: text("listed_date") };
    capture
}

fn fields(document: &Document, seen: &mut BTreeMap<&'static str, Value>) {
    fn told<T: ToString>(field: Option<&Sourced<T>>) -> Value {
        field.map_or(Value::Null, |f| json!([f.value.to_string(), f.evidence.to_string()]))
    }
    let attachments: Vec<_> = document.attachments.iter().map(|a| (&a.url, &a.name)).collect();
    let citations: Vec<_> = document.citations.iter().map(ToString::to_string).collect();
    let warnings: Vec<_> = document.warnings.iter().map(|warning| &warning.code).collect();
    seen.extend([
        ("title", told(Some(&document.title))),
        ("published_date", told(document.published_date.as_ref())),
        ("written_date", told(document.written_date.as_ref())),
        ("issuer", told(document.issuer.as_ref())),
        ("source", told(document.source.as_ref())),
        ("doc_no", told(document.doc_no.as_ref())),
        ("index_no", told(document.index_no.as_ref())),
        ("theme", told(document.theme.as_ref())),
        ("genre", told(document.genre.as_ref())),
        ("validity", told(document.validity.as_ref())),
        ("report_year", json!(document.report_year.as_ref().map(|year| year.value))),
        ("category", json!(document.category.value)),
        ("category_labels", json!(document.category_labels)),
        ("agencies", json!(document.agencies)),
        ("text", json!(document.text)),
        ("attachments", json!(attachments)),
        ("named_files", json!(document.named_files)),
        ("citations", json!(citations)),
        ("tables", json!(document.tables)),
        ("warnings", json!(warnings)),
    ]);
}
