//! Writing documents: only what differs counts as a change.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::catalogue::documents::{Catalogue, files, texts, versions};
use crate::catalogue::values::{column, word};
use crate::model::{
    Attachment, Document, DocumentId, Moment, Origin, PageUrl, PublicDate, Standing, Status, UrlKey,
};

/// What became of the documents of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PutCounts {
    /// Not there before.
    pub new: u64,
    /// There, but different.
    pub changed: u64,
    /// There and the same, but perhaps for the moment of capture.
    pub unchanged: u64,
    /// Those of them that are no longer on the page that held them.
    pub left: u64,
}

impl PutCounts {
    pub(super) fn count(&mut self, effect: Effect) {
        match effect {
            Effect::New => self.new += 1,
            Effect::Changed => self.changed += 1,
            Effect::Unchanged => self.unchanged += 1,
        }
    }
}

impl Catalogue {
    /// Writes documents of captures that continue their sources, in one transaction, all or none, and says of each
    /// document whether it is new, changed or unchanged.
    ///
    /// It is for sources that hold the same documents as before: none leaves its page here. What all captures of a
    /// source give together is for [`Catalogue::replace`]. A document read from an older capture than the one that is
    /// held, as when a run is taken up again, adds to the versions only. What was set by [`Catalogue::set_standing`]
    /// stays until a newer capture shows the page again; *withheld* stays in any case.
    pub fn put(
        &self,
        documents: &[Document],
        mut note: impl FnMut(&Document, Effect),
    ) -> anyhow::Result<PutCounts> {
        let mut connection = self.database.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut counts = PutCounts::default();
        for document in documents {
            let effect = put_one(&transaction, document)?;
            note(document, effect);
            counts.count(effect);
        }
        transaction.commit()?;
        Ok(counts)
    }

    /// Sets whether a document is still published; tells whether that changed anything.
    pub fn set_status(&self, id: &DocumentId, status: Status) -> anyhow::Result<bool> {
        self.set_standing(id, status, &Standing::default())
    }

    /// The same with what goes with it; when its text changed is left as it is. What has left its page stays removed,
    /// or withheld, whatever becomes of the page.
    pub fn set_standing(
        &self,
        id: &DocumentId,
        status: Status,
        standing: &Standing,
    ) -> anyhow::Result<bool> {
        let connection = self.database.connection()?;
        let left: Option<i64> = connection
            .query_row("SELECT left_page FROM documents WHERE id = ?1", [id.as_str()], |row| {
                row.get(0)
            })
            .optional()?
            .flatten();
        let (status, since, moved_to) = match left {
            Some(left) if status != Status::Withheld => (Status::Removed, Some(left), None),
            _ => (stored(status), since(standing), moved_to(standing)),
        };
        let changed = connection.execute(
            "UPDATE documents SET status = ?2, status_since = ?3, moved_to = ?4,
                change = (SELECT next FROM next_change)
             WHERE id = ?1 AND (status <> ?2 OR status_since IS NOT ?3 OR moved_to IS NOT ?4)",
            params![id.as_str(), status.as_str(), since, moved_to],
        )?;
        Ok(changed > 0)
    }
}

/// The status as it is stored: *changed* is *live* with a date of change.
pub(super) fn stored(status: Status) -> Status {
    if status == Status::Changed { Status::Live } else { status }
}

pub(super) fn since(standing: &Standing) -> Option<i64> {
    standing.since.map(column)
}

pub(super) fn moved_to(standing: &Standing) -> Option<&str> {
    standing.moved_to.as_ref().map(PageUrl::as_str)
}

/// What writing a document did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It was not there before.
    New,
    /// Something but the moment of capture is different.
    Changed,
    /// It is as it was.
    Unchanged,
}

/// What is held of a document, as far as it decides.
pub(super) struct Held {
    pub(super) key: i64,
    captured_at: i64,
    pub(super) status: Status,
    pub(super) text: i64,
    record: String,
}

fn put_one(connection: &Connection, document: &Document) -> anyhow::Result<Effect> {
    let held = held(connection, &document.id)?;
    let text = texts::put(connection, &document.text)?;
    let record = record_of(document)?;
    let at = column(document.captured_at);
    let Some(held) = held else {
        let key = insert(connection, document, text, &record)?;
        versions::put(connection, key, at, &document.title.value, text)?;
        return Ok(Effect::New);
    };
    let replaced = versions::put(connection, held.key, at, &document.title.value, text)?;
    versions::note_change(connection, held.key)?;
    let effect = update(connection, document, &held, text, &record)?;
    if held.text != text || replaced.is_some() {
        for perhaps_unused in [Some(held.text), Some(text), replaced].into_iter().flatten() {
            texts::drop_unused(connection, perhaps_unused)?;
        }
    }
    Ok(effect)
}

pub(super) fn held(connection: &Connection, id: &DocumentId) -> anyhow::Result<Option<Held>> {
    let mut statement = connection.prepare_cached(
        "SELECT key, captured_at, status, text, record FROM documents WHERE id = ?1",
    )?;
    let mut rows = statement.query([id.as_str()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(Held {
        key: row.get(0)?,
        captured_at: row.get(1)?,
        status: word(row.get_ref(2)?.as_str()?)?,
        text: row.get(3)?,
        record: row.get(4)?,
    }))
}

pub(super) fn insert(
    connection: &Connection,
    document: &Document,
    text: i64,
    record: &str,
) -> anyhow::Result<i64> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO documents (id, change, status, captured_at, text, record, category, status_since, moved_to)
         VALUES (?1, (SELECT next FROM next_change), ?2, ?3, ?4, ?5, '', ?6, ?7)",
    )?;
    let (status, at) = (stored(document.status).as_str(), column(document.captured_at));
    let (since, moved_to) = (since(&document.standing), moved_to(&document.standing));
    let key = statement.insert(params![
        document.id.as_str(),
        status,
        at,
        text,
        record,
        since,
        moved_to
    ])?;
    set_choices(connection, key, document)?;
    files::set_names(connection, key, document)?;
    // It may have been dropped once; its number of change is past that now.
    let mut back = connection.prepare_cached("DELETE FROM dropped WHERE id = ?1")?;
    back.execute([document.id.as_str()])?;
    Ok(key)
}

fn update(
    connection: &Connection,
    document: &Document,
    held: &Held,
    text: i64,
    record: &str,
) -> anyhow::Result<Effect> {
    let at = column(document.captured_at);
    if at < held.captured_at {
        return Ok(Effect::Unchanged);
    }
    files::set_names(connection, held.key, document)?;
    let status = status_after(held, document);
    if held.text == text && held.status == status && held.record == record {
        let mut statement = connection.prepare_cached(
            "UPDATE documents SET captured_at = ?2,
                status_since = CASE WHEN status = 'live' THEN NULL ELSE status_since END
             WHERE key = ?1 AND captured_at < ?2",
        )?;
        statement.execute([held.key, at])?;
        return Ok(Effect::Unchanged);
    }
    let mut statement = connection.prepare_cached(
        "UPDATE documents SET change = (SELECT next FROM next_change), status = ?2, captured_at = ?3,
            text = ?4, record = ?5, status_since = CASE WHEN status = ?2 AND ?2 <> 'live' THEN status_since ELSE ?6 END,
            moved_to = CASE WHEN status = ?2 THEN moved_to ELSE ?7 END WHERE key = ?1",
    )?;
    let (since, moved_to) = (since(&document.standing), moved_to(&document.standing));
    statement.execute(params![held.key, status.as_str(), at, text, record, since, moved_to])?;
    set_choices(connection, held.key, document)?;
    Ok(Effect::Changed)
}

/// A newer capture shows that the page is there again; reading the old one again shows nothing new.
fn status_after(held: &Held, document: &Document) -> Status {
    let is_news =
        column(document.captured_at) > held.captured_at && held.status != Status::Withheld;
    let status = stored(document.status);
    if is_news || status != Status::Live { status } else { held.status }
}

/// Fills the columns that documents are chosen by.
pub(super) fn set_choices(
    connection: &Connection,
    key: i64,
    document: &Document,
) -> anyhow::Result<()> {
    let mut statement = connection.prepare_cached(
        "UPDATE documents SET portal = ?2, region = ?3, agency = ?4, category = ?5, year = ?6, url_key = ?7,
            external_id = ?8, recipients_since = ?9 WHERE key = ?1",
    )?;
    let url_key = match &document.origin {
        Origin::Web { url } => Some(url.key()),
        Origin::Import { .. } => None,
    };
    statement.execute(params![
        key,
        document.portal,
        document.region.as_ref().map(|region| &region.value),
        document.agency(),
        document.category.value.as_str(),
        document.year(),
        url_key.as_ref().map(UrlKey::as_str),
        document.external_id(),
        document.recipients_since.map(PublicDate::first_day),
    ])?;
    Ok(())
}

/// The JSON of a document without what is kept elsewhere and changes by itself: text, status, capture, files.
pub(super) fn record_of(document: &Document) -> anyhow::Result<String> {
    let rest = Document {
        text: String::new(),
        status: Status::Live,
        standing: Standing::default(),
        captured_at: Moment::UNIX_EPOCH,
        attachments: document
            .attachments
            .iter()
            .map(|a| Attachment::new(a.url.clone(), a.name.clone()))
            .collect(),
        ..document.clone()
    };
    Ok(serde_json::to_string(&rest)?)
}
