//! What is wrong in a curated file, said so that a curator can repair it.

use std::{fmt, path::PathBuf};

/// One mistake in one curated file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The file, as it would be opened; for compiled-in copies its path in the project.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
    /// What stands there.
    pub found: String,
    /// What should.
    pub expected: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, found, expected } = self;
        write!(f, "{}:{line}: {found}; expected {expected}", file.display())
    }
}
