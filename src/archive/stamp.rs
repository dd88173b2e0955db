//! Time stamps of others over a head (RFC 3161): what was stamped, and when they say it was.
//!
//! Their signature is not checked here; `openssl ts -verify` does, with the authority's certificate.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use der::asn1::{AnyRef, GeneralizedTime, ObjectIdentifier};
use der::{Decode, Reader, SliceReader, Tag, Tagged};

use crate::archive::tree::Hash;
use crate::model::Moment;

/// Folder of the stamps in the folder of the archive.
pub const STAMPS: &str = "stamps";
/// The most bytes of a stamp that are read.
const LONGEST: u64 = 1 << 20;

/// What a time-stamp response says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// What was stamped: a SHA-256 hash.
    pub of: Hash,
    /// When, by the clock of the authority.
    pub at: Moment,
}

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const STAMP_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");

impl Stamp {
    /// Reads the time-stamp response in a file.
    pub fn read(path: &Path) -> anyhow::Result<(Self, Vec<u8>)> {
        let cannot = || format!("cannot use {}", path.display());
        let mut bytes = Vec::new();
        let file = File::open(path).with_context(cannot)?;
        file.take(LONGEST + 1).read_to_end(&mut bytes).with_context(cannot)?;
        let stamp = Self::parse(&bytes).with_context(cannot)?;
        Ok((stamp, bytes))
    }

    /// The stamps that are kept beside an archive, with their files.
    pub fn kept(archive: &Path) -> anyhow::Result<Vec<(PathBuf, anyhow::Result<Self>)>> {
        let mut files = Vec::new();
        match fs::read_dir(archive.join(STAMPS)) {
            Ok(entries) => {
                for entry in entries {
                    files.push(entry?.path());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).context(STAMPS),
        }
        files.sort();
        let read = |path: PathBuf| {
            let stamp = Self::read(&path).map(|(stamp, _)| stamp);
            (path, stamp)
        };
        Ok(files.into_iter().map(read).collect())
    }

    /// Keeps a stamp beside an archive; says where.
    pub fn keep(&self, bytes: &[u8], archive: &Path) -> anyhow::Result<PathBuf> {
        let folder = archive.join(STAMPS);
        let time = self.at.strftime("%Y%m%d%H%M%S");
        let path = folder.join(format!("{time}-{}.tsr", self.of));
        let kept = fs::create_dir_all(&folder)
            .and_then(|()| File::create(&path))
            .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
            .and_then(|()| File::open(&folder)?.sync_all());
        kept.with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// Reads a time-stamp response (`.tsr`) in DER; the error says what it is not.
    pub fn parse(bytes: &[u8]) -> anyhow::Result<Self> {
        anyhow::ensure!(bytes.len() as u64 <= LONGEST, "a stamp of more than {LONGEST} bytes");
        let no_stamp = |error: der::Error| anyhow::anyhow!("no time-stamp response: {error}");
        let mut outer = SliceReader::new(bytes).map_err(no_stamp)?;
        let response = outer.decode::<AnyRef<'_>>().map_err(no_stamp)?;
        let (status, token) = status_and_token(response).map_err(no_stamp)?;
        anyhow::ensure!(status <= 1, "the authority did not grant the stamp (status {status})");
        let info = info_of(token).map_err(no_stamp)?;
        let (algorithm, hash, time) = imprint_of(info).map_err(no_stamp)?;
        anyhow::ensure!(
            algorithm == SHA_256,
            "the stamp is over a hash of another kind ({algorithm}) than SHA-256"
        );
        let hash: [u8; 32] =
            hash.try_into().map_err(|_| anyhow::anyhow!("the hash is no SHA-256"))?;
        let at = Moment::from_second(i64::try_from(time.to_unix_duration().as_secs())?)?;
        Ok(Self { of: Hash::from_bytes(hash), at })
    }
}

/// The elements of a sequence, or of anything else that holds elements.
fn elements(outer: AnyRef<'_>) -> der::Result<Vec<AnyRef<'_>>> {
    let mut reader = SliceReader::new(outer.value())?;
    let mut found = Vec::new();
    while !reader.is_finished() {
        found.push(reader.decode()?);
    }
    Ok(found)
}

/// The element with this number.
fn nth(outer: AnyRef<'_>, number: usize) -> der::Result<AnyRef<'_>> {
    elements(outer)?.get(number).copied().ok_or_else(|| Tag::Sequence.value_error().into())
}

fn status_and_token(response: AnyRef<'_>) -> der::Result<(u8, AnyRef<'_>)> {
    let status = nth(nth(response, 0)?, 0)?.decode_as::<u8>()?;
    // A response that was refused holds no stamp.
    let token = if status <= 1 { nth(response, 1)? } else { response };
    Ok((status, token))
}

/// Follows a signed message to the stamp's text.
fn info_of(token: AnyRef<'_>) -> der::Result<AnyRef<'_>> {
    expect(nth(token, 0)?, SIGNED_DATA)?;
    let signed = nth(nth(token, 1)?, 0)?;
    let content = nth(signed, 2)?;
    expect(nth(content, 0)?, STAMP_INFO)?;
    let text = nth(nth(content, 1)?, 0)?;
    text.tag().assert_eq(Tag::OctetString)?;
    AnyRef::from_der(text.value())
}

fn expect(kind: AnyRef<'_>, wanted: ObjectIdentifier) -> der::Result<()> {
    if kind.decode_as::<ObjectIdentifier>()? == wanted {
        return Ok(());
    }
    Err(Tag::ObjectIdentifier.value_error().into())
}

fn imprint_of(info: AnyRef<'_>) -> der::Result<(ObjectIdentifier, &[u8], GeneralizedTime)> {
    let imprint = nth(info, 2)?;
    let algorithm = nth(nth(imprint, 0)?, 0)?.decode_as()?;
    let time = nth(info, 4)?;
    Ok((algorithm, nth(imprint, 1)?.value(), whole_seconds(time)?))
}

/// The time of a stamp may have fractions of a second, which are no DER of the kind certificates have.
fn whole_seconds(time: AnyRef<'_>) -> der::Result<GeneralizedTime> {
    let text = time.value();
    let Some(point) = text.iter().position(|&byte| byte == b'.') else { return time.decode_as() };
    let whole = [&text[..point], b"Z"].concat();
    AnyRef::new(Tag::GeneralizedTime, &whole)?.decode_as()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let value = parts.concat();
        let length = u8::try_from(value.len()).unwrap();
        let head = if length < 128 { vec![tag, length] } else { vec![tag, 0x81, length] };
        [head, value].concat()
    }

    fn oid(oid: ObjectIdentifier) -> Vec<u8> {
        der(6, &[oid.as_bytes()])
    }

    /// A response as an authority would give it, but for certificate and signature.
    fn response(status: u8, algorithm: ObjectIdentifier, hash: &[u8], time: &str) -> Vec<u8> {
        let imprint = der(0x30, &[&der(0x30, &[&oid(algorithm)]), &der(4, &[hash])]);
        let policy = oid(ObjectIdentifier::new_unwrap("1.2.3.4"));
        let info = der(
            0x30,
            &[&der(2, &[&[1]]), &policy, &imprint, &der(2, &[&[7]]), &der(24, &[time.as_bytes()])],
        );
        let content = der(0x30, &[&oid(STAMP_INFO), &der(0xa0, &[&der(4, &[&info])])]);
        let signed = der(0x30, &[&der(2, &[&[3]]), &der(0x31, &[]), &content]);
        let token = der(0x30, &[&oid(SIGNED_DATA), &der(0xa0, &[&signed])]);
        der(0x30, &[&der(0x30, &[&der(2, &[&[status]])]), &token])
    }

    #[test]
    fn what_was_stamped_and_when_is_read() {
        let hash = Hash::from_bytes([7; 32]);
        for time in ["20240601080000Z", "20240601080000.25Z"] {
            let stamp = Stamp::parse(&response(0, SHA_256, &[7; 32], time)).unwrap();
            let at = "2024-06-01T08:00:00Z".parse().unwrap();
            assert_eq!(stamp, Stamp { of: hash, at });
        }
    }

    #[test]
    fn what_is_no_stamp_is_refused() {
        let good = response(0, SHA_256, &[7; 32], "20240601080000Z");
        for cut in 0..good.len() {
            assert!(Stamp::parse(&good[..cut]).is_err(), "{cut}");
        }
        let said = |bytes: &[u8]| Stamp::parse(bytes).unwrap_err().to_string();
        assert!(said(&response(2, SHA_256, &[7; 32], "20240601080000Z")).contains("status 2"));
        let sha_1 = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
        assert!(said(&response(0, sha_1, &[7; 20], "20240601080000Z")).contains("another kind"));
        assert!(said(&response(0, SHA_256, &[7; 31], "20240601080000Z")).contains("no SHA-256"));
        assert!(said(b"<html>").contains("no time-stamp response"));
    }
}
