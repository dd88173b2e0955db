//! What is committed together: a second's worth of answers, or an import's next thousand records.

use std::collections::BTreeMap;

use rusqlite::{Transaction, TransactionBehavior, params};

use crate::catalogue::state::{CaptureRow, FetchRow, ImportRow, State, captures, fetches, pages};
use crate::catalogue::values::bytes;
use crate::model::KnownPage;

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
            fetches::insert(&transaction, row)?;
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
