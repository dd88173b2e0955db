//! Where the text of a document stands on its page, and which of its first and last blocks are furniture.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ego_tree::{NodeId, NodeRef, iter::Edge};
use regex::Regex;
use scraper::{Html, Node};

use crate::config::Portal;
use crate::extract::{
    blocks::{Block, is_block, is_silent},
    labels::{self, Label},
};

/// The elements that hold the text.
pub(super) struct Body {
    /// In the order of the page, none inside another.
    pub(super) roots: Vec<NodeId>,
    /// What pointed at them, for people.
    pub(super) found_by: String,
    /// Such an element holds the text and little else.
    pub(super) exact: bool,
}

/// Ids and classes of elements that the common content systems put around the text and nothing else, in lower case.
const CONTAINERS: [&str; 24] = [
    "ucap-content",
    "zoom",
    "ivs_content",
    "webeditorview",
    "articlecontent",
    "article_content",
    "detailcont",
    "bodylabel",
    "zoomcon",
    "trs_editor",
    "trs_editor_view",
    "trs_ueditor",
    "custom_unionstyle",
    "xxgk_content",
    "article-content",
    "content-detail",
    "news_cont_d_wrap",
    "main-txt",
    "bt-content",
    "bt_content",
    "vsb_content",
    "v_news_content",
    "pages_content",
    "con_txt",
];

/// Finds the text: the portal's selector, else a known container, else the part of the page with the most prose.
pub(super) fn find(tree: &Html, portal: Option<&Portal>) -> Option<Body> {
    by_selector(tree, portal).or_else(|| {
        let weights = Weights::of(tree);
        let known = by_container(tree, &weights);
        let dense = by_density(tree, &weights);
        match (known, dense) {
            // A container that holds next to nothing beside a page full of prose is left over.
            (Some(known), Some(dense)) => {
                let (few, many) = (weights.prose(known), weights.prose(dense));
                Some(if few < 20 && many > 400 { inexact(dense) } else { exact(tree, known) })
            }
            (Some(known), None) => Some(exact(tree, known)),
            (None, Some(dense)) => Some(inexact(dense)),
            (None, None) => None,
        }
    })
}

fn by_selector(tree: &Html, portal: Option<&Portal>) -> Option<Body> {
    let selector = portal?.detail.body.as_ref()?;
    let mut roots: Vec<NodeId> = Vec::new();
    for found in tree.select(selector.selector()).take(100) {
        if !found.ancestors().any(|above| roots.contains(&above.id())) {
            roots.push(found.id());
        }
    }
    let found_by = format!("selector {}", selector.as_str());
    (!roots.is_empty()).then_some(Body { roots, found_by, exact: true })
}

fn exact(tree: &Html, root: NodeId) -> Body {
    let name = tree.tree.get(root).and_then(container_name).unwrap_or_default();
    Body { roots: vec![root], found_by: format!("known container {name}"), exact: true }
}

fn inexact(root: NodeId) -> Body {
    Body { roots: vec![root], found_by: "most prose of the page".to_owned(), exact: false }
}

fn container_name(node: NodeRef<'_, Node>) -> Option<&'static str> {
    names(node).find_map(|name| CONTAINERS.iter().find(|known| **known == name).copied())
}

/// Id and classes of an element in lower case.
pub(super) fn names(node: NodeRef<'_, Node>) -> impl Iterator<Item = String> {
    let element = node.value().as_element();
    let of = move |name| element.and_then(|e| e.attr(name)).unwrap_or_default();
    of("id")
        .split_ascii_whitespace()
        .chain(of("class").split_ascii_whitespace())
        .map(str::to_ascii_lowercase)
}

/// Of the known containers the innermost one that holds nearly all that the fullest one holds.
fn by_container(tree: &Html, weights: &Weights) -> Option<NodeId> {
    let known: Vec<_> =
        tree.tree.nodes().filter(|n| container_name(*n).is_some()).take(200).collect();
    let fullest = known.iter().max_by_key(|n| weights.prose(n.id()))?;
    let enough = weights.prose(fullest.id()) * 9 / 10;
    known
        .iter()
        .filter(|n| n.ancestors().any(|above| above.id() == fullest.id()))
        .rfind(|n| weights.prose(n.id()) > enough)
        .or(Some(fullest))
        .map(NodeRef::id)
}

/// The element whose own paragraphs hold the most prose, or the one around it when that holds much more.
fn by_density(tree: &Html, weights: &Weights) -> Option<NodeId> {
    let mut own: HashMap<NodeId, usize> = HashMap::new();
    for node in tree.tree.nodes() {
        let Node::Text(text) = node.value() else { continue };
        let mut above = node.ancestors().filter(|n| is_block(element_name(*n)));
        let Some(paragraph) = above.next().filter(|p| weights.prose(p.id()) > 0) else { continue };
        let leaf =
            matches!(element_name(paragraph), "p" | "blockquote" | "pre" | "h4" | "h5" | "h6");
        let around = if leaf { above.next() } else { Some(paragraph) };
        if let Some(around) = around.filter(|_| !node.ancestors().any(is_mute)) {
            *own.entry(around.id()).or_default() += prose(text);
        }
    }
    let (best, most) = own.into_iter().max_by_key(|(id, prose)| (*prose, *id))?;
    if most < LEAST_PROSE {
        return None;
    }
    let above = tree
        .tree
        .get(best)?
        .ancestors()
        .take(4)
        .filter(|n| !matches!(element_name(*n), "body" | "html"));
    let fuller = above.filter(|n| weights.prose(n.id()) * 2 > most * 3).last();
    let grown = fuller.filter(|n| weights.prose(n.id()) < most * 3);
    Some(grown.map_or(best, |n| n.id()))
}

/// Below this much prose nothing is taken for the text, in characters.
const LEAST_PROSE: usize = 40;

fn element_name(node: NodeRef<'_, Node>) -> &str {
    node.value().as_element().map_or("", |element| element.name())
}

/// How much prose stands in and below every element.
pub(super) struct Weights(HashMap<NodeId, usize>);

impl Weights {
    pub(super) fn of(tree: &Html) -> Self {
        let mut weights = HashMap::new();
        let mut sums: Vec<usize> = vec![0];
        let mut silent = 0_usize;
        for edge in tree.tree.root().traverse() {
            match edge {
                Edge::Open(node) => {
                    silent += usize::from(is_mute(node));
                    sums.push(0);
                }
                Edge::Close(node) => {
                    let own = match node.value() {
                        Node::Text(text) if silent == 0 => prose(text),
                        _ => 0,
                    };
                    silent -= usize::from(is_mute(node));
                    let sum = sums.pop().unwrap_or_default() + own;
                    if node.value().is_element() {
                        weights.insert(node.id(), sum);
                    }
                    if let Some(above) = sums.last_mut() {
                        *above += sum;
                    }
                }
            }
        }
        Self(weights)
    }

    pub(super) fn prose(&self, element: NodeId) -> usize {
        self.0.get(&element).copied().unwrap_or_default()
    }
}

/// Links, silent elements, headers and footers hold no prose.
fn is_mute(node: NodeRef<'_, Node>) -> bool {
    let name = element_name(node);
    is_silent(name) || matches!(name, "a" | "footer" | "nav")
}

/// Characters of a text, those of sentences counting fully and those of scraps a little.
fn prose(text: &str) -> usize {
    let chars = text.chars().filter(|c| !c.is_whitespace()).count();
    let sentence = chars >= 25 || text.contains(['，', '。', '；', '、']);
    if sentence { chars } else { chars / 3 }
}

static END_OF_TEXT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^[\s\x1f【\[（(]*(?:责任编辑|上一篇|下一篇|上一条|下一条|相关链接|相关阅读|相关文章|相关新闻|相关稿件|相关附件|相关文件|相关解读|相关信息|相关政策|政策文件|关联稿件|关联文件|延伸阅读|扫一扫|分享到|分享|手机浏览|返回首页|返回顶部|打印本页|关闭窗口|打印正文|版权所有|主办单位|网站标识码)",
    )
    .ok()
});
static SCRAP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^[\s\x1f【\[（(]*(?:(?:编辑|责编|（?责编|审核|审签|终审|初审|校对|录入|供稿|稿源|信息来源|来源|作者|责任编辑|审核人|签发)[：:].{0,40}|(?:附件|相关附件|相关政策|政策文件|相关链接)[：:]?|打印|关闭|收藏|纠错|【?(?:打印|关闭|收藏|返回|字体)[^。]{0,20}】?)[\s\x1f】\]）)]*$",
    )
    .ok()
});

fn matches(regex: &LazyLock<Option<Regex>>, text: &str) -> bool {
    regex.as_ref().is_some_and(|regex| regex.is_match(text))
}

/// Splits the blocks of a body into what is text and the first blocks that are metadata or furniture.
///
/// Inside an exact body only what certainly is furniture goes: a metadata box at its head, an editor's line or an
/// empty `附件：` at its end.
pub(super) fn trim(blocks: &[Block], title: &str, exact: bool) -> std::ops::Range<usize> {
    let mut end = blocks.len();
    if !exact {
        let is_end = |block: &Block| matches(&END_OF_TEXT, &block.text());
        end = blocks.iter().skip(1).position(is_end).map_or(end, |at| at + 1);
    }
    let start = head(&blocks[..end], title, exact);
    while end > start {
        let block = &blocks[end - 1];
        let text = block.text();
        let furniture = matches(&SCRAP, &text)
            || (matches(&END_OF_TEXT, &text)
                && block.chars() < 60
                && (!exact || block.link_chars > 0))
            || (!exact && block.is_mostly_links() && !text.starts_with("附件"));
        if !furniture {
            break;
        }
        end -= 1;
    }
    start..end
}

/// How many of the first blocks are a metadata box, an information line, a trail, or the title once more.
fn head(blocks: &[Block], title: &str, exact: bool) -> usize {
    let first = &blocks[..blocks.len().min(30)];
    let informing = |block: &Block| {
        let found = labels::of_block(block);
        let about_page = found.iter().any(|l| matches!(l.label, Label::Furniture | Label::Source));
        let cells = block.cells.len() > 1 && !found.is_empty();
        let says_more = block.cells.len() == 1 && block.text().contains('。');
        !says_more
            && block.chars() < 300
            && (found.len() > 1 || cells || (about_page && block.chars() < 80))
    };
    let last = first.iter().rposition(informing);
    let boxed = first.iter().filter(|block| informing(block)).count();
    let mut start = match last {
        Some(at) if boxed >= 3 || !exact || at < 3 => at + 1,
        _ => 0,
    };
    if !exact {
        let same = |a: &str| squeeze(a) == squeeze(title);
        let furniture = |block: &Block| {
            let text = block.text();
            same(&text)
                || block.is_mostly_links()
                || text.contains("当前位置")
                || text.contains("您的位置")
        };
        while blocks.get(start).is_some_and(furniture) {
            start += 1;
        }
    }
    start
}

/// A text without white space and marks, for comparing.
pub(super) fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
}

/// Parts of a page around the text that never say anything about the document: their elements.
pub(super) fn surroundings(tree: &Html, body: Option<&Body>) -> HashSet<NodeId> {
    const WORDS: [&str; 16] = [
        "nav",
        "menu",
        "sidebar",
        "footer",
        "foot",
        "related",
        "xgyd",
        "xglj",
        "relate",
        "hot",
        "pn",
        "copyright",
        "friendlink",
        "yqlj",
        "search",
        "banner",
    ];
    let holds_body = |node: NodeRef<'_, Node>| {
        body.is_some_and(|body| {
            body.roots.iter().filter_map(|root| tree.tree.get(*root)).any(|root| {
                root.id() == node.id() || root.ancestors().any(|above| above.id() == node.id())
            })
        })
    };
    let furniture = |node: &NodeRef<'_, Node>| {
        matches!(element_name(*node), "nav" | "footer" | "aside")
            || names(*node).any(|name| WORDS.contains(&name.as_str()))
    };
    let elements = tree.tree.nodes().filter(|node| node.value().is_element());
    elements.filter(furniture).filter(|node| !holds_body(*node)).map(|node| node.id()).collect()
}
