//! `GET /api/v1/figures` and `GET /api/v1/reports/{id}`: figures with the places they were read from.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State, rejection::PathRejection},
    http::HeaderMap,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::{FigureMarks, FigureQuery, Report};
use crate::export::{RowForm, rows, write_rows};
use crate::model::{
    Amount, Check, Column, Datum, DocumentId, Figure, Place, ReportFigures, ReportFormat,
};
use crate::serve::api::given::{Form, Given, about, download, file};
use crate::serve::api::{Answered, Otherwise, document_id, tagged_json};
use crate::serve::app::App;
use crate::serve::download::Pieces;
use crate::serve::library::Library;
use crate::serve::parameters::Fault;
use crate::serve::problem::{NOT_FOUND, Problem};

/// Figures of one answer.
const MOST_FIGURES: u64 = 20_000;

/// Read figures of annual reports.
///
/// Every figure of the chosen metrics, agencies and years as it was read: value, unit, the printed string, how it was read,
/// and where it stands. A blank is null and never 0; a number that breaks a rule is published as it stands, and flagged.
#[utoipa::path(
    get,
    path = "/api/v1/figures",
    operation_id = "figures",
    tag = "reports",
    params(
        ("metric" = Option<Vec<String>>, Query, description = "Id of a metric (`/api/v1/metrics`); at most 10. Without it: all, \
            only in files"),
        ("agency" = Option<Vec<String>>, Query, description = "Plain name of an agency; at most 200. Without it: all"),
        ("year" = Option<String>, Query, description = "A year, or a span such as `2016..2020`; without it all"),
        ("format" = Option<String>, Query, description = "`json` (default), `csv`, `jsonl`, `xlsx` (at most 200,000 rows) or \
            `parquet`: a row for each figure, by agency, year and document, of any number"),
        ("bom" = Option<String>, Query, description = "With `csv`: `true` begins with a byte order mark, for Excel"),
    ),
    responses(
        (status = 200, description = "The figures", content(
            (FiguresAnswer = "application/json"), (String = "text/csv"))),
        (status = 400, description = "A parameter is unknown, bad or missing, or the answer would be too large",
            body = Problem, content_type = "application/problem+json"),
        Otherwise,
    )
)]
pub(super) async fn figures(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    let given = Given::read(query.as_deref(), &["metric", "agency", "year", "format", "bom"])?;
    let (years, form) = (given.years()?, given.form()?);
    let wanted = FigureQuery {
        metrics: if form == Form::Json { given.metrics()? } else { given.metrics_or_all()? },
        agencies: given.agencies()?,
        from: years.map(|years| years.first),
        to: years.map(|years| years.last),
    };
    if let Form::Rows(form) = form {
        let about = about("/api/v1/figures", &query.unwrap_or_default());
        let prepare = move |library: &dyn Library| reports_for(library, wanted, form);
        let write = move |library: &dyn Library, (ids, wanted): Wanted, to: &mut Pieces| {
            let mut writer = rows(form, &FigureAnswer::COLUMNS, &about, to)?;
            of_reports(library, &ids, &wanted, |figure| writer.put(&figure.record()))?;
            writer.end()
        };
        return app.download(download(form, "figures"), prepare, write).await;
    }
    let figures = app
        .ask(move |library| {
            if library.count_figures(&wanted)? > MOST_FIGURES {
                return Ok(None);
            }
            let mut figures = Vec::new();
            let ids = library.reports(&wanted)?;
            of_reports(library, &ids, &wanted, |figure| {
                figures.push(figure);
                Ok(())
            })?;
            let place = |id: &str| wanted.metrics.iter().position(|metric| metric == id);
            figures.sort_by_key(|figure| place(&figure.metric));
            Ok(Some(figures))
        })
        .await?;
    let Some(figures) = figures else {
        let said = format!(
            "more than {MOST_FIGURES} figures; choose by `agency` or `year`, or take a file (`format`)"
        );
        return Err(Fault::limit("agency", said).into());
    };
    tagged_json(&headers, &FiguresAnswer { figures })
}

/// Reports, and which of their figures.
type Wanted = (Vec<DocumentId>, FigureQuery);

/// The reports that a file of figures is made of, unless it would be too long.
fn reports_for(
    library: &dyn Library,
    wanted: FigureQuery,
    form: RowForm,
) -> Result<Wanted, Problem> {
    let found = library.count_figures(&wanted).and_then(|count| {
        Ok(match form.check(count) {
            Ok(()) => Ok(library.reports(&wanted)?),
            Err(said) => Err(said),
        })
    });
    match found {
        Ok(Ok(ids)) => Ok((ids, wanted)),
        Ok(Err(said)) => Err(Fault::limit("format", said).into()),
        Err(error) => Err(Problem::internal(&error)),
    }
}

/// Hands over the wanted figures of reports, one report after the other: no more than one is in memory.
fn of_reports(
    library: &dyn Library,
    ids: &[DocumentId],
    wanted: &FigureQuery,
    mut take: impl FnMut(FigureAnswer) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for id in ids {
        let Some(report) = library.report(id)? else { continue };
        for figure in FigureAnswer::of_report(&report, &wanted.metrics) {
            take(figure)?;
        }
    }
    Ok(())
}

/// Figures with their sources.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FiguresAnswer {
    /// By metric, agency, year and document.
    figures: Vec<FigureAnswer>,
}

/// One figure of one report.
#[derive(Debug, Serialize, ToSchema)]
#[allow(clippy::struct_excessive_bools, reason = "independent marks")]
pub struct FigureAnswer {
    /// Id of the metric.
    metric: String,
    /// Whose it is.
    agency: String,
    /// GB/T 2260 code of the region.
    region: Option<String>,
    /// The year the report is about.
    year: i16,
    /// The value; null: blank, or not to be read with certainty.
    #[schema(value_type = Option<f64>)]
    value: Option<Amount>,
    /// What it counts, as printed beside it, else as the form has it.
    unit: String,
    /// The string it was read from.
    printed: String,
    /// How it was read: `cell`, `digits`, `row_sum`, `column_sum`, `prose`, `sentence`, `stated_zero`.
    #[schema(value_type = String, example = "cell")]
    method: &'static str,
    /// Printed as about so much.
    approximate: bool,
    /// A rule it belongs to is broken.
    flagged: bool,
    /// Corrected by a curator.
    corrected: bool,
    /// Form of the report.
    #[schema(value_type = Option<String>, example = "2021")]
    form: Option<&'static str>,
    /// The report.
    #[schema(value_type = String, example = "x33t8c9ab24dtk28")]
    document: DocumentId,
    /// Whether the report is still published.
    #[schema(value_type = String, example = "live")]
    status: &'static str,
    /// What it stands in: `text`, `table N` (from 0), or the address of a file.
    place: String,
    /// Label of its row, or the sentence.
    row: String,
    /// Label of its column.
    column: String,
    /// Row and column of the grid, from 0.
    cell: Option<(usize, usize)>,
    /// First character and the one behind the last, from 0.
    at: Option<(usize, usize)>,
}

impl FigureAnswer {
    /// The columns of [`FigureAnswer::record`].
    pub const COLUMNS: [Column; 19] = [
        Column::text("metric", "指标编号，见 /api/v1/metrics"),
        Column::text("agency", "机关名称"),
        Column::text("region", "行政区划代码（GB/T 2260）"),
        Column::whole("year", "报告年度"),
        Column::number("value", "数值；空白表示原文空白或无法确定，不是零"),
        Column::text("unit", "单位"),
        Column::text("printed", "原文字样"),
        Column::text(
            "method",
            "读取方式：cell 单元格、digits、row_sum、column_sum、prose 从数字串切分、sentence 正文、stated_zero 正文说明没有",
        ),
        Column::truth("approximate", "原文为约数"),
        Column::truth("flagged", "与报告内其他数字矛盾，数值按原文"),
        Column::truth("corrected", "经本站更正"),
        Column::text("form", "报告格式：narrative、zhejiang2013、national2014、2019、2021"),
        Column::text("document", "报告的文件编号，见 /report/编号"),
        Column::text("status", "原文状态"),
        Column::text("place", "所在位置：text 正文、table N 第几个表格（从 0 起），或附件地址"),
        Column::text("row", "行名，或所在句子"),
        Column::text("column", "列名"),
        Column::text("cell", "表格中的行:列（从 0 起）"),
        Column::text("at", "正文中的字符起:止（从 0 起）"),
    ];

    /// The figures of a report with these ids, where there are none all of them.
    pub fn of_report(report: &Report, metrics: &[String]) -> Vec<Self> {
        let broken: BTreeSet<&str> =
            report.figures.broken().flat_map(|check| &check.metrics).map(String::as_str).collect();
        let figures = report.figures.figures.iter();
        figures
            .filter(|figure| metrics.is_empty() || metrics.contains(&figure.metric))
            .map(|figure| Self::new(report, figure, FigureMarks::of(figure, &broken)))
            .collect()
    }

    fn new(report: &Report, figure: &Figure, marks: FigureMarks) -> Self {
        Self {
            metric: figure.metric.clone(),
            agency: report.agency.clone().unwrap_or_default(),
            region: report.region.clone(),
            year: report.year.unwrap_or_default(),
            value: figure.value,
            unit: figure.unit.clone(),
            printed: figure.printed.clone(),
            method: figure.method.as_str(),
            approximate: marks.approximate,
            flagged: marks.flagged,
            corrected: marks.corrected,
            form: report.figures.format.map(ReportFormat::as_str),
            document: report.document,
            status: report.status.as_str(),
            place: place(&figure.source.place),
            row: figure.source.row.clone(),
            column: figure.source.column.clone(),
            cell: figure.source.cell,
            at: figure.source.at,
        }
    }

    /// The figure as a row.
    pub fn record(self) -> Vec<Datum> {
        let pair = |pair: Option<(usize, usize)>| pair.map(|(a, b)| format!("{a}:{b}"));
        vec![
            self.metric.into(),
            self.agency.into(),
            self.region.into(),
            self.year.into(),
            self.value.into(),
            self.unit.into(),
            self.printed.into(),
            self.method.into(),
            self.approximate.into(),
            self.flagged.into(),
            self.corrected.into(),
            self.form.into(),
            self.document.into(),
            self.status.into(),
            self.place.into(),
            self.row.into(),
            self.column.into(),
            pair(self.cell).into(),
            pair(self.at).into(),
        ]
    }
}

fn place(place: &Place) -> String {
    match place {
        Place::Text => "text".to_owned(),
        Place::Table { n } => format!("table {n}"),
        Place::File { url } => url.clone(),
    }
}

/// Read an annual report as figures.
///
/// Everything that was read from one report: figures with their places, other numbers of its sentences, cells of tables
/// whose form is not known, and every rule that could be judged, within the report and against the year before.
#[utoipa::path(
    get,
    path = "/api/v1/reports/{id}",
    operation_id = "report",
    tag = "reports",
    params(
        ("id" = String, Path, description = "Id of the document", example = "x33t8c9ab24dtk28",
            pattern = "^[0-9a-zA-Z]{16}$"),
        ("format" = Option<String>, Query, description = "`json` (default); `csv`, `jsonl`, `xlsx` or `parquet`: a row for \
            each figure"),
        ("bom" = Option<String>, Query, description = "With `csv`: `true` begins with a byte order mark, for Excel"),
    ),
    responses(
        (status = 200, description = "The report", content(
            (ReportAnswer = "application/json"), (String = "text/csv"))),
        (status = 400, description = "The id is none, or a parameter is unknown",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such document, or it is no annual report",
            body = Problem, content_type = "application/problem+json"),
        Otherwise,
    )
)]
pub(super) async fn report(
    State(app): State<Arc<App>>,
    typed: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    let form = Given::read(query.as_deref(), &["format", "bom"])?.form()?;
    let typed = typed.map(|Path(typed)| typed).unwrap_or_default();
    let id = document_id(&typed)?;
    let found = app
        .ask(move |library| {
            let Some(report) = library.report(&id)? else { return Ok(None) };
            let across_years = library.across_years(&report)?;
            Ok(Some((report, across_years)))
        })
        .await?;
    let Some((report, across_years)) = found else {
        return Err(Problem::new(
            &NOT_FOUND,
            format!("`{id}` is no annual report that is held here"),
        ));
    };
    if let Form::Rows(form) = form {
        let about = about(&format!("/api/v1/reports/{id}"), "");
        let figures = FigureAnswer::of_report(&report, &[]);
        let write = move |to: &mut Pieces| {
            let rows = figures.into_iter().map(FigureAnswer::record);
            write_rows(form, &FigureAnswer::COLUMNS, &about, rows, to)
        };
        let count = report.figures.figures.len();
        return file(&app, form, &format!("report-{id}"), count, write).await;
    }
    let Report { document, agency, region, year, state, version, figures, .. } = report;
    let version = version.to_string();
    tagged_json(
        &headers,
        &ReportAnswer { document, agency, region, year, state, version, figures, across_years },
    )
}

/// An annual report as figures.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReportAnswer {
    /// Its document.
    #[schema(value_type = String, example = "x33t8c9ab24dtk28")]
    document: DocumentId,
    /// Whose it is.
    agency: Option<String>,
    /// GB/T 2260 code of the region.
    region: Option<String>,
    /// The year it is about.
    year: Option<i16>,
    /// `figures`, or `no_text` for a report whose text is a picture or lost.
    state: String,
    /// The capture whose text the figures are from.
    version: String,
    /// `format`, `figures` (metric, value, unit, method, printed, source …), `statements`, `cells`, `checks` (rule, scope,
    /// verdict `holds`, `broken`, `used` or `note`, left, right).
    #[schema(value_type = Object)]
    figures: ReportFigures,
    /// Checks against other reports: that on the year before and, of a government (`R1`), those of its departments.
    #[schema(value_type = Vec<Object>)]
    across_years: Vec<Check>,
}
