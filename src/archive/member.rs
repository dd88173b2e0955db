//! Gzip members: one for each record.

use std::io::{self, BufRead, BufReader, Read, Write};

use flate2::{Compression, Crc, bufread::GzDecoder, write::DeflateEncoder};

use crate::archive::long::Place;
use crate::archive::record::{Record, Unreadable};

/// How every member of ours begins: gzip, deflate, no flags, no time, no system named.
pub(super) const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// Turns records into gzip members; keeps its compressors, which are dear to make.
pub(super) struct Packer {
    deflate: DeflateEncoder<Vec<u8>>,
    /// For what is compressed already: looking hard for more finds nothing.
    quick: DeflateEncoder<Vec<u8>>,
}

impl Packer {
    pub(super) fn new() -> Self {
        let encoder = |level| DeflateEncoder::new(Vec::new(), Compression::new(level));
        Self { deflate: encoder(6), quick: encoder(1) }
    }

    /// Writes a record as one member. After a failure half a member may stand there, and in here.
    pub(super) fn pack(&mut self, record: &Record, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&HEAD)?;
        let is_compressed = is_compressed(record.block.start());
        let deflate = if is_compressed { &mut self.quick } else { &mut self.deflate };
        let mut member = Member { deflate: &mut *deflate, crc: Crc::new(), out: &mut *out };
        record.write_to(&mut member)?;
        let crc = member.crc;
        out.write_all(&deflate.reset(Vec::new())?)?;
        out.write_all(&crc.sum().to_le_bytes())?;
        out.write_all(&crc.amount().to_le_bytes())
    }
}

/// Whether a block begins like an answer whose payload begins as compressed data does: gzip, ZIP and its kin.
fn is_compressed(block: &[u8]) -> bool {
    const MAGIC: [&[u8]; 2] = [&[0x1f, 0x8b, 8], b"PK\x03\x04"];
    let head = &block[..block.len().min(LONGEST_HTTP_HEAD)];
    let payload = head.windows(4).position(|four| four == b"\r\n\r\n").map(|end| &head[end + 4..]);
    payload.is_some_and(|payload| MAGIC.iter().any(|magic| payload.starts_with(magic)))
}

/// How far into an answer the end of its header fields is looked for, in bytes.
const LONGEST_HTTP_HEAD: usize = 16 << 10;

/// A member that is being written: holds no more than the compressor does.
struct Member<'a, W> {
    deflate: &'a mut DeflateEncoder<Vec<u8>>,
    crc: Crc,
    out: &'a mut W,
}

impl<W: Write> Write for Member<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A piece at a time, so that a long block is not held once more in its deflated form.
        let piece = &bytes[..bytes.len().min(1 << 18)];
        self.deflate.write_all(piece)?;
        self.crc.update(piece);
        self.out.write_all(self.deflate.get_ref())?;
        self.deflate.get_mut().clear();
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A record with the first bytes of its member.
pub(super) struct Unpacked {
    pub(super) record: Record,
    /// Whether the member begins as ours do; gzip itself does not protect these bytes.
    pub(super) own_head: bool,
}

/// Reads the member that begins here; `None` at the end of the input.
///
/// After an answer the input stands right behind the member; after a failure it stands somewhere. A long block is not
/// held where it is said at which place the member begins.
pub(super) fn unpack(
    input: &mut impl BufRead,
    at: Option<&Place>,
) -> Option<Result<Unpacked, Unreadable>> {
    let bare = |what: String| Unreadable { what, url: None, at: None };
    match input.fill_buf() {
        Ok([]) => return None,
        Ok(_) => {}
        Err(error) => return Some(Err(bare(format!("the file cannot be read ({error})")))),
    }
    let mut head = [0; HEAD.len()];
    if input.read_exact(&mut head).is_err() {
        return Some(Err(bare("the record is cut short".to_owned())));
    }
    if !head.starts_with(&HEAD[..3]) {
        return Some(Err(bare("no gzip member begins here".to_owned())));
    }
    let inflated = GzDecoder::new((&head[..]).chain(input));
    let read = Record::read(&mut BufReader::new(inflated), at);
    Some(read.map(|record| Unpacked { record, own_head: head == HEAD }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_one_after_the_other() {
        let mut packer = Packer::new();
        let record = |text: &str| Record {
            fields: vec![("WARC-Type".into(), "resource".into())],
            block: text.as_bytes().into(),
        };
        let mut file = Vec::new();
        for text in ["一", "", "三三三"] {
            packer.pack(&record(text), &mut file).unwrap();
        }
        let mut input = &file[..];
        for text in ["一", "", "三三三"] {
            let unpacked = unpack(&mut input, None).unwrap().unwrap();
            assert_eq!((unpacked.record, unpacked.own_head), (record(text), true));
        }
        assert!(unpack(&mut input, None).is_none());
    }

    #[test]
    fn compressed_payloads_are_packed_quickly_and_come_back() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0 and so on";
        let plain = b"HTTP/1.1 200 OK\r\n\r\nplain";
        let mut packer = Packer::new();
        for (block, compressed) in [(&answer[..], true), (plain, false), (&answer[44..], false)] {
            assert_eq!(is_compressed(block), compressed);
            let record = Record { fields: Vec::new(), block: block.into() };
            let mut member = Vec::new();
            packer.pack(&record, &mut member).unwrap();
            let unpacked = unpack(&mut &member[..], None).unwrap().unwrap();
            assert_eq!((unpacked.record, unpacked.own_head), (record, true));
        }
    }

    #[test]
    fn other_gzip_readers_agree() {
        let record = Record { fields: Vec::new(), block: b"the same bytes".into() };
        let (mut member, mut text) = (Vec::new(), String::new());
        Packer::new().pack(&record, &mut member).unwrap();
        flate2::read::GzDecoder::new(&member[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, "WARC/1.1\r\nContent-Length: 14\r\n\r\nthe same bytes\r\n\r\n");
    }
}
