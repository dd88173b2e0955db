//! What the catalogue holds of archive and imports as text: equal texts say that the same was read.

use std::io::Write;

use anyhow::Context;
use rusqlite::types::ValueRef;

use crate::catalogue::documents::Catalogue;

/// Every table with what it means, each row once, in an order of its own. Left out are the numbers that say how the
/// catalogue came to be what it is: row numbers, the order of changes, which documents were dropped, how far readers
/// have come; and what is found from the documents by itself afterwards: fingerprints, relations, figures.
const TABLES: [(&str, &str); 7] = [
    (
        "documents",
        "SELECT id, status, captured_at, hex(digest) AS text, record, portal, region, agency, category, year, url_key,
            external_id, recipients_since, status_since, changed_at, moved_to,
            left_page
         FROM documents JOIN texts ON texts.key = text ORDER BY id",
    ),
    (
        "versions",
        "SELECT id, versions.captured_at, title, hex(digest) AS text FROM versions
         JOIN documents ON documents.key = document JOIN texts ON texts.key = versions.text
         ORDER BY id, versions.captured_at",
    ),
    ("texts", "SELECT hex(digest) AS digest, hex(body) AS body FROM texts ORDER BY digest"),
    ("files", "SELECT digest, bytes, rules, hex(body) AS body FROM files ORDER BY digest"),
    ("fetched", "SELECT url_key, captured_at, digest, withheld FROM fetched ORDER BY url_key"),
    (
        "attachments",
        "SELECT attachments.url_key, id FROM attachments JOIN documents ON documents.key = document
         ORDER BY attachments.url_key, id",
    ),
    (
        "derived",
        "SELECT source, record AS rules, reached, newest, halves FROM derived LEFT JOIN rules ON rules.key = rules
         ORDER BY source",
    ),
];

impl Catalogue {
    /// Writes everything that was read, a value on a line, so that two catalogues can be compared byte for byte.
    pub fn dump(&self, out: &mut impl Write) -> anyhow::Result<()> {
        let connection = self.database.connection()?;
        for (table, sql) in TABLES {
            let mut statement = connection.prepare(sql)?;
            let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                writeln!(out, "{table}")?;
                for (at, name) in names.iter().enumerate() {
                    match row.get_ref(at)? {
                        ValueRef::Null => writeln!(out, "  {name}")?,
                        ValueRef::Integer(number) => writeln!(out, "  {name} {number}")?,
                        ValueRef::Text(text) => {
                            let text =
                                std::str::from_utf8(text).context("a text of the catalogue")?;
                            writeln!(out, "  {name} {text}")?;
                        }
                        other => writeln!(out, "  {name} {other:?}")?,
                    }
                }
            }
        }
        Ok(())
    }
}
