//! Links of a page: where they start from, what stands in and beside them, which of them leads to the next page.

use scraper::{ElementRef, Html, Node};

use super::Markup;
use crate::config::Portal;
use crate::crawl::scope;
use crate::model::PageUrl;

/// Nodes looked at around one link: an item of a list is small, and the work stays linear on any page.
const NODES_AROUND: usize = 80;
/// How far up from a link its item may be.
const LEVELS_UP: usize = 4;

/// Every `a` with an address, in the order of the page.
pub(super) fn anchors(tree: &Html) -> impl Iterator<Item = ElementRef<'_>> {
    tree.root_element()
        .descendants()
        .filter_map(ElementRef::wrap)
        .filter(|element| is_anchor(element))
}

pub(super) fn is_anchor(element: &ElementRef<'_>) -> bool {
    element.value().name() == "a" && element.attr("href").is_some()
}

/// The address that an element leads to.
pub(super) fn target(element: ElementRef<'_>, base: &PageUrl) -> Option<PageUrl> {
    let href = element.attr("href")?.trim();
    (!href.is_empty() && !href.starts_with('#')).then(|| base.join(href).ok())?
}

/// The text inside an element, white space folded to single blanks; at most a few thousand characters.
pub(super) fn text(element: ElementRef<'_>) -> String {
    folded(element.text().take(200).flat_map(str::chars).take(4000))
}

fn folded(characters: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    for c in characters {
        let blank = c.is_whitespace() || matches!(c, '\u{a0}' | '\u{200b}' | '\u{feff}');
        if !blank {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Texts that stand beside a link in the same item of a list, nearest first: one string per level going up, without
/// the text of the link itself.
pub(super) fn beside(anchor: ElementRef<'_>) -> Vec<String> {
    let mut texts = Vec::new();
    let mut inner = anchor;
    for parent in anchor.ancestors().filter_map(ElementRef::wrap).take(LEVELS_UP) {
        let Some(text) = around(parent, anchor) else { break };
        texts.push(text);
        inner = parent;
        if matches!(parent.value().name(), "li" | "tr" | "body") {
            break;
        }
    }
    // `<dt><a></dt><dd>2020-01-31</dd>`: the date is the term's description.
    if inner.value().name() == "dt" {
        let next = inner.next_siblings().find_map(ElementRef::wrap);
        texts.extend(next.filter(|dd| dd.value().name() == "dd").map(text));
    }
    texts
}

/// The text of a small element outside the link; `None` when it holds links to other pages or is not small.
fn around(element: ElementRef<'_>, link: ElementRef<'_>) -> Option<String> {
    let mut out = String::new();
    let mut nodes = 0;
    // Never more children than can be looked at, or a page of one long line would cost its square.
    let mut stack: Vec<_> = element.children().take(NODES_AROUND + 1).collect();
    stack.reverse();
    while let Some(node) = stack.pop() {
        nodes += 1;
        if nodes > NODES_AROUND {
            return None;
        }
        if node.id() == link.id() {
            continue;
        }
        if let Some(element) = ElementRef::wrap(node) {
            if is_anchor(&element) && leads_elsewhere(element, link) {
                return None;
            }
            if !matches!(element.value().name(), "script" | "style") {
                let at = stack.len();
                stack.extend(node.children().take(NODES_AROUND + 1));
                stack[at..].reverse();
            }
        } else if let Node::Text(text) = node.value() {
            out.push_str(text);
            out.push(' ');
        }
    }
    Some(folded(out.chars()))
}

fn leads_elsewhere(other: ElementRef<'_>, link: ElementRef<'_>) -> bool {
    let href = other.attr("href").unwrap_or_default();
    other.attr("href") != link.attr("href")
        && !href.starts_with("javascript:")
        && !href.starts_with('#')
}

/// Whether a link stands in what surrounds every page of a site: menus, head, foot, trail.
pub(super) fn in_furniture(element: ElementRef<'_>) -> bool {
    const PLACES: [&str; 9] =
        ["nav", "menu", "header", "footer", "foot", "sidebar", "crumb", "breadcrumb", "copyright"];
    let named = |word: &str| {
        PLACES.iter().any(|place| {
            word.eq_ignore_ascii_case(place)
                || word.split(['-', '_']).any(|part| part.eq_ignore_ascii_case(place))
        })
    };
    element.ancestors().filter_map(ElementRef::wrap).any(|around| {
        let value = around.value();
        matches!(value.name(), "nav" | "header" | "footer" | "aside")
            || value.classes().any(named)
            || value.id().is_some_and(named)
    })
}

/// The next page of a list by a plain link: the one the portal file selects, or one that says so.
pub(super) fn next(
    portal: &Portal,
    list: &PageUrl,
    at: &PageUrl,
    markup: &Markup,
) -> Option<PageUrl> {
    let leads_on = |url: &PageUrl| scope::without_index(url) != scope::without_index(at);
    if let Some(selector) = &portal.list.next {
        return markup
            .tree
            .select(selector.selector())
            .filter_map(|element| target(first_anchor(element)?, &markup.base))
            .find(leads_on);
    }
    let area = scope::column_area(list);
    anchors(&markup.tree)
        .filter(|anchor| says_next(&text(*anchor)) || anchor.attr("rel") == Some("next"))
        .filter_map(|anchor| target(anchor, &markup.base))
        .find(|url| {
            leads_on(url) && url.authority() == at.authority() && url.path().starts_with(&area)
        })
}

/// The element itself when it is a link, else the first link inside it.
pub(super) fn first_anchor(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    if is_anchor(&element) {
        return Some(element);
    }
    element.descendants().filter_map(ElementRef::wrap).find(is_anchor)
}

/// Whether the text of a link means "next page".
fn says_next(text: &str) -> bool {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let word = bare.trim_matches(['>', '»', '›', '[', ']', '【', '】', '→', '▶']);
    matches!(word, "下一页" | "下页" | "后一页" | "下一頁" | "后页" | "next" | "Next")
        || (word.is_empty() && matches!(bare.as_str(), ">" | "›"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_words_mean_next() {
        for yes in
            ["下一页", "下页", " 下 一 页 >", "后一页", ">", "›", "下一页»", "[下一页]", "Next"]
        {
            assert!(says_next(yes), "{yes}");
        }
        for no in ["上一页", "尾页", "末页", ">>", "2", "", "更多>>", "下一篇", "»"] {
            assert!(!says_next(no), "{no}");
        }
    }

    #[test]
    fn what_stands_beside_a_link_is_its_own_item_only() {
        let tree = Html::parse_document(
            "<ul><li><a href=1>甲</a><span>[2020-01-31]</span></li><li><a href=2>乙</a></li></ul>\
             <dl><dt><a href=3>丙</a></dt><dd>2021-02-03</dd><dt><a href=4>丁</a></dt></dl>\
             <p><a href=5>戊</a> 2020-05-05 <a href=6>己</a></p>",
        );
        let beside: Vec<String> = anchors(&tree).map(|a| beside(a).join("|")).collect();
        assert_eq!(beside, ["[2020-01-31]", "", "|2021-02-03", "", "", ""]);
    }

    #[test]
    fn furniture_is_told_by_element_or_name() {
        let tree = Html::parse_document(
            "<nav><a href=1></a></nav><div class='top main-nav'><a href=2></a></div><div id=Footer><a href=3></a></div>\
             <div class=navigate><a href=4></a></div><div class=list><a href=5></a></div>",
        );
        let found: Vec<bool> = anchors(&tree).map(in_furniture).collect();
        assert_eq!(found, [true, true, true, false, false]);
    }
}
