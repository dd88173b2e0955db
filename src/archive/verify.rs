//! Reads an archive again, byte for byte, and names what is damaged.

use std::{collections::BTreeMap, fmt, fs, path::Path};

use crate::archive::entry::{Entry, alone, begins_capture, belongs_to, joined, payload_of};
use crate::archive::leaf::{Leaf, Span, Spans};
use crate::archive::leaves::{Comparison, Listed};
use crate::archive::record::{Record, Unreadable};
use crate::archive::redact::Redacted;
use crate::archive::revisit::Original;
use crate::archive::scan::{Found, OWN, Scan, files};
use crate::model::Moment;

/// What was read and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Files read.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Whole records.
    pub records: u64,
    /// Answers among them.
    pub captures: u64,
    /// Requests without an answer.
    pub outcomes: u64,
    /// Imported documents.
    pub imports: u64,
    /// Places where something was taken out, and what the note there says.
    pub redacted: Vec<(Leaf, Redacted)>,
    /// Everything that is wrong, in the order found.
    pub damage: Vec<Damage>,
    /// Half records behind the last one that was promised: the next session cuts them off, nothing is lost.
    pub torn: Vec<Damage>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Name of the file.
    pub file: String,
    /// Byte at which the record begins.
    pub offset: u64,
    /// The address it is about, where that can still be read.
    pub url: Option<String>,
    /// When it was captured, where that can still be read.
    pub at: Option<String>,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.offset, self.what)?;
        let (url, at) = (self.url.as_deref(), self.at.as_deref());
        match (url, at) {
            (None, None) => write!(f, " (address and time cannot be read)"),
            _ => write!(f, " ({}, {})", url.unwrap_or("no address"), at.unwrap_or("no time")),
        }
    }
}

/// Reads every record of an archive and compares it with its checksum and digests, and with the list of leaves.
///
/// `known` is what the state knows: the length of each file; half a record behind it is told apart from damage.
/// `None`: there is no state. Fails only when the folder cannot be listed.
pub fn verify(dir: &Path, known: Option<&BTreeMap<String, u64>>) -> anyhow::Result<Report> {
    verify_leaves(dir, known, &mut |_| {})
}

/// The same; hands over every leaf of the tree on the way, up to what the state knows or the list names.
pub fn verify_leaves(
    dir: &Path,
    known: Option<&BTreeMap<String, u64>>,
    each: &mut dyn FnMut(&Leaf),
) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let names = files(dir)?;
    for file in known.into_iter().flat_map(BTreeMap::keys).filter(|file| !names.contains(file)) {
        report.damage.push(whole_file(file, 0, "the file is gone".to_owned()));
    }
    let mut listed = Listed::open(dir)?;
    for name in &names {
        let known = known.map(|known| known.get(name).copied().unwrap_or(0));
        let leaves = name.starts_with(OWN).then(|| {
            let of_file = listed.of_file(name);
            let comparison = Comparison::new(of_file, listed.goes_on());
            let until = known.map_or(u64::MAX, |known| known.max(comparison.end()));
            Leaves { spans: Spans::default(), comparison, until, each: &mut *each }
        });
        report.damage.append(&mut listed.take_damage());
        let file = File { dir, name, known, report: &mut report, open: None, leaves };
        file.verify(&dir.join(name));
    }
    report.damage.append(&mut listed.finish());
    Ok(report)
}

/// One file on its way into the report.
struct File<'a> {
    dir: &'a Path,
    name: &'a str,
    /// Bytes that were promised to be kept; `None` when nobody knows.
    known: Option<u64>,
    report: &'a mut Report,
    /// The answer whose request and context should come next.
    open: Option<(u64, Record, Vec<Record>)>,
    /// Files of other programs have no part in the tree.
    leaves: Option<Leaves<'a>>,
}

/// The file's part of the tree.
struct Leaves<'a> {
    spans: Spans,
    comparison: Comparison,
    /// Byte behind the last that counts.
    until: u64,
    each: &'a mut dyn FnMut(&Leaf),
}

impl File<'_> {
    fn verify(mut self, path: &Path) {
        self.report.files += 1;
        let (scan, length) = match (Scan::open(path, 0), fs::metadata(path)) {
            (Ok(scan), Ok(metadata)) => (scan, metadata.len()),
            (Err(error), _) => return self.whole(0, format!("{error:#}")),
            (_, Err(error)) => return self.whole(0, error.to_string()),
        };
        self.report.bytes += length;
        if let Some(known) = self.known.filter(|&known| length < known) {
            self.whole(length, format!("the file has {length} of the {known} bytes it once had"));
        }
        if length == 0 && self.known.unwrap_or(0) == 0 {
            let empty = Unreadable { what: "the file is empty".to_owned(), url: None, at: None };
            self.unreadable(0, empty, true);
        }
        for found in scan {
            let span = self.leaves.as_mut().and_then(|leaves| leaves.spans.push(&found));
            self.leaf(path, span);
            self.record(found, length);
        }
        self.close(true);
        let span = self.leaves.as_mut().and_then(|leaves| leaves.spans.finish());
        self.leaf(path, span);
        self.compare();
    }

    /// Takes the next leaf of the tree.
    fn leaf(&mut self, path: &Path, span: Option<Span>) {
        let (Some(span), Some(leaves)) = (span, &mut self.leaves) else { return };
        if span.start() >= leaves.until {
            return;
        }
        let redacted = span.redacted().cloned();
        match span.leaf(path, self.name, leaves.until) {
            Ok(leaf) => {
                (leaves.each)(&leaf);
                leaves.comparison.next(&leaf);
                self.report.redacted.extend(redacted.map(|redacted| (leaf, redacted)));
            }
            Err(error) => self.whole(0, format!("the file cannot be read ({error})")),
        }
    }

    /// Adds what differs from the list; what is known to be wrong already gets its name from there.
    fn compare(&mut self) {
        let Some(leaves) = self.leaves.take() else { return };
        let damage = &mut self.report.damage;
        for listed in leaves.comparison.finish() {
            let same =
                |known: &&mut Damage| known.file == listed.file && known.offset == listed.offset;
            match damage.iter_mut().find(same) {
                Some(known) => (known.url, known.at) = (listed.url, listed.at),
                None => damage.push(listed),
            }
        }
    }

    fn record(&mut self, found: Found, length: u64) {
        let offset = found.offset;
        let unpacked = match found.read {
            Ok(unpacked) => unpacked,
            Err(error) => {
                let last = found.end >= length;
                self.close(last);
                return self.unreadable(offset, error, last);
            }
        };
        self.report.records += 1;
        let record = unpacked.record;
        if !unpacked.own_head {
            self.damage(offset, &record, "the head of the gzip member was changed".to_owned());
        }
        if let Err(what) = whole_record(&record) {
            self.damage(offset, &record, what);
        }
        if offset == 0 && record.kind() != "warcinfo" {
            self.damage(offset, &record, "the file does not begin with warcinfo".to_owned());
        }
        match &mut self.open {
            Some((_, answer, others)) if belongs_to(&record, answer) => others.push(record),
            _ => {
                self.close(false);
                self.begin(offset, record);
            }
        }
    }

    fn begin(&mut self, offset: u64, record: Record) {
        if begins_capture(&record) {
            self.report.captures += 1;
            self.open = Some((offset, record, Vec::new()));
            return;
        }
        match alone(&record) {
            Ok(Entry::Outcome(_)) => self.report.outcomes += 1,
            Ok(Entry::Imported(_)) => self.report.imports += 1,
            Ok(_) => {}
            Err(error) => self.damage(offset, &record, format!("{error:#}")),
        }
    }

    /// Looks whether the open answer has all that belongs to it; `last`: nothing whole comes behind it.
    fn close(&mut self, last: bool) {
        let Some((offset, answer, others)) = self.open.take() else { return };
        let field = |name| answer.field(name).map(str::to_owned);
        let (url, at) = (field("WARC-Target-URI"), field("WARC-Date"));
        let original = Original::of(&answer);
        let whole = joined(answer, &others).and_then(|_| match original? {
            Some(original) => original.payload(self.dir).map(drop),
            None => Ok(()),
        });
        if let Err(error) = whole {
            self.unreadable(offset, Unreadable { what: format!("{error:#}"), url, at }, last);
        }
    }

    /// Half a record at the end, behind all that was promised, is torn; everything else is damage.
    fn unreadable(&mut self, offset: u64, error: Unreadable, last: bool) {
        let Unreadable { what, url, at } = error;
        let damage = Damage { file: self.name.to_owned(), offset, url, at, what };
        if last && self.known.is_some_and(|known| offset >= known) {
            self.report.torn.push(damage);
        } else {
            self.report.damage.push(damage);
        }
    }

    fn damage(&mut self, offset: u64, record: &Record, what: String) {
        let field = |name| record.field(name).map(str::to_owned);
        let (url, at) = (field("WARC-Target-URI"), field("WARC-Date"));
        self.report.damage.push(Damage { file: self.name.to_owned(), offset, url, at, what });
    }

    fn whole(&mut self, offset: u64, what: String) {
        self.report.damage.push(whole_file(self.name, offset, what));
    }
}

fn whole_file(file: &str, offset: u64, what: String) -> Damage {
    Damage { file: file.to_owned(), offset, url: None, at: None, what }
}

/// What every record must have, and the digests that must agree with its bytes.
fn whole_record(record: &Record) -> Result<(), String> {
    for name in ["WARC-Type", "WARC-Record-ID", "WARC-Date", "WARC-Block-Digest"] {
        record.field(name).ok_or_else(|| format!("there is no {name}"))?;
    }
    let date = record.field("WARC-Date").unwrap_or_default();
    date.parse::<Moment>().map_err(|_| "WARC-Date is no moment".to_owned())?;
    record.check_digests(payload_of(record)?)
}
