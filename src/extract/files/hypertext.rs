//! Pages with the name of an office file: Word and Excel save as HTML, alone or in a MIME envelope.

use std::collections::HashSet;

use data_encoding::BASE64;

use crate::extract::{
    blocks::{Block, Reading, Rows},
    files::word::whole,
};
use crate::model::{FileKind, FileText};
use crate::page::{self, Gate};

/// Parts of one envelope.
const MOST_PARTS: usize = 2_000;
/// Levels of envelopes inside envelopes.
const DEEPEST: usize = 4;

/// A page that an office program wrote, or a plain table; any other page is what a server says instead of the file.
pub(super) fn html(bytes: &[u8]) -> FileText {
    let (text, source, damage) = read(bytes, None);
    let head: String = source.chars().take(60_000).collect::<String>().to_ascii_lowercase();
    let by_office = ["urn:schemas-microsoft-com:", "mso-", "content=\"word", "progid", "kingsoft"]
        .iter()
        .any(|mark| head.contains(mark));
    let furniture = ["<script", "<form", "<iframe", "<nav", "<a "];
    let is_table = text.contains('\t') && !furniture.iter().any(|mark| head.contains(mark));
    if by_office || is_table {
        return whole(FileKind::Html, text, damage);
    }
    FileText::error(FileKind::Html, "a web page stands in place of the file")
}

/// A page in its envelope.
pub(super) fn mht(bytes: &[u8]) -> FileText {
    match unpack(bytes, 0) {
        Some((text, damage)) => whole(FileKind::Mht, text, damage),
        None => FileText::error(FileKind::Mht, "there is no page in the envelope"),
    }
}

/// HTML with or without an envelope, or plain text: what stands inside a Word document.
pub(super) fn piece(bytes: &[u8]) -> Result<String, String> {
    if bytes.starts_with(b"PK") {
        return Err("a piece of the document is a document itself and was not read".into());
    }
    if looks_like_envelope(bytes) {
        return unpack(bytes, 0).map(|(text, _)| text).ok_or_else(|| "an envelope is empty".into());
    }
    Ok(read(bytes, None).0)
}

/// Whether bytes begin with the header of a MIME message.
pub(super) fn looks_like_envelope(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let first = head.trim_start_matches(['\u{feff}', '\r', '\n', ' ']);
    let begins = ["mime-version:", "from:", "content-type:", "date:", "subject:", "message-id:"];
    begins.iter().any(|begin| first.starts_with(begin)) && head.contains("content-type:")
}

/// Text, source and damage of a page.
fn read(bytes: &[u8], content_type: Option<&str>) -> (String, String, Option<String>) {
    let decoded = page::decode(bytes, content_type);
    let gate = Gate { max_bytes: 16 << 20, ..Gate::default() };
    let gated = page::parse(&decoded.text, &gate);
    let (rows, skip) = (Rows::of(&gated.tree), HashSet::new());
    let reading = Reading { rows: &rows, skip: &skip, marks: false };
    let blocks = reading.blocks(gated.tree.tree.root());
    let texts: Vec<String> = blocks.iter().map(Block::text).collect();
    (texts.join("\n\n"), decoded.text, gated.cut.map(|cut| cut.to_string()))
}

/// The first page in an envelope, with what was wrong with it.
fn unpack(bytes: &[u8], depth: usize) -> Option<(String, Option<String>)> {
    let (head, body) = split_head(bytes);
    let kind = field(&head, "content-type").unwrap_or_default();
    let lower = kind.to_ascii_lowercase();
    if lower.starts_with("multipart/") && depth < DEEPEST {
        let boundary = parameter(&kind, "boundary")?;
        let parts = split_parts(body, boundary.as_bytes());
        return parts.into_iter().take(MOST_PARTS).find_map(|part| unpack(part, depth + 1));
    }
    if !lower.is_empty() && !lower.starts_with("text/html") && !lower.starts_with("text/plain") {
        return None;
    }
    let coding = field(&head, "content-transfer-encoding").unwrap_or_default();
    let payload = match coding.trim().to_ascii_lowercase().as_str() {
        "quoted-printable" => unquote(body),
        "base64" => {
            let packed: Vec<u8> =
                body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            BASE64.decode(&packed).ok()?
        }
        _ => body.to_vec(),
    };
    let (text, _, damage) = read(&payload, Some(&kind));
    Some((text, damage))
}

/// Header and body of a MIME entity.
fn split_head(bytes: &[u8]) -> (String, &[u8]) {
    let find = |mark: &[u8]| bytes.windows(mark.len()).position(|window| window == mark);
    let crlf = find(b"\r\n\r\n").map(|at| (at, at + 4));
    let lf = find(b"\n\n").map(|at| (at, at + 2));
    let (end, start) = match (crlf, lf) {
        (Some(a), Some(b)) => a.min(b),
        (a, b) => a.or(b).unwrap_or((bytes.len(), bytes.len())),
    };
    (String::from_utf8_lossy(&bytes[..end]).into_owned(), &bytes[start..])
}

/// A header field, with its folded lines.
fn field(head: &str, name: &str) -> Option<String> {
    let mut lines = head.lines().skip_while(|line| {
        !line.split_once(':').is_some_and(|(other, _)| other.trim().eq_ignore_ascii_case(name))
    });
    let mut value = lines.next()?.split_once(':')?.1.trim().to_owned();
    for more in lines.take_while(|line| line.starts_with([' ', '\t'])) {
        value.push(' ');
        value.push_str(more.trim());
    }
    Some(value)
}

fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|parameter| {
        let (other, value) = parameter.split_once('=')?;
        other.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// The parts between the boundaries of an envelope.
fn split_parts<'b>(body: &'b [u8], boundary: &[u8]) -> Vec<&'b [u8]> {
    let mark = [b"--", boundary].concat();
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(&mark) {
            starts.push(at);
            starts.push(at + line.len());
        }
        at += line.len();
    }
    starts.push(body.len());
    let begins = starts.iter().skip(1).step_by(2);
    let ends = starts.iter().skip(2).step_by(2);
    begins.zip(ends).map(|(begin, end)| &body[*begin..*end]).collect()
}

/// Undoes quoted-printable; what is wrong in it stays as it is.
fn unquote(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        let next = (body.get(at + 1).copied(), body.get(at + 2).copied());
        match (byte, next) {
            (b'=', (Some(b'\r'), Some(b'\n'))) => at += 3,
            (b'=', (Some(b'\n'), _)) => at += 2,
            (b'=', (Some(high), Some(low))) => {
                if let (Some(high), Some(low)) = (hex(high), hex(low)) {
                    out.push(high << 4 | low);
                    at += 3;
                } else {
                    out.push(byte);
                    at += 1;
                }
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FileStatus;

    #[test]
    fn a_page_in_an_envelope_is_read() {
        let message = "MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n boundary=\"=_x\"\r\n\r\npreamble\r\n\
            --=_x\r\nContent-Type: text/html; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
            <p>=E4=B8=80=\r\n</p><table><tr><td>=E4=BA=8C</td><td>3</td></tr></table>\r\n--=_x\r\n\
            Content-Type: image/png\r\n\r\nxx\r\n--=_x--\r\n";
        let file = mht(message.as_bytes());
        assert_eq!((file.status, file.text().as_str()), (FileStatus::Ok, "一\n\n二\t3"));
        assert!(looks_like_envelope(message.as_bytes()));
    }

    #[test]
    fn only_office_pages_and_bare_tables_are_files() {
        let by_word = "<html xmlns:o='urn:schemas-microsoft-com:office:office'><body><p>文";
        assert_eq!(html(by_word.as_bytes()).text(), "文");
        let table = "<table><tr><td>甲<td>1<tr><td>乙<td>2</table>";
        assert_eq!(html(table.as_bytes()).text(), "甲\t1\n\n乙\t2");
        for page in ["<html><h1>404</h1>", "<a href=/>首页</a><table><tr><td>甲<td>1</table>"] {
            assert_eq!(html(page.as_bytes()).status, FileStatus::Error);
        }
    }
}
