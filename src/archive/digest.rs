//! Digests and record ids.

use std::io::{self, Write};

use data_encoding::BASE32;
use sha1::{Digest, Sha1};

use crate::model::{Body, Moment};

/// The digest of a payload as `WARC-Payload-Digest` writes it: `sha1:` and 32 characters of base32.
pub fn payload_digest(bytes: &[u8]) -> String {
    written(&Sha1::digest(bytes))
}

/// The same of a body, which is read for it as a stream.
pub fn body_digest(body: &Body) -> io::Result<String> {
    let mut hasher = Hasher(Sha1::new());
    body.copy_to(&mut hasher)?;
    Ok(written(&hasher.0.finalize()))
}

/// The same of what stands in a body from this byte on.
pub(super) fn digest_from(body: &Body, at: u64) -> io::Result<String> {
    let mut hasher = Hasher(Sha1::new());
    io::copy(&mut body.open_at(at)?, &mut hasher)?;
    Ok(written(&hasher.0.finalize()))
}

fn written(digest: &[u8]) -> String {
    format!("sha1:{}", BASE32.encode(digest))
}

struct Hasher(Sha1);

impl Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A moment as `WARC-Date` writes it: whole seconds, or microseconds, which other readers still understand.
pub(super) fn warc_date(at: Moment) -> String {
    if at.as_microsecond() % 1_000_000 == 0 { format!("{at:.0}") } else { format!("{at:.6}") }
}

/// Makes the ids of the records that are written together.
///
/// They follow from the place in the archive and the moment, so no random numbers are needed and no two records of an
/// archive share one: a place is written once, because every session begins a new file.
pub(super) struct Ids {
    seed: String,
}

impl Ids {
    pub(super) fn new(file: &str, offset: u64, at: Moment) -> Self {
        Self { seed: format!("{file}\n{offset}\n{}", warc_date(at)) }
    }

    /// The id of the record with this number within the group.
    pub(super) fn nth(&self, number: usize) -> String {
        let digest = Sha1::digest(format!("gongkai:record\n{}\n{number}", self.seed).as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        bytes[6] = bytes[6] & 0x0f | 0x50;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex = data_encoding::HEXLOWER.encode(&bytes);
        let part = |from: usize, to: usize| &hex[from..to];
        let parts = [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)];
        format!("<urn:uuid:{}>", parts.join("-"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_payload_has_the_digest_everyone_knows() {
        assert_eq!(payload_digest(b""), "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ");
    }

    #[test]
    fn dates_are_seconds_or_microseconds() {
        let date = |text: &str| warc_date(text.parse().unwrap());
        assert_eq!(date("2020-01-31T08:00:00Z"), "2020-01-31T08:00:00Z");
        assert_eq!(date("2020-01-31T08:00:00.5Z"), "2020-01-31T08:00:00.500000Z");
        assert_eq!(date("2020-01-31T08:00:00.123456789Z"), "2020-01-31T08:00:00.123456Z");
    }

    #[test]
    fn ids_are_named_uuids_and_differ() {
        let ids = Ids::new("a.warc.gz", 0, Moment::UNIX_EPOCH);
        assert_eq!(ids.nth(0), Ids::new("a.warc.gz", 0, Moment::UNIX_EPOCH).nth(0));
        assert_ne!(ids.nth(0), ids.nth(1));
        assert_ne!(ids.nth(0), Ids::new("a.warc.gz", 1, Moment::UNIX_EPOCH).nth(0));
        assert_eq!(ids.nth(0).len(), "<urn:uuid:00000000-0000-5000-8000-000000000000>".len());
    }
}
