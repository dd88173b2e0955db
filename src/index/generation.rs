//! Folders of the index: one for each generation, and the file that says which one serves.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use serde::{Deserialize, Serialize};
use tantivy::{Index, IndexReader, ReloadPolicy};

use crate::analysis::Analyzer;
use crate::index::{StoreError, lanes::tokenizers, schema::Fields};

/// The format that this program writes and reads; it grows when fields or lanes change their meaning.
pub const FORMAT: u32 = 3;

/// The file that names the serving generation.
const CURRENT: &str = "CURRENT";
/// The file in each generation that says how it was made.
const ABOUT: &str = "generation.json";

/// How a generation was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct About {
    format: u32,
    /// [`Analyzer::dictionary`] of the analyzer that cut its words.
    dictionary: String,
}

/// One generation, open.
pub(super) struct Generation {
    /// Name of its folder; empty for the one that stands in where there is none.
    pub(super) name: String,
    pub(super) index: Index,
    pub(super) reader: IndexReader,
    pub(super) fields: Arc<Fields>,
    /// Names the dictionary its words were cut with.
    pub(super) dictionary: String,
}

impl Generation {
    /// A new, empty generation beside the others.
    pub(super) fn create(
        root: &Path,
        name: &str,
        analyzer: &Arc<Analyzer>,
    ) -> anyhow::Result<Self> {
        let folder = root.join(name);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let (schema, _) = Fields::build();
        let index = Index::builder()
            .schema(schema)
            .tokenizers(tokenizers(analyzer))
            .create_in_dir(&folder)?;
        let about = About { format: FORMAT, dictionary: analyzer.dictionary().to_owned() };
        write_synced(&folder.join(ABOUT), &serde_json::to_vec(&about)?)?;
        Self::of(name, index, about.dictionary)
    }

    /// A generation as it was left.
    pub(super) fn open(
        root: &Path,
        name: &str,
        analyzer: &Arc<Analyzer>,
    ) -> Result<Self, StoreError> {
        let folder = root.join(name);
        let about = fs::read(folder.join(ABOUT))
            .with_context(|| format!("cannot read {}", folder.join(ABOUT).display()))?;
        let about: About = serde_json::from_slice(&about)
            .map_err(|_| StoreError::OtherFormat { generation: name.to_owned() })?;
        let (schema, _) = Fields::build();
        let mut index = Index::open_in_dir(&folder)
            .with_context(|| format!("cannot open {}", folder.display()))?;
        if about.format != FORMAT || index.schema() != schema {
            return Err(StoreError::OtherFormat { generation: name.to_owned() });
        }
        index.set_tokenizers(tokenizers(analyzer));
        Ok(Self::of(name, index, about.dictionary)?)
    }

    /// What stands in while nothing was indexed yet: an empty index in memory.
    pub(super) fn none(analyzer: &Arc<Analyzer>) -> anyhow::Result<Self> {
        let (schema, _) = Fields::build();
        let builder = Index::builder().schema(schema).tokenizers(tokenizers(analyzer));
        Self::of("", builder.create_in_ram()?, analyzer.dictionary().to_owned())
    }

    fn of(name: &str, index: Index, dictionary: String) -> anyhow::Result<Self> {
        let (_, fields) = Fields::build();
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { name: name.to_owned(), index, reader, fields: Arc::new(fields), dictionary })
    }

    /// The number of its last commit.
    pub(super) fn commit(&self) -> anyhow::Result<u64> {
        Ok(self.index.load_metas()?.opstamp)
    }
}

/// The generation that serves; `None` while nothing was indexed.
pub(super) fn current(root: &Path) -> anyhow::Result<Option<String>> {
    let path = root.join(CURRENT);
    match fs::read_to_string(&path) {
        Ok(name) => Ok(Some(name.trim().to_owned()).filter(|name| is_generation(name))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Lets a generation serve: all at once, and for good even if the power fails now.
pub(super) fn swap(root: &Path, name: &str) -> anyhow::Result<()> {
    let next = root.join("CURRENT.next");
    write_synced(&next, format!("{name}\n").as_bytes())?;
    fs::rename(&next, root.join(CURRENT)).context("cannot swap the generation that serves")?;
    File::open(root).and_then(|folder| folder.sync_all()).context("cannot sync the index folder")
}

/// A name that no generation bears yet, later than all.
pub(super) fn next_name(root: &Path) -> anyhow::Result<String> {
    let numbers = generations(root)?.into_iter();
    let last = numbers.filter_map(|name| name[1..].parse::<u64>().ok()).max().unwrap_or(0);
    Ok(format!("g{:06}", last + 1))
}

/// Removes all generations but the named ones; what still reads them keeps its open files.
pub(super) fn remove_all_but(root: &Path, kept: &[&str]) -> anyhow::Result<()> {
    for name in generations(root)?.iter().filter(|name| !kept.contains(&name.as_str())) {
        let folder = root.join(name);
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

fn generations(root: &Path) -> anyhow::Result<Vec<String>> {
    let entries = match fs::read_dir(root) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(|| format!("cannot read {}", root.display()))?,
    };
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let names: Vec<String> = names.collect::<std::io::Result<_>>()?;
    Ok(names.into_iter().filter(|name| is_generation(name)).collect())
}

/// `g` and a number: nothing else in the folder is ever opened or removed.
fn is_generation(name: &str) -> bool {
    let digits = name.strip_prefix('g').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

fn write_synced(path: &PathBuf, bytes: &[u8]) -> anyhow::Result<()> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
