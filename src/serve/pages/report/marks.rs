//! What there is to say at each figure of a report: its name, last year's value, what contradicts it.

use std::collections::HashMap;

use crate::catalogue::Report;
use crate::figures::Metrics;
use crate::model::{Amount, Check, Figure, Place, Verdict};
use crate::serve::pages::report::body::Anchors;
use crate::serve::pages::report::told;

/// A figure with what is said of it.
pub(super) struct Mark<'r> {
    pub(super) figure: &'r Figure,
    /// The names of its row and its column on the form.
    pub(super) label: String,
    pub(super) column: String,
    pub(super) before: Option<Amount>,
    /// A sentence for each broken rule that it belongs to.
    pub(super) flags: Vec<String>,
    /// Of these, those of which it is the sum: the sentence stands there, and only there.
    pub(super) own_flags: Vec<String>,
}

impl Mark<'_> {
    /// Row and column as one name.
    pub(super) fn name(&self) -> String {
        if self.column.is_empty() {
            self.label.clone()
        } else {
            format!("{}（{}）", self.label, self.column)
        }
    }
}

/// The figure of a rule that a reader looks at first: the sum; in A1 what is in force.
fn sum_of(check: &Check) -> Option<&String> {
    if check.rule == "A1" { check.metrics.first() } else { check.metrics.last() }
}

/// All figures of a report, in the order of its form.
pub(super) struct Marks<'r> {
    all: Vec<Mark<'r>>,
    by_metric: HashMap<&'r str, usize>,
}

impl<'r> Marks<'r> {
    pub(super) fn of(report: &'r Report, before: Option<&Report>, across_years: &[Check]) -> Self {
        let list = Metrics::built_in();
        let broken: Vec<&Check> = report
            .figures
            .broken()
            .chain(across_years.iter().filter(|check| check.verdict == Verdict::Broken))
            .collect();
        let mark = |figure: &'r Figure| {
            let metric = list.get(&figure.metric);
            let of_it = |check: &&&Check| check.metrics.contains(&figure.metric);
            let is_sum = |check: &&&Check| sum_of(check) == Some(&figure.metric);
            Mark {
                figure,
                label: metric.map_or_else(|| figure.metric.clone(), |metric| metric.label.clone()),
                column: metric.map(|metric| metric.column.clone()).unwrap_or_default(),
                before: before
                    .and_then(|before| before.figures.figure(&figure.metric))
                    .and_then(|figure| figure.value),
                own_flags: broken
                    .iter()
                    .filter(is_sum)
                    .map(|check| told::sentence(check))
                    .collect(),
                flags: broken.iter().filter(of_it).map(|check| told::sentence(check)).collect(),
            }
        };
        let all: Vec<Mark<'r>> = report.figures.figures.iter().map(mark).collect();
        let by_metric =
            all.iter().enumerate().map(|(at, mark)| (mark.figure.metric.as_str(), at)).collect();
        Self { all, by_metric }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Mark<'r>> {
        self.all.iter()
    }

    /// The figures that stand in a cell of a table of the document, by row and column.
    pub(super) fn in_table(&self, wanted: usize) -> HashMap<(usize, usize), &Mark<'r>> {
        let of_table = |mark: &&Mark<'_>| mark.figure.source.place == (Place::Table { n: wanted });
        let cell = |mark: &'_ Mark<'r>| mark.figure.source.cell;
        self.all.iter().filter(of_table).filter_map(|mark| Some((cell(mark)?, mark))).collect()
    }

    /// The figures that stand in the text, by first and last character.
    pub(super) fn in_text(&self) -> Vec<((usize, usize), &Mark<'r>)> {
        let of_text = |mark: &&Mark<'_>| mark.figure.source.place == Place::Text;
        let mut found: Vec<_> = self
            .all
            .iter()
            .filter(of_text)
            .filter_map(|mark| Some((mark.figure.source.at?, mark)))
            .collect();
        found.sort_by_key(|(at, _)| *at);
        found
    }

    /// Names and anchors of figures that stand on the page.
    pub(super) fn places(&self, metrics: &[String], anchors: &Anchors) -> Vec<(String, String)> {
        let place = |metric: &String| {
            let mark = &self.all[*self.by_metric.get(metric.as_str())?];
            Some((mark.name(), anchors.of(metric)?.to_owned()))
        };
        // The sum stands last in a rule, and is what a reader looks at first.
        metrics.iter().rev().filter_map(place).collect()
    }
}
