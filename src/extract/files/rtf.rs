//! Rich Text Format: groups, control words, and bytes in the charset of the font that is chosen.

use std::collections::HashMap;

use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, SHIFT_JIS, WINDOWS_1252};

use crate::extract::files::{prose::Prose, word::whole};
use crate::model::{FileKind, FileText};

/// Groups inside groups that are followed.
const DEEPEST: usize = 1_000;

/// Groups that hold no text of the document.
const SILENT: [&str; 30] = [
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "header",
    "headerl",
    "headerr",
    "headerf",
    "footer",
    "footerl",
    "footerr",
    "footerf",
    "fldinst",
    "object",
    "objdata",
    "listtable",
    "listoverridetable",
    "rsidtbl",
    "generator",
    "themedata",
    "datastore",
    "xmlnstbl",
    "latentstyles",
    "pgdsctbl",
    "revtbl",
    "filetbl",
    "bkmkstart",
    "bkmkend",
    "nonshppict",
    "annotation",
];

/// Reads the text of an RTF file.
pub(super) fn read(bytes: &[u8]) -> FileText {
    let mut reader = Reader {
        rest: bytes,
        prose: Prose::default(),
        pending: Vec::new(),
        group: Group { skip: false, fonts: false, font: -1, fallback: 1 },
        outer: Vec::new(),
        charsets: HashMap::new(),
        defining: -1,
        page: WINDOWS_1252,
        to_skip: 0,
        in_row: false,
        in_table: false,
        high: None,
    };
    let whole_file = reader.run();
    let damage = (!whole_file).then(|| "the file is cut short".to_owned());
    whole(FileKind::Rtf, reader.prose.finish(), damage)
}

#[derive(Clone)]
struct Group {
    skip: bool,
    /// The table of fonts.
    fonts: bool,
    font: i32,
    /// Characters after `\u` that stand for it in old programs.
    fallback: usize,
}

struct Reader<'b> {
    rest: &'b [u8],
    prose: Prose,
    /// Bytes that were not decoded yet.
    pending: Vec<u8>,
    group: Group,
    outer: Vec<Group>,
    /// Charsets of fonts, by their numbers.
    charsets: HashMap<i32, &'static Encoding>,
    /// The font being defined.
    defining: i32,
    /// The charset of the file.
    page: &'static Encoding,
    to_skip: usize,
    in_row: bool,
    /// The paragraph is in a table.
    in_table: bool,
    /// First half of a character that takes two `\u`.
    high: Option<u16>,
}

impl Reader<'_> {
    /// Reads to the end; false when groups are left open.
    fn run(&mut self) -> bool {
        while let [byte, rest @ ..] = self.rest {
            self.rest = rest;
            match byte {
                b'{' => self.open(),
                b'}' => {
                    self.flush();
                    match self.outer.pop() {
                        Some(outer) => self.group = outer,
                        None => return true,
                    }
                    if self.outer.is_empty() {
                        return true;
                    }
                }
                b'\\' => self.control(),
                b'\r' | b'\n' => {}
                byte => self.byte(*byte),
            }
            if self.prose.is_full() {
                return false;
            }
        }
        self.flush();
        false
    }

    fn open(&mut self) {
        self.flush();
        self.to_skip = 0;
        if self.outer.len() < DEEPEST {
            self.outer.push(self.group.clone());
        } else {
            self.rest = &[];
        }
    }

    fn byte(&mut self, byte: u8) {
        if self.to_skip > 0 {
            self.to_skip -= 1;
        } else if !self.group.skip && !self.group.fonts {
            self.pending.push(byte);
        }
    }

    fn control(&mut self) {
        match self.rest {
            [b'\'', high, low, rest @ ..] => {
                self.rest = rest;
                let hex = |byte: &u8| char::from(*byte).to_digit(16);
                if let (Some(high), Some(low)) = (hex(high), hex(low)) {
                    self.byte(u8::try_from(high << 4 | low).unwrap_or(b'?'));
                }
            }
            [letter, ..] if letter.is_ascii_alphabetic() => self.word(),
            [sign, rest @ ..] => {
                self.rest = rest;
                match sign {
                    b'\\' | b'{' | b'}' => self.byte(*sign),
                    b'~' => self.byte(b' '),
                    b'_' => self.byte(b'-'),
                    b'\r' | b'\n' => self.end_paragraph(),
                    b'*' => self.group.skip |= !self.rest.starts_with(b"\\shpinst"),
                    _ => {}
                }
            }
            [] => {}
        }
    }

    fn word(&mut self) {
        let letters = self.rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (word, rest) = self.rest.split_at(letters.min(32));
        let signed = usize::from(rest.first() == Some(&b'-'));
        let digits = rest[signed..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let digits = if digits == 0 { 0 } else { digits + signed };
        let (number, rest) = rest.split_at(digits);
        self.rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let word = String::from_utf8_lossy(word).into_owned();
        let number = std::str::from_utf8(number).ok().and_then(|number| number.parse().ok());
        if word == "bin" {
            let length = usize::try_from(number.unwrap_or(0)).unwrap_or(0);
            self.rest = self.rest.get(length..).unwrap_or_default();
        } else if word == "u" {
            self.unicode(number.unwrap_or(0));
        } else {
            self.to_skip = 0;
            self.act(&word, number);
        }
    }

    fn act(&mut self, word: &str, number: Option<i32>) {
        match word {
            "ansicpg" => self.page = code_page(number.unwrap_or(0)),
            "fonttbl" => self.group.fonts = true,
            "f" if self.group.fonts => self.defining = number.unwrap_or(-1),
            "f" => {
                self.flush();
                self.group.font = number.unwrap_or(-1);
            }
            "fcharset" => {
                if let (Some(charset), true) =
                    (charset(number.unwrap_or(0)), self.charsets.len() < 4096)
                {
                    self.charsets.insert(self.defining, charset);
                }
            }
            "uc" => self.group.fallback = usize::try_from(number.unwrap_or(1)).unwrap_or(1).min(16),
            "shptxt" => self.group.skip = false,
            "sp" | "sn" | "sv" => self.group.skip = true,
            word if SILENT.contains(&word) => self.group.skip = true,
            _ if self.group.skip || self.group.fonts => {}
            "pard" => self.in_table = false,
            "intbl" => self.in_table = true,
            "par" if self.in_table => self.push(" "),
            "par" | "sect" | "page" => self.end_paragraph(),
            "line" => {
                self.flush();
                self.prose.line_break();
            }
            "tab" => self.byte(b' '),
            "cell" | "nestcell" => {
                self.flush();
                self.prose.end_open_cell(!std::mem::replace(&mut self.in_row, true));
            }
            "row" | "nestrow" => {
                self.flush();
                self.prose.end_row();
                self.in_row = false;
            }
            "emdash" => self.push("—"),
            "endash" => self.push("–"),
            "lquote" => self.push("‘"),
            "rquote" => self.push("’"),
            "ldblquote" => self.push("“"),
            "rdblquote" => self.push("”"),
            "bullet" => self.push("•"),
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        self.flush();
        if !self.group.skip {
            self.prose.end_paragraph();
        }
    }

    fn push(&mut self, text: &str) {
        self.flush();
        if !self.group.skip && !self.group.fonts {
            self.prose.push(text);
        }
    }

    /// A UTF-16 unit, signed; what old programs show instead follows and is passed over.
    fn unicode(&mut self, number: i32) {
        let unit = u16::try_from(number.rem_euclid(65536)).unwrap_or(0xfffd);
        match (self.high.take(), unit) {
            (_, 0xd800..=0xdbff) => self.high = Some(unit),
            (Some(high), 0xdc00..=0xdfff) => self.push(&String::from_utf16_lossy(&[high, unit])),
            _ => self.push(&String::from_utf16_lossy(&[unit])),
        }
        self.to_skip = self.group.fallback;
    }

    /// Decodes the bytes that wait: in the charset of the font if that has Chinese, else of the file.
    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.pending);
        let font = self.charsets.get(&self.group.font).copied();
        let wide = font.filter(|font| !font.is_single_byte());
        let candidates = [wide, Some(self.page), font, Some(GBK)];
        let decoded = candidates.into_iter().flatten().find_map(|charset| {
            charset.decode_without_bom_handling_and_without_replacement(&bytes)
        });
        match decoded {
            Some(text) => self.prose.push(&text),
            None => self.prose.push(&GBK.decode_without_bom_handling(&bytes).0),
        }
    }
}

fn code_page(number: i32) -> &'static Encoding {
    match number {
        936 | 54936 => GBK,
        950 => BIG5,
        932 => SHIFT_JIS,
        949 => EUC_KR,
        65001 => encoding_rs::UTF_8,
        _ => WINDOWS_1252,
    }
}

/// The charset that a font is for; `None` for that of the file.
fn charset(number: i32) -> Option<&'static Encoding> {
    match number {
        134 => Some(GBK),
        136 => Some(BIG5),
        128 => Some(SHIFT_JIS),
        129 | 130 => Some(EUC_KR),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FileStatus;

    fn text(rtf: &str) -> String {
        let file = read(rtf.as_bytes());
        assert_eq!(file.status, FileStatus::Ok, "{file:?}");
        file.text()
    }

    #[test]
    fn bytes_are_decoded_by_the_font_or_the_file() {
        let head = r"{\rtf1\ansi\ansicpg936{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset134 \'cb\'ce\'cc\'e5;}{\f2\fcharset136 x;}}";
        assert_eq!(
            text(&format!(r"{head}\f0 \'d2\'bb\par\f1\'b6\'fe{{\f2\'a4\'54}}\b A}}")),
            "一\n\n二三A"
        );
        assert_eq!(
            text(r"{\rtf1\ansi\ansicpg1252\uc2\u19968 ??\u20108\'3f\'3f{\uc0\u-10179 \u-8704 }}"),
            "一二😀"
        );
    }

    #[test]
    fn hidden_groups_say_nothing_and_rows_are_rows() {
        assert_eq!(
            text(
                r"{\rtf1{\info{\title x}}{\header h}{\*\unknown u}{\field{\*\fldinst PAGE}{\fldrslt r}}\par\trowd a\cell b\cell\row c\{\bin3 }}}d}"
            ),
            "r\n\na\tb\n\nc{d"
        );
    }

    #[test]
    fn what_was_cut_short_is_partial() {
        let file = read(br"{\rtf1 abc\par def{\b");
        assert_eq!((file.status, file.text().as_str()), (FileStatus::Partial, "abc\n\ndef"));
        let _deep = read("{".repeat(100_000).as_bytes());
    }
}
