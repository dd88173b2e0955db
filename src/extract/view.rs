//! A page as the rules look at it: its text blocks, what surrounds them, its metadata.

use ego_tree::NodeId;
use scraper::{Html, Node};

use crate::config::{CssSelector, Portal};
use crate::extract::{
    blocks::{Block, Reading, Rows, is},
    body::{self, Body},
    labels::{self, Labelled},
};
use crate::model::{Capture, Evidence, Sourced};

/// A page with the places that matter found.
pub(super) struct View<'a> {
    pub(super) tree: &'a Html,
    pub(super) capture: &'a Capture,
    pub(super) portal: Option<&'a Portal>,
    pub(super) body: Option<Body>,
    /// What stands in the body, furniture included.
    pub(super) inside: Vec<Block>,
    /// What stands before the body, with marks; without menus, lists of other documents and the like.
    pub(super) before: Vec<Block>,
    /// What follows it, likewise.
    pub(super) after: Vec<Block>,
    /// `<meta name content>`, names in lower case.
    metas: Vec<(String, String)>,
}

/// Longest value of a field, in characters.
const LONGEST: usize = 300;

impl<'a> View<'a> {
    pub(super) fn new(tree: &'a Html, capture: &'a Capture, portal: Option<&'a Portal>) -> Self {
        let rows = Rows::of(tree);
        let body = body::find(tree, portal);
        let roots: Vec<NodeId> = body.iter().flat_map(|body| body.roots.iter().copied()).collect();
        let beside = body.as_ref().map(|body| body::inside(tree, body)).unwrap_or_default();
        let reading = Reading { rows: &rows, skip: &beside, marks: false };
        let nodes = roots.iter().filter_map(|root| tree.tree.get(*root));
        let mut inside: Vec<Block> = nodes.flat_map(|root| reading.blocks(root)).collect();
        inside.retain(|block| !block.cells.is_empty());
        let mut skip = body::surroundings(tree, body.as_ref());
        skip.extend(&roots);
        let outside = Reading { rows: &rows, skip: &skip, marks: true };
        let mut before = outside.blocks(tree.tree.root());
        let border =
            before.iter().position(|block| block.cells.is_empty() && roots.contains(&block.at));
        let mut after = border.map_or_else(Vec::new, |border| before.split_off(border));
        before.retain(|block| !block.cells.is_empty());
        after.retain(|block| !block.cells.is_empty());
        Self { tree, capture, portal, body, inside, before, after, metas: metas(tree) }
    }

    /// The first `<meta>` of these names, given in lower case, that says something.
    pub(super) fn meta(&self, names: &[&'static str]) -> Option<Sourced<String>> {
        names.iter().find_map(|name| {
            let (_, value) =
                self.metas.iter().find(|(meta, value)| meta == name && !value.is_empty())?;
            Some(Sourced::new(value.clone(), Evidence::Meta((*name).to_owned())))
        })
    }

    /// What a selector of the portal file finds, as one line.
    pub(super) fn selected(&self, selector: Option<&CssSelector>) -> Option<Sourced<String>> {
        let selector = selector?;
        let found = self.tree.select(selector.selector()).next()?;
        let value = one_line(&found.text().collect::<String>());
        // A selector may take the label along.
        let value =
            labels::in_line(&value).into_iter().next().map_or(value, |labelled| labelled.value);
        let evidence = Evidence::Selector(selector.as_str().to_owned());
        (!value.is_empty()).then(|| Sourced::new(value, evidence))
    }

    /// Labels with values in these blocks; a label may stand in a block of its own before that of its value.
    pub(super) fn labelled(&self, blocks: &[Block]) -> Vec<Labelled> {
        let mut all = Vec::new();
        for (place, block) in blocks.iter().enumerate() {
            let mut found = labels::of_block(block);
            if let ([only], Some(next)) = (&mut found[..], blocks.get(place + 1))
                && only.value.is_empty()
                && block.cells.len() == 1
                && labels::alone(&block.text()).is_some()
                && self.is_value_of(block, next)
            {
                only.value = one_line(&next.text());
            }
            all.extend(found);
        }
        for labelled in &mut all {
            shorten(&mut labelled.value);
        }
        all
    }

    /// Whether a block is the next element after a label's block and no label itself.
    fn is_value_of(&self, label: &Block, next: &Block) -> bool {
        let Some(at) = self.tree.tree.get(label.at) else { return false };
        let elements = |node: &ego_tree::NodeRef<'_, Node>| node.value().is_element();
        let sibling = at.next_siblings().find(elements).is_some_and(|node| node.id() == next.at);
        let child = at.children().filter(elements).any(|node| node.id() == next.at);
        (sibling || child)
            && next.chars() <= LONGEST
            && labels::of_block(next).is_empty()
            && labels::alone(&next.text()).is_none()
    }
}

fn shorten(value: &mut String) {
    if let Some((end, _)) = value.char_indices().nth(LONGEST) {
        value.truncate(end);
    }
}

/// A text as one line with single blanks, of bounded length.
pub(super) fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let mut line = words.join(" ");
    line.retain(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}'));
    shorten(&mut line);
    line
}

fn metas(tree: &Html) -> Vec<(String, String)> {
    let metas = tree.tree.nodes().filter(|node| is(*node, "meta")).take(500);
    let pair = |node: ego_tree::NodeRef<'_, Node>| {
        let element = node.value().as_element()?;
        let name = element.attr("name").or(element.attr("property"))?;
        Some((name.trim().to_ascii_lowercase(), one_line(element.attr("content")?)))
    };
    metas.filter_map(pair).collect()
}
