//! Values of the model as columns and back.

use std::io::{Read, Write};

use anyhow::Context;
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use serde::{Serialize, de::DeserializeOwned};

use crate::model::Moment;

/// A moment as a column: microseconds since 1970.
pub(super) fn column(at: Moment) -> i64 {
    at.as_microsecond()
}

/// A moment from its column.
pub(super) fn moment(microseconds: i64) -> anyhow::Result<Moment> {
    Moment::from_microsecond(microseconds).context("a moment beyond all calendars")
}

/// A number of bytes as a column.
pub(super) fn bytes(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A number from a column that holds only numbers of its kind.
pub(super) fn number<T: TryFrom<i64>>(value: i64) -> anyhow::Result<T> {
    T::try_from(value).ok().with_context(|| format!("{value} is out of range"))
}

/// A word of the model, such as a state, from its column.
pub(super) fn word<T: DeserializeOwned>(text: &str) -> anyhow::Result<T> {
    serde_json::from_value(text.into()).with_context(|| format!("`{text}` is no word known here"))
}

/// The word of the model that stands for a value without fields.
pub(super) fn word_of<T: Serialize>(value: &T) -> anyhow::Result<String> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        other => anyhow::bail!("`{other}` is no word"),
    }
}

/// A value as a column that is not looked into: zlib of its JSON.
pub(super) fn packed<T: Serialize>(value: &T) -> anyhow::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(2));
    encoder.write_all(&serde_json::to_vec(value)?)?;
    Ok(encoder.finish()?)
}

/// The value of such a column.
pub(super) fn unpacked<T: DeserializeOwned>(body: &[u8]) -> anyhow::Result<T> {
    let mut json = Vec::new();
    ZlibDecoder::new(body).read_to_end(&mut json).context("a stored value is damaged")?;
    Ok(serde_json::from_slice(&json)?)
}
