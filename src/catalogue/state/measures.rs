//! What each crawl saw of each column, kept for as long as the data folder.

use rusqlite::{OptionalExtension, TransactionBehavior, params};

use crate::catalogue::state::State;
use crate::catalogue::values::{bytes, column};
use crate::model::{Measure, PageUrl};

/// How far requests and answers have been measured: each is measured once, however often the archive is read again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// Number of the last capture.
    pub captures: i64,
    /// Number of the last request.
    pub fetches: i64,
}

/// A request that was made, as far as it is measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Its number.
    pub seq: i64,
    /// What was asked for.
    pub url: PageUrl,
    /// Status code, where there was an answer.
    pub status: Option<u16>,
    /// When.
    pub at: crate::model::Moment,
}

impl State {
    /// How far measuring has come.
    pub fn measured(&self) -> anyhow::Result<Measured> {
        let connection = self.database.connection()?;
        let sql = "SELECT captures, fetches FROM measured";
        let found = connection
            .query_row(sql, [], |row| Ok(Measured { captures: row.get(0)?, fetches: row.get(1)? }))
            .optional()?;
        Ok(found.unwrap_or_default())
    }

    /// Requests after a number, at most `limit`, with robots.txt and all.
    pub fn asked_after(&self, seq: i64, limit: usize) -> anyhow::Result<Vec<Asked>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "SELECT seq, url, status, at FROM fetches WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        )?;
        let mut rows = statement.query(params![seq, bytes(limit as u64)])?;
        let mut asked = Vec::new();
        while let Some(row) = rows.next()? {
            asked.push(Asked {
                seq: row.get(0)?,
                url: PageUrl::parse(row.get_ref(1)?.as_str()?)?,
                status: row.get(2)?,
                at: crate::catalogue::values::moment(row.get(3)?)?,
            });
        }
        Ok(asked)
    }

    /// Adds what a crawl showed, and notes how far measuring has come; all or nothing.
    pub fn add_measures(&self, measures: &[Measure], reached: Measured) -> anyhow::Result<()> {
        let mut connection = self.database.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for measure in measures {
            transaction.execute(
                "INSERT INTO measures (portal, column_name, at, record) VALUES (?1, ?2, ?3, ?4)",
                params![
                    measure.portal,
                    measure.column,
                    column(measure.at),
                    serde_json::to_string(measure)?
                ],
            )?;
        }
        transaction.execute(
            "INSERT INTO measured (one, captures, fetches) VALUES (1, ?1, ?2)
             ON CONFLICT (one) DO UPDATE SET captures = ?1, fetches = ?2",
            [reached.captures, reached.fetches],
        )?;
        Ok(transaction.commit()?)
    }

    /// The measures of every column, each with the newest `limit`, oldest first; columns in order of their names.
    pub fn measures(&self, limit: usize) -> anyhow::Result<Vec<Vec<Measure>>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "SELECT record FROM (
                 SELECT record, portal, column_name, at, seq, row_number() OVER
                     (PARTITION BY portal, column_name ORDER BY at DESC, seq DESC) AS age FROM measures)
             WHERE age <= ?1 ORDER BY portal, column_name, at, seq",
        )?;
        let mut rows = statement.query([bytes(limit as u64)])?;
        let mut columns: Vec<Vec<Measure>> = Vec::new();
        while let Some(row) = rows.next()? {
            let measure: Measure = serde_json::from_str(row.get_ref(0)?.as_str()?)?;
            let same = |of: &Vec<Measure>| {
                of.first().is_some_and(|m| m.portal == measure.portal && m.column == measure.column)
            };
            match columns.last_mut().filter(|of| same(of)) {
                Some(of) => of.push(measure),
                None => columns.push(vec![measure]),
            }
        }
        Ok(columns)
    }
}
