//! Table B: requests received and handled, by applicant, in the editions of 2019 and 2021.

use crate::figures::metrics::{FormRow, Metrics};
use crate::figures::number::{self, Cell};
use crate::figures::rows::{Row, RowCell};
use crate::figures::squeeze::likeness;
use crate::figures::tables::{label_words, of_cell};
use crate::model::Figure;

/// Applicants and their total.
const COLUMNS: usize = 7;
/// Labels that are as like as this mean the same: a printer's slip.
const ALIKE: f64 = 0.7;

/// Reads the table row by row. Some reports mix the editions, so rows of both are looked for.
pub(super) fn read(rows: &[Row], metrics: &Metrics) -> Vec<Figure> {
    let form = metrics.rows("requests", "any");
    let mut figures: Vec<Figure> = Vec::new();
    let mut last: Option<usize> = None;
    for row in rows.iter().filter(|row| !is_head(row)) {
        let Some((at, found)) = labelled(row, &form, last) else { continue };
        let cells = &row.cells[at + 1..];
        let Some(cells) = seven(cells) else { continue };
        last = Some(found);
        for (metric, cell) in form[found].metrics.iter().zip(cells) {
            if figures.iter().all(|figure| figure.metric != metric.id) {
                figures.push(of_cell(metric, row, cell));
            }
        }
    }
    // 其他处理 is a row of its own in 2019 and the head of three in 2021.
    let has_parts =
        figures.iter().any(|figure| figure.metric.starts_with("req_other_no_supplement"));
    figures.retain(|figure| {
        !has_parts || figure.value.is_some() || !figure.metric.starts_with("req_other_handling")
    });
    figures
}

/// Whether a row names columns, here or in the table of reviews and lawsuits.
fn is_head(row: &Row) -> bool {
    let heads = ["自然人", "商业企业", "结果维持", "结果纠正", "尚未审结"];
    row.cells.iter().any(|cell| heads.contains(&&*cell.text))
}

/// The cells of the seven columns: those behind the label, with nothing but blank ones before or behind them.
fn seven(cells: &[RowCell]) -> Option<&[RowCell]> {
    let is_blank = |cell: &RowCell| number::cell(&cell.text) == Cell::Blank;
    let is_value = |cell: &RowCell| number::cell(&cell.text) != Cell::Words;
    let (first, behind) = cells.split_at_checked(COLUMNS)?;
    let (before, last) = cells.split_at(cells.len() - COLUMNS);
    let fits = |seven: &[RowCell], rest: &[RowCell]| {
        seven.iter().all(is_value) && rest.iter().all(is_blank)
    };
    if fits(first, behind) { Some(first) } else { fits(last, before).then_some(last) }
}

/// The place of a row's label and the row of the form that it names.
fn labelled(row: &Row, form: &[FormRow<'_>], last: Option<usize>) -> Option<(usize, usize)> {
    let cells = row.cells.iter().enumerate().take(5);
    cells.rev().find_map(|(at, cell)| Some((at, named(cell, form, last)?)))
}

fn named(cell: &RowCell, form: &[FormRow<'_>], last: Option<usize>) -> Option<usize> {
    let words = label_words(cell);
    if words.chars().count() < 2 {
        return None;
    }
    let begun = |row: &FormRow<'_>| last.is_some() || row.words.contains("本年新收");
    let fits = |row: &FormRow<'_>| match &*row.words {
        // Said elsewhere too: they need their number, or the rows before them.
        "其他" => {
            cell.text.starts_with('3') || last.is_some_and(|at| form[at].label.starts_with("(六)"))
        }
        "总计" => {
            cell.text.starts_with("(七)")
                || last.is_some_and(|at| form[at].label.starts_with("(六)"))
        }
        _ => true,
    };
    let exact = form.iter().position(|row| row.words == words && fits(row) && begun(row));
    exact.or_else(|| {
        let alike = form.iter().enumerate().map(|(at, row)| (likeness(&row.words, &words), at));
        let (best, at) = alike.max_by(|a, b| a.0.total_cmp(&b.0))?;
        (best >= ALIKE && begun(&form[at])).then_some(at)
    })
}
