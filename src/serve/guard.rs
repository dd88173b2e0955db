//! What every answer gets: security headers, a time limit, entity tags.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};
use tokio::time;

/// Nothing may be loaded, run, asked or framed but our own style sheets, scripts, pictures and answers; nothing that
/// stands in a page itself is run.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const ALWAYS: [(HeaderName, &str); 8] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("x-permitted-cross-domain-policies"), "none"),
    (header::CACHE_CONTROL, "no-cache"),
];

/// Adds the headers that every answer carries; what a handler set stays.
pub(crate) async fn secure(mut response: Response) -> Response {
    for (name, value) in ALWAYS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// A time limit and the answer to give when it is over.
#[derive(Clone)]
pub(crate) struct TimeLimit {
    limit: Duration,
    late: Arc<dyn Fn() -> Response + Send + Sync>,
}

impl TimeLimit {
    /// A limit for a request, and the answer to one that takes longer.
    pub(crate) fn new(
        limit: Duration,
        late: impl Fn() -> Response + Send + Sync + 'static,
    ) -> Self {
        Self { limit, late: Arc::new(late) }
    }
}

/// Answers in time, one way or the other.
pub(crate) async fn in_time(
    State(limit): State<TimeLimit>,
    request: Request,
    next: Next,
) -> Response {
    time::timeout(limit.limit, next.run(request)).await.unwrap_or_else(|_| (limit.late)())
}

/// An entity tag over the bytes of an answer; weak, because the same bytes may travel compressed.
pub(crate) fn entity_tag(bytes: &[u8]) -> String {
    format!("W/\"{}\"", &fingerprint(bytes)[..24])
}

/// SHA-256 in hexadecimal.
pub(crate) fn fingerprint(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

/// Answers with bytes and their tag, or only says that the asker holds them already.
pub(crate) fn tagged(asked: &HeaderMap, content_type: &'static str, bytes: Vec<u8>) -> Response {
    let tag = entity_tag(&bytes);
    let held = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let opaque = tag.trim_start_matches("W/");
    let is_held = held.flat_map(|list| list.split(',')).any(|held| {
        let held = held.trim();
        held == "*" || held.trim_start_matches("W/") == opaque
    });
    if is_held {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let headers = [(header::CONTENT_TYPE, content_type.to_owned()), (header::ETAG, tag)];
    (headers, Body::from(bytes)).into_response()
}
