//! Table C: reviews and lawsuits: one row of fifteen numbers.

use crate::figures::metrics::Metrics;
use crate::figures::number::{self, Cell};
use crate::figures::rows::{Row, RowCell};
use crate::figures::tables::of_cell;
use crate::model::Figure;

/// Three blocks of five.
const COLUMNS: usize = 15;

/// The row of numbers below the head that says 结果维持: its last fifteen cells.
pub(super) fn read(rows: &[Row], metrics: &Metrics) -> Vec<Figure> {
    let names = |row: &Row, word: &str| row.cells.iter().any(|cell| cell.text.contains(word));
    let Some(head) = rows.iter().rposition(|row| names(row, "维持") && names(row, "纠正"))
    else {
        return Vec::new();
    };
    let is_data = |row: &&Row| {
        row.cells.len() >= COLUMNS
            && last(row).iter().all(|cell| number::cell(&cell.text) != Cell::Words)
    };
    let Some(row) = rows[head + 1..].iter().take(4).find(is_data) else { return Vec::new() };
    let form = metrics.rows("review_litigation", "any");
    let columns = form.iter().flat_map(|row| &row.metrics);
    columns.zip(last(row)).map(|(metric, cell)| of_cell(metric, row, cell)).collect()
}

fn last(row: &Row) -> &[RowCell] {
    &row.cells[row.cells.len().saturating_sub(COLUMNS)..]
}
