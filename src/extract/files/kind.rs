//! What a file is, from its first bytes and the members of its container; its name is never asked.

use std::io::Cursor;

use crate::extract::files::{hypertext, package::Package};
use crate::model::FileKind;

/// How far into a file its mark may stand; some servers send line breaks first.
const MARK_WITHIN: usize = 1024;

/// Finds the kind of a file; text and rows of values are told apart by who reads them.
pub(super) fn of(bytes: &[u8]) -> FileKind {
    let starts = |mark: &[u8]| bytes.starts_with(mark);
    let head = &bytes[..bytes.len().min(MARK_WITHIN)];
    let holds = |mark: &[u8]| head.windows(mark.len()).any(|window| window == mark);
    match () {
        () if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") || starts(b"PK00PK") => package(bytes),
        () if starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => compound(bytes),
        () if holds(b"%PDF-") && !starts(b"<") => FileKind::Pdf,
        () if starts(b"{\\rt") => FileKind::Rtf,
        () if starts(b"Rar!") => FileKind::Rar,
        () if starts(b"7z\xbc\xaf\x27\x1c") => FileKind::SevenZip,
        () if starts(b"\x1f\x8b") => FileKind::Gzip,
        () if is_image(bytes) => FileKind::Image,
        () if hypertext::looks_like_envelope(bytes) => FileKind::Mht,
        () => markup(bytes).unwrap_or(FileKind::Unknown),
    }
}

/// Whether bytes begin like a file; nothing is opened.
pub(super) fn has_mark(bytes: &[u8]) -> bool {
    let marks: [&[u8]; 6] = [
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"%PDF-",
        b"{\\rt",
        b"Rar!",
        b"7z\xbc\xaf",
    ];
    marks.iter().any(|mark| bytes.starts_with(mark))
}

/// A ZIP package, by the members that only one kind has.
fn package(bytes: &[u8]) -> FileKind {
    let Ok(mut package) = Package::open(bytes) else { return stump(bytes) };
    let names = package.names();
    let lower: Vec<String> =
        names.iter().map(|name| String::from_utf8_lossy(name).to_ascii_lowercase()).collect();
    let any = |test: &dyn Fn(&str) -> bool| lower.iter().any(|name| test(name));
    if any(&|name| name == "ofd.xml") {
        return FileKind::Ofd;
    }
    if any(&|name| name == "[content_types].xml") || any(&|name| name == "_rels/.rels") {
        return match () {
            () if any(&|name| name.starts_with("word/")) => FileKind::Docx,
            () if any(&|name| name.starts_with("xl/")) => FileKind::Xlsx,
            () if any(&|name| name.starts_with("ppt/")) => FileKind::Pptx,
            () => FileKind::Zip,
        };
    }
    // Packages that lack their table of types are read all the same.
    if any(&|name| name == "word/document.xml") {
        return FileKind::Docx;
    }
    let is_sheet = |kind: Vec<u8>| kind == b"application/vnd.oasis.opendocument.spreadsheet";
    if package.read("mimetype").is_ok_and(is_sheet) { FileKind::Ods } else { FileKind::Zip }
}

/// A package that was cut short, by the names of the members at its beginning.
fn stump(bytes: &[u8]) -> FileKind {
    let head = &bytes[..bytes.len().min(64 * 1024)];
    let holds = |mark: &[u8]| head.windows(mark.len()).any(|window| window == mark);
    match () {
        () if holds(b"word/") => FileKind::Docx,
        () if holds(b"xl/") => FileKind::Xlsx,
        () if holds(b"ppt/") => FileKind::Pptx,
        () if holds(b"OFD.xml") => FileKind::Ofd,
        () => FileKind::Zip,
    }
}

/// A compound file, by its streams.
fn compound(bytes: &[u8]) -> FileKind {
    let Ok(compound) = cfb::CompoundFile::open(Cursor::new(bytes)) else { return FileKind::Ole };
    let streams = [
        ("WordDocument", FileKind::Doc),
        ("Workbook", FileKind::Xls),
        ("Book", FileKind::Xls),
        ("PowerPoint Document", FileKind::Ppt),
    ];
    let found = streams.into_iter().find(|(name, _)| compound.is_stream(name));
    found.map_or(FileKind::Ole, |(_, kind)| kind)
}

fn is_image(bytes: &[u8]) -> bool {
    let marks: [&[u8]; 7] =
        [b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*", b"BM", b"\0\0\0\x0cjP"];
    let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    // "BM" begins words too; a bitmap says its length next.
    let is_mark = |mark: &&[u8]| {
        bytes.starts_with(mark) && (**mark != *b"BM" || bytes.get(6..10) == Some(b"\0\0\0\0"))
    };
    is_webp || marks.iter().any(is_mark)
}

/// XML of Word, or a page.
fn markup(bytes: &[u8]) -> Option<FileKind> {
    let head = &bytes[..bytes.len().min(16 * 1024)];
    // UTF-16 becomes readable without its zero bytes.
    let head: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0).collect();
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let head = head.trim_start_matches(|c: char| !c.is_ascii() || c.is_whitespace());
    if !head.starts_with('<') {
        return None;
    }
    let word = ["word.document", "<w:worddocument", "pkg:package", "<w:document"];
    if head.starts_with("<?xml") && word.iter().any(|mark| head.contains(mark)) {
        return Some(FileKind::WordXml);
    }
    let page = [
        "<html",
        "<!doctype html",
        "<head",
        "<body",
        "<table",
        "<meta",
        "<div",
        "<p",
        "<style",
        "<script",
        "<title",
        "<tr",
        "<span",
        "<center",
        "<h1",
    ];
    page.iter().any(|mark| head.contains(mark)).then_some(FileKind::Html)
}
