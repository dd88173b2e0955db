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

impl Mistake {
    /// The line that begins or goes on where these first bytes of a file end.
    pub(super) fn line_after(before: &[u8]) -> usize {
        before.split(|byte| *byte == b'\n').count()
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, found, expected } = self;
        write!(f, "{}:{line}: {found}; expected {expected}", file.display())
    }
}
