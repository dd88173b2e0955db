//! The rows of cells of a document, whichever way its tables came down to us.
//!
//! Tables come as grids (HTML, Word), as rows with tabs (files), or flattened into a text: each cell on a line with a
//! `|` behind it, or cells parted by runs of line breaks. Blank cells are kept in all of them.

use std::ops::Range;

use crate::figures::squeeze::squeeze;
use crate::model::{Document, Place, Table, paragraphs};

/// A cell as printed, with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RowCell {
    /// Its text without white space, in one spelling of signs.
    pub(super) text: String,
    /// Row and column of its grid.
    pub(super) cell: (usize, usize),
    /// Characters of the text it was cut from.
    pub(super) at: Option<(usize, usize)>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) place: Place,
    pub(super) cells: Vec<RowCell>,
}

/// The rows of the grids of a document.
fn of_tables(tables: &[Table]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (n, table) in tables.iter().enumerate() {
        for (row, cells) in table.rows.iter().enumerate() {
            let cell = |(column, text): (usize, &String)| RowCell {
                text: squeeze(text),
                cell: (row, column),
                at: None,
            };
            let cells = cells.iter().enumerate().map(cell).collect();
            rows.push(Row { place: Place::Table { n }, cells });
        }
    }
    rows
}

/// The rows in a text, by whichever of the ways it has them.
pub(super) fn of_text(text: &str, place: &Place) -> Vec<Row> {
    let text = Marked::of(text);
    let mut rows = text.tabbed(place);
    rows.extend(text.piped(place));
    if rows.is_empty() {
        rows = text.broken(place);
    }
    rows
}

/// The rows of a document's own tables, else those in its text. `read` is as much of the text as is looked into: what
/// begins behind it is left out.
pub(super) fn of_document(document: &Document, read: &str) -> Vec<Row> {
    if document.tables.is_empty() {
        return of_text(read, &Place::Text);
    }
    let mut rows = of_tables(&document.tables);
    if read.len() < document.text.len() {
        let paragraphs = paragraphs(read).count();
        let is_read = |n: usize| document.tables[n].paragraph < paragraphs;
        rows.retain(|row| !matches!(row.place, Place::Table { n } if !is_read(n)));
    }
    rows
}

/// A text by characters, and its lines as ranges of them.
struct Marked {
    chars: Vec<char>,
    lines: Vec<Range<usize>>,
}

impl Marked {
    fn of(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let mut lines = Vec::new();
        let mut start = 0;
        for (at, c) in chars.iter().enumerate() {
            if *c == '\n' {
                lines.push(start..at);
                start = at + 1;
            }
        }
        lines.push(start..chars.len());
        Self { chars, lines }
    }

    fn cell(&self, range: Range<usize>, row: usize, column: usize) -> RowCell {
        let text: String = self.chars[range.clone()].iter().collect();
        RowCell { text: squeeze(&text), cell: (row, column), at: Some((range.start, range.end)) }
    }

    /// Lines with tabs: a row each. A label that is printed in two lines stands around its numbers.
    fn tabbed(&self, place: &Place) -> Vec<Row> {
        let filled = self.filled();
        let has_tab = |line: &Range<usize>| self.chars[line.clone()].contains(&'\t');
        let part = |at: Option<usize>| {
            let line = at.and_then(|at| filled.get(at)).copied();
            line.filter(|line| !has_tab(line) && line.len() <= LONGEST_PART)
        };
        let mut rows = Vec::new();
        for (n, line) in filled.iter().enumerate().filter(|(_, line)| has_tab(line)) {
            let mut cells = Vec::new();
            let mut start = line.start;
            let tabs = (*line).clone().filter(|at| self.chars[*at] == '\t');
            for end in tabs.chain([line.end]) {
                cells.push(self.cell(start..end, rows.len(), cells.len()));
                start = end + 1;
            }
            let bare = cells.iter().all(|cell| cell.text.bytes().all(|b| b.is_ascii_digit()));
            if let Some(above) = part(n.checked_sub(1)).filter(|_| bare) {
                let mut label = self.cell(above.clone(), rows.len(), 0);
                let below = part(Some(n + 1));
                let below = below.map(|below| self.cell(below.clone(), rows.len(), 0).text);
                label.text.push_str(&below.unwrap_or_default());
                cells.insert(0, label);
            }
            rows.push(Row { place: place.clone(), cells });
        }
        rows
    }

    /// Lines that end in `|`: a cell each; lines of nothing but `|`: as many empty places (DOMAIN §6.4).
    fn piped(&self, place: &Place) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut run: Vec<Piped> = Vec::new();
        for line in &self.lines {
            let text: String = self.chars[line.clone()].iter().collect();
            let bare = text.trim();
            if bare.ends_with('|') {
                let pipes = bare.chars().rev().take_while(|c| *c == '|' || *c == ' ');
                let pipes = pipes.filter(|c| *c == '|').count();
                let words = bare.trim_end_matches(['|', ' ']);
                run.push(if words.is_empty() {
                    Piped::Empty(pipes)
                } else {
                    let lead = text.chars().take_while(|c| c.is_whitespace()).count();
                    let start = line.start + lead;
                    Piped::Words(start..start + words.chars().count())
                });
            } else if !bare.is_empty() {
                self.close(&mut run, place, &mut rows);
            }
        }
        self.close(&mut run, place, &mut rows);
        rows
    }

    /// Cuts a run of piped lines into rows of the width that fits it.
    fn close(&self, run: &mut Vec<Piped>, place: &Place, rows: &mut Vec<Row>) {
        let width = width(run);
        let mut cells: Vec<RowCell> = Vec::new();
        let mut end = |cells: &mut Vec<RowCell>| {
            if !cells.is_empty() {
                rows.push(Row { place: place.clone(), cells: std::mem::take(cells) });
            }
        };
        let mut row = 0;
        for piped in run.drain(..) {
            let places = match piped {
                Piped::Empty(pipes) => vec![None; pipes],
                Piped::Words(range) => vec![Some(range)],
            };
            for range in places {
                let column = cells.len();
                cells.push(match range {
                    Some(range) => self.cell(range, row, column),
                    None => RowCell { text: String::new(), cell: (row, column), at: None },
                });
                if cells.len() == width {
                    end(&mut cells);
                    row += 1;
                }
            }
        }
        // The text may end before the last row does.
        end(&mut cells);
    }

    /// Cells parted by short runs of line breaks and rows by longer ones; a run that is longer still holds blank cells.
    fn broken(&self, place: &Place) -> Vec<Row> {
        let filled = self.filled();
        let runs = || filled.windows(2).map(|pair| self.breaks(pair[0].end, pair[1].start));
        let before_numbers = |breaks: usize| {
            let pairs = runs().zip(&filled[1.min(filled.len())..]);
            pairs.filter(|(run, line)| *run == breaks && self.is_number(line)).count()
        };
        // Which runs part cells is told by the runs before numbers.
        let (one, three) = (before_numbers(1), before_numbers(3));
        let (cell, row) = match (one, three) {
            (_, three) if three >= FEWEST_CELLS && three >= one => (3, 5),
            (one, _) if one >= FEWEST_CELLS && runs().filter(|run| *run == 3).count() >= 5 => {
                (1, 3)
            }
            _ => return Vec::new(),
        };
        let mut rows: Vec<Row> = Vec::new();
        let mut cells: Vec<RowCell> = Vec::new();
        let mut start = None;
        for (n, line) in filled.iter().enumerate() {
            let from = *start.get_or_insert(line.start);
            let next = filled.get(n + 1).map(|next| next.start);
            let run = self.breaks(line.end, next.unwrap_or(self.chars.len()));
            if run < cell && next.is_some() {
                continue; // a line break inside a cell
            }
            start = None;
            cells.push(self.cell(from..line.end, rows.len(), cells.len()));
            // 3 parts cells and 5 rows: so 8 is a blank cell at the end of a row, and 6 one before a number; before
            // words it ends a table.
            let over = run.checked_sub(row);
            let number_follows = filled.get(n + 1).is_some_and(|next| self.is_number(next));
            let between = run.is_multiple_of(cell) && number_follows;
            let ends = over.is_some_and(|over| over.is_multiple_of(cell) || !between);
            let blanks = match over.filter(|_| ends) {
                Some(over) if over.is_multiple_of(cell) => over / cell,
                Some(_) => 0,
                None => (run / cell).saturating_sub(1),
            };
            for _ in 0..blanks.min(MOST_BLANKS) {
                let at = (rows.len(), cells.len());
                cells.push(RowCell { text: String::new(), cell: at, at: None });
            }
            if ends || next.is_none() {
                rows.push(Row { place: place.clone(), cells: std::mem::take(&mut cells) });
            }
        }
        rows
    }

    /// The lines that are not blank.
    fn filled(&self) -> Vec<&Range<usize>> {
        let is_blank =
            |line: &Range<usize>| self.chars[line.clone()].iter().all(|c| c.is_whitespace());
        self.lines.iter().filter(|line| !is_blank(line)).collect()
    }

    fn is_number(&self, line: &Range<usize>) -> bool {
        self.chars[line.clone()]
            .iter()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | ' ' | '\u{3000}'))
    }

    fn breaks(&self, from: usize, to: usize) -> usize {
        self.chars[from..to].iter().filter(|c| **c == '\n').count()
    }
}

/// Numbers after runs of one length that tell that such runs part cells.
const FEWEST_CELLS: usize = 8;
/// Longest half of a label, in characters.
const LONGEST_PART: usize = 40;
/// Blank cells that one run of line breaks stands for, at most.
const MOST_BLANKS: usize = 32;
/// Widest flattened table.
const WIDEST: usize = 24;

/// A line of a flattened table.
enum Piped {
    /// A cell with words or a number.
    Words(Range<usize>),
    /// So many empty places: blank cells, or what fills the row up.
    Empty(usize),
}

/// How many places the rows of a flattened table have: the smallest number at which most rows begin with words and most
/// lines of pipes end a row.
fn width(run: &[Piped]) -> usize {
    let score = |width: usize| {
        let (mut at, mut begun, mut rows, mut ended, mut lines) =
            (0_usize, 0_usize, 0_usize, 0_usize, 0_usize);
        for piped in run {
            match piped {
                Piped::Words(range) => {
                    if at.is_multiple_of(width) {
                        rows += 1;
                        begun += usize::from(range.len() > 1);
                    }
                    at += 1;
                }
                Piped::Empty(pipes) => {
                    rows += (at..at + pipes).filter(|place| place.is_multiple_of(width)).count();
                    at += pipes;
                    if *pipes > 1 {
                        lines += 1;
                        ended += usize::from(at.is_multiple_of(width));
                    }
                }
            }
        }
        (ended + begun) * 1000 / (lines + rows).max(1)
    };
    let best = (2..=WIDEST).max_by_key(|width| (score(*width), WIDEST - width));
    best.unwrap_or(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Evidence, Moment, Origin, Sourced};

    fn texts(rows: &[Row]) -> Vec<Vec<&str>> {
        rows.iter().map(|row| row.cells.iter().map(|cell| &*cell.text).collect()).collect()
    }

    #[test]
    fn flattened_rows_have_one_width() {
        let text = "二、情况\n第（一）项 |\n|||\n内容 |\n新制作 |\n新公开 |\n总数 |\n规章 |\n|\n3 |\n|\n文件 |\n1 |\n2 |\n";
        let rows = of_text(text, &Place::Text);
        assert_eq!(
            texts(&rows),
            [
                vec!["第(一)项", "", "", ""],
                vec!["内容", "新制作", "新公开", "总数"],
                vec!["规章", "", "3", ""],
                vec!["文件", "1", "2"],
            ]
        );
        let (start, end) = rows[2].cells[2].at.unwrap();
        assert_eq!(text.chars().skip(start).take(end - start).collect::<String>(), "3");
    }

    #[test]
    fn runs_of_line_breaks_part_cells_and_rows() {
        let row = |label: &str, cells: &[&str]| format!("{label}\n\n\n{}", cells.join("\n\n\n"));
        let rows = [
            row("甲", &["1", "2", "3"]),
            row("乙\n续", &["4", "5", ""]),
            row("丙", &["", "7", "8"]),
            row("丁", &["9", "10", "11"]),
        ];
        let text = format!("前言。\n\n\n\n\n{}\n\n\n\n\n\n完", rows.join("\n\n\n\n\n"));
        let read = of_text(&text, &Place::Text);
        assert_eq!(
            texts(&read)[1..5],
            [
                vec!["甲", "1", "2", "3"],
                vec!["乙续", "4", "5", ""],
                vec!["丙", "", "7", "8"],
                vec!["丁", "9", "10", "11"]
            ]
        );
    }

    #[test]
    fn tables_behind_what_is_read_are_left_out() {
        let at = Moment::UNIX_EPOCH;
        let origin = Origin::Import { set: "reports".into(), id: "1".into() };
        let title = Sourced::new("年度报告".to_owned(), Evidence::Title);
        let text = "一、概述\n\n规章\n\n3\n\n说明\n\n文件\n\n4";
        let table = |paragraph, cells: [&str; 2]| Table {
            paragraph,
            rows: vec![cells.map(String::from).to_vec()],
            spans: Vec::new(),
        };
        let document = Document {
            tables: vec![table(1, ["规章", "3"]), table(4, ["文件", "4"])],
            ..Document::bare(origin, title, text.into(), at)
        };
        assert_eq!(texts(&of_document(&document, text)), [["规章", "3"], ["文件", "4"]]);
        let beginning = &text[..text.find("文件").unwrap()];
        assert_eq!(texts(&of_document(&document, beginning)), [["规章", "3"]]);
        let flat = Document { tables: Vec::new(), text: "规章\t3\n文件\t4".into(), ..document };
        assert_eq!(texts(&of_document(&flat, "规章\t3\n")), [["规章", "3"]]);
    }

    #[test]
    fn lines_with_tabs_are_rows() {
        let text = "题目\n\n项目\t数量\t\n\n- 3 -\n\n合计\t\t7\n\n5.要求确认或\n\n0\t0\n\n重新出具";
        let read = of_text(text, &Place::Text);
        assert_eq!(
            texts(&read),
            [
                vec!["项目", "数量", ""],
                vec!["合计", "", "7"],
                vec!["5.要求确认或重新出具", "0", "0"]
            ]
        );
    }
}
