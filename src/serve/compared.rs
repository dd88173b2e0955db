//! Two versions of a document, compared: what the page, the interface and the command line tell of it.

use crate::analysis::Diff;
use crate::model::{DocumentId, Status};
use crate::serve::library::{Library, VersionMark};

/// Two versions and what changed between them.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Every version, oldest first.
    pub all: Vec<VersionMark>,
    /// The version compared from.
    pub from: VersionMark,
    /// The version compared to.
    pub to: VersionMark,
    /// What changed in the title.
    pub title: Diff,
    /// What changed in the text.
    pub text: Diff,
}

/// Compares two versions of a document; without a number, the newest and the one before it. `None` where there are no such
/// versions.
///
/// # Errors
/// When the library fails.
pub fn compare_versions(
    library: &dyn Library,
    id: &DocumentId,
    from: Option<usize>,
    to: Option<usize>,
) -> anyhow::Result<Option<Compared>> {
    Wanted { from, to }.compare(library, id)
}

/// Which two; without a number, the newest and the one before it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) from: Option<usize>,
    pub(crate) to: Option<usize>,
}

impl Wanted {
    /// Compares; `None` where there is no such document or version, or none may be shown.
    pub(crate) fn compare(
        self,
        library: &dyn Library,
        id: &DocumentId,
    ) -> anyhow::Result<Option<Compared>> {
        if library.document(id)?.is_none_or(|document| document.status == Status::Withheld) {
            return Ok(None);
        }
        let all = library.versions(id)?;
        let to = self.to.unwrap_or(all.len());
        let from = self.from.unwrap_or_else(|| to.saturating_sub(1).max(1));
        let (Some((from, old)), Some((to, new))) =
            (library.version(id, from)?, library.version(id, to)?)
        else {
            return Ok(None);
        };
        let title = library.diff(&from.title, &to.title);
        let text = library.diff(&old, &new);
        Ok(Some(Compared { all, from, to, title, text }))
    }
}
