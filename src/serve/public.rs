//! The address under which others reach the service: as the operator told it, else as the request came.

use axum::http::{HeaderMap, header};
use url::Url;

/// The address of a document's page under the public one.
pub(crate) fn document_address(public: Option<&Url>, id: &str) -> Option<String> {
    public.map(|public| format!("{}/document/{id}", without_slash(public)))
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
}
