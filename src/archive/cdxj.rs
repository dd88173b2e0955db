//! Lines of a CDXJ index: where other programs find a capture in our files.

use std::fmt;

use crate::model::{Moment, PageUrl, Position};

/// One capture as a line; lines in the order of their text are an index that pywb and its kin read.
#[derive(Clone, Debug)]
pub struct CdxLine<'a> {
    /// The address asked for.
    pub url: &'a PageUrl,
    /// When.
    pub at: Moment,
    /// Media type; `warc/revisit` for an answer without a payload of its own.
    pub mime: &'a str,
    /// Status code.
    pub status: u16,
    /// Digest of the payload.
    pub digest: &'a str,
    /// Bytes of the record.
    pub length: u64,
    /// Where it stands.
    pub position: &'a Position,
}

impl fmt::Display for CdxLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let record = serde_json::json!({
            "url": self.url.as_str(),
            "mime": self.mime,
            "status": self.status.to_string(),
            "digest": self.digest,
            "length": self.length.to_string(),
            "offset": self.position.offset.to_string(),
            "filename": self.position.file,
        });
        write!(f, "{} {} {record}", surt(self.url), self.at.strftime("%Y%m%d%H%M%S"))
    }
}

/// An address with its host turned round, so that the pages of a site stand together: `cn,gov,lingzhou)/zc/t1.html`.
fn surt(url: &PageUrl) -> String {
    let host = url.host();
    let labels: Vec<&str> = host.split('.').collect();
    let is_www = |label: &&str| {
        label.strip_prefix("www").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
    };
    let named = !host.starts_with('[') && host.parse::<std::net::Ipv4Addr>().is_err();
    let mut key = if named {
        let skipped = usize::from(labels.len() > 1 && labels.first().is_some_and(is_www));
        labels[skipped..].iter().rev().copied().collect::<Vec<_>>().join(",")
    } else {
        host.to_owned()
    };
    if let Some(port) = url.as_url().port() {
        key.extend([":", &port.to_string()]);
    }
    key.push(')');
    key.push_str(&url.path().to_ascii_lowercase());
    if let Some(query) = url.as_url().query() {
        let query = query.to_ascii_lowercase();
        let mut parameters: Vec<&str> = query.split('&').collect();
        parameters.sort_unstable();
        key.push('?');
        key.push_str(&parameters.join("&"));
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_turned_round() {
        for (url, key) in [
            (
                "http://www.lingzhou.gov.cn/ZC/t1.html?b=2&A=1",
                "cn,gov,lingzhou)/zc/t1.html?a=1&b=2",
            ),
            ("https://www2.a.cn:8080/", "cn,a:8080)/"),
            ("http://wwwx.a.cn/x", "cn,a,wwwx)/x"),
            ("http://127.0.0.1:99/x", "127.0.0.1:99)/x"),
        ] {
            assert_eq!(surt(&PageUrl::parse(url).unwrap()), key);
        }
    }
}
