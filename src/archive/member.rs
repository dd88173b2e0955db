//! Gzip members: one for each record.

use std::io::{self, BufRead, BufReader, Read, Write};

use flate2::{Compression, Crc, bufread::GzDecoder, write::DeflateEncoder};

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

    /// One member with these bytes.
    pub(super) fn pack(&mut self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        self.deflate.write_all(bytes)?;
        let deflated = self.deflate.reset(Vec::new())?;
        let mut crc = Crc::new();
        crc.update(bytes);
        let mut member = Vec::with_capacity(deflated.len() + 18);
        member.extend_from_slice(&HEAD);
        member.extend_from_slice(&deflated);
        member.extend_from_slice(&crc.sum().to_le_bytes());
        member.extend_from_slice(&crc.amount().to_le_bytes());
        Ok(member)
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
/// After an answer the input stands right behind the member; after a failure it stands somewhere.
pub(super) fn unpack(input: &mut impl BufRead) -> Option<Result<Unpacked, Unreadable>> {
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
    let read = Record::read(&mut BufReader::new(inflated));
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
            block: text.as_bytes().to_vec(),
        };
        let members: Vec<Vec<u8>> =
            ["一", "", "三三三"].map(|text| packer.pack(&record(text).to_bytes()).unwrap()).into();
        let file = members.concat();
        let mut input = &file[..];
        for text in ["一", "", "三三三"] {
            let unpacked = unpack(&mut input).unwrap().unwrap();
            assert_eq!((unpacked.record, unpacked.own_head), (record(text), true));
        }
        assert!(unpack(&mut input).is_none());
    }

    #[test]
    fn other_gzip_readers_agree() {
        let member = Packer::new().pack(b"the same bytes").unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(&member[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, "the same bytes");
    }
}
