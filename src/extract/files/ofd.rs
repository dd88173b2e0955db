//! OFD (GB/T 33190): a package of XML whose pages place each run of text.

use crate::extract::files::{
    layout::{self, Glyph},
    package::Package,
    word::resolve,
    xml::{self, Piece, Tag, Xml},
};
use crate::model::{FileKind, FilePart, FileStatus, FileText};

/// Pages that are read of one file.
const MOST_PAGES: usize = 3_000;
/// Glyphs of one page.
const MOST_GLYPHS: usize = 200_000;

/// Reads all documents of a package, page by page.
pub(super) fn read(package: &mut Package<'_>) -> FileText {
    let kind = FileKind::Ofd;
    let Some(roots) = texts_of(package, "OFD.xml", "DocRoot") else {
        return FileText::error(kind, "the package has no list of documents");
    };
    let (mut parts, mut damage, mut number) = (Vec::new(), None, 0);
    for root in roots {
        let root = resolve("", root.trim());
        let Some(pages) = pages_of(package, &root) else {
            damage = Some("a document of the package is damaged".to_owned());
            continue;
        };
        for page in pages {
            number += 1;
            if number > MOST_PAGES {
                damage = Some("there are too many pages; the rest was left out".into());
                break;
            }
            match page_text(package, &page) {
                Ok(text) if text.is_empty() => {}
                Ok(text) => parts.push(FilePart { label: format!("第{number}页"), text }),
                Err(why) => damage = Some(format!("page {number}: {why}")),
            }
        }
    }
    match (parts.is_empty(), damage) {
        (true, None) => FileText::error(kind, "no text layer: the pages are pictures"),
        (true, Some(why)) => FileText::error(kind, why),
        (false, None) => FileText { kind, status: FileStatus::Ok, error: None, parts },
        (false, error) => FileText { kind, status: FileStatus::Partial, error, parts },
    }
}

/// The texts of all elements of a name in a file.
fn texts_of(package: &mut Package<'_>, path: &str, name: &str) -> Option<Vec<String>> {
    let text = xml::decoded(&package.read(path).ok()?);
    let mut xml = Xml::new(&text);
    let (mut found, mut inside) = (Vec::new(), false);
    while let Ok(Some(piece)) = xml.next() {
        match piece {
            Piece::Open(tag) if tag.name() == name => {
                inside = true;
                found.push(String::new());
            }
            Piece::Close(closed) if closed == name => inside = false,
            Piece::Text(text) if inside => found.last_mut()?.push_str(&text),
            _ => {}
        }
    }
    Some(found)
}

/// Where the pages of a document are.
fn pages_of(package: &mut Package<'_>, root: &str) -> Option<Vec<String>> {
    let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
    let text = xml::decoded(&package.read(root).ok()?);
    let mut xml = Xml::new(&text);
    let mut pages = Vec::new();
    while let Ok(Some(piece)) = xml.next() {
        if let Piece::Open(tag) = piece
            && tag.name() == "Page"
            && let Some(place) = tag.attr("BaseLoc")
        {
            pages.push(resolve(folder, place.trim()));
        }
    }
    Some(pages)
}

fn page_text(package: &mut Package<'_>, path: &str) -> Result<String, String> {
    let bytes = package.read(path).map_err(|_| "it is missing or damaged")?;
    let text = xml::decoded(&bytes);
    let mut xml = Xml::new(&text);
    let mut page = Page::default();
    loop {
        match xml.next() {
            Ok(Some(Piece::Open(tag))) => page.open(&tag),
            Ok(Some(Piece::Text(text))) => page.text(&text),
            Ok(Some(Piece::Close(name))) if name == "TextCode" => page.code = None,
            Ok(Some(Piece::Close(_))) => {}
            Ok(None) => break,
            Err(_) if page.glyphs.is_empty() => return Err("the XML is damaged".into()),
            Err(_) => break,
        }
    }
    Ok(layout::text(page.glyphs, &[]))
}

#[derive(Default)]
struct Page {
    glyphs: Vec<Glyph>,
    object: Object,
    code: Option<Code>,
}

/// A text object: where its own axes lie on the page.
#[derive(Default)]
struct Object {
    origin: (f64, f64),
    matrix: Option<[f64; 6]>,
    size: f64,
}

/// A run of characters in an object.
struct Code {
    at: (f64, f64),
    steps: Vec<f64>,
    steps_down: Vec<f64>,
}

impl Page {
    fn open(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "TextObject" => {
                let boundary = numbers(tag, "Boundary");
                let matrix = numbers(tag, "CTM");
                let at = |n| boundary.get(n).copied().unwrap_or(0.0);
                self.object = Object {
                    origin: (at(0), at(1)),
                    matrix: matrix.first_chunk().copied(),
                    size: numbers(tag, "Size").first().copied().unwrap_or(4.0),
                };
            }
            "TextCode" => {
                let one = |name| numbers(tag, name).first().copied();
                let before = self.code.as_ref().map_or((0.0, 0.0), |code| code.at);
                self.code = Some(Code {
                    at: (one("X").unwrap_or(before.0), one("Y").unwrap_or(before.1)),
                    steps: steps(tag, "DeltaX"),
                    steps_down: steps(tag, "DeltaY"),
                });
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let Some(code) = &self.code else { return };
        let object = &self.object;
        let (mut x, mut y) = code.at;
        for (n, c) in text.trim_matches(['\n', '\r']).chars().enumerate() {
            if self.glyphs.len() >= MOST_GLYPHS {
                return;
            }
            let own = if c.is_ascii() { object.size / 2.0 } else { object.size };
            let step = code.steps.get(n).copied();
            let (left, top, scale) = object.place(x, y);
            let width = step.filter(|step| *step > 0.0).unwrap_or(own).min(object.size) * scale;
            let size = object.size * scale;
            self.glyphs.push(Glyph { text: c.to_string(), x: left, y: top, width, size });
            let down = code.steps_down.get(n).copied().unwrap_or(0.0);
            // Vertical runs step down only.
            x += step.unwrap_or(if code.steps_down.is_empty() { own } else { 0.0 });
            y += down;
        }
    }
}

impl Object {
    /// A point of the object on the page, and how much larger things are there.
    fn place(&self, x: f64, y: f64) -> (f64, f64, f64) {
        let [xx, xy, yx, yy, right, down] = self.matrix.unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        let (left, top) = self.origin;
        (left + xx * x + yx * y + right, top + xy * x + yy * y + down, xx.hypot(xy))
    }
}

fn numbers(tag: &Tag<'_>, name: &str) -> Vec<f64> {
    let value = tag.attr(name).unwrap_or_default();
    value.split_whitespace().map_while(|number| number.parse().ok()).collect()
}

/// Steps between characters; `g 3 2.5` stands for three steps of 2.5.
fn steps(tag: &Tag<'_>, name: &str) -> Vec<f64> {
    let value = tag.attr(name).unwrap_or_default();
    let mut words = value.split_whitespace();
    let mut steps = Vec::new();
    while let Some(word) = words.next() {
        if word == "g" {
            let count = words.next().and_then(|count| count.parse().ok()).unwrap_or(0_usize);
            let step = words.next().and_then(|step| step.parse().ok()).unwrap_or(0.0);
            steps.extend(std::iter::repeat_n(step, count.min(MOST_GLYPHS)));
        } else if let Ok(step) = word.parse() {
            steps.push(step);
        }
        if steps.len() > MOST_GLYPHS {
            break;
        }
    }
    steps
}
