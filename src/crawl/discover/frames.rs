//! Shells: pages of a column whose list stands in a frame of the same host.

use scraper::ElementRef;

use super::Markup;
use super::recipe::ListPage;
use crate::crawl::scope;
use crate::model::PageUrl;

/// Frames followed from one page at most.
const FRAMES: usize = 3;

/// The pages in the frames of a column's page: on its host, in its folder or the folders of its area.
pub(super) fn frames(page: &ListPage<'_>, markup: &Markup) -> Vec<PageUrl> {
    let area = scope::column_area(page.list);
    let inside = |url: &PageUrl| {
        url.authority() == page.at.authority()
            && (url.path().starts_with(&area) || url.path().starts_with(scope::folder(page.list)))
            && url.key() != page.at.key()
    };
    let elements = markup.tree.root_element().descendants().filter_map(ElementRef::wrap);
    elements
        .filter(|element| matches!(element.value().name(), "iframe" | "frame"))
        .filter_map(|frame| markup.base.join(frame.attr("src")?).ok())
        .filter(inside)
        .take(FRAMES)
        .collect()
}
