//! One writer per data folder.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    path::Path,
};

/// Holds the data folder for writing until it is dropped, or the process ends in any way.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

/// Why the data folder could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// Another process writes to it.
    #[error(
        "another gongkai is writing to this data folder (process {pid}); wait for it or stop it"
    )]
    Busy {
        /// Its process id; 0 when it has not said it yet.
        pid: u32,
    },
    /// The lock file cannot be made or locked.
    #[error("cannot take {path} for writing: {error}")]
    Disk {
        /// The lock file.
        path: String,
        /// What the system said.
        error: io::Error,
    },
}

impl DataLock {
    /// Takes a data folder, which is made if need be.
    pub fn take(data: &Path) -> Result<Self, NotTaken> {
        let path = data.join("lock");
        let disk = |error| NotTaken::Disk { path: path.display().to_string(), error };
        fs::create_dir_all(data).map_err(disk)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(disk)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // Who holds it is only said, not needed.
                let _ = file.take(20).read_to_string(&mut text);
                return Err(NotTaken::Busy { pid: text.trim().parse().unwrap_or(0) });
            }
            Err(TryLockError::Error(error)) => return Err(disk(error)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(disk)?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_writer_hears_who_the_first_is() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        let first = DataLock::take(&data).unwrap();
        let second = DataLock::take(&data);
        let me = std::process::id();
        assert!(matches!(second, Err(NotTaken::Busy { pid }) if pid == me));
        drop(first);
        DataLock::take(&data).unwrap();
    }

    #[test]
    fn a_lock_file_left_by_a_killed_process_stops_nobody() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("lock"), "4294967295 and more than a pid").unwrap();
        let lock = DataLock::take(dir.path()).unwrap();
        let said = fs::read_to_string(dir.path().join("lock")).unwrap();
        assert_eq!(said.trim(), std::process::id().to_string());
        drop(lock);
    }
}
