//! The log of requests: what proves that the crawler kept its manners.

use std::time::Duration;

use rusqlite::{Connection, Row, params};

use crate::catalogue::state::State;
use crate::catalogue::values::{bytes, column, moment, number, word, word_of};
use crate::model::{Moment, NoAnswer, PageKind, PageUrl, PortalId};

/// One request, answered or not; or one that was not made, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchRow {
    /// When the answer began, or the request was given up.
    pub at: Moment,
    /// For which portal.
    pub portal: PortalId,
    /// What was asked for.
    pub url: PageUrl,
    /// What kind of page that is.
    pub kind: PageKind,
    /// Status code, or why there was no answer.
    pub result: Result<u16, NoAnswer>,
    /// Bytes of payload that came.
    pub bytes: u64,
    /// When the request was made; `None` where rules kept it from being made.
    pub request: Option<Request>,
}

/// When a request was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// When it was sent.
    pub asked: Moment,
    /// When the last byte of its answer was there, or it was given up.
    pub ended: Moment,
    /// The pause that has to follow it before the host is asked again.
    pub pause: Duration,
}

impl State {
    /// Hands over every request that was made since a moment, in the order they were made.
    ///
    /// Rows of versions that did not note times are left out.
    pub fn for_each_fetch(
        &self,
        since: Option<Moment>,
        mut take: impl FnMut(FetchRow) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "SELECT at, portal, url, kind, status, reason, bytes, asked, ended, pause
             FROM fetches WHERE asked IS NOT NULL AND asked >= ?1 ORDER BY asked, seq",
        )?;
        let mut rows = statement.query([since.map_or(i64::MIN, column)])?;
        while let Some(row) = rows.next()? {
            take(fetch(row)?)?;
        }
        Ok(())
    }
}

/// Adds a line to the log.
pub(super) fn insert(connection: &Connection, row: &FetchRow) -> anyhow::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO fetches (at, portal, url, kind, status, reason, bytes, asked, ended, pause)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    let microseconds = |time: Duration| bytes(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    statement.execute(params![
        column(row.at),
        row.portal,
        row.url.as_str(),
        row.kind.as_str(),
        row.result.ok(),
        row.result.err().map(|reason| word_of(&reason)).transpose()?,
        bytes(row.bytes),
        row.request.map(|request| column(request.asked)),
        row.request.map(|request| column(request.ended)),
        row.request.map(|request| microseconds(request.pause)),
    ])?;
    Ok(())
}

fn fetch(row: &Row<'_>) -> anyhow::Result<FetchRow> {
    let result = match row.get::<_, Option<u16>>(4)? {
        Some(status) => Ok(status),
        None => Err(word(row.get_ref(5)?.as_str()?)?),
    };
    Ok(FetchRow {
        at: moment(row.get(0)?)?,
        portal: row.get(1)?,
        url: PageUrl::parse(row.get_ref(2)?.as_str()?)?,
        kind: word(row.get_ref(3)?.as_str()?)?,
        result,
        bytes: number(row.get(6)?)?,
        request: Some(Request {
            asked: moment(row.get(7)?)?,
            ended: moment(row.get(8)?)?,
            pause: Duration::from_micros(number(row.get(9)?)?),
        }),
    })
}
