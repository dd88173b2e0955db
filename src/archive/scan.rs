//! The records of one file in order, and the files of an archive.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use anyhow::Context;

use crate::archive::long::Place;
use crate::archive::member::{HEAD, Unpacked, unpack};
use crate::archive::record::Unreadable;

/// How the names of the files begin that this program writes; it changes no others.
pub(super) const OWN: &str = "gongkai-";
/// How the names of WARC files end.
pub(super) const ENDING: &str = ".warc.gz";

/// Names of the WARC files of a folder in the order they were written: by serial, then by name.
///
/// A folder that is not there holds none.
pub(super) fn files(dir: &Path) -> anyhow::Result<Vec<String>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("cannot list {}", dir.display())),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.with_context(|| format!("cannot list {}", dir.display()))?.file_name();
        names.extend(name.into_string().ok().filter(|name| name.ends_with(ENDING)));
    }
    names.sort_by(|a, b| (serial(a), a).cmp(&(serial(b), b)));
    Ok(names)
}

/// The serial of a file name, `gongkai-20200131080000-00007.warc.gz` → 7; 0 when it has none.
pub(super) fn serial(name: &str) -> u32 {
    let stem = name.strip_suffix(ENDING).unwrap_or(name);
    stem.rsplit('-').next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// One record with where it begins and ends, or why there is none; after damage it goes on at the next record.
pub(super) struct Found {
    /// Byte at which the gzip member begins.
    pub(super) offset: u64,
    /// Byte behind the member; where reading goes on after damage.
    pub(super) end: u64,
    /// The record.
    pub(super) read: Result<Unpacked, Unreadable>,
}

/// The records of one file.
pub(super) struct Scan {
    path: PathBuf,
    input: Counted,
}

impl Scan {
    /// Begins at a byte at which a record begins.
    pub(super) fn open(path: &Path, offset: u64) -> anyhow::Result<Self> {
        let input = Counted::open(path, offset)
            .with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self { path: path.to_owned(), input })
    }
}

impl Iterator for Scan {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        let offset = self.input.at;
        let read = unpack(&mut self.input, Some(&Place { path: &self.path, offset }))?;
        if read.is_err() {
            // A file that cannot even be searched ends here.
            let next = next_member(&self.path, offset + 1).unwrap_or(u64::MAX);
            self.input = Counted::open(&self.path, next).unwrap_or_else(|_| Counted::nothing(next));
        }
        Some(Found { offset, end: self.input.at, read })
    }
}

/// The next byte at which a member of ours that holds a record begins, or the end of the file.
fn next_member(path: &Path, from: u64) -> io::Result<u64> {
    const PIECE: usize = 1 << 16;
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut piece = vec![0; PIECE + HEAD.len()];
    let mut at = from.min(length);
    while at < length {
        file.seek(SeekFrom::Start(at))?;
        let filled = read_up_to(&mut file, &mut piece)?;
        for begin in (0..filled.min(PIECE)).filter(|&i| piece[i..filled].starts_with(&HEAD)) {
            if holds_record(path, at + begin as u64)? {
                return Ok(at + begin as u64);
            }
        }
        at += PIECE as u64;
    }
    Ok(length)
}

fn read_up_to(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..])? {
            0 => break,
            more => filled += more,
        }
    }
    Ok(filled)
}

fn holds_record(path: &Path, offset: u64) -> io::Result<bool> {
    let mut start = [0; 5];
    let mut inflated = flate2::bufread::GzDecoder::new(Counted::open(path, offset)?);
    Ok(inflated.read_exact(&mut start).is_ok() && &start == b"WARC/")
}

/// A file that knows how far it was read.
struct Counted {
    file: Option<BufReader<File>>,
    at: u64,
}

impl Counted {
    fn open(path: &Path, offset: u64) -> io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(Self { file: Some(BufReader::with_capacity(1 << 16, file)), at: offset })
    }

    fn nothing(at: u64) -> Self {
        Self { file: None, at }
    }
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(file) = &mut self.file else { return Ok(0) };
        let read = file.read(buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl BufRead for Counted {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.file.as_mut().map_or(Ok(&[]), BufRead::fill_buf)
    }

    fn consume(&mut self, amount: usize) {
        if let Some(file) = &mut self.file {
            file.consume(amount);
            self.at += amount as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stand_in_the_order_they_were_written() {
        let dir = tempfile::tempdir().unwrap();
        for name in [
            "gongkai-20200101000000-00002.warc.gz",
            "gongkai-20210101000000-00001.warc.gz",
            "gongkai-20190101000000-100000.warc.gz",
            "notes.txt",
            "other.warc.gz",
        ] {
            File::create(dir.path().join(name)).unwrap();
        }
        let serials: Vec<u32> = files(dir.path()).unwrap().iter().map(|n| serial(n)).collect();
        assert_eq!(serials, [0, 1, 2, 100_000]);
        assert!(files(&dir.path().join("nowhere")).unwrap().is_empty());
    }
}
