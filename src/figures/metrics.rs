//! The metric list: every figure with an id, and where it stands on its form.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use crate::figures::squeeze::{Squeezed, words};
use crate::model::{
    Amount, Column, Datum, Figure, FigureSource, Method, Place, ReportFormat, Scope,
};

/// A figure that reports may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its id.
    pub id: String,
    /// The forms that have it: `2019`, `2021`, `national2014`, `zhejiang2013`, `any`.
    pub forms: Vec<String>,
    /// The table of the form.
    pub table: String,
    /// The label of its row, in Chinese.
    pub label: String,
    /// The label of its column, in Chinese.
    pub column: String,
    /// What it counts.
    pub unit: String,
}

impl Metric {
    /// A figure of it with unit and labels of the form; where within its place it stands is not said.
    pub(super) fn figure(
        &self,
        value: Option<Amount>,
        method: Method,
        printed: &str,
        place: &Place,
    ) -> Figure {
        Figure {
            metric: self.id.clone(),
            value,
            unit: self.unit.clone(),
            approximate: false,
            scope: Scope::Unstated,
            method,
            printed: printed.to_owned(),
            source: FigureSource {
                place: place.clone(),
                row: self.label.clone(),
                column: self.column.clone(),
                cell: None,
                at: None,
            },
            correction: None,
        }
    }

    /// The same for a part of a squeezed text, with the characters it was made of.
    pub(super) fn figure_in(
        &self,
        text: &Squeezed,
        part: Range<usize>,
        value: Option<Amount>,
        method: Method,
        place: &Place,
    ) -> Figure {
        let mut figure = self.figure(value, method, &text.text[part.clone()], place);
        figure.source.at = (!part.is_empty()).then(|| text.original(part));
        figure
    }
}

/// All of them, in the order of the forms.
#[derive(Debug, Default)]
pub struct Metrics {
    all: Vec<Metric>,
    by_id: HashMap<String, usize>,
}

/// The list compiled in.
static BUILT_IN: LazyLock<Metrics> =
    LazyLock::new(|| Metrics::read(include_str!("../../index/metrics.tsv")));

impl Metrics {
    /// The list of this program: `index/metrics.tsv`.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Reads the list; a line that is none is left out.
    fn read(text: &str) -> Self {
        let mut metrics = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [id, forms, table, label, column, unit] = cells[..] else { continue };
            if id == "id" {
                continue;
            }
            let metric = Metric {
                id: id.to_owned(),
                forms: forms.split(',').map(str::to_owned).collect(),
                table: table.to_owned(),
                label: label.to_owned(),
                column: column.to_owned(),
                unit: unit.to_owned(),
            };
            metrics.by_id.insert(metric.id.clone(), metrics.all.len());
            metrics.all.push(metric);
        }
        metrics
    }

    /// Every metric, in the order of the forms.
    pub fn all(&self) -> &[Metric] {
        &self.all
    }

    /// The metric with an id; every `prose_cat:` with its label is the one of all of them.
    pub fn get(&self, id: &str) -> Option<&Metric> {
        let known = if id.starts_with("prose_cat:") { "prose_cat:*" } else { id };
        self.by_id.get(known).map(|at| &self.all[*at])
    }

    /// The place of an id in the list: of the last of its lines.
    pub(super) fn place(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// The rows of a form that is a list of numbers; of other forms none.
    pub(super) fn list_rows(&self, format: Option<ReportFormat>) -> Vec<FormRow<'_>> {
        match format {
            Some(ReportFormat::National2014) => self.rows("stat2014", "national2014"),
            Some(ReportFormat::Zhejiang2013) => self.rows("stat2013", "zhejiang2013"),
            _ => Vec::new(),
        }
    }

    /// The rows of a table of a form, each with its metrics in the order of columns.
    pub(super) fn rows(&self, table: &str, form: &str) -> Vec<FormRow<'_>> {
        let mut rows: Vec<FormRow<'_>> = Vec::new();
        let fits = |metric: &&Metric| {
            metric.table == table && (form == "any" || metric.forms.iter().any(|f| f == form))
        };
        for metric in self.all.iter().filter(fits) {
            match rows.last_mut().filter(|row| row.label == metric.label) {
                Some(row) => row.metrics.push(metric),
                None => rows.push(FormRow {
                    label: &metric.label,
                    // Of a label that names its group first, the last step is what the row says.
                    words: words(metric.label.rsplit(' ').next().unwrap_or_default()),
                    metrics: vec![metric],
                }),
            }
        }
        rows
    }

    /// The columns of [`Metrics::records`].
    pub const COLUMNS: [Column; 6] = [
        Column::text("id", "指标编号"),
        Column::text("forms", "有此项的报告格式，以逗号分隔；any 为各种格式"),
        Column::text("table", "所在表格"),
        Column::text("label", "行名"),
        Column::text("column", "列名"),
        Column::text("unit", "单位"),
    ];

    /// The data dictionary as rows, one for each metric.
    pub fn records(&self) -> impl Iterator<Item = Vec<Datum>> {
        self.all.iter().map(|metric| {
            let Metric { id, forms, table, label, column, unit } = metric;
            [id, &forms.join(","), table, label, column, unit].map(Datum::from).to_vec()
        })
    }

    /// The data dictionary: the list as tab-separated text with a header, for people and programs.
    pub fn dictionary(&self) -> String {
        let mut text = String::from("id\tforms\ttable\tlabel\tcolumn\tunit\n");
        for metric in &self.all {
            let Metric { id, forms, table, label, column, unit } = metric;
            let forms = forms.join(",");
            text.push_str(&[id, &forms, table, label, column, unit].map(String::as_str).join("\t"));
            text.push('\n');
        }
        text
    }
}

/// A row of a form.
#[derive(Clone, Debug)]
pub(super) struct FormRow<'a> {
    /// Its label as the list has it.
    pub(super) label: &'a str,
    /// The words it is recognised by.
    pub(super) words: String,
    /// Its figures, by column.
    pub(super) metrics: Vec<&'a Metric>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole() {
        let metrics = Metrics::built_in();
        let count = |table: &str, form: &str| -> usize {
            metrics.rows(table, form).iter().map(|row| row.metrics.len()).sum()
        };
        assert_eq!((count("art20", "2019"), count("art20", "2021")), (22, 10));
        assert_eq!((count("requests", "2019"), count("requests", "2021")), (161, 175));
        assert_eq!(
            (count("review_litigation", "2019"), count("stat2014", "national2014")),
            (15, 58)
        );
        assert_eq!(count("stat2013", "zhejiang2013"), 35);
        let mut lines: Vec<(&str, &[String])> =
            metrics.all.iter().map(|metric| (&*metric.id, &*metric.forms)).collect();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), metrics.all.len(), "an id stands there twice for a form");
        assert_eq!(metrics.dictionary().lines().count(), metrics.all.len() + 1);
        assert_eq!(metrics.get("prose_cat:公告公示").unwrap().table, "prose");
        assert!(
            metrics.all.iter().all(|metric| !metric.unit.is_empty() && !metric.label.is_empty())
        );
    }
}
