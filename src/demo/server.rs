//! The sample portal behind a socket on loopback: origin for its hosts, and forward proxy for them alone.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, Response, header};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::demo::answer::plain;
use crate::demo::sample::Sample;
use crate::model::{Answer, Headers};

/// A running sample portal; it ends when this value is dropped.
#[derive(Debug)]
pub struct Portal {
    address: SocketAddr,
    sample: Arc<Sample>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Portal {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes away, from now on, the pages that the portal does not keep.
    pub fn withdraw(&self) {
        self.sample.has_withdrawn.store(true, Ordering::Relaxed);
    }

    /// The address to give as proxy.
    pub fn proxy_url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves the sample portal on a listener, which must be bound to a loopback address.
///
/// Hosts are told apart by the absolute address of a proxy request, else by the `Host` field.
pub async fn start(listener: TcpListener) -> anyhow::Result<Portal> {
    let address = listener.local_addr()?;
    anyhow::ensure!(address.ip().is_loopback(), "{address} is not a loopback address");
    let sample = Arc::new(tokio::task::spawn_blocking(Sample::load).await??);
    let router = Router::new().fallback(respond).with_state(Arc::clone(&sample));
    let task = tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(Portal { address, sample, task })
}

async fn respond(State(sample): State<Arc<Sample>>, request: Request) -> Response<Body> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return response(&plain(405, "only GET and HEAD\n"));
    }
    let field = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = request.uri().host().or(field).unwrap_or_default();
    let host = host.split(':').next().unwrap_or(host).to_owned();
    let path = request.uri().path().to_owned();
    let fields = request.headers().iter().filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    });
    let headers = Headers(fields.collect());
    let answer = tokio::task::spawn_blocking(move || sample.answer(&host, &path, &headers)).await;
    response(&answer.unwrap_or_else(|_| plain(500, "the page could not be made\n")))
}

fn response(answer: &Answer) -> Response<Body> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers.0 {
        response = response.header(name, value);
    }
    response.body(Body::from(answer.body.start().to_vec())).unwrap_or_default()
}
