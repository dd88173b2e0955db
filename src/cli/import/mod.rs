//! `gongkai import`: documents and captures that others gathered → archive and state.

mod captures;
mod lines;
mod pages;
mod record;
#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, hash_map},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use sha2::{Digest, Sha256};

use crate::archive::{ForeignWacz, ForeignWarc, is_wacz, is_warc};
use crate::catalogue::{Batch, ImportRow};
use crate::cli::import::lines::{Line, Lines};
use crate::cli::import::record::{DateKind, prepared};
use crate::cli::store::Store;
use crate::cli::{Exit, Globals, clock, curated, extract, note, say};
use crate::model::{Imported, Moment};

/// Take what others gathered into the archive: JSON lines, a WARC or WACZ file, or a folder of saved pages.
///
/// What is in the file decides, not its name. Whatever is there already is not written again. `gongkai index` makes the
/// documents findable.
///
/// WARC, of any writer, plain or gzip: answers (response, resource, revisit) become captures with the time they were
/// made; each HTML page becomes a document. A page belongs to the portal of the settings whose address it begins with,
/// else to none. Of a WACZ file its WARC files are taken, and compared with the digests that it names.
///
/// Saved pages: a file ending in `.tsv`, one page a line: path from the folder of this file, tab, address, and if known
/// another tab and the time it was saved (`2020-01-31` or `2020-01-31T08:00:00Z`) [default: that of the saved file].
///
/// JSON lines, plain or gzip: each line is one object. Needed: `id` (unique in the set), `title`, `text`. Used when there: `url`, `date`,
/// `published_date`, `written_date`, `year`, `agency`, `issuer`, `category`, `region`, `doc_no`, `index_no`,
/// `source`. Dates are YYYY, YYYY-MM or YYYY-MM-DD. Other fields are kept but not used. A line that cannot be used is
/// reported with its number and left out.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// File of JSON lines, WARC file, WACZ file, or list of saved pages
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// JSON lines: name of the set; ids are unique within it [default: the file's name without endings]
    #[arg(long, value_name = "NAME")]
    set: Option<String>,
    /// JSON lines: what the field `date` means [default: published, or what the record itself says]
    #[arg(long, value_name = "KIND")]
    date_kind: Option<DateKind>,
}

/// Records written and committed at a time.
const GROUP: usize = 1000;
/// Mistakes shown one by one; the rest is counted.
const SHOWN: u64 = 50;
/// Characters of a set's name.
const LONGEST_NAME: usize = 64;

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let file = &args.file;
    if file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("tsv")) {
        captures::import(globals, file, true, pages::saved_pages(file)?)
    } else if is_wacz(file)? {
        captures::import(globals, file, false, ForeignWacz::open(file)?)
    } else if is_warc(file)? {
        captures::import(globals, file, false, ForeignWarc::open(file)?)
    } else {
        import_records(globals, args)
    }
}

fn import_records(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let set = match set_name(args) {
        Ok(set) => set,
        Err(mistake) => {
            note(mistake);
            return Ok(Exit::Mistakes);
        }
    };
    let lines = Lines::open(&args.file)?;
    let now = clock::now();
    let config = curated::load(globals).config;
    if curated::stopped_by_takedown(&config) {
        return Ok(Exit::Mistakes);
    }
    let Some(mut store) = Store::open(globals, &config, now)? else { return Ok(Exit::Busy) };
    let mut import = Import::new(&mut store, &set, args.date_kind, now);
    for line in lines {
        import.take(&args.file, line?)?;
    }
    let counts = import.finish()?;
    store.seal();
    let Counts { new, changed, unchanged, skipped } = counts;
    say(format_args!(
        "imported into set {set}: {new} new, {changed} changed, {unchanged} unchanged, {skipped} lines left out"
    ));
    if new + changed + unchanged == 0 {
        bail!("nothing could be imported from {}", args.file.display());
    }
    extract::derive(globals, &config, &store.state, false)?;
    Ok(Exit::Done)
}

/// The set's name as given or from the file's; it becomes part of document ids.
fn set_name(args: &Args) -> Result<String, String> {
    let name = args.set.clone().unwrap_or_else(|| stem(&args.file));
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.chars().count() > LONGEST_NAME || !name.chars().all(fits) {
        return Err(format!(
            "`{name}` cannot be the name of a set; expected 1 to {LONGEST_NAME} letters, digits, `-`, `_` or `.`: --set NAME"
        ));
    }
    Ok(name)
}

fn stem(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let endings = [".jsonl", ".ndjson", ".json"];
    endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name).to_owned()
}

/// What became of the lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    new: u64,
    changed: u64,
    unchanged: u64,
    skipped: u64,
}

/// One import under way.
struct Import<'a> {
    store: &'a mut Store,
    set: &'a str,
    date_kind: Option<DateKind>,
    now: Moment,
    /// Digests of every id of this file and of its record: an id that comes twice is a mistake of the file.
    seen: HashMap<[u8; 16], [u8; 16]>,
    batch: Batch,
    counts: Counts,
}

impl<'a> Import<'a> {
    fn new(store: &'a mut Store, set: &'a str, date_kind: Option<DateKind>, now: Moment) -> Self {
        let (seen, batch, counts) = (HashMap::new(), Batch::default(), Counts::default());
        Self { store, set, date_kind, now, seen, batch, counts }
    }

    /// Takes one line; says so when it cannot be used.
    fn take(&mut self, file: &Path, line: Line) -> anyhow::Result<()> {
        let read = line.text.and_then(|text| prepared(&text, self.date_kind));
        let kept = match read {
            Ok((id, record)) => {
                let imported = Imported { set: self.set.to_owned(), id, at: self.now, record };
                self.keep(&imported)?
            }
            Err(mistake) => Err(mistake),
        };
        if let Err(mistake) = kept {
            self.counts.skipped += 1;
            let place = format_args!("{}:{}: {mistake}", file.display(), line.number);
            complain(self.counts.skipped, place);
        }
        if self.batch.imports.len() >= GROUP {
            self.commit()?;
        }
        Ok(())
    }

    /// Archives a record unless it is there already; the inner error says why it is left out.
    fn keep(&mut self, imported: &Imported) -> anyhow::Result<Result<(), String>> {
        let digest = ImportRow::digest_of(&imported.record)?;
        let content = short(digest.as_bytes());
        match self.seen.entry(short(imported.id.as_bytes())) {
            hash_map::Entry::Occupied(entry) if *entry.get() == content => {
                self.counts.unchanged += 1;
                return Ok(Ok(()));
            }
            hash_map::Entry::Occupied(_) => {
                let id = &imported.id;
                return Ok(Err(format!(
                    "the id `{id}` stands on an earlier line with another content"
                )));
            }
            hash_map::Entry::Vacant(entry) => entry.insert(content),
        };
        match self.store.state.import_digest(&imported.set, &imported.id)? {
            Some(known) if known == digest => {
                self.counts.unchanged += 1;
                return Ok(Ok(()));
            }
            Some(_) => self.counts.changed += 1,
            None => self.counts.new += 1,
        }
        let position = self.store.archive.append_import(imported)?;
        self.batch.imports.push(ImportRow::of(imported, position)?);
        Ok(Ok(()))
    }

    fn finish(mut self) -> anyhow::Result<Counts> {
        self.commit()?;
        Ok(self.counts)
    }

    fn commit(&mut self) -> anyhow::Result<()> {
        if self.batch.imports.is_empty() {
            return Ok(());
        }
        self.store.archive.sync()?;
        self.batch.archive = self.store.archive.lengths();
        self.store.state.commit(&self.batch).context("cannot register what was archived")?;
        self.batch = Batch::default();
        Ok(())
    }
}

/// Says why something was left out, the `count`th time; after a while no more.
fn complain(count: u64, why: impl std::fmt::Display) {
    match count {
        ..=SHOWN => note(why),
        n if n == SHOWN + 1 => note("what else cannot be used is only counted"),
        _ => {}
    }
}

/// Half a SHA-256: short, and still the same only for the same bytes.
fn short(bytes: &[u8]) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&Sha256::digest(bytes)[..16]);
    half
}
