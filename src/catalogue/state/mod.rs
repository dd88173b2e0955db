//! What the crawler knows: pages, captures and imports with their places in the archive, fetches, runs.

mod schema;
mod batch;
mod pages;
mod captures;
mod columns;
mod fetches;
mod measures;
mod runs;
#[cfg(test)]
mod tests;

use std::path::Path;

use crate::catalogue::database::Database;

pub use batch::Batch;
pub use captures::{CaptureRow, Counts, ImportRow};
pub use columns::ColumnLists;
pub use fetches::{FetchRow, Request};
pub use measures::{Asked, Measured};
pub use pages::{FateCount, PageNumber};
pub use runs::Run;

/// The state of a data folder: `state.sqlite`.
pub struct State {
    database: Database,
}

impl State {
    /// Opens the state for reading and writing, makes it if need be.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        Ok(Self { database: Database::open(path, &schema::STATE)? })
    }

    /// Opens a state that is there for reading only.
    pub fn open_read_only(path: &Path) -> anyhow::Result<Self> {
        Ok(Self { database: Database::open_read_only(path, &schema::STATE)? })
    }

    /// Copies what is committed now into a new file, whoever reads or writes meanwhile.
    pub fn copy_to(&self, path: &Path) -> anyhow::Result<()> {
        self.database.copy_to(path)
    }

    /// Reads the whole file; an error says what is damaged.
    pub fn check(&self) -> anyhow::Result<()> {
        self.database.check()
    }
}
