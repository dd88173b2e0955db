//! The files a detail page names.

use std::collections::HashSet;

use ego_tree::NodeRef;
use scraper::Node;

use crate::extract::{
    body,
    view::{View, one_line},
};
use crate::model::Attachment;

/// Endings of files that belong to documents.
const TYPES: [&str; 15] = [
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "wps", "et", "ofd", "csv", "txt", "rtf",
    "rar", "zip",
];
/// Most attachments of one document.
const MOST: usize = 300;

/// Links to files, outside menus and footers, in the order of the page.
pub(super) fn find(view: &View<'_>) -> Vec<Attachment> {
    let rule = view.portal.and_then(|portal| portal.detail.attachments.as_ref());
    let around = body::surroundings(view.tree, view.body.as_ref());
    let inside = |node: NodeRef<'_, Node>| match rule {
        Some(rule) => node
            .ancestors()
            .filter_map(scraper::ElementRef::wrap)
            .any(|above| rule.selector().matches(&above)),
        None => !node.ancestors().any(|above| around.contains(&above.id())),
    };
    let mut seen = HashSet::new();
    let links = view
        .tree
        .tree
        .nodes()
        .filter_map(|node| Some((node, node.value().as_element()?.attr("href")?)));
    links
        .filter(|(_, href)| href.len() < 2048 && kind(href).is_some())
        .filter(|(node, _)| inside(*node))
        .filter_map(|(node, href)| {
            let url = view.capture.url.join(href).ok()?;
            let name = name(node, href);
            seen.insert(url.key()).then(|| Attachment { url: url.to_string(), name })
        })
        .take(MOST)
        .collect()
}

/// The type of file that an address names, in its path or in a parameter such as `filename=`.
fn kind(href: &str) -> Option<&'static str> {
    let href = href.split('#').next().unwrap_or_default();
    let (path, query) = href.split_once('?').unwrap_or((href, ""));
    let values = query.split('&').filter_map(|pair| pair.split_once('=')).map(|(_, value)| value);
    [path].into_iter().chain(values).find_map(|part| {
        let (_, ending) = part.rsplit_once('.')?;
        TYPES.into_iter().find(|known| known.eq_ignore_ascii_case(ending))
    })
}

/// The name as printed: the title if it is a file name, else the text of the link, else the last step of the address.
fn name(link: NodeRef<'_, Node>, href: &str) -> String {
    let attribute = |name| link.value().as_element().and_then(|e| e.attr(name)).map(one_line);
    let text: String = link
        .descendants()
        .take(200)
        .filter_map(|n| n.value().as_text())
        .map(|text| &**text)
        .collect();
    let text = one_line(&text);
    let title =
        attribute("title").or_else(|| attribute("download")).filter(|title| kind(title).is_some());
    let last = || {
        href.split('?').next().and_then(|path| path.rsplit('/').next()).unwrap_or(href).to_owned()
    };
    title.or(Some(text).filter(|text| !text.is_empty())).unwrap_or_else(last)
}
