//! The one writer of an archive.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};

use crate::archive::digest::{Ids, body_digest};
use crate::archive::entry::{
    Earlier, Speaks, capture_records, import_record, info_record, outcome_record,
};
use crate::archive::member::Packer;
use crate::archive::record::{LONGEST_BLOCK, Record};
use crate::archive::recover::{Recovery, recover};
use crate::archive::scan::{ENDING, OWN, files, serial};
use crate::model::{Capture, Imported, Moment, Outcome, Position};

/// What the writer puts into the head of every file, and when it begins a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Name and version of the program.
    pub software: String,
    /// Further lines for people: settings of the crawl, contact. Names are single words.
    pub info: Vec<(String, String)>,
    /// A file that has reached this many bytes is closed; the next entry begins a new one.
    pub roll_bytes: u64,
}

impl Settings {
    /// The usual settings: files of about a gigabyte.
    pub fn new(software: impl Into<String>) -> Self {
        Self { software: software.into(), info: Vec::new(), roll_bytes: 1 << 30 }
    }

    /// The lines of a `warcinfo`.
    pub(super) fn info_lines(&self) -> Vec<(String, String)> {
        let line = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut lines = vec![
            line("software", &self.software),
            line("format", "WARC File Format 1.1"),
            line(
                "conformsTo",
                "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            ),
        ];
        lines.extend(self.info.iter().cloned());
        lines
    }
}

/// Written to the disk at once when this much has gathered.
const GATHERED: usize = 1 << 20;

/// The writing end of an archive; a data folder has one at a time (see the data lock of the catalogue).
///
/// Appended entries are promised to nobody until [`Archive::sync`] has come back.
pub struct Archive {
    dir: PathBuf,
    settings: Settings,
    began: Moment,
    serial: u32,
    open: Option<Open>,
    lengths: BTreeMap<String, u64>,
    packer: Packer,
    /// Set by a failed write: what stands on the disk is unknown until the next start looks.
    broken: bool,
}

/// The file that is being written.
struct Open {
    name: String,
    file: File,
    /// Bytes handed to the system.
    written: u64,
    /// Bytes on stable storage.
    synced: u64,
    gathered: Vec<u8>,
    /// Id of the file's `warcinfo`.
    info: String,
}

impl Open {
    fn length(&self) -> u64 {
        self.written + self.gathered.len() as u64
    }
}

impl Write for Open {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= GATHERED {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    /// Hands what has gathered to the system.
    fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.gathered)?;
        self.written += self.gathered.len() as u64;
        self.gathered.clear();
        Ok(())
    }
}

impl Archive {
    /// Opens the archive in a folder, which is made if need be: cuts torn tails and says what the state does not know.
    ///
    /// `committed` is what the state knows: the length of each file. `now` names the files of this session.
    pub fn open(
        dir: &Path,
        settings: &Settings,
        committed: &BTreeMap<String, u64>,
        now: Moment,
    ) -> anyhow::Result<(Self, Recovery)> {
        fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
        let mut lengths = BTreeMap::new();
        let recovery = recover(dir, committed, &mut lengths)?;
        let names = files(dir)?;
        let used = names.iter().chain(committed.keys()).map(|name| serial(name)).max();
        let archive = Self {
            dir: dir.to_owned(),
            settings: settings.clone(),
            began: now,
            serial: used.unwrap_or(0),
            open: None,
            lengths,
            packer: Packer::new(),
            broken: false,
        };
        Ok((archive, recovery))
    }

    /// Appends an answer with its request and context; the position is that of the answer.
    pub fn append_capture(&mut self, capture: &Capture) -> anyhow::Result<Position> {
        self.append(capture.at, |info, ids| capture_records(capture, Speaks::Alone, info, ids))
    }

    /// Appends an answer "not modified" that names the capture it speaks of.
    pub fn append_not_modified(
        &mut self,
        capture: &Capture,
        earlier: &Earlier,
    ) -> anyhow::Result<Position> {
        let speaks = Speaks::NotModified(earlier);
        self.append(capture.at, |info, ids| capture_records(capture, speaks, info, ids))
    }

    /// Appends an answer whose payload is the same, byte for byte, as that of an earlier one, which is not written again.
    ///
    /// `original` is where the earlier answer stands in full ([`Reader::original`](crate::archive::Reader::original));
    /// it must be on stable storage.
    pub fn append_identical(
        &mut self,
        capture: &Capture,
        earlier: &Earlier,
        original: &Position,
    ) -> anyhow::Result<Position> {
        ensure!(
            body_digest(&capture.answer.body)? == earlier.digest,
            "the payload of {} is not the one it had before",
            capture.url
        );
        let speaks = Speaks::Identical(earlier, original);
        self.append(capture.at, |info, ids| capture_records(capture, speaks, info, ids))
    }

    /// Appends a request that got no answer.
    pub fn append_outcome(&mut self, outcome: &Outcome) -> anyhow::Result<Position> {
        self.append(outcome.at, |info, ids| Ok(vec![outcome_record(outcome, info, ids)?]))
    }

    /// Appends an imported document.
    pub fn append_import(&mut self, imported: &Imported) -> anyhow::Result<Position> {
        self.append(imported.at, |info, ids| Ok(vec![import_record(imported, info, ids)?]))
    }

    /// Brings everything appended to stable storage.
    pub fn sync(&mut self) -> anyhow::Result<()> {
        self.write_gathered()?;
        let Some(open) = &mut self.open else { return Ok(()) };
        if open.synced < open.written {
            let synced = open.file.sync_data();
            self.broken = synced.is_err();
            synced.with_context(|| format!("cannot write {} to the disk", open.name))?;
            open.synced = open.written;
            self.lengths.insert(open.name.clone(), open.synced);
        }
        Ok(())
    }

    /// The length on stable storage of every file that differs from what the state knew at the start.
    pub fn lengths(&self) -> BTreeMap<String, u64> {
        self.lengths.clone()
    }

    fn append(
        &mut self,
        at: Moment,
        records: impl FnOnce(&str, &Ids) -> anyhow::Result<Vec<Record>>,
    ) -> anyhow::Result<Position> {
        ensure!(!self.broken, "the archive could not be written earlier; start again to go on");
        if self.open.as_ref().is_some_and(|open| open.length() >= self.settings.roll_bytes) {
            self.sync()?;
            self.open = None;
        }
        if self.open.is_none() {
            self.begin_file()?;
        }
        let open = self.open.as_mut().context("no file is open")?;
        let position = Position { file: open.name.clone(), offset: open.length() };
        let ids = Ids::new(&position.file, position.offset, at);
        let records = records(&open.info, &ids)?;
        ensure!(
            records.iter().all(|record| record.block.len() <= LONGEST_BLOCK),
            "a record of more than {LONGEST_BLOCK} bytes cannot be kept"
        );
        for record in &records {
            let packed = self.packer.pack(record, open);
            self.broken = packed.is_err();
            packed.with_context(|| format!("cannot write {}", open.name))?;
        }
        Ok(position)
    }

    fn write_gathered(&mut self) -> anyhow::Result<()> {
        ensure!(!self.broken, "the archive could not be written earlier; start again to go on");
        let Some(open) = &mut self.open else { return Ok(()) };
        let written = open.flush();
        self.broken = written.is_err();
        written.with_context(|| format!("cannot write {}", open.name))
    }

    fn begin_file(&mut self) -> anyhow::Result<()> {
        self.serial += 1;
        let time = self.began.strftime("%Y%m%d%H%M%S");
        let name = format!("{OWN}{time}-{:05}{ENDING}", self.serial);
        let path = self.dir.join(&name);
        let file = OpenOptions::new().create_new(true).append(true).open(&path);
        let file = file.with_context(|| format!("cannot begin {}", path.display()))?;
        // The name of a new file is kept by its folder.
        File::open(&self.dir)
            .and_then(|dir| dir.sync_all())
            .with_context(|| format!("cannot write {} to the disk", self.dir.display()))?;
        let ids = Ids::new(&name, 0, self.began);
        let lines = self.settings.info_lines();
        let record = info_record(&name, &lines, &ids, self.began)?;
        let (gathered, info) = (Vec::new(), ids.nth(0));
        let mut open = Open { name, file, written: 0, synced: 0, gathered, info };
        self.packer.pack(&record, &mut open)?;
        self.open = Some(open);
        Ok(())
    }
}
