//! Files of searches and of tables.

use super::*;

/// 灵洲, percent-encoded.
const LINGZHOU: &str = "%E7%81%B5%E6%B4%B2";

async fn bytes_of(address: &str) -> Vec<u8> {
    let request = Request::builder().uri(address).body(Body::empty()).unwrap();
    let response = service().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{address}");
    to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()
}

#[tokio::test]
async fn a_search_is_exported_whole_whatever_its_page() {
    let total = get(&format!("/api/v1/search?q={LINGZHOU}&size=2")).await.json()["total"].clone();
    let total = usize::try_from(total.as_u64().unwrap()).unwrap();
    assert!(total > 10, "{total}");
    let address = |form: &str| {
        format!("/api/v1/search/export?q={LINGZHOU}&page=3&size=2&sort=newest&format={form}")
    };
    let csv = get(&address("csv&bom=true")).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"gongkai-search.csv\"");
    assert!(csv.text.starts_with("\u{feff}id,external_id,title,url,portal,"), "{}", csv.text);
    assert_eq!(csv.text.lines().count(), total + 1);
    let jsonl = get(&address("jsonl")).await.text;
    let lines: Vec<Value> = jsonl.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), total);
    assert!(lines.iter().all(|line| line["captured_at"] == "2026-03-02T01:30:00Z"));
    assert!(lines.iter().any(|line| line["figures"]["prose_requests_received"] == 10));
    assert!(lines.iter().any(|line| !line["group"].is_null()));
    let asked = get(&format!("/api/v1/search?q={LINGZHOU}&sort=newest&size=100")).await.json();
    let ids = |list: &[Value]| list.iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&lines), ids(asked["hits"].as_array().unwrap()), "the same order");
    assert_eq!(get(&address("bibtex")).await.text.matches("urldate").count(), total);
    assert_eq!(get(&address("ris")).await.text.matches("ER  - ").count(), total);
    assert_eq!(get(&address("csljson")).await.json().as_array().unwrap().len(), total);
    assert!(bytes_of(&address("parquet")).await.starts_with(b"PAR1"));
    assert!(bytes_of(&address("xlsx")).await.starts_with(b"PK"));
}

#[tokio::test]
async fn what_is_withheld_is_in_no_file() {
    for form in ["csv", "jsonl", "bibtex", "ris", "csljson"] {
        let text = get(&format!("/api/v1/search/export?q=&format={form}")).await.text;
        assert!(!text.contains("不能显示的文件"), "{form}");
        assert!(text.contains("没有正文的文件"), "{form}: {text}");
    }
}

#[tokio::test]
async fn a_title_is_never_a_formula() {
    let csv = get("/api/v1/search/export?q=&format=csv").await.text;
    let starts = csv.lines().flat_map(|line| line.split(','));
    assert!(starts.into_iter().all(|cell| !cell.starts_with(['=', '@'])), "{csv}");
}

#[tokio::test]
async fn tables_are_files_in_every_form() {
    for table in
        ["metrics?", "coverage?", "ledger?", "compare?metric=requests_received&", "figures?"]
    {
        let csv = get(&format!("/api/v1/{table}format=csv")).await.text;
        let jsonl = get(&format!("/api/v1/{table}format=jsonl")).await.text;
        assert_eq!(csv.lines().count(), jsonl.lines().count() + 1, "{table}");
        assert!(jsonl.lines().count() > 1, "{table}");
        let header: Vec<String> =
            csv.lines().next().unwrap().split(',').map(str::to_owned).collect();
        let first: Value = serde_json::from_str(jsonl.lines().next().unwrap()).unwrap();
        assert!(header.iter().all(|name| first.get(name).is_some()), "{table}");
        let xlsx = bytes_of(&format!("/api/v1/{table}format=xlsx")).await;
        assert!(xlsx.starts_with(b"PK"), "{table}");
        let parquet = bytes_of(&format!("/api/v1/{table}format=parquet")).await;
        assert!(parquet.ends_with(b"PAR1"), "{table}");
    }
}

/// Address, parameter at fault.
const REFUSED: &[(&str, &str)] = &[
    ("/api/v1/search/export?q=a&format=pdf", "format"),
    ("/api/v1/search/export?q=a&format=csv&bom=1", "bom"),
    ("/api/v1/search/export?q=a&colour=red", "colour"),
    ("/api/v1/search/export?q=a&year=20", "year"),
    ("/api/v1/search/export?q=%28%28&syntax=strict", "q"),
];

#[tokio::test]
async fn bad_parameters_of_exports_are_named() {
    for (address, parameter) in REFUSED {
        let got = get(address).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{address}: {}", got.text);
        assert_eq!(got.json()["parameter"], *parameter, "{address}");
    }
    for query in ["!panic", "!broken"] {
        let got = get(&format!("/api/v1/search/export?q={query}")).await;
        assert_eq!(got.status, StatusCode::INTERNAL_SERVER_ERROR, "{query}");
    }
}
