//! Plain text in any Chinese charset, and text in rows of separated values.

use crate::extract::files::{
    prose::{LONGEST_TEXT, Prose},
    word::whole,
};
use crate::model::{FileKind, FileText};
use crate::page;

/// Text, or `None` when the bytes are no text.
pub(super) fn read(bytes: &[u8]) -> Option<FileText> {
    let is_long = bytes.len() > LONGEST_TEXT;
    let decoded = page::decode(&bytes[..bytes.len().min(LONGEST_TEXT)], None);
    if decoded.text.trim().is_empty() || !reads_like_text(&decoded.text) {
        return None;
    }
    let mut damage = is_long.then(|| "the text is too long; the rest was left out".to_owned());
    if decoded.lossy {
        damage = Some("some characters could not be decoded".into());
    }
    Some(match separator(&decoded.text) {
        Some(separator) => whole(FileKind::Csv, rows(&decoded.text, separator), damage),
        None => whole(FileKind::Txt, prose(&decoded.text), damage),
    })
}

/// Binary files have control characters, and characters that no charset gives a meaning.
fn reads_like_text(text: &str) -> bool {
    let odd = |c: char| {
        matches!(c, '\u{fffd}' | '\u{e000}'..='\u{f8ff}')
            || (c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{1a}'))
    };
    let (mut all, mut strange) = (0_usize, 0_usize);
    for c in text.chars() {
        all += 1;
        strange += usize::from(odd(c));
    }
    strange * 100 <= all
}

/// Lines as paragraphs, but for lines that were broken at a width: a line that ends in the middle of a sentence goes
/// on in the next unless that is indented.
fn prose(text: &str) -> String {
    let mut prose = Prose::default();
    let mut before: Option<&str> = None;
    for line in text.lines().map(|line| line.trim_end().trim_end_matches(['\u{1a}', '\u{c}'])) {
        let indented = line.starts_with(['\u{3000}', '\t']) || line.starts_with("  ");
        let ended = before.is_none_or(|before| {
            before.trim().is_empty()
                || before.ends_with(['。', '！', '？', '：', '；', '.', '!', '?', ':', ';', '”'])
        });
        if ended || indented || line.trim().is_empty() {
            prose.end_paragraph();
        } else {
            prose.line_break();
        }
        prose.push(line.trim());
        before = Some(line);
    }
    prose.finish()
}

/// The sign that stands equally often, and at least once, in nearly all of the first rows.
fn separator(text: &str) -> Option<char> {
    [',', '\t', ';'].into_iter().find(|sign| {
        let counts = counts(text, *sign);
        let usual = counts.first().copied().unwrap_or(0);
        let fitting = counts.iter().filter(|count| **count == usual).count();
        counts.len() >= 3 && usual > 0 && fitting * 10 >= counts.len() * 9
    })
}

/// How often a sign stands outside quotes in each of the first rows that are not blank.
fn counts(text: &str, sign: char) -> Vec<usize> {
    let (mut counts, mut quoted, mut count, mut blank) = (Vec::new(), false, 0, true);
    for c in text.chars().chain(['\n']) {
        match c {
            '\n' if !quoted => {
                if !blank {
                    counts.push(count);
                }
                (count, blank) = (0, true);
                if counts.len() == 50 {
                    break;
                }
            }
            c => {
                quoted ^= c == '"';
                count += usize::from(c == sign && !quoted);
                blank &= c.is_whitespace();
            }
        }
    }
    counts
}

/// Rows of values; quotes protect separators, line breaks and doubled quotes.
fn rows(text: &str, separator: char) -> String {
    let mut prose = Prose::default();
    let (mut row, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                cell.push('"');
                characters.next();
            }
            '"' if quoted || cell.trim().is_empty() => quoted = !quoted,
            '\r' | '\n' | '\t' if quoted => cell.push(' '),
            '\r' => {}
            '\n' => {
                row.push(std::mem::take(&mut cell).trim().to_owned());
                prose.row(&std::mem::take(&mut row));
            }
            c if c == separator && !quoted => {
                row.push(std::mem::take(&mut cell).trim().to_owned());
            }
            c => cell.push(c),
        }
    }
    row.push(cell.trim().to_owned());
    prose.row(&row);
    prose.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_told_from_bytes_and_from_tables() {
        let gbk = encoding_rs::GBK
            .encode("　　一、总体情况\r\n　　本年度主动公开\r\n信息三条。\r\n结束")
            .0;
        let file = read(&gbk).unwrap();
        assert_eq!(file.kind, FileKind::Txt);
        assert_eq!(file.text(), "一、总体情况\n\n本年度主动公开\n信息三条。\n\n结束");
        let table = "年份,件数\n2020,\"1,2\"\"\n3\"\n2021,4\n2022,\n";
        let file = read(table.as_bytes()).unwrap();
        assert_eq!(file.kind, FileKind::Csv);
        assert_eq!(file.text(), "年份\t件数\n\n2020\t1,2\" 3\n\n2021\t4\n\n2022\t");
        let noise: Vec<u8> =
            (0..4000_u32).map(|i| i.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect();
        assert_eq!(read(&noise), None);
        assert_eq!(read(&[0; 64]), None);
    }
}
