//! A comparison as rows: of texts, one for each value; of the values of one indicator, one for each agency.

use std::collections::{BTreeMap, BTreeSet};

use crate::figures::compare::{Comparison, Point};
use crate::model::{Amount, DocumentId, ReportFormat};

/// The values of one indicator, as people are shown them.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix<'c> {
    /// The years of which any report is held, in order.
    pub years: BTreeSet<i16>,
    /// The values of each agency by year.
    pub rows: BTreeMap<&'c str, BTreeMap<i16, &'c Point>>,
}

impl Comparison {
    /// The values of the indicator with an id, by agency and year.
    pub fn matrix(&self, indicator: &str) -> Matrix<'_> {
        let mut matrix = Matrix { years: BTreeSet::new(), rows: BTreeMap::new() };
        for point in self.points.iter().filter(|point| point.indicator == indicator) {
            matrix.years.insert(point.year);
            matrix.rows.entry(&point.agency).or_default().insert(point.year, point);
        }
        matrix
    }

    /// The names of the columns of [`Comparison::records`].
    pub const COLUMNS: [&'static str; 24] = [
        "indicator",
        "label",
        "unit",
        "agency",
        "kind",
        "level",
        "region",
        "year",
        "value",
        "why_null",
        "numerator",
        "denominator",
        "blanks",
        "blanks_as_zero",
        "form",
        "break",
        "approximate",
        "flagged",
        "corrected",
        "cut_out_of_digits",
        "rank",
        "ranked_among",
        "document",
        "differing",
    ];

    /// Every value as a row; what is not known is empty. `blanks` says in every row what blanks counted as.
    pub fn records(&self) -> impl Iterator<Item = Vec<String>> {
        self.points.iter().map(|point| self.record(point))
    }

    fn record(&self, point: &Point) -> Vec<String> {
        let indicator = self.indicators.iter().find(|indicator| indicator.id == point.indicator);
        let number =
            |value: Option<f64>| value.map(|value| Amount(value).to_string()).unwrap_or_default();
        let place = |n: Option<usize>| n.map(|n| n.to_string()).unwrap_or_default();
        let differing: Vec<&str> = point.differing.iter().map(DocumentId::as_str).collect();
        vec![
            point.indicator.clone(),
            indicator.map(|indicator| indicator.label.clone()).unwrap_or_default(),
            indicator.map(|indicator| indicator.unit.clone()).unwrap_or_default(),
            point.agency.clone(),
            point.group.kind.as_str().to_owned(),
            point.group.level.map_or("", |level| level.as_str()).to_owned(),
            point.region.clone().unwrap_or_default(),
            point.year.to_string(),
            number(point.value.ok()),
            point.value.err().map_or("", |why| why.as_str()).to_owned(),
            number(point.numerator),
            number(point.denominator),
            self.blanks.as_str().to_owned(),
            point.blanks_as_zero.to_string(),
            point.format.map_or("", ReportFormat::as_str).to_owned(),
            point.is_break.to_string(),
            point.marks.approximate.to_string(),
            point.marks.flagged.to_string(),
            point.marks.corrected.to_string(),
            point.marks.cut.to_string(),
            place(point.rank.map(|(place, _)| place)),
            place(point.rank.map(|(_, among)| among)),
            point.document.map(|id| id.to_string()).unwrap_or_default(),
            differing.join(" "),
        ]
    }
}
