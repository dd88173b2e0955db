//! What programs are told.

use super::*;
use crate::search::Facet;

#[tokio::test]
async fn a_search_has_hits_counts_and_facets() {
    let got = get("/api/v1/search?q=%E4%BE%9D%E7%94%B3%E8%AF%B7%E5%85%AC%E5%BC%80&size=100").await;
    assert_eq!((got.status, got.header("content-type")), (StatusCode::OK, "application/json"));
    let answer = got.json();
    assert_eq!(answer["total"], 28);
    assert_eq!(answer["total_all_words"], 28);
    let hits = answer["hits"].as_array().unwrap();
    let notice = hits.iter().find(|hit| hit["category"] == "policy").unwrap();
    assert_eq!(notice["doc_no"], "灵政办发〔2020〕12号");
    assert_eq!(notice["agency"], "灵洲市人民政府办公室");
    assert_eq!(notice["published_date"], "2020-03-01");
    assert_eq!(notice["year"], 2020);
    assert_eq!(notice["url"], "https://www.lingzhou.example/zwgk/2020/t1.html");
    assert_eq!(notice["external_id"], Value::Null);
    assert_eq!(notice["missing"], serde_json::json!([]));
    let pieces = notice["snippets"][0].as_array().unwrap();
    assert!(pieces.contains(&serde_json::json!({"text": "依申请公开", "hit": true})));
    let hostile = hits.iter().find(|hit| hit["title"] == HOSTILE).unwrap();
    assert_eq!(hostile["url"], Value::Null, "javascript: is no link");
    for facet in Facet::ALL.map(Facet::name) {
        let values = answer["facets"][facet].as_array().unwrap();
        assert!(values.iter().all(|v| v["value"].is_string() && v["count"].is_u64()), "{facet}");
    }
    let years = answer["facets"]["year"].as_array().unwrap();
    assert!(years.iter().any(|v| v["value"] == "unknown" && v["count"] == 1));
}

#[tokio::test]
async fn filters_repeat_and_pages_turn() {
    let got =
        get("/api/v1/search?year=2019&year=2020&year=unknown&size=2&page=2&sort=oldest").await;
    let answer = got.json();
    assert_eq!((&answer["page"], &answer["size"]), (&2.into(), &2.into()));
    assert_eq!(answer["hits"].as_array().unwrap().len(), 2);
    assert_eq!(answer["total"], 6);
    let more = get("/api/v1/search?q=%E7%AD%94%E5%A4%8D+%E5%BD%93%E5%9C%BA").await.json();
    assert!(more["total"].as_u64() > more["total_all_words"].as_u64());
    assert_eq!(more["relaxed"], serde_json::json!(["fewer_words"]));
    assert_eq!(answer["relaxed"], serde_json::json!([]));
    let years = answer["year_histogram"].as_array().unwrap();
    assert!(years.iter().zip(2019..).all(|(year, n)| year["year"] == n), "{years:?}");
    assert_eq!(more["hits"][1]["missing"], serde_json::json!(["当场"]));
}

/// Address, status, parameter at fault, last part of the problem's type.
const REFUSED: &[(&str, u16, &str, &str)] = &[
    ("/api/v1/search?bogus=1", 400, "bogus", "unknown-parameter"),
    ("/api/v1/search?q=a&q=b", 400, "q", "bad-parameter"),
    ("/api/v1/search?q=%FF", 400, "q", "bad-parameter"),
    ("/api/v1/search?%FF=1", 400, "\u{fffd}", "bad-parameter"),
    ("/api/v1/search?year=20", 400, "year", "bad-parameter"),
    ("/api/v1/search?year=2019..", 400, "year", "bad-parameter"),
    ("/api/v1/search?year=", 400, "year", "bad-parameter"),
    ("/api/v1/search?category=A%2Fb", 400, "category", "bad-parameter"),
    ("/api/v1/search?portal=../x", 400, "portal", "bad-parameter"),
    ("/api/v1/search?agency=+", 400, "agency", "bad-parameter"),
    ("/api/v1/search?region=33", 400, "region", "bad-parameter"),
    ("/api/v1/search?status=withheld", 400, "status", "bad-parameter"),
    ("/api/v1/search?file=..%2F", 400, "file", "bad-parameter"),
    ("/api/v1/search?facet_query=agency", 400, "facet_query", "bad-parameter"),
    ("/api/v1/search?facet_query=color:red", 400, "facet_query", "bad-parameter"),
    ("/api/v1/search?sort=best", 400, "sort", "bad-parameter"),
    ("/api/v1/search?syntax=lucene", 400, "syntax", "bad-parameter"),
    ("/api/v1/search?page=0", 400, "page", "bad-parameter"),
    ("/api/v1/search?page=-1", 400, "page", "bad-parameter"),
    ("/api/v1/search?page=", 400, "page", "bad-parameter"),
    ("/api/v1/search?page=99999999999999999999", 400, "page", "bad-parameter"),
    ("/api/v1/search?size=101", 400, "size", "bad-parameter"),
    ("/api/v1/search?size=1e2", 400, "size", "bad-parameter"),
    ("/api/v1/search?page=101&size=100", 400, "page", "limit"),
    ("/api/v1/search?q=%28%28&syntax=strict", 400, "q", "bad-query"),
    ("/api/v1/search?q=!slow", 503, "q", "too-slow"),
    ("/api/v1/search?q=!broken", 500, "", "internal"),
    ("/api/v1/search?q=!panic", 500, "", "internal"),
    ("/api/v1/documents/nothing", 400, "id", "bad-parameter"),
    ("/api/v1/documents/%FF", 400, "id", "bad-parameter"),
    ("/api/v1/documents/0000000000000000", 404, "", "not-found"),
    ("/api/v1/documents/0000000000000000?x=1", 400, "x", "unknown-parameter"),
    ("/api/v1/reports/0000000000000000/repeats", 404, "", "not-found"),
    ("/api/v1/reports/0000000000000000/repeats?q=a", 400, "q", "unknown-parameter"),
    ("/api/v1/documents/0000000000000000/similar", 404, "", "not-found"),
    ("/api/v1/documents/nothing/similar", 400, "id", "bad-parameter"),
    ("/api/v1/documents/0000000000000000/similar?size=51", 400, "size", "bad-parameter"),
    ("/api/v1/documents/0000000000000000/similar?q=a", 400, "q", "unknown-parameter"),
    ("/api/v1/documents/0000000000000000/explain?q=a", 404, "", "not-found"),
    ("/api/v1/documents/0000000000000000/explain?x=a", 400, "x", "unknown-parameter"),
    ("/api/v1/search?group=all", 400, "group", "bad-parameter"),
    ("/api/v1/documents/", 404, "", "not-found"),
    ("/api/v1/nothing", 404, "", "not-found"),
    ("/api/v2/search", 404, "", "not-found"),
    ("/openapi.json?x", 400, "x", "unknown-parameter"),
];

#[tokio::test]
async fn refusals_name_the_parameter() {
    for (address, status, parameter, kind) in REFUSED {
        let got = get(address).await;
        assert_eq!(got.status.as_u16(), *status, "{address}: {}", got.text);
        assert_eq!(got.header("content-type"), "application/problem+json", "{address}");
        let problem = got.json();
        assert_eq!(problem["status"], *status, "{address}");
        assert_eq!(problem["parameter"].as_str().unwrap_or_default(), *parameter, "{address}");
        assert_eq!(problem["type"], format!("/api#{kind}"), "{address}");
        assert!(!problem["title"].as_str().unwrap().is_empty(), "{address}");
        assert!(!problem["detail"].as_str().unwrap().is_empty(), "{address}");
        assert!(!got.text.contains("secret"), "causes stay in the log: {}", got.text);
        assert_eq!(got.header("retry-after").is_empty(), *status != 503, "{address}");
    }
}

#[tokio::test]
async fn a_document_is_explained_and_has_others_like_it() {
    let id = Double::id_of("灵洲市人民政府办公室关于印发");
    let told = get(&format!("/api/v1/documents/{id}/explain?q=公开")).await.json();
    assert_eq!(
        (told["listed"].as_bool(), told["failing"].as_array().unwrap().len()),
        (Some(true), 0)
    );
    assert_eq!(told["leaves"][0]["places"][0]["part"], "title");
    assert_eq!(told["parts"][0]["kind"], "title");
    let told = get(&format!("/api/v1/documents/{id}/explain?q=航天")).await.json();
    assert_eq!((told["listed"].as_bool(), &told["failing"][0]), (Some(false), &"航天".into()));
    let like = get(&format!("/api/v1/documents/{id}/similar?size=3")).await.json();
    let like = like["documents"].as_array().unwrap();
    assert!(like.len() <= 3 && like.iter().all(|one| one["id"] != id.as_str()));
}

#[tokio::test]
async fn copies_are_folded_when_asked_for() {
    let folded = get("/api/v1/search?q=公开&group=near").await.json();
    assert!(folded["total_groups"].is_u64());
    assert!(get("/api/v1/search?q=公开").await.json().get("total_groups").is_none());
}

#[tokio::test]
async fn limits_of_the_query_are_named() {
    let long = format!("/api/v1/search?q={}", "a".repeat(501));
    let problem = get(&long).await.json();
    assert_eq!((&problem["parameter"], &problem["type"]), (&"q".into(), &"/api#limit".into()));
    let strict = get("/api/v1/search?q=a+%28%28b&syntax=strict").await.json();
    assert_eq!(strict["position"], 5);
    let filters = format!("/api/v1/search?{}", "year=2000&".repeat(3));
    assert_eq!(get(&filters).await.status, StatusCode::OK, "the same value twice is one value");
    let filters: Vec<String> = (0..65).map(|n| format!("agency=a{n}")).collect();
    let problem = get(&format!("/api/v1/search?{}", filters.join("&"))).await.json();
    assert_eq!(problem["parameter"], "agency");
}

#[tokio::test]
async fn a_document_has_all_its_fields_and_their_evidence() {
    let id = Double::id_of("灵洲市人民政府办公室");
    let got = get(&format!("/api/v1/documents/{id}")).await;
    let document = got.json();
    assert_eq!(document["id"], id.as_str());
    assert_eq!(document["written_date"], "2020-02-26");
    assert_eq!(document["index_no"], "LZ-2020-00012");
    let from = serde_json::json!({"from": "box", "what": "文号"});
    assert_eq!(document["evidence"]["doc_no"], from);
    assert_eq!(document["evidence"]["written_date"]["what"], Value::Null);
    assert_eq!(document["attachments"][0]["name"], "政府信息公开申请表.docx");
    assert_eq!(document["attachments"][1]["url"], Value::Null);
    assert_eq!(document["versions"][0]["number"], 1);
    assert_eq!(document["captured_at"], "2026-03-02T01:30:00Z");
    assert!(document["text"].as_str().unwrap().contains("第二条"));

    let typed = id.as_str().to_uppercase();
    assert_eq!(get(&format!("/api/v1/documents/{typed}")).await.text, got.text);
    let tag = got.header("etag").to_owned();
    let again =
        send(Method::GET, &format!("/api/v1/documents/{id}"), &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));

    let withheld = Double::id_of("不能显示");
    assert_eq!(get(&format!("/api/v1/documents/{withheld}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn versions_are_read_one_by_one() {
    let id = Double::id_of("灵洲市人民政府办公室");
    let version = get(&format!("/api/v1/documents/{id}/versions/2")).await.json();
    assert_eq!((&version["number"], &version["id"]), (&2.into(), &id.as_str().into()));
    assert_eq!(version["digest"].as_str().unwrap().len(), 64);
    assert_eq!(version["captured_at"], "2026-03-02T01:30:00Z");
    assert!(version["text"].as_str().unwrap().contains("第二条"));
    let page = get(&format!("/document/{id}/versions/1")).await.text;
    assert!(page.contains("第 1 版，共 2 版") && page.contains("内容已有修改"), "{page}");
    let withheld = Double::id_of("不能显示");
    for (of, number) in [(id, "3"), (id, "0"), (withheld, "1")] {
        for address in ["/document", "/api/v1/documents"] {
            let got = get(&format!("{address}/{of}/versions/{number}")).await;
            assert_eq!(got.status, StatusCode::NOT_FOUND, "{address} {number}");
        }
    }
    let problem = get(&format!("/api/v1/documents/{id}/versions/x")).await.json();
    assert_eq!(problem["parameter"], "n");
}

#[tokio::test]
async fn the_description_lists_every_address() {
    let description = get("/openapi.json").await.json();
    assert_eq!(description["openapi"], "3.1.0");
    let described: Vec<&String> = description["paths"].as_object().unwrap().keys().collect();
    let mut served: Vec<&str> = api::routes().iter().map(|(path, _)| *path).collect();
    served.sort_unstable();
    assert_eq!(described, served);
    let search = &description["paths"]["/api/v1/search"]["get"];
    let named = |name: &str| {
        let parameters = search["parameters"].as_array().unwrap();
        parameters.iter().find(|p| p["name"] == name).unwrap_or_else(|| panic!("{name}")).clone()
    };
    assert_eq!(named("category")["schema"]["type"], "array");
    assert_eq!(named("category")["required"], false);
    assert_eq!(named("size")["schema"]["maximum"], 100);
    assert_eq!(named("sort")["schema"]["enum"][1], "newest", "{}", named("sort"));
    for status in ["400", "500", "503"] {
        let content = &search["responses"][status]["content"];
        assert!(content.get("application/problem+json").is_some(), "{status}");
    }
    for schema in ["SearchAnswer", "DocumentAnswer", "Problem", "HealthAnswer"] {
        assert!(description["components"]["schemas"].get(schema).is_some(), "{schema}");
    }
    references_resolve(&description, &description);
}

fn references_resolve(part: &Value, whole: &Value) {
    match part {
        Value::Object(members) => {
            if let Some(target) = members.get("$ref").and_then(Value::as_str) {
                assert!(whole.pointer(target.trim_start_matches('#')).is_some(), "{target}");
            }
            members.values().for_each(|member| references_resolve(member, whole));
        }
        Value::Array(items) => items.iter().for_each(|item| references_resolve(item, whole)),
        _ => {}
    }
}

#[tokio::test]
async fn health_says_ok_or_why_not() {
    let well = get("/healthz").await.json();
    assert_eq!((&well["status"], &well["documents"]), (&"ok".into(), &29.into()));
    assert_eq!(well["index_generation"], "g000001");
    let mut ill = Double::new();
    ill.health.reasons.push("portals/a.toml:3: unknown key".into());
    let request = Request::get("/healthz").body(Body::empty()).unwrap();
    let got = ask(service_of(ill), request).await;
    assert_eq!(got.status, StatusCode::OK);
    assert_eq!(got.json()["status"], "degraded");
    assert_eq!(got.json()["reasons"][0], "portals/a.toml:3: unknown key");
}
