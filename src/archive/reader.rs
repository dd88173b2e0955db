//! The reading end of an archive: any record by its position, or all in order.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};

use crate::archive::entry::{Entry, alone, begins_capture, belongs_to, joined};
use crate::archive::record::Record;
use crate::archive::revisit::{Original, first_record, is_plain_name};
use crate::archive::scan::{Found, Scan, files};
use crate::model::{Capture, Position};

/// Reads an archive; any number of readers may do so while one writer appends.
#[derive(Clone, Debug)]
pub struct Reader {
    dir: PathBuf,
}

impl Reader {
    /// Opens the archive in a folder; one that is not there is empty.
    pub fn open(dir: &Path) -> anyhow::Result<Self> {
        files(dir)?;
        Ok(Self { dir: dir.to_owned() })
    }

    /// The capture whose answer begins at a position, with its request and context.
    pub fn capture(&self, position: &Position) -> anyhow::Result<Capture> {
        match self.entry(position)? {
            Entry::Capture(capture) => Ok(capture),
            _ => bail!("no answer begins at {}:{}", position.file, position.offset),
        }
    }

    /// What begins at a position.
    pub fn entry(&self, position: &Position) -> anyhow::Result<Entry> {
        let Position { file, offset } = position;
        // Positions come from a database; they must not lead out of the folder.
        ensure!(is_plain_name(file), "`{file}` is no name of a file");
        let mut scan = Scan::open(&self.dir.join(file), *offset)?;
        let found = scan.next().with_context(|| format!("nothing begins at {file}:{offset}"))?;
        let mut ahead = None;
        entry_of(&self.dir, found, &mut scan, &mut ahead)
            .with_context(|| format!("{file}:{offset}"))
    }

    /// Where the payload of the answer at a position stands: there, or in the earlier answer that it refers to.
    pub fn original(&self, position: &Position) -> anyhow::Result<Position> {
        let record = first_record(&self.dir, position)?;
        ensure!(
            begins_capture(&record),
            "no answer begins at {}:{}",
            position.file,
            position.offset
        );
        Ok(match Original::of(&record)? {
            Some(original) => original.place,
            None => position.clone(),
        })
    }

    /// How many bytes the record at a position takes.
    pub fn length(&self, position: &Position) -> anyhow::Result<u64> {
        let Position { file, offset } = position;
        ensure!(is_plain_name(file), "`{file}` is no name of a file");
        let mut scan = Scan::open(&self.dir.join(file), *offset)?;
        let found = scan.next().with_context(|| format!("nothing begins at {file}:{offset}"))?;
        found.read?;
        Ok(found.end - found.offset)
    }

    /// Copies the bytes of the answer at a position and of the records written with it, as they stand there; says how
    /// many there are.
    pub(super) fn copy(&self, position: &Position, out: &mut impl Write) -> anyhow::Result<u64> {
        let Position { file, offset } = position;
        let path = self.dir.join(file);
        let answer = first_record(&self.dir, position)?;
        let own = |found: &Found| {
            matches!(&found.read, Ok(next)
                if found.offset == *offset || belongs_to(&next.record, &answer))
        };
        let end = Scan::open(&path, *offset)?.take_while(own).last().map(|found| found.end);
        let length = end.unwrap_or(*offset) - offset;
        let mut input = File::open(&path)?;
        input.seek(SeekFrom::Start(*offset))?;
        Ok(io::copy(&mut input.take(length), out)?)
    }

    /// Everything that is kept, in the order it was written.
    ///
    /// Damage is an error of its own with file and offset; what follows it still comes.
    pub fn entries(&self) -> Entries {
        let (names, failed) = match files(&self.dir) {
            Ok(names) => (names, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        Entries { dir: self.dir.clone(), files: names.into_iter(), failed, open: None, ahead: None }
    }
}

impl Reader {
    /// Everything in one file, wherever it lies.
    pub fn entries_of(file: &Path) -> Entries {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
        let dir = file.parent().unwrap_or(Path::new("")).to_owned();
        let names: Vec<String> = name.into_iter().collect();
        Entries { dir, files: names.into_iter(), failed: None, open: None, ahead: None }
    }
}

/// Everything an archive holds, in order.
pub struct Entries {
    dir: PathBuf,
    files: std::vec::IntoIter<String>,
    failed: Option<anyhow::Error>,
    open: Option<(String, Scan)>,
    /// A record that was read to see whether it belongs to the one before.
    ahead: Option<Found>,
}

impl Iterator for Entries {
    type Item = anyhow::Result<(Position, Entry)>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.failed.take() {
            return Some(Err(error));
        }
        loop {
            let Some((file, scan)) = &mut self.open else {
                let file = self.files.next()?;
                match Scan::open(&self.dir.join(&file), 0) {
                    Ok(scan) => self.open = Some((file, scan)),
                    Err(error) => return Some(Err(error)),
                }
                continue;
            };
            let Some(found) = self.ahead.take().or_else(|| scan.next()) else {
                self.open = None;
                continue;
            };
            let position = Position { file: file.clone(), offset: found.offset };
            let entry = entry_of(&self.dir, found, scan, &mut self.ahead)
                .with_context(|| format!("{}:{}", position.file, position.offset));
            return Some(entry.map(|entry| (position, entry)));
        }
    }
}

/// Reads on until the entry is whole; the record that showed this stays in `ahead`.
fn entry_of(
    dir: &Path,
    found: Found,
    scan: &mut Scan,
    ahead: &mut Option<Found>,
) -> anyhow::Result<Entry> {
    let record = found.read?.record;
    if !begins_capture(&record) {
        return alone(&record);
    }
    let mut others: Vec<Record> = Vec::new();
    while others.last().is_none_or(|record| record.kind() != "metadata") {
        match scan.next() {
            Some(Found { read: Ok(next), .. }) if belongs_to(&next.record, &record) => {
                others.push(next.record);
            }
            next => {
                *ahead = next;
                break;
            }
        }
    }
    let original = Original::of(&record)?;
    let mut capture = joined(record, &others)?;
    if let Some(original) = original {
        capture.answer.body = original.payload(dir)?;
    }
    Ok(Entry::Capture(capture))
}
