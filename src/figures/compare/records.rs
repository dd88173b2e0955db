//! A comparison as rows of texts: one for each value.

use crate::figures::compare::{Comparison, Point};
use crate::model::{Amount, DocumentId, ReportFormat};

impl Comparison {
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
