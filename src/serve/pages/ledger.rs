//! `GET /ledger`: who published which annual report, as a matrix; each cell leads to the report or to what shows its
//! absence.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use serde::Serialize;

use crate::figures::{Ledger, LedgerCell, LedgerQuestion, LedgerRow, LedgerState};
use crate::serve::api::web_address;
use crate::serve::app::App;
use crate::serve::glossary::Glossary;
use crate::serve::parameters::usable_pairs;

/// Agencies that a page shows; the CSV has all.
const MOST_ROWS: usize = 300;

/// The matrix; what cannot be read of the address is passed over.
pub(super) async fn ledger(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let asked = Asked::read(query.as_deref().unwrap_or_default());
    let question = asked.question();
    match app.ask(move |library| library.ledger(&question)).await {
        Ok(ledger) => app.pages.page("ledger.html", View::new(&app.pages.glossary, asked, &ledger)),
        Err(problem) => app.pages.failed(&problem),
    }
}

#[derive(Debug, Default, Serialize)]
struct Asked {
    region: String,
    agency: String,
    year: String,
}

impl Asked {
    fn read(query: &str) -> Self {
        let mut asked = Self::default();
        for (name, value) in usable_pairs(query) {
            match name.as_str() {
                "region" => asked.region = value,
                "agency" => asked.agency = value,
                "year" => asked.year = value,
                _ => {}
            }
        }
        asked
    }

    fn question(&self) -> LedgerQuestion {
        LedgerQuestion {
            agencies: Some(self.agency.clone())
                .filter(|name| !name.is_empty())
                .into_iter()
                .collect(),
            region: Some(self.region.clone()).filter(|code| !code.is_empty()),
            years: self.year.parse().ok(),
        }
    }

    /// The same question to the interface.
    fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in
            [("region", &self.region), ("agency", &self.agency), ("year", &self.year)]
        {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }
}

#[derive(Debug, Serialize)]
struct View {
    q: &'static str,
    asked: Asked,
    query: String,
    years: Vec<i16>,
    rows: Vec<Row>,
    /// Agencies that are not shown.
    more: usize,
    agencies: usize,
    totals: Vec<(&'static str, String, usize)>,
}

#[derive(Debug, Serialize)]
struct Row {
    agency: String,
    cells: Vec<Cell>,
}

/// What is known of one report.
#[derive(Debug, Serialize)]
pub(super) struct Cell {
    /// State as it stands in exports: what the style sheet colours by.
    state: &'static str,
    /// The state in Chinese.
    word: String,
    /// Dates and evidence in a sentence.
    told: String,
    link: Option<String>,
}

impl View {
    fn new(glossary: &Glossary, asked: Asked, ledger: &Ledger) -> Self {
        let row = |row: &LedgerRow| Row {
            agency: row.agency.clone(),
            cells: row.cells.iter().map(|cell| Cell::new(glossary, cell)).collect(),
        };
        let total = |(state, count): (LedgerState, usize)| {
            (state.as_str(), glossary.word("ledger", state.as_str()).to_owned(), count)
        };
        Self {
            q: "",
            query: asked.query(),
            asked,
            years: ledger.years.clone(),
            rows: ledger.rows.iter().take(MOST_ROWS).map(row).collect(),
            more: ledger.rows.len().saturating_sub(MOST_ROWS),
            agencies: ledger.rows.len(),
            totals: ledger.totals().into_iter().map(total).collect(),
        }
    }
}

impl Cell {
    pub(super) fn new(glossary: &Glossary, cell: &LedgerCell) -> Self {
        let mut told = vec![glossary.word("evidence_of_report", cell.evidence.as_str()).to_owned()];
        let dates = [
            ("应于", cell.due),
            ("发布于", cell.published),
            ("自", cell.gone_since),
            ("栏目读取于", cell.looked_at),
        ];
        told.extend(dates.iter().filter_map(|(word, day)| Some(format!("{word} {}", (*day)?))));
        told.extend(cell.days_late.map(|days| format!("迟 {days} 天")));
        told.extend(Some(cell.detail.clone()).filter(|detail| !detail.is_empty()));
        let of_document = cell.document.map(|id| format!("/report/{id}"));
        Self {
            state: cell.state.as_str(),
            word: glossary.word("ledger", cell.state.as_str()).to_owned(),
            told: told.join("；"),
            link: of_document.or_else(|| cell.url.as_deref().and_then(web_address)),
        }
    }
}
