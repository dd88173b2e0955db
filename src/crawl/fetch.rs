//! The only door to the network: one request, one answer, nothing followed, nothing decoded.
//!
//! **In:** an address that scope and robots.txt allow. **Out:** what the server sent, byte for byte, with what was
//! sent to it; or why there is nothing. **Never:** a second request, a private address unless allowed.

use std::collections::HashMap;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Proxy, Request, Response, redirect, tls};
use tokio::time::{Instant, timeout, timeout_at};

use crate::config::Limits;
use crate::crawl::address::{is_private_literal, is_public};
use crate::crawl::receive::Arriving;
use crate::model::{Answer, Body, Form, Headers, KnownPage, NoAnswer, PageUrl, Spool, Truncated};

/// Opens connections for all hosts; cheap to clone.
#[derive(Clone)]
pub(crate) struct Fetcher {
    agent: String,
    proxy: Option<PageUrl>,
    spool: Option<Arc<dyn Spool>>,
    clients: Arc<Mutex<HashMap<Kind, Client>>>,
}

/// What requests over one client have in common.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Kind {
    connect_timeout: Duration,
    allow_private: bool,
    insecure_tls: bool,
}

/// Header fields of an answer that is still taken for one; their bytes are bounded as well, at about 400 KiB.
const MOST_FIELDS: usize = 1000;

/// One request.
pub(crate) struct Ask {
    pub(crate) url: PageUrl,
    /// Sent by POST where there is one; else the request is a GET.
    pub(crate) form: Option<Form>,
    /// `Referer`, for the few interfaces that answer nobody without.
    pub(crate) referrer: Option<PageUrl>,
    /// `If-None-Match` and `If-Modified-Since`, where the page was kept before.
    pub(crate) validators: Vec<(&'static str, String)>,
    pub(crate) limits: Limits,
    /// Longer bodies are cut here.
    pub(crate) max_bytes: u64,
    pub(crate) allow_private: bool,
    /// The certificate of the host is not checked.
    pub(crate) insecure_tls: bool,
}

/// What came of it.
pub(crate) enum Fetched {
    /// `began` is when the head of the answer was there.
    Answer {
        began: Instant,
        request: Headers,
        answer: Answer,
        truncated: Option<Truncated>,
    },
    Nothing(Silence),
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) struct Silence {
    pub(crate) reason: NoAnswer,
    pub(crate) detail: String,
    /// Whether the host speaks TLS, but with a certificate that is not its own, run out, or vouched for by nobody.
    pub(crate) bad_certificate: bool,
}

impl Silence {
    pub(crate) fn new(reason: NoAnswer, detail: String) -> Self {
        Self { reason, detail, bad_certificate: false }
    }
}

impl Fetcher {
    /// A fetcher that says who it is and, with a proxy, asks everything through it; long bodies go to the spool.
    pub(crate) fn new(
        agent: String,
        proxy: Option<PageUrl>,
        spool: Option<Arc<dyn Spool>>,
    ) -> Self {
        // A provider that is there already is as good; the only error is "already installed".
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { agent, proxy, spool, clients: Arc::default() }
    }

    /// Makes one request and reads the answer to its end or its limit.
    pub(crate) async fn fetch(&self, ask: Ask) -> Fetched {
        if !ask.allow_private && is_private_literal(ask.url.as_url()) {
            let detail = format!("{} is a private address", ask.url.host());
            return Fetched::Nothing(Silence::new(NoAnswer::PrivateAddress, detail));
        }
        let headers = self.headers(&ask);
        let head = match self.client(&ask) {
            Ok(client) => {
                timeout(head_time(&ask.limits), client.execute(request(&ask, &headers))).await
            }
            Err(error) => Ok(Err(error)),
        };
        match head {
            Ok(Ok(response)) => {
                let body = Arriving::new(self.spool.clone());
                answer(response, &ask, headers, body).await
            }
            Ok(Err(error)) => Fetched::Nothing(silence(&error)),
            Err(_) => {
                let detail = format!("no answer within {:?}", head_time(&ask.limits));
                Fetched::Nothing(Silence::new(NoAnswer::Timeout, detail))
            }
        }
    }

    /// The header fields in the order sent.
    fn headers(&self, ask: &Ask) -> Headers {
        let own = [
            ("Host", ask.url.authority()),
            ("User-Agent", self.agent.clone()),
            ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8".to_owned()),
            ("Accept-Encoding", "gzip".to_owned()),
        ];
        let referrer = ask.referrer.iter().map(|url| ("Referer", url.to_string()));
        let form = ask.form.iter().flat_map(|form| {
            [
                ("Content-Type", form.media_type().to_owned()),
                ("Content-Length", form.body().len().to_string()),
            ]
        });
        let all = own.into_iter().chain(referrer).chain(ask.validators.iter().cloned()).chain(form);
        Headers(all.map(|(name, value)| (name.to_owned(), value)).collect())
    }

    fn client(&self, ask: &Ask) -> reqwest::Result<Client> {
        let kind = Kind {
            connect_timeout: ask.limits.connect_timeout,
            allow_private: ask.allow_private,
            insecure_tls: ask.insecure_tls,
        };
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&kind) {
            return Ok(client.clone());
        }
        // A machine without any root certificates can still ask over http.
        let client = self
            .builder(kind)
            .build()
            .or_else(|_| self.builder(kind).tls_certs_only([]).build())?;
        clients.insert(kind, client.clone());
        Ok(client)
    }

    fn builder(&self, kind: Kind) -> reqwest::ClientBuilder {
        let Kind { connect_timeout, allow_private, insecure_tls } = kind;
        let builder = Client::builder()
            .redirect(redirect::Policy::none())
            .referer(false)
            .http1_only()
            .http1_title_case_headers()
            .http1_ignore_invalid_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_max_headers(MOST_FIELDS)
            .tls_danger_accept_invalid_certs(insecure_tls)
            .tls_version_min(tls::Version::TLS_1_2)
            .connect_timeout(connect_timeout)
            .no_proxy();
        match self.proxy.as_ref().and_then(|proxy| Proxy::all(proxy.as_str()).ok()) {
            // Names are then the proxy's to resolve, and its own address is the curator's choice.
            Some(proxy) => builder.proxy(proxy),
            None => builder.dns_resolver(Arc::new(Resolver { allow_private })),
        }
    }
}

/// Connecting and waiting for the head of the answer.
fn head_time(limits: &Limits) -> Duration {
    limits.connect_timeout.saturating_add(limits.answer_timeout)
}

fn request(ask: &Ask, headers: &Headers) -> Request {
    let method = if ask.form.is_some() { Method::POST } else { Method::GET };
    let mut request = Request::new(method, ask.url.as_url().clone());
    *request.body_mut() = ask.form.as_ref().map(|form| form.body().to_owned().into());
    let pairs = headers.0.iter().filter_map(|(name, value)| {
        Some((
            HeaderName::from_bytes(name.as_bytes()).ok()?,
            HeaderValue::from_bytes(value.as_bytes()).ok()?,
        ))
    });
    *request.headers_mut() = pairs.collect::<HeaderMap>();
    request
}

/// A body that comes more slowly, in bytes per second on average, is cut once [`Limits::answer_timeout`] is over too:
/// a server that drips holds no connection for long.
const SLOWEST: u64 = 1 << 10;

/// Reads the body to its end, or to the first limit it meets.
async fn answer(
    mut response: Response,
    ask: &Ask,
    request: Headers,
    mut body: Arriving,
) -> Fetched {
    let (began, status) = (Instant::now(), response.status().as_u16());
    let headers = Headers(
        response.headers().iter().map(|(n, v)| (n.as_str().to_owned(), printable(v))).collect(),
    );
    let truncated = loop {
        let piece =
            match timeout_at(began + body_time(&ask.limits, body.len()), response.chunk()).await {
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) => break None,
                Ok(Err(_)) => break Some(Truncated::Disconnect),
                Err(_) => break Some(Truncated::Time),
            };
        let room = usize::try_from(ask.max_bytes - body.len()).unwrap_or(usize::MAX);
        if let Err(error) = body.take(&piece[..piece.len().min(room)]).await {
            return no_room(&error, began, request, status, headers);
        }
        if piece.len() > room {
            break Some(Truncated::Length);
        }
    };
    match body.finish().await {
        Ok(body) => {
            let answer = Answer { status, headers, body };
            Fetched::Answer { began, request, answer, truncated }
        }
        Err(error) => no_room(&error, began, request, status, headers),
    }
}

/// How long a body of which so many bytes came may take.
fn body_time(limits: &Limits, length: u64) -> Duration {
    let slowest = limits.answer_timeout.saturating_add(Duration::from_secs(length / SLOWEST));
    slowest.min(limits.body_timeout)
}

/// There was no room for the body, so it counts as cut before its first byte.
fn no_room(
    error: &std::io::Error,
    began: Instant,
    request: Headers,
    status: u16,
    headers: Headers,
) -> Fetched {
    tracing::warn!(%error, "a long body cannot be put aside");
    let answer = Answer { status, headers, body: Body::default() };
    Fetched::Answer { began, request, answer, truncated: Some(Truncated::Disconnect) }
}

/// A header value as text; bytes that are no UTF-8 are read as Latin-1, which loses nothing.
fn printable(value: &HeaderValue) -> String {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => value.as_bytes().iter().map(|b| char::from(*b)).collect(),
    }
}

fn silence(error: &reqwest::Error) -> Silence {
    let mut detail = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        detail.push_str(": ");
        detail.push_str(&error.to_string());
        next = error.source();
    }
    let bad_certificate = matches!(
        cause::<rustls::Error>(error),
        Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented)
    );
    Silence { bad_certificate, ..Silence::new(reason(error, &detail), detail) }
}

fn reason(error: &reqwest::Error, detail: &str) -> NoAnswer {
    if cause::<PrivateAddress>(error).is_some() {
        NoAnswer::PrivateAddress
    } else if error.is_timeout() {
        NoAnswer::Timeout
    } else if error.is_dns() {
        NoAnswer::Dns
    } else if cause::<rustls::Error>(error).is_some() {
        NoAnswer::Tls
    } else if error.is_builder() || detail.contains("parsed") || detail.contains("message head") {
        NoAnswer::Protocol
    } else {
        NoAnswer::Connect
    }
}

/// The cause of this type, also inside an `io::Error`, which hides what it wraps.
fn cause<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(error) = next {
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref());
        let inside = wrapped.and_then(|inner| cause::<E>(inner));
        if let Some(found) = error.downcast_ref::<E>().or(inside) {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// Resolves names and drops every address that is not public, unless private ones are allowed.
struct Resolver {
    allow_private: bool,
}

/// The name leads to private addresses only.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to a private address ({0})")]
struct PrivateAddress(SocketAddr);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let all: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> =
                all.iter().copied().filter(|a| allow_private || is_public(a.ip())).collect();
            match (allowed.is_empty(), all.first()) {
                (true, Some(private)) => Err(PrivateAddress(*private).into()),
                (true, None) => Err("the name has no address".into()),
                (false, _) => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

/// What is sent so that an unchanged page need not be sent again; a POST is not asked for on condition.
pub(crate) fn validators(page: &KnownPage) -> Vec<(&'static str, String)> {
    let kept = page.kept_at.is_some() && page.context.form.is_none();
    let etag = page.etag.iter().map(|value| ("If-None-Match", value.clone()));
    let since = page.last_modified.iter().map(|value| ("If-Modified-Since", value.clone()));
    etag.chain(since).filter(|_| kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn names_that_lead_to_private_addresses_are_refused() {
        let name = || "localhost".parse::<Name>().unwrap();
        let refused = Resolver { allow_private: false }.resolve(name()).await;
        assert!(refused.err().is_some_and(|error| error.is::<PrivateAddress>()));
        assert!(
            Resolver { allow_private: true }
                .resolve(name())
                .await
                .is_ok_and(|mut all| all.next().is_some())
        );
    }

    #[test]
    fn validators_go_with_pages_that_were_kept() {
        let mut page =
            crate::crawl::testing::known("http://a.gov.cn/", crate::model::PageKind::Detail);
        page.etag = Some("\"1\"".into());
        assert!(validators(&page).is_empty());
        page.kept_at = Some(page.due);
        assert_eq!(validators(&page), [("If-None-Match", "\"1\"".to_owned())]);
    }
}
