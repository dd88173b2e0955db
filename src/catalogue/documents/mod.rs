//! The documents: as they are now, every text they had, by which rules they were read, what changed or was dropped since
//! someone last asked; and what was found from them: files, relations, figures.

mod figures;
mod files;
mod schema;
mod texts;
mod versions;
mod parts;
mod put;
mod changes;
mod derived;
mod replace;
mod dump;
mod read;
mod prints;
mod relations;
mod reports;
#[cfg(test)]
mod change_tests;
#[cfg(test)]
mod figure_tests;
#[cfg(test)]
mod tests;

use std::path::Path;

use crate::catalogue::database::Database;

pub use changes::{Changed, ChangesWanted, Places};
pub use derived::{Derived, Source};
pub use figures::{FigureMarks, FigureQuery, FigureRow, Report};
pub use files::FetchedFile;
pub use prints::{Edition, KeyedPrint, Kin};
pub use put::{Effect, PutCounts};
pub use read::Filter;
pub use relations::Leaders;
pub use replace::Reading;
pub use reports::{HeldReport, Holding, Reported};
pub use versions::Version;

/// The catalogue of a data folder: `catalogue.sqlite`. It can be deleted and made again from the archive.
pub struct Catalogue {
    database: Database,
}

impl Catalogue {
    /// Opens the catalogue for reading and writing, makes it if need be.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        Ok(Self { database: Database::open(path, &schema::CATALOGUE)? })
    }

    /// Opens a catalogue that is there for reading only; the handle may be shared between threads.
    pub fn open_read_only(path: &Path) -> anyhow::Result<Self> {
        Ok(Self { database: Database::open_read_only(path, &schema::CATALOGUE)? })
    }

    /// Copies what is committed now into a new file, whoever reads or writes meanwhile.
    pub fn copy_to(&self, path: &Path) -> anyhow::Result<()> {
        self.database.copy_to(path)
    }
}
