//! A ZIP package: members by name, inflated within limits.

use std::io::{Cursor, Read};

use zip::{ZipArchive, result::ZipError};

/// Members of one package.
const MOST_MEMBERS: usize = 20_000;
/// Longest member, in bytes after inflating.
const LONGEST_MEMBER: u64 = 48 << 20;
/// All that is inflated of one package.
const MOST_BYTES: u64 = 256 << 20;

/// Why a member cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// There is none of that name.
    Absent,
    /// It is there, and this is wrong with it.
    Unreadable(String),
}

/// An open package.
pub(super) struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    left: u64,
}

impl<'b> Package<'b> {
    /// Reads the table of contents.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, String> {
        let archive = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| format!("the package is damaged: {error}"))?;
        if archive.len() > MOST_MEMBERS {
            return Err(format!("the package has {} members", archive.len()));
        }
        Ok(Self { archive, left: MOST_BYTES })
    }

    /// How many members there are.
    pub(super) fn len(&self) -> usize {
        self.archive.len()
    }

    /// The names of all members, as bytes: old archives write them in GBK.
    pub(super) fn names(&self) -> Vec<Vec<u8>> {
        self.archive.file_names_raw().map(<[u8]>::to_vec).collect()
    }

    /// Whether there is a member of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// A member by its name; letter case and a slash in front do not matter.
    pub(super) fn read(&mut self, name: &str) -> Result<Vec<u8>, Missing> {
        let name = name.trim_start_matches('/');
        let index = self.archive.index_for_name(name).or_else(|| {
            let mut names = self.archive.file_names_raw();
            names.position(|other| other.eq_ignore_ascii_case(name.as_bytes()))
        });
        self.read_at(index.ok_or(Missing::Absent)?)
    }

    /// A member by its place.
    pub(super) fn read_at(&mut self, index: usize) -> Result<Vec<u8>, Missing> {
        let limit = LONGEST_MEMBER.min(self.left);
        let unreadable = |why: String| Missing::Unreadable(why);
        let member = self.archive.by_index(index).map_err(|error| match error {
            ZipError::FileNotFound => Missing::Absent,
            other => unreadable(other.to_string()),
        })?;
        if member.encrypted() {
            return Err(unreadable("it is encrypted".into()));
        }
        let mut bytes = Vec::new();
        let read = member.take(limit + 1).read_to_end(&mut bytes);
        let length = bytes.len() as u64;
        self.left = self.left.saturating_sub(length);
        if length > limit {
            return Err(unreadable(format!("it inflates to more than {} MiB", limit >> 20)));
        }
        read.map_err(|error| unreadable(error.to_string()))?;
        Ok(bytes)
    }

    /// Inflates everything once, for readers that know no limits.
    pub(super) fn check_size(&mut self) -> Result<(), String> {
        for index in 0..self.len() {
            if let Err(Missing::Unreadable(why)) = self.read_at(index)
                && why.contains("inflates")
            {
                return Err(format!("a member is too large: {why}"));
            }
        }
        Ok(())
    }
}
