//! What the reading room's screen is shown.

use super::*;
use crate::serve::app::{App, KioskTimes, Settings, kiosk_router};
use crate::serve::double::service_with;

/// The pages of the kiosk that tests visit.
fn addresses() -> Vec<String> {
    let id = Double::id_of("灵洲市人民政府办公室");
    let document = format!("/kiosk/document/{id}?q=%E4%BE%9D%E7%94%B3%E8%AF%B7");
    let others = [
        "/kiosk",
        "/kiosk/search",
        "/kiosk/search?q=%E4%BE%9D%E7%94%B3%E8%AF%B7&page=1",
        "/kiosk/search?q=!panic",
        "/kiosk/search?q=a+((b&syntax=strict",
        "/kiosk/browse",
        "/kiosk/browse?region=990100",
        "/kiosk/reports",
        "/kiosk/reports?agency=%E7%81%B5%E6%B4%B2%E5%B8%82%E8%B4%A2%E6%94%BF%E5%B1%80",
        "/kiosk/apply",
        "/kiosk/document/nothing",
    ];
    others.map(str::to_owned).into_iter().chain([document]).collect()
}

#[tokio::test]
async fn no_page_leads_out_or_is_kept() {
    for address in addresses() {
        let got = get(&address).await;
        assert_eq!(got.header("cache-control"), "no-store", "{address}");
        for part in got.text.split("href=\"").skip(1) {
            let link = part.split('"').next().unwrap();
            assert!(
                link.starts_with("/kiosk") || link.starts_with("/assets/"),
                "{address}: {link}"
            );
        }
        for forbidden in [" target=", " download", "<iframe", " style=", " onclick", "/api/"] {
            assert!(!got.text.contains(forbidden), "{address}: {forbidden}");
        }
        assert_eq!(got.text.matches("<h1").count(), 1, "{address}");
    }
}

#[tokio::test]
async fn lists_and_documents_go_back_where_one_came_from() {
    let page = get("/kiosk/search?q=%E4%BE%9D%E7%94%B3%E8%AF%B7&year=2020").await.text;
    let link = page.split("href=\"/kiosk/document/").nth(1).unwrap().split('"').next().unwrap();
    let document = get(&format!("/kiosk/document/{}", link.replace("&amp;", "&"))).await.text;
    assert!(
        document.contains(r#"href="/kiosk/search?q=%E4%BE%9D%E7%94%B3%E8%AF%B7&amp;year=2020"#)
    );
    assert!(document.contains("<mark>依申请</mark>") && document.contains("非官方原件"));
    assert!(document.contains("<svg class=\"qr\""), "the source's address as a code");
    let hostile = get(&format!("/kiosk/document/{}", Double::id_of("<script>"))).await.text;
    assert!(!hostile.contains("<img src=x") && hostile.contains("&lt;script&gt;"));
    let withheld = get(&format!("/kiosk/document/{}", Double::id_of("不能显示"))).await;
    assert_eq!(withheld.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn times_are_as_set() {
    let kiosk = KioskTimes {
        warning: std::time::Duration::from_secs(7),
        reset: std::time::Duration::from_secs(9),
    };
    let settings = Settings { kiosk, ..Settings::default() };
    let request = Request::get("/kiosk").body(Body::empty()).unwrap();
    let page = ask(service_with(Double::new(), &settings), request).await.text;
    assert!(page.contains(r#"data-warning="7" data-reset="9""#));
    assert!(get("/kiosk").await.text.contains(r#"data-warning="60" data-reset="90""#));
}

#[tokio::test]
async fn alone_it_serves_nothing_else() {
    let app = || App::new(std::sync::Arc::new(Double::new()), Settings::default()).unwrap();
    let at = |address: &str| Request::get(address).body(Body::empty()).unwrap();
    for address in
        ["/search?q=a", "/api", "/api/v1/search", "/oai", "/feed.atom", "/healthz", "/robots.txt"]
    {
        let got = ask(kiosk_router(app()), at(address)).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{address}");
        assert!(!got.text.contains("href=\"/search"), "{address}");
    }
    for address in ["/kiosk", "/kiosk/browse", "/api/v1/pinyin?q=a"] {
        let got = ask(kiosk_router(app()), at(address)).await;
        assert_eq!(got.status, StatusCode::OK, "{address}");
        assert!(!got.header("content-security-policy").is_empty());
    }
    let first = ask(kiosk_router(app()), at("/")).await;
    assert_eq!(first.header("location"), "/kiosk");
}

#[tokio::test]
async fn the_keyboard_gets_candidates_page_by_page() {
    let got = get("/api/v1/pinyin?q=zf&page=2&size=8").await;
    assert_eq!(got.header("cache-control"), "no-store");
    let answer = got.json();
    assert_eq!(answer["candidates"].as_array().unwrap().len(), 8);
    assert_eq!(
        (&answer["candidates"][0]["text"], &answer["more"]),
        (&"候选9".into(), &true.into())
    );
    assert_eq!(get("/api/v1/pinyin?q=zf&page=3&size=8").await.json()["more"], false);
    for (address, parameter) in [
        ("/api/v1/pinyin", "q"),
        ("/api/v1/pinyin?q=a&size=51", "size"),
        ("/api/v1/pinyin?q=a&page=0", "page"),
        ("/api/v1/pinyin?q=a&x=1", "x"),
    ] {
        assert_eq!(get(address).await.json()["parameter"], parameter, "{address}");
    }
}
