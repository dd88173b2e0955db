//! `GET /api/v1/coverage`.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::Holding;
use crate::export::write_rows;
use crate::model::{Column, Datum, china_day, is_within};
use crate::serve::api::given::{Form, Given, about, file};
use crate::serve::api::{Answered, Otherwise, tagged_json};
use crate::serve::app::App;
use crate::serve::download::Pieces;
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
        ("format" = Option<String>, Query, description = "`json` (default), `csv`, `jsonl`, `xlsx` or `parquet`"),
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
    let rows = coverage.rows.len();
    let form = match form {
        Form::Json => return tagged_json(&headers, &coverage),
        Form::Rows(form) => form,
    };
    let about = about("/api/v1/coverage", &query.unwrap_or_default());
    let write =
        move |to: &mut Pieces| write_rows(form, &Coverage::COLUMNS, &about, coverage.records(), to);
    file(&app, form, "coverage", rows, write).await
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
    /// The columns of [`Coverage::records`].
    pub const COLUMNS: [Column; 8] = [
        Column::text("portal", "来源网站编号；空白为导入"),
        Column::text("region", "行政区划代码（GB/T 2260）；空白为不详"),
        Column::whole("year", "年份；空白为不详"),
        Column::whole("documents", "收录文件数，含已移除的"),
        Column::whole("reports", "其中年度报告数"),
        Column::whole("removed", "其中原网站已移除的"),
        Column::text("first_captured", "现有文本最早的采集日期"),
        Column::text("last_captured", "现有文本最近的采集日期"),
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

    /// Every row.
    pub fn records(&self) -> impl Iterator<Item = Vec<Datum>> {
        self.rows.iter().map(|row| {
            vec![
                row.portal.as_deref().into(),
                row.region.as_deref().into(),
                row.year.into(),
                row.documents.into(),
                row.reports.into(),
                row.removed.into(),
                row.first_captured.as_str().into(),
                row.last_captured.as_str().into(),
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
