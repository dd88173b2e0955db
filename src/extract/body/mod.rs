//! Where the text of a document stands on its page, and what in the same element is none of it.

mod candidate;
mod furniture;

use std::sync::LazyLock;

use ego_tree::{NodeId, NodeRef};
use regex::Regex;
use scraper::{Html, Node};

use crate::config::Portal;
use candidate::Prose;
pub(super) use furniture::{before_the_call, inside, surroundings, trim, without_credits};

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
const CONTAINERS: [&str; 25] = [
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
    "zhengwen",
];

/// Finds the text: the portal's selector, else a known container, else what most paragraphs of the page speak for.
pub(super) fn find(tree: &Html, portal: Option<&Portal>) -> Option<Body> {
    by_selector(tree, portal).or_else(|| {
        let prose = Prose::of(tree);
        if let Some(bracketed) = bracketed(tree, &prose) {
            return Some(bracketed);
        }
        let known = by_container(tree, &prose);
        let dense = || {
            let best = prose.best(tree.tree.root());
            if held(&prose, &best) >= MUCH {
                return best;
            }
            let anyhow = Prose::whatever_named(tree);
            let other = anyhow.best(tree.tree.root());
            if held(&anyhow, &other) > held(&prose, &best) * 4 { other } else { best }
        };
        match known {
            // A container that holds next to nothing beside a page full of prose is left over.
            Some(known) if prose.prose(known) < 20 => {
                let dense = dense();
                let fuller = held(&prose, &dense) > 400;
                if fuller { inexact(dense) } else { Some(exact(tree, known)) }
            }
            // One that holds the columns of a page is too wide.
            Some(known) if prose.is_mostly_links(known) => {
                let inner = tree.tree.get(known).map(|known| prose.best(known));
                inner.and_then(inexact).or_else(|| Some(exact(tree, known)))
            }
            Some(known) => Some(exact(tree, known)),
            None => inexact(dense()),
        }
    })
}

static BEGIN: LazyLock<Option<Regex>> = LazyLock::new(|| comment("begin|start|开始"));
static END: LazyLock<Option<Regex>> = LazyLock::new(|| comment("end|stop|结束"));

/// A page with less prose in its best place is looked at again, in characters.
const MUCH: usize = 200;

fn held(prose: &Prose, roots: &[NodeId]) -> usize {
    roots.iter().map(|root| prose.prose(*root)).sum()
}

/// A comment that names the text and says this of it, such as `ZJEG_RSS.content.begin` or `正文 start`.
fn comment(word: &str) -> Option<Regex> {
    let text = r"(?:正文|content|article|body)";
    Regex::new(&format!(
        r"(?i)^\W*(?:\w{{1,12}}[._])?(?:原始|文章)?{text}[\W_]*(?:{word})\W*$|^\W*(?:{word})[\W_]*{text}\W*$"
    ))
    .ok()
}

/// What stands between two comments that bracket the text, if that is prose.
fn bracketed(tree: &Html, prose: &Prose) -> Option<Body> {
    let says = |node: NodeRef<'_, Node>, what: &LazyLock<Option<Regex>>| match node.value() {
        Node::Comment(text) => {
            text.len() < 60 && what.as_ref().is_some_and(|what| what.is_match(text))
        }
        _ => false,
    };
    let begins = tree.tree.nodes().filter(|node| says(*node, &BEGIN)).take(20);
    let between = begins.filter_map(|begin| {
        let after: Vec<_> = begin.next_siblings().take(5000).collect();
        let end = after.iter().position(|node| says(*node, &END))?;
        let has_text = |node: &NodeRef<'_, Node>| {
            node.value().as_text().is_some_and(|text| !text.trim().is_empty())
        };
        let bare = after[..end].iter().any(has_text);
        let roots: Vec<NodeId> = if bare {
            vec![begin.parent()?.id()]
        } else {
            let elements = after[..end].iter().filter(|node| node.value().is_element());
            elements.map(NodeRef::id).collect()
        };
        let holds = roots.iter().map(|root| prose.prose(*root)).sum::<usize>();
        let links = roots.iter().any(|root| prose.is_mostly_links(*root));
        (holds >= 40 && !links).then_some(roots)
    });
    let found_by = "comments that bracket the text".to_owned();
    between.last().map(|roots| Body { roots, found_by, exact: true })
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

fn inexact(roots: Vec<NodeId>) -> Option<Body> {
    let found_by = "most prose of the page".to_owned();
    (!roots.is_empty()).then_some(Body { roots, found_by, exact: false })
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
fn by_container(tree: &Html, prose: &Prose) -> Option<NodeId> {
    let known: Vec<_> =
        tree.tree.nodes().filter(|n| container_name(*n).is_some()).take(200).collect();
    let fullest = known.iter().max_by_key(|n| prose.prose(n.id()))?;
    let enough = prose.prose(fullest.id()) * 9 / 10;
    known
        .iter()
        .filter(|n| n.ancestors().any(|above| above.id() == fullest.id()))
        .rfind(|n| prose.prose(n.id()) > enough)
        .or(Some(fullest))
        .map(NodeRef::id)
}

fn element_name(node: NodeRef<'_, Node>) -> &str {
    node.value().as_element().map_or("", |element| element.name())
}

/// A text without white space and marks, for comparing.
pub(super) fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
}
