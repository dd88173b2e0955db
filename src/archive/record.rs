//! One WARC record: named fields and a block of bytes.

use std::{
    fmt,
    io::{self, BufRead, Read, Write},
};

use crate::archive::digest::digest_from;
use crate::archive::long::Place;
use crate::model::Body;

/// The first line of every record.
const VERSION: &str = "WARC/1.1";
/// What stands after every block.
const END: &[u8] = b"\r\n\r\n";
/// The most bytes the named fields of one record may take.
const LONGEST_HEAD: u64 = 256 << 10;
/// The most bytes a block may have, written or read.
pub(super) const LONGEST_BLOCK: u64 = 2 << 30;
/// A longer block of an archive of ours is not held when it is read: only so many of its first bytes are.
const HELD: u64 = 1 << 20;
/// The most bytes of a block that is held as a whole, because it comes from a stream that is read once.
const LONGEST_HELD: u64 = 512 << 20;

/// One record, as written or as read.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Record {
    /// Named fields in order, `Content-Length` excepted: it follows from the block.
    pub(super) fields: Vec<(String, String)>,
    /// The bytes.
    pub(super) block: Body,
}

/// Why a record cannot be read, and what can still be said of it.
#[derive(Debug)]
pub(super) struct Unreadable {
    /// What is wrong, for people.
    pub(super) what: String,
    /// `WARC-Target-URI`, when the head was still readable.
    pub(super) url: Option<String>,
    /// `WARC-Date`, when the head was still readable.
    pub(super) at: Option<String>,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Unreadable {}

impl Record {
    /// The first field of a name, compared without letter case.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        field(&self.fields, name)
    }

    /// `WARC-Type`; empty when there is none.
    pub(super) fn kind(&self) -> &str {
        self.field("WARC-Type").unwrap_or_default()
    }

    /// Writes the record as plain bytes, ready to be packed.
    pub(super) fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        let mut head = VERSION.to_owned();
        for (name, value) in &self.fields {
            let value = one_line(value);
            head.extend(["\r\n", name, ": ", &value]);
        }
        head.extend(["\r\nContent-Length: ", &self.block.len().to_string(), "\r\n\r\n"]);
        out.write_all(head.as_bytes())?;
        self.block.copy_to(out)?;
        out.write_all(END)
    }

    /// Reads the one record that the input holds, to its end. Where it stands says how a long block is found again;
    /// without that it is held.
    pub(super) fn read(input: &mut impl BufRead, at: Option<&Place>) -> Result<Self, Unreadable> {
        let mut record = Self::default();
        match record.fill(input, at) {
            Ok(()) => Ok(record),
            Err(what) => Err(Unreadable {
                what,
                url: record.field("WARC-Target-URI").map(str::to_owned),
                at: record.field("WARC-Date").map(str::to_owned),
            }),
        }
    }

    /// Reads the next record of a stream that holds many, as any program may have written them; `None` at its end.
    ///
    /// After an error nothing more can be read.
    pub(super) fn read_next(input: &mut impl BufRead) -> Option<Result<Self, String>> {
        loop {
            let blank = match input.fill_buf() {
                Ok([]) => return None,
                Ok(bytes) => bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count(),
                Err(error) => return Some(Err(damaged(&error))),
            };
            if blank == 0 {
                break;
            }
            input.consume(blank);
        }
        let mut record = Self::default();
        let filled =
            record.fill_head(input).and_then(|length| record.fill_block(input, length, None));
        Some(filled.map(|()| record))
    }

    fn fill(&mut self, input: &mut impl BufRead, at: Option<&Place>) -> Result<(), String> {
        let length = self.fill_head(input)?;
        self.fill_block(input, length, at)?;
        let mut end = Vec::new();
        input.take(END.len() as u64 + 1).read_to_end(&mut end).map_err(|e| damaged(&e))?;
        if end == END { Ok(()) } else { Err("the block does not end where it should".to_owned()) }
    }

    fn fill_block(
        &mut self,
        input: &mut impl BufRead,
        length: u64,
        at: Option<&Place>,
    ) -> Result<(), String> {
        if at.is_none() && length > LONGEST_HELD {
            return Err(format!("a block of {length} bytes is too long"));
        }
        let held = if at.is_some() { length.min(HELD) } else { length };
        let mut start = Vec::new();
        // `take` grows with the bytes that come: a lying length allocates nothing.
        input.take(held).read_to_end(&mut start).map_err(|e| damaged(&e))?;
        let rest = io::copy(&mut input.take(length - held), &mut io::sink());
        let read = start.len() as u64 + rest.map_err(|e| damaged(&e))?;
        if read != length {
            return Err(format!("the block has {read} of {length} bytes"));
        }
        self.block = match at {
            Some(place) if length > held => place.long_block(length, start),
            _ => start.into(),
        };
        Ok(())
    }

    /// Reads the named fields; gives the length of the block, which comes next.
    pub(super) fn fill_head(&mut self, input: &mut impl BufRead) -> Result<u64, String> {
        let mut head = input.take(LONGEST_HEAD);
        let version = head_line(&mut head)?;
        if !matches!(version.as_str(), "WARC/1.1" | "WARC/1.0") {
            return Err("no WARC record begins here".to_owned());
        }
        loop {
            let line = head_line(&mut head)?;
            if line.is_empty() {
                break;
            }
            // WARC 1.0 allowed a value to go on in the next line.
            if let (true, Some((_, value))) =
                (line.starts_with([' ', '\t']), self.fields.last_mut())
            {
                value.extend([" ", line.trim()]);
                continue;
            }
            let (name, value) = line.split_once(':').ok_or("a line of the head is no field")?;
            self.fields.push((name.to_owned(), value.trim().to_owned()));
        }
        let length = self.field("Content-Length").ok_or("there is no Content-Length")?;
        let length: u64 =
            length.parse().map_err(|_| format!("Content-Length is `{}`", shortened(length)))?;
        self.fields.retain(|(name, _)| !name.eq_ignore_ascii_case("Content-Length"));
        if length > LONGEST_BLOCK {
            return Err(format!("the block claims {length} bytes"));
        }
        Ok(length)
    }

    /// Compares the digests the record names with its bytes; `payload` is where the payload begins in the block.
    pub(super) fn check_digests(&self, payload: u64) -> Result<(), String> {
        let differs = |name, from| match self.field(name) {
            Some(named) => digest_from(&self.block, from).map(|digest| digest != named),
            None => Ok(false),
        };
        if differs("WARC-Block-Digest", 0).map_err(|e| damaged(&e))? {
            return Err("the block does not have the digest it was written with".to_owned());
        }
        let is_revisit = self.kind() == "revisit";
        if !is_revisit && differs("WARC-Payload-Digest", payload).map_err(|e| damaged(&e))? {
            return Err("the payload does not have the digest it was written with".to_owned());
        }
        Ok(())
    }
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

fn head_line(head: &mut io::Take<&mut impl BufRead>) -> Result<String, String> {
    let mut line = Vec::new();
    head.read_until(b'\n', &mut line).map_err(|e| damaged(&e))?;
    if line.pop() != Some(b'\n') {
        return Err("the head of the record has no end".to_owned());
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    String::from_utf8(line).map_err(|_| "the head of the record is no text".to_owned())
}

fn damaged(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "the record is cut short".to_owned(),
        _ => format!("the record is damaged ({error})"),
    }
}

/// A value that cannot break out of its line.
pub(super) fn one_line(value: &str) -> String {
    value.replace(['\r', '\n', '\0'], " ")
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(fields: &[(&str, &str)], block: &[u8]) -> Record {
        let fields = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Record { fields, block: block.into() }
    }

    fn bytes(record: &Record) -> Vec<u8> {
        let mut bytes = Vec::new();
        record.write_to(&mut bytes).unwrap();
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Record, String> {
        Record::read(&mut &bytes[..], None).map_err(|e| e.what)
    }

    #[test]
    fn what_is_written_is_read() {
        let written = record(&[("WARC-Type", "resource"), ("X", "a: b")], b"\r\n\r\nbytes\0");
        assert_eq!(read(&bytes(&written)), Ok(written));
    }

    #[test]
    fn a_value_cannot_break_out_of_its_line() {
        let written = record(&[("WARC-Type", "metadata\r\nContent-Length: 1")], b"");
        assert_eq!(read(&bytes(&written)).unwrap().kind(), "metadata  Content-Length: 1");
    }

    #[test]
    fn lies_and_stumps_are_named() {
        for (bytes, want) in [
            (&b"HTTP/1.1 200 OK\r\n\r\n"[..], "no WARC record begins here"),
            (b"WARC/1.1\r\nWARC-Type: x\r\n", "the head of the record has no end"),
            (b"WARC/1.1\r\n\r\n", "there is no Content-Length"),
            (b"WARC/1.1\r\nContent-Length: -1\r\n\r\n", "Content-Length is `-1`"),
            (
                b"WARC/1.1\r\nContent-Length: 99999999999\r\n\r\n",
                "the block claims 99999999999 bytes",
            ),
            (b"WARC/1.1\r\nContent-Length: 5\r\n\r\nabc", "the block has 3 of 5 bytes"),
            (b"WARC/1.1\r\nContent-Length: 1\r\n\r\nabc", "the block does not end where it should"),
            (b"WARC/1.1\r\nno field\r\n\r\n", "a line of the head is no field"),
        ] {
            assert_eq!(read(bytes), Err(want.to_owned()));
        }
        let endless = [b"WARC/1.1\r\n".to_vec(), vec![b'x'; 300 << 10]].concat();
        assert_eq!(read(&endless), Err("the head of the record has no end".to_owned()));
    }

    #[test]
    fn what_can_still_be_said_of_a_stump_is_said() {
        let whole = record(
            &[("WARC-Target-URI", "http://a.example/"), ("WARC-Date", "2020-01-31T00:00:00Z")],
            b"block",
        );
        let bytes = bytes(&whole);
        let error = Record::read(&mut &bytes[..bytes.len() - 6], None).unwrap_err();
        assert_eq!(error.url.as_deref(), Some("http://a.example/"));
        assert_eq!(error.at.as_deref(), Some("2020-01-31T00:00:00Z"));
    }
}
