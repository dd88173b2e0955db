//! Document ids: short, stable, made from what a document *is*, never from when it was found.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

use crate::model::Origin;

/// Eighty bits of SHA-256 over origin and key, as 16 characters of Crockford base32 in lower case.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocumentId([u8; 16]);

/// The text is not 16 characters of Crockford base32.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a document id is 16 characters of 0-9 and a-z without i, l, o, u")]
pub struct NotAnId;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl DocumentId {
    /// Makes the id of a document from its origin and the part of the page it is (empty: the whole page).
    pub fn of(origin: &Origin, part: &str) -> Self {
        let name = match origin {
            Origin::Web { url } => format!("web\n{}\n{part}", url.key()),
            Origin::Import { set, id } => format!("import:{set}\n{id}\n{part}"),
        };
        let digest = Sha256::digest(name.as_bytes());
        let bits = digest.iter().take(10).fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        let mut text = [0; 16];
        for (place, symbol) in text.iter_mut().rev().enumerate() {
            *symbol = ALPHABET[(bits >> (5 * place)) as usize & 31];
        }
        Self(text)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for DocumentId {
    type Err = NotAnId;

    /// Reads an id as people type it: any letter case, `o` for `0`, `i` and `l` for `1`.
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let mut id = [0; 16];
        if text.len() != id.len() {
            return Err(NotAnId);
        }
        for (symbol, typed) in id.iter_mut().zip(text.bytes()) {
            let meant = match typed.to_ascii_lowercase() {
                b'o' => b'0',
                b'i' | b'l' => b'1',
                other => other,
            };
            *symbol = if ALPHABET.contains(&meant) { meant } else { return Err(NotAnId) };
        }
        Ok(Self(id))
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocumentId({self})")
    }
}

impl Serialize for DocumentId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for DocumentId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PageUrl;

    #[test]
    fn ids_are_frozen() {
        let url = PageUrl::parse("https://www.example.gov.cn/a.html?from=timeline").unwrap();
        let id = DocumentId::of(&Origin::Web { url }, "");
        let again = PageUrl::parse("http://www.example.gov.cn/a.html").unwrap();
        assert_eq!(id, DocumentId::of(&Origin::Web { url: again.clone() }, ""));
        assert_ne!(id, DocumentId::of(&Origin::Web { url: again }, "2"));
        assert_eq!(id.to_string(), "x33t8c9ab24dtk28");
    }

    #[test]
    fn ids_are_read_as_people_type_them() {
        let import = Origin::Import { set: "laws".into(), id: "17".into() };
        let id = DocumentId::of(&import, "");
        assert_eq!(id.to_string().to_uppercase().parse(), Ok(id));
        assert_eq!("short".parse::<DocumentId>(), Err(NotAnId));
        assert_eq!("u".repeat(16).parse::<DocumentId>(), Err(NotAnId));
        assert_eq!("o".repeat(16).parse::<DocumentId>(), "0".repeat(16).parse());
    }
}
