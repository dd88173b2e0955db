//! Word as XML: packages (`.docx`), pieces of HTML inside them, and one flat file.

use crate::extract::files::{
    hypertext,
    markup::Walk,
    package::{Missing, Package},
    xml::{self, Broken, Piece, Xml},
};
use crate::model::{FileKind, FilePart, FileStatus, FileText};

/// Pieces of other formats in one document.
const MOST_CHUNKS: usize = 200;

/// A package of Word.
pub(super) fn docx(package: &mut Package<'_>) -> FileText {
    let main = main_part(package).unwrap_or_else(|| "word/document.xml".into());
    let bytes = match package.read(&main) {
        Ok(bytes) => bytes,
        Err(Missing::Absent) => {
            return FileText::error(FileKind::Docx, "the package has no document in it");
        }
        Err(Missing::Unreadable(why)) => {
            return FileText::error(FileKind::Docx, format!("the document is damaged: {why}"));
        }
    };
    let mut walk = Walk::default();
    let mut damage = walk.read(&xml::decoded(&bytes)).err().map(|Broken(why)| why);
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut text = Vec::new();
    for note in ["footnotes", "endnotes"] {
        if let Ok(bytes) = package.read(&format!("{folder}/{note}.xml")) {
            let _its_damage = walk.read(&xml::decoded(&bytes));
        }
    }
    let chunks = std::mem::take(&mut walk.chunks);
    text.push(walk.prose.finish());
    if !chunks.is_empty() {
        match chunks_of(package, &main, &chunks) {
            Ok(more) => text.extend(more),
            Err(why) => damage = damage.or(Some(why)),
        }
    }
    text.retain(|part| !part.is_empty());
    whole(FileKind::Docx, text.join("\n\n"), damage)
}

/// One file of XML: Word 2003, or a package that was written flat.
pub(super) fn flat(bytes: &[u8]) -> FileText {
    let text = xml::decoded(bytes);
    let is_package = text.contains("/word/document.xml");
    let mut walk = if is_package { Walk::of_part("/word/document.xml") } else { Walk::default() };
    let damage = walk.read(&text).err().map(|Broken(why)| why);
    whole(FileKind::WordXml, walk.prose.finish(), damage)
}

/// A file in one part, with what is wrong with it.
pub(super) fn whole(kind: FileKind, text: String, damage: Option<String>) -> FileText {
    let status = match (&damage, text.is_empty()) {
        (None, _) => FileStatus::Ok,
        (Some(_), false) => FileStatus::Partial,
        (Some(_), true) => FileStatus::Error,
    };
    let parts =
        if text.is_empty() { Vec::new() } else { vec![FilePart { label: String::new(), text }] };
    FileText { kind, status, error: damage, parts }
}

/// Where the package says its document is.
fn main_part(package: &mut Package<'_>) -> Option<String> {
    let relations = relations(package, "_rels/.rels")?;
    let main = relations.into_iter().find(|(_, kind, _)| kind.ends_with("/officeDocument"))?;
    let path = main.2.trim_start_matches('/').to_owned();
    package.has(&path).then_some(path)
}

/// The relationships a file lists: id, type, target.
pub(super) fn relations(
    package: &mut Package<'_>,
    path: &str,
) -> Option<Vec<(String, String, String)>> {
    let text = xml::decoded(&package.read(path).ok()?);
    let mut xml = Xml::new(&text);
    let mut found = Vec::new();
    while let Ok(Some(piece)) = xml.next() {
        if let Piece::Open(tag) = piece
            && tag.name() == "Relationship"
            && let (Some(id), Some(kind), Some(target)) =
                (tag.attr("Id"), tag.attr("Type"), tag.attr("Target"))
        {
            found.push((id, kind, target));
        }
    }
    Some(found)
}

/// Where the relationships of a part are listed, and its folder.
pub(super) fn relations_of(
    package: &mut Package<'_>,
    part: &str,
) -> Option<Vec<(String, String, String)>> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let relations = relations(package, &format!("{folder}/_rels/{name}.rels"))?;
    let resolved = relations.into_iter().map(|(id, kind, target)| {
        let path = resolve(folder, &target);
        (id, kind, path)
    });
    Some(resolved.collect())
}

/// A path inside a package, as seen from a folder of it.
pub(super) fn resolve(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// The text of the pieces that stand in files of their own.
fn chunks_of(
    package: &mut Package<'_>,
    main: &str,
    chunks: &[String],
) -> Result<Vec<String>, String> {
    let relations = relations_of(package, main).unwrap_or_default();
    let mut texts = Vec::new();
    for chunk in chunks.iter().take(MOST_CHUNKS) {
        let target = relations.iter().find(|(id, _, _)| id == chunk).map(|(_, _, path)| path);
        let target = target.ok_or("a piece of the document is missing")?;
        let bytes = package.read(target).map_err(|_| "a piece of the document is damaged")?;
        texts.push(hypertext::piece(&bytes)?);
    }
    Ok(texts)
}
