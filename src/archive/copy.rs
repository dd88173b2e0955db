//! Captures as a WARC file of their own, for other programs.

use std::{
    io::{self, Write},
    ops::Range,
};

use crate::archive::digest::Ids;
use crate::archive::entry::{Speaks, capture_records, info_record};
use crate::archive::member::Packer;
use crate::archive::reader::Reader;
use crate::archive::record::Record;
use crate::archive::writer::Settings;
use crate::model::{Moment, Position};

/// Writes captures one after the other; every payload stands in the output itself.
pub struct Copier<W> {
    out: W,
    packer: Packer,
    name: String,
    info: String,
    at: u64,
}

impl<W: Write> Copier<W> {
    /// Begins a file of this name: writes its first record.
    pub fn begin(out: W, name: &str, settings: &Settings, now: Moment) -> anyhow::Result<Self> {
        let ids = Ids::new(name, 0, now);
        let (packer, info) = (Packer::new(), ids.nth(0));
        let mut copier = Self { out, packer, name: name.to_owned(), info, at: 0 };
        let record = info_record(name, &settings.info_lines(), &ids, now)?;
        copier.write(&record)?;
        Ok(copier)
    }

    /// How many bytes were written.
    pub(super) fn written(&self) -> u64 {
        self.at
    }

    /// Copies the capture at a position with its request and context; says at which bytes its answer stands now.
    ///
    /// The records are copied byte for byte, but an answer whose payload stands in an earlier record, which may not be
    /// copied, is written with it.
    pub fn capture(&mut self, reader: &Reader, position: &Position) -> anyhow::Result<Range<u64>> {
        let begin = self.at;
        if reader.original(position)? == *position {
            self.at += reader.copy(position, &mut self.out)?;
            return Ok(begin..begin + reader.length(position)?);
        }
        let capture = reader.capture(position)?;
        let ids = Ids::new(&self.name, self.at, capture.at);
        let mut end = None;
        for record in capture_records(&capture, Speaks::Alone, &self.info, &ids)? {
            self.write(&record)?;
            end.get_or_insert(self.at);
        }
        Ok(begin..end.unwrap_or(begin))
    }

    /// Hands everything on and gives the output back.
    pub fn finish(mut self) -> anyhow::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn write(&mut self, record: &Record) -> anyhow::Result<()> {
        let mut counted = Counted { out: &mut self.out, at: &mut self.at };
        Ok(self.packer.pack(record, &mut counted)?)
    }
}

/// Counts what is handed on.
struct Counted<'a, W> {
    out: &'a mut W,
    at: &'a mut u64,
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        *self.at += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
