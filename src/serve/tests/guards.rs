//! What every answer carries, and what no request can do.

use std::time::Duration;

use super::*;
use crate::serve::app::Settings;
use crate::serve::double::service_with;

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let id = Double::id_of("灵洲市人民政府办公室");
    let document = format!("/document/{id}");
    for address in [
        "/",
        "/search?q=a",
        &document,
        "/api",
        "/robots.txt",
        "/nothing",
        "/api/v1/search?x=1",
        "/api/v1/nothing",
        "/healthz",
        "/openapi.json",
        "/search?q=!panic",
        "/assets/none.css",
    ] {
        let got = get(address).await;
        let policy = got.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "style-src 'self';",
            "script-src 'self';",
            "connect-src 'self';",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{address}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{address}");
        assert_eq!(got.header("x-content-type-options"), "nosniff", "{address}");
        assert_eq!(got.header("referrer-policy"), "no-referrer", "{address}");
        assert!(got.header("permissions-policy").contains("camera=()"), "{address}");
        assert!(!got.header("cache-control").is_empty(), "{address}");
    }
}

#[tokio::test]
async fn only_get_and_head_are_taken() {
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        let got = send(method.clone(), "/api/v1/search", &[]).await;
        assert_eq!(got.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(got.json()["type"], "/api#method-not-allowed");
        assert_eq!(got.header("allow"), "GET,HEAD");
        let page = send(method.clone(), "/search", &[]).await;
        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert!(page.header("content-type").starts_with("text/html"));
    }
    for address in ["/", "/search?q=a", "/api/v1/search?q=a", "/healthz", "/openapi.json"] {
        let got = send(Method::HEAD, address, &[]).await;
        assert_eq!((got.status, got.text.as_str()), (StatusCode::OK, ""), "{address}");
    }
}

#[tokio::test]
async fn other_sites_may_read_the_interface_and_nothing_else() {
    let origin = [("origin", "https://elsewhere.example")];
    for address in ["/api/v1/search?q=a", "/api/v1/nothing", "/openapi.json", "/healthz"] {
        let got = send(Method::GET, address, &origin).await;
        assert_eq!(got.header("access-control-allow-origin"), "*", "{address}");
    }
    let page = send(Method::GET, "/search?q=a", &origin).await;
    assert_eq!(page.header("access-control-allow-origin"), "");
    let asked = [origin[0], ("access-control-request-method", "GET")];
    let preflight = send(Method::OPTIONS, "/api/v1/search", &asked).await;
    assert_eq!(preflight.status, StatusCode::OK);
    assert_eq!(preflight.header("access-control-allow-methods"), "GET,HEAD");
}

#[tokio::test]
async fn answers_travel_compressed_when_asked() {
    let got = send(Method::GET, "/search?q=a", &[("accept-encoding", "gzip")]).await;
    assert_eq!(got.header("content-encoding"), "gzip");
    let vary: Vec<&str> = got.headers.get_all("vary").iter().map(|v| v.to_str().unwrap()).collect();
    assert!(vary.join(",").contains("accept-encoding"), "{vary:?}");
    assert_eq!(get("/search?q=a").await.header("content-encoding"), "");
}

#[tokio::test]
async fn the_style_sheet_is_kept_for_long_and_changes_its_address() {
    let home = get("/").await.text;
    let start = home.find("/assets/style-").unwrap();
    let address = home[start..].split('"').next().unwrap();
    let style = get(address).await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(style.header("cache-control"), "public, max-age=31536000, immutable");
    assert!(
        !style.text.contains("url(") && !style.text.contains("@import"),
        "nothing from outside"
    );
    let tag = style.header("etag").to_owned();
    let again = send(Method::GET, address, &[("if-none-match", &tag)]).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(again.header("cache-control").contains("immutable"));
    assert_eq!(get("/assets/style-0.css").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_too_much_or_too_slow_is_told() {
    let none = Settings { workers: 0, waiting: 0, ..Settings::default() };
    for (address, told) in [("/api/v1/search", "/api#overloaded"), ("/search?q=a", "访问的人较多")]
    {
        let request = Request::get(address).body(Body::empty()).unwrap();
        let got = ask(service_with(Double::new(), &none), request).await;
        assert_eq!(got.status, StatusCode::SERVICE_UNAVAILABLE, "{address}");
        assert!(got.text.contains(told) && !got.header("retry-after").is_empty(), "{address}");
    }
    // No call is ever let through, and the request gives up before the gateway does.
    let never = Settings {
        workers: 0,
        waiting: 1,
        time_limit: Duration::from_millis(1),
        ..Settings::default()
    };
    let request = Request::get("/healthz").body(Body::empty()).unwrap();
    let got = ask(service_with(Double::new(), &never), request).await;
    assert_eq!(got.status, StatusCode::SERVICE_UNAVAILABLE);
}
