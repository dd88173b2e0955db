//! A ledger as rows of texts: one for each agency and year.

use crate::figures::ledger::{Ledger, LedgerCell, LedgerRow};
use crate::model::PublicDate;

impl Ledger {
    /// The names of the columns of [`Ledger::records`].
    pub const COLUMNS: [&'static str; 15] = [
        "agency",
        "kind",
        "region",
        "in_roster",
        "year",
        "state",
        "due",
        "published",
        "days_late",
        "gone_since",
        "looked_at",
        "document",
        "url",
        "evidence",
        "detail",
    ];

    /// Every cell as a row; what is not known is empty.
    pub fn records(&self) -> impl Iterator<Item = Vec<String>> {
        self.rows.iter().flat_map(|row| row.cells.iter().map(|cell| record(row, cell)))
    }
}

fn record(row: &LedgerRow, cell: &LedgerCell) -> Vec<String> {
    let day = |day: Option<PublicDate>| day.map(|day| day.to_string()).unwrap_or_default();
    vec![
        row.agency.clone(),
        row.kind.as_str().to_owned(),
        row.region.clone().unwrap_or_default(),
        row.is_curated.to_string(),
        cell.year.to_string(),
        cell.state.as_str().to_owned(),
        // That no rule sets a day is not the same as a day that is not known.
        cell.due.map_or_else(|| "no_rule".to_owned(), |day| day.to_string()),
        day(cell.published),
        cell.days_late.map(|days| days.to_string()).unwrap_or_default(),
        day(cell.gone_since),
        day(cell.looked_at),
        cell.document.map(|id| id.to_string()).unwrap_or_default(),
        cell.url.clone().unwrap_or_default(),
        cell.evidence.as_str().to_owned(),
        cell.detail.clone(),
    ]
}
