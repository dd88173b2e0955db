//! Texts that were decoded wrongly before they were published (乱码): seen by what that leaves, and undone where possible.

use std::sync::LazyLock;

use encoding_rs::{Encoding, GBK, WINDOWS_1252};
use regex::Regex;

/// What U+FFFD becomes when its bytes are read as GBK, and what unset memory looks like in GBK.
const LOST: [&str; 4] = ["锟斤拷", "斤拷锟", "烫烫烫烫", "屯屯屯屯"];
/// How common characters of Chinese prose look after UTF-8 was read as Latin-1 (的 是 在 一 ， 。 “).
const AS_LATIN: [&str; 7] = ["çš„", "æ˜¯", "åœ¨", "ä¸€", "ï¼Œ", "ã€‚", "â€œ"];
/// The same after UTF-8 was read as GBK (的 是 一 公开 政府 ，).
const AS_GBK: [&str; 6] = ["鐨勬", "鏄", "涓€", "鍏紑", "鏀垮簻", "锛屽"];

/// So many marks are no accident.
const SURE: usize = 2;

/// Any of the marks: looked for in one pass, as hardly any page has one.
static ANY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let all: Vec<&str> = LOST.iter().chain(&AS_LATIN).chain(&AS_GBK).copied().collect();
    Regex::new(&all.join("|")).ok()
});

/// Whether a text shows signs of a wrong decoding.
pub(super) fn is_seen(text: &str) -> bool {
    if ANY.as_ref().is_some_and(|any| !any.is_match(text)) {
        return false;
    }
    marks(text, &LOST) >= SURE || marks(text, &AS_LATIN) >= SURE || marks(text, &AS_GBK) >= SURE
}

fn marks(text: &str, of: &[&str]) -> usize {
    of.iter().map(|mark| text.matches(mark).take(SURE).count()).sum()
}

/// The text before the wrong decoding, if the bytes are still all there.
pub(super) fn undone(text: &str) -> Option<String> {
    [(WINDOWS_1252, &AS_LATIN[..]), (GBK, &AS_GBK[..])].into_iter().find_map(|(wrong, signs)| {
        let before = (marks(text, signs) >= SURE).then(|| encoded(text, wrong)).flatten()?;
        let right = String::from_utf8(before).ok()?;
        (!is_seen(&right)).then_some(right)
    })
}

/// The bytes that a wrong decoding was given; none where a character cannot have come of it.
fn encoded(text: &str, wrong: &'static Encoding) -> Option<Vec<u8>> {
    let (bytes, _, lost) = wrong.encode(text);
    (!lost).then(|| bytes.into_owned())
}
