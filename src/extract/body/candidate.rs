//! Which element of a page holds its text, where no known container tells: by the prose of its paragraphs.
//!
//! The idea is Readability's: every paragraph speaks for the elements around it, the nearer the louder; links speak
//! against them, and so do names such as `footer` or `comment`.

use std::{collections::HashMap, sync::LazyLock};

use aho_corasick::AhoCorasick;
use ego_tree::{NodeId, NodeRef, iter::Edge};
use regex::Regex;
use scraper::{Html, Node};

use super::{element_name, names};
use crate::extract::blocks::{is_block, is_silent};

/// Below this much prose nothing is taken for the text, in characters.
const LEAST_PROSE: usize = 40;
/// A `<div>` without blocks inside and with fewer line breaks is a paragraph; with more it is a text.
const FEW_BREAKS: usize = 3;

/// What stands in and below the elements of a page.
pub(super) struct Prose {
    of: HashMap<NodeId, Measure>,
}

/// What stands in and below one element, in characters without white space.
#[derive(Clone, Copy, Debug, Default)]
struct Measure {
    /// Text outside links that reads like sentences; scraps count a third.
    prose: usize,
    /// All text outside links.
    plain: usize,
    /// Text of links.
    links: usize,
    /// What the paragraphs nearby say for it.
    voice: usize,
}

impl Prose {
    /// Measures all elements of a page in one walk; what is named like furniture is not read.
    pub(super) fn of(tree: &Html) -> Self {
        Self::measured(tree, true)
    }

    /// The same, whatever the names say: some pages have their text in an element named like furniture.
    pub(super) fn whatever_named(tree: &Html) -> Self {
        Self::measured(tree, false)
    }

    fn measured(tree: &Html, by_name: bool) -> Self {
        let mut walk = Walk { by_name, ..Walk::default() };
        for edge in tree.tree.root().traverse() {
            match edge {
                Edge::Open(node) => walk.open(node),
                Edge::Close(node) => walk.close(node),
            }
        }
        Self { of: walk.measured }
    }

    fn measure(&self, element: NodeId) -> Measure {
        self.of.get(&element).copied().unwrap_or_default()
    }

    /// Characters of prose in and below an element.
    pub(super) fn prose(&self, element: NodeId) -> usize {
        self.measure(element).prose
    }

    /// Whether most of the text is links.
    pub(super) fn is_mostly_links(&self, element: NodeId) -> bool {
        let Measure { plain, links, .. } = self.measure(element);
        links > MANY_LINKS && links > plain
    }

    /// The element below `top` that most paragraphs speak for, with the parts of the text that stand beside it; none
    /// where there is hardly any prose.
    pub(super) fn best(&self, top: NodeRef<'_, Node>) -> Vec<NodeId> {
        self.loudest(top).map(|best| self.with_siblings(best)).unwrap_or_default()
    }

    fn loudest<'t>(&self, top: NodeRef<'t, Node>) -> Option<NodeRef<'t, Node>> {
        let elements = top.descendants().filter(|n| self.of.contains_key(&n.id()));
        let scored = elements.map(|node| (self.score(node), node));
        let (score, best) = scored.max_by_key(|(score, node)| (*score, node.id()))?;
        if score == 0 || self.prose(best.id()) < LEAST_PROSE {
            return None;
        }
        let tight = self.tightened(best);
        Some(self.grown(tight).unwrap_or(tight))
    }

    /// The innermost element that still holds all the prose but a little.
    fn tightened<'t>(&self, best: NodeRef<'t, Node>) -> NodeRef<'t, Node> {
        let mut tight = best;
        let most = self.prose(best.id());
        while let Some(inner) = tight.children().find(|n| self.prose(n.id()) * 20 > most * 19)
            && element_name(inner) != "p"
        {
            tight = inner;
        }
        tight
    }

    /// Other parts of the text under the same roof: elements with a fifth of its prose or more, and few links.
    fn with_siblings(&self, best: NodeRef<'_, Node>) -> Vec<NodeId> {
        let of_best = self.measure(best.id());
        let roof =
            best.parent().filter(|roof| !matches!(element_name(*roof), "body" | "html" | ""));
        let Some(roof) = roof else { return vec![best.id()] };
        let belongs = |node: &NodeRef<'_, Node>| {
            let Measure { prose, plain, links, .. } = self.measure(node.id());
            let part = matches!(element_name(*node), "p" | "div" | "section" | "article");
            node.id() == best.id()
                || (part && prose > PART && prose * 5 >= of_best.prose && links * 3 < plain)
        };
        roof.children().filter(belongs).map(|node| node.id()).collect()
    }

    fn score(&self, node: NodeRef<'_, Node>) -> usize {
        let Measure { plain, links, voice, .. } = self.measure(node.id());
        let of_text = voice * plain / (plain + links).max(1);
        match element_name(node) {
            "html" | "body" => of_text / 2,
            _ if names(node).any(|name| matches(&WELL_NAMED, &name)) => of_text * 5 / 4,
            _ => of_text,
        }
    }

    /// The element around the best one, when that holds clearly more prose of the same text.
    fn grown<'t>(&self, best: NodeRef<'t, Node>) -> Option<NodeRef<'t, Node>> {
        let most = self.prose(best.id());
        let around =
            best.ancestors().take(4).filter(|n| !matches!(element_name(*n), "body" | "html"));
        let fuller = around.filter(|n| {
            let prose = self.prose(n.id());
            prose * 2 > most * 3 && prose < most * 3 && !self.is_mostly_links(n.id())
        });
        fuller.last()
    }
}

/// A part of a text has more prose than this, in characters.
const PART: usize = 80;

/// Fewer characters in links than this are no menu.
const MANY_LINKS: usize = 200;

/// The text of one open block element, up to the next one.
struct Open {
    id: NodeId,
    own: String,
    has_blocks: bool,
    breaks: usize,
    sum: Measure,
}

#[derive(Default)]
struct Walk {
    /// Names of furniture count.
    by_name: bool,
    measured: HashMap<NodeId, Measure>,
    open: Vec<Open>,
    /// Open elements that are not read.
    silent: Vec<NodeId>,
    links: usize,
}

impl Walk {
    fn open(&mut self, node: NodeRef<'_, Node>) {
        match node.value() {
            Node::Text(text) if self.silent.is_empty() => self.text(text),
            Node::Element(element) => {
                if self.is_mute(node) {
                    self.silent.push(node.id());
                }
                self.links += usize::from(element.name() == "a");
                if element.name() == "br"
                    && let Some(block) = self.open.last_mut()
                {
                    block.breaks += 1;
                    block.own.push('\n');
                }
                if is_block(element.name()) {
                    if let Some(around) = self.open.last_mut() {
                        around.has_blocks = true;
                        // A block ends the paragraph before it.
                        around.own.push('\n');
                    }
                    let (own, sum) = (String::new(), Measure::default());
                    self.open.push(Open { id: node.id(), own, has_blocks: false, breaks: 0, sum });
                }
            }
            _ => {}
        }
    }

    /// What is never read for prose: silent elements, menus, and what is named like furniture.
    fn is_mute(&self, node: NodeRef<'_, Node>) -> bool {
        let name = element_name(node);
        is_silent(name)
            || matches!(name, "footer" | "nav" | "aside")
            || (self.by_name && is_named_like_furniture(node))
    }

    fn text(&mut self, text: &str) {
        let Some(block) = self.open.last_mut() else { return };
        if self.links > 0 {
            block.sum.links += text.chars().filter(|c| !c.is_whitespace()).count();
        } else {
            block.own.push_str(text);
        }
    }

    fn close(&mut self, node: NodeRef<'_, Node>) {
        let Node::Element(element) = node.value() else { return };
        self.silent.pop_if(|innermost| *innermost == node.id());
        self.links -= usize::from(element.name() == "a");
        if !is_block(element.name()) {
            return;
        }
        let Some(mut block) = self.open.pop() else { return };
        let own = block.own.split('\n').map(prose).sum::<usize>();
        block.sum.prose += own;
        block.sum.plain += block.own.chars().filter(|c| !c.is_whitespace()).count();
        let is_paragraph = match element.name() {
            "p" | "blockquote" | "pre" | "li" | "dd" | "h4" | "h5" | "h6" => true,
            _ => !block.has_blocks && block.breaks < FEW_BREAKS,
        };
        // A paragraph may be the whole text, when nothing else speaks for what is around it.
        block.sum.voice += if is_paragraph { own } else { own * 4 };
        let around = self.open.iter_mut().rev();
        let loudness = if is_paragraph { [4, 2, 1] } else { [2, 1, 0] };
        for (above, loud) in around.zip(loudness) {
            above.sum.voice += own * loud;
        }
        self.measured.insert(block.id, block.sum);
        if let Some(above) = self.open.last_mut() {
            above.sum.prose += block.sum.prose;
            above.sum.plain += block.sum.plain;
            above.sum.links += block.sum.links;
        }
    }
}

static FURNITURE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^(?:.*[-_])?(?:nav|menu|footer|foot|bottom|copyright|sidebar|sidenav|side|share|comments?|pinglun|relat\w*|recommend\w*|rcmd|tuijian|xgyd|xglj|xgxw|crumbs?|breadcrumbs?|position|hot|hotnews|hotlist|hotwords?|rank\w*|adv?|ads|advert\w*|banner|login|toolbar|tools?|friend\w*|yqlj|links?|qr|qrcode|ewm|erweima|wxcode|weixin|pager|pagination|keywords?|tags?|disclaimer|statement|search|topbar|popup|dialog|modal|toast)(?:[-_]?(?:box|list|wrap\w*|bar|area|con|main|left|right|top|\d+))?$",
    )
    .ok()
});
static WELL_NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"article|content|detail|zhengwen|neirong|artibody|(?:^|[-_])(?:text|txt|body|main|con|cont|news|post)(?:$|[-_\d])").ok()
});

fn matches(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// Whether id or class name an element as something beside the text, and none as the text.
pub(in crate::extract) fn is_named_like_furniture(node: NodeRef<'_, Node>) -> bool {
    if matches!(element_name(node), "" | "html" | "body" | "article" | "main") {
        return false;
    }
    let mut furniture = false;
    for name in names(node) {
        if matches(&WELL_NAMED, &name) {
            return false;
        }
        furniture |= matches(&FURNITURE, &name);
    }
    furniture
}

/// What stands in the lines at the foot of a site.
const LEGAL: [&str; 15] = [
    "版权所有",
    "举报电话",
    "举报邮箱",
    "许可证",
    "ICP备",
    "公网安备",
    "copyright",
    "Copyright",
    "All Rights Reserved",
    "客服电话",
    "郑重声明",
    "免责声明",
    "网站标识码",
    "技术支持",
    "主办单位：",
];
static ANY_LEGAL: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(LEGAL).ok());

/// Whether a paragraph is the foot of a site, or a template that was served as it is.
fn is_legal(text: &str) -> bool {
    text.trim_start().starts_with("<%")
        || ANY_LEGAL.as_ref().is_some_and(|legal| legal.is_match(text))
}

/// Characters of a paragraph, those of sentences counting fully and those of scraps a little.
fn prose(text: &str) -> usize {
    let chars = text.chars().filter(|c| !c.is_whitespace()).count();
    let sentence = chars >= 25 || text.contains(['，', '。', '；', '、']);
    match sentence {
        true if is_legal(text) => 0,
        true => chars,
        false => chars / 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(html: &str) -> String {
        let tree = Html::parse_document(html);
        let prose = Prose::of(&tree);
        let best = prose.best(tree.tree.root());
        let id_of = |id| tree.tree.get(id)?.value().as_element()?.attr("id");
        best.into_iter().map(|id| id_of(id).unwrap_or("?")).collect::<Vec<_>>().join(" ")
    }

    const PROSE: &str = "灵洲市今日召开会议，部署防汛工作，要求各县区提前做好准备。";

    #[test]
    fn paragraphs_speak_for_what_is_around_them() {
        let of = |html: String| best(&html);
        assert_eq!(
            of(format!("<div id=x><p>{PROSE}<p>{PROSE}</div><div id=y><p>{PROSE}</div>")),
            "x"
        );
        // Each paragraph in an element of its own.
        let wrapped = format!("<section><span>{PROSE}</span></section>").repeat(4);
        assert_eq!(of(format!("<div id=x>{wrapped}</div><div id=y><p>{PROSE}</div>")), "x");
        // One long paragraph among shorter ones.
        let uneven = format!("<div>{PROSE}</div><div>{}</div><div>{PROSE}</div>", PROSE.repeat(30));
        assert_eq!(of(format!("<div id=w><h1>题</h1><div id=x>{uneven}</div></div>")), "x");
        assert_eq!(
            of(format!("<div id=w><h1>题</h1><div id=x>{}</div></div>", PROSE.repeat(9))),
            "x"
        );
        // The text in two parts.
        let halves = format!(
            "<div id=x>{0}{0}</div><p>栏目<div id=y>{0}</div>",
            format!("<p>{PROSE}").repeat(4)
        );
        assert_eq!(of(format!("<div id=w>{halves}</div>")), "x y");
        // Nothing but line breaks.
        let lines = format!("{PROSE}<br>").repeat(5);
        assert_eq!(of(format!("<div id=w><div id=x>{lines}</div></div>")), "x");
    }

    #[test]
    fn furniture_is_not_heard() {
        let legal = "违法和不良信息举报电话：0900-8800001，未经授权不得转载，版权所有，侵权必究。"
            .repeat(5);
        let related = format!("<li><a href=1>{PROSE}</a>").repeat(30);
        let html = format!(
            "<div id=x><p>{PROSE}<p>{PROSE}</div><div id=l>{legal}</div><ul id=r>{related}</ul><div id=c class=comment-list><p>{PROSE}{PROSE}{PROSE}</div>"
        );
        assert_eq!(best(&html), "x");
        assert_eq!(best("<p>首页</p>"), "");
        assert_eq!(
            best(
                "<%-- 这是一段留在页面里的服务器代码，与读者没有任何关系，也不是正文的一部分，更不是新闻稿件 --%><p>首页"
            ),
            ""
        );
    }
}
