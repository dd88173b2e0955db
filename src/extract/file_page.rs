//! A link of a list that leads to a file and not to a page: the file is the document.

use crate::config::{Categories, Portal};
use crate::extract::{
    document::Page,
    fields::Labels,
    split, title,
    view::{View, one_line},
};
use crate::model::{Capture, Document, Evidence, FileText, Sourced, Warning, paragraphs};
use crate::page::{self, Gate};

/// The document that a file is, or its documents where it holds several; none when neither list nor file say anything.
///
/// The title is from the list, else from the first line; the fields are from text and list.
pub fn from_file(
    capture: &Capture,
    file: &FileText,
    portal: Option<&Portal>,
    categories: &Categories,
) -> Vec<Document> {
    let text = file.text();
    let listed = capture.context.listed.title.as_deref().map(one_line);
    let title = if let Some(title) = listed.filter(|title| !title.is_empty()) {
        Sourced::new(title, Evidence::List)
    } else {
        if paragraphs(&text).next().is_none() {
            return Vec::new();
        }
        title::of_text(&text)
    };
    let mut warnings =
        vec![Warning::new("file", format!("the list leads to a {} file", file.kind))];
    if let Some(error) = &file.error {
        warnings.push(Warning::new("file_damaged", error.clone()));
    }
    let nothing = page::parse("", &Gate::default());
    let view = View::new(&nothing.tree, capture, portal);
    let labels = Labels::of(&view, 0);
    let page = Page { view: &view, labels: &labels, categories };
    if let Some((pieces, kept_out)) = split::of_text(&text, Some(&title.value)) {
        warnings.extend(kept_out);
        return pieces.into_iter().map(|piece| page.part(Vec::new(), piece, &warnings)).collect();
    }
    let mut document = page.document(Some(title), text, Vec::new(), &mut warnings);
    document.warnings = warnings;
    vec![document]
}
