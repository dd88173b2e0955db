//! Table A: what article 20 of the Regulation wants disclosed, in the editions of 2019 and 2021.

use crate::figures::metrics::{FormRow, Metrics};
use crate::figures::rows::Row;
use crate::figures::squeeze::words;
use crate::figures::tables::{label_words, of_cell};
use crate::model::Figure;

/// Reads the table by the labels of rows and columns; which edition it is, the words of the columns tell.
pub(super) fn read(rows: &[Row], metrics: &Metrics) -> Vec<Figure> {
    let edition = if rows.iter().any(names_a_column_of_2021) { "2021" } else { "2019" };
    let form = metrics.rows("art20", edition);
    let mut figures: Vec<Figure> = Vec::new();
    let mut head: Option<&Row> = None;
    let mut inside = false;
    for row in rows {
        if row.cells.iter().any(|cell| is_head(&cell.text)) {
            head = Some(row);
        }
        inside |=
            row.cells.iter().any(|cell| cell.text.contains("第二十条") || is_head(&cell.text));
        if !inside {
            continue;
        }
        let Some((at, found)) = labelled(row, &form) else { continue };
        for (n, metric) in found.metrics.iter().enumerate() {
            let column = head.and_then(|head| column_of(head, &metric.column)).unwrap_or(n + 1);
            let Some(cell) = row.cells.get(at + column) else { continue };
            if figures.iter().all(|figure| figure.metric != metric.id) {
                figures.push(of_cell(metric, row, cell));
            }
        }
    }
    figures
}

fn names_a_column_of_2021(row: &Row) -> bool {
    row.cells.iter().any(|cell| cell.text.contains("制发件数") || cell.text.contains("现行有效"))
}

/// `信息内容`: the corner of a head.
fn is_head(text: &str) -> bool {
    text == "信息内容"
}

/// The place of the label in a row, and the row of the form it names. A label that spans columns stands in all of them;
/// its last place counts.
fn labelled<'f, 'm>(row: &Row, form: &'f [FormRow<'m>]) -> Option<(usize, &'f FormRow<'m>)> {
    let named = |words: &str| {
        form.iter().find(|row| {
            let longer = words.chars().count().max(row.words.chars().count());
            let fits = words.contains(&*row.words) || row.words.ends_with(words);
            fits && words.chars().count() > 1 && longer <= row.words.chars().count() + 6
        })
    };
    let cells = row.cells.iter().enumerate().take(4);
    cells.rev().find_map(|(at, cell)| Some((at, named(&label_words(cell))?)))
}

/// How many places to the right of the corner a column stands.
fn column_of(head: &Row, label: &str) -> Option<usize> {
    let wanted = words(label);
    let corner = head.cells.iter().rposition(|cell| is_head(&cell.text))?;
    let column = head.cells.iter().position(|cell| words(&cell.text) == wanted)?;
    column.checked_sub(corner)
}
