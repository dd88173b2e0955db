//! Text as it is put together from a file: paragraphs, and rows of tables as paragraphs with tabs.

/// Longest text of one file, in bytes; books have less than a tenth of it.
pub(super) const LONGEST_TEXT: usize = 16 << 20;
/// Cells of one row; a sheet can claim 16,384.
const MOST_CELLS: usize = 1024;

/// A text that grows by paragraphs and rows.
#[derive(Debug, Default)]
pub(super) struct Prose {
    done: String,
    line: String,
    /// Rows and cells that are open, the innermost last; a table inside a cell is text of the cell.
    rows: Vec<Vec<String>>,
    cells: usize,
    full: bool,
}

impl Prose {
    /// Adds text to the paragraph or cell that is open.
    pub(super) fn push(&mut self, text: &str) {
        if self.done.len() + self.line.len() + text.len() > LONGEST_TEXT {
            self.full = true;
            return;
        }
        let visible = |c: char| !c.is_control() || matches!(c, '\t' | '\n');
        self.line.extend(text.chars().filter(|c| visible(*c)));
    }

    /// A line break inside the paragraph.
    pub(super) fn line_break(&mut self) {
        self.push(if self.cells > 0 { " " } else { "\n" });
    }

    /// A tab inside the paragraph: a blank, since tabs part cells.
    pub(super) fn tab(&mut self) {
        self.push(" ");
    }

    /// The paragraph ends; in a cell it is followed by a blank.
    pub(super) fn end_paragraph(&mut self) {
        if self.cells > 0 {
            if !self.line.is_empty() && !self.line.ends_with(' ') {
                self.line.push(' ');
            }
            return;
        }
        let line = std::mem::take(&mut self.line);
        self.paragraph(line.trim());
    }

    fn paragraph(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        if !self.done.is_empty() {
            self.done.push_str("\n\n");
        }
        self.done.push_str(text);
    }

    /// A row begins.
    pub(super) fn begin_row(&mut self) {
        if self.rows.is_empty() {
            self.end_paragraph();
        }
        self.rows.push(Vec::new());
    }

    /// A cell begins, which spans so many columns.
    pub(super) fn begin_cell(&mut self) {
        self.cells += 1;
    }

    /// A cell ends that spans so many columns; all but the first of them are empty.
    pub(super) fn end_cell(&mut self, span: usize) {
        self.cells = self.cells.saturating_sub(1);
        if self.rows.len() > 1 {
            // A cell of a table inside a cell.
            self.line.push(' ');
            return;
        }
        let text = std::mem::take(&mut self.line).replace(['\t', '\n'], " ");
        match self.rows.last_mut() {
            Some(row) => {
                row.push(text.trim().to_owned());
                let more = span.clamp(1, 64) - 1;
                if row.len() + more < MOST_CELLS {
                    row.extend(std::iter::repeat_n(String::new(), more));
                }
            }
            None => self.paragraph(text.trim()),
        }
    }

    /// A mark ends a cell whose beginning is not marked; the first one of a row begins it.
    pub(super) fn end_open_cell(&mut self, is_first: bool) {
        let text = std::mem::take(&mut self.line).replace(['\t', '\n'], " ");
        if is_first || self.rows.is_empty() {
            self.rows.push(Vec::new());
        }
        if let Some(row) = self.rows.last_mut().filter(|row| row.len() < MOST_CELLS) {
            row.push(text.trim().to_owned());
        }
    }

    /// The row ends.
    pub(super) fn end_row(&mut self) {
        let Some(row) = self.rows.pop() else { return };
        if self.rows.is_empty() {
            self.row(&row);
        }
    }

    /// A whole row at once.
    pub(super) fn row(&mut self, cells: &[String]) {
        let text = cells.join("\t");
        let length = self.done.len() + text.len();
        if length > LONGEST_TEXT {
            self.full = true;
        } else if cells.len() == 1 {
            self.paragraph(text.trim());
        } else {
            self.paragraph(&text);
        }
    }

    /// Whether text was left out because there is too much of it.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// The text, with whatever was open.
    pub(super) fn finish(mut self) -> String {
        for row in std::mem::take(&mut self.rows) {
            let text = row.join("\t");
            self.paragraph(&text);
        }
        self.cells = 0;
        self.end_paragraph();
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stay_rows_and_inner_tables_are_text() {
        let mut prose = Prose::default();
        prose.push("前");
        prose.begin_row();
        for (cell, span) in [("甲", 2), ("", 1)] {
            prose.begin_cell();
            prose.push(cell);
            prose.end_paragraph();
            prose.end_cell(span);
        }
        prose.begin_cell();
        prose.begin_row();
        for cell in ["子", "丑"] {
            prose.begin_cell();
            prose.push(cell);
            prose.end_cell(1);
        }
        prose.end_row();
        prose.end_cell(1);
        prose.end_row();
        prose.push("后");
        assert_eq!(prose.finish(), "前\n\n甲\t\t\t子 丑\n\n后");
    }
}
