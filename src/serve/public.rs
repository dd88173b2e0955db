//! The address under which others reach the service: as the operator told it, else as the request came.

use axum::http::{HeaderMap, header};
use url::{Host, Url};

use crate::model::Document;
use crate::serve::api::web_address;

/// The address of a document's page under the public one.
pub(crate) fn document_address(public: Option<&Url>, id: &str) -> Option<String> {
    public.map(|public| format!("{}/document/{id}", without_slash(public)))
}

/// Where a printed page or a QR code leads: to our copy where others can reach it, else to the source; never to an address
/// that means another machine wherever it is opened.
pub(crate) fn lasting_address(public: Option<&Url>, document: &Document) -> Option<String> {
    let copy = document_address(public.filter(|url| !is_loopback(url)), document.id.as_str());
    let source = || document.url.as_deref().and_then(web_address);
    let elsewhere = |address: &String| Url::parse(address).is_ok_and(|url| !is_loopback(&url));
    copy.or_else(|| source().filter(elsewhere))
}

/// Whether an address leads back to the machine that opens it.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_unspecified(),
        Some(Host::Ipv6(ip)) => ip.is_loopback() || ip.is_unspecified(),
        None => true,
    }
}

/// What links to this service begin with, without a slash at the end.
pub(crate) fn base(public: Option<&Url>, asked: &HeaderMap) -> String {
    let host = || asked.get(header::HOST)?.to_str().ok();
    match public {
        Some(public) => without_slash(public).to_owned(),
        None => host().and_then(at_host).unwrap_or_else(|| "http://localhost".to_owned()),
    }
}

/// The address of a host as a request names it; `None` when it is more than a host and a port.
fn at_host(host: &str) -> Option<String> {
    let url = Url::parse(&format!("http://{host}/")).ok()?;
    let plain = url.path() == "/" && url.username().is_empty() && url.password().is_none();
    let plain = plain && url.query().is_none() && url.fragment().is_none();
    plain.then(|| without_slash(&url).to_owned())
}

fn without_slash(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Evidence, Origin, PageUrl, Sourced};

    #[test]
    fn links_begin_as_the_operator_said_or_as_the_request_came() {
        let asked = |host: &str| [(header::HOST, host.parse().unwrap())].into_iter().collect();
        let public = Url::parse("https://gongkai.example/a/").unwrap();
        assert_eq!(base(Some(&public), &asked("b.example")), "https://gongkai.example/a");
        assert_eq!(base(None, &asked("b.example:8600")), "http://b.example:8600");
        assert_eq!(base(None, &HeaderMap::new()), "http://localhost");
        for odd in ["a@b.example", "b.example/x", "b.example?x", "<b>", ""] {
            assert_eq!(base(None, &asked(odd)), "http://localhost", "{odd}");
        }
    }

    #[test]
    fn nothing_printed_leads_back_to_the_reader() {
        let lasting = |public: Option<&str>, source: &str| {
            let url = PageUrl::parse(source).unwrap();
            let title = Sourced::new(String::new(), Evidence::Heading);
            let at = "2026-03-02T01:30:00Z".parse().unwrap();
            let document = Document::bare(Origin::Web { url }, title, String::new(), at);
            let public = public.map(|url| Url::parse(url).unwrap());
            let address = lasting_address(public.as_ref(), &document);
            address.map(|address| address.replace(document.id.as_str(), "ID"))
        };
        let source = "https://www.lingzhou.example/t1.html";
        let copy = Some("https://gongkai.example/document/ID".to_owned());
        assert_eq!(lasting(Some("https://gongkai.example/"), source), copy);
        for public in ["http://127.0.0.1:8600", "http://localhost/a", "http://[::1]:8600"] {
            assert_eq!(lasting(Some(public), source).as_deref(), Some(source), "{public}");
        }
        assert_eq!(lasting(None, "http://127.0.0.1:9000/t1.html"), None);
    }
}
