//! The bytes of a file → its text, in parts that a reader can be pointed to.
//!
//! What a file is is found from its bytes, never from its name. Everything is bounded before it is parsed; what goes
//! wrong is an error in the answer, and text that was found before the damage is kept. Files come from anybody: in the
//! program they are read in a child process under limits ([`child`]).

mod archive;
pub mod child;
mod doc;
mod hypertext;
mod kind;
mod layout;
mod markup;
mod ofd;
mod package;
mod pdf;
mod plain;
mod prose;
mod radicals;
mod rtf;
mod sheets;
mod slides;
#[cfg(test)]
mod tests;
mod word;
mod xml;

use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::extract::files::package::Package;
use crate::model::{FileKind, FilePart, FileStatus, FileText};

/// Number of the rules by which files are read: files read by older rules are read again.
pub const RULES: u32 = 1;

/// Reads a file; pure, and never fails.
pub fn read(bytes: &[u8]) -> FileText {
    if bytes.is_empty() {
        return FileText::error(FileKind::Unknown, "the file is empty");
    }
    settled(guarded(kind::of(bytes), bytes))
}

/// What a file is, from its bytes.
pub fn kind_of(bytes: &[u8]) -> FileKind {
    kind::of(bytes)
}

/// Whether bytes begin like a file that is certainly no page and no text; looks at the first bytes only.
pub fn has_mark(bytes: &[u8]) -> bool {
    kind::has_mark(bytes)
}

/// Reads a member of an archive.
fn read_member(bytes: &[u8]) -> FileText {
    if bytes.is_empty() {
        return FileText {
            kind: FileKind::Unknown,
            status: FileStatus::Ok,
            error: None,
            parts: Vec::new(),
        };
    }
    guarded(kind::of(bytes), bytes)
}

/// The crates that parse are many, and files are hostile.
fn guarded(kind: FileKind, bytes: &[u8]) -> FileText {
    let outcome = catch_unwind(AssertUnwindSafe(|| by_kind(kind, bytes)));
    outcome.unwrap_or_else(|_| FileText::error(kind, "reading it failed: the file is damaged"))
}

fn by_kind(kind: FileKind, bytes: &[u8]) -> FileText {
    match kind {
        FileKind::Pdf => pdf::read(bytes),
        FileKind::Docx | FileKind::Pptx | FileKind::Ofd | FileKind::Zip => packaged(kind, bytes),
        FileKind::Xlsx | FileKind::Ods => match sized(bytes) {
            Ok(()) if kind == FileKind::Xlsx => sheets::xlsx(bytes),
            Ok(()) => sheets::ods(bytes),
            Err(why) => FileText::error(kind, why),
        },
        FileKind::Doc | FileKind::Ppt | FileKind::Ole => compound(kind, bytes),
        FileKind::Xls => sheets::xls(bytes),
        FileKind::WordXml => word::flat(bytes),
        FileKind::Rtf => rtf::read(bytes),
        FileKind::Html => hypertext::html(bytes),
        FileKind::Mht => hypertext::mht(bytes),
        FileKind::Rar | FileKind::SevenZip | FileKind::Gzip => {
            FileText::error(kind, format!("not read: {kind} archives are not opened"))
        }
        FileKind::Image => FileText::error(kind, "not read: a picture has no text layer"),
        FileKind::Csv | FileKind::Txt | FileKind::Unknown => {
            plain::read(bytes).unwrap_or_else(|| {
                FileText::error(FileKind::Unknown, "not read: the kind of the file is not known")
            })
        }
    }
}

fn packaged(kind: FileKind, bytes: &[u8]) -> FileText {
    let mut package = match Package::open(bytes) {
        Ok(package) => package,
        Err(why) => return FileText::error(kind, why),
    };
    match kind {
        FileKind::Docx => word::docx(&mut package),
        FileKind::Pptx => slides::pptx(&mut package),
        FileKind::Ofd => ofd::read(&mut package),
        _ => archive::zip(&mut package),
    }
}

fn sized(bytes: &[u8]) -> Result<(), String> {
    Package::open(bytes)?.check_size()
}

fn compound(kind: FileKind, bytes: &[u8]) -> FileText {
    let Ok(mut compound) = cfb::CompoundFile::open(Cursor::new(bytes)) else {
        return FileText::error(kind, "the compound file is damaged");
    };
    match kind {
        FileKind::Doc => doc::read(&mut compound),
        FileKind::Ppt => slides::ppt(&mut compound),
        _ if compound.is_stream("EncryptedPackage") => {
            FileText::error(kind, "encrypted: a password is needed to read it")
        }
        _ => FileText::error(kind, "not read: a compound file of an unknown program"),
    }
}

/// A whole file without any text says so.
fn settled(mut file: FileText) -> FileText {
    file.parts.retain(|part: &FilePart| !part.text.trim().is_empty());
    if file.parts.is_empty() && file.status != FileStatus::Error {
        file.status = FileStatus::Error;
        file.error.get_or_insert_with(|| "there is no text in the file".into());
    }
    file
}
