//! The list of leaves beside the files: `leaves.jsonl`, one line for each, in the order of the tree.
//!
//! It is written from the files when what they hold is promised, so a crash costs nothing but the lines of the last
//! session, which the next one adds; half a line at the end is cut off. It proves nothing by itself (a head that somebody
//! else holds does), but it tells what and where something changed, and when and of which address it was.

#[cfg(test)]
mod tests;

use std::{
    cmp::Ordering,
    collections::{BTreeMap, VecDeque},
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::Path,
};

use anyhow::{Context, ensure};

use crate::archive::leaf::{Leaf, Spans};
use crate::archive::scan::{OWN, Scan, files, serial};
use crate::archive::verify::Damage;

/// Name of the list in the folder of the archive.
pub const LEAVES: &str = "leaves.jsonl";
/// The most bytes of one line that are taken.
const LONGEST_LINE: u64 = 1 << 20;

/// Lists every leaf that is not listed yet, up to the length of each file that is promised; says how many they were.
///
/// One writer at a time. What is read again here is what was written last, so it costs little more than its hash.
pub fn seal(dir: &Path, promised: &BTreeMap<String, u64>) -> anyhow::Result<u64> {
    let path = dir.join(LEAVES);
    let mut list = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(&path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    let last = last_line(&mut list).with_context(|| path.display().to_string())?;
    let mut out = BufWriter::new(&list);
    let mut count = 0;
    for name in files(dir)?.iter().filter(|name| name.starts_with(OWN)) {
        let until = promised.get(name).copied().unwrap_or(0);
        let from = match &last {
            Some(last) => match order(name, &last.position.file) {
                Ordering::Less => continue,
                Ordering::Equal => last.end(),
                Ordering::Greater => 0,
            },
            None => 0,
        };
        if from < until {
            count += list_file(dir, name, from, until, &mut out)
                .with_context(|| format!("cannot list {name}"))?;
        }
    }
    out.flush()?;
    drop(out);
    if count > 0 {
        list.sync_data()?;
    }
    Ok(count)
}

fn list_file(
    dir: &Path,
    name: &str,
    from: u64,
    until: u64,
    out: &mut impl Write,
) -> anyhow::Result<u64> {
    let path = dir.join(name);
    let mut spans = Spans::default();
    let mut scan = Scan::open(&path, from)?.take_while(|found| found.offset < until);
    let mut count = 0;
    loop {
        let found = scan.next();
        let ended = found.is_none();
        let span = match found {
            Some(found) => spans.push(&found),
            None => spans.finish(),
        };
        if let Some(span) = span {
            serde_json::to_writer(&mut *out, &span.leaf(&path, name, until)?)?;
            out.write_all(b"\n")?;
            count += 1;
        }
        if ended {
            return Ok(count);
        }
    }
}

/// The last whole line; half a line behind it is cut off.
fn last_line(list: &mut File) -> anyhow::Result<Option<Leaf>> {
    let length = list.metadata()?.len();
    let from = length.saturating_sub(2 * LONGEST_LINE);
    list.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    list.read_to_end(&mut tail)?;
    let whole = tail.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    if whole < tail.len() {
        ensure!(whole > 0 || from == 0, "the list of leaves has no lines");
        list.set_len(from + whole as u64)?;
    }
    let Some(line) = tail[..whole].strip_suffix(b"\n") else { return Ok(None) };
    let begin = line.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    serde_json::from_slice(&line[begin..]).map(Some).context("the last line is damaged")
}

/// The order of the files in the tree.
fn order(a: &str, b: &str) -> Ordering {
    (serial(a), a).cmp(&(serial(b), b))
}

/// The list, read from its beginning, file by file.
pub(super) struct Listed {
    lines: Option<BufReader<File>>,
    number: u64,
    ahead: Option<Leaf>,
    damage: Vec<Damage>,
}

impl Listed {
    /// Opens the list of an archive; one that is not there lists nothing.
    pub(super) fn open(dir: &Path) -> anyhow::Result<Self> {
        let lines = match File::open(dir.join(LEAVES)) {
            Ok(file) => Some(BufReader::with_capacity(1 << 16, file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).context(LEAVES),
        };
        let mut listed = Self { lines, number: 0, ahead: None, damage: Vec::new() };
        listed.ahead = listed.read();
        Ok(listed)
    }

    /// The leaves of a file; those of files before it, which are not there any more, are damage.
    pub(super) fn of_file(&mut self, name: &str) -> VecDeque<Leaf> {
        let mut leaves = VecDeque::new();
        while let Some(leaf) = self.ahead.take() {
            match order(&leaf.position.file, name) {
                Ordering::Less => self.damage.push(damage(&leaf, "it is gone with its whole file")),
                Ordering::Equal => leaves.push_back(leaf),
                Ordering::Greater => {
                    self.ahead = Some(leaf);
                    break;
                }
            }
            self.ahead = self.read();
        }
        leaves
    }

    /// Whether leaves of later files are listed.
    pub(super) fn goes_on(&self) -> bool {
        self.ahead.is_some()
    }

    /// What is wrong so far.
    pub(super) fn take_damage(&mut self) -> Vec<Damage> {
        std::mem::take(&mut self.damage)
    }

    /// Everything that is left belongs to files that are not there.
    pub(super) fn finish(mut self) -> Vec<Damage> {
        while let Some(leaf) = self.ahead.take() {
            self.damage.push(damage(&leaf, "it is gone with its whole file"));
            self.ahead = self.read();
        }
        self.damage
    }

    /// The next line that can be read; half a line at the end is being written.
    fn read(&mut self) -> Option<Leaf> {
        loop {
            let lines = self.lines.as_mut()?;
            let mut line = Vec::new();
            self.number += 1;
            let read = lines.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line);
            match (read, line.last()) {
                (Ok(_), Some(b'\n')) => {}
                (Ok(read), _) if (read as u64) < LONGEST_LINE => return None,
                _ => self.lines = None,
            }
            match serde_json::from_slice(&line) {
                Ok(leaf) => return Some(leaf),
                Err(error) => self.damage.push(Damage {
                    file: LEAVES.to_owned(),
                    offset: 0,
                    url: None,
                    at: None,
                    what: format!("line {} of the list cannot be read ({error})", self.number),
                }),
            }
        }
    }
}

/// The leaves of one file beside those that are listed for it.
pub(super) struct Comparison {
    listed: VecDeque<Leaf>,
    /// Whether nothing may stand behind the last that is listed.
    closed: bool,
    /// Byte behind the last that was listed and looked at.
    covered: u64,
    found: Vec<Damage>,
}

impl Comparison {
    pub(super) fn new(listed: VecDeque<Leaf>, closed: bool) -> Self {
        Self { listed, closed, covered: 0, found: Vec::new() }
    }

    /// Byte behind the last that is listed.
    pub(super) fn end(&self) -> u64 {
        self.listed.back().map_or(0, Leaf::end)
    }

    /// Compares the next leaf of the file.
    pub(super) fn next(&mut self, leaf: &Leaf) {
        let start = leaf.position.offset;
        while let Some(listed) = self.listed.pop_front_if(|listed| listed.position.offset < start) {
            self.covered = listed.end();
            self.found.push(damage(&listed, "what was written here is gone"));
        }
        match self.listed.pop_front_if(|listed| listed.position.offset == start) {
            Some(listed) => {
                self.covered = listed.end();
                if (listed.length, listed.leaf) != (leaf.length, leaf.leaf) {
                    self.found.push(damage(&listed, "these are not the bytes that were written"));
                }
            }
            None if start < self.covered => {}
            None if self.listed.is_empty() && !self.closed => {}
            None => self.found.push(damage(leaf, "it was not written when what follows was")),
        }
    }

    /// What differs; everything still listed is gone.
    pub(super) fn finish(mut self) -> Vec<Damage> {
        let gone = self.listed.iter().map(|leaf| damage(leaf, "what was written here is gone"));
        self.found.extend(gone);
        self.found
    }
}

fn damage(leaf: &Leaf, what: &str) -> Damage {
    Damage {
        file: leaf.position.file.clone(),
        offset: leaf.position.offset,
        url: leaf.url.clone(),
        at: leaf.at.clone(),
        what: what.to_owned(),
    }
}
