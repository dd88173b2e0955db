//! The files that documents name: what each content was read as, and which content each address has now.
//!
//! A content is read once, however many addresses show it. Documents do not hold their files: these are joined in when a
//! document is read, so a file that comes later or changes is seen at once, and counts as a change of its documents.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::catalogue::documents::Catalogue;
use crate::catalogue::values::{bytes, column, number, packed, unpacked};
use crate::model::{AttachedFile, Document, FileText, Moment, PageUrl, UrlKey};

/// One capture of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedFile {
    /// The addresses that lead to it.
    pub urls: Vec<UrlKey>,
    /// When.
    pub at: Moment,
    /// Digest of the payload.
    pub digest: String,
    /// Whether the takedown list closes it.
    pub withheld: bool,
    /// Whether it broke off on its way: then it never takes the place of what is there.
    pub half: bool,
}

impl Catalogue {
    /// What was read from a content, if it was, by these rules.
    pub fn file(&self, digest: &str, rules: u32) -> anyhow::Result<Option<FileText>> {
        let connection = self.database.connection()?;
        let mut statement =
            connection.prepare_cached("SELECT body FROM files WHERE digest = ?1 AND rules = ?2")?;
        let body: Option<Vec<u8>> =
            statement.query_row(params![digest, rules], |row| row.get(0)).optional()?;
        body.map(|body| unpacked(&body)).transpose()
    }

    /// Keeps what was read from a content of so many bytes, and by which rules.
    pub fn put_file(
        &self,
        digest: &str,
        length: u64,
        rules: u32,
        text: &FileText,
    ) -> anyhow::Result<()> {
        let body = packed(text)?;
        let mut connection = self.database.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        put_content(&transaction, digest, length, rules, &body)?;
        Ok(transaction.commit()?)
    }

    /// The contents that were read by other rules.
    pub fn files_by_other_rules(&self, rules: u32) -> anyhow::Result<Vec<String>> {
        let connection = self.database.connection()?;
        let mut statement = connection
            .prepare_cached("SELECT digest FROM files WHERE rules <> ?1 ORDER BY digest")?;
        let digests = statement.query_map([rules], |row| row.get(0))?;
        Ok(digests.collect::<Result<_, _>>()?)
    }

    /// Notes captures of files; an older one than is known of an address says nothing about it.
    pub fn put_fetched(&self, files: &[FetchedFile]) -> anyhow::Result<()> {
        let mut connection = self.database.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for file in files {
            for url in &file.urls {
                put_address(&transaction, url, file)?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Closes the files that `hides` names and opens all others; returns how many changed.
    pub fn withhold_files(
        &self,
        hides: impl Fn(&UrlKey, &str, &FileText) -> bool,
    ) -> anyhow::Result<usize> {
        let mut connection = self.database.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut changed = Vec::new();
        {
            let mut statement = transaction.prepare(
                "SELECT url_key, fetched.digest, withheld, body FROM fetched JOIN files USING (digest)",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (url, withheld): (String, bool) = (row.get(0)?, row.get(2)?);
                let url = UrlKey::from_stored(url);
                let text: FileText = unpacked(row.get_ref(3)?.as_blob()?)?;
                if hides(&url, row.get_ref(1)?.as_str()?, &text) != withheld {
                    changed.push((url, !withheld));
                }
            }
        }
        for (url, withheld) in &changed {
            transaction.execute(
                "UPDATE fetched SET withheld = ?2 WHERE url_key = ?1",
                params![url.as_str(), withheld],
            )?;
            documents_changed(&transaction, url)?;
        }
        transaction.commit()?;
        Ok(changed.len())
    }
}

fn put_content(
    connection: &Connection,
    digest: &str,
    length: u64,
    rules: u32,
    body: &[u8],
) -> anyhow::Result<()> {
    let mut find = connection.prepare_cached("SELECT body FROM files WHERE digest = ?1")?;
    let held: Option<Vec<u8>> = find.query_row([digest], |row| row.get(0)).optional()?;
    let mut put = connection.prepare_cached(
        "INSERT INTO files (digest, bytes, rules, body) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (digest) DO UPDATE SET rules = excluded.rules, body = excluded.body",
    )?;
    put.execute(params![digest, bytes(length), rules, body])?;
    if held.is_some_and(|held| held != body) {
        let mut find =
            connection.prepare_cached("SELECT url_key FROM fetched WHERE digest = ?1")?;
        let urls = find.query_map([digest], |row| row.get::<_, String>(0))?;
        for url in urls.collect::<Result<Vec<_>, _>>()? {
            documents_changed(connection, &UrlKey::from_stored(url))?;
        }
    }
    Ok(())
}

fn put_address(connection: &Connection, url: &UrlKey, file: &FetchedFile) -> anyhow::Result<()> {
    let mut find = connection
        .prepare_cached("SELECT captured_at, digest, withheld FROM fetched WHERE url_key = ?1")?;
    let held: Option<(i64, String, bool)> = find
        .query_row([url.as_str()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let at = column(file.at);
    if held.as_ref().is_some_and(|(known, _, _)| *known > at || file.half) {
        return Ok(());
    }
    let mut put = connection.prepare_cached(
        "INSERT INTO fetched (url_key, captured_at, digest, withheld) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (url_key) DO UPDATE SET captured_at = excluded.captured_at,
            digest = excluded.digest, withheld = excluded.withheld",
    )?;
    put.execute(params![url.as_str(), at, file.digest, file.withheld])?;
    if held.is_none_or(|(_, digest, withheld)| {
        (digest, withheld) != (file.digest.clone(), file.withheld)
    }) {
        documents_changed(connection, url)?;
    }
    Ok(())
}

/// Counts a change of every document that names a file.
fn documents_changed(connection: &Connection, url: &UrlKey) -> anyhow::Result<()> {
    let mut find =
        connection.prepare_cached("SELECT document FROM attachments WHERE url_key = ?1")?;
    let keys = find.query_map([url.as_str()], |row| row.get::<_, i64>(0))?;
    for key in keys.collect::<Result<Vec<_>, _>>()? {
        let mut change = connection.prepare_cached(
            "UPDATE documents SET change = (SELECT next FROM next_change) WHERE key = ?1",
        )?;
        change.execute([key])?;
    }
    Ok(())
}

/// Notes which files a document names.
pub(super) fn set_names(
    connection: &Connection,
    key: i64,
    document: &Document,
) -> anyhow::Result<()> {
    let mut clear = connection.prepare_cached("DELETE FROM attachments WHERE document = ?1")?;
    clear.execute([key])?;
    let mut put = connection
        .prepare_cached("INSERT OR IGNORE INTO attachments (url_key, document) VALUES (?1, ?2)")?;
    for attachment in &document.attachments {
        if let Ok(url) = PageUrl::parse(&attachment.url) {
            put.execute(params![url.key().as_str(), key])?;
        }
    }
    Ok(())
}

/// Joins the files in that a document names, as far as they were fetched and are open.
pub(super) fn join(connection: &Connection, document: &mut Document) -> anyhow::Result<()> {
    for attachment in &mut document.attachments {
        let Ok(url) = PageUrl::parse(&attachment.url) else { continue };
        let mut find = connection.prepare_cached(
            "SELECT digest, bytes, body FROM fetched JOIN files USING (digest)
             WHERE url_key = ?1 AND NOT withheld",
        )?;
        let mut rows = find.query([url.key().as_str()])?;
        if let Some(row) = rows.next()? {
            attachment.file = Some(AttachedFile {
                digest: row.get(0)?,
                bytes: number(row.get(1)?)?,
                text: unpacked(row.get_ref(2)?.as_blob()?)?,
            });
        }
    }
    Ok(())
}
