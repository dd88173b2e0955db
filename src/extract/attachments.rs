//! The files a detail page names.

use std::collections::HashSet;

use scraper::ElementRef;

use crate::extract::{body, view::View};
use crate::model::{Attachment, PageUrl};
use crate::page;

/// Endings of files that belong to documents.
const TYPES: [&str; 17] = [
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "wps", "et", "dps", "ofd", "csv", "txt",
    "rtf", "rar", "zip", "7z",
];
/// Most attachments of one document.
const MOST: usize = 300;

/// The files that the page names outside menus and footers, in its order, each once.
pub(super) fn find(view: &View<'_>) -> Vec<Attachment> {
    let rule = view.portal.and_then(|portal| portal.detail.attachments.as_ref());
    let around = body::surroundings(view.tree, view.body.as_ref());
    let inside = |element: ElementRef<'_>| match rule {
        Some(rule) => std::iter::once(element)
            .chain(element.ancestors().filter_map(ElementRef::wrap))
            .any(|above| rule.selector().matches(&above)),
        None => !element.ancestors().any(|above| around.contains(&above.id())),
    };
    let base = page::base(view.tree, &view.capture.url);
    let mut seen = HashSet::new();
    page::files(view.tree, &base, &TYPES)
        .filter(|file| inside(file.element) && seen.insert(file.url.key()))
        .map(|file| {
            let name = file.name.unwrap_or_else(|| last_step(&file.url));
            Attachment::new(file.url.to_string(), name)
        })
        .take(MOST)
        .collect()
}

/// The name of a file that the page gives none: the last step of its address.
fn last_step(url: &PageUrl) -> String {
    url.path().rsplit('/').next().unwrap_or_default().to_owned()
}
