//! Comparison: a metric or a derived indicator of many agencies over the years.
//!
//! A value is never made up: what a report leaves blank is null unless the asker counts blanks as zero, and each value
//! stands with its numerator, its denominator and the report it is from. Values that do not mean the same are not joined:
//! a series says where it is broken. The series of a renamed agency goes on under its new name, and is broken there. A government's figures include those of its departments, so that sums and ranks
//! are among agencies of one kind and level only.

mod indicators;
mod judge;
mod records;
mod succession;
#[cfg(test)]
mod tests;

use crate::catalogue::{FigureMarks, FigureQuery, Reported};
use crate::model::{DocumentId, RegionCode, RegionLevel, ReportFormat, ReporterKind, YearSpan};

pub use indicators::{Formula, Indicator, Term};
pub use judge::compare;
pub use records::Matrix;
pub use succession::Succession;

/// What is to be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompareQuestion {
    /// The indicators, each once.
    pub indicators: Vec<Indicator>,
    /// Plain names of agencies; empty: all.
    pub agencies: Vec<String>,
    /// Only agencies of this region and those in it.
    pub region: Option<RegionCode>,
    /// The years; `None`: all.
    pub years: Option<YearSpan>,
    /// What a blank cell counts as.
    pub blanks: Blanks,
    /// Among whom agencies are ranked.
    pub ranked: Ranked,
}

/// What a blank cell counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Blanks {
    /// Nothing: a value that needs it is null.
    #[default]
    Null,
    /// Zero, as many agencies mean it. Digits that cannot be read with certainty stay null.
    Zero,
}

impl Blanks {
    /// The choice as it stands in addresses and exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Zero => "zero",
        }
    }
}

/// Among whom agencies are ranked; always of one kind and level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ranked {
    /// All of the comparison.
    #[default]
    Level,
    /// Those of one region; governments among those of the region above them.
    Region,
}

impl CompareQuestion {
    /// How many values the answer has, given the reports that are held.
    pub fn count(&self, reported: &[Reported]) -> usize {
        let wanted = judge::Wanted::of(self);
        reported.iter().filter(|report| wanted.has(report)).count() * self.indicators.len()
    }

    /// The figures it is answered from.
    pub fn figures(&self, agencies: Vec<String>) -> FigureQuery {
        let mut metrics: Vec<String> = Vec::new();
        for metric in self.indicators.iter().flat_map(Indicator::metrics) {
            if !metrics.iter().any(|known| known == metric) {
                metrics.push(metric.to_owned());
            }
        }
        let looks_back = i16::from(self.indicators.iter().any(Indicator::looks_back));
        let from = self.years.map(|years| years.first - looks_back);
        FigureQuery { metrics, agencies, from, to: self.years.map(|years| years.last) }
    }
}

/// Agencies whose figures may be added up and ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group {
    /// What they are.
    pub kind: ReporterKind,
    /// How high their regions stand; `None`: not known.
    pub level: Option<RegionLevel>,
}

/// A comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What was asked for.
    pub indicators: Vec<Indicator>,
    /// What blanks counted as.
    pub blanks: Blanks,
    /// One for each indicator, agency and year of which a report is held, by indicator, series, year and agency.
    pub points: Vec<Point>,
    /// One for each indicator, year and group, in this order; none for governments of unknown level.
    pub summaries: Vec<Summary>,
    /// Agencies that were asked for and have no report in these years.
    pub without_reports: Vec<String>,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Id of the indicator.
    pub indicator: String,
    /// The agency.
    pub agency: String,
    /// The name under which its series goes on: that of its heir where it was renamed, and else its own.
    pub series: String,
    /// In the first year of an agency that continues others: those of them that have reports.
    pub continues: Vec<String>,
    /// Its region.
    pub region: Option<RegionCode>,
    /// Whom it may be ranked with.
    pub group: Group,
    /// The year.
    pub year: i16,
    /// The value, or why there is none.
    pub value: Result<f64, WhyNull>,
    /// What was counted, where it is known.
    pub numerator: Option<f64>,
    /// What it is a share of.
    pub denominator: Option<f64>,
    /// How many blanks counted as zero.
    pub blanks_as_zero: usize,
    /// The form of the report.
    pub format: Option<ReportFormat>,
    /// The series is broken here: the value before does not mean the same, or is that of an agency of another name.
    pub is_break: bool,
    /// What there is to know about the figures it is from.
    pub marks: FigureMarks,
    /// The report; `None`: held, but without any figure that was asked for.
    pub document: Option<DocumentId>,
    /// Other reports of the agency on this year that give another value.
    pub differing: Vec<DocumentId>,
    /// The place among those it is ranked with, from 1 for the largest, and how many they are; `None` without a value, and
    /// for a government of unknown level.
    pub rank: Option<(usize, usize)>,
}

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNull {
    /// The form of the report does not have it.
    NotInForm,
    /// The report has none of the figures it is computed from.
    NoFigures,
    /// A cell is blank.
    Blank,
    /// Digits cannot be read with certainty.
    Undecided,
    /// The report on the year before is not held, or does not say.
    NoYearBefore,
    /// The denominator is zero.
    ZeroDenominator,
}

impl WhyNull {
    /// The reason as it stands in exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotInForm => "not_in_form",
            Self::NoFigures => "no_figures",
            Self::Blank => "blank",
            Self::Undecided => "undecided",
            Self::NoYearBefore => "no_year_before",
            Self::ZeroDenominator => "zero_denominator",
        }
    }
}

/// A group of agencies in one year.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Id of the indicator.
    pub indicator: String,
    /// The year.
    pub year: i16,
    /// Whose.
    pub group: Group,
    /// Agencies with a report.
    pub reports: usize,
    /// Those of them without a value.
    pub nulls: usize,
    /// Sum of the numerators of those with a value.
    pub numerator: f64,
    /// Sum of their denominators, where the indicator has one.
    pub denominator: Option<f64>,
    /// The sum, or the share over all of them; `None` where no report has a value.
    pub value: Option<f64>,
}
