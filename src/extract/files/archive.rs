//! ZIP archives: each member as the file it is, no deeper than one level.

use crate::extract::files::{
    kind,
    package::{Missing, Package},
    read_member,
};
use crate::model::{FileKind, FilePart, FileStatus, FileText};
use crate::page;

/// Members that are read of one archive.
const MOST_FILES: usize = 200;

/// Reads the members of an archive; those that cannot be read are counted.
pub(super) fn zip(package: &mut Package<'_>) -> FileText {
    let names = package.names();
    let (mut parts, mut unread, mut first) = (Vec::new(), 0, None);
    let files: Vec<(usize, String)> = names
        .iter()
        .enumerate()
        .filter(|(_, name)| !name.ends_with(b"/") && !is_debris(name))
        .map(|(at, name)| (at, page::decode(name, None).text))
        .collect();
    for (at, name) in files.iter().take(MOST_FILES) {
        let file = match package.read_at(*at) {
            Ok(bytes) if is_archive(kind::of(&bytes)) => {
                FileText::error(FileKind::Zip, "an archive inside an archive is not opened")
            }
            Ok(bytes) => read_member(&bytes),
            Err(Missing::Absent) => continue,
            Err(Missing::Unreadable(why)) => FileText::error(FileKind::Unknown, why),
        };
        if let Some(error) = file.error {
            unread += 1;
            first.get_or_insert(format!("{name}: {error}"));
        }
        parts.extend(file.parts.into_iter().map(|part| {
            let label =
                if part.label.is_empty() { name.clone() } else { format!("{name} {}", part.label) };
            FilePart { label, text: part.text }
        }));
    }
    unread += files.len().saturating_sub(MOST_FILES);
    let kind = FileKind::Zip;
    let error = (unread > 0).then(|| {
        let first = first.unwrap_or_default();
        format!("{unread} of {} members were not read: {first}", files.len())
    });
    let status = match (&error, parts.is_empty()) {
        (None, _) => FileStatus::Ok,
        (Some(_), false) => FileStatus::Partial,
        (Some(_), true) => FileStatus::Error,
    };
    FileText { kind, status, error, parts }
}

/// What macOS and Windows leave in archives.
fn is_debris(name: &[u8]) -> bool {
    name.starts_with(b"__MACOSX/") || name.ends_with(b".DS_Store") || name.ends_with(b"Thumbs.db")
}

fn is_archive(kind: FileKind) -> bool {
    matches!(kind, FileKind::Zip | FileKind::Rar | FileKind::SevenZip | FileKind::Gzip)
}
