//! Which annual reports are held, and how much is held of what: the raw material of ledger, comparison and coverage.

use rusqlite::{OptionalExtension, Row, params};

use crate::catalogue::documents::Catalogue;
use crate::catalogue::documents::figures::{FigureQuery, agency_keys};
use crate::catalogue::values::{moment, number, word};
use crate::model::{DocumentId, Moment, PublicDate, RegionCode, Status, UrlKey};

/// An annual report that is held, of a known agency and year.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldReport {
    /// Its document.
    pub document: DocumentId,
    /// Whose it is, by its plain name.
    pub agency: String,
    /// Region of the agency.
    pub region: Option<RegionCode>,
    /// The year it is about.
    pub year: i16,
    /// Whether it is still published.
    pub status: Status,
    /// Since when that holds, where it is not live.
    pub since: Option<Moment>,
    /// When it was published, as far as it says.
    pub published: Option<PublicDate>,
    /// When it was first captured, or what was imported was dated.
    pub first_captured: Moment,
    /// Its address.
    pub url: Option<String>,
    /// Key of the page it stands on.
    pub page: Option<UrlKey>,
}

/// Which agency reported on which year, as far as reports are held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// The agency, by its plain name.
    pub agency: String,
    /// Its region.
    pub region: Option<RegionCode>,
    /// The year.
    pub year: i16,
}

/// How much is held of one portal, region and year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The portal; `None`: imported.
    pub portal: Option<String>,
    /// The region; `None`: not known.
    pub region: Option<RegionCode>,
    /// The year of the documents; `None`: not known.
    pub year: Option<i16>,
    /// How many documents, of any status but withheld.
    pub documents: u64,
    /// How many of them are annual reports.
    pub reports: u64,
    /// How many of them are not published any more.
    pub removed: u64,
    /// The first and the last capture of their newest texts.
    pub captured: (Moment, Moment),
}

impl Catalogue {
    /// The annual reports with agency and year, by agency, year and document; withheld ones are not among them.
    pub fn held_reports(&self) -> anyhow::Result<Vec<HeldReport>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "SELECT documents.id, reporters.name, reports.region, reports.year, status, status_since,
                json_extract(record, '$.published_date.value'),
                coalesce((SELECT min(captured_at) FROM versions WHERE versions.document = documents.key),
                    documents.captured_at),
                json_extract(record, '$.url'), url_key
             FROM reports JOIN documents ON documents.key = reports.document
             JOIN reporters ON reporters.key = reports.agency
             WHERE status <> ?1 AND reports.year IS NOT NULL ORDER BY reporters.name, reports.year, documents.id",
        )?;
        let mut rows = statement.query([Status::Withheld.as_str()])?;
        let mut reports = Vec::new();
        while let Some(row) = rows.next()? {
            reports.push(held(row)?);
        }
        Ok(reports)
    }

    /// The plain names of agencies of which reports are or were held, in order.
    pub fn reporters(&self) -> anyhow::Result<Vec<String>> {
        let connection = self.database.connection()?;
        Ok(agency_keys(&connection, &[])?.into_iter().map(|(_, name)| name).collect())
    }

    /// Agencies and the years of their reports that are held, each once, by agency and year; where none is named, those
    /// of all.
    pub fn reported(&self, agencies: &[String]) -> anyhow::Result<Vec<Reported>> {
        let connection = self.database.connection()?;
        let of_one = if agencies.is_empty() { "" } else { "AND reports.agency = ?2" };
        let mut statement = connection.prepare_cached(&format!(
            "SELECT reporters.name, max(reports.region), reports.year FROM reports
             JOIN reporters ON reporters.key = reports.agency
             JOIN documents ON documents.key = reports.document
             WHERE status <> ?1 AND reports.year IS NOT NULL {of_one}
             GROUP BY reporters.name, reports.year ORDER BY reporters.name, reports.year"
        ))?;
        let withheld = Status::Withheld.as_str();
        let read = |row: &Row<'_>| {
            Ok(Reported { agency: row.get(0)?, region: row.get(1)?, year: row.get(2)? })
        };
        if agencies.is_empty() {
            let rows = statement.query_map([withheld], read)?;
            return Ok(rows.collect::<Result<_, _>>()?);
        }
        let mut keys = agency_keys(&connection, agencies)?;
        keys.sort_by(|(_, a), (_, b)| a.cmp(b));
        keys.dedup();
        let mut all = Vec::new();
        for (key, _) in keys {
            let rows = statement.query_map(params![withheld, key], read)?;
            all.extend(rows.collect::<Result<Vec<_>, _>>()?);
        }
        Ok(all)
    }

    /// The reports of agencies and years, by agency, year and document; withheld ones are not among them.
    ///
    /// Metrics do not matter here.
    pub fn reports_wanted(&self, wanted: &FigureQuery) -> anyhow::Result<Vec<DocumentId>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "SELECT documents.id FROM reports JOIN documents ON documents.key = reports.document
             WHERE reports.agency = ?1 AND reports.year BETWEEN ?2 AND ?3 AND status <> ?4
             ORDER BY reports.year, documents.id",
        )?;
        let mut ids = Vec::new();
        for (agency, _) in agency_keys(&connection, &wanted.agencies)? {
            let (from, to) = wanted.span();
            let mut rows = statement.query(params![agency, from, to, Status::Withheld.as_str()])?;
            while let Some(row) = rows.next()? {
                ids.push(word(row.get_ref(0)?.as_str()?)?);
            }
        }
        Ok(ids)
    }

    /// How many figures [`Catalogue::figures`] would give, where no metric is named those of all; those of withheld
    /// reports are counted.
    pub fn count_figures(&self, wanted: &FigureQuery) -> anyhow::Result<u64> {
        let connection = self.database.connection()?;
        let mut find = connection.prepare_cached("SELECT key FROM metrics WHERE id = ?1")?;
        let mut all = connection.prepare_cached(
            "SELECT count(*) FROM figures WHERE metric = ?1 AND year BETWEEN ?2 AND ?3",
        )?;
        let mut of_one = connection.prepare_cached(
            "SELECT count(*) FROM figures WHERE metric = ?1 AND year BETWEEN ?2 AND ?3 AND agency = ?4",
        )?;
        let (from, to) = wanted.span();
        let mut keys: Vec<i64> = Vec::new();
        for metric in &wanted.metrics {
            keys.extend(find.query_row([metric], |row| row.get::<_, i64>(0)).optional()?);
        }
        if wanted.metrics.is_empty() {
            let mut every = connection.prepare_cached("SELECT key FROM metrics")?;
            let every = every.query_map([], |row| row.get(0))?;
            keys = every.collect::<Result<_, _>>()?;
        }
        let mut count = 0;
        for key in keys {
            if wanted.agencies.is_empty() {
                count += number::<u64>(all.query_row(params![key, from, to], |row| row.get(0))?)?;
                continue;
            }
            for (agency, _) in agency_keys(&connection, &wanted.agencies)? {
                count += number::<u64>(
                    of_one.query_row(params![key, from, to, agency], |row| row.get(0))?,
                )?;
            }
        }
        Ok(count)
    }

    /// How much is held, by portal, region and year; what is not known comes first.
    pub fn holdings(&self) -> anyhow::Result<Vec<Holding>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "SELECT portal, documents.region, documents.year, count(*), count(reports.document),
                sum(status = ?2), min(captured_at), max(captured_at)
             FROM documents LEFT JOIN reports ON reports.document = documents.key WHERE status <> ?1
             GROUP BY portal, documents.region, documents.year
             ORDER BY portal, documents.region, documents.year",
        )?;
        let mut rows = statement.query([Status::Withheld.as_str(), Status::Removed.as_str()])?;
        let mut holdings = Vec::new();
        while let Some(row) = rows.next()? {
            holdings.push(Holding {
                portal: row.get(0)?,
                region: row.get(1)?,
                year: row.get(2)?,
                documents: number(row.get(3)?)?,
                reports: number(row.get(4)?)?,
                removed: number(row.get(5)?)?,
                captured: (moment(row.get(6)?)?, moment(row.get(7)?)?),
            });
        }
        Ok(holdings)
    }
}

fn held(row: &Row<'_>) -> anyhow::Result<HeldReport> {
    let published: Option<String> = row.get(6)?;
    Ok(HeldReport {
        document: word(row.get_ref(0)?.as_str()?)?,
        agency: row.get(1)?,
        region: row.get(2)?,
        year: row.get(3)?,
        status: word(row.get_ref(4)?.as_str()?)?,
        since: row.get::<_, Option<i64>>(5)?.map(moment).transpose()?,
        published: published.and_then(|date| date.parse().ok()),
        first_captured: moment(row.get(7)?)?,
        url: row.get(8)?,
        page: row.get::<_, Option<String>>(9)?.map(UrlKey::from_stored),
    })
}
