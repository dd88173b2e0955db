//! Lines of a CDXJ index: where other programs find a capture in our files.

use std::fmt;

use url::form_urlencoded::Serializer;

use crate::model::{Form, Moment, PageUrl, Position};

/// One capture as a line; lines in the order of their text are an index that pywb and its kin read.
#[derive(Clone, Debug)]
pub struct CdxLine<'a> {
    /// The address asked for.
    pub url: &'a PageUrl,
    /// What was sent there, where it was asked by POST.
    pub form: Option<&'a Form>,
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
        let mut record = serde_json::json!({
            "url": self.url.as_str(),
            "mime": self.mime,
            "status": self.status.to_string(),
            "digest": self.digest,
            "length": self.length.to_string(),
            "offset": self.position.offset.to_string(),
            "filename": self.position.file,
        });
        let mut key = surt(self.url);
        if let Some(form) = self.form {
            let body = posted(form);
            key.push(if key.contains('?') { '&' } else { '?' });
            key.push_str(&body.to_ascii_lowercase());
            record["method"] = "POST".into();
            record["requestBody"] = body.into();
        }
        write!(f, "{key} {} {record}", self.at.strftime("%Y%m%d%H%M%S"))
    }
}

/// A form as the programs that read such lines write it into keys, so that each body is found by itself.
fn posted(form: &Form) -> String {
    let body = Serializer::new(String::new()).extend_pairs(form.pairs()).finish();
    format!("__wb_method=POST&{body}")
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
    fn what_was_posted_is_part_of_the_key() {
        let url = PageUrl::parse("http://a.cn/search.jsp").unwrap();
        let form = Form::of_pairs(&[("currPage".into(), "2".into())]).unwrap();
        let position = Position { file: "f.warc.gz".into(), offset: 7 };
        let (form, position) = (Some(&form), &position);
        let at = Moment::UNIX_EPOCH;
        let line = CdxLine {
            url: &url,
            form,
            at,
            mime: "text/html",
            status: 200,
            digest: "d",
            length: 9,
            position,
        };
        let (key, fields) = line
            .to_string()
            .split_once(" 19700101000000 ")
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        assert_eq!(key, "cn,a)/search.jsp?__wb_method=post&currpage=2");
        let fields: serde_json::Value = serde_json::from_str(&fields).unwrap();
        assert_eq!(
            (&fields["method"], &fields["requestBody"]),
            (&"POST".into(), &"__wb_method=POST&currPage=2".into())
        );
        assert_eq!(fields["url"], "http://a.cn/search.jsp");
    }

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
