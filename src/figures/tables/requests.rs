//! Table B: requests received and handled, by applicant, in the editions of 2019 and 2021.

use crate::figures::cuts::COLUMNS;
use crate::figures::metrics::{FormRow, Metrics};
use crate::figures::number::{self, Cell};
use crate::figures::rows::{Row, RowCell};
use crate::figures::squeeze::likeness;
use crate::figures::tables::{label_words, of_cell};
use crate::model::Figure;

/// Labels that are as like as this mean the same: a printer's slip.
const ALIKE: f64 = 0.7;

/// Reads the table row by row. Some reports mix the editions, so rows of both are looked for.
pub(super) fn read(rows: &[Row], metrics: &Metrics) -> Vec<Figure> {
    let form = metrics.rows("requests", "any");
    let mut labels: Vec<Labelled<'_>> = Vec::new();
    let mut last: Option<usize> = None;
    for row in rows.iter().filter(|row| !is_head(row)) {
        let Some((at, found)) = labelled(row, &form, last) else { continue };
        let starts = starts(&row.cells, at + 1);
        if starts.is_empty() {
            continue;
        }
        last = Some(found);
        labels.push(Labelled { row, at, found, starts });
    }
    let layout = layout(&labels);
    let mut figures: Vec<Figure> = Vec::new();
    for label in &labels {
        let Some(start) = label.start(layout) else { continue };
        let cells = &label.row.cells[start..start + COLUMNS];
        for (metric, cell) in form[label.found].metrics.iter().zip(cells) {
            if figures.iter().all(|figure| figure.metric != metric.id) {
                figures.push(of_cell(metric, label.row, cell));
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

/// A row with a label of the form.
struct Labelled<'r> {
    row: &'r Row,
    /// The column of its label.
    at: usize,
    /// The row of the form.
    found: usize,
    /// The columns in which its seven cells may begin: what is outside of them is blank.
    starts: Vec<usize>,
}

/// Where cells begin in the rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// Behind the label; what fills the row up follows them.
    BehindLabel,
    /// In one column, whatever stands between it and the label.
    Column(usize),
}

impl Labelled<'_> {
    /// The first of the seven cells; `None` where more than one place is possible.
    fn start(&self, layout: Layout) -> Option<usize> {
        let meant = match layout {
            Layout::BehindLabel => self.at + 1,
            Layout::Column(column) => column,
        };
        match self.starts[..] {
            _ if self.starts.contains(&meant) => Some(meant),
            [only] => Some(only),
            _ => None,
        }
    }
}

/// The layout that fits most rows.
fn layout(labels: &[Labelled<'_>]) -> Layout {
    let fits = |layout: Layout| {
        let meant = |label: &&Labelled<'_>| match layout {
            Layout::BehindLabel => label.starts.contains(&(label.at + 1)),
            Layout::Column(column) => label.starts.contains(&column),
        };
        labels.iter().filter(meant).count()
    };
    let columns =
        labels.iter().flat_map(|label| &label.starts).map(|column| Layout::Column(*column));
    let mut best = (fits(Layout::BehindLabel), Layout::BehindLabel);
    for layout in columns {
        let count = fits(layout);
        if count > best.0 {
            best = (count, layout);
        }
    }
    best.1
}

/// Whether a row names columns, here or in the table of reviews and lawsuits.
fn is_head(row: &Row) -> bool {
    let heads = ["自然人", "商业企业", "结果维持", "结果纠正", "尚未审结"];
    row.cells.iter().any(|cell| heads.contains(&&*cell.text))
}

/// The columns from `first` on in which seven cells may begin, with nothing but blank ones before and behind them.
fn starts(cells: &[RowCell], first: usize) -> Vec<usize> {
    let read: Vec<Cell> = cells.iter().map(|cell| number::cell(&cell.text)).collect();
    let are = |range: &[Cell], fits: fn(&Cell) -> bool| range.iter().all(fits);
    let fits = |start: &usize| {
        are(&read[first..*start], |cell| *cell == Cell::Blank)
            && are(&read[*start..start + COLUMNS], |cell| *cell != Cell::Words)
            && are(&read[start + COLUMNS..], |cell| *cell == Cell::Blank)
    };
    let last = (cells.len() + 1).saturating_sub(COLUMNS);
    (first..last).filter(fits).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::rows;
    use crate::model::Place;

    fn read(text: &str) -> Vec<(String, Option<f64>)> {
        let rows = rows::of_text(text, &Place::Text);
        let figures = super::read(&rows, Metrics::built_in());
        figures.into_iter().map(|f| (f.metric, f.value.map(|value| value.0))).collect()
    }

    #[test]
    fn merged_label_cells_leave_blank_ones_before_the_numbers() {
        let text = "一、本年新收政府信息公开申请数量\t\t\t3\t0\t0\t0\t0\t0\t3\n\n\
            三、本年度办理结果\t（一）予以公开\t\t2\t0\t0\t0\t0\t0\t2\n\n\
            \t（三）不予公开\t1.属于国家秘密\t1\t0\t0\t0\t0\t0\t1\n\n\
            四、结转下年度继续办理\t\t\t\t0\t\t\t0\t\t";
        let read = read(text);
        let of = |metric: &str| read.iter().find(|(id, _)| id == metric).map(|(_, value)| *value);
        assert_eq!(of("req_new_received__natural_person"), Some(Some(3.0)));
        assert_eq!(of("req_denied_state_secret__total"), Some(Some(1.0)));
        assert_eq!(of("req_carried_out__natural_person"), Some(None));
        assert_eq!(of("req_carried_out__biz_enterprise"), Some(Some(0.0)));
        assert_eq!(of("req_carried_out__legal_service_org"), Some(Some(0.0)));
        assert_eq!(of("req_carried_out__total"), Some(None));
    }
}
