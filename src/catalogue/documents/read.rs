//! Reading documents: one, some, all, or those that changed.

use std::collections::{HashMap, HashSet};

use anyhow::Context;
use rusqlite::{Connection, OptionalExtension, Params, Row, params, params_from_iter};

use crate::catalogue::documents::{Catalogue, files, texts};
use crate::catalogue::values::{bytes, moment, number, word};
use crate::model::{Document, DocumentId, Moment, PageUrl, Standing, Status, UrlKey};

/// Which documents are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// With one of these statuses; empty: with any.
    pub statuses: Vec<Status>,
    /// Of this portal; `None`: of any.
    pub portal: Option<String>,
}

impl Catalogue {
    /// The document with an id, whatever its status.
    pub fn document(&self, id: &DocumentId) -> anyhow::Result<Option<Document>> {
        Ok(self.list("WHERE id = ?1", [id.as_str()])?.into_iter().next().map(|(_, found)| found))
    }

    /// The documents that carry an id given at import, by set; ids are unique only within a set.
    pub fn by_external_id(&self, id: &str) -> anyhow::Result<Vec<Document>> {
        let found = self.list("WHERE external_id = ?1 ORDER BY id", [id])?;
        Ok(found.into_iter().map(|(_, document)| document).collect())
    }

    /// The documents read from a page; one page may publish several.
    pub fn by_url(&self, key: &UrlKey) -> anyhow::Result<Vec<Document>> {
        let found = self.list("WHERE url_key = ?1 ORDER BY id", [key.as_str()])?;
        Ok(found.into_iter().map(|(_, document)| document).collect())
    }

    /// Documents that changed after a number, with the number of their last change, at most `limit`; 0 begins with the
    /// first. Removed and withheld ones come too: their status is the news.
    pub fn changed_after(&self, change: i64, limit: usize) -> anyhow::Result<Vec<(i64, Document)>> {
        let tail = "WHERE change > ?1 ORDER BY change LIMIT ?2";
        self.list(tail, params![change, bytes(limit as u64)])
    }

    /// The titles of documents that changed after a number, with that of their last change, at most `limit`.
    pub fn titles_changed_after(
        &self,
        change: i64,
        limit: usize,
    ) -> anyhow::Result<Vec<(i64, DocumentId, String)>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "SELECT change, id, coalesce(json_extract(record, '$.title.value'), '') FROM documents
             WHERE change > ?1 ORDER BY change LIMIT ?2",
        )?;
        let mut rows = statement.query(params![change, bytes(limit as u64)])?;
        let mut titles = Vec::new();
        while let Some(row) = rows.next()? {
            titles.push((row.get(0)?, word(row.get_ref(1)?.as_str()?)?, row.get(2)?));
        }
        Ok(titles)
    }

    /// The document with a key.
    pub fn by_key(&self, key: i64) -> anyhow::Result<Option<Document>> {
        let found = self.list("WHERE documents.key = ?1", [key])?;
        Ok(found.into_iter().next().map(|(_, document)| document))
    }

    /// The number of the last change; 0 when there are no documents.
    pub fn last_change(&self) -> anyhow::Result<i64> {
        let connection = self.database.connection()?;
        let sql = "SELECT next - 1 FROM next_change";
        Ok(connection.query_row(sql, [], |row| row.get(0))?)
    }

    /// Documents that came out once and do not any more, after a number of change, with that number, in its order.
    pub fn dropped_after(&self, change: i64) -> anyhow::Result<Vec<(i64, DocumentId)>> {
        let connection = self.database.connection()?;
        let mut statement = connection
            .prepare_cached("SELECT change, id FROM dropped WHERE change > ?1 ORDER BY change")?;
        let mut rows = statement.query([change])?;
        let mut dropped = Vec::new();
        while let Some(row) = rows.next()? {
            dropped.push((row.get(0)?, word(row.get_ref(1)?.as_str()?)?));
        }
        Ok(dropped)
    }

    /// Hands over every document that is wanted, in the order of ids; only one is held at a time.
    pub fn for_each(
        &self,
        filter: &Filter,
        mut take: impl FnMut(Document) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut wanted = vec!["1".to_owned()];
        if !filter.statuses.is_empty() {
            let words: Vec<String> =
                filter.statuses.iter().map(|status| format!("'{}'", status.as_str())).collect();
            wanted.push(format!("status IN ({})", words.join(", ")));
        }
        if filter.portal.is_some() {
            wanted.push("portal = ?1".to_owned());
        }
        let sql = format!("{SELECT} WHERE {} ORDER BY id", wanted.join(" AND "));
        let connection = self.database.connection()?;
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(&filter.portal))?;
        while let Some(row) = rows.next()? {
            if let Some(document) = document(&connection, row)? {
                take(document)?;
            }
        }
        Ok(())
    }

    /// The pages that documents which are withheld were read from.
    pub fn withheld_pages(&self) -> anyhow::Result<HashSet<UrlKey>> {
        let connection = self.database.connection()?;
        let mut statement = connection
            .prepare("SELECT url_key FROM documents WHERE status = ?1 AND url_key IS NOT NULL")?;
        let keys =
            statement.query_map([Status::Withheld.as_str()], |row| row.get::<_, String>(0))?;
        keys.map(|key| Ok(UrlKey::from_stored(key?))).collect()
    }

    /// Lists of recipients: their ids, the day from which they were shown (days since 1970), their status.
    pub fn recipient_lists(&self) -> anyhow::Result<Vec<(DocumentId, i64, Status)>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare(
            "SELECT id, recipients_since, status FROM documents
             WHERE recipients_since IS NOT NULL ORDER BY id",
        )?;
        let mut rows = statement.query([])?;
        let mut lists = Vec::new();
        while let Some(row) = rows.next()? {
            let id = word(row.get_ref(0)?.as_str()?)?;
            lists.push((id, row.get(1)?, word(row.get_ref(2)?.as_str()?)?));
        }
        Ok(lists)
    }

    /// The pages whose text changed since it was first kept, and when it last did.
    pub fn changed_pages(&self) -> anyhow::Result<HashMap<UrlKey, Moment>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare(
            "SELECT url_key, max(changed_at) FROM documents
             WHERE changed_at IS NOT NULL AND url_key IS NOT NULL GROUP BY url_key",
        )?;
        let mut rows = statement.query([])?;
        let mut pages = HashMap::new();
        while let Some(row) = rows.next()? {
            pages.insert(UrlKey::from_stored(row.get::<_, String>(0)?), moment(row.get(1)?)?);
        }
        Ok(pages)
    }

    /// How many documents there are, of any status.
    pub fn count(&self) -> anyhow::Result<u64> {
        let connection = self.database.connection()?;
        number(connection.query_row("SELECT count(*) FROM documents", [], |row| row.get(0))?)
    }

    /// How far a reader of a sequence has come; 0 when it has not begun.
    pub fn cursor(&self, name: &str) -> anyhow::Result<i64> {
        let connection = self.database.connection()?;
        let mut statement =
            connection.prepare_cached("SELECT value FROM cursors WHERE name = ?1")?;
        Ok(statement.query_row([name], |row| row.get(0)).optional()?.unwrap_or(0))
    }

    /// Notes how far a reader has come.
    pub fn set_cursor(&self, name: &str, value: i64) -> anyhow::Result<()> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "INSERT INTO cursors (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )?;
        statement.execute(params![name, value])?;
        Ok(())
    }

    fn list(&self, tail: &str, values: impl Params) -> anyhow::Result<Vec<(i64, Document)>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(&format!("{SELECT} {tail}"))?;
        let mut rows = statement.query(values)?;
        let mut documents = Vec::new();
        while let Some(row) = rows.next()? {
            if let Some(document) = document(&connection, row)? {
                documents.push((row.get(0)?, document));
            }
        }
        Ok(documents)
    }
}

const SELECT: &str =
    "SELECT change, id, record, status, captured_at, body, status_since, changed_at, moved_to
    FROM documents JOIN texts ON texts.key = documents.text";

/// A document; `None`, with a word to the operator, when another version of the program wrote its record in a form that
/// this one does not read: it is passed over until it is read from the archive again.
fn document(connection: &Connection, row: &Row<'_>) -> anyhow::Result<Option<Document>> {
    let id: String = row.get(1)?;
    match serde_json::from_str(row.get_ref(2)?.as_str()?) {
        Ok(rest) => whole(connection, row, rest)
            .with_context(|| format!("document {id} of the catalogue cannot be read"))
            .map(Some),
        Err(error) => {
            tracing::warn!(
                "document {id} has another form, `gongkai extract --all` reads it again: {error}"
            );
            Ok(None)
        }
    }
}

fn whole(connection: &Connection, row: &Row<'_>, rest: Document) -> anyhow::Result<Document> {
    let mut rest = rest;
    files::join(connection, &mut rest)?;
    let standing = standing(row)?;
    let status = match word(row.get_ref(3)?.as_str()?)? {
        Status::Live if standing.changed_at.is_some() => Status::Changed,
        status => status,
    };
    Ok(Document {
        status,
        standing,
        captured_at: moment(row.get(4)?)?,
        text: texts::unpacked(row.get_ref(5)?.as_blob()?)?,
        ..rest
    })
}

fn standing(row: &Row<'_>) -> anyhow::Result<Standing> {
    let at = |name| -> anyhow::Result<Option<Moment>> {
        row.get::<_, Option<i64>>(name)?.map(moment).transpose()
    };
    let moved_to: Option<String> = row.get("moved_to")?;
    Ok(Standing {
        since: at("status_since")?,
        changed_at: at("changed_at")?,
        moved_to: moved_to.as_deref().map(PageUrl::parse).transpose()?,
    })
}
