//! `GET /api/v1/ledger`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::export::write_rows;
use crate::figures::{Ledger, LedgerCell, LedgerQuestion, LedgerRow};
use crate::model::{DocumentId, PublicDate};
use crate::serve::api::given::{Form, Given, about, file};
use crate::serve::api::{Answered, Otherwise, tagged_json, web_address};
use crate::serve::app::App;
use crate::serve::download::Pieces;
use crate::serve::parameters::Fault;
use crate::serve::problem::Problem;

/// Cells of one answer.
const MOST_CELLS: usize = 50_000;

/// Say who reported on which year.
///
/// Every agency of the roster (curated, and those of which a report is held or named by a list) × every year: `published`,
/// `late`, `missing`, `removed`, `unreachable`, `unchecked`, `not_due`, with dates and what the state rests on. The counts
/// of states add up to agencies × years.
#[utoipa::path(
    get,
    path = "/api/v1/ledger",
    operation_id = "ledger",
    tag = "reports",
    params(
        ("agency" = Option<Vec<String>>, Query, description = "Plain name of an agency. Several: any of them. Without it: all"),
        ("region" = Option<String>, Query, description = "Code of a region (GB/T 2260): agencies of it and of those in it"),
        ("year" = Option<String>, Query, description = "A year, or a span such as `2016..2020`; without it 2008 to last year"),
        ("format" = Option<String>, Query, description = "`json` (default), `csv`, `jsonl`, `xlsx` or `parquet`, a row for each agency and year"),
        ("bom" = Option<String>, Query, description = "With `csv`: `true` begins with a byte order mark, for Excel"),
    ),
    responses(
        (status = 200, description = "Roster × years", content(
            (LedgerAnswer = "application/json"), (String = "text/csv"))),
        (status = 400, description = "A parameter is unknown or bad, or the answer would be too large",
            body = Problem, content_type = "application/problem+json"),
        Otherwise,
    )
)]
pub(super) async fn ledger(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    let given = Given::read(query.as_deref(), &["agency", "region", "year", "format", "bom"])?;
    let question = LedgerQuestion {
        agencies: given.agencies()?,
        region: given.region()?,
        years: given.years()?,
    };
    let form = given.form()?;
    let ledger = app.ask(move |library| library.ledger(&question)).await?;
    let cells = ledger.rows.len() * ledger.years.len();
    if form == Form::Json && cells > MOST_CELLS {
        let said = format!(
            "more than {MOST_CELLS} agencies × years; choose by `region`, `agency` or `year`, or take a file (`format`)"
        );
        return Err(Fault::limit("region", said).into());
    }
    let form = match form {
        Form::Json => return tagged_json(&headers, &LedgerAnswer::from(&ledger)),
        Form::Rows(form) => form,
    };
    let about = about("/api/v1/ledger", &query.unwrap_or_default());
    let write =
        move |to: &mut Pieces| write_rows(form, &Ledger::COLUMNS, &about, ledger.records(), to);
    file(&app, form, "ledger", cells, write).await
}

/// A ledger as the API gives it, for programs that ask without HTTP.
pub fn ledger_json(ledger: &Ledger) -> serde_json::Result<String> {
    serde_json::to_string(&LedgerAnswer::from(ledger))
}

/// Roster × years.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LedgerAnswer {
    /// The years, in order.
    years: Vec<i16>,
    /// How many cells are in each state; together `rows` × `years`.
    #[schema(value_type = Object, example = json!({"published": 30, "late": 2, "missing": 4}))]
    totals: BTreeMap<&'static str, usize>,
    /// The agencies.
    rows: Vec<LedgerRowAnswer>,
}

/// The years of one agency.
#[derive(Debug, Serialize, ToSchema)]
struct LedgerRowAnswer {
    /// Its plain name.
    agency: String,
    /// GB/T 2260 code of its region.
    region: Option<String>,
    /// `government`, `department` or `township`.
    #[schema(value_type = String, example = "department")]
    kind: &'static str,
    /// Whether the curated roster names it.
    in_roster: bool,
    /// One for each year.
    cells: Vec<LedgerCellAnswer>,
}

/// One agency and one year.
#[derive(Debug, Serialize, ToSchema)]
struct LedgerCellAnswer {
    /// The year.
    year: i16,
    /// `published`, `late`, `missing`, `removed`, `unreachable`, `unchecked` or `not_due`.
    #[schema(value_type = String, example = "late")]
    state: &'static str,
    /// The last day in time; null where no rule sets one (townships since 2019).
    #[schema(example = "2021-01-31")]
    due: Option<String>,
    /// When it was published: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    published: Option<String>,
    /// How many days late.
    days_late: Option<i64>,
    /// Since when it is gone, or its page gives no answer.
    gone_since: Option<String>,
    /// When the list that should name it was last read.
    looked_at: Option<String>,
    /// Id of the report that is held.
    #[schema(value_type = Option<String>, example = "x33t8c9ab24dtk28")]
    document: Option<DocumentId>,
    /// Address of the report, or of the list that does not name it.
    url: Option<String>,
    /// What the state rests on: `report_held`, `report_held_undated`, `report_removed`, `page_removed`,
    /// `page_unreachable`, `page_not_read`, `not_in_list`, `list_unreachable`, `list_not_read_in_full`,
    /// `not_read_since_due`, `no_list_known`, `not_yet_due`, `agency_not_there`, `before_first_report`.
    #[schema(value_type = String, example = "not_in_list")]
    evidence: &'static str,
    /// More about it: portal and column that were read, why a page gives no answer.
    detail: String,
}

impl From<&Ledger> for LedgerAnswer {
    fn from(ledger: &Ledger) -> Self {
        Self {
            years: ledger.years.clone(),
            totals: ledger.totals().into_iter().map(|(state, n)| (state.as_str(), n)).collect(),
            rows: ledger.rows.iter().map(LedgerRowAnswer::from).collect(),
        }
    }
}

impl From<&LedgerRow> for LedgerRowAnswer {
    fn from(row: &LedgerRow) -> Self {
        Self {
            agency: row.agency.clone(),
            region: row.region.clone(),
            kind: row.kind.as_str(),
            in_roster: row.is_curated,
            cells: row.cells.iter().map(LedgerCellAnswer::from).collect(),
        }
    }
}

impl From<&LedgerCell> for LedgerCellAnswer {
    fn from(cell: &LedgerCell) -> Self {
        let day = |day: Option<PublicDate>| day.map(|day| day.to_string());
        Self {
            year: cell.year,
            state: cell.state.as_str(),
            due: day(cell.due),
            published: day(cell.published),
            days_late: cell.days_late,
            gone_since: day(cell.gone_since),
            looked_at: day(cell.looked_at),
            document: cell.document,
            url: cell.url.as_deref().and_then(web_address),
            evidence: cell.evidence.as_str(),
            detail: cell.detail.clone(),
        }
    }
}
