//! What must not be shown: the takedown list.

use std::collections::HashSet;

use crate::config::{
    Mistake,
    reader::{Reader, Sheet},
    source::Source,
    value::{Kind, address, day, document_id, text, text_where},
};
use crate::model::{DocumentId, Origin, PageUrl, PublicDate, UrlKey};

/// The takedown list: `crawler-config/takedown.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Takedown {
    /// What is taken down, in the order of the file.
    pub entries: Vec<TakedownEntry>,
    /// Whether the file has a mistake, so that entries may be missing here. Nothing may be brought back then.
    pub is_doubtful: bool,
}

/// One entry of the takedown list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakedownEntry {
    /// What it names.
    pub target: Target,
    /// Why, for the people who ask later.
    pub reason: String,
    /// Since when.
    pub date: PublicDate,
}

/// What an entry of the takedown list names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The page or attachment at an address.
    Url(PageUrl),
    /// A document by its id.
    Document(DocumentId),
    /// SHA-256 of a document's text, in lower-case hexadecimal.
    TextDigest(String),
    /// Digest of an answer's payload as `WARC-Payload-Digest` writes it.
    PayloadDigest(String),
    /// Every document that holds this string.
    Text(String),
}

impl Takedown {
    /// The pages that must not be fetched.
    pub fn closed_pages(&self) -> ClosedPages {
        let mut closed = ClosedPages::default();
        for entry in &self.entries {
            match &entry.target {
                Target::Url(url) => drop(closed.keys.insert(url.key())),
                Target::Document(id) => drop(closed.documents.insert(*id)),
                Target::TextDigest(_) | Target::PayloadDigest(_) | Target::Text(_) => {}
            }
        }
        closed
    }

    pub(super) fn read(source: &Source) -> (Self, Vec<Mistake>) {
        let (entries, sheet) =
            Sheet::read(source, |file| file.tables("entry", TakedownEntry::read));
        let mistakes = sheet.into_mistakes();
        let entries = entries.unwrap_or_default().into_iter().flatten().collect();
        (Self { entries, is_doubtful: !mistakes.is_empty() }, mistakes)
    }
}

/// Pages that must not be fetched, for asking a million times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClosedPages {
    keys: HashSet<UrlKey>,
    documents: HashSet<DocumentId>,
}

impl ClosedPages {
    /// Whether the page at this address is one of them.
    pub fn holds(&self, url: &PageUrl) -> bool {
        let is_document = || {
            let origin = Origin::Web { url: url.clone() };
            self.documents.contains(&DocumentId::of(&origin, ""))
        };
        (!self.keys.is_empty() && self.keys.contains(&url.key()))
            || (!self.documents.is_empty() && is_document())
    }
}

/// What an entry can name, one of them.
const TARGETS: [&str; 4] = ["url", "document", "digest", "string"];

impl TakedownEntry {
    fn read(table: &mut Reader<'_>) -> Option<Self> {
        let url = table.optional("url", &address()).map(Target::Url);
        let document = table.optional("document", &document_id()).map(Target::Document);
        let digest = "64 digits of SHA-256, or \"sha1:\" and 32 characters of base32";
        let digest = text_where(digest, |text| read_digest(text).is_some());
        let digest = table.optional("digest", &digest).and_then(|text| read_digest(&text));
        let string = table.optional("string", &hidden_string()).map(Target::Text);
        let reason = table.required("reason", &text("why it is taken down"));
        let date = table.required("date", &day("the day it was taken down, such as 2026-11-22"));
        match TARGETS.iter().filter(|key| !table.lacks(key)).count() {
            0 => table.missing("url", "what is taken down: one of url, document, digest, string"),
            1 => {}
            _ => table.mistake("reason", "beside several targets", "one target in every entry"),
        }
        let target = url.or(document).or(digest).or(string)?;
        Some(Self { target, reason: reason?, date: date? })
    }
}

/// A string that does not hide half of everything.
fn hidden_string<'k>() -> Kind<'k, String> {
    let expected = "a string of at least two characters besides blanks, in quotes, on one line";
    text_where(expected, |text| {
        text.chars().filter(|c| !c.is_whitespace()).count() >= 2
            && !text.chars().any(char::is_control)
    })
}

fn read_digest(text: &str) -> Option<Target> {
    if let Some(base32) = text.strip_prefix("sha1:") {
        let fine = |b: u8| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b);
        let whole = base32.len() == 32 && base32.bytes().all(fine);
        return whole.then(|| Target::PayloadDigest(text.to_owned()));
    }
    let hex = text.strip_prefix("sha256:").unwrap_or(text);
    let whole = hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit());
    whole.then(|| Target::TextDigest(hex.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_closed_by_address_or_by_their_document() {
        let page = |url: &str| PageUrl::parse(url).unwrap();
        let one = page("https://www.lingzhou.example/a.html");
        let two = page("https://www.lingzhou.example/b.html");
        let id = DocumentId::of(&Origin::Web { url: two.clone() }, "");
        let entry = |target| TakedownEntry {
            target,
            reason: "probe".into(),
            date: "2026-11-22".parse().unwrap(),
        };
        let list = Takedown {
            entries: vec![entry(Target::Url(one)), entry(Target::Document(id))],
            is_doubtful: false,
        };
        let closed = list.closed_pages();
        assert!(closed.holds(&page("http://www.lingzhou.example/a.html?from=timeline")));
        assert!(closed.holds(&two) && !closed.holds(&page("http://www.lingzhou.example/c.html")));
    }
}
