//! Changes in their order, each with the time from which readers could see it.

use rusqlite::{OptionalExtension, params};

use crate::catalogue::documents::Catalogue;
use crate::catalogue::values::{bytes, column, moment, word};
use crate::model::{Document, DocumentId, Moment, Status};

/// The last change of one document.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// Its number: the place in the order of all changes.
    pub number: i64,
    /// From when readers could see it.
    pub at: Moment,
    /// The document.
    pub id: DocumentId,
    /// What it is now; `None` when it is not given any more: withheld, or no longer read from the archive.
    pub document: Option<Document>,
}

/// Which changes are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangesWanted {
    /// Those after this number.
    pub after: i64,
    /// Seen at this time or later.
    pub from: Option<Moment>,
    /// Seen at this time or earlier.
    pub until: Option<Moment>,
    /// Of this portal; what is not read any more has none.
    pub portal: Option<String>,
    /// The last ones first.
    pub newest_first: bool,
    /// So many at most.
    pub limit: usize,
}

/// The addresses of a part of the documents.
pub type Places = Vec<(DocumentId, Moment)>;

const ORDER: &str = "
    SELECT change, id FROM (
        SELECT change, id, portal FROM documents UNION ALL SELECT change, id, NULL FROM dropped)
    WHERE change > ?1 AND change <= ?2 AND (?3 IS NULL OR portal = ?3)";

impl Catalogue {
    /// Notes that readers see every change so far from a time on; those noted before keep their time.
    pub fn date_changes(&self, now: Moment) -> anyhow::Result<()> {
        let connection = self.database.connection()?;
        connection.execute(
            "INSERT INTO dated (change, at)
             SELECT next - 1, max(?1, coalesce((SELECT max(at) FROM dated), 0)) FROM next_change
             WHERE next - 1 > coalesce((SELECT max(change) FROM dated), 0)",
            [column(now)],
        )?;
        Ok(())
    }

    /// The changes that are wanted, in their order; only those that readers can see.
    pub fn changes(&self, wanted: &ChangesWanted) -> anyhow::Result<Vec<Changed>> {
        let connection = self.database.connection()?;
        let from = wanted.from.map_or(i64::MIN, column);
        let until = wanted.until.map_or(i64::MAX, column);
        let before = "SELECT coalesce(max(change), 0) FROM dated WHERE at < ?1";
        let before: i64 = connection.query_row(before, [from], |row| row.get(0))?;
        let last = "SELECT coalesce(max(change), 0) FROM dated WHERE at <= ?1";
        let last: i64 = connection.query_row(last, [until], |row| row.get(0))?;
        let order = if wanted.newest_first { "DESC" } else { "ASC" };
        let mut statement =
            connection.prepare_cached(&format!("{ORDER} ORDER BY change {order} LIMIT ?4"))?;
        let after = wanted.after.max(before);
        let limit = bytes(wanted.limit as u64);
        let mut rows = statement.query(params![after, last, wanted.portal, limit])?;
        let mut changes = Vec::new();
        while let Some(row) = rows.next()? {
            changes.push(self.changed(row.get(0)?, word(row.get_ref(1)?.as_str()?)?)?);
        }
        Ok(changes)
    }

    /// The last change of a document that readers can see; `None` where there never was such a document.
    pub fn last_change_of(&self, id: &DocumentId) -> anyhow::Result<Option<Changed>> {
        let connection = self.database.connection()?;
        let sql = "SELECT change FROM documents WHERE id = ?1
             UNION ALL SELECT change FROM dropped WHERE id = ?1 LIMIT 1";
        let number = connection.query_row(sql, [id.as_str()], |row| row.get(0)).optional()?;
        let number: Option<i64> = number;
        let seen = "SELECT coalesce(max(change), 0) FROM dated";
        let seen: i64 = connection.query_row(seen, [], |row| row.get(0))?;
        number.filter(|number| *number <= seen).map(|number| self.changed(number, *id)).transpose()
    }

    /// From when readers could see the first change; `None` before there is one.
    pub fn first_change_at(&self) -> anyhow::Result<Option<Moment>> {
        let connection = self.database.connection()?;
        let at: Option<i64> =
            connection.query_row("SELECT min(at) FROM dated", [], |row| row.get(0))?;
        at.map(moment).transpose()
    }

    /// The documents of a part of all rows, those that are given, and when they were last captured.
    pub fn places(&self, part: usize, rows_of_a_part: usize) -> anyhow::Result<Places> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "SELECT id, captured_at FROM documents
             WHERE key > ?1 AND key <= ?1 + ?2 AND status <> ?3 ORDER BY key",
        )?;
        let size = bytes(rows_of_a_part as u64);
        let start = bytes(part as u64).saturating_mul(size);
        let mut rows = statement.query(params![start, size, Status::Withheld.as_str()])?;
        let mut places = Vec::new();
        while let Some(row) = rows.next()? {
            places.push((word(row.get_ref(0)?.as_str()?)?, moment(row.get(1)?)?));
        }
        Ok(places)
    }

    /// How many parts of so many rows there are.
    pub fn parts_of_places(&self, rows_of_a_part: usize) -> anyhow::Result<usize> {
        let connection = self.database.connection()?;
        let last: i64 =
            connection
                .query_row("SELECT coalesce(max(key), 0) FROM documents", [], |row| row.get(0))?;
        Ok(usize::try_from(last)?.div_ceil(rows_of_a_part.max(1)))
    }

    fn changed(&self, number: i64, id: DocumentId) -> anyhow::Result<Changed> {
        let connection = self.database.connection()?;
        let mut statement = connection
            .prepare_cached("SELECT at FROM dated WHERE change >= ?1 ORDER BY change LIMIT 1")?;
        let at = moment(statement.query_row([number], |row| row.get(0))?)?;
        let document = self.document(&id)?.filter(|found| found.status != Status::Withheld);
        Ok(Changed { number, at, id, document })
    }
}
