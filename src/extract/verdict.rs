//! Whether a page is a document at all.

use crate::extract::{body::squeeze, cloak, shape::PageShape, view::View};
use crate::model::Warning;

/// What error pages say, when they say it with status 200.
const ERRORS: [&str; 16] = [
    "页面不存在",
    "页面未找到",
    "页面找不到",
    "找不到页面",
    "页面已删除",
    "已被删除",
    "不存在或已删除",
    "文章不存在",
    "信息不存在",
    "内容不存在",
    "您访问的页面",
    "您访问的网页",
    "无法找到该页",
    "404 not found",
    "访问被拒绝",
    "云防护",
];
/// An error page has no more text than this, in characters.
const SHORT: usize = 200;

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
    let said = format!("{} {text}", title.unwrap_or_default()).to_lowercase();
    if length < SHORT
        && let Some(error) = ERRORS.iter().find(|error| said.contains(*error))
    {
        return not(format!("an error page: {error}"));
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
