//! Writing what all captures of a source give, in the place of whatever was held of it.
//!
//! What is held afterwards is a function of the captures and the rules alone: it does not depend on what was there
//! before, on the order of reading, or on how many steps it took. Only what differs counts as a change.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, TransactionBehavior, params};

use crate::catalogue::documents::derived::{self, Derived, Source};
use crate::catalogue::documents::put::{self, Effect, Held, PutCounts};
use crate::catalogue::documents::{Catalogue, figures, files, parts, texts, versions};
use crate::catalogue::values::column;
use crate::model::{Document, DocumentId, Moment, Standing, Status};

/// All that the captures of a source give.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The source.
    pub source: Source,
    /// What each capture gave, in the order of time; their statuses are those of now.
    pub documents: Vec<Document>,
    /// How they were read; `None`: the source has no captures any more.
    pub derived: Option<Derived>,
}

impl Catalogue {
    /// Writes sources in one transaction, all or none, and says of each document whether it is new, changed or
    /// unchanged; what a source gave before and does not give now is dropped.
    ///
    /// The newest capture makes the document, all of them its versions. Where a page shows other documents by and by,
    /// those that its newest capture does not show are *removed*. A list of recipients that is withheld stays so.
    pub fn replace(
        &self,
        readings: &[Reading],
        mut note: impl FnMut(&Document, Effect),
    ) -> anyhow::Result<PutCounts> {
        let mut connection = self.database.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut counts = PutCounts::default();
        for reading in readings {
            let left = replace_one(&transaction, reading, &mut |document, effect| {
                counts.count(effect);
                note(document, effect);
            })?;
            counts.left += left;
        }
        transaction.commit()?;
        Ok(counts)
    }
}

/// Returns how many documents have left their page.
fn replace_one(
    connection: &Connection,
    reading: &Reading,
    note: &mut dyn FnMut(&Document, Effect),
) -> anyhow::Result<u64> {
    let mut by_id: BTreeMap<DocumentId, Vec<&Document>> = BTreeMap::new();
    for document in &reading.documents {
        by_id.entry(document.id).or_default().push(document);
    }
    // Texts that perhaps nothing holds any more.
    let mut loose = BTreeSet::new();
    for part in parts::held_of(connection, &reading.source)? {
        if !by_id.contains_key(&part.id) {
            drop_one(connection, &part.id, &mut loose)?;
        }
    }
    let captures = reading.documents.iter().map(|document| document.captured_at).collect();
    let mut gone = 0;
    for captured in by_id.values() {
        // Of several at one moment the last one counts.
        let Some(newest) = captured.iter().max_by_key(|document| document.captured_at) else {
            continue;
        };
        let left = parts::left_at(&captures, newest.captured_at);
        let newest = standing_now(newest, left);
        let (key, effect) = put_newest(connection, &newest, &mut loose)?;
        gone += u64::from(parts::set_left(connection, key, left)?);
        versions::replace(connection, key, captured, &mut loose)?;
        versions::note_change(connection, key)?;
        note(&newest, effect);
    }
    for text in loose {
        texts::drop_unused(connection, text)?;
    }
    match reading.derived {
        Some(derived) => derived::set(connection, &reading.source, derived)?,
        None => derived::forget(connection, &reading.source)?,
    }
    Ok(gone)
}

/// A document that has left its page is removed since then, whatever became of the page.
fn standing_now(document: &Document, left: Option<Moment>) -> Cow<'_, Document> {
    let Some(left) = left.filter(|_| document.status != Status::Withheld) else {
        return Cow::Borrowed(document);
    };
    let standing = Standing { since: Some(left), moved_to: None, ..document.standing.clone() };
    Cow::Owned(Document { status: Status::Removed, standing, ..document.clone() })
}

/// Writes a document as its newest capture shows it; returns its key and what that did.
fn put_newest(
    connection: &Connection,
    document: &Document,
    loose: &mut BTreeSet<i64>,
) -> anyhow::Result<(i64, Effect)> {
    let text = texts::put(connection, &document.text)?;
    match put::held(connection, &document.id)? {
        None => {
            let record = put::record_of(document)?;
            Ok((put::insert(connection, document, text, &record)?, Effect::New))
        }
        Some(held) => {
            loose.insert(held.text);
            Ok((held.key, write(connection, &held, document, text)?))
        }
    }
}

/// Writes a document over what is held of it, where that differs.
fn write(
    connection: &Connection,
    held: &Held,
    document: &Document,
    text: i64,
) -> anyhow::Result<Effect> {
    let record = put::record_of(document)?;
    let at = column(document.captured_at);
    let is_shut_list = document.recipients_since.is_some() && held.status == Status::Withheld;
    let (status, since, moved_to) = if is_shut_list && document.status != Status::Withheld {
        (Status::Withheld, None, None)
    } else {
        let standing = &document.standing;
        (put::stored(document.status), put::since(standing), put::moved_to(standing))
    };
    let mut update = connection.prepare_cached(
        "UPDATE documents SET change = (SELECT next FROM next_change), status = ?2, captured_at = ?3, text = ?4,
            record = ?5, status_since = ?6, moved_to = ?7
         WHERE key = ?1 AND (status <> ?2 OR text <> ?4 OR record <> ?5
            OR status_since IS NOT ?6 OR moved_to IS NOT ?7)",
    )?;
    let changed =
        update.execute(params![held.key, status.as_str(), at, text, record, since, moved_to])?;
    // What is chosen by may be kept otherwise now, even where the record is the same.
    put::set_choices(connection, held.key, document)?;
    if changed > 0 {
        files::set_names(connection, held.key, document)?;
        return Ok(Effect::Changed);
    }
    let mut update = connection.prepare_cached(
        "UPDATE documents SET captured_at = ?2 WHERE key = ?1 AND captured_at <> ?2",
    )?;
    update.execute([held.key, at])?;
    Ok(Effect::Unchanged)
}

/// Forgets a document that its source does not give any more.
fn drop_one(
    connection: &Connection,
    id: &DocumentId,
    loose: &mut BTreeSet<i64>,
) -> anyhow::Result<()> {
    let Some(held) = put::held(connection, id)? else { return Ok(()) };
    loose.insert(held.text);
    versions::replace(connection, held.key, &[], loose)?;
    // Noted first: the number of its last change is past when it is gone.
    let mut note = connection.prepare_cached(
        "INSERT INTO dropped (id, change) VALUES (?1, (SELECT next FROM next_change))
         ON CONFLICT (id) DO UPDATE SET change = excluded.change",
    )?;
    note.execute([id.as_str()])?;
    figures::forget(connection, held.key)?;
    // What it was compared by and what came of it goes with it.
    for table in [
        "fingerprints WHERE document",
        "borne WHERE document",
        "cited WHERE document",
        "kin WHERE document",
        "kin WHERE leader",
        "editions WHERE document",
        "attachments WHERE document",
        "documents WHERE key",
    ] {
        connection.prepare_cached(&format!("DELETE FROM {table} = ?1"))?.execute([held.key])?;
    }
    Ok(())
}
