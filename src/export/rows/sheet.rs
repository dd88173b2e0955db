//! Rows as an Excel workbook. Rows wait in a temporary file until the workbook is written, not in memory.

use std::io::Write;

use anyhow::bail;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::export::rows::{MOST_SHEET_ROWS, RowWriter, check_length};
use crate::model::{Column, ColumnKind, Datum};

/// The most characters that Excel takes in a cell.
const LONGEST_CELL: usize = 32_767;

pub(super) struct SheetRows<W> {
    columns: &'static [Column],
    workbook: Workbook,
    /// Rows so far, the head not counted.
    rows: u32,
    to: W,
}

impl<W: Write + Send> SheetRows<W> {
    pub(super) fn begin(
        columns: &'static [Column],
        about: &[(&str, String)],
        to: W,
    ) -> anyhow::Result<Self> {
        let mut workbook = Workbook::new();
        let head = Format::new().set_bold();
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name("数据")?.set_freeze_panes(1, 0)?;
        for (at, column) in (0..).zip(columns) {
            sheet.set_column_width(at, if column.kind == ColumnKind::Text { 18 } else { 11 })?;
        }
        for (at, column) in (0..).zip(columns) {
            sheet.write_string_with_format(0, at, column.name, &head)?;
        }
        explain(&mut workbook, columns, about, &head)?;
        Ok(Self { columns, workbook, rows: 0, to })
    }
}

/// The sheet that says what the columns mean, and what the rows are.
fn explain(
    workbook: &mut Workbook,
    columns: &[Column],
    about: &[(&str, String)],
    head: &Format,
) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet();
    sheet.set_name("字段说明")?.set_column_width(0, 24)?.set_column_width(1, 90)?;
    sheet.write_string_with_format(0, 0, "字段", head)?;
    sheet.write_string_with_format(0, 1, "含义", head)?;
    let meanings = columns.iter().map(|column| (column.name, column.meaning));
    let facts = about.iter().map(|(name, text)| (*name, text.as_str()));
    for (row, (name, meaning)) in (1..).zip(meanings.chain(facts)) {
        sheet.write_string(row, 0, name)?;
        sheet.write_string(row, 1, fitting(meaning))?;
    }
    Ok(())
}

impl<W: Write + Send> RowWriter for SheetRows<W> {
    fn put(&mut self, row: &[Datum]) -> anyhow::Result<()> {
        check_length(self.columns, row)?;
        if u64::from(self.rows) == MOST_SHEET_ROWS {
            bail!("more than {MOST_SHEET_ROWS} rows: take csv, jsonl or parquet");
        }
        self.rows += 1;
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (at, value) in (0..).zip(row) {
            put_cell(sheet, self.rows, at, value)?;
        }
        Ok(())
    }

    fn end(mut self: Box<Self>) -> anyhow::Result<()> {
        let last = u16::try_from(self.columns.len().saturating_sub(1))?;
        self.workbook.worksheet_from_index(0)?.autofilter(0, 0, self.rows, last)?;
        self.workbook.save_to_writer(&mut self.to)?;
        Ok(self.to.flush()?)
    }
}

/// Text is written as text, whatever it begins with: no cell is ever a formula or a link.
fn put_cell(sheet: &mut Worksheet, row: u32, column: u16, value: &Datum) -> Result<(), XlsxError> {
    match value {
        Datum::Unknown => return Ok(()),
        Datum::Text(text) => sheet.write_string(row, column, fitting(text))?,
        #[expect(clippy::cast_precision_loss, reason = "Excel holds floats only")]
        Datum::Whole(number) => sheet.write_number(row, column, *number as f64)?,
        Datum::Number(number) => sheet.write_number(row, column, *number)?,
        Datum::Truth(is_so) => sheet.write_boolean(row, column, *is_so)?,
    };
    Ok(())
}

/// As much of a text as Excel takes, which counts UTF-16 units; `…` at its end says that it goes on.
fn fitting(text: &str) -> String {
    if text.len() <= LONGEST_CELL || text.encode_utf16().count() <= LONGEST_CELL {
        return text.to_owned();
    }
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units < LONGEST_CELL
    };
    text.chars().take_while(fits).chain(['…']).collect()
}
