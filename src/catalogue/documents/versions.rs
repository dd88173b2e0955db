//! Every text a document had, with the first capture that showed it.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::HEXLOWER;
use rusqlite::{Connection, OptionalExtension, params};

use crate::catalogue::documents::{Catalogue, texts};
use crate::catalogue::values::{column, moment};
use crate::model::{Document, DocumentId, Moment};

/// A document's title and text from one capture until the next that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// 1 for the oldest.
    pub n: usize,
    /// The first capture that showed it.
    pub captured_at: Moment,
    /// The title then.
    pub title: String,
    /// The text then.
    pub text: String,
    /// SHA-256 of the text, in hexadecimal.
    pub digest: String,
}

impl Catalogue {
    /// Every version of a document, oldest first.
    pub fn versions(&self, id: &DocumentId) -> anyhow::Result<Vec<Version>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "SELECT versions.captured_at, title, body, digest FROM versions
             JOIN documents ON documents.key = document JOIN texts ON texts.key = versions.text
             WHERE id = ?1 ORDER BY versions.captured_at",
        )?;
        let mut rows = statement.query([id.as_str()])?;
        let mut versions = Vec::new();
        while let Some(row) = rows.next()? {
            versions.push(Version {
                n: versions.len() + 1,
                captured_at: moment(row.get(0)?)?,
                title: row.get(1)?,
                text: texts::unpacked(row.get_ref(2)?.as_blob()?)?,
                digest: HEXLOWER.encode(row.get_ref(3)?.as_blob()?),
            });
        }
        Ok(versions)
    }

    /// Hands over title and text of every version of every document; only one is held at a time.
    pub fn for_each_version(
        &self,
        mut take: impl FnMut(DocumentId, &str, &str) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare(
            "SELECT id, title, body FROM versions
             JOIN documents ON documents.key = document JOIN texts ON texts.key = versions.text",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id = row.get_ref(0)?.as_str()?.parse()?;
            take(id, row.get_ref(1)?.as_str()?, &texts::unpacked(row.get_ref(2)?.as_blob()?)?)?;
        }
        Ok(())
    }
}

/// Title and text at one capture, as keys.
#[derive(PartialEq)]
struct Shown {
    title: String,
    text: i64,
}

/// Notes what a capture showed. Neighbours that show the same are one version; a capture that was read before and is
/// read otherwise now replaces what it gave then. Returns the key of the text that was replaced.
pub(super) fn put(
    connection: &Connection,
    document: i64,
    at: i64,
    title: &str,
    text: i64,
) -> anyhow::Result<Option<i64>> {
    let shown = Shown { title: title.to_owned(), text };
    let same = find(connection, document, at, "= ?2 ORDER BY captured_at")?;
    let before = find(connection, document, at, "< ?2 ORDER BY captured_at DESC")?;
    if same.as_ref().is_some_and(|(_, same)| *same == shown) {
        return Ok(None);
    }
    if same.is_some() {
        delete(connection, document, at)?;
    }
    let replaced = same.map(|(_, same)| same.text);
    if before.is_some_and(|(_, before)| before == shown) {
        return Ok(replaced);
    }
    let after = find(connection, document, at, "> ?2 ORDER BY captured_at")?;
    if let Some((later, _)) = after.as_ref().filter(|(_, after)| *after == shown) {
        delete(connection, document, *later)?;
    }
    insert(connection, document, at, title, text)?;
    Ok(replaced)
}

/// Writes all versions of a document anew, from what all its captures showed, in the order of reading: neighbours in time
/// that show the same are one version. Texts that are held no longer by a version are added to `loose`.
pub(super) fn replace(
    connection: &Connection,
    document: i64,
    captured: &[&Document],
    loose: &mut BTreeSet<i64>,
) -> anyhow::Result<()> {
    let mut by_time = BTreeMap::new();
    for capture in captured {
        let text = texts::put(connection, &capture.text)?;
        by_time.insert(
            column(capture.captured_at),
            Shown { title: capture.title.value.clone(), text },
        );
        loose.insert(text);
    }
    let mut wanted: Vec<(i64, Shown)> = by_time.into_iter().collect();
    wanted.dedup_by(|later, earlier| later.1 == earlier.1);
    let held = all(connection, document)?;
    if held == wanted {
        return Ok(());
    }
    loose.extend(held.iter().map(|(_, shown)| shown.text));
    connection.prepare_cached("DELETE FROM versions WHERE document = ?1")?.execute([document])?;
    for (at, Shown { title, text }) in wanted {
        insert(connection, document, at, &title, text)?;
    }
    Ok(())
}

fn all(connection: &Connection, document: i64) -> anyhow::Result<Vec<(i64, Shown)>> {
    let mut statement = connection.prepare_cached(
        "SELECT captured_at, title, text FROM versions WHERE document = ?1 ORDER BY captured_at",
    )?;
    let rows = statement.query_map([document], |row| {
        Ok((row.get(0)?, Shown { title: row.get(1)?, text: row.get(2)? }))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn insert(
    connection: &Connection,
    document: i64,
    at: i64,
    title: &str,
    text: i64,
) -> anyhow::Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO versions (document, captured_at, title, text) VALUES (?1, ?2, ?3, ?4)",
    )?;
    insert.execute(params![document, at, title, text])?;
    Ok(())
}

/// Notes when the text of a document was last seen to change, where it ever did.
pub(super) fn note_change(connection: &Connection, document: i64) -> anyhow::Result<()> {
    let mut statement = connection.prepare_cached(
        "UPDATE documents SET changed_at = seen.at, change = (SELECT next FROM next_change)
         FROM (SELECT CASE WHEN count(*) > 1 THEN max(captured_at) END AS at FROM versions WHERE document = ?1) AS seen
         WHERE key = ?1 AND changed_at IS NOT seen.at",
    )?;
    statement.execute([document])?;
    Ok(())
}

fn find(
    connection: &Connection,
    document: i64,
    at: i64,
    which: &str,
) -> anyhow::Result<Option<(i64, Shown)>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT captured_at, title, text FROM versions
         WHERE document = ?1 AND captured_at {which} LIMIT 1"
    ))?;
    let found = statement.query_row([document, at], |row| {
        Ok((row.get(0)?, Shown { title: row.get(1)?, text: row.get(2)? }))
    });
    Ok(found.optional()?)
}

fn delete(connection: &Connection, document: i64, at: i64) -> anyhow::Result<()> {
    let mut delete = connection
        .prepare_cached("DELETE FROM versions WHERE document = ?1 AND captured_at = ?2")?;
    delete.execute([document, at])?;
    Ok(())
}
