//! What is committed together: a second's worth of answers, or an import's next thousand records.

use std::collections::BTreeMap;

use rusqlite::{Transaction, TransactionBehavior, params};

use crate::catalogue::state::{CaptureRow, ImportRow, State, captures, pages};
use crate::catalogue::values::{bytes, column, word_of};
use crate::model::{KnownPage, Moment, NoAnswer, PageUrl, PortalId};

/// Everything that becomes true in one commit. The archive is synced before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// Pages as they are now; known ones are replaced.
    pub pages: Vec<KnownPage>,
    /// Pages found on the way; known ones stay as they are.
    pub found: Vec<KnownPage>,
    /// Answers that were archived. One whose position is registered already is left out.
    pub captures: Vec<CaptureRow>,
    /// Imported records that were archived. One whose position is registered already is left out.
    pub imports: Vec<ImportRow>,
    /// Lengths of archive files on stable storage.
    pub archive: BTreeMap<String, u64>,
    /// Requests, for the log that proves politeness.
    pub fetches: Vec<FetchRow>,
}

/// One request, answered or not.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchRow {
    /// When the answer began, or the request was given up.
    pub at: Moment,
    /// For which portal.
    pub portal: PortalId,
    /// What was asked for.
    pub url: PageUrl,
    /// Status code, or why there was no answer.
    pub result: Result<u16, NoAnswer>,
    /// Bytes of payload that came.
    pub bytes: u64,
}

impl State {
    /// Commits a batch: all of it or, when this fails, nothing. It is on stable storage when this comes back.
    pub fn commit(&self, batch: &Batch) -> anyhow::Result<()> {
        let mut connection = self.database.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for page in &batch.pages {
            pages::replace(&transaction, page)?;
        }
        for page in &batch.found {
            pages::insert(&transaction, page)?;
        }
        for (file, length) in &batch.archive {
            put_length(&transaction, file, *length)?;
        }
        for row in &batch.captures {
            captures::insert(&transaction, row)?;
        }
        for row in &batch.imports {
            captures::insert_import(&transaction, row)?;
        }
        for row in &batch.fetches {
            put_fetch(&transaction, row)?;
        }
        Ok(transaction.commit()?)
    }

    /// How many bytes of each archive file are promised to be kept.
    pub fn committed_lengths(&self) -> anyhow::Result<BTreeMap<String, u64>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached("SELECT name, length FROM files")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?;
        rows.map(|row| {
            let (name, length) = row?;
            Ok((name, crate::catalogue::values::number(length)?))
        })
        .collect()
    }
}

fn put_length(transaction: &Transaction<'_>, file: &str, length: u64) -> anyhow::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO files (name, length) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET length = excluded.length WHERE length <> excluded.length",
    )?;
    statement.execute(params![file, bytes(length)])?;
    Ok(())
}

fn put_fetch(transaction: &Transaction<'_>, row: &FetchRow) -> anyhow::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO fetches (at, portal, url, status, reason, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let reason = row.result.err().map(|reason| word_of(&reason)).transpose()?;
    let status = row.result.ok();
    let (at, url, length) = (column(row.at), row.url.as_str(), bytes(row.bytes));
    statement.execute(params![at, row.portal, url, status, reason, length])?;
    Ok(())
}
