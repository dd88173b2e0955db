//! Texts, each stored once, packed: Chinese text takes a third of its bytes.

use std::io::{Read, Write};

use anyhow::Context;
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

/// The level below leaves half of the bytes instead of 36 %, the levels above save little and take longer.
const LEVEL: Compression = Compression::new(2);

/// The key of a text, which is stored if it is not yet there.
pub(super) fn put(connection: &Connection, text: &str) -> anyhow::Result<i64> {
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    let mut find = connection.prepare_cached("SELECT key FROM texts WHERE digest = ?1")?;
    if let Some(key) = find.query_row([digest], |row| row.get(0)).optional()? {
        return Ok(key);
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), LEVEL);
    encoder.write_all(text.as_bytes())?;
    let body = encoder.finish()?;
    let mut insert =
        connection.prepare_cached("INSERT INTO texts (digest, body) VALUES (?1, ?2)")?;
    Ok(insert.insert(params![digest, body])?)
}

/// A text from its packed form.
pub(super) fn unpacked(body: &[u8]) -> anyhow::Result<String> {
    let mut text = String::new();
    ZlibDecoder::new(body).read_to_string(&mut text).context("a stored text is damaged")?;
    Ok(text)
}

/// Deletes a text that no document and no version holds any more.
pub(super) fn drop_unused(connection: &Connection, key: i64) -> anyhow::Result<()> {
    let mut delete = connection.prepare_cached(
        "DELETE FROM texts WHERE key = ?1
            AND NOT EXISTS (SELECT 1 FROM documents WHERE text = ?1)
            AND NOT EXISTS (SELECT 1 FROM versions WHERE text = ?1)",
    )?;
    delete.execute([key])?;
    Ok(())
}
