//! The documents of one page or record: which are there, and which have left it.

use std::collections::BTreeSet;

use rusqlite::Connection;

use crate::catalogue::documents::Catalogue;
use crate::catalogue::documents::derived::Source;
use crate::catalogue::values::{column, word};
use crate::model::{Document, DocumentId, Moment, Origin};

impl Catalogue {
    /// The other documents of the page or record that a document is a part of, whatever their status, by their year and
    /// title.
    pub fn siblings(&self, of: &Document) -> anyhow::Result<Vec<Document>> {
        if of.part.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = match &of.origin {
            Origin::Web { url } => self.by_url(&url.key())?,
            Origin::Import { id, .. } => self.by_external_id(id)?,
        };
        found.retain(|other| other.origin == of.origin && other.id != of.id);
        found.sort_by_cached_key(|other| (other.year(), other.title.value.clone(), other.id));
        Ok(found)
    }

    /// The documents that the newest capture of a page or record shows; those that have left it are not among them.
    pub fn shown_on(&self, source: &Source) -> anyhow::Result<BTreeSet<DocumentId>> {
        let connection = self.database.connection()?;
        let held = held_of(&connection, source)?;
        Ok(held.into_iter().filter(|held| !held.has_left).map(|held| held.id).collect())
    }
}

/// A document that is held of a page or record.
pub(super) struct Part {
    pub(super) id: DocumentId,
    has_left: bool,
}

/// The documents that are held of a source, by their ids.
pub(super) fn held_of(connection: &Connection, source: &Source) -> anyhow::Result<Vec<Part>> {
    let (chosen, key, set) = match source {
        Source::Page(key) => ("url_key = ?1 AND ?2 = ''", key.as_str(), ""),
        Source::Record { set, id } => (
            "external_id = ?1 AND json_extract(record, '$.origin.set') = ?2",
            id.as_str(),
            set.as_str(),
        ),
    };
    let sql = format!("SELECT id, left_page IS NOT NULL FROM documents WHERE {chosen} ORDER BY id");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([key, set])?;
    let mut held = Vec::new();
    while let Some(row) = rows.next()? {
        held.push(Part { id: word(row.get_ref(0)?.as_str()?)?, has_left: row.get(1)? });
    }
    Ok(held)
}

/// When a document left its page: the first capture after `last`, its own last one; `None`: it is there still.
///
/// `captures` are those of the page that show any document; one that shows none says nothing about which are there.
pub(super) fn left_at(captures: &BTreeSet<Moment>, last: Moment) -> Option<Moment> {
    captures.iter().find(|at| **at > last).copied()
}

/// Notes when a document left its page, or that it is there; tells whether it left just now.
pub(super) fn set_left(
    connection: &Connection,
    key: i64,
    left: Option<Moment>,
) -> anyhow::Result<bool> {
    let mut statement = connection.prepare_cached(
        "UPDATE documents SET left_page = ?2 WHERE key = ?1 AND left_page IS NOT ?2",
    )?;
    let changed = statement.execute((key, left.map(column)))?;
    Ok(changed > 0 && left.is_some())
}
