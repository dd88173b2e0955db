//! The folder where long bodies stand while they arrive and until the archive holds them.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
    sync::atomic::{AtomicU64, Ordering},
};

use anyhow::Context;

use crate::model::{Body, START, Spool, Spooling, Stored};

/// How the names of the files begin.
const NAME: &str = "body-";

/// A folder of bodies on their way; one process uses it at a time.
#[derive(Debug)]
pub struct SpoolFolder {
    dir: PathBuf,
    next: AtomicU64,
}

impl SpoolFolder {
    /// Opens the folder, which is made if need be, and removes what a crash left there: it was promised to nobody.
    pub fn open(dir: &Path) -> anyhow::Result<Self> {
        let cannot = || format!("cannot use {}", dir.display());
        fs::create_dir_all(dir).with_context(cannot)?;
        for entry in fs::read_dir(dir).with_context(cannot)? {
            let entry = entry.with_context(cannot)?;
            if entry.file_name().to_string_lossy().starts_with(NAME) {
                fs::remove_file(entry.path()).with_context(cannot)?;
            }
        }
        Ok(Self { dir: dir.to_owned(), next: AtomicU64::new(0) })
    }
}

impl Spool for SpoolFolder {
    fn begin(&self) -> io::Result<Box<dyn Spooling>> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let path = self.dir.join(format!("{NAME}{number}"));
        let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        Ok(Box::new(Arriving { file, start: Vec::new(), length: 0, place: Place(path) }))
    }
}

/// A file that goes when nobody needs it any more.
#[derive(Debug)]
struct Place(PathBuf);

impl Drop for Place {
    fn drop(&mut self) {
        // What cannot be removed now is removed at the next start.
        let _ = fs::remove_file(&self.0);
    }
}

struct Arriving {
    file: File,
    start: Vec<u8>,
    length: u64,
    place: Place,
}

impl Write for Arriving {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        let room = START.saturating_sub(self.start.len()).min(written);
        self.start.extend_from_slice(&bytes[..room]);
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Spooling for Arriving {
    fn finish(mut self: Box<Self>) -> io::Result<Body> {
        self.flush()?;
        let Self { start, length, place, .. } = *self;
        Ok(Body::stored(Arc::new(Spooled { start, length, place })))
    }
}

#[derive(Debug)]
struct Spooled {
    start: Vec<u8>,
    length: u64,
    place: Place,
}

impl Stored for Spooled {
    fn length(&self) -> u64 {
        self.length
    }

    fn start(&self) -> &[u8] {
        &self.start
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(File::open(&self.place.0)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> usize {
        fs::read_dir(dir).unwrap().count()
    }

    #[test]
    fn a_file_lives_as_long_as_its_body() {
        let dir = tempfile::tempdir().unwrap();
        let spool = SpoolFolder::open(dir.path()).unwrap();
        let bytes: Vec<u8> = (0..9_u8).cycle().take(3 * START).collect();
        let mut arriving = spool.begin().unwrap();
        arriving.write_all(&bytes).unwrap();
        let body = arriving.finish().unwrap();
        assert_eq!((body.len(), body.start()), (bytes.len() as u64, &bytes[..START]));
        let clone = body.clone();
        drop(body);
        assert_eq!(clone, Body::from(bytes));
        assert_eq!(names(dir.path()), 1);
        drop(clone);
        drop(spool.begin().unwrap());
        assert_eq!(names(dir.path()), 0, "neither done nor given up is left behind");
    }

    #[test]
    fn what_a_crash_left_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("body-3"), "half").unwrap();
        fs::write(dir.path().join("note.txt"), "of somebody else").unwrap();
        SpoolFolder::open(dir.path()).unwrap();
        assert_eq!(names(dir.path()), 1);
    }
}
