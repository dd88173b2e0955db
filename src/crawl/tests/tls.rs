//! Certificates, and hosts without TLS.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{ServerConfig, crypto::ring, pki_types::PrivatePkcs8KeyDer};

use super::site::{Site, Trial, html, list, moved};
use crate::config::Portal;
use crate::crawl::testing::portal_with;
use crate::model::{NoAnswer, PageState};

/// A host with a certificate that it made itself; counts who asks it without TLS.
struct SelfMade {
    port: u16,
    in_the_clear: Arc<AtomicUsize>,
}

impl SelfMade {
    async fn start() -> Self {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let in_the_clear = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&in_the_clear);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(acceptor.clone(), stream, Arc::clone(&counter)));
            }
        });
        Self { port, in_the_clear }
    }

    fn portal(&self) -> Portal {
        let base = format!("https://127.0.0.1:{}/", self.port);
        let mut portal = portal_with(&base, &[("公示公告", "/x/")]);
        portal.allow_private = true;
        portal
    }
}

async fn serve(acceptor: TlsAcceptor, stream: TcpStream, in_the_clear: Arc<AtomicUsize>) {
    let mut first = [0];
    if stream.peek(&mut first).await.is_ok_and(|_| first[0] != 0x16) {
        in_the_clear.fetch_add(1, Ordering::Relaxed);
        return;
    }
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    let mut head = vec![0; 4096];
    let length = stream.read(&mut head).await.unwrap_or(0);
    let head = String::from_utf8_lossy(&head[..length]).into_owned();
    let (status, body) = match head.split(' ').nth(1) {
        Some("/x/") => (200, "<li><a href='a1.html'>关于防汛的通知</a></li>"),
        Some("/x/a1.html") => (200, "<p>正文</p>"),
        _ => (404, ""),
    };
    let answer = format!(
        "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

#[tokio::test]
async fn a_bad_certificate_is_a_failure_and_nothing_is_asked_in_the_clear() {
    let host = SelfMade::start().await;
    let told = Trial::of([host.portal()]).run().await;
    let reasons: Vec<NoAnswer> = told.outcomes().iter().map(|outcome| outcome.1).collect();
    assert_eq!(reasons, [NoAnswer::Tls, NoAnswer::RobotsUnreachable]);
    assert_eq!(told.summary.documents, 0);
    assert_eq!(host.in_the_clear.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_bad_certificate_is_excused_by_name_and_marked() {
    let host = SelfMade::start().await;
    let mut portal = host.portal();
    portal.insecure_tls = vec!["127.0.0.1".into()];
    let told = Trial::of([portal.clone()]).run().await;
    assert_eq!(told.summary.documents, 1);
    assert!(told.captures("/x/a1.html")[0].0.unverified_tls);
    portal.insecure_tls = vec!["other.gov.cn".into()];
    assert_eq!(Trial::of([portal]).run().await.summary.documents, 0);
}

#[tokio::test]
async fn a_host_without_tls_is_asked_over_http() {
    let site = Site::start().await;
    site.on("/x/", [list(&["a1.html", "a2.html"], None)])
        .on("/x/a1.html", [html("正文")])
        .on("/x/a2.html", [html("正文")]);
    let mut portal = site.portal();
    let secure = portal_with(&site.base().replace("http:", "https:"), &[("公示公告", "/x/")]);
    (portal.bases, portal.columns) = (secure.bases, secure.columns);
    let told = Trial::of([portal]).run().await;
    assert_eq!(told.summary.documents, 2);
    let (capture, page) = told.captures("/x/a1.html").remove(0);
    assert_eq!((capture.url.as_url().scheme(), page.state), ("http", PageState::Kept));
    assert!(!capture.unverified_tls);
    let outcomes = told.outcomes();
    assert_eq!(outcomes.len(), 1, "it is found out once: {outcomes:?}");
    assert_eq!(outcomes[0].1, NoAnswer::Tls);
}

#[tokio::test]
async fn rules_that_are_kept_where_no_answer_comes_from_are_not_known() {
    let site = Site::start().await;
    let secure = site.base().replace("http:", "https:");
    site.on("/robots.txt", [moved(&format!("{secure}robots.txt"))])
        .on("/x/", [list(&["a1.html"], None)]);
    let mut portal = portal_with(&secure, &[("公示公告", "/x/")]);
    portal.allow_private = true;
    let told = Trial::of([portal]).run().await;
    assert!(site.targets().iter().all(|target| target == "/robots.txt"), "{:?}", site.targets());
    assert_eq!(told.summary.documents, 0);
    assert_eq!(told.outcomes().last().unwrap().1, NoAnswer::RobotsUnreachable);
}
