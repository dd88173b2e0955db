//! The figures of an annual report on government information disclosure, each with the place it was read from.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A number as printed: whole ones are written without a decimal point.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Amount(pub f64);

/// Beyond it a float does not hold every whole number.
const WHOLE_UP_TO: f64 = 9_007_199_254_740_992.0;

impl Amount {
    /// Whether two amounts are the same for everybody who reads them.
    pub fn is(self, other: Self) -> bool {
        (self.0 - other.0).abs() < 1e-6
    }

    /// As tables for people show it: whole as it is, else with four places.
    pub fn brief(self) -> String {
        if self.0.fract() == 0.0 { self.to_string() } else { format!("{:.4}", self.0) }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The shortest digits that mean this number; whole ones come without a point.
        write!(f, "{}", self.0)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 && self.0.abs() < WHOLE_UP_TO {
            #[expect(clippy::cast_possible_truncation, reason = "it is whole and small enough")]
            return to.serialize_i64(self.0 as i64);
        }
        to.serialize_f64(self.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        f64::deserialize(from).map(Self)
    }
}

/// The form that the figures of a report follow, told by the words of its tables' heads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ReportFormat {
    /// Sentences; perhaps with a form of a province that is not known here.
    #[serde(rename = "narrative")]
    Narrative,
    /// The form of Zhejiang of 2013 with its 35 numbers.
    #[serde(rename = "zhejiang2013")]
    Zhejiang2013,
    /// The national form of 2014 with its 58 numbers (国办发〔2014〕32号).
    #[serde(rename = "national2014")]
    National2014,
    /// Six parts with the tables of 2019 (国办公开办函〔2019〕60号).
    #[serde(rename = "2019")]
    Tables2019,
    /// Six parts with the tables of 2021 (国办公开办函〔2021〕30号).
    #[serde(rename = "2021")]
    Tables2021,
}

impl ReportFormat {
    /// The form as a word: `narrative`, `zhejiang2013`, `national2014`, `2019`, `2021`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Narrative => "narrative",
            Self::Zhejiang2013 => "zhejiang2013",
            Self::National2014 => "national2014",
            Self::Tables2019 => "2019",
            Self::Tables2021 => "2021",
        }
    }
}

/// What was read from an annual report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportFigures {
    /// The form it follows; `None`: a text without anything to tell by.
    pub format: Option<ReportFormat>,
    /// The figures whose ids are in the metric list, each id once: those of tables in the order of the form, then those
    /// of sentences.
    pub figures: Vec<Figure>,
    /// Everything else that the sentences count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<Statement>,
    /// The cells with numbers of tables whose form is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<LabelledCell>,
    /// The rules that could be judged, and what came of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
}

impl ReportFigures {
    /// The figure with an id.
    pub fn figure(&self, metric: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.metric == metric)
    }

    /// The checks that a report fails: those that are to be shown as flags.
    pub fn broken(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.verdict == Verdict::Broken)
    }
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Id in the metric list.
    pub metric: String,
    /// The value as published, or as corrected by the curator; `None`: a blank cell, or one that cannot be read with
    /// certainty. A blank is never 0.
    pub value: Option<Amount>,
    /// What it counts, as printed beside it, else as the form has it.
    pub unit: String,
    /// Printed as 多, 余, 近 or 约: the value is the number that stands there.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
    /// Whose figure it is, as far as the words beside it say.
    #[serde(default, skip_serializing_if = "Scope::is_unstated")]
    pub scope: Scope,
    /// How it was read.
    pub method: Method,
    /// The string it was read from.
    pub printed: String,
    /// Where that stands.
    pub source: FigureSource,
    /// The curator's correction, which the value follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<Correction>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_false(value: &bool) -> bool {
    !value
}

/// Whose figure it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The sentence does not say.
    #[default]
    Unstated,
    /// Of the agency alone: 本级, 我局.
    Own,
    /// Of the agency with those below it: 全市, 各级行政机关.
    Aggregate,
}

impl Scope {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
    fn is_unstated(&self) -> bool {
        *self == Self::Unstated
    }
}

/// How a figure was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A cell of its own.
    Cell,
    /// Digits without separators: as many digits as cells.
    Digits,
    /// Digits without separators: the only cut whose applicants add up to the total.
    RowSum,
    /// Digits without separators: the only cut that the sums of columns allow.
    ColumnSum,
    /// Digits without separators: the only cut that agrees with a sentence.
    Prose,
    /// A number in a sentence.
    Sentence,
    /// A zero that a sentence states in words: 未收到申请.
    StatedZero,
}

impl Method {
    /// The method as it stands in exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cell => "cell",
            Self::Digits => "digits",
            Self::RowSum => "row_sum",
            Self::ColumnSum => "column_sum",
            Self::Prose => "prose",
            Self::Sentence => "sentence",
            Self::StatedZero => "stated_zero",
        }
    }
}

/// Where a figure stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FigureSource {
    /// In what.
    pub place: Place,
    /// The label of its row, or the sentence.
    pub row: String,
    /// The label of its column; empty in sentences.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub column: String,
    /// Row and column of the grid, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<(usize, usize)>,
    /// First character and the one behind the last, counted from 0 in the text of the document, or of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<(usize, usize)>,
}

/// What a figure stands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "in")]
pub enum Place {
    /// The text of the document.
    Text,
    /// A table of the document.
    Table {
        /// Which of its tables, from 0.
        n: usize,
    },
    /// A file that belongs to it.
    File {
        /// Its address.
        url: String,
    },
}

/// A number in a sentence with what it counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// The words before it.
    pub label: String,
    /// The number.
    pub value: Amount,
    /// What it counts.
    pub unit: String,
    /// Printed as 多, 余, 近 or 约.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
    /// First character of the number and the one behind its unit, in the text of the document.
    pub at: (usize, usize),
}

/// A number in a table whose form is not known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelledCell {
    /// The number.
    pub value: Amount,
    /// What it counts, as printed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// The cell as printed.
    pub printed: String,
    /// Where it stands.
    pub source: FigureSource,
}

/// What came of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The numbers agree.
    Holds,
    /// The numbers contradict each other; they are published as they are.
    Broken,
    /// The rule was used to read the numbers, so that it says nothing about them.
    Used,
    /// Nothing is wrong, but a reader should know.
    Note,
}

/// A rule applied to numbers of a report (DOMAIN §6.3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// `B1` to `B4`, `C1` to `C3`, `N1` to `N8`, `Z1` to `Z7`, `P1`, `P2`, `A1`, `A2`, `R1`, `S2`.
    pub rule: String,
    /// What it was applied to: a column, a row, a block, an id.
    pub scope: String,
    /// What came of it.
    pub verdict: Verdict,
    /// One side.
    pub left: Amount,
    /// The other side; for shares, what the numbers give.
    pub right: Amount,
    /// The numbers and where they are from, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// The ids of the figures it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<String>,
}

/// What a curator says a figure is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// What was read.
    pub read: Option<Amount>,
    /// Why that is wrong.
    pub reason: String,
    /// Who says so.
    pub by: String,
    /// The day it was said, `YYYY-MM-DD`.
    pub on: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_amounts_have_no_point() {
        for (amount, written) in [(150.0, "150"), (-5.0, "-5"), (27042.62, "27042.62"), (0.0, "0")]
        {
            let json = serde_json::to_string(&Amount(amount)).unwrap();
            assert_eq!((&*json, &*Amount(amount).to_string()), (written, written));
            assert_eq!(serde_json::from_str::<Amount>(&json).unwrap(), Amount(amount));
        }
    }
}
