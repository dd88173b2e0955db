//! Rows as CSV (RFC 4180), the lines ended by CR LF.

use std::io::Write;

use crate::export::rows::{RowWriter, check_length};
use crate::model::{Column, Datum};

pub(super) struct CsvRows<W> {
    columns: &'static [Column],
    to: W,
    line: String,
}

impl<W: Write> CsvRows<W> {
    pub(super) fn begin(columns: &'static [Column], bom: bool, mut to: W) -> anyhow::Result<Self> {
        let mut line = String::from(if bom { "\u{feff}" } else { "" });
        for (at, column) in columns.iter().enumerate() {
            cell(&mut line, at, column.name);
        }
        line.push_str("\r\n");
        to.write_all(line.as_bytes())?;
        Ok(Self { columns, to, line })
    }
}

impl<W: Write> RowWriter for CsvRows<W> {
    fn put(&mut self, row: &[Datum]) -> anyhow::Result<()> {
        check_length(self.columns, row)?;
        self.line.clear();
        for (at, value) in row.iter().enumerate() {
            match value {
                Datum::Text(text) => cell(&mut self.line, at, text),
                other => cell(&mut self.line, at, &other.to_text()),
            }
        }
        self.line.push_str("\r\n");
        Ok(self.to.write_all(self.line.as_bytes())?)
    }

    fn end(mut self: Box<Self>) -> anyhow::Result<()> {
        Ok(self.to.flush()?)
    }
}

/// Signs with which a spreadsheet takes a text for a formula, in either width.
const FORMULA: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', '−'];

/// Adds a cell. A `'` comes before text that a spreadsheet would run as a formula: whoever opens the file does not know
/// who wrote its titles. Numbers stay as they are.
fn cell(line: &mut String, at: usize, text: &str) {
    if at > 0 {
        line.push(',');
    }
    let runs = text.starts_with(FORMULA) && text.parse::<f64>().is_err();
    let guard = if runs { "'" } else { "" };
    if text.contains([',', '"', '\n', '\r']) {
        line.push('"');
        line.push_str(guard);
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(guard);
        line.push_str(text);
    }
}
