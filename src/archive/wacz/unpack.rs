//! WACZ files of any writer → the captures in them.

use std::{
    collections::{BTreeMap, VecDeque},
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use flate2::read::DeflateDecoder;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipArchive};

use crate::archive::foreign::{Foreign, ForeignWarc};
use crate::archive::revisit::is_plain_name;
use crate::archive::wacz::{PACKAGE, WARCS, sha256_name};

/// The most files in such a file.
const MOST_FILES: usize = 100_000;
/// The most bytes of its description that are read.
const LONGEST_PACKAGE: u64 = 64 << 20;

/// Whether a file is a ZIP file, by what is in it.
pub fn is_wacz(path: &Path) -> anyhow::Result<bool> {
    let cannot = || format!("cannot read {}", path.display());
    let mut start = Vec::new();
    File::open(path).with_context(cannot)?.take(4).read_to_end(&mut start).with_context(cannot)?;
    Ok(start == b"PK\x03\x04")
}

/// The captures of all WARC files in a WACZ file.
///
/// Nothing is unpacked: each file in it is read where it lies, so its name leads nowhere, and no more bytes come out of it
/// than it declares.
pub struct ForeignWacz {
    path: PathBuf,
    warcs: VecDeque<Inner>,
    open: Option<ForeignWarc>,
    left_out: VecDeque<String>,
}

/// A file in the file.
#[derive(Clone, Debug)]
struct Inner {
    name: String,
    start: u64,
    /// Bytes it takes.
    length: u64,
    /// Bytes that come out of it.
    inflated: u64,
    is_deflated: bool,
    /// The digest that the description names.
    hash: Option<String>,
}

#[derive(Deserialize)]
struct Package {
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    path: String,
    hash: Option<String>,
}

impl ForeignWacz {
    /// Opens a file; fails when it holds no WARC file.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let cannot = || format!("cannot read {}", path.display());
        let input = File::open(path).with_context(cannot)?;
        let length = input.metadata().with_context(cannot)?.len();
        let mut zip = ZipArchive::new(BufReader::new(input)).with_context(cannot)?;
        ensure!(zip.len() <= MOST_FILES, "{} holds more than {MOST_FILES} files", path.display());
        let (mut all, mut left_out) = (Vec::new(), VecDeque::new());
        for number in 0..zip.len() {
            match inner(&mut zip, number).with_context(cannot)? {
                Ok(inner) => all.push(inner),
                Err(why) => left_out.push_back(why),
            }
        }
        apart(&mut all, length).with_context(cannot)?;
        let hashes = hashes(path, &all, &mut left_out);
        let is_warc = |inner: &Inner| inner.name.starts_with(WARCS);
        let mut warcs: VecDeque<Inner> = all.into_iter().filter(is_warc).collect();
        for inner in &mut warcs {
            inner.hash = hashes.get(&inner.name).cloned();
        }
        warcs.make_contiguous().sort_by(|a, b| a.name.cmp(&b.name));
        ensure!(!warcs.is_empty(), "there is no WARC file in {}", path.display());
        Ok(Self { path: path.to_owned(), warcs, open: None, left_out })
    }

    /// Begins the next WARC file; says what is wrong with it.
    fn begin(&mut self, inner: &Inner) -> anyhow::Result<()> {
        if let Some(named) = &inner.hash
            && named.starts_with("sha256:")
            && *named != inner.hash(&self.path)?
        {
            let what = format!("{}: these are not the bytes that {PACKAGE} names", inner.name);
            self.left_out.push_back(what);
        }
        self.open = Some(ForeignWarc::read(inner.read(&self.path)?)?);
        Ok(())
    }
}

impl Iterator for ForeignWacz {
    type Item = Foreign;

    fn next(&mut self) -> Option<Foreign> {
        loop {
            if let Some(why) = self.left_out.pop_front() {
                return Some(Foreign::LeftOut(why));
            }
            if let Some(found) = self.open.as_mut().and_then(Iterator::next) {
                return Some(found);
            }
            let inner = self.warcs.pop_front()?;
            self.open = None;
            if let Err(error) = self.begin(&inner) {
                self.left_out.push_back(format!("{}: {error:#}", inner.name));
            }
        }
    }
}

impl Inner {
    fn read(&self, path: &Path) -> io::Result<Box<dyn Read>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(self.start))?;
        let stored = file.take(self.length);
        Ok(if self.is_deflated {
            Box::new(DeflateDecoder::new(stored).take(self.inflated))
        } else {
            Box::new(stored)
        })
    }

    fn hash(&self, path: &Path) -> io::Result<String> {
        let (mut input, mut sha, mut piece) = (self.read(path)?, Sha256::new(), vec![0; 1 << 16]);
        loop {
            match input.read(&mut piece)? {
                0 => return Ok(sha256_name(&sha.finalize())),
                read => sha.update(&piece[..read]),
            }
        }
    }
}

/// What is of use among the files; the inner error says why one is left out.
fn inner(
    zip: &mut ZipArchive<BufReader<File>>,
    number: usize,
) -> anyhow::Result<Result<Inner, String>> {
    let file = zip.by_index_raw(number)?;
    let name = String::from_utf8_lossy(file.name_raw()).into_owned();
    let start = file.data_start().context("a file in it begins nowhere")?;
    let is_deflated = file.compression() == CompressionMethod::Deflated;
    let inner = Inner {
        start,
        length: file.compressed_size(),
        inflated: file.size(),
        is_deflated,
        hash: None,
        name,
    };
    let Some(warc) = inner.name.strip_prefix(WARCS) else { return Ok(Ok(inner)) };
    let is_warc = [".warc", ".warc.gz"].iter().any(|ending| warc.ends_with(ending));
    Ok(if warc.is_empty() || !is_warc || !is_plain_name(warc) {
        Err(format!("{}: no WARC file", inner.name))
    } else if file.encrypted() || !(is_deflated || file.compression() == CompressionMethod::Stored)
    {
        Err(format!("{}: it is packed in a way that WACZ does not know", inner.name))
    } else {
        Ok(inner)
    })
}

/// Refuses files that share their bytes, which is how a small file unpacks to a huge one.
fn apart(all: &mut [Inner], length: u64) -> anyhow::Result<()> {
    all.sort_by_key(|inner| inner.start);
    let mut reached = 0;
    for inner in all {
        ensure!(inner.start >= reached, "files in it share their bytes");
        reached = inner.start.saturating_add(inner.length);
        ensure!(reached <= length, "a file in it has more bytes than there are");
    }
    Ok(())
}

/// The digests that the description names.
fn hashes(path: &Path, all: &[Inner], left_out: &mut VecDeque<String>) -> BTreeMap<String, String> {
    let Some(package) = all.iter().find(|inner| inner.name == PACKAGE) else {
        left_out.push_back(format!("there is no {PACKAGE}, so nothing can be compared with it"));
        return BTreeMap::new();
    };
    let read = package.read(path).map_err(anyhow::Error::from).and_then(|input| {
        let package: Package =
            serde_json::from_reader(BufReader::new(input.take(LONGEST_PACKAGE)))?;
        Ok(package)
    });
    match read {
        Ok(package) => package
            .resources
            .into_iter()
            .filter_map(|resource| Some((resource.path, resource.hash?)))
            .collect(),
        Err(error) => {
            left_out.push_back(format!("{PACKAGE} cannot be read: {error:#}"));
            BTreeMap::new()
        }
    }
}
