//! The service called as a function: no socket, an invented library.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use serde_json::Value;
use tower::ServiceExt;

use crate::serve::api;
use crate::serve::double::{Double, HOSTILE, service, service_of};

mod api_answers;
mod capture_answers;
mod diff_answers;
mod export_answers;
mod feed_answers;
mod browsing;
mod guards;
mod kiosk_answers;
mod page_answers;
mod parts_of_pages;
mod report_answers;

struct Got {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

async fn ask(router: Router, request: Request<Body>) -> Got {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    // The templates escape every slash; tests and snapshots are read by people.
    let text = String::from_utf8_lossy(&bytes).replace("&#x2f;", "/");
    Got { status: parts.status, headers: parts.headers, text }
}

async fn get(address: &str) -> Got {
    send(Method::GET, address, &[]).await
}

async fn send(method: Method, address: &str, headers: &[(&str, &str)]) -> Got {
    let mut request = Request::builder().method(method).uri(address);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    ask(service(), request.body(Body::empty()).unwrap()).await
}
