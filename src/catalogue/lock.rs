//! One writer per data folder.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    path::Path,
};

use anyhow::Context;

/// Holds the data folder for writing until it is dropped, or the process ends in any way.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

/// Another process writes to the data folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("another gongkai (process {pid}) writes to this data folder")]
pub struct Busy {
    /// Its process id; 0 when it has not said it yet.
    pub pid: u32,
}

impl DataLock {
    /// Takes a data folder, which is made if need be. The outer error is the disk's.
    pub fn take(data: &Path) -> anyhow::Result<Result<Self, Busy>> {
        let path = data.join("lock");
        let cannot = || format!("cannot take {} for writing", path.display());
        fs::create_dir_all(data).with_context(cannot)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .with_context(cannot)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Err(holder(&file))),
            Err(TryLockError::Error(error)) => return Err(error).with_context(cannot),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .with_context(cannot)?;
        Ok(Ok(Self { _file: file }))
    }
}

/// Who holds the lock, as far as the file says; that it is held is certain either way.
fn holder(file: &File) -> Busy {
    let mut text = String::new();
    let read = file.take(20).read_to_string(&mut text);
    Busy { pid: read.ok().and_then(|_| text.trim().parse().ok()).unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_writer_hears_who_the_first_is() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        let first = DataLock::take(&data).unwrap().unwrap();
        let second = DataLock::take(&data).unwrap();
        let me = std::process::id();
        assert_eq!(second.err(), Some(Busy { pid: me }));
        drop(first);
        DataLock::take(&data).unwrap().unwrap();
    }

    #[test]
    fn a_lock_file_left_by_a_killed_process_stops_nobody() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("lock"), "4294967295 and more than a pid").unwrap();
        let lock = DataLock::take(dir.path()).unwrap().unwrap();
        let said = fs::read_to_string(dir.path().join("lock")).unwrap();
        assert_eq!(said.trim(), std::process::id().to_string());
        drop(lock);
    }
}
