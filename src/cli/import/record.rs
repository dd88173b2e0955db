//! A line of an import file as the record that is archived.

use clap::ValueEnum;
use serde_json::{Map, Value};

/// What the field `date` of a record means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DateKind {
    /// The day it was put on the site (发布日期).
    Published,
    /// The day it was signed (成文日期).
    Written,
}

impl DateKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Written => "written",
        }
    }
}

/// Where the record itself keeps what its `date` means, so that extraction can be repeated from the archive alone.
const DATE_KIND: &str = "gongkai_date_kind";
/// The most bytes of an id.
const LONGEST_ID: usize = 512;

/// Reads a line: the record's id, and the record with what its date means. An error says what is missing.
pub(super) fn prepared(
    text: &str,
    date_kind: Option<DateKind>,
) -> Result<(String, Map<String, Value>), String> {
    // The line's number is said beside this; JSON calls every line its first.
    let no_json = |error: serde_json::Error| {
        format!("no JSON: {error}").replace(" at line 1 column ", " at column ")
    };
    let value: Value = serde_json::from_str(text.trim_end()).map_err(no_json)?;
    let Value::Object(mut record) = value else {
        return Err("not a JSON object".to_owned());
    };
    let id = id_of(&record)?;
    for name in ["title", "text"] {
        if !record.get(name).is_some_and(Value::is_string) {
            return Err(format!("there is no `{name}` that is a text"));
        }
    }
    if record.get("date").is_some_and(|date| !date.is_null()) {
        let said = record.get(DATE_KIND).and_then(Value::as_str);
        let is_said = matches!(said, Some("published" | "written"));
        let kind = date_kind.or((!is_said).then_some(DateKind::Published));
        if let Some(kind) = kind {
            record.insert(DATE_KIND.to_owned(), kind.as_str().into());
        }
    }
    Ok((id, record))
}

/// The id as text; whole numbers are ids too.
fn id_of(record: &Map<String, Value>) -> Result<String, String> {
    let id = match record.get("id") {
        Some(Value::String(id)) => id.trim().to_owned(),
        Some(Value::Number(id)) if id.is_u64() || id.is_i64() => id.to_string(),
        _ => return Err("there is no `id` that is a text or a whole number".to_owned()),
    };
    match id.len() {
        0 => Err("`id` is empty".to_owned()),
        1..=LONGEST_ID => Ok(id),
        more => Err(format!("`id` has {more} bytes; at most {LONGEST_ID} are taken")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str, given: Option<DateKind>) -> Option<String> {
        let (_, record) = prepared(text, given).unwrap();
        record.get(DATE_KIND).and_then(Value::as_str).map(str::to_owned)
    }

    #[test]
    fn what_a_date_means_is_kept_with_it() {
        let dated = r#"{"id": 1, "title": "题", "text": "", "date": "2020-01-31"}"#;
        let says = r#"{"id": 1, "title": "题", "text": "", "date": "2020", "gongkai_date_kind": "written"}"#;
        let undated = r#"{"id": 1, "title": "题", "text": "", "date": null}"#;
        assert_eq!(kind(dated, None).as_deref(), Some("published"));
        assert_eq!(kind(dated, Some(DateKind::Written)).as_deref(), Some("written"));
        assert_eq!(kind(says, None).as_deref(), Some("written"));
        assert_eq!(kind(says, Some(DateKind::Published)).as_deref(), Some("published"));
        assert_eq!(kind(undated, Some(DateKind::Written)), None);
    }

    #[test]
    fn a_line_that_cannot_be_used_says_why() {
        for (line, why) in [
            ("{", "no JSON"),
            ("[1]", "not a JSON object"),
            (r#"{"title": "题", "text": ""}"#, "no `id`"),
            (r#"{"id": " ", "title": "题", "text": ""}"#, "`id` is empty"),
            (r#"{"id": 1.5, "title": "题", "text": ""}"#, "no `id`"),
            (r#"{"id": "1", "text": ""}"#, "no `title`"),
            (r#"{"id": "1", "title": "题", "text": 7}"#, "no `text`"),
        ] {
            let said = prepared(line, None).unwrap_err();
            assert!(said.contains(why), "{line}: {said}");
        }
        let deep = "[".repeat(100_000);
        assert!(prepared(&deep, None).is_err());
    }

    #[test]
    fn unknown_fields_are_kept() {
        let (id, record) =
            prepared(r#"{"id": 7, "title": "题", "text": "文", "x": {"y": [1]}}"#, None).unwrap();
        assert_eq!((id.as_str(), record.len()), ("7", 4));
    }
}
