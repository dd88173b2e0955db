//! Rows of cells → figures, form by form.

mod art20;
mod lists;
mod requests;
mod review;

use crate::figures::metrics::{Metric, Metrics};
use crate::figures::number::{self, Cell};
use crate::figures::rows::{Row, RowCell};
use crate::figures::squeeze::words;
use crate::model::{Figure, FigureSource, LabelledCell, Method, Place, ReportFormat};

/// Longest label, in characters; a longer cell holds prose or a table of its own.
const LONGEST_LABEL: usize = 80;

/// The tables that figures stand in; of each, the source that gives most is believed.
pub(super) const KINDS: [&str; 5] =
    ["art20", "requests", "review_litigation", "stat2014", "stat2013"];

/// The figures that rows give, table by table.
pub(super) fn read(rows: &[Row], format: Option<ReportFormat>) -> Vec<Figure> {
    let metrics = Metrics::built_in();
    let mut figures = art20::read(rows, metrics);
    figures.extend(requests::read(rows, metrics));
    figures.extend(review::read(rows, metrics));
    figures.extend(lists::read(rows, &metrics.list_rows(format)));
    figures
}

/// The figure of a metric as a cell gives it.
fn of_cell(metric: &Metric, row: &Row, cell: &RowCell) -> Figure {
    let (value, unit) = match number::cell(&cell.text) {
        Cell::Number { value, unit } => (Some(number::in_unit(value, &unit, &metric.unit)), unit),
        Cell::Blank | Cell::Words => (None, String::new()),
    };
    let mut figure = metric.figure(value, Method::Cell, &cell.text, &row.place);
    if !unit.is_empty() && metric.unit != "万元" {
        figure.unit = unit;
    }
    figure.source.cell = (row.place != Place::Text).then_some(cell.cell);
    figure.source.at = cell.at;
    figure
}

/// The words of a cell, where it can be a label.
fn label_words(cell: &RowCell) -> String {
    if cell.text.chars().count() > LONGEST_LABEL {
        return String::new();
    }
    words(&cell.text)
}

/// The cells with numbers, of tables whose form is not known: at most so many.
const MOST_CELLS: usize = 2000;

/// Every number in rows, with the words before it in its row and above it in its column.
pub(super) fn labelled(rows: &[Row]) -> Vec<LabelledCell> {
    let mut cells = Vec::new();
    let mut heads: Option<&Row> = None;
    for row in rows {
        let is_number = |cell: &RowCell| matches!(number::cell(&cell.text), Cell::Number { .. });
        let same_table = |head: &&Row| head.place == row.place;
        if row.cells.len() > 1 && !row.cells.iter().any(is_number) {
            heads = Some(row);
            continue;
        }
        let mut label = String::new();
        for (column, cell) in row.cells.iter().enumerate() {
            let (value, unit) = match number::cell(&cell.text) {
                Cell::Number { value, unit } => (value, unit),
                Cell::Words if cell.text.chars().count() <= LONGEST_LABEL => {
                    label.clone_from(&cell.text);
                    continue;
                }
                Cell::Words | Cell::Blank => continue,
            };
            let head = heads.filter(same_table).and_then(|head| head.cells.get(column));
            let source = FigureSource {
                place: row.place.clone(),
                row: label.clone(),
                column: head.map(|head| head.text.clone()).unwrap_or_default(),
                cell: (row.place != Place::Text).then_some(cell.cell),
                at: cell.at,
            };
            let value = number::in_unit(value, &unit, "");
            cells.push(LabelledCell { value, unit, printed: cell.text.clone(), source });
            if cells.len() == MOST_CELLS {
                return cells;
            }
        }
    }
    cells
}
