//! Presentations: the text of each slide.

use crate::extract::files::{
    doc::{Compound, stream},
    markup::Walk,
    package::Package,
    prose::Prose,
    word::{relations_of, whole},
    xml::{self, Broken, Piece, Xml},
};
use crate::model::{FileKind, FilePart, FileStatus, FileText};

/// Slides of one file.
const MOST_SLIDES: usize = 2_000;
/// Levels of records inside records.
const DEEPEST: usize = 32;

/// A package of `PowerPoint`, slide by slide in the order of showing.
pub(super) fn pptx(package: &mut Package<'_>) -> FileText {
    let kind = FileKind::Pptx;
    let Some(slides) = slides(package) else {
        return FileText::error(kind, "the package has no list of slides");
    };
    let (mut parts, mut damage) = (Vec::new(), None);
    for (path, number) in slides.iter().zip(1..=MOST_SLIDES) {
        let Ok(bytes) = package.read(path) else {
            damage = Some(format!("slide {number} is missing or damaged"));
            continue;
        };
        let mut walk = Walk::default();
        if let Err(Broken(why)) = walk.read(&xml::decoded(&bytes)) {
            damage = Some(format!("slide {number}: {why}"));
        }
        let text = walk.prose.finish();
        if !text.is_empty() {
            parts.push(FilePart { label: format!("第{number}页"), text });
        }
    }
    match (parts.is_empty(), damage) {
        (_, None) => FileText { kind, status: FileStatus::Ok, error: None, parts },
        (true, Some(why)) => FileText::error(kind, why),
        (false, error) => FileText { kind, status: FileStatus::Partial, error, parts },
    }
}

/// The paths of the slides, in order.
fn slides(package: &mut Package<'_>) -> Option<Vec<String>> {
    let main = "ppt/presentation.xml";
    let relations = relations_of(package, main)?;
    let text = xml::decoded(&package.read(main).ok()?);
    let mut xml = Xml::new(&text);
    let mut found = Vec::new();
    while let Ok(Some(piece)) = xml.next() {
        if let Piece::Open(tag) = piece
            && tag.name() == "sldId"
            && let Some(id) = tag.prefixed("r:id")
            && let Some((_, _, path)) = relations.iter().find(|(other, _, _)| *other == id)
        {
            found.push(path.clone());
        }
    }
    Some(found)
}

/// `PowerPoint`'s binary format (MS-PPT): the text atoms of the slides, without masters and notes.
pub(super) fn ppt(compound: &mut Compound<'_>) -> FileText {
    let Some(bytes) = stream(compound, "PowerPoint Document") else {
        return FileText::error(FileKind::Ppt, "the stream of slides is damaged");
    };
    let mut prose = Prose::default();
    let whole_file = records(&bytes, 0, &mut prose);
    let damage = (!whole_file).then(|| "the slides are cut short".to_owned());
    whole(FileKind::Ppt, prose.finish(), damage)
}

/// Walks records; false when one is longer than what is there.
fn records(mut bytes: &[u8], depth: usize, prose: &mut Prose) -> bool {
    while let [version, _, kind_low, kind_high, a, b, c, d, rest @ ..] = bytes {
        let length = usize::try_from(u32::from_le_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX);
        let kind = u16::from_le_bytes([*kind_low, *kind_high]);
        let (content, after) = rest.split_at(length.min(rest.len()));
        let is_container = version & 0xf == 0xf;
        match kind {
            // Masters and notes; lists of their texts have instance 1 and 2.
            1016 | 1008 => {}
            0x0ff0 if bytes[0] >> 4 != 0 => {}
            0x0fa0 => {
                let units = content.as_chunks::<2>().0.iter().map(|two| u16::from_le_bytes(*two));
                let text: String =
                    char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect();
                paragraphs(&text, prose);
            }
            0x0fa8 => {
                let text: String = content.iter().map(|byte| char::from(*byte)).collect();
                paragraphs(&text, prose);
            }
            _ if is_container && depth < DEEPEST => {
                records(content, depth + 1, prose);
            }
            _ => {}
        }
        if length > rest.len() {
            return false;
        }
        bytes = after;
    }
    true
}

fn paragraphs(text: &str, prose: &mut Prose) {
    for paragraph in text.split('\r') {
        prose.push(&paragraph.replace('\u{b}', "\n"));
        prose.end_paragraph();
    }
}
