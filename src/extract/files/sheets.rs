//! Workbooks: each visible sheet as rows of cells, as a reader of the file sees them.

use std::io::Cursor;

use calamine::{Data, DataRef, ExcelDateTime, Ods, Reader, SheetVisible, Xls, XlsError, Xlsx};

use crate::extract::files::prose::Prose;
use crate::model::{FileKind, FilePart, FileStatus, FileText};

/// Columns that are read; a sheet can claim 16,384.
const MOST_COLUMNS: u32 = 1024;
/// Cells that are read of one workbook.
const MOST_CELLS: usize = 4_000_000;

/// A package of Excel whose members are known to be of bearable size.
pub(super) fn xlsx(bytes: &[u8]) -> FileText {
    let mut book: Xlsx<Cursor<&[u8]>> = match Xlsx::new(Cursor::new(bytes)) {
        Ok(book) => book,
        Err(error) => return FileText::error(FileKind::Xlsx, format!("the workbook: {error}")),
    };
    let mut sheets = Sheets::new(FileKind::Xlsx);
    for name in visible(&book) {
        let mut rows = Rows::default();
        let mut cells = match book.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            Err(error) => {
                sheets.damage(&name, &error);
                continue;
            }
        };
        loop {
            match cells.next_cell() {
                Ok(Some(cell)) => {
                    let text = shown(cell.get_value());
                    rows.cell(cell.get_position(), &text);
                }
                Ok(None) => break,
                Err(error) => {
                    sheets.damage(&name, &error);
                    break;
                }
            }
            if rows.is_full() {
                break;
            }
        }
        sheets.add(name, rows);
    }
    sheets.finish()
}

/// Excel's binary format; WPS writes it too.
pub(super) fn xls(bytes: &[u8]) -> FileText {
    match Xls::new(Cursor::new(bytes)) {
        Ok(book) => whole(FileKind::Xls, book),
        Err(XlsError::Password) => {
            FileText::error(FileKind::Xls, "encrypted: a password is needed to read it")
        }
        Err(error) => FileText::error(FileKind::Xls, format!("the workbook: {error}")),
    }
}

/// The Open Document Format.
pub(super) fn ods(bytes: &[u8]) -> FileText {
    match Ods::new(Cursor::new(bytes)) {
        Ok(book) => whole(FileKind::Ods, book),
        Err(error) => FileText::error(FileKind::Ods, format!("the workbook: {error}")),
    }
}

fn whole<'b, R: Reader<Cursor<&'b [u8]>>>(kind: FileKind, mut book: R) -> FileText
where
    R::Error: std::fmt::Display,
{
    let mut sheets = Sheets::new(kind);
    for name in visible(&book) {
        let mut rows = Rows::default();
        match book.worksheet_range(&name) {
            Ok(range) => {
                let (top, left) = range.start().unwrap_or_default();
                for (row, column, value) in range.used_cells() {
                    let place = |at: usize, from: u32| {
                        from.saturating_add(u32::try_from(at).unwrap_or(u32::MAX))
                    };
                    rows.cell((place(row, top), place(column, left)), &shown(&borrowed(value)));
                }
            }
            Err(error) => sheets.damage(&name, &error),
        }
        sheets.add(name, rows);
    }
    sheets.finish()
}

fn visible<'b>(book: &impl Reader<Cursor<&'b [u8]>>) -> Vec<String> {
    let shown = book.sheets_metadata().iter().filter(|s| s.visible == SheetVisible::Visible);
    shown.map(|sheet| sheet.name.clone()).take(1_000).collect()
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(n) => DataRef::Int(*n),
        Data::Float(n) => DataRef::Float(*n),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(yes) => DataRef::Bool(*yes),
        Data::DateTime(at) => DataRef::DateTime(*at),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

/// A value as a sheet shows it, but for formats of numbers.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(n) => n.to_string(),
        DataRef::Float(n) => number(*n),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(at) => moment(at),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// Fifteen digits are what Excel keeps; more are noise of the binary fraction.
fn number(n: f64) -> String {
    if n == 0.0 || !n.is_finite() {
        return format!("{n}");
    }
    let rounded: f64 = format!("{n:.14e}").parse().unwrap_or(n);
    if (1e-7..1e16).contains(&rounded.abs()) {
        format!("{rounded}")
    } else {
        format!("{rounded:e}")
    }
}

fn moment(at: &ExcelDateTime) -> String {
    if !at.is_datetime() {
        return number(at.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    let date = format!("{year}-{month:02}-{day:02}");
    match (at.as_f64() < 1.0, (hour, minute, second)) {
        (true, _) => format!("{hour:02}:{minute:02}:{second:02}"),
        (false, (0, 0, 0)) => date,
        _ => format!("{date} {hour:02}:{minute:02}:{second:02}"),
    }
}

/// Rows that grow cell by cell, in the order of the sheet.
#[derive(Default)]
struct Rows {
    prose: Prose,
    row: u32,
    cells: Vec<String>,
    count: usize,
}

impl Rows {
    fn cell(&mut self, (row, column): (u32, u32), text: &str) {
        if text.is_empty() || column >= MOST_COLUMNS {
            return;
        }
        if row != self.row {
            self.end_row();
            self.row = row;
        }
        let at = column as usize;
        if self.cells.len() <= at {
            self.cells.resize(at + 1, String::new());
        }
        self.cells[at] = text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.count += 1;
    }

    fn end_row(&mut self) {
        let cells = std::mem::take(&mut self.cells);
        self.prose.row(&cells);
    }

    fn is_full(&self) -> bool {
        self.count > MOST_CELLS || self.prose.is_full()
    }
}

/// Sheets as they are read.
struct Sheets {
    kind: FileKind,
    parts: Vec<FilePart>,
    damage: Option<String>,
}

impl Sheets {
    fn new(kind: FileKind) -> Self {
        Self { kind, parts: Vec::new(), damage: None }
    }

    fn damage(&mut self, name: &str, error: &impl std::fmt::Display) {
        self.damage.get_or_insert_with(|| format!("sheet {name}: {error}"));
    }

    fn add(&mut self, label: String, mut rows: Rows) {
        rows.end_row();
        if rows.is_full() {
            self.damage(&label, &"too long; the rest was left out");
        }
        let text = rows.prose.finish();
        if !text.is_empty() {
            self.parts.push(FilePart { label, text });
        }
    }

    fn finish(self) -> FileText {
        let Self { kind, parts, damage } = self;
        let status = match (&damage, parts.is_empty()) {
            (None, _) => FileStatus::Ok,
            (Some(_), false) => FileStatus::Partial,
            (Some(_), true) => FileStatus::Error,
        };
        FileText { kind, status, error: damage, parts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_typed() {
        assert_eq!(number(0.1 + 0.2), "0.3");
        assert_eq!(
            (number(1_234_567.0), number(-2.5), number(0.0)),
            ("1234567".into(), "-2.5".into(), "0".into())
        );
        assert_eq!(number(1e300), "1e300");
    }
}
