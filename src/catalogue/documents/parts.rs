//! The documents of one page or record: which are there, and which have left it.

use rusqlite::{TransactionBehavior, params};

use crate::catalogue::documents::Catalogue;
use crate::catalogue::values::{column, word};
use crate::model::{Document, DocumentId, Moment, Origin, Status};

/// A document among those of its page.
struct Kept {
    id: DocumentId,
    captured_at: i64,
    has_left: bool,
}

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

    /// Notes that a capture shows these documents of a page or record and no others: those it no longer shows are
    /// removed since then. One that was read from this very capture by another rule is withheld.
    ///
    /// Returns how many have left.
    pub fn note_parts(
        &self,
        origin: &Origin,
        shown: &[DocumentId],
        at: Moment,
    ) -> anyhow::Result<usize> {
        let mut connection = self.database.connection()?;
        let kept = kept(&connection, origin)?;
        let at = column(at);
        let left = |one: &Kept| {
            let later =
                kept.iter().map(|other| other.captured_at).filter(|other| *other > at).min();
            match (shown.contains(&one.id), later) {
                // A page from before: what came after it shows whether the document stayed.
                (true, Some(later)) => (one.captured_at == at).then_some(later),
                (true, None) => None,
                (false, _) => (one.captured_at <= at).then_some(at),
            }
        };
        let leaving: Vec<(&DocumentId, i64)> = kept
            .iter()
            .filter(|one| !one.has_left)
            .filter_map(|one| Some((&one.id, left(one)?)))
            .collect();
        if leaving.is_empty() {
            return Ok(0);
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (id, since) in &leaving {
            transaction.execute(
                "UPDATE documents SET left_page = ?2, change = (SELECT max(change) + 1 FROM documents),
                    status_since = CASE WHEN status = ?3 THEN status_since ELSE ?2 END, moved_to = NULL,
                    status = CASE WHEN captured_at = ?2 THEN ?3 WHEN status = ?3 THEN ?3 ELSE ?4 END
                 WHERE id = ?1",
                params![id.as_str(), since, Status::Withheld.as_str(), Status::Removed.as_str()],
            )?;
        }
        transaction.commit()?;
        Ok(leaving.len())
    }
}

fn kept(connection: &rusqlite::Connection, origin: &Origin) -> anyhow::Result<Vec<Kept>> {
    let (chosen, key, set) = match origin {
        Origin::Web { url } => ("url_key = ?1 AND ?2 = ''", url.key().as_str().to_owned(), ""),
        Origin::Import { set, id } => (
            "external_id = ?1 AND json_extract(record, '$.origin.set') = ?2",
            id.clone(),
            set.as_str(),
        ),
    };
    let sql = format!(
        "SELECT id, captured_at, left_page IS NOT NULL FROM documents WHERE {chosen} ORDER BY id"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![key, set])?;
    let mut kept = Vec::new();
    while let Some(row) = rows.next()? {
        let id = word(row.get_ref(0)?.as_str()?)?;
        kept.push(Kept { id, captured_at: row.get(1)?, has_left: row.get(2)? });
    }
    Ok(kept)
}
