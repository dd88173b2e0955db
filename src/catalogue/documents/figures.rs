//! The figures of annual reports, kept with their documents, and laid out for *metric × agency × year*.
//!
//! A report is kept whole as it was read: every figure with its source and method, every check. Beside that each figure
//! that has an id, an agency and a year is one short row, in the order metric, agency, year, so that a comparison
//! reads nothing but what it shows. Rows of withheld documents are kept and never given.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use crate::catalogue::documents::Catalogue;
use crate::catalogue::values::{column, moment, packed, unpacked, word};
use crate::model::{
    Amount, Document, DocumentId, Figure, Method, Moment, ReportFigures, ReportFormat, Status,
};

/// An annual report as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Its document.
    pub document: DocumentId,
    /// Whose it is, by its plain name; `None`: not known, so that it is in no comparison.
    pub agency: Option<String>,
    /// GB/T 2260 code of the region.
    pub region: Option<String>,
    /// The year it is about; `None`: not known, so that it is in no comparison.
    pub year: Option<i16>,
    /// Whether it is still published.
    pub status: Status,
    /// Whether its text holds figures: `figures`, or `no_text` for a report whose text is a picture or lost.
    pub state: String,
    /// The capture whose text the figures are from.
    pub version: Moment,
    /// What was read.
    pub figures: ReportFigures,
}

/// Which figures are wanted. Empty lists want nothing of that kind but for `agencies`: then those of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FigureQuery {
    /// Ids of metrics.
    pub metrics: Vec<String>,
    /// Plain names of agencies.
    pub agencies: Vec<String>,
    /// The first year; `None`: from the beginning.
    pub from: Option<i16>,
    /// The last year; `None`: up to the newest.
    pub to: Option<i16>,
}

impl FigureQuery {
    /// First and last year.
    pub(super) fn span(&self) -> (i16, i16) {
        (self.from.unwrap_or(i16::MIN), self.to.unwrap_or(i16::MAX))
    }
}

/// One figure of one report.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureRow {
    /// Id of the metric.
    pub metric: String,
    /// Whose it is.
    pub agency: String,
    /// The year the report is about.
    pub year: i16,
    /// The report; an agency may have several for a year, such as a copy on another portal.
    pub document: DocumentId,
    /// The value; `None`: blank, or not to be read with certainty.
    pub value: Option<Amount>,
    /// What else there is to know.
    pub marks: FigureMarks,
    /// The form of the report: series of one metric are not joined across forms that do not mean the same.
    pub format: Option<ReportFormat>,
    /// GB/T 2260 code of the region.
    pub region: Option<String>,
    /// Whether the report is still published.
    pub status: Status,
}

/// What there is to know about a figure beside its value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub struct FigureMarks {
    /// Printed as about so much.
    pub approximate: bool,
    /// A rule it belongs to is broken ([`Report::figures`] has which, and the numbers).
    pub flagged: bool,
    /// The value is the curator's.
    pub corrected: bool,
    /// Cut out of digits without separators, or cannot be; never what the curator says.
    pub cut: bool,
}

impl FigureMarks {
    /// The marks of a figure of a report, given the ids of those that belong to a broken rule.
    pub fn of(figure: &Figure, broken: &BTreeSet<&str>) -> Self {
        Self {
            approximate: figure.approximate,
            flagged: broken.contains(figure.metric.as_str()),
            corrected: figure.correction.is_some(),
            cut: figure.correction.is_none()
                && matches!(
                    figure.method,
                    Method::Digits | Method::RowSum | Method::ColumnSum | Method::Prose
                ),
        }
    }

    fn stored(self) -> i64 {
        let bits = [self.approximate, self.flagged, self.corrected, self.cut];
        bits.iter().rev().fold(0, |all, bit| all << 1 | i64::from(*bit))
    }

    fn from_stored(bits: i64) -> Self {
        let has = |bit: i64| bits >> bit & 1 == 1;
        Self { approximate: has(0), flagged: has(1), corrected: has(2), cut: has(3) }
    }
}

impl Catalogue {
    /// Keeps what was read from annual reports in the place of what was; `None`: the document is none.
    ///
    /// Agency, region and version are those of the document. Returns how many reports changed.
    pub fn put_reports(
        &self,
        reports: &[(&Document, Option<(&str, &ReportFigures)>)],
    ) -> anyhow::Result<usize> {
        let mut connection = self.database.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut changed = 0;
        for (document, read) in reports {
            let Some(key) = key_of(&transaction, &document.id)? else { continue };
            changed += usize::from(match read {
                Some((state, figures)) => put_one(&transaction, key, document, state, figures)?,
                None => forget(&transaction, key)?,
            });
        }
        transaction.commit()?;
        Ok(changed)
    }

    /// Forgets what was read from documents that are no annual reports; returns how many of them were.
    pub fn forget_reports(&self, ids: &[DocumentId]) -> anyhow::Result<usize> {
        let mut connection = self.database.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut forgotten = 0;
        for id in ids {
            if let Some(key) = key_of(&transaction, id)? {
                forgotten += usize::from(forget(&transaction, key)?);
            }
        }
        transaction.commit()?;
        Ok(forgotten)
    }

    /// The figures of a document; `None` when it is no annual report, or withheld.
    pub fn report(&self, id: &DocumentId) -> anyhow::Result<Option<Report>> {
        let connection = self.database.connection()?;
        let mut statement =
            connection.prepare_cached(&format!("{REPORT} AND documents.id = ?2"))?;
        let mut rows = statement.query([Status::Withheld.as_str(), id.as_str()])?;
        rows.next()?.map(report).transpose()
    }

    /// The reports of an agency, of one year or of all, by year and document.
    pub fn reports_of(&self, agency: &str, year: Option<i16>) -> anyhow::Result<Vec<Report>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(&format!(
            "{REPORT} AND reporters.name = ?2 AND (?3 IS NULL OR reports.year = ?3)
             ORDER BY reports.year, documents.id"
        ))?;
        let mut rows = statement.query(params![Status::Withheld.as_str(), agency, year])?;
        let mut reports = Vec::new();
        while let Some(row) = rows.next()? {
            reports.push(report(row)?);
        }
        Ok(reports)
    }

    /// The figures that are wanted, by metric, agency, year and document: first as they are asked for, then in order.
    pub fn figures(&self, wanted: &FigureQuery) -> anyhow::Result<Vec<FigureRow>> {
        let connection = self.database.connection()?;
        let mut find = connection.prepare_cached("SELECT key FROM metrics WHERE id = ?1")?;
        let mut rows_of = connection.prepare_cached(
            "SELECT year, document, value, marks FROM figures
             WHERE metric = ?1 AND agency = ?2 AND year BETWEEN ?3 AND ?4 ORDER BY year, document",
        )?;
        let mut found = Vec::new();
        let mut known = HashMap::new();
        let agencies = agency_keys(&connection, &wanted.agencies)?;
        let (from, to) = wanted.span();
        for metric in &wanted.metrics {
            let key: Option<i64> = find.query_row([metric], |row| row.get(0)).optional()?;
            let Some(key) = key else { continue };
            for (agency, name) in &agencies {
                let mut rows = rows_of.query(params![key, agency, from, to])?;
                while let Some(row) = rows.next()? {
                    let document: i64 = row.get(1)?;
                    let head = match known.get(&document) {
                        Some(head) => head,
                        None => known.entry(document).or_insert(head(&connection, document)?),
                    };
                    let Some(head) = head else { continue };
                    found.push(FigureRow {
                        metric: metric.clone(),
                        agency: name.clone(),
                        year: row.get(0)?,
                        document: head.id,
                        value: row.get::<_, Option<f64>>(2)?.map(Amount),
                        marks: FigureMarks::from_stored(row.get(3)?),
                        format: head.format,
                        region: head.region.clone(),
                        status: head.status,
                    });
                }
            }
        }
        Ok(found)
    }

    /// The reports that hold a correction.
    pub fn corrected_reports(&self) -> anyhow::Result<Vec<DocumentId>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "SELECT id FROM reports JOIN documents ON documents.key = document WHERE corrected ORDER BY id",
        )?;
        let mut rows = statement.query([])?;
        let mut ids = Vec::new();
        while let Some(row) = rows.next()? {
            ids.push(word(row.get_ref(0)?.as_str()?)?);
        }
        Ok(ids)
    }
}

fn key_of(connection: &Connection, id: &DocumentId) -> anyhow::Result<Option<i64>> {
    let mut find = connection.prepare_cached("SELECT key FROM documents WHERE id = ?1")?;
    Ok(find.query_row([id.as_str()], |row| row.get(0)).optional()?)
}

/// What rows of one document share.
struct Head {
    id: DocumentId,
    status: Status,
    format: Option<ReportFormat>,
    region: Option<String>,
}

/// `None` for a document that is withheld.
fn head(connection: &Connection, document: i64) -> anyhow::Result<Option<Head>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, status, format, reports.region FROM reports JOIN documents ON documents.key = document
         WHERE document = ?1 AND status <> ?2",
    )?;
    let mut rows = statement.query(params![document, Status::Withheld.as_str()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let format: Option<String> = row.get(2)?;
    Ok(Some(Head {
        id: word(row.get_ref(0)?.as_str()?)?,
        status: word(row.get_ref(1)?.as_str()?)?,
        format: format.as_deref().map(word).transpose()?,
        region: row.get(3)?,
    }))
}

/// The keys of agencies, all of them when none is named.
pub(super) fn agency_keys(
    connection: &Connection,
    names: &[String],
) -> anyhow::Result<Vec<(i64, String)>> {
    if names.is_empty() {
        let mut statement =
            connection.prepare_cached("SELECT key, name FROM reporters ORDER BY name")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        return Ok(rows.collect::<Result<_, _>>()?);
    }
    let mut find = connection.prepare_cached("SELECT key FROM reporters WHERE name = ?1")?;
    let mut keys = Vec::new();
    for name in names {
        let key: Option<i64> = find.query_row([name], |row| row.get(0)).optional()?;
        keys.extend(key.map(|key| (key, name.clone())));
    }
    Ok(keys)
}

const REPORT: &str = "SELECT documents.id, reporters.name, reports.region, reports.year, reports.state, version,
        reports.body, documents.status
    FROM reports JOIN documents ON documents.key = document LEFT JOIN reporters ON reporters.key = reports.agency
    WHERE documents.status <> ?1";

fn report(row: &Row<'_>) -> anyhow::Result<Report> {
    Ok(Report {
        document: word(row.get_ref(0)?.as_str()?)?,
        agency: row.get(1)?,
        region: row.get(2)?,
        year: row.get(3)?,
        state: row.get(4)?,
        version: moment(row.get(5)?)?,
        figures: unpacked(row.get_ref(6)?.as_blob()?)?,
        status: word(row.get_ref(7)?.as_str()?)?,
    })
}

/// Writes a report where it differs from what is held; tells whether it did.
fn put_one(
    connection: &Connection,
    key: i64,
    document: &Document,
    state: &str,
    figures: &ReportFigures,
) -> anyhow::Result<bool> {
    let agency = document
        .agency()
        .map(|name| interned(connection, "reporters", "name", name))
        .transpose()?;
    let region = document.region.as_ref().map(|region| &region.value);
    let year = document.report_year.as_ref().map(|year| year.value);
    let (body, version) = (packed(figures)?, column(document.captured_at));
    let mut same = connection.prepare_cached(
        "SELECT 1 FROM reports WHERE document = ?1 AND agency IS ?2 AND region IS ?3 AND year IS ?4
            AND state = ?5 AND version = ?6 AND body = ?7",
    )?;
    if same.exists(params![key, agency, region, year, state, version, body])? {
        return Ok(false);
    }
    forget(connection, key)?;
    let corrected = figures.figures.iter().any(|figure| figure.correction.is_some());
    let format = figures.format.map(ReportFormat::as_str);
    let mut put = connection.prepare_cached(
        "INSERT INTO reports (document, agency, region, year, format, state, version, corrected, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    put.execute(params![key, agency, region, year, format, state, version, corrected, body])?;
    let (Some(agency), Some(year)) = (agency, year) else { return Ok(true) };
    let broken: BTreeSet<&str> =
        figures.broken().flat_map(|check| check.metrics.iter().map(String::as_str)).collect();
    let mut row = connection.prepare_cached(
        "INSERT OR REPLACE INTO figures (metric, agency, year, document, value, marks)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for figure in &figures.figures {
        let metric = interned(connection, "metrics", "id", &figure.metric)?;
        let marks = FigureMarks::of(figure, &broken).stored();
        row.execute(params![metric, agency, year, key, figure.value.map(|value| value.0), marks])?;
    }
    Ok(true)
}

/// The key of a name, which is noted when it is new.
fn interned(connection: &Connection, table: &str, column: &str, name: &str) -> anyhow::Result<i64> {
    let mut find =
        connection.prepare_cached(&format!("SELECT key FROM {table} WHERE {column} = ?1"))?;
    if let Some(key) = find.query_row([name], |row| row.get(0)).optional()? {
        return Ok(key);
    }
    let insert = format!("INSERT INTO {table} ({column}) VALUES (?1)");
    Ok(connection.prepare_cached(&insert)?.insert([name])?)
}

/// Forgets the figures of a document; tells whether there were any.
pub(super) fn forget(connection: &Connection, key: i64) -> anyhow::Result<bool> {
    let mut find =
        connection.prepare_cached("SELECT agency, year, body FROM reports WHERE document = ?1")?;
    let held: Option<(Option<i64>, Option<i16>, Vec<u8>)> =
        find.query_row([key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
    let Some((agency, year, body)) = held else { return Ok(false) };
    if let (Some(agency), Some(year)) = (agency, year) {
        // Rows are found by what they are ordered by: an index by document would double their size.
        let figures: ReportFigures = unpacked(&body)?;
        let mut delete = connection.prepare_cached(
            "DELETE FROM figures WHERE metric = (SELECT key FROM metrics WHERE id = ?1)
                AND agency = ?2 AND year = ?3 AND document = ?4",
        )?;
        for figure in &figures.figures {
            delete.execute(params![figure.metric, agency, year, key])?;
        }
    }
    connection.prepare_cached("DELETE FROM reports WHERE document = ?1")?.execute([key])?;
    Ok(true)
}
