//! Blocks of records that are too long to be held: read from the file again whenever they are asked for.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::Arc,
};

use flate2::bufread::GzDecoder;

use crate::archive::record::Record;
use crate::model::{Body, Stored};

/// Where a record stands: the file, and the byte at which its member begins.
pub(super) struct Place<'a> {
    pub(super) path: &'a Path,
    pub(super) offset: u64,
}

impl Place<'_> {
    /// The block of the record that stands here, whose first bytes were read.
    pub(super) fn long_block(&self, length: u64, start: Vec<u8>) -> Body {
        let (path, offset) = (self.path.to_owned(), self.offset);
        Body::stored(Arc::new(LongBlock { path, offset, length, start }))
    }
}

#[derive(Debug)]
struct LongBlock {
    path: PathBuf,
    offset: u64,
    length: u64,
    start: Vec<u8>,
}

impl Stored for LongBlock {
    fn length(&self) -> u64 {
        self.length
    }

    fn start(&self) -> &[u8] {
        &self.start
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.offset))?;
        let member = GzDecoder::new(BufReader::with_capacity(1 << 16, file));
        let mut record = BufReader::with_capacity(1 << 16, member);
        Record::default().fill_head(&mut record).map_err(io::Error::other)?;
        Ok(Box::new(record.take(self.length)))
    }
}
