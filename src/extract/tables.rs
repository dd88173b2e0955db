//! The tables of a text as grids, with cells that span rows or columns spread over all places they cover.

use std::collections::HashSet;

use ego_tree::{NodeId, NodeRef};
use scraper::{Html, Node};

use crate::extract::blocks::{Block, is, is_silent};
use crate::model::{Span, Table};

/// Bytes of text of one grid at most, a little for every place included; what is beyond is left out.
const MOST_TEXT: usize = 4 << 20;
/// What a place counts for, were it empty, in bytes.
const A_PLACE: usize = 32;
/// Longest text of one cell, in bytes; the text of the document has it whole.
const LONGEST_CELL: usize = 20_000;
/// Columns of one grid at most.
const MOST_COLUMNS: usize = 200;
/// Tables of one document at most.
const MOST_TABLES: usize = 200;

/// The tables that rows of the text belong to.
pub(super) fn of(tree: &Html, blocks: &[Block]) -> Vec<Table> {
    let mut tables = Vec::new();
    let mut seen: HashSet<NodeId> = HashSet::new();
    for (paragraph, block) in blocks.iter().enumerate() {
        let Some(node) = tree.tree.get(block.at) else { continue };
        let own = || node.ancestors().find(|above| is(*above, "table"));
        // One cell alone is a row only where its table has others that are data.
        let Some(table) = own() else { continue };
        let has_rows = block.cells.len() > 1
            || blocks[paragraph..].iter().take(ROWS_LOOKED_AT).any(|next| {
                next.cells.len() > 1
                    && tree.tree.get(next.at).is_some_and(|row| {
                        row.ancestors().find(|above| is(*above, "table")).map(|t| t.id())
                            == Some(table.id())
                    })
            });
        if has_rows && tables.len() < MOST_TABLES && seen.insert(table.id()) {
            tables.extend(grid(table, paragraph));
        }
    }
    tables
}

/// A title over a table ends before so many rows.
const ROWS_LOOKED_AT: usize = 4;

/// Spreads the cells of a table.
fn grid(table: NodeRef<'_, Node>, paragraph: usize) -> Option<Table> {
    let rows: Vec<NodeRef<'_, Node>> = rows(table).collect();
    let mut places: Vec<Vec<Option<String>>> = Vec::new();
    let mut spans = Vec::new();
    let mut filled = 0;
    places.resize_with(rows.len(), Vec::new);
    'rows: for (row, node) in rows.iter().enumerate() {
        let mut column = 0;
        for cell in node.children().filter(|n| is(*n, "td") || is(*n, "th")) {
            while places[row].get(column).is_some_and(Option::is_some) {
                column += 1;
            }
            let (down, across) = (span(cell, "rowspan"), span(cell, "colspan"));
            let down = down.min(rows.len() - row);
            let across = across.min(MOST_COLUMNS.saturating_sub(column));
            let text = text_of(cell);
            filled += down * across * (text.len() + A_PLACE);
            if across == 0 || filled > MOST_TEXT {
                break 'rows;
            }
            for line in &mut places[row..row + down] {
                if line.len() < column + across {
                    line.resize(column + across, None);
                }
                line[column..column + across].fill(Some(text.clone()));
            }
            if down * across > 1 {
                spans.push(Span { row, column, rows: down, columns: across });
            }
            column += across;
        }
    }
    let width = places.iter().map(Vec::len).max().unwrap_or(0);
    let whole = |line: Vec<Option<String>>| {
        let mut line: Vec<String> = line.into_iter().map(Option::unwrap_or_default).collect();
        line.resize(width, String::new());
        line
    };
    let rows: Vec<Vec<String>> = places.into_iter().map(whole).collect();
    (width > 0).then_some(Table { paragraph, rows, spans })
}

/// The rows of a table without those of tables inside it.
fn rows(table: NodeRef<'_, Node>) -> impl Iterator<Item = NodeRef<'_, Node>> {
    let parts = table.children().filter(|n| n.value().is_element());
    parts.flat_map(|part| {
        let inner: Vec<_> = match part.value().as_element().map_or("", |e| e.name()) {
            "tr" => vec![part],
            "thead" | "tbody" | "tfoot" => part.children().filter(|n| is(*n, "tr")).collect(),
            _ => Vec::new(),
        };
        inner
    })
}

fn span(cell: NodeRef<'_, Node>, name: &str) -> usize {
    let given = cell.value().as_element().and_then(|e| e.attr(name));
    let digits = given.map_or("", |given| given.trim());
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().unwrap_or(1).clamp(1, 1000)
}

fn text_of(cell: NodeRef<'_, Node>) -> String {
    let mut text = String::new();
    for inner in cell.descendants() {
        match inner.value() {
            Node::Text(part) if !inside_silent(inner) => text.push_str(part),
            Node::Element(element) if matches!(element.name(), "br" | "p" | "div" | "li") => {
                text.push(' ');
            }
            _ => {}
        }
        if text.len() > LONGEST_CELL {
            break;
        }
    }
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn inside_silent(text: NodeRef<'_, Node>) -> bool {
    text.parent().and_then(|above| above.value().as_element()).is_some_and(|e| is_silent(e.name()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::blocks::{Reading, Rows};

    fn read(html: &str) -> Vec<Table> {
        let tree = Html::parse_document(html);
        let reading = Reading { rows: &Rows::of(&tree), skip: &HashSet::new(), marks: false };
        of(&tree, &reading.blocks(tree.tree.root()))
    }

    #[test]
    fn spans_cover_every_place() {
        let tables = read(
            "<p>文</p><table><tr><td rowspan=2>项目<td colspan=2>数量<tr><td>甲<td>乙<tr><td>计<td><td>7</table>",
        );
        assert_eq!(tables[0].paragraph, 1);
        assert_eq!(
            tables[0].rows,
            [["项目", "数量", "数量"], ["项目", "甲", "乙"], ["计", "", "7"]]
        );
        let span = Span { row: 0, column: 1, rows: 1, columns: 2 };
        assert_eq!((tables[0].spans.len(), tables[0].spans[1]), (2, span));
    }

    #[test]
    fn huge_spans_are_bounded() {
        let html =
            format!("<table>{}</table>", "<tr><td rowspan=65534 colspan=1000>a<td>b".repeat(2000));
        let tables = read(&html);
        let places = tables.iter().flat_map(|t| &t.rows).map(Vec::len).sum::<usize>();
        assert!(places <= 2000 * MOST_COLUMNS, "{places}");
        let long = "长".repeat(5000);
        let html =
            format!("<table>{}</table>", format!("<tr><td rowspan=900>{long}<td>b").repeat(900));
        let bytes =
            read(&html).iter().flat_map(|t| &t.rows).flatten().map(String::len).sum::<usize>();
        assert!(bytes <= MOST_TEXT, "{bytes}");
        assert!(read("<table><tr><td>layout</table>").is_empty());
    }
}
