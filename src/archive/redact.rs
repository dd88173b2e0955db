//! Taking a record out for good: what a court may order.
//!
//! The answer, its request and its context give way to one `metadata` record of the very same length, so that every
//! other record stays where it was. It names address, time and digest of what stood there, the reason and the day, and the
//! leaf that stood there in the tree, so that the tree stays as it is.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    ops::Range,
    path::Path,
};

use anyhow::{Context, ensure};
use flate2::Crc;
use serde::{Deserialize, Serialize};

use crate::archive::digest::{payload_digest, warc_date};
use crate::archive::entry::{Entry, JSON, alone, begins_capture, belongs_to, redacted_note};
use crate::archive::leaf::leaf_of_bytes;
use crate::archive::member::HEAD;
use crate::archive::record::one_line;
use crate::archive::revisit::is_plain_name;
use crate::archive::scan::Scan;
use crate::archive::tree::Hash;
use crate::model::{Moment, Position};

/// What is left of something that was taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redacted {
    /// The digest of the payload that stood here, as it was written with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The leaf of the tree that stood here: still the leaf of this place. Notes written before there was a tree have none.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "short")]
    pub leaf: Option<Hash>,
    /// Why it was taken out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When it was taken out.
    pub redacted_at: Moment,
}

/// A hash in as few characters as JSON allows: a note must fit where something short stood.
mod short {
    use data_encoding::BASE64_NOPAD;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use crate::archive::tree::Hash;

    #[expect(clippy::ref_option, reason = "serde hands it over so")]
    pub(super) fn serialize<S: Serializer>(
        hash: &Option<Hash>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match hash {
            Some(hash) => serializer.serialize_str(&BASE64_NOPAD.encode(hash.as_bytes())),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Hash>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
        let bytes = BASE64_NOPAD.decode(text.as_bytes()).map_err(D::Error::custom)?;
        let bytes = bytes.try_into().map_err(|_| D::Error::custom("no hash"))?;
        Ok(Some(Hash::from_bytes(bytes)))
    }
}

/// Takes the entries at these positions out of the archive in a folder; says how many were not taken out before.
///
/// Each file is written anew beside the old one and put in its place when it is on stable storage, so a crash leaves
/// one or the other whole. The bytes are gone from the file; the disk below may still hold them for a while. Nobody may
/// be writing to the archive. An entry whose payload a later entry refers to takes the readability of that one with it:
/// pass both.
pub fn redact(
    dir: &Path,
    positions: &[Position],
    reason: &str,
    now: Moment,
) -> anyhow::Result<usize> {
    let mut of_file: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for Position { file, offset } in positions {
        ensure!(is_plain_name(file), "`{file}` is no name of a file");
        of_file.entry(file).or_default().push(*offset);
    }
    let mut taken = 0;
    for (file, mut offsets) in of_file {
        offsets.sort_unstable();
        offsets.dedup();
        taken += redact_file(dir, file, &offsets, reason, now)
            .with_context(|| format!("cannot redact {file}"))?;
    }
    Ok(taken)
}

fn redact_file(
    dir: &Path,
    file: &str,
    offsets: &[u64],
    reason: &str,
    now: Moment,
) -> anyhow::Result<usize> {
    let path = dir.join(file);
    let mut stones = Vec::new();
    for &offset in offsets {
        if let Some(found) = Found::at(&path, offset)? {
            let length = usize::try_from(found.region.end - found.region.start)?;
            stones.push((offset, found.tombstone(length, reason, now)?));
        }
    }
    if stones.is_empty() {
        return Ok(0);
    }
    let beside = dir.join(format!("{file}.redacting"));
    fs::copy(&path, &beside)?;
    let mut copy = OpenOptions::new().write(true).open(&beside)?;
    for (offset, stone) in &stones {
        copy.seek(SeekFrom::Start(*offset))?;
        copy.write_all(stone)?;
    }
    copy.sync_all()?;
    fs::rename(&beside, &path)?;
    File::open(dir)?.sync_all()?;
    Ok(stones.len())
}

/// What stands at a position now.
struct Found {
    /// All the bytes that were written with it.
    region: Range<u64>,
    id: String,
    url: Option<String>,
    at: String,
    digest: Option<String>,
    leaf: Option<Hash>,
}

impl Found {
    /// Reads what begins at a byte; `None` when it was taken out before.
    fn at(path: &Path, offset: u64) -> anyhow::Result<Option<Self>> {
        let mut scan = Scan::open(path, offset)?;
        let first = scan.next().with_context(|| format!("nothing begins at byte {offset}"))?;
        let mut end = first.end;
        let answer = first.read?.record;
        if begins_capture(&answer) {
            for found in scan {
                match found.read {
                    Ok(next) if belongs_to(&next.record, &answer) => end = found.end,
                    _ => break,
                }
            }
        } else {
            match alone(&answer)? {
                Entry::Redacted(_) => return Ok(None),
                Entry::Imported(_) | Entry::Outcome(_) => {}
                Entry::Capture(_) | Entry::Other => {
                    anyhow::bail!("nothing that can be taken out begins at byte {offset}")
                }
            }
        }
        let field = |name| answer.field(name).map(str::to_owned);
        Ok(Some(Self {
            leaf: Some(leaf_of_bytes(path, offset..end)?),
            region: offset..end,
            id: field("WARC-Record-ID").unwrap_or_default(),
            url: field("WARC-Target-URI"),
            at: field("WARC-Date").unwrap_or_else(|| warc_date(Moment::UNIX_EPOCH)),
            digest: field("WARC-Payload-Digest"),
        }))
    }

    /// The member that takes its place, exactly as long; where the place is too small, the reason is cut, then
    /// the address is left out, at last the digest.
    fn tombstone(&self, length: usize, reason: &str, now: Moment) -> anyhow::Result<Vec<u8>> {
        let cut = |count| reason.chars().take(count).collect::<String>();
        let tries = [
            (reason.to_owned(), true, true),
            (cut(40), true, true),
            (cut(40), false, true),
            (cut(8), false, true),
            (String::new(), false, false),
        ];
        for (reason, with_url, with_digest) in tries {
            let digest = self.digest.clone().filter(|_| with_digest);
            let note =
                redacted_note(&Redacted { digest, leaf: self.leaf, reason, redacted_at: now })?;
            if let Some(stone) = self.fitted(length, note, with_url) {
                return Ok(stone);
            }
        }
        anyhow::bail!("{length} bytes at byte {} are too few for a note", self.region.start)
    }

    /// The member with this note, or nothing when it is longer than `length`.
    fn fitted(&self, length: usize, mut note: Vec<u8>, with_url: bool) -> Option<Vec<u8>> {
        // Gzip head and end, and five bytes for each stored piece.
        let room = length.checked_sub(HEAD.len() + 8)?;
        let pieces = room.div_ceil(PIECE + 5);
        let plain = room.checked_sub(5 * pieces)?;
        let end = "\r\n\r\n";
        let head = self.head(&"0".repeat(37), 0, with_url).len();
        let block = plain.checked_sub(head + end.len())?;
        if note.len() > block {
            return None;
        }
        // White space behind JSON says nothing.
        note.resize(block, b' ');
        let mut record = self.head(&payload_digest(&note), block, with_url).into_bytes();
        record.extend_from_slice(&note);
        record.extend_from_slice(end.as_bytes());
        Some(stored(&record, pieces))
    }

    /// The named fields; as long for any digest and any block length.
    fn head(&self, digest: &str, block: usize, with_url: bool) -> String {
        let Self { id, at, url, .. } = self;
        let url = url.as_deref().filter(|_| with_url).map(one_line);
        let url = url.map(|url| format!("WARC-Target-URI: {url}\r\n")).unwrap_or_default();
        format!(
            "WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: {id}\r\nWARC-Date: {at}\r\n{url}\
             WARC-Block-Digest: {digest}\r\nContent-Type: {JSON}\r\nContent-Length: {block:09}\r\n\r\n"
        )
    }
}

/// The most bytes of one stored piece of a deflate stream.
const PIECE: usize = 65_535;

/// A gzip member that holds these bytes as they are, in so many pieces, so that its length is known beforehand.
fn stored(bytes: &[u8], pieces: usize) -> Vec<u8> {
    let mut member = HEAD.to_vec();
    let mut rest = bytes;
    for number in 1..=pieces {
        let (piece, more) = rest.split_at(rest.len().min(PIECE));
        rest = more;
        let length = u16::try_from(piece.len()).unwrap_or(u16::MAX);
        member.push(u8::from(number == pieces));
        member.extend_from_slice(&length.to_le_bytes());
        member.extend_from_slice(&(!length).to_le_bytes());
        member.extend_from_slice(piece);
    }
    let mut crc = Crc::new();
    crc.update(bytes);
    member.extend_from_slice(&crc.sum().to_le_bytes());
    member.extend_from_slice(&crc.amount().to_le_bytes());
    member
}

/// Whether the members of a file between two bytes are stored as a tombstone is: inflating alone would let pass what
/// stands in the unused bits between the pieces.
pub(super) fn is_plainly_stored(path: &Path, region: Range<u64>) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let mut at = region.start + HEAD.len() as u64;
    loop {
        let mut head = [0; 5];
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut head)?;
        at += 5 + u64::from(u16::from_le_bytes([head[1], head[2]]));
        match head[0] {
            0 if at < region.end => {}
            last => return Ok(last == 1 && at + 8 == region.end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::tests::{capture, imported, not_modified, open, outcome};
    use crate::archive::{Reader, verify};

    #[test]
    fn what_is_taken_out_is_gone_and_the_rest_stays_where_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let (mut archive, _) = open(dir.path(), &BTreeMap::new());
        let secret = "某某的身份证号".repeat(30_000);
        let positions = [
            archive.append_capture(&capture(1, b"stays")).unwrap(),
            archive.append_capture(&capture(2, secret.as_bytes())).unwrap(),
            archive.append_import(&imported(3)).unwrap(),
            archive.append_outcome(&outcome(4)).unwrap(),
            archive.append_capture(&not_modified(5)).unwrap(),
            archive.append_capture(&capture(6, b"stays, too")).unwrap(),
        ];
        archive.sync().unwrap();
        let lengths = archive.lengths();
        drop(archive);
        let now = crate::archive::tests::moment(99);
        let out = &positions[1..5];
        assert_eq!(redact(dir.path(), out, "判决书 1 号", now).unwrap(), 4);
        assert_eq!(redact(dir.path(), out, "again", now).unwrap(), 0);
        let report = verify(dir.path(), Some(&lengths)).unwrap();
        assert_eq!((&report.damage[..], report.captures, report.redacted.len()), (&[][..], 2, 4));
        let reader = Reader::open(dir.path()).unwrap();
        assert_eq!(reader.capture(&positions[5]).unwrap(), capture(6, b"stays, too"));
        let Entry::Redacted(stone) = reader.entry(&positions[1]).unwrap() else { panic!() };
        let digest = Some(payload_digest(secret.as_bytes()));
        let reason = "判决书 1 号".to_owned();
        assert!(stone.leaf.is_some());
        assert_eq!(stone, Redacted { digest, leaf: stone.leaf, reason, redacted_at: now });
        assert_eq!(reader.entries().map(Result::unwrap).count(), 7);
        let (_, recovery) = open(dir.path(), &BTreeMap::new());
        assert_eq!(recovery.unregistered, positions);
    }

    #[test]
    fn a_note_has_any_length_exactly() {
        let leaf = "0123456789abcdef".repeat(4).parse().unwrap();
        let found = Found {
            region: 0..0,
            id: "<urn:uuid:0>".into(),
            url: Some("http://a.example/".into()),
            at: "2020-01-31T08:00:00Z".into(),
            digest: None,
            leaf: Some(leaf),
        };
        let lengths = (410..700).chain(65_900..66_100).chain(131_000..131_200).chain([400_000]);
        for length in lengths {
            let stone = found.tombstone(length, "reason", Moment::UNIX_EPOCH).unwrap();
            assert_eq!(stone.len(), length);
            let read = crate::archive::member::unpack(&mut &stone[..], None).unwrap().unwrap();
            assert!(read.own_head);
            assert!(matches!(alone(&read.record), Ok(Entry::Redacted(_))), "{length}");
            assert_eq!(read.record.check_digests(0), Ok(()));
        }
        assert!(found.tombstone(200, "reason", Moment::UNIX_EPOCH).is_err());
    }

    #[test]
    fn only_what_was_kept_can_be_taken_out() {
        let dir = tempfile::tempdir().unwrap();
        let (mut archive, _) = open(dir.path(), &BTreeMap::new());
        let Position { file, .. } = archive.append_capture(&capture(1, b"x")).unwrap();
        archive.sync().unwrap();
        for (file, offset) in [(file.as_str(), 0), (&file, 3), ("../a", 0), ("gone.warc.gz", 0)] {
            let position = Position { file: file.to_owned(), offset };
            assert!(redact(dir.path(), &[position], "r", Moment::UNIX_EPOCH).is_err(), "{file}");
        }
        assert_eq!(verify(dir.path(), None).unwrap().damage, []);
    }
}
