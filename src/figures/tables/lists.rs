//! Forms that are a list: label, unit, number. The national one of 2014 and that of Zhejiang of 2013.

use crate::figures::metrics::FormRow;
use crate::figures::rows::Row;
use crate::figures::squeeze::{likeness, words};
use crate::figures::tables::{label_words, of_cell};
use crate::model::Figure;

/// Rows of the form that a report may leave out in one place.
const AHEAD: usize = 8;
/// Labels that are as like as this mean the same: a printer's slip.
const ALIKE: f64 = 0.8;

/// Reads a list. Labels occur twice (维持具体行政行为数), so a row is looked for behind the one before it only.
pub(super) fn read(rows: &[Row], form: &[FormRow<'_>]) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut next = 0;
    for row in rows.iter().filter(|row| row.cells.len() > 1) {
        if next == form.len() {
            break;
        }
        let Some(found) = named(row, form, next) else { continue };
        next = found + 1;
        let (Some(metric), Some(cell)) = (form[found].metrics.first(), row.cells.last()) else {
            continue;
        };
        let mut figure = of_cell(metric, row, cell);
        let printed = row.cells.len().checked_sub(2).and_then(|at| row.cells.get(at));
        if let Some(unit) = printed.filter(|unit| is_unit(&unit.text)) {
            figure.unit.clone_from(&unit.text);
        }
        figures.push(figure);
    }
    figures
}

fn is_unit(text: &str) -> bool {
    (1..=3).contains(&text.chars().count()) && !text.contains(|c: char| c.is_ascii_digit())
}

/// The row of the form that a label means: one of the cells before the number, or all before the unit together.
fn named(row: &Row, form: &[FormRow<'_>], next: usize) -> Option<usize> {
    let before = &row.cells[..row.cells.len() - 1];
    let mut labels: Vec<String> = before.iter().map(label_words).collect();
    let joined: String =
        before[..before.len().saturating_sub(1)].iter().map(|c| &*c.text).collect();
    labels.push(words(&joined));
    labels.retain(|label| label.chars().count() > 1);
    let ahead = || form.iter().enumerate().skip(next);
    let exact = ahead().find(|(_, row)| labels.contains(&row.words)).map(|(at, _)| at);
    let alike = || {
        let near = ahead().take(AHEAD).map(|(at, row)| {
            let like = labels.iter().map(|label| likeness(label, &row.words));
            (like.fold(0.0, f64::max), at)
        });
        near.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(like, _)| *like >= ALIKE)
    };
    exact.filter(|at| *at < next + 3 * AHEAD).or_else(|| alike().map(|(_, at)| at))
}
