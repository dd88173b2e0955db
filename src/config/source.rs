//! Where curated files come from: a folder, or the copy that was compiled in.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use include_dir::{Dir, include_dir};

use crate::config::Mistake;

static CRAWLER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/crawler-config");
static INDEX: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/index");

/// The longest curated file, in bytes; a longer one is not what it claims to be.
const LONGEST_FILE: u64 = 16 << 20;

/// The folders of the curated files.
///
/// In place of a folder that does not exist, the copy compiled into the program is read. A folder that exists counts:
/// its portals are all there are. A single file that it lacks (`defaults.toml`, `ranking.toml` …) is read from the copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dirs {
    /// `crawler-config/`: `defaults.toml`, `takedown.toml` and `portals/*.toml`.
    pub crawler: PathBuf,
    /// `index/`: dictionary, categories, ranking weights.
    pub index: PathBuf,
}

impl Default for Dirs {
    fn default() -> Self {
        Self { crawler: "crawler-config".into(), index: "index".into() }
    }
}

/// One curated file, read.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// A folder of curated files, on disk or compiled in.
pub(super) struct Folder<'a> {
    path: &'a Path,
    compiled: &'static Dir<'static>,
    on_disk: bool,
}

impl<'a> Folder<'a> {
    /// The folder of portal files and crawl defaults.
    pub(super) fn crawler(path: &'a Path) -> Self {
        Self { path, compiled: &CRAWLER, on_disk: path.try_exists().unwrap_or(true) }
    }

    /// The folder of dictionary, categories and weights.
    pub(super) fn index(path: &'a Path) -> Self {
        Self { path, compiled: &INDEX, on_disk: path.try_exists().unwrap_or(true) }
    }

    /// The file of that name, the folder's own or else the copy; a mistake when it cannot be read as UTF-8.
    pub(super) fn file(&self, name: &str) -> Result<Option<Source>, Mistake> {
        let own = if self.on_disk { read(&self.path.join(name))? } else { None };
        Ok(own.or_else(|| self.compiled_in(name)))
    }

    /// The copy of a file that was compiled in.
    pub(super) fn compiled_in(&self, name: &str) -> Option<Source> {
        let text = self.compiled.get_file(name)?.contents_utf8()?.to_owned();
        Some(Source { path: self.path.join(name), text })
    }

    /// Mistakes for `*.toml` files beside those that are read: most likely a portal in the wrong folder.
    pub(super) fn unread(&self, names: &[&str], expected: &str) -> Vec<Mistake> {
        if !self.on_disk {
            return Vec::new();
        }
        let known = |path: &Path| names.iter().any(|name| path.file_name() == Some(name.as_ref()));
        toml_paths(self.path)
            .unwrap_or_default()
            .into_iter()
            .filter(|path| !known(path))
            .map(|file| {
                let (found, expected) = ("a file that nothing reads".into(), expected.to_owned());
                Mistake { file, line: 1, found, expected }
            })
            .collect()
    }

    /// Every `*.toml` file of a folder below, by name.
    pub(super) fn toml_files(&self, below: &str) -> Vec<Result<Source, Mistake>> {
        if !self.on_disk {
            let files = self.compiled.get_dir(below).into_iter().flat_map(Dir::files);
            let names = files.filter_map(|file| file.path().to_str());
            return sorted(names.filter(|name| is_toml(Path::new(name))).map(str::to_owned))
                .filter_map(|name| self.compiled_in(&name))
                .map(Ok)
                .collect();
        }
        let folder = self.path.join(below);
        match toml_paths(&folder) {
            Ok(paths) => paths.iter().filter_map(|path| read(path).transpose()).collect(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => vec![Err(unreadable(&folder, &error))],
        }
    }
}

/// The `*.toml` files of a folder, by name.
fn toml_paths(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let paths: io::Result<Vec<PathBuf>> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect();
    Ok(sorted(paths?.into_iter().filter(|path| is_toml(path))).collect())
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "toml")
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let mut all: Vec<T> = items.collect();
    all.sort();
    all.into_iter()
}

fn read(path: &Path) -> Result<Option<Source>, Mistake> {
    let found = fs::metadata(path).and_then(|meta| {
        if meta.len() > LONGEST_FILE {
            return Err(io::Error::other(format!("it is {} bytes long", meta.len())));
        }
        fs::read(path)
    });
    let bytes = match found {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(path, &error)),
    };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(Source { path: path.to_owned(), text })),
        Err(error) => Err(not_utf8(path, &error)),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Mistake {
    Mistake {
        file: path.to_owned(),
        line: 1,
        found: format!("cannot be read: {error}"),
        expected: format!("a readable file of at most {} MiB", LONGEST_FILE >> 20),
    }
}

fn not_utf8(path: &Path, error: &std::string::FromUtf8Error) -> Mistake {
    let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    Mistake {
        file: path.to_owned(),
        line: Mistake::line_after(before),
        found: "bytes that are not UTF-8".to_owned(),
        expected: "UTF-8 text".to_owned(),
    }
}
