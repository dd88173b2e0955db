//! Addresses of pages, and the key that says when two addresses mean one page.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use url::Url;

use crate::model::Form;

/// An absolute `http` or `https` address without fragment, as the URL standard normalises it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PageUrl(Url);

/// Why a text is no address of a page.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NotAPage {
    /// The URL standard cannot read it.
    #[error("not an address: {0}")]
    Malformed(String),
    /// `javascript:`, `mailto:`, `ftp:` and their kin.
    #[error("not a web address: {0}:")]
    Scheme(String),
    /// Longer than 2,048 bytes.
    #[error("address longer than 2048 bytes")]
    TooLong,
}

/// The longest address that is followed, in bytes.
const LONGEST: usize = 2048;

impl PageUrl {
    /// Reads an absolute address; surrounding white space is dropped, as browsers do.
    pub fn parse(text: &str) -> Result<Self, NotAPage> {
        Self::accept(Url::parse(text.trim()).map_err(|e| NotAPage::Malformed(e.to_string()))?)
    }

    /// Reads a link as it stands on this page.
    pub fn join(&self, href: &str) -> Result<Self, NotAPage> {
        Self::accept(self.0.join(href.trim()).map_err(|e| NotAPage::Malformed(e.to_string()))?)
    }

    fn accept(mut url: Url) -> Result<Self, NotAPage> {
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(NotAPage::Scheme(url.scheme().to_owned()));
        }
        url.set_fragment(None);
        if url.as_str().len() > LONGEST {
            return Err(NotAPage::TooLong);
        }
        Ok(Self(url))
    }

    /// The same page asked for over `http`; `None` for an address that is `http` already.
    pub fn over_http(&self) -> Option<Self> {
        let mut url = self.0.clone();
        (url.scheme() == "https" && url.set_scheme("http").is_ok()).then_some(Self(url))
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The parsed form, for the one place that opens connections.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// Host name in lower case, without port.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Host, and the port where it is not the default one: what shares a robots.txt and a queue.
    pub fn authority(&self) -> String {
        match self.0.port() {
            Some(port) => format!("{}:{port}", self.host()),
            None => self.host().to_owned(),
        }
    }

    /// Path with query, as a request line and robots.txt rules see it.
    pub fn path_and_query(&self) -> String {
        match self.0.query() {
            Some(query) => format!("{}?{query}", self.0.path()),
            None => self.0.path().to_owned(),
        }
    }

    /// Path alone, percent-encoded.
    pub fn path(&self) -> &str {
        self.0.path()
    }

    /// The key of the page behind this address (see [`UrlKey`]).
    pub fn key(&self) -> UrlKey {
        UrlKey::v1(&self.0)
    }

    /// The key of what is behind this address when it is asked with a form: one page for each body. Without a form
    /// it is [`PageUrl::key`]; no address has a blank in its key, so the two never meet.
    pub fn key_with(&self, form: Option<&Form>) -> UrlKey {
        let key = self.key();
        match form {
            Some(form) => UrlKey(format!("{key}{POSTED}{}", form.body())),
            None => key,
        }
    }
}

impl FromStr for PageUrl {
    type Err = NotAPage;

    fn from_str(text: &str) -> Result<Self, NotAPage> {
        Self::parse(text)
    }
}

impl fmt::Display for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PageUrl({self})")
    }
}

impl Serialize for PageUrl {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for PageUrl {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?).map_err(de::Error::custom)
    }
}

/// What two addresses of one page share: the frozen key, version 1.
///
/// Scheme, default port, fragment, `;jsessionid` and known tracking parameters are dropped; the host is in lower
/// case and percent escapes in upper case. Document ids are made from it, so this rule never changes; a better one
/// would be version 2 beside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UrlKey(String);

/// Between the key of an address and the body that was sent there.
const POSTED: &str = " POST ";

/// Parameters that say where a reader came from, never which page is meant.
const TRACKING: [&str; 6] = ["spm", "from", "isappinstalled", "jump", "nsukey", "scene"];
/// Parameters that only defeat caches, dropped when their value is a number.
const CACHE_BUSTERS: [&str; 5] = ["t", "_t", "_", "rnd", "random"];

impl UrlKey {
    fn v1(url: &Url) -> Self {
        let mut key = url.host_str().unwrap_or_default().to_ascii_lowercase();
        if let Some(port) = url.port() {
            key.push(':');
            key.push_str(&port.to_string());
        }
        key.push_str(&upper_escapes(&without_session(url.path())));
        let kept: Vec<&str> = url
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|p| !p.is_empty() && !is_noise(p))
            .collect();
        if !kept.is_empty() {
            key.push('?');
            key.push_str(&upper_escapes(&kept.join("&")));
        }
        Self(key)
    }

    /// The key as text, for tables.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Between which texts the keys of everything asked by POST at this address stand, the second one not included.
    pub fn posted(&self) -> (String, String) {
        (format!("{self}{POSTED}"), format!("{self}{}", POSTED.replace("T ", "T!")))
    }

    /// Takes a key back from a table.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for UrlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_noise(parameter: &str) -> bool {
    let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
    let name = name.to_ascii_lowercase();
    TRACKING.contains(&name.as_str())
        || name.starts_with("utm_")
        || (CACHE_BUSTERS.contains(&name.as_str())
            && value.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
}

/// Drops `;jsessionid=…` from every path segment.
fn without_session(path: &str) -> String {
    let cut = |segment: &str| match segment.to_ascii_lowercase().find(";jsessionid=") {
        Some(at) => segment[..at].to_owned(),
        None => segment.to_owned(),
    };
    path.split('/').map(cut).collect::<Vec<_>>().join("/")
}

fn upper_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut after_percent = 0;
    for c in text.chars() {
        out.push(if after_percent > 0 { c.to_ascii_uppercase() } else { c });
        after_percent = if c == '%' { 2 } else { i32::max(after_percent - 1, 0) };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> String {
        PageUrl::parse(text).unwrap().key().to_string()
    }

    #[test]
    fn one_page_has_one_key() {
        let want = "www.example.gov.cn/a/b.html?id=3";
        for text in [
            "http://www.example.gov.cn/a/b.html?id=3",
            "https://WWW.Example.gov.cn:443/a/b.html?id=3#top",
            "http://www.example.gov.cn:80/a/b.html?utm_source=wx&id=3&spm=1.2&t=1700000000",
            "http://www.example.gov.cn/a/b.html;jsessionid=0A1B?id=3&isappinstalled=0",
        ] {
            assert_eq!(key(text), want, "{text}");
        }
    }

    #[test]
    fn http_for_https_is_the_same_page() {
        for (https, http) in [
            ("https://a.gov.cn/x?y=1", "http://a.gov.cn/x?y=1"),
            ("https://a.gov.cn:8443/x", "http://a.gov.cn:8443/x"),
        ] {
            let page = PageUrl::parse(https).unwrap();
            let plain = page.over_http().unwrap();
            assert_eq!((plain.as_str(), plain.key()), (http, page.key()));
            assert_eq!(plain.over_http(), None);
        }
    }

    #[test]
    fn different_pages_keep_different_keys() {
        assert_ne!(key("http://a.gov.cn/x?t=news"), key("http://a.gov.cn/x"));
        assert_ne!(key("http://a.gov.cn:8080/x"), key("http://a.gov.cn/x"));
        assert_eq!(key("http://a.gov.cn/%e4%b8%ad"), key("http://a.gov.cn/%E4%B8%AD"));
    }

    #[test]
    fn an_address_is_one_page_for_each_body() {
        let url = PageUrl::parse("http://a.gov.cn/search.jsp").unwrap();
        let with = |page: &str| {
            url.key_with(Form::of_pairs(&[("currpage".into(), page.into())]).ok().as_ref())
        };
        assert_eq!(with("2").as_str(), "a.gov.cn/search.jsp POST currpage=2");
        assert_ne!(with("1"), with("2"));
        assert_eq!(url.key_with(None), url.key());
        assert_ne!(with("2"), url.join("search.jsp POST currpage=2").unwrap().key());
    }

    #[test]
    fn only_web_addresses_pass() {
        assert!(matches!(PageUrl::parse("javascript:void(0)"), Err(NotAPage::Scheme(_))));
        assert!(matches!(PageUrl::parse("附件"), Err(NotAPage::Malformed(_))));
        let page = PageUrl::parse("http://a.gov.cn/x/index.html").unwrap();
        assert_eq!(
            page.join("./202001/t1.html").unwrap().as_str(),
            "http://a.gov.cn/x/202001/t1.html"
        );
        assert_eq!(page.join(&"a".repeat(3000)), Err(NotAPage::TooLong));
    }
}
