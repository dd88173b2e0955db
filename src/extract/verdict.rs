//! Whether a page is a document at all.

use crate::extract::{body::squeeze, cloak, shape::PageShape, view::View};
use crate::model::Warning;
use crate::page::{StandIn, stand_in_of};

/// Why the page is no document; `None` when it is one. Counted are the files it names and the labels of its box that say
/// something.
pub(super) fn no_document(
    view: &View<'_>,
    title: Option<&str>,
    text: &str,
    files: usize,
    boxed: usize,
    shape: PageShape,
) -> Option<Warning> {
    let not = |why: String| Some(Warning::new("not_a_document", why));
    let status = view.capture.answer.status;
    if !(200..300).contains(&status) {
        return not(format!("status {status}"));
    }
    let text = squeeze(text);
    let length = text.chars().count();
    if cloak::is_cloaked(&text) {
        let why = "text dressed up to cheat search engines, as on hijacked sites";
        return Some(Warning::new("cloaked", why));
    }
    match stand_in_of(view.tree, false) {
        Some(StandIn::Error) => return not("an error page".to_owned()),
        Some(StandIn::Shield) => return not("the page of a shield against programs".to_owned()),
        Some(StandIn::Login) => return not("a login page".to_owned()),
        None => {}
    }
    if matches!(shape, PageShape::List | PageShape::Home) {
        return not(format!("a {} page", shape.as_str()));
    }
    if length == 0 && files == 0 && boxed < 2 && !view.shows_something() {
        return not("no text, no attachments, no pictures".to_owned());
    }
    if title.is_none() && length < 20 && boxed < 2 {
        return not("no title and hardly any text".to_owned());
    }
    None
}

impl View<'_> {
    /// Whether the body holds pictures or frames: a scanned document, or one in a viewer.
    fn shows_something(&self) -> bool {
        let roots = self.body.iter().flat_map(|body| body.roots.iter());
        let mut inside =
            roots.filter_map(|root| self.tree.tree.get(*root)).flat_map(|root| root.descendants());
        inside.any(|node| {
            let element = node.value().as_element();
            element.is_some_and(|e| {
                matches!(e.name(), "img" | "iframe" | "embed" | "object" | "video")
            })
        })
    }
}
