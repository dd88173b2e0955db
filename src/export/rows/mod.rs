//! Rows of any table in the forms that other programs open; each is written row by row, so that its length does not matter.

mod csv;
mod objects;
mod columnar;
mod sheet;
#[cfg(test)]
mod tests;

use std::io::Write;

use anyhow::bail;

use crate::model::{Column, Datum};

/// The most rows of a sheet: what people can still open.
pub const MOST_SHEET_ROWS: u64 = 200_000;

/// The form of a file of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowForm {
    /// CSV (RFC 4180); `bom` begins with a byte order mark, without which Excel takes UTF-8 for something else.
    Csv {
        /// Whether it begins with the mark.
        bom: bool,
    },
    /// A JSON object on each line.
    Jsonl,
    /// An Excel workbook: the rows, and a sheet that says what the columns mean.
    Xlsx,
    /// Parquet, compressed with Snappy.
    Parquet,
}

impl RowForm {
    /// The form with a name: `csv`, `jsonl`, `xlsx`, `parquet`.
    pub fn named(name: &str, bom: bool) -> Option<Self> {
        Some(match name {
            "csv" => Self::Csv { bom },
            "jsonl" => Self::Jsonl,
            "xlsx" => Self::Xlsx,
            "parquet" => Self::Parquet,
            _ => return None,
        })
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv { .. } => "text/csv; charset=utf-8",
            Self::Jsonl => "application/x-ndjson",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// How names of such files end; its own name too.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv { .. } => "csv",
            Self::Jsonl => "jsonl",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
        }
    }

    /// Refuses more rows than the form can hold, with advice; [`RowWriter::put`] does so too, but late.
    pub fn check(self, rows: u64) -> Result<(), String> {
        if self == Self::Xlsx && rows > MOST_SHEET_ROWS {
            return Err(format!(
                "{rows} rows, and an Excel sheet takes at most {MOST_SHEET_ROWS} here; choose fewer, or take csv, jsonl or parquet"
            ));
        }
        Ok(())
    }
}

/// Takes rows one after the other.
pub trait RowWriter {
    /// Writes a row; it has a value for each column.
    fn put(&mut self, row: &[Datum]) -> anyhow::Result<()>;

    /// Writes what comes behind the last row.
    fn end(self: Box<Self>) -> anyhow::Result<()>;
}

/// Begins a file of rows. `about` says what the rows are, as names and texts, where the form has room for it.
pub fn rows<'w, W: Write + Send + 'w>(
    form: RowForm,
    columns: &'static [Column],
    about: &[(&str, String)],
    to: W,
) -> anyhow::Result<Box<dyn RowWriter + 'w>> {
    Ok(match form {
        RowForm::Csv { bom } => Box::new(csv::CsvRows::begin(columns, bom, to)?),
        RowForm::Jsonl => Box::new(objects::LineRows::begin(columns, to)),
        RowForm::Xlsx => Box::new(sheet::SheetRows::begin(columns, about, to)?),
        RowForm::Parquet => Box::new(columnar::ParquetRows::begin(columns, about, to)?),
    })
}

/// Writes a whole file of rows.
pub fn write_rows(
    form: RowForm,
    columns: &'static [Column],
    about: &[(&str, String)],
    all: impl Iterator<Item = Vec<Datum>>,
    to: impl Write + Send,
) -> anyhow::Result<()> {
    let mut writer = rows(form, columns, about, to)?;
    for row in all {
        writer.put(&row)?;
    }
    writer.end()
}

/// A row with more or fewer values than there are columns is a mistake of ours.
fn check_length(columns: &[Column], row: &[Datum]) -> anyhow::Result<()> {
    if columns.len() != row.len() {
        bail!("a row of {} values under {} columns", row.len(), columns.len());
    }
    Ok(())
}
