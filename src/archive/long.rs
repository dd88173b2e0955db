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

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs, io::Write};

    use super::*;
    use crate::archive::tests::{capture, moment, open};
    use crate::archive::{
        Copier, Earlier, Entry, Reader, Settings, SpoolFolder, body_digest, payload_digest, verify,
    };
    use crate::model::{Capture, Spool};

    /// A body that arrived through the spool.
    fn spooled(spool: &SpoolFolder, bytes: &[u8]) -> Body {
        let mut arriving = spool.begin().unwrap();
        arriving.write_all(bytes).unwrap();
        arriving.finish().unwrap()
    }

    #[test]
    fn a_long_body_is_never_held() {
        let (dir, spool) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let folder = SpoolFolder::open(spool.path()).unwrap();
        // Does not compress well, so that the record is long in the file, too.
        let bytes: Vec<u8> =
            (0..1_000_000_u32).flat_map(|n| n.wrapping_mul(n).to_le_bytes()).collect();
        let (mut archive, _) = open(dir.path(), &BTreeMap::new());
        let mut long = capture(1, b"");
        long.answer.body = spooled(&folder, &bytes);
        let place = archive.append_capture(&long).unwrap();
        let after = archive.append_capture(&capture(2, b"after")).unwrap();
        archive.sync().unwrap();
        let earlier = Earlier {
            url: long.url.clone(),
            at: long.at,
            digest: body_digest(&long.answer.body).unwrap(),
        };
        assert_eq!(earlier.digest, payload_digest(&bytes));
        let again = Capture { at: moment(3), ..long.clone() };
        let again_place = archive.append_identical(&again, &earlier, &place).unwrap();
        archive.sync().unwrap();
        drop((long, again));
        assert_eq!(fs::read_dir(spool.path()).unwrap().count(), 0, "the archive has it now");

        let reader = Reader::open(dir.path()).unwrap();
        for position in [&place, &again_place] {
            let read = reader.capture(position).unwrap();
            assert!(!read.answer.body.is_held());
            assert_eq!(read.answer.body, Body::from(&bytes[..]));
            assert_eq!(&read.answer.decoded(5000).0[..], &bytes[..5000]);
        }
        assert_eq!(reader.capture(&after).unwrap(), capture(2, b"after"));
        assert_eq!(verify(dir.path(), None).unwrap().damage, []);

        // Handed on to others, too.
        let copied = tempfile::tempdir().unwrap();
        let mut out = fs::File::create(copied.path().join("export-1.warc.gz")).unwrap();
        let settings = Settings::new("gongkai/test");
        let mut copier = Copier::begin(&mut out, "export-1.warc.gz", &settings, moment(0)).unwrap();
        copier.capture(&reader, &place).unwrap();
        copier.finish().unwrap();
        let mut copy = Reader::open(copied.path()).unwrap().entries().map(Result::unwrap);
        let Some((_, Entry::Capture(copy))) = copy.nth(1) else { panic!() };
        assert_eq!(copy.answer.body, Body::from(&bytes[..]));

        // And damage inside it is seen.
        let path = dir.path().join(&place.file);
        let mut file = fs::read(&path).unwrap();
        let at = usize::try_from(after.offset).unwrap() / 2;
        file[at] ^= 1;
        fs::write(&path, file).unwrap();
        assert!(!verify(dir.path(), None).unwrap().damage.is_empty());
        assert_eq!(reader.capture(&after).unwrap(), capture(2, b"after"));
    }
}
