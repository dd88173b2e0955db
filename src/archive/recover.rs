//! What a new session finds: torn tails, records nobody registered, files that lost bytes.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    path::Path,
};

use anyhow::Context;

use crate::archive::entry::{begins_capture, belongs_to};
use crate::archive::record::Record;
use crate::archive::scan::{OWN, Scan, files};
use crate::model::Position;

/// What was found and done when the archive was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Files that ended in half a record and were cut back to the last whole one.
    pub torn: Vec<Torn>,
    /// Whole entries beyond what the state knows, in the order written; the first record of each.
    pub unregistered: Vec<Position>,
    /// Files that are shorter than the state knows them, or gone: kept things are lost.
    pub shrunken: Vec<Shrunken>,
    /// Where, beyond what the state knows, something between whole entries cannot be read; it is left as it is.
    pub damaged: Vec<Position>,
}

/// A file that ended in half a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Torn {
    /// Name of the file.
    pub file: String,
    /// Its length now; 0 means it held nothing whole and was removed.
    pub cut_at: u64,
    /// Bytes that were cut off. Nobody was told that they were kept.
    pub lost: u64,
}

/// A file that lost bytes the state knows of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrunken {
    /// Name of the file.
    pub file: String,
    /// Bytes that were kept.
    pub known: u64,
    /// Bytes that are there.
    pub found: u64,
}

/// Looks at every file beyond the length the state knows; adds the lengths that differ to `lengths`.
pub(super) fn recover(
    dir: &Path,
    committed: &BTreeMap<String, u64>,
    lengths: &mut BTreeMap<String, u64>,
) -> anyhow::Result<Recovery> {
    let mut recovery = Recovery::default();
    let files = files(dir)?;
    for (file, &known) in committed {
        let found = match fs::metadata(dir.join(file)) {
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        };
        if found < known {
            recovery.shrunken.push(Shrunken { file: file.clone(), known, found });
        }
    }
    for file in files.into_iter().filter(|file| file.starts_with(OWN)) {
        let path = dir.join(&file);
        let found = fs::metadata(&path).with_context(|| path.display().to_string())?.len();
        let known = committed.get(&file).copied().unwrap_or(0);
        if found < known || (found == known && found > 0) {
            continue;
        }
        let Tail { whole, entries, damaged, .. } = Tail::read(&path, known)?;
        let position = |offset| Position { file: file.clone(), offset };
        recovery.unregistered.extend(entries.into_iter().map(position));
        recovery.damaged.extend(damaged.into_iter().map(position));
        if whole < found || whole == 0 {
            cut(&path, whole)?;
        }
        if whole < found {
            recovery.torn.push(Torn { file: file.clone(), cut_at: whole, lost: found - whole });
        }
        if whole > known {
            lengths.insert(file, whole);
        }
    }
    Ok(recovery)
}

/// What a file holds beyond the length the state knows.
#[derive(Default)]
struct Tail {
    /// Where the last whole entry ends.
    whole: u64,
    /// Where whole entries begin; the file's own `warcinfo` is none.
    entries: Vec<u64>,
    /// Where damage lies that whole entries follow.
    damaged: Vec<u64>,
    /// Damage that nothing whole has followed yet: a torn end, if it stays so.
    perhaps_torn: Option<u64>,
}

impl Tail {
    fn read(path: &Path, from: u64) -> anyhow::Result<Self> {
        let mut tail = Self { whole: from, ..Self::default() };
        let mut open: Option<(u64, Record)> = None;
        for found in Scan::open(path, from)? {
            let Ok(unpacked) = found.read else {
                tail.unreadable(open.take().map_or(found.offset, |(begin, _)| begin));
                continue;
            };
            let record = unpacked.record;
            let belongs = open.as_ref().is_some_and(|(_, answer)| belongs_to(&record, answer));
            if belongs && record.kind() == "metadata" {
                let begin = open.take().map(|(begin, _)| begin);
                tail.whole(begin, found.end);
            } else if !belongs {
                // An answer without its context is as torn as half a record.
                if let Some((begin, _)) = open.take() {
                    tail.unreadable(begin);
                }
                if begins_capture(&record) {
                    open = Some((found.offset, record));
                } else {
                    tail.whole(stands_alone(&record).then_some(found.offset), found.end);
                }
            }
        }
        Ok(tail)
    }

    fn whole(&mut self, entry: Option<u64>, end: u64) {
        self.entries.extend(entry);
        self.damaged.extend(self.perhaps_torn.take());
        self.whole = end;
    }

    fn unreadable(&mut self, offset: u64) {
        self.perhaps_torn.get_or_insert(offset);
    }
}

/// Whether a record is an entry by itself: not the head of a file, not what is left of a damaged answer.
fn stands_alone(record: &Record) -> bool {
    record.kind() != "warcinfo" && record.field("WARC-Concurrent-To").is_none()
}

fn cut(path: &Path, length: u64) -> anyhow::Result<()> {
    let cannot = || format!("cannot cut the torn end of {}", path.display());
    if length == 0 {
        return fs::remove_file(path).with_context(cannot);
    }
    let file = OpenOptions::new().write(true).open(path).with_context(cannot)?;
    file.set_len(length).and_then(|()| file.sync_all()).with_context(cannot)
}
