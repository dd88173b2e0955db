//! `GET /api/v1/coverage`.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::Holding;
use crate::model::{china_day, is_within};
use crate::serve::api::given::{Given, written};
use crate::serve::api::{Answered, Otherwise};
use crate::serve::app::App;
use crate::serve::library::Library;
use crate::serve::problem::Problem;

/// Say what is held.
///
/// Documents and annual reports by portal, region and year, with the days they were captured: the statement that belongs
/// beside every count. Documents that are closed are not counted.
#[utoipa::path(
    get,
    path = "/api/v1/coverage",
    operation_id = "coverage",
    tag = "reports",
    params(
        ("portal" = Option<String>, Query, description = "Id of a portal"),
        ("region" = Option<String>, Query, description = "Code of a region (GB/T 2260): it and those in it"),
        ("format" = Option<String>, Query, description = "`json` (default) or `csv`"),
        ("bom" = Option<String>, Query, description = "With `csv`: `true` begins with a byte order mark, for Excel"),
    ),
    responses(
        (status = 200, description = "What is held", content(
            (Coverage = "application/json"), (String = "text/csv"))),
        (status = 400, description = "A parameter is unknown or bad; `parameter` names it",
            body = Problem, content_type = "application/problem+json"),
        Otherwise,
    )
)]
pub(super) async fn coverage(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    let given = Given::read(query.as_deref(), &["portal", "region", "format", "bom"])?;
    let (portal, region, form) = (given.one("portal")?, given.region()?, given.form()?);
    let holdings = app.ask(Library::holdings).await?;
    let coverage = Coverage::of(holdings, portal.as_deref(), region.as_deref());
    written(form, &headers, &coverage, &Coverage::COLUMNS, coverage.records())
}

/// How much is held.
#[derive(Debug, Serialize, ToSchema)]
pub struct Coverage {
    /// Documents in all.
    documents: u64,
    /// Annual reports among them.
    reports: u64,
    /// By portal, region and year; what is not known is null and comes first.
    rows: Vec<CoverageRow>,
}

/// One portal, region and year.
#[derive(Debug, Serialize, ToSchema)]
struct CoverageRow {
    /// Id of the portal; null for imported documents.
    portal: Option<String>,
    /// GB/T 2260 code of the region.
    region: Option<String>,
    /// Report year, else year of the written, else of the published date.
    year: Option<i16>,
    /// Documents, removed ones too.
    documents: u64,
    /// Annual reports among them.
    reports: u64,
    /// Documents that their portal removed.
    removed: u64,
    /// First day on which the newest texts of these documents were captured.
    first_captured: String,
    /// Last such day.
    last_captured: String,
}

impl Coverage {
    /// The names of the columns of [`Coverage::records`].
    pub const COLUMNS: [&'static str; 8] = [
        "portal",
        "region",
        "year",
        "documents",
        "reports",
        "removed",
        "first_captured",
        "last_captured",
    ];

    /// What is held of a portal and a region, or of all.
    pub fn of(holdings: Vec<Holding>, portal: Option<&str>, region: Option<&str>) -> Self {
        let is_wanted = |held: &Holding| {
            portal.is_none_or(|portal| held.portal.as_deref() == Some(portal))
                && is_within(held.region.as_deref(), region)
        };
        let rows: Vec<CoverageRow> =
            holdings.into_iter().filter(is_wanted).map(CoverageRow::from).collect();
        Self {
            documents: rows.iter().map(|row| row.documents).sum(),
            reports: rows.iter().map(|row| row.reports).sum(),
            rows,
        }
    }

    /// Every row as texts; what is not known is empty.
    pub fn records(&self) -> impl Iterator<Item = Vec<String>> {
        self.rows.iter().map(|row| {
            vec![
                row.portal.clone().unwrap_or_default(),
                row.region.clone().unwrap_or_default(),
                row.year.map(|year| year.to_string()).unwrap_or_default(),
                row.documents.to_string(),
                row.reports.to_string(),
                row.removed.to_string(),
                row.first_captured.clone(),
                row.last_captured.clone(),
            ]
        })
    }
}

impl From<Holding> for CoverageRow {
    fn from(held: Holding) -> Self {
        Self {
            portal: held.portal,
            region: held.region,
            year: held.year,
            documents: held.documents,
            reports: held.reports,
            removed: held.removed,
            first_captured: china_day(held.captured.0).to_string(),
            last_captured: china_day(held.captured.1).to_string(),
        }
    }
}
