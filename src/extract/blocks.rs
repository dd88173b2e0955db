//! A tree, or a part of it, as the paragraphs a reader sees.
//!
//! A block element or two line breaks end a paragraph; one line break stays inside it as `\n`, unless the next line
//! is indented as Chinese paragraphs are. A row of a data table is one paragraph whose cells are kept apart; in text
//! they are joined by a tab, so that empty cells still count and words of two cells never touch. Rows that only lay
//! out the page are no rows.

use std::collections::{HashMap, HashSet};

use ego_tree::{NodeId, NodeRef, iter::Edge};
use scraper::{Html, Node};

/// Stands where an inline element begins or ends, when asked for.
pub(super) const MARK: char = '\u{1f}';

/// One paragraph, or one row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// The text; more than one cell only for a row of a table.
    pub(super) cells: Vec<String>,
    /// The block element it stands in.
    pub(super) at: NodeId,
    /// How many of its characters belong to links.
    pub(super) link_chars: usize,
}

impl Block {
    /// The block as text: cells parted by tabs.
    pub(super) fn text(&self) -> String {
        self.cells.join("\t")
    }

    /// Characters that are no white space.
    pub(super) fn chars(&self) -> usize {
        self.cells.iter().flat_map(|cell| cell.chars()).filter(|c| !c.is_whitespace()).count()
    }

    /// Whether links make up most of it.
    pub(super) fn is_mostly_links(&self) -> bool {
        self.link_chars * 10 > self.chars() * 6
    }
}

/// How blocks are read.
pub(super) struct Reading<'a> {
    pub(super) rows: &'a Rows,
    /// These elements are passed over; where one was, [`Reading::blocks`] puts a block without cells.
    pub(super) skip: &'a HashSet<NodeId>,
    /// Put a [`MARK`] at the borders of inline elements.
    pub(super) marks: bool,
}

/// Which rows of tables are data and not layout.
pub(super) struct Rows {
    layout: HashSet<NodeId>,
    chars: HashMap<NodeId, usize>,
}

/// A row with more text than this in each of its cells, on average, lays out the page.
const LONG_CELL: usize = 600;

impl Rows {
    /// Looks at all tables of a page.
    pub(super) fn of(tree: &Html) -> Self {
        let mut rows = Self { layout: HashSet::new(), chars: HashMap::new() };
        for node in tree.tree.nodes() {
            match node.value() {
                Node::Element(element)
                    if matches!(element.name(), "table" | "h1" | "h2" | "h3" | "form") =>
                {
                    let mut above = node.ancestors().filter(|n| is(*n, "tr"));
                    let _marked_before = above.find(|row| !rows.layout.insert(row.id()));
                }
                Node::Text(text) => {
                    if let Some(row) = node.ancestors().find(|n| is(*n, "tr")) {
                        *rows.chars.entry(row.id()).or_default() += text.chars().count();
                    }
                }
                _ => {}
            }
        }
        rows
    }

    fn is_data(&self, row: NodeRef<'_, Node>) -> bool {
        let cells = row.children().filter(|n| is(*n, "td") || is(*n, "th")).count();
        let chars = self.chars.get(&row.id()).copied().unwrap_or(0);
        cells > 1 && !self.layout.contains(&row.id()) && chars <= LONG_CELL * cells
    }
}

/// Whether a node is an element of that name.
pub(super) fn is(node: NodeRef<'_, Node>, name: &str) -> bool {
    node.value().as_element().is_some_and(|element| element.name() == name)
}

/// Elements whose content is never text of the page.
pub(super) fn is_silent(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "head"
            | "select"
            | "datalist"
            | "textarea"
            | "button"
            | "iframe"
            | "object"
            | "embed"
            | "applet"
            | "svg"
            | "math"
            | "canvas"
            | "audio"
            | "video"
            | "map"
    )
}

/// Elements that stand on lines of their own.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "html"
            | "body"
            | "div"
            | "p"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "ul"
            | "ol"
            | "li"
            | "dl"
            | "dt"
            | "dd"
            | "table"
            | "thead"
            | "tbody"
            | "tfoot"
            | "tr"
            | "td"
            | "th"
            | "caption"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "nav"
            | "aside"
            | "main"
            | "figure"
            | "figcaption"
            | "blockquote"
            | "pre"
            | "form"
            | "fieldset"
            | "legend"
            | "address"
            | "center"
            | "hr"
            | "details"
            | "summary"
            | "marquee"
            | "dir"
            | "menu"
    )
}

impl Reading<'_> {
    /// The blocks of a part of the page, in the order of the page.
    pub(super) fn blocks(&self, root: NodeRef<'_, Node>) -> Vec<Block> {
        let mut walk = Walk::new(root.id(), self.marks);
        let mut passing_over: Option<NodeId> = None;
        for edge in root.traverse() {
            match edge {
                Edge::Open(_) if passing_over.is_some() => {}
                Edge::Open(node) => match node.value() {
                    Node::Text(text) => walk.text(text),
                    Node::Element(_) if self.skip.contains(&node.id()) => {
                        passing_over = Some(node.id());
                        walk.end_paragraph();
                        walk.out.push(Block { cells: vec![], at: node.id(), link_chars: 0 });
                    }
                    Node::Element(element) if is_silent(element.name()) => {
                        passing_over = Some(node.id());
                    }
                    Node::Element(element) => {
                        let row = element.name() == "tr" && self.rows.is_data(node);
                        walk.open(node.id(), element.name(), row);
                    }
                    _ => {}
                },
                Edge::Close(node) if passing_over == Some(node.id()) => passing_over = None,
                Edge::Close(_) if passing_over.is_some() => {}
                Edge::Close(node) => {
                    if let Node::Element(element) = node.value() {
                        walk.close(element.name());
                    }
                }
            }
        }
        walk.end_paragraph();
        walk.out
    }
}

/// White space that was met and not yet written.
#[derive(Default)]
struct Space {
    any: bool,
    line_break: bool,
    /// Width of ideographic and no-break blanks, in half characters.
    indent: usize,
}

struct Walk {
    out: Vec<Block>,
    marks: bool,
    /// Open block elements, innermost last.
    open: Vec<NodeId>,
    text: String,
    space: Space,
    row: Option<Vec<String>>,
    links: usize,
    link_chars: usize,
}

impl Walk {
    fn new(root: NodeId, marks: bool) -> Self {
        Self {
            out: Vec::new(),
            marks,
            open: vec![root],
            text: String::new(),
            space: Space::default(),
            row: None,
            links: 0,
            link_chars: 0,
        }
    }

    fn open(&mut self, id: NodeId, name: &str, data_row: bool) {
        if name == "a" {
            self.links += 1;
        }
        if name == "br" {
            return self.line_break();
        }
        if is_block(name) {
            self.end_paragraph();
            self.open.push(id);
            if data_row {
                self.row = Some(Vec::new());
            }
        } else {
            self.mark();
        }
    }

    fn close(&mut self, name: &str) {
        if name == "a" {
            self.links = self.links.saturating_sub(1);
        }
        if !is_block(name) {
            return self.mark();
        }
        if let (Some(row), "td" | "th") = (&mut self.row, name) {
            row.push(std::mem::take(&mut self.text).trim().to_owned());
            self.space = Space::default();
        }
        if let (Some(_), "tr") = (&self.row, name) {
            self.end_row();
        }
        self.end_paragraph();
        self.open.pop();
    }

    fn mark(&mut self) {
        if self.marks && !self.text.is_empty() && !self.text.ends_with(MARK) {
            self.text.push(MARK);
        }
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '\n' | '\r' => (self.space.any, self.space.line_break) = (true, true),
                '\u{3000}' => (self.space.any, self.space.indent) = (true, self.space.indent + 2),
                '\u{a0}' => (self.space.any, self.space.indent) = (true, self.space.indent + 1),
                _ if c.is_whitespace() => self.space.any = true,
                '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {}
                _ if c.is_control() => {}
                _ => self.visible(c),
            }
        }
    }

    fn visible(&mut self, c: char) {
        let space = std::mem::take(&mut self.space);
        if self.text.ends_with('\n') && space.indent >= 2 {
            self.end_paragraph();
        }
        let last = self.text.chars().next_back();
        if let (true, Some(last)) = (space.any, last.filter(|last| *last != '\n')) {
            // A line break of the source between two Chinese characters is no blank.
            let wrapped = space.line_break && space.indent == 0;
            if !(wrapped && !last.is_ascii() && !c.is_ascii()) {
                self.text.push(' ');
            }
        }
        self.text.push(c);
        if self.links > 0 {
            self.link_chars += 1;
        }
    }

    fn line_break(&mut self) {
        self.space = Space::default();
        if self.row.is_some() {
            self.space.any = true;
        } else if self.text.ends_with('\n') {
            self.end_paragraph();
        } else if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    fn end_paragraph(&mut self) {
        if self.row.is_some() {
            self.space.any = true;
            return;
        }
        self.space = Space::default();
        let text = std::mem::take(&mut self.text);
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == MARK);
        let link_chars = std::mem::take(&mut self.link_chars);
        if !text.is_empty() {
            let at = self.open.last().copied();
            let cells = vec![text.to_owned()];
            self.out.extend(at.map(|at| Block { cells, at, link_chars }));
        }
    }

    fn end_row(&mut self) {
        let cells = self.row.take().unwrap_or_default();
        let link_chars = std::mem::take(&mut self.link_chars);
        if cells.iter().any(|cell| !cell.is_empty()) {
            let at = self.open.last().copied();
            self.out.extend(at.map(|at| Block { cells, at, link_chars }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(html: &str) -> Vec<String> {
        let tree = Html::parse_document(html);
        let rows = Rows::of(&tree);
        let reading = Reading { rows: &rows, skip: &HashSet::new(), marks: false };
        reading.blocks(tree.tree.root()).iter().map(Block::text).collect()
    }

    #[test]
    fn paragraphs_as_a_reader_sees_them() {
        assert_eq!(texts("<p>　　一，\n 二</p><p>&nbsp;三<o:p></o:p></p>"), ["一，二", "三"]);
        assert_eq!(texts("一<br/>二<br><br>　三"), ["一\n二", "三"]);
        assert_eq!(
            texts("　　一<br>　　二<br>&nbsp;&nbsp;&nbsp;&nbsp;三<br>四"),
            ["一", "二", "三\n四"]
        );
        assert_eq!(texts("a\nb <b>c</b>d<script>x</script><!-- y --><style>z</style>"), ["a b cd"]);
        assert_eq!(texts("<td>no table<div>二</div>三"), ["no table", "二", "三"]);
    }

    #[test]
    fn rows_of_data_keep_their_cells() {
        let data = "<table><caption>表</caption><tr><th>项目<th>数量<tr><td><p>收<br>到</p><td></td><td>7</table>";
        assert_eq!(texts(data), ["表", "项目\t数量", "收 到\t\t7"]);
        let layout =
            "<table><tr><td>左<td><h1>题</h1><p>文</p><table><tr><td>a<td>b</table></table>";
        assert_eq!(texts(layout), ["左", "题", "文", "a\tb"]);
        let long = format!("<table><tr><td>&nbsp;<td><p>{0}<p>{0}</table>", "长".repeat(900));
        assert_eq!(texts(&long).len(), 2);
    }

    #[test]
    fn deep_and_long_rows_are_linear() {
        let html = format!("<table><tr><td>x<td>{}", "<table><tr><td>y<td>".repeat(150));
        assert_eq!(texts(&html).len(), 151);
    }
}
