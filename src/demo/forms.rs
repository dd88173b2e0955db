//! `forms.toml`: rows, columns and labels of the tables that annual reports must contain.

use serde::{Deserialize, Serialize};

/// The tables of all periods.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forms {
    /// The provincial form of 2013.
    pub(crate) province2013: Vec<StatisticsRow>,
    /// The national statistics table of 2014 to 2018.
    pub(crate) national2014: Vec<StatisticsRow>,
    /// The table of article 20 in 2019 and 2020.
    pub(crate) disclosure2019: Vec<Block>,
    /// The same from 2021.
    pub(crate) disclosure2021: Vec<Block>,
    /// The request table in 2019 and 2020.
    pub(crate) requests2019: Vec<RequestRow>,
    /// The same from 2021.
    pub(crate) requests2021: Vec<RequestRow>,
    /// The fifteen cells of the table of reviews and lawsuits, left to right.
    pub(crate) disputes: Vec<String>,
}

/// A row of a statistics table: label, unit, one value.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatisticsRow {
    /// Label as printed.
    pub(crate) label: String,
    /// Unit as printed.
    #[serde(default)]
    pub(crate) unit: String,
    /// Metric id; a heading has none.
    pub(crate) key: Option<String>,
}

/// A block of the article 20 table: one item of the article with its own header.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Block {
    /// 第二十条第(…)项.
    pub(crate) article: String,
    /// Column headers, the label column first.
    pub(crate) columns: Vec<String>,
    /// Label and metric ids of each row.
    pub(crate) rows: Vec<(String, Vec<String>)>,
}

/// A row of the request table with the group cells that begin at it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestRow {
    /// Row id.
    pub(crate) key: String,
    /// Cells that begin at this row, left to right.
    pub(crate) cells: Vec<HeadCell>,
}

/// A label cell and how far it reaches.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeadCell {
    /// Text of the cell.
    pub(crate) text: String,
    /// Rows it covers.
    #[serde(default = "one")]
    pub(crate) rows: u8,
    /// Columns it covers.
    #[serde(default = "one")]
    pub(crate) cols: u8,
}

fn one() -> u8 {
    1
}
