//! Paragraphs and tables of a text, cut where the query matches, each match numbered.
//!
//! A text holds its tables as paragraphs with tabs between the cells. Where the grid of a table is known, cells stand as
//! they stood on the page; else each such paragraph is a row.

use serde::Serialize;

use crate::model::Table;
use crate::search::Segment;

/// A piece of text; `n` is the number of the match that it is, from 1, else 0.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Piece {
    text: String,
    n: usize,
}

/// A paragraph, or a table.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Block {
    /// Its number among the paragraphs of its text, from 0; of a table, that of its first row with text.
    n: usize,
    pieces: Vec<Piece>,
    rows: Vec<Line>,
    /// Which table of the page it is, from 1; 0: a paragraph.
    table: usize,
}

/// A row of a table.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    /// The number of the paragraph that holds its text; `None` where it has none.
    n: Option<usize>,
    cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Cell {
    pieces: Vec<Piece>,
    rows: usize,
    columns: usize,
    /// Whether it is a number, which stands at the right.
    is_number: bool,
}

/// Numbers the matches and the tables of a page in the order in which they stand.
#[derive(Debug, Default)]
pub(super) struct Counter {
    marks: usize,
    tables: usize,
}

impl Counter {
    /// How many matches there were so far.
    pub(super) fn count(&self) -> usize {
        self.marks
    }

    fn table(&mut self) -> usize {
        self.tables += 1;
        self.tables
    }

    fn pieces(&mut self, segments: Vec<Segment>) -> Vec<Piece> {
        let mut piece = |segment: Segment| {
            self.marks += usize::from(segment.hit);
            Piece { text: segment.text, n: if segment.hit { self.marks } else { 0 } }
        };
        segments.into_iter().map(&mut piece).collect()
    }
}

/// The blocks of a text; `tables` are the grids known of it, in the order of the text.
pub(super) fn blocks(
    paragraphs: Vec<Vec<Segment>>,
    tables: &[Table],
    counter: &mut Counter,
) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut tables = tables.iter().peekable();
    let mut rest: Vec<Option<Vec<Segment>>> = paragraphs.into_iter().map(Some).collect();
    let mut at = 0;
    while at < rest.len() {
        while tables.peek().is_some_and(|table| table.paragraph < at) {
            tables.next();
        }
        let grid = tables.peek().filter(|table| table.paragraph == at);
        let known = grid.and_then(|table| from_grid(table, &rest[at..]));
        let (rows, used) = known.unwrap_or_else(|| from_tabs(&rest[at..]));
        let mut taken = rest[at..at + used].iter_mut().filter_map(Option::take);
        if rows.is_empty() {
            let segments = taken.next().unwrap_or_default();
            let pieces = counter.pieces(segments);
            blocks.push(Block { n: at, pieces, rows: Vec::new(), table: 0 });
        } else {
            let rows = filled(rows, at, taken, counter);
            blocks.push(Block { n: at, pieces: Vec::new(), rows, table: counter.table() });
        }
        at += used.max(1);
    }
    blocks
}

/// Where a cell stands and how much of the grid it covers; whether it has text.
#[derive(Clone, Copy)]
struct Place {
    rows: usize,
    columns: usize,
    has_text: bool,
}

type Rows = Vec<Vec<Place>>;

/// The cells of a table that stands at the head of these paragraphs, and how many of them it takes; `None` where the
/// paragraphs are not its rows.
fn from_grid(table: &Table, paragraphs: &[Option<Vec<Segment>>]) -> Option<(Rows, usize)> {
    let width = table.rows.first().map_or(0, Vec::len);
    let mut covered = vec![vec![false; width]; table.rows.len()];
    let mut rows = Vec::with_capacity(table.rows.len());
    let mut used = 0;
    for (r, row) in table.rows.iter().enumerate() {
        let mut places = Vec::new();
        for (c, text) in row.iter().enumerate().take(width) {
            if covered[r][c] {
                continue;
            }
            let span = table.spans.iter().find(|span| (span.row, span.column) == (r, c));
            let (down, across) =
                span.map_or((1, 1), |span| (span.rows.max(1), span.columns.max(1)));
            for line in covered.iter_mut().skip(r).take(down) {
                line.iter_mut().skip(c).take(across).for_each(|place| *place = true);
            }
            let has_text = !text.trim().is_empty();
            places.push(Place { rows: down, columns: across, has_text });
        }
        let texts = places.iter().filter(|place| place.has_text).count();
        if texts > 0 {
            let held = paragraphs.get(used)?.as_ref().map_or(0, |segments| 1 + tabs(segments));
            if held != texts {
                return None;
            }
            used += 1;
        }
        if !places.is_empty() {
            rows.push(places);
        }
    }
    (used > 0).then_some((rows, used))
}

/// The rows at the head of these paragraphs: those with tabs, where there are several; else none and one paragraph.
fn from_tabs(paragraphs: &[Option<Vec<Segment>>]) -> (Rows, usize) {
    let cells = |paragraph: &Option<Vec<Segment>>| {
        Some(1 + tabs(paragraph.as_ref()?)).filter(|cells| *cells > 1)
    };
    let counts: Vec<usize> = paragraphs.iter().map_while(cells).collect();
    let Some(width) = counts.iter().max().filter(|_| counts.len() > 1) else {
        return (Vec::new(), 1);
    };
    let one = Place { rows: 1, columns: 1, has_text: true };
    let row = |cells: &usize| {
        let mut places = vec![one; *cells];
        // A shorter row reaches to the end with its last cell.
        if let Some(last) = places.last_mut() {
            last.columns = 1 + width - cells;
        }
        places
    };
    (counts.iter().map(row).collect(), counts.len())
}

fn tabs(segments: &[Segment]) -> usize {
    segments.iter().map(|segment| segment.text.matches('\t').count()).sum()
}

/// The cells with their texts: each paragraph, from number `first` on, fills the cells of one row that have text.
fn filled(
    rows: Rows,
    first: usize,
    paragraphs: impl Iterator<Item = Vec<Segment>>,
    counter: &mut Counter,
) -> Vec<Line> {
    let mut paragraphs = (first..).zip(paragraphs);
    let mut filled = Vec::with_capacity(rows.len());
    for row in rows {
        let has_text = row.iter().any(|place| place.has_text);
        let (n, texts) = if has_text { paragraphs.next() } else { None }.unzip();
        let mut texts = at_tabs(texts.unwrap_or_default()).into_iter();
        let mut cells = Vec::with_capacity(row.len());
        for Place { rows, columns, has_text } in row {
            let text = if has_text { texts.next().unwrap_or_default() } else { Vec::new() };
            let whole: String = text.iter().map(|segment| segment.text.as_str()).collect();
            let is_number = is_number(&whole);
            cells.push(Cell { pieces: counter.pieces(text), rows, columns, is_number });
        }
        filled.push(Line { n, cells });
    }
    filled
}

fn is_number(text: &str) -> bool {
    let of_number = |c: char| c.is_ascii_digit() || ",.%-+ ".contains(c);
    text.chars().any(|c| c.is_ascii_digit()) && text.chars().all(of_number)
}

/// The segments of a row, cell by cell.
fn at_tabs(segments: Vec<Segment>) -> Vec<Vec<Segment>> {
    let mut cells = vec![Vec::new()];
    for Segment { text, hit } in segments {
        for (n, part) in text.split('\t').enumerate() {
            if n > 0 {
                cells.push(Vec::new());
            }
            if let Some(cell) = cells.last_mut().filter(|_| !part.is_empty()) {
                cell.push(Segment { text: part.to_owned(), hit });
            }
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Span;

    fn plain(text: &str) -> Vec<Segment> {
        vec![Segment { text: text.to_owned(), hit: false }]
    }

    fn told(block: &Block) -> Vec<Vec<(String, usize, usize)>> {
        let text = |pieces: &[Piece]| pieces.iter().map(|piece| piece.text.as_str()).collect();
        let cell = |cell: &Cell| (text(&cell.pieces), cell.rows, cell.columns);
        block.rows.iter().map(|row| row.cells.iter().map(cell).collect()).collect()
    }

    #[test]
    fn cells_stand_where_they_stood() {
        let grid = |rows: &[&[&str]]| -> Vec<Vec<String>> {
            rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
        };
        let table = Table {
            paragraph: 1,
            rows: grid(&[&["申请", "人数", "人数"], &["申请", "自然人", ""], &["合计", "3", "4"]]),
            spans: vec![
                Span { row: 0, column: 0, rows: 2, columns: 1 },
                Span { row: 0, column: 1, rows: 1, columns: 2 },
            ],
        };
        let hit = vec![
            Segment { text: "合计\t3".into(), hit: false },
            Segment { text: "\t4".into(), hit: true },
        ];
        let paragraphs =
            vec![plain("情况如下"), plain("申请\t人数"), plain("自然人"), hit, plain("完")];
        let mut counter = Counter::default();
        let blocks = blocks(paragraphs, &[table], &mut counter);
        assert_eq!(blocks.len(), 3);
        let cell = |text: &str, rows, columns| (text.to_owned(), rows, columns);
        let want = vec![
            vec![cell("申请", 2, 1), cell("人数", 1, 2)],
            vec![cell("自然人", 1, 1), cell("", 1, 1)],
            vec![cell("合计", 1, 1), cell("3", 1, 1), cell("4", 1, 1)],
        ];
        assert_eq!(told(&blocks[1]), want);
        let last = &blocks[1].rows[2].cells;
        assert_eq!((last[2].pieces[0].n, counter.count()), (1, 1));
        assert!(last[1].is_number && !last[0].is_number);
        let numbers: Vec<Option<usize>> = blocks[1].rows.iter().map(|row| row.n).collect();
        assert_eq!(numbers, [Some(1), Some(2), Some(3)], "each row is a paragraph of the text");
        assert_eq!([blocks[0].n, blocks[1].n, blocks[2].n], [0, 1, 4]);
    }

    #[test]
    fn rows_without_a_grid_are_rows_all_the_same() {
        let paragraphs = vec![plain("a\tb\tc"), plain("d\te"), plain("f"), plain("g\th")];
        let blocks = blocks(paragraphs, &[], &mut Counter::default());
        assert_eq!(blocks.len(), 3);
        assert_eq!(told(&blocks[0])[1], [("d".to_owned(), 1, 1), ("e".to_owned(), 1, 2)]);
        assert!(blocks[2].rows.is_empty(), "one row is no table");
    }

    proptest! {
        /// Whatever a grid claims, every character of the text is shown once, in its order.
        #[test]
        fn nothing_is_lost(
            texts in prop::collection::vec("[ab\t]{0,6}", 0..8),
            rows in prop::collection::vec(prop::collection::vec("[ab]{0,1}", 3), 0..4),
            paragraph in 0usize..8,
            spans in prop::collection::vec((0usize..4, 0usize..3, 0usize..9, 0usize..9), 0..3),
        ) {
            let span = |(row, column, rows, columns)| Span { row, column, rows, columns };
            let spans = spans.into_iter().map(span).collect();
            let table = Table { paragraph, rows, spans };
            let paragraphs = texts.iter().map(|text| plain(text)).collect();
            let mut shown = String::new();
            for block in blocks(paragraphs, &[table], &mut Counter::default()) {
                let cells = block.rows.into_iter().flat_map(|row| row.cells);
                let cells = cells.flat_map(|cell| cell.pieces);
                shown.extend(block.pieces.into_iter().chain(cells).map(|piece| piece.text));
            }
            prop_assert_eq!(shown.replace('\t', ""), texts.concat().replace('\t', ""));
        }
    }
}
