//! The figures of annual reports, read from the documents that changed.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::catalogue::Catalogue;
use crate::config::CorrectionEntry;
use crate::extract::{self, ReportStatus};
use crate::figures;
use crate::model::{Document, DocumentId, ReportFigures};
use crate::text;

/// Up to which change of the catalogue figures were read, by which rules, and with which corrections.
const REACHED: &str = "figures";
const RULES: &str = "figure_rules";
const CORRECTED: &str = "figure_corrections";
/// Documents read at a time.
const AT_ONCE: usize = 256;

/// Lets the figures of all reports be read again.
pub(super) fn begin_again(catalogue: &Catalogue) -> anyhow::Result<()> {
    catalogue.set_cursor(REACHED, 0)
}

/// Brings figures up to what the catalogue holds; returns how many reports changed.
///
/// Documents come after their files were read, so that a report that is a file has its figures too.
pub(super) fn derive(
    catalogue: &Catalogue,
    corrections: &[CorrectionEntry],
) -> anyhow::Result<usize> {
    if catalogue.cursor(RULES)? != i64::from(figures::RULES) {
        begin_again(catalogue)?;
        catalogue.set_cursor(RULES, i64::from(figures::RULES))?;
    }
    let mut changed = 0;
    let mut next = Changed::after(catalogue, catalogue.cursor(REACHED)?)?;
    while let Some(Changed { reached, reports, others }) = next {
        // The next ones come in while these are looked at.
        let (put, following) = rayon::join(
            || put(catalogue, &reports, corrections),
            || Changed::after(catalogue, reached),
        );
        changed += put? + catalogue.forget_reports(&others)?;
        catalogue.set_cursor(REACHED, reached)?;
        next = following?;
    }
    Ok(changed + correct(catalogue, corrections)?)
}

/// Documents that changed, up to a number of change; most are no annual reports, which their titles tell.
struct Changed {
    reached: i64,
    reports: Vec<Document>,
    others: Vec<DocumentId>,
}

impl Changed {
    /// The next ones; `None`: there are no more.
    fn after(catalogue: &Catalogue, reached: i64) -> anyhow::Result<Option<Self>> {
        let titles = catalogue.titles_changed_after(reached, AT_ONCE)?;
        let Some((reached, ..)) = titles.last() else { return Ok(None) };
        let mut changed = Self { reached: *reached, reports: Vec::new(), others: Vec::new() };
        for (_, id, title) in &titles {
            if extract::report_status(title, "") == ReportStatus::NotAReport {
                changed.others.push(*id);
            } else {
                changed.reports.extend(catalogue.document(id)?);
            }
        }
        Ok(Some(changed))
    }
}

/// Reads the reports again that have corrections now or had them, when the list changed.
fn correct(catalogue: &Catalogue, corrections: &[CorrectionEntry]) -> anyhow::Result<usize> {
    let mark = text::digest(&format!("{corrections:?}"));
    if catalogue.cursor(CORRECTED)? == mark {
        return Ok(0);
    }
    let named = corrections.iter().map(|entry| entry.document);
    let ids: BTreeSet<DocumentId> =
        catalogue.corrected_reports()?.into_iter().chain(named).collect();
    let mut documents = Vec::new();
    for id in ids {
        documents.extend(catalogue.document(&id)?);
    }
    let changed = put(catalogue, &documents, corrections)?;
    catalogue.set_cursor(CORRECTED, mark)?;
    Ok(changed)
}

fn put(
    catalogue: &Catalogue,
    documents: &[Document],
    corrections: &[CorrectionEntry],
) -> anyhow::Result<usize> {
    let of = |document: &Document| read(document, corrections);
    let read: Vec<Option<(&str, ReportFigures)>> = documents.par_iter().map(of).collect();
    let reports: Vec<_> = documents
        .iter()
        .zip(&read)
        .map(|(document, read)| (document, read.as_ref().map(|(state, figures)| (*state, figures))))
        .collect();
    catalogue.put_reports(&reports)
}

/// What an annual report says, with what the curator corrected; `None` for other documents.
fn read(
    document: &Document,
    corrections: &[CorrectionEntry],
) -> Option<(&'static str, ReportFigures)> {
    let status = extract::report_status(&document.title.value, &document.text);
    if status == ReportStatus::NotAReport {
        return None;
    }
    let mut report = figures::read(document);
    for entry in corrections.iter().filter(|entry| entry.document == document.id) {
        if !figures::correct(&mut report, &entry.metric, entry.value, entry.said.clone()) {
            tracing::warn!("corrections.toml: no figure has the id {}", entry.metric);
        }
    }
    let is_read = report.figures.iter().any(|figure| figure.value.is_some());
    let state = if is_read { ReportStatus::Figures } else { status };
    Some((state.as_str(), report))
}
