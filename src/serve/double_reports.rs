//! The double's annual reports as figures: each says how many requests came in, and from 2019 on how many were granted.

use crate::catalogue::{
    FigureMarks, FigureQuery, FigureRow, HeldReport, Holding, Report, Reported,
};
use crate::figures::{LedgerFacts, Look, Reporter};
use crate::model::{
    Amount, Document, DocumentId, Figure, FigureSource, Method, Place, ReportFigures, ReportFormat,
    ReporterKind, Scope, Status,
};

/// The agencies of the reports; the list was read on 2024-06-01 and names nothing else.
pub(super) fn ledger_facts(documents: &[Document]) -> LedgerFacts {
    let held: Vec<HeldReport> = documents.iter().filter_map(held).collect();
    let mut names: Vec<&str> = held.iter().map(|report| report.agency.as_str()).collect();
    names.dedup();
    let look = Look {
        place: ("lingzhou".into(), "年度报告".into()),
        url: "https://www.lingzhou.example/report/".into(),
        read_at: "2024-06-01T00:00:00Z".parse().ok(),
        unasked: 0,
        failed: 0,
    };
    let reporter = |name: &str| Reporter {
        name: name.into(),
        region: Some("990100".into()),
        kind: ReporterKind::of(name),
        since: Some(2008),
        until: None,
        before: Vec::new(),
        after: None,
        is_curated: true,
        looks: vec![look.clone()],
    };
    let roster = names.into_iter().map(reporter).collect();
    LedgerFacts { roster, held, named: Vec::new(), today: "2024-06-02".parse().unwrap() }
}

fn held(document: &Document) -> Option<HeldReport> {
    Some(HeldReport {
        document: document.id,
        agency: document.agency()?.to_owned(),
        region: document.region.as_ref().map(|region| region.value.clone()),
        year: document.report_year.as_ref()?.value,
        status: document.status,
        since: None,
        published: document.published_date.as_ref().map(|date| date.value),
        first_captured: document.captured_at,
        url: document.url.clone(),
        page: None,
    })
}

pub(super) fn reported(documents: &[Document]) -> Vec<Reported> {
    let of = |HeldReport { agency, region, year, .. }| Reported { agency, region, year };
    documents.iter().filter_map(held).map(of).collect()
}

pub(super) fn report(document: &Document) -> Option<Report> {
    let HeldReport { agency, region, year, .. } = held(document)?;
    let figure = |metric: &str, value: Option<i16>| Figure {
        metric: metric.to_owned(),
        value: value.map(|value| Amount(value.into())),
        unit: "件".into(),
        approximate: false,
        scope: Scope::default(),
        method: if year < 2019 { Method::Sentence } else { Method::Cell },
        printed: value.map(|value| format!("{value}件")).unwrap_or_default(),
        source: FigureSource {
            place: Place::Text,
            row: "受理依申请公开".into(),
            column: String::new(),
            cell: None,
            at: Some((3, 5)),
        },
        correction: None,
    };
    let figures = if year < 2019 {
        vec![figure("prose_requests_received", Some(year % 13))]
    } else {
        vec![
            figure("req_new_received__total", Some(year % 13)),
            figure("req_granted__total", Some(1)),
            figure("req_partially_granted__total", (year != 2020).then_some(1)),
            figure("req_processed_total__total", Some(4)),
        ]
    };
    let format = match year {
        ..2019 => ReportFormat::Narrative,
        2019..2021 => ReportFormat::Tables2019,
        _ => ReportFormat::Tables2021,
    };
    Some(Report {
        document: document.id,
        agency: Some(agency),
        region,
        year: Some(year),
        status: document.status,
        state: "figures".into(),
        version: document.captured_at,
        figures: ReportFigures {
            format: Some(format),
            figures,
            statements: Vec::new(),
            cells: Vec::new(),
            checks: Vec::new(),
        },
    })
}

pub(super) fn rows(documents: &[Document], wanted: &FigureQuery) -> Vec<FigureRow> {
    let mut rows = Vec::new();
    for metric in &wanted.metrics {
        for document in documents {
            let Some(Report { agency: Some(agency), region, year: Some(year), figures, .. }) =
                report(document)
            else {
                continue;
            };
            let is_wanted = (wanted.agencies.is_empty() || wanted.agencies.contains(&agency))
                && wanted.from.is_none_or(|from| from <= year)
                && wanted.to.is_none_or(|to| year <= to);
            let Some(figure) = figures.figure(metric).filter(|_| is_wanted) else { continue };
            rows.push(FigureRow {
                metric: metric.clone(),
                agency,
                year,
                document: document.id,
                value: figure.value,
                marks: FigureMarks::default(),
                format: figures.format,
                region,
                status: document.status,
            });
        }
    }
    rows
}

pub(super) fn wanted(documents: &[Document], wanted: &FigureQuery) -> Vec<DocumentId> {
    let is_wanted = |report: &HeldReport| {
        (wanted.agencies.is_empty() || wanted.agencies.contains(&report.agency))
            && wanted.from.is_none_or(|from| from <= report.year)
            && wanted.to.is_none_or(|to| report.year <= to)
            && report.status != Status::Withheld
    };
    documents.iter().filter_map(held).filter(is_wanted).map(|report| report.document).collect()
}

pub(super) fn holdings(documents: &[Document]) -> Vec<Holding> {
    let shown: Vec<&Document> = documents.iter().filter(|d| d.status != Status::Withheld).collect();
    let of = |portal: Option<&str>| {
        let documents = || shown.iter().filter(|document| document.portal.as_deref() == portal);
        let captured = documents().next().unwrap().captured_at;
        Holding {
            portal: portal.map(str::to_owned),
            region: portal.map(|_| "990100".into()),
            year: None,
            documents: documents().count() as u64,
            reports: documents().filter(|document| document.report_year.is_some()).count() as u64,
            removed: documents().filter(|document| document.status == Status::Removed).count()
                as u64,
            captured: (captured, captured),
        }
    };
    vec![of(None), of(Some("lingzhou"))]
}
