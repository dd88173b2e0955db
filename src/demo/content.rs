//! `documents/*.toml` and `reports/*.toml`: what the hosts publish.

use std::{collections::BTreeMap, fmt};

use serde::Deserialize;

use crate::model::PublicDate;

/// One data file: items of one column.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemFile {
    /// The host, by its short name.
    pub(crate) site: String,
    /// The column, by its path.
    pub(crate) column: String,
    /// The items; order does not matter.
    pub(crate) item: Vec<Item>,
}

/// One published page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Item {
    /// Number of the page in its host's database; stands in the address.
    pub(crate) number: u32,
    /// Title as printed.
    pub(crate) title: String,
    /// Who issued it, as printed.
    pub(crate) issuer: String,
    /// Where it was taken from, when that is not the issuer.
    pub(crate) source: Option<String>,
    /// Document number.
    pub(crate) doc_no: Option<String>,
    /// Index number.
    pub(crate) index_no: Option<String>,
    /// Day it was signed.
    pub(crate) written: Option<PublicDate>,
    /// Day it was put on the site.
    pub(crate) published: PublicDate,
    /// 有效, 失效, 废止.
    pub(crate) validity: Option<String>,
    /// Theme class.
    pub(crate) theme: Option<String>,
    /// Genre.
    pub(crate) genre: Option<String>,
    /// Keywords.
    pub(crate) keywords: Option<String>,
    /// Files it names.
    #[serde(default)]
    pub(crate) attachments: Vec<Attached>,
    /// The page was removed before anybody looked; the list still links it.
    #[serde(default)]
    pub(crate) gone: bool,
    /// Whether its page is taken away once the portal withdraws what it will.
    #[serde(default)]
    pub(crate) withdrawn: bool,
    /// The page lies in this folder instead of its column's.
    pub(crate) folder: Option<String>,
    /// No sign-off below the text.
    #[serde(default)]
    pub(crate) unsigned: bool,
    /// The text: one paragraph a line; see `README.md` for `#`, `|` and `@table`.
    pub(crate) text: String,
    /// The numbers of an annual report.
    pub(crate) report: Option<Report>,
}

/// A file that a page names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attached {
    /// Name of the file under `attachments/`.
    pub(crate) file: String,
    /// Name as printed.
    pub(crate) name: String,
}

/// The numbers of an annual report.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Report {
    /// The agency, by the id that lasts through renames (see `agencies.toml`).
    pub(crate) agency: String,
    /// The year it is about.
    pub(crate) year: i16,
    /// Which form it follows.
    pub(crate) form: Form,
    /// Table cells by metric id; a cell left out is 0.
    #[serde(default)]
    pub(crate) figures: BTreeMap<String, Figure>,
    /// Rows of the request table: six kinds of applicants and their total; a row left out is all 0.
    #[serde(default)]
    pub(crate) requests: BTreeMap<String, [u32; 7]>,
    /// The cells are printed empty (a report whose author means 0 and writes nothing).
    #[serde(default)]
    pub(crate) blank: bool,
}

/// The forms of annual reports, by period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Form {
    /// 2008 to 2012: text alone.
    Narrative,
    /// 2013: the form of the province.
    Province2013,
    /// 2014 to 2018: the national statistics table.
    National2014,
    /// 2019 and 2020: six parts, three tables.
    Tables2019,
    /// From 2021: the three tables as revised.
    Tables2021,
}

/// A cell of a table.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Figure {
    /// A count.
    Count(i64),
    /// An amount of money in 万元.
    Amount(f64),
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Amount(amount) => amount.fmt(f),
        }
    }
}
