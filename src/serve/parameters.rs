//! The parameters of an address, read one by one; each fault names its parameter.
//!
//! The API refuses a request at its first fault; pages read past faults, because links shared in chat
//! programs carry parameters nobody here knows.

use crate::model::{YearSpan, is_region_code};

/// What is wrong with a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The parameter as named in the request; empty when it is all of them.
    pub(crate) parameter: String,
    /// What kind of fault.
    pub(crate) kind: FaultKind,
    /// What was expected, in English.
    pub(crate) detail: String,
}

/// Kinds of faults, as the API tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// Nobody knows the parameter.
    Unknown,
    /// Its value cannot be used.
    Value,
    /// Its value is fine but more than allowed.
    Limit,
}

impl Fault {
    /// A fault of a value.
    pub(crate) fn value(parameter: &str, detail: impl Into<String>) -> Self {
        Self { parameter: parameter.to_owned(), kind: FaultKind::Value, detail: detail.into() }
    }

    /// A value beyond a limit.
    pub(crate) fn limit(parameter: &str, detail: impl Into<String>) -> Self {
        Self { parameter: parameter.to_owned(), kind: FaultKind::Limit, detail: detail.into() }
    }

    /// A parameter nobody knows.
    pub(crate) fn unknown(parameter: &str, known: &[&str]) -> Self {
        let detail = if known.is_empty() {
            format!("unknown parameter `{parameter}`; this address takes none")
        } else {
            format!("unknown parameter `{parameter}`; known are {}", known.join(", "))
        };
        Self { parameter: parameter.to_owned(), kind: FaultKind::Unknown, detail }
    }
}

/// Far more parameters than any address here takes; the rest is not read.
const MOST_PARAMETERS: usize = 512;

/// The most characters of one value; far beyond use, short of abuse.
pub(crate) const LONGEST_VALUE: usize = 100;

/// What a page can use of an address: values trimmed and cut; a region or a year that is none is left out.
pub(crate) fn usable_pairs(query: &str) -> impl Iterator<Item = (String, String)> {
    let cut = |(name, value): (String, String)| {
        (name, value.trim().chars().take(LONGEST_VALUE).collect::<String>())
    };
    pairs(query).0.into_iter().map(cut).filter(|(name, value)| match name.as_str() {
        "region" => is_region_code(value),
        "year" => value.parse::<YearSpan>().is_ok(),
        _ => true,
    })
}

/// Names and values in order, decoded; values that are no UTF-8 are left out and told as faults.
pub(crate) fn pairs(query: &str) -> (Vec<(String, String)>, Vec<Fault>) {
    let mut pairs = Vec::new();
    let mut faults = Vec::new();
    for (place, part) in query.split('&').filter(|part| !part.is_empty()).enumerate() {
        if place == MOST_PARAMETERS {
            let detail = format!("more than {MOST_PARAMETERS} parameters");
            faults.push(Fault::limit("", detail));
            break;
        }
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (name, value) = (decode(name), decode(value));
        let readable_name = String::from_utf8_lossy(&name).into_owned();
        match (String::from_utf8(name), String::from_utf8(value)) {
            (Ok(name), Ok(value)) => pairs.push((name, value)),
            _ => faults.push(Fault::value(
                &readable_name,
                format!("`{readable_name}` is not UTF-8 once its percent escapes are undone"),
            )),
        }
    }
    (pairs, faults)
}

/// Undoes `+` and percent escapes; an escape that is none stays as it stands.
fn decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(value) = escaped {
            decoded.push(value);
            at += 3;
        } else {
            decoded.push(if byte == b'+' { b' ' } else { byte });
            at += 1;
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Vec<(String, String)> {
        pairs(query).0
    }

    #[test]
    fn pairs_are_decoded_in_order() {
        let want = |list: &[(&str, &str)]| -> Vec<(String, String)> {
            list.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
        };
        assert_eq!(read("q=%E5%85%AC+%E5%BC%80&q=b"), want(&[("q", "公 开"), ("q", "b")]));
        assert_eq!(read("&a&&b="), want(&[("a", ""), ("b", "")]));
        assert_eq!(read("q=100%&r=%zz%2"), want(&[("q", "100%"), ("r", "%zz%2")]));
        assert_eq!(read("q=公开=1"), want(&[("q", "公开=1")]));
    }

    #[test]
    fn broken_utf8_is_a_fault_of_its_parameter() {
        let (pairs, faults) = pairs("a=1&q=%FF&b=2");
        assert_eq!(pairs.len(), 2);
        assert_eq!(faults[0].parameter, "q");
        assert_eq!(super::pairs("%FF=1").1[0].parameter, "\u{fffd}");
        let many = super::pairs(&"a=1&".repeat(100_000));
        assert_eq!((many.0.len(), many.1.len()), (MOST_PARAMETERS, 1));
    }
}
