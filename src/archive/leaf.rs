//! The bytes of a file cut into leaves of the tree.
//!
//! A leaf is what was kept in one go: an answer with its request and context, or any record that stands alone, the first
//! of a file included. Every byte of a file of ours is in one leaf, damaged ones too. The hash is that of the bytes as
//! they stand in the file; where something was taken out, the note that stands there says what it was.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
    path::Path,
};

use serde::{Deserialize, Serialize};

use crate::archive::entry::{Entry, alone, begins_capture};
use crate::archive::redact::{Redacted, is_plainly_stored};
use crate::archive::scan::Found;
use crate::archive::tree::{Hash, LeafHasher};
use crate::model::Position;

/// A leaf of the tree, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaf {
    /// Where its first byte stands.
    #[serde(flatten)]
    pub position: Position,
    /// Number of bytes.
    pub length: u64,
    /// `SHA-256(0x00 || bytes)`.
    pub leaf: Hash,
    /// When it was captured, as `WARC-Date` says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The address it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Leaf {
    /// Byte behind the last.
    pub(super) fn end(&self) -> u64 {
        self.position.offset.saturating_add(self.length)
    }
}

/// The hash of the bytes of a file between two places, as a leaf.
pub(super) fn leaf_of_bytes(path: &Path, region: Range<u64>) -> io::Result<Hash> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(region.start))?;
    let mut rest = file.take(region.end - region.start);
    let (mut hasher, mut piece) = (LeafHasher::new(), vec![0; 1 << 16]);
    loop {
        match rest.read(&mut piece)? {
            0 => return Ok(hasher.finish()),
            read => hasher.update(&piece[..read]),
        }
    }
}

/// What stands between two bytes and belongs together.
pub(super) struct Span {
    start: u64,
    end: u64,
    url: Option<String>,
    at: Option<String>,
    /// Id of the answer whose request and context may follow.
    answer: Option<String>,
    redacted: Option<Redacted>,
}

impl Span {
    fn of(found: &Found) -> Self {
        let Found { offset: start, end, .. } = *found;
        let bare = Self { start, end, url: None, at: None, answer: None, redacted: None };
        let record = match &found.read {
            Ok(unpacked) => &unpacked.record,
            Err(error) => return Self { url: error.url.clone(), at: error.at.clone(), ..bare },
        };
        let field = |name| record.field(name).map(str::to_owned);
        let (url, at) = (field("WARC-Target-URI"), field("WARC-Date"));
        let answer = begins_capture(record).then(|| field("WARC-Record-ID")).flatten();
        let redacted = match alone(record) {
            Ok(Entry::Redacted(redacted)) => Some(redacted),
            _ => None,
        };
        Self { url, at, answer, redacted, ..bare }
    }

    pub(super) fn start(&self) -> u64 {
        self.start
    }

    /// What the note says that stands here.
    pub(super) fn redacted(&self) -> Option<&Redacted> {
        self.redacted.as_ref()
    }

    fn owns(&self, found: &Found) -> bool {
        let Ok(unpacked) = &found.read else { return false };
        self.answer.is_some()
            && unpacked.record.field("WARC-Concurrent-To") == self.answer.as_deref()
    }

    /// Hashes what stands here, but not what stands behind `until`.
    pub(super) fn leaf(self, path: &Path, file: &str, until: u64) -> io::Result<Leaf> {
        let region = self.start..self.end.min(until).max(self.start);
        let length = region.end - region.start;
        let kept = self.redacted.and_then(|redacted| redacted.leaf);
        let leaf = match kept {
            Some(kept) if is_plainly_stored(path, region.clone())? => kept,
            _ => leaf_of_bytes(path, region)?,
        };
        let position = Position { file: file.to_owned(), offset: self.start };
        Ok(Leaf { position, length, leaf, at: self.at, url: self.url })
    }
}

/// Cuts what a scan finds into spans.
#[derive(Default)]
pub(super) struct Spans {
    open: Option<Span>,
}

impl Spans {
    /// Takes the next record; gives the span before it when that is whole.
    pub(super) fn push(&mut self, found: &Found) -> Option<Span> {
        match &mut self.open {
            Some(open) if open.owns(found) => {
                open.end = found.end;
                None
            }
            open => open.replace(Span::of(found)),
        }
    }

    /// The last span.
    pub(super) fn finish(&mut self) -> Option<Span> {
        self.open.take()
    }
}
