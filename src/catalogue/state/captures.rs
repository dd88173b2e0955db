//! Where each answer and each imported record stands in the archive.

use rusqlite::{Connection, OptionalExtension, Params, Row, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use crate::catalogue::state::State;
use crate::catalogue::values::{bytes, column, moment, number, word};
use crate::model::{Imported, Moment, PageKind, PageUrl, PortalId, Position, UrlKey};

/// An answer that is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct CaptureRow {
    /// The page that answered: address, and what was sent there.
    pub key: UrlKey,
    /// The address asked for.
    pub url: PageUrl,
    /// When.
    pub at: Moment,
    /// What kind of page was expected.
    pub kind: PageKind,
    /// For which portal.
    pub portal: PortalId,
    /// Status code.
    pub status: u16,
    /// Digest of the payload as stored.
    pub digest: String,
    /// Where the answer stands.
    pub position: Position,
}

/// An imported record that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRow {
    /// Name of the set.
    pub set: String,
    /// The record's id in the set.
    pub id: String,
    /// Digest of the record as imported; tells whether a later import changed it.
    pub digest: String,
    /// When it was imported.
    pub at: Moment,
    /// Where the record stands.
    pub position: Position,
}

impl ImportRow {
    /// The row of a record that was archived.
    pub fn of(imported: &Imported, position: Position) -> anyhow::Result<Self> {
        let digest = Self::digest_of(&imported.record)?;
        let Imported { set, id, at, .. } = imported;
        Ok(Self { set: set.clone(), id: id.clone(), digest, at: *at, position })
    }

    /// The digest of a record: SHA-256 of its JSON, in hexadecimal.
    pub fn digest_of(
        record: &serde_json::Map<String, serde_json::Value>,
    ) -> anyhow::Result<String> {
        let digest = Sha256::digest(serde_json::to_vec(record)?);
        Ok(data_encoding::HEXLOWER.encode(&digest))
    }
}

/// How much a state knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Answers.
    pub captures: u64,
    /// Imported records.
    pub imports: u64,
    /// Pages.
    pub pages: u64,
}

impl State {
    /// How much is known.
    pub fn counts(&self) -> anyhow::Result<Counts> {
        let connection = self.database.connection()?;
        let count = |table| -> anyhow::Result<u64> {
            let sql = format!("SELECT count(*) FROM {table}");
            number(connection.query_row(&sql, [], |row| row.get(0))?)
        };
        Ok(Counts {
            captures: count("captures")?,
            imports: count("imports")?,
            pages: count("pages")?,
        })
    }

    /// Captures registered after a number, at most `limit`, with their numbers; 0 begins with the first.
    pub fn captures_after(&self, seq: i64, limit: usize) -> anyhow::Result<Vec<(i64, CaptureRow)>> {
        let tail = "WHERE seq > ?1 ORDER BY seq LIMIT ?2";
        self.captures(tail, params![seq, bytes(limit as u64)])
    }

    /// Every capture of a page, oldest first.
    pub fn captures_of(&self, key: &UrlKey) -> anyhow::Result<Vec<CaptureRow>> {
        let rows = self.captures("WHERE url_key = ?1 ORDER BY at, seq", [key.as_str()])?;
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    }

    /// Every whole answer (status 200) of a page that was asked for as a document, oldest first, with their numbers.
    pub fn detail_captures_of(&self, key: &UrlKey) -> anyhow::Result<Vec<(i64, CaptureRow)>> {
        let tail =
            "WHERE url_key = ?1 AND captures.kind = 'detail' AND status = 200 ORDER BY at, seq";
        self.captures(tail, [key.as_str()])
    }

    /// Every capture from an address, whatever was sent there, oldest first.
    pub fn captures_at(&self, url: &PageUrl) -> anyhow::Result<Vec<CaptureRow>> {
        let (from, to) = url.key().posted();
        let tail = "WHERE url_key = ?1 OR (url_key >= ?2 AND url_key < ?3) ORDER BY at, seq";
        let rows = self.captures(tail, params![url.key().as_str(), from, to])?;
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    }

    /// The capture of a page that is nearest to a moment and came with a payload (status 200 to 299).
    pub fn capture_near(&self, key: &UrlKey, at: Moment) -> anyhow::Result<Option<CaptureRow>> {
        let tail =
            "WHERE url_key = ?1 AND status BETWEEN 200 AND 299 ORDER BY abs(at - ?2), seq LIMIT 1";
        let rows = self.captures(tail, params![key.as_str(), column(at)])?;
        Ok(rows.into_iter().next().map(|(_, row)| row))
    }

    /// The newest capture of a page that came with a payload: what an answer "not modified" speaks of.
    pub fn newest_capture(&self, key: &UrlKey) -> anyhow::Result<Option<CaptureRow>> {
        let tail =
            "WHERE url_key = ?1 AND status BETWEEN 200 AND 299 ORDER BY at DESC, seq DESC LIMIT 1";
        let rows = self.captures(tail, [key.as_str()])?;
        Ok(rows.into_iter().next().map(|(_, row)| row))
    }

    /// The pages that ever answered with a payload of this digest (status 200 to 299).
    pub fn pages_that_answered(&self, digest: &str) -> anyhow::Result<Vec<UrlKey>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "SELECT DISTINCT url_key FROM captures WHERE digest = ?1 AND status BETWEEN 200 AND 299",
        )?;
        let rows = statement.query_map([digest], |row| row.get::<_, String>(0))?;
        Ok(rows.map(|key| key.map(UrlKey::from_stored)).collect::<Result<_, _>>()?)
    }

    /// Every capture with this digest of its payload, oldest first.
    pub fn captures_with(&self, digest: &str) -> anyhow::Result<Vec<CaptureRow>> {
        let rows = self.captures("WHERE digest = ?1 ORDER BY at, seq", [digest])?;
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    }

    /// Forgets captures whose records were taken out of the archive.
    pub fn forget_captures(&self, positions: &[Position]) -> anyhow::Result<()> {
        let mut connection = self.database.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for Position { file, offset } in positions {
            transaction.execute(
                "DELETE FROM captures
                 WHERE file = (SELECT key FROM files WHERE name = ?1) AND offset = ?2",
                params![file, bytes(*offset)],
            )?;
        }
        Ok(transaction.commit()?)
    }

    fn captures(&self, tail: &str, values: impl Params) -> anyhow::Result<Vec<(i64, CaptureRow)>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(&format!(
            "SELECT seq, url, at, captures.kind, portal, status, digest, files.name, offset, url_key
             FROM captures JOIN files ON files.key = file {tail}"
        ))?;
        let mut rows = statement.query(values)?;
        let mut captures = Vec::new();
        while let Some(row) = rows.next()? {
            captures.push((row.get(0)?, capture_row(row)?));
        }
        Ok(captures)
    }

    /// Imports registered after a number, at most `limit`, with their numbers; 0 begins with the first.
    pub fn imports_after(&self, seq: i64, limit: usize) -> anyhow::Result<Vec<(i64, ImportRow)>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "SELECT seq, set_name, id, digest, at, files.name, offset
             FROM imports JOIN files ON files.key = file WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        )?;
        let mut rows = statement.query(params![seq, bytes(limit as u64)])?;
        let mut imports = Vec::new();
        while let Some(row) = rows.next()? {
            imports.push((row.get(0)?, import_row(row)?));
        }
        Ok(imports)
    }

    /// Every import of a record, in order, with their numbers.
    pub fn imports_of(&self, set: &str, id: &str) -> anyhow::Result<Vec<(i64, ImportRow)>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "SELECT seq, set_name, id, digest, at, files.name, offset
             FROM imports JOIN files ON files.key = file
             WHERE set_name = ?1 AND id = ?2 ORDER BY seq",
        )?;
        let mut rows = statement.query([set, id])?;
        let mut imports = Vec::new();
        while let Some(row) = rows.next()? {
            imports.push((row.get(0)?, import_row(row)?));
        }
        Ok(imports)
    }

    /// A record as last imported.
    pub fn newest_import(&self, set: &str, id: &str) -> anyhow::Result<Option<ImportRow>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "SELECT seq, set_name, id, digest, at, files.name, offset
             FROM imports JOIN files ON files.key = file
             WHERE set_name = ?1 AND id = ?2 ORDER BY seq DESC LIMIT 1",
        )?;
        let mut rows = statement.query([set, id])?;
        rows.next()?.map(import_row).transpose()
    }

    /// The digest of a record as last imported.
    pub fn import_digest(&self, set: &str, id: &str) -> anyhow::Result<Option<String>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "SELECT digest FROM imports WHERE set_name = ?1 AND id = ?2 ORDER BY seq DESC LIMIT 1",
        )?;
        Ok(statement.query_row([set, id], |row| row.get(0)).optional()?)
    }
}

/// Registers a capture, unless something is registered at its place.
pub(super) fn insert(connection: &Connection, row: &CaptureRow) -> anyhow::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO captures (url_key, url, at, kind, portal, status, digest, file, offset)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (file, offset) DO NOTHING",
    )?;
    statement.execute(params![
        row.key.as_str(),
        row.url.as_str(),
        column(row.at),
        row.kind.as_str(),
        row.portal,
        row.status,
        row.digest,
        file_key(connection, &row.position.file)?,
        bytes(row.position.offset),
    ])?;
    Ok(())
}

/// Registers an imported record, unless something is registered at its place.
pub(super) fn insert_import(connection: &Connection, row: &ImportRow) -> anyhow::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO imports (set_name, id, digest, at, file, offset)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (file, offset) DO NOTHING",
    )?;
    let file = file_key(connection, &row.position.file)?;
    let (at, offset) = (column(row.at), bytes(row.position.offset));
    statement.execute(params![row.set, row.id, row.digest, at, file, offset])?;
    Ok(())
}

/// The key of an archive file; one that is not known yet has no bytes that are promised.
fn file_key(connection: &Connection, name: &str) -> anyhow::Result<i64> {
    let mut find = connection.prepare_cached("SELECT key FROM files WHERE name = ?1")?;
    if let Some(key) = find.query_row([name], |row| row.get(0)).optional()? {
        return Ok(key);
    }
    let mut insert =
        connection.prepare_cached("INSERT INTO files (name, length) VALUES (?1, 0)")?;
    Ok(insert.insert([name])?)
}

fn capture_row(row: &Row<'_>) -> anyhow::Result<CaptureRow> {
    Ok(CaptureRow {
        url: PageUrl::parse(row.get_ref(1)?.as_str()?)?,
        at: moment(row.get(2)?)?,
        kind: word(row.get_ref(3)?.as_str()?)?,
        portal: row.get(4)?,
        status: row.get(5)?,
        digest: row.get(6)?,
        position: Position { file: row.get(7)?, offset: number(row.get(8)?)? },
        key: UrlKey::from_stored(row.get::<_, String>(9)?),
    })
}

fn import_row(row: &Row<'_>) -> anyhow::Result<ImportRow> {
    Ok(ImportRow {
        set: row.get(1)?,
        id: row.get(2)?,
        digest: row.get(3)?,
        at: moment(row.get(4)?)?,
        position: Position { file: row.get(5)?, offset: number(row.get(6)?)? },
    })
}
