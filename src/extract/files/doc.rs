//! Word's binary format: the text as its piece table orders it (MS-DOC, 2.4.1 and 2.8).
//!
//! Field codes, pictures and page heads are left out. Whether a cell mark ends a cell or a row stands with the
//! properties of its paragraph.

use std::io::{Cursor, Read};

use encoding_rs::{GBK, WINDOWS_1252};

use crate::extract::files::{prose::Prose, word::whole};
use crate::model::{FileKind, FileText};
use crate::page;

/// Longest stream of a compound file that is read, in bytes.
const LONGEST_STREAM: u64 = 64 << 20;
/// First version of the format that has a piece table in a table stream (Word 97).
const WORD_97: u16 = 0x00c1;

/// A compound file with its streams.
pub(super) type Compound<'b> = cfb::CompoundFile<Cursor<&'b [u8]>>;

/// A stream by its name, if it is there and readable.
pub(super) fn stream(compound: &mut Compound<'_>, name: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let stream = compound.open_stream(name).ok()?;
    stream.take(LONGEST_STREAM).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Reads the document in a compound file.
pub(super) fn read(compound: &mut Compound<'_>) -> FileText {
    let Some(main) = stream(compound, "WordDocument") else {
        return FileText::error(FileKind::Doc, "the document stream is damaged");
    };
    match text(compound, &main) {
        Ok((text, damage)) => whole(FileKind::Doc, text, damage),
        Err(why) => FileText::error(FileKind::Doc, why),
    }
}

fn text(compound: &mut Compound<'_>, main: &[u8]) -> Result<(String, Option<String>), String> {
    const DAMAGED: &str = "the document is damaged";
    let flags = u16_at(main, 0x0a).ok_or(DAMAGED)?;
    let version = u16_at(main, 2).ok_or(DAMAGED)?;
    if flags & 0x0100 != 0 {
        return Err("encrypted: a password is needed to read it".into());
    }
    if version < WORD_97 {
        return old_text(main, flags).ok_or_else(|| DAMAGED.into()).map(|text| (text, None));
    }
    let table = if flags & 0x0200 == 0 { "0Table" } else { "1Table" };
    let table = stream(compound, table).ok_or(DAMAGED)?;
    let pieces = pieces(main, &table).ok_or(DAMAGED)?;
    let tables = Tables::of(main, &table).unwrap_or_default();
    let mut out = Writer::new(&tables);
    let mut damaged = false;
    for range in stories(main).ok_or(DAMAGED)? {
        for piece in &pieces {
            damaged |= !piece.write(main, range, &mut out);
        }
        out.prose.end_paragraph();
    }
    Ok((out.prose.finish(), damaged.then(|| "a part of the document is damaged".to_owned())))
}

/// Character positions of the text itself, its footnotes, endnotes and text boxes; not heads, feet and comments.
fn stories(main: &[u8]) -> Option<Vec<(u32, u32)>> {
    let length = |at| u32_at(main, at).filter(|length| *length < 1 << 30);
    let [text, footnotes, heads, macros, comments, endnotes, boxes] =
        [0x4c, 0x50, 0x54, 0x58, 0x5c, 0x60, 0x64].map(|at| length(at).unwrap_or(0));
    length(0x4c)?;
    let mut at = 0;
    let mut ranges = Vec::new();
    let stories = [
        (text, true),
        (footnotes, true),
        (heads, false),
        (macros, false),
        (comments, false),
        (endnotes, true),
        (boxes, true),
    ];
    for (length, wanted) in stories {
        let end = u32::checked_add(at, length)?;
        if wanted && length > 0 {
            ranges.push((at, end));
        }
        at = end;
    }
    Some(ranges)
}

/// A run of text that stands in one place of the document stream.
struct Piece {
    /// Character positions.
    from: u32,
    to: u32,
    /// Byte in the document stream.
    at: usize,
    /// One byte for each character, of Windows-1252; else UTF-16.
    is_narrow: bool,
}

impl Piece {
    /// Hands the characters in a range to the writer; false when some are missing.
    fn write(&self, main: &[u8], (from, to): (u32, u32), out: &mut Writer<'_>) -> bool {
        let (from, to) = (from.max(self.from), to.min(self.to));
        if from >= to {
            return true;
        }
        let width = if self.is_narrow { 1 } else { 2 };
        let (Ok(skip), Ok(count)) = (usize::try_from(from - self.from), usize::try_from(to - from))
        else {
            return false;
        };
        let start = self.at.saturating_add(skip * width);
        let end = start.saturating_add(count * width).min(main.len());
        let Some(bytes) = main.get(start..end) else { return false };
        if self.is_narrow {
            for (n, byte) in bytes.iter().enumerate() {
                let (text, _) =
                    WINDOWS_1252.decode_without_bom_handling(std::slice::from_ref(byte));
                text.chars().for_each(|c| out.character(c, start + n));
            }
        } else {
            let units = bytes.as_chunks::<2>().0.iter().map(|two| u16::from_le_bytes(*two));
            let mut at = start;
            for c in char::decode_utf16(units) {
                let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
                out.character(c, at);
                at += 2 * c.len_utf16();
            }
        }
        bytes.len() == count * width
    }
}

/// The piece table; in the table stream at the place that the document stream names.
fn pieces(main: &[u8], table: &[u8]) -> Option<Vec<Piece>> {
    let mut rest = slice(table, u32_at(main, 0x1a2)?, u32_at(main, 0x1a6)?)?;
    while let [1, ..] = rest {
        let length = usize::from(u16_at(rest, 1)?);
        rest = rest.get(3 + length..)?;
    }
    let [2, ..] = rest else { return None };
    let plc = slice(rest, 5, u32_at(rest, 1)?)?;
    let count = plc.len().checked_sub(4)? / 12;
    let piece = |n: usize| {
        let field = u32_at(plc, 4 * (count + 1) + 8 * n + 2)?;
        let is_narrow = field & 0x4000_0000 != 0;
        let at = usize::try_from(field & 0x3fff_ffff).ok()?;
        let at = if is_narrow { at / 2 } else { at };
        Some(Piece { from: u32_at(plc, 4 * n)?, to: u32_at(plc, 4 * (n + 1))?, at, is_narrow })
    };
    (0..count).map(piece).collect()
}

/// Where paragraphs of tables stand: byte ranges of the document stream, in order.
#[derive(Debug, Default)]
struct Tables {
    inside: Vec<(usize, usize)>,
    row_ends: Vec<(usize, usize)>,
}

/// The property that a paragraph is in a table, and the two that it ends a row (MS-DOC, 2.6.2).
const IN_TABLE: u16 = 0x2416;
const ENDS_ROW: [u16; 2] = [0x2417, 0x244c];

impl Tables {
    /// From the pages of paragraph properties in the document stream, which the table stream lists.
    fn of(main: &[u8], table: &[u8]) -> Option<Self> {
        let plc = slice(table, u32_at(main, 0x102)?, u32_at(main, 0x106)?)?;
        let count = plc.len().checked_sub(4)? / 8;
        let mut tables = Self::default();
        for n in 0..count {
            let page = usize::try_from(u32_at(plc, 4 * (count + 1) + 4 * n)? & 0x003f_ffff).ok()?;
            if let Some(page) = main.get(page * 512..page * 512 + 512) {
                tables.add(page);
            }
        }
        tables.inside.sort_unstable();
        tables.row_ends.sort_unstable();
        Some(tables)
    }

    fn add(&mut self, page: &[u8]) -> Option<()> {
        let runs = usize::from(*page.get(511)?);
        for run in 0..runs {
            let place = 2 * usize::from(*page.get(4 * (runs + 1) + 13 * run)?);
            let from = usize::try_from(u32_at(page, 4 * run)?).ok()?;
            let to = usize::try_from(u32_at(page, 4 * run + 4)?).ok()?;
            let properties =
                if place == 0 { &[] } else { changes(page, place).unwrap_or_default() };
            if is_set(properties, &[IN_TABLE]) {
                self.inside.push((from, to));
            }
            if is_set(properties, &ENDS_ROW) {
                self.row_ends.push((from, to));
            }
        }
        Some(())
    }
}

/// Whether one of the ranges, which are in order, holds a byte.
fn holds(ranges: &[(usize, usize)], at: usize) -> bool {
    let after = ranges.partition_point(|(from, _)| *from <= at);
    after.checked_sub(1).and_then(|n| ranges.get(n)).is_some_and(|(_, to)| at < *to)
}

/// The changes to its style that a paragraph has, at a place of a page.
fn changes(page: &[u8], at: usize) -> Option<&[u8]> {
    let words = usize::from(*page.get(at)?);
    let (start, length) = match words {
        0 => (at + 2, 2 * usize::from(*page.get(at + 1)?)),
        _ => (at + 1, 2 * words - 1),
    };
    // The first two bytes number the style.
    page.get(start + 2..start.checked_add(length)?.min(page.len()))
}

/// Whether one of the properties is set in a list of changes: opcode, operand.
fn is_set(mut changes: &[u8], wanted: &[u16]) -> bool {
    while let [low, high, operand @ ..] = changes {
        let opcode = u16::from_le_bytes([*low, *high]);
        if wanted.contains(&opcode) && operand.first() == Some(&1) {
            return true;
        }
        let length = match opcode >> 13 {
            0 | 1 => 1,
            2 | 4 | 5 => 2,
            3 => 4,
            7 => 3,
            // Table definitions have a length of two bytes, which counts one too many.
            _ if opcode == 0xd608 => 1 + usize::from(u16_at(operand, 0).unwrap_or(0)),
            _ => 1 + usize::from(operand.first().copied().unwrap_or(0)),
        };
        changes = operand.get(length..).unwrap_or_default();
    }
    false
}

/// Before Word 97 the text stands in one run of bytes.
fn old_text(main: &[u8], flags: u16) -> Option<String> {
    if flags & 0x0004 != 0 {
        return None;
    }
    let bytes = slice(main, u32_at(main, 0x18)?, u32_at(main, 0x34)?)?;
    let decoded = page::decode(bytes, None);
    let text = if decoded.lossy { GBK.decode(bytes).0.into_owned() } else { decoded.text };
    let tables = Tables::default();
    let mut out = Writer::new(&tables);
    text.chars().for_each(|c| out.character(c, 0));
    Some(out.prose.finish())
}

/// Characters of the text and the marks between them → paragraphs and rows.
struct Writer<'t> {
    prose: Prose,
    tables: &'t Tables,
    /// For each field that is open, whether its result has begun.
    fields: Vec<bool>,
    in_row: bool,
}

impl<'t> Writer<'t> {
    fn new(tables: &'t Tables) -> Self {
        Self { prose: Prose::default(), tables, fields: Vec::new(), in_row: false }
    }

    fn character(&mut self, c: char, at: usize) {
        match c {
            '\u{13}' if self.fields.len() < 64 => self.fields.push(false),
            '\u{14}' => self.fields.last_mut().into_iter().for_each(|result| *result = true),
            '\u{15}' => _ = self.fields.pop(),
            _ if self.fields.iter().any(|result| !result) => {}
            '\r' if self.in_row || holds(&self.tables.inside, at) => self.prose.tab(),
            '\r' | '\u{c}' | '\u{e}' => self.prose.end_paragraph(),
            '\u{7}' => self.mark(at),
            '\u{b}' => self.prose.line_break(),
            '\t' => self.prose.tab(),
            '\u{1e}' => self.prose.push("-"),
            c if c.is_control() => {}
            c => self.prose.push(c.encode_utf8(&mut [0; 4])),
        }
    }

    /// A mark that ends a cell, or the row.
    fn mark(&mut self, at: usize) {
        if holds(&self.tables.row_ends, at) {
            self.prose.end_row();
            self.in_row = false;
        } else if self.tables.row_ends.is_empty() {
            // Nothing says where rows end: each cell is a paragraph.
            self.prose.end_paragraph();
        } else {
            self.prose.end_open_cell(!std::mem::replace(&mut self.in_row, true));
        }
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// So many bytes from a place on.
fn slice(bytes: &[u8], at: u32, length: u32) -> Option<&[u8]> {
    let at = usize::try_from(at).ok()?;
    bytes.get(at..at.checked_add(usize::try_from(length).ok()?)?)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::model::FileStatus;

    /// Puts bytes at a place of a stream, which grows as need be.
    fn put(stream: &mut Vec<u8>, at: usize, bytes: &[u8]) {
        stream.resize(stream.len().max(at + bytes.len()), 0);
        stream[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn put_numbers(stream: &mut Vec<u8>, at: usize, numbers: &[u32]) {
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        put(stream, at, &bytes);
    }

    /// The file of a text of two pieces, wide and narrow; `marks` gives the ends of paragraphs in the wide one and
    /// whether each is in a table or ends a row.
    fn file(wide: &str, narrow: &str, marks: &[(u32, u8)]) -> Vec<u8> {
        let units: Vec<u8> = wide.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (first, second) =
            (u32::try_from(units.len() / 2).unwrap(), u32::try_from(narrow.len()).unwrap());
        let (mut main, mut table) = (Vec::new(), Vec::new());
        put(&mut main, 0, &[0xec, 0xa5, 0xc1, 0]);
        put_numbers(&mut main, 0x4c, &[first + second]);
        put(&mut main, 0x800, &units);
        put(&mut main, 0xc00, narrow.as_bytes());
        put(&mut table, 0, &[2]);
        put_numbers(&mut table, 1, &[28, 0, first, first + second]);
        put_numbers(&mut table, 19, &[0x800]);
        put_numbers(&mut table, 27, &[0x4000_0000 | 0x1800]);
        put(&mut table, 33, &[]);
        put_numbers(&mut main, 0x1a2, &[0, 33]);
        // One page of paragraph properties, the ninth of the stream.
        let runs = marks.len();
        put_numbers(&mut main, 0x1000, &[0x800]);
        for (run, (end, kind)) in marks.iter().enumerate() {
            put_numbers(&mut main, 0x1004 + 4 * run, &[0x800 + 2 * end]);
            put(
                &mut main,
                0x1000 + 4 * (runs + 1) + 13 * run,
                &[[0, 200, 210][usize::from(*kind)]],
            );
        }
        put(&mut main, 0x1000 + 400, &[3, 0, 0, 0x16, 0x24, 1]);
        put(&mut main, 0x1000 + 420, &[5, 0, 0, 0x16, 0x24, 1, 0x17, 0x24, 1]);
        put(&mut main, 0x1000 + 511, &[u8::try_from(runs).unwrap()]);
        put_numbers(&mut table, 100, &[0x800, 0xc00, 8]);
        put_numbers(&mut main, 0x102, &[100, 12]);
        let mut compound = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        compound.create_stream("WordDocument").unwrap().write_all(&main).unwrap();
        compound.create_stream("0Table").unwrap().write_all(&table).unwrap();
        compound.into_inner().into_inner()
    }

    const TEXT: &str = "标题\r甲\u{7}乙\r丙\u{7}\u{7}\u{13} PAGE \u{14}一\u{15}尾\r";
    const MARKS: [(u32, u8); 6] = [(3, 0), (5, 1), (7, 1), (9, 1), (10, 2), (24, 0)];

    #[test]
    fn pieces_fields_and_tables_are_read() {
        let file = crate::extract::files::read(&file(TEXT, "abc\r", &MARKS));
        assert_eq!((file.kind, file.status), (FileKind::Doc, FileStatus::Ok), "{file:?}");
        assert_eq!(file.text(), "标题\n\n甲\t乙 丙\n\n一尾\n\nabc");
    }

    #[test]
    fn without_properties_each_cell_is_a_paragraph() {
        let file = crate::extract::files::read(&file(TEXT, "", &[]));
        assert_eq!(file.text(), "标题\n\n甲\n\n乙\n\n丙\n\n一尾");
    }

    #[test]
    fn damage_gives_an_error_or_a_part() {
        let whole = file(TEXT, "abc\r", &MARKS);
        for at in (0..whole.len()).step_by(61) {
            let mut damaged = whole.clone();
            damaged[at..(at + 8).min(whole.len())].fill(0xff);
            let file = crate::extract::files::read(&damaged);
            assert!(file.status == FileStatus::Ok || file.error.is_some());
        }
    }
}
