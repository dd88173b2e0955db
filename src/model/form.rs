//! What a list page is asked for with, where its interface answers POST only.

use serde::{Deserialize, Serialize};
use url::form_urlencoded::Serializer;

/// The body of a POST request.
///
/// Only recipes of list styles make one, and only for the interface that hands out their lists; a form that stands
/// on a page is never sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Form {
    kind: FormKind,
    body: String,
}

/// How the body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FormKind {
    /// `application/x-www-form-urlencoded`
    Urlencoded,
    /// `application/json`
    Json,
}

/// Why a body is no form.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a form longer than {LONGEST} bytes, or of more than one line")]
pub struct NotAForm;

#[derive(Deserialize)]
struct Unchecked {
    kind: FormKind,
    body: String,
}

/// The longest body that is sent, in bytes: as long as the longest address.
const LONGEST: usize = 2048;

impl TryFrom<Unchecked> for Form {
    type Error = NotAForm;

    fn try_from(read: Unchecked) -> Result<Self, NotAForm> {
        Self::new(read.kind, read.body)
    }
}

impl Form {
    /// A body of this kind: one line of at most 2,048 bytes.
    pub fn new(kind: FormKind, body: String) -> Result<Self, NotAForm> {
        if body.len() > LONGEST || body.contains(['\r', '\n', '\0']) {
            return Err(NotAForm);
        }
        Ok(Self { kind, body })
    }

    /// A body of names and values, as browsers write it.
    pub fn of_pairs(pairs: &[(String, String)]) -> Result<Self, NotAForm> {
        let body = Serializer::new(String::new()).extend_pairs(pairs).finish();
        Self::new(FormKind::Urlencoded, body)
    }

    /// A body with this media type, as another program sent it.
    pub fn sent(media_type: &str, body: &[u8]) -> Result<Self, NotAForm> {
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let kind = match essence.as_str() {
            "application/x-www-form-urlencoded" => FormKind::Urlencoded,
            "" if body.is_empty() => FormKind::Urlencoded,
            "application/json" => FormKind::Json,
            _ => return Err(NotAForm),
        };
        Self::new(kind, String::from_utf8(body.to_vec()).map_err(|_| NotAForm)?)
    }

    /// The body as sent.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The value of `Content-Type`.
    pub fn media_type(&self) -> &'static str {
        match self.kind {
            FormKind::Urlencoded => "application/x-www-form-urlencoded",
            FormKind::Json => "application/json",
        }
    }

    /// Names and values; of JSON, those of the outermost object that are text or numbers.
    pub fn pairs(&self) -> Vec<(String, String)> {
        if self.kind == FormKind::Urlencoded {
            let pairs = url::form_urlencoded::parse(self.body.as_bytes());
            return pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        }
        let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(&self.body) else {
            return Vec::new();
        };
        let text = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => Some(text),
            serde_json::Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        fields.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_bounded_and_read_back() {
        let pairs = [("currpage".to_owned(), "2".to_owned()), ("vc_all".into(), "防 汛&".into())];
        let form = Form::of_pairs(&pairs).unwrap();
        assert_eq!(form.body(), "currpage=2&vc_all=%E9%98%B2+%E6%B1%9B%26");
        assert_eq!(form.pairs(), pairs);
        let json = Form::new(FormKind::Json, r#"{"pageIndex":0,"x":[1],"siteGuid":"a"}"#.into());
        let read: Form =
            serde_json::from_str(&serde_json::to_string(&json.unwrap()).unwrap()).unwrap();
        assert_eq!(
            read.pairs(),
            [("pageIndex".into(), "0".into()), ("siteGuid".into(), "a".into())]
        );
        for bad in ["x".repeat(LONGEST + 1), "a\nb".to_owned()] {
            assert_eq!(Form::new(FormKind::Json, bad.clone()), Err(NotAForm));
            let stored = serde_json::json!({"kind": "json", "body": bad});
            assert!(serde_json::from_value::<Form>(stored).is_err());
        }
    }

    #[test]
    fn bodies_of_other_programs_are_told_by_their_type() {
        let kind = |media: &str, body: &[u8]| Form::sent(media, body).ok().map(|form| form.kind);
        let urlencoded = "application/x-www-form-urlencoded; charset=UTF-8";
        assert_eq!(kind(urlencoded, b"a=1"), Some(FormKind::Urlencoded));
        assert_eq!(kind("", b""), Some(FormKind::Urlencoded));
        assert_eq!(kind("Application/JSON", b"{}"), Some(FormKind::Json));
        assert_eq!(kind("multipart/form-data; boundary=x", b"--x"), None);
        assert_eq!(kind("application/json", b"\xff"), None);
    }
}
