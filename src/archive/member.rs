//! Gzip members: one for each record.

use std::io::{self, BufRead, BufReader, Read, Write};

use flate2::{Compression, Crc, bufread::GzDecoder, write::DeflateEncoder};

use crate::archive::long::Place;
use crate::archive::record::{Record, Unreadable};

/// How every member of ours begins: gzip, deflate, no flags, no time, no system named.
pub(super) const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// Turns records into gzip members; keeps the compressor, which is dear to make.
pub(super) struct Packer {
    deflate: DeflateEncoder<Vec<u8>>,
}

impl Packer {
    pub(super) fn new() -> Self {
        Self { deflate: DeflateEncoder::new(Vec::new(), Compression::new(6)) }
    }

    /// Writes a record as one member. After a failure half a member may stand there, and in here.
    pub(super) fn pack(&mut self, record: &Record, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&HEAD)?;
        let mut member = Member { deflate: &mut self.deflate, crc: Crc::new(), out: &mut *out };
        record.write_to(&mut member)?;
        let crc = member.crc;
        out.write_all(&self.deflate.reset(Vec::new())?)?;
        out.write_all(&crc.sum().to_le_bytes())?;
        out.write_all(&crc.amount().to_le_bytes())
    }
}

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
    fn other_gzip_readers_agree() {
        let record = Record { fields: Vec::new(), block: b"the same bytes".into() };
        let (mut member, mut text) = (Vec::new(), String::new());
        Packer::new().pack(&record, &mut member).unwrap();
        flate2::read::GzDecoder::new(&member[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, "WARC/1.1\r\nContent-Length: 14\r\n\r\nthe same bytes\r\n\r\n");
    }
}
