//! Which charset a page is in: by evidence, since header and `<meta>` often disagree and both may be wrong.

use std::{fmt, sync::LazyLock};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use regex::bytes::Regex;

use super::mojibake;

/// A page as text, and why it was read that way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The text; bytes that mean nothing are U+FFFD.
    pub text: String,
    /// Name of the charset as the WHATWG writes it: `UTF-8`, `GBK`, `gb18030`, `Big5` …
    pub charset: &'static str,
    /// What decided.
    pub evidence: CharsetEvidence,
    /// More than one in 200 of the characters beyond ASCII could not be decoded.
    pub lossy: bool,
    /// The text holds what comes of decoding wrongly: it was spoilt before it was published, and could not be mended.
    pub garbled: bool,
}

/// What decided the charset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CharsetEvidence {
    /// A byte order mark.
    Bom,
    /// NUL bytes in every other place: UTF-16 without a mark.
    Nulls,
    /// Nothing but ASCII.
    Ascii,
    /// The bytes are UTF-8 with characters beyond ASCII, which does not happen by chance.
    ValidUtf8,
    /// UTF-8 but for a few damaged characters.
    NearlyUtf8,
    /// `<meta>` or the XML declaration.
    Meta,
    /// `Content-Type` of the answer.
    Header,
    /// Statistics over the bytes.
    Detector,
    /// Nothing else fitted.
    Fallback,
    /// The text had been decoded wrongly before it was published as UTF-8; that was undone.
    Undone,
}

impl fmt::Display for CharsetEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bom => "byte order mark",
            Self::Nulls => "NUL bytes in every other place",
            Self::Ascii => "ASCII only",
            Self::ValidUtf8 => "the bytes are valid UTF-8",
            Self::NearlyUtf8 => "the bytes are UTF-8 but for a few",
            Self::Meta => "declared in the page",
            Self::Header => "declared in the header",
            Self::Detector => "statistics over the bytes",
            Self::Fallback => "nothing else fitted",
            Self::Undone => "a wrong decoding before publication was undone",
        })
    }
}

/// How far into a page a declaration is looked for, in bytes.
const DECLARED_WITHIN: usize = 4096;
/// How many bytes are given to the detector, which is slow.
const DETECT_WITHIN: usize = 64 * 1024;

static DECLARED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let label = r#"\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)"#;
    Regex::new(&format!(r"(?i-u)<meta\s[^>]{{0,400}}?charset{label}|<\?xml\s[^>]*?encoding{label}"))
        .ok()
});

/// Reads the bytes of a page whose content coding is removed already; never fails.
///
/// The order: byte order mark, NUL bytes, valid UTF-8, what the page declares, what the header declares, UTF-8 with
/// a few damaged characters, the detector, GB18030. A declaration that the bytes contradict is passed over, as is
/// Latin-1, which servers declare by default and which nothing contradicts.
/// A text that was spoilt before it was published is mended where that can be done without guessing, and marked else.
pub fn decode(body: &[u8], content_type: Option<&str>) -> Decoded {
    let decoded = decode_once(body, content_type);
    if !mojibake::is_seen(&decoded.text) {
        return decoded;
    }
    match mojibake::undone(&decoded.text) {
        Some(text) => Decoded { text, evidence: CharsetEvidence::Undone, ..decoded },
        None => Decoded { garbled: true, ..decoded },
    }
}

fn decode_once(body: &[u8], content_type: Option<&str>) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(body) {
        return Decoded::new(encoding, CharsetEvidence::Bom, &body[mark..]);
    }
    if let Some(encoding) = utf16_by_nulls(body) {
        return Decoded::new(encoding, CharsetEvidence::Nulls, body);
    }
    if std::str::from_utf8(body).is_ok() {
        let evidence =
            if body.is_ascii() { CharsetEvidence::Ascii } else { CharsetEvidence::ValidUtf8 };
        return Decoded::new(UTF_8, evidence, body);
    }
    by_evidence(body, content_type)
}

fn by_evidence(body: &[u8], content_type: Option<&str>) -> Decoded {
    let nearly_utf8 = Decoded::new(UTF_8, CharsetEvidence::NearlyUtf8, body);
    if !nearly_utf8.lossy {
        return nearly_utf8;
    }
    // In this order, each only when those before it did not do: the detector is slow.
    let candidates: [(CharsetEvidence, &dyn Fn() -> Option<&'static Encoding>); 4] = [
        (CharsetEvidence::Meta, &|| declared_in(body)),
        (CharsetEvidence::Header, &|| content_type.and_then(charset_parameter).and_then(by_label)),
        (CharsetEvidence::Detector, &|| Some(detect(body))),
        (CharsetEvidence::Fallback, &|| Some(GB18030)),
    ];
    let mut best: Option<Decoded> = None;
    for (evidence, candidate) in candidates {
        let Some(encoding) = candidate().filter(|encoding| *encoding != UTF_8) else { continue };
        let decoded = Decoded::new(encoding, evidence, body);
        if !decoded.lossy {
            return decoded;
        }
        let better = best.as_ref().is_none_or(|best| damage(&decoded.text) < damage(&best.text));
        best = if better { Some(decoded) } else { best };
    }
    best.filter(|best| damage(&best.text) < damage(&nearly_utf8.text)).unwrap_or(nearly_utf8)
}

impl Decoded {
    fn new(encoding: &'static Encoding, evidence: CharsetEvidence, body: &[u8]) -> Self {
        let (text, _) = encoding.decode_without_bom_handling(body);
        let lossy = damage(&text) > 5;
        Self { text: text.into_owned(), charset: encoding.name(), evidence, lossy, garbled: false }
    }
}

/// Characters that could not be decoded, per thousand beyond ASCII; one at the very end is a cut, not damage.
fn damage(text: &str) -> usize {
    if !text.contains('\u{fffd}') {
        return 0;
    }
    let beyond_ascii = text.chars().filter(|c| !c.is_ascii()).count().max(1);
    let lost = text.trim_end_matches('\u{fffd}').matches('\u{fffd}').count();
    lost * 1000 / beyond_ascii
}

fn utf16_by_nulls(body: &[u8]) -> Option<&'static Encoding> {
    let head = &body[..body.len().min(DECLARED_WITHIN)];
    let nulls = |first| head.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (nulls(0), nulls(1));
    let many = head.len() / 20;
    if head.len() < 8 || even.max(odd) <= many {
        return None;
    }
    // A few characters end in a zero byte of their own, 开 among them.
    if even > 2 * odd {
        return Some(UTF_16BE);
    }
    (odd > 2 * even).then_some(UTF_16LE)
}

fn declared_in(body: &[u8]) -> Option<&'static Encoding> {
    let head = &body[..body.len().min(DECLARED_WITHIN)];
    let found = DECLARED.as_ref()?.captures_iter(head);
    found
        .filter_map(|found| found.get(1).or(found.get(2)))
        .find_map(|label| by_label(std::str::from_utf8(label.as_bytes()).ok()?))
}

fn charset_parameter(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
    })
}

/// The charset of a label, with the names that the web knows and the standard does not; Latin-1 and UTF-16 are no
/// evidence where bytes beyond ASCII stand in pages that could be read up to their declaration.
fn by_label(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().to_ascii_lowercase();
    let encoding = match label.as_str() {
        "cp936" | "ms936" | "windows-936" | "gbk2312" | "gb_2312" | "x-gb2312" => {
            Some(encoding_rs::GBK)
        }
        "gb18030-2000" | "gb18030-2005" | "gb18030-2022" | "gb-18030" => Some(GB18030),
        "utf8mb4" | "utf_8" => Some(UTF_8),
        _ => Encoding::for_label(label.as_bytes()),
    }?;
    (encoding.is_ascii_compatible() && !encoding.is_single_byte()).then_some(encoding)
}

fn detect(body: &[u8]) -> &'static Encoding {
    let first = body.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
    let part = &body[first..body.len().min(first + DETECT_WITHIN)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(part, true);
    let hinted = detector.guess(Some(b"cn"), Utf8Detection::Deny);
    let plain = detector.guess(None, Utf8Detection::Deny);
    // With the hint, Big5 is always taken for GBK.
    if plain == encoding_rs::BIG5
        && reads_like_chinese(plain, part) > reads_like_chinese(hinted, part)
    {
        return plain;
    }
    hinted
}

/// How many of the commonest characters of Chinese prose come out.
fn reads_like_chinese(encoding: &'static Encoding, part: &[u8]) -> usize {
    let (text, _) = encoding.decode_without_bom_handling(part);
    text.chars().filter(|c| "的，。、一和在有為为人國国不年政府是".contains(*c)).count()
}

#[cfg(test)]
mod tests {
    use encoding_rs::GBK;

    use super::*;

    const TEXT: &str =
        "<p>灵洲市人民政府关于公开政府信息的通知，各区县人民政府，市政府各部门：</p>";

    fn gbk(text: &str) -> Vec<u8> {
        GBK.encode(text).0.into_owned()
    }

    fn read(body: &[u8], header: Option<&str>) -> (String, &'static str, CharsetEvidence) {
        let decoded = decode(body, header);
        assert!(!decoded.lossy, "{decoded:?}");
        (decoded.text, decoded.charset, decoded.evidence)
    }

    #[test]
    fn bytes_are_believed_before_declarations() {
        let declared = format!("<meta charset=gb2312>{TEXT}");
        assert_eq!(
            read(declared.as_bytes(), Some("text/html; charset=ISO-8859-1")),
            (declared.clone(), "UTF-8", CharsetEvidence::ValidUtf8)
        );
        let marked = format!("\u{feff}{TEXT}");
        assert_eq!(read(marked.as_bytes(), None), (TEXT.into(), "UTF-8", CharsetEvidence::Bom));
        assert_eq!(read(b"<p>plain", None).2, CharsetEvidence::Ascii);
        let mut damaged = TEXT.repeat(20).into_bytes();
        damaged[400] = 0xff;
        assert_eq!(read(&damaged, Some("text/html; charset=gbk")).1, "UTF-8");
        let cut = &TEXT.as_bytes()[..TEXT.len() - 6];
        assert_eq!(read(cut, None).2, CharsetEvidence::NearlyUtf8);
    }

    #[test]
    fn wrong_headers_do_not_spoil_gbk() {
        for (meta, header, evidence) in [
            ("<meta charset=\"gb2312\">", Some("text/html; charset=UTF-8"), CharsetEvidence::Meta),
            (
                "<META http-equiv=Content-Type content=\"text/html; charset=cp936\">",
                None,
                CharsetEvidence::Meta,
            ),
            (
                "<script charset=\"utf-8\" src=a.js></script><meta charset = 'x-gbk'>",
                None,
                CharsetEvidence::Meta,
            ),
            (
                "<meta charset=\"utf-8\">",
                Some("text/html;charset=\"GBK\""),
                CharsetEvidence::Header,
            ),
            ("", Some("text/html; charset=ISO-8859-1"), CharsetEvidence::Detector),
            ("", None, CharsetEvidence::Detector),
        ] {
            let page = format!("{meta}{TEXT}");
            let (text, charset, by) = read(&gbk(&page), header);
            assert_eq!((text, by), (page, evidence), "{charset} {header:?}");
        }
    }

    #[test]
    fn texts_spoilt_before_they_were_published() {
        let long = TEXT.repeat(3);
        let as_latin = encoding_rs::WINDOWS_1252.decode_without_bom_handling(long.as_bytes()).0;
        let (text, _, by) = read(as_latin.as_bytes(), None);
        assert_eq!((text, by), (long.clone(), CharsetEvidence::Undone));
        let lost = format!("<p>锟斤拷锟斤拷{}锟斤拷</p>", "灵洲市");
        assert!(decode(lost.as_bytes(), None).garbled);
        assert!(!decode(long.as_bytes(), None).garbled);
    }

    #[test]
    fn rarer_charsets() {
        let page = format!("<meta charset=gb18030-2022>{TEXT}㐀𠀀");
        let bytes = GB18030.encode(&page).0;
        assert_eq!(read(&bytes, None), (page, "gb18030", CharsetEvidence::Meta));
        let wide: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&wide, Some("text/html; charset=utf-8")).1, "UTF-16LE");
        let traditional = "<title>臺灣地區資訊公開</title><p>政府為便利人民共享及公平利用政府資訊，保障人民知的權利。</p>";
        let big5 = encoding_rs::BIG5.encode(traditional).0;
        assert_eq!(read(&big5, None).0, traditional);
    }

    #[test]
    fn noise_gives_a_lossy_text_and_no_panic() {
        let noise: Vec<u8> =
            (0..4000_u32).map(|i| i.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect();
        let _ = decode(&noise, Some("charset"));
        assert_eq!(decode(b"", None).text, "");
        assert!(decode(&[0xff, 0xfe, 0x00], None).charset == "UTF-16LE");
    }
}
