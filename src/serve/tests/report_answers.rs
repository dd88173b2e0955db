//! What programs are told about annual reports.

use super::*;

#[tokio::test]
async fn a_ledger_has_a_state_for_every_agency_and_year() {
    let ledger = get("/api/v1/ledger").await.json();
    let (years, rows) = (ledger["years"].as_array().unwrap(), ledger["rows"].as_array().unwrap());
    assert_eq!((years.len(), rows.len()), (16, 2), "2008 to 2023");
    let totals = ledger["totals"].as_object().unwrap();
    let sum: u64 = totals.values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(sum, 32);
    assert_eq!(
        (&totals["published"], &totals["removed"], &totals["missing"]),
        (&16.into(), &1.into(), &15.into())
    );
    let of_2019 = get("/api/v1/ledger?agency=%E9%9D%92%E5%B2%9A%E5%8C%BA%E4%BA%BA%E6%B0%91%E6%94%BF%E5%BA%9C&year=2019..2020").await.json();
    let cells = of_2019["rows"][0]["cells"].as_array().unwrap();
    assert_eq!((&cells[0]["state"], &cells[0]["due"]), (&"removed".into(), &"2020-03-31".into()));
    assert_eq!(cells[0]["document"].as_str().unwrap().len(), 16);
    assert_eq!(
        (&cells[1]["state"], &cells[1]["evidence"]),
        (&"missing".into(), &"not_in_list".into())
    );
    assert_eq!(cells[1]["looked_at"], "2024-06-01");
    let csv = get("/api/v1/ledger?year=2020&format=csv&bom=true").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        csv.text.starts_with("\u{feff}agency,kind,region,in_roster,year,state,due,"),
        "{}",
        csv.text
    );
    assert_eq!(csv.text.lines().count(), 3);
    assert_eq!(get("/api/v1/ledger?region=110000").await.json()["rows"], serde_json::json!([]));
}

#[tokio::test]
async fn a_comparison_has_parts_breaks_and_reports() {
    let agency = "%E7%81%B5%E6%B4%B2%E5%B8%82%E6%95%99%E8%82%B2%E5%B1%80";
    let address = format!(
        "/api/v1/compare?metric=requests_received&metric=granted_rate&agency={agency}&year=2018..2021"
    );
    let answer = get(&address).await.json();
    let values = answer["values"].as_array().unwrap();
    assert_eq!(values.len(), 8);
    let told = |at: usize, key: &str| values[at][key].clone();
    let received: Vec<_> = (0..4).map(|at| (told(at, "value"), told(at, "break"))).collect();
    let want = [(3, false), (4, true), (5, false), (6, false)];
    assert_eq!(received, want.map(|(value, is_break)| (value.into(), is_break.into())));
    assert_eq!((told(4, "value"), told(4, "why_null")), (Value::Null, "not_in_form".into()));
    assert_eq!(
        (told(5, "value"), told(5, "numerator"), told(5, "denominator")),
        (0.5.into(), 2.into(), 4.into())
    );
    assert_eq!((told(6, "value"), told(6, "why_null")), (Value::Null, "blank".into()));
    assert_eq!(told(5, "document").as_str().unwrap().len(), 16);
    assert_eq!((told(5, "kind"), told(5, "level")), ("department".into(), "prefecture".into()));
    let formulas = &answer["indicators"][1]["formulas"];
    assert_eq!(
        formulas[1]["formula"],
        "(req_granted__total + req_partially_granted__total) / req_processed_total__total"
    );
    let zero = get(&format!("{address}&blanks=zero")).await.json();
    assert_eq!((&zero["blanks"], &zero["values"][6]["value"]), (&"zero".into(), &0.25.into()));
    assert_eq!(zero["values"][6]["blanks_as_zero"], 1);
    let csv = get(&format!("{address}&format=csv")).await.text;
    assert_eq!(csv.lines().count(), 9);
    assert!(csv.starts_with("indicator,label,unit,agency,"), "{csv}");
    let nobody = get("/api/v1/compare?metric=rev_total&agency=x").await.json();
    assert_eq!(nobody["without_reports"], serde_json::json!(["x"]));
}

#[tokio::test]
async fn figures_lead_to_their_places() {
    let answer = get("/api/v1/figures?metric=prose_requests_received&year=2012").await.json();
    let figure = &answer["figures"][0];
    assert_eq!(
        (&figure["value"], &figure["printed"], &figure["method"]),
        (&10.into(), &"10件".into(), &"sentence".into())
    );
    assert_eq!((&figure["place"], &figure["at"]), (&"text".into(), &serde_json::json!([3, 5])));
    let csv = get("/api/v1/figures?metric=prose_requests_received&year=2012&format=csv").await.text;
    assert!(
        csv.lines()
            .nth(1)
            .unwrap()
            .starts_with("prose_requests_received,灵洲市教育局,990100,2012,10,件,10件,sentence,"),
        "{csv}"
    );
    let report =
        get(&format!("/api/v1/reports/{}", figure["document"].as_str().unwrap())).await.json();
    assert_eq!(
        (&report["year"], &report["figures"]["format"]),
        (&2012.into(), &"narrative".into())
    );
    let notice = Double::id_of("灵洲市人民政府办公室");
    assert_eq!(get(&format!("/api/v1/reports/{notice}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_dictionary_and_what_is_held() {
    let dictionary = get("/api/v1/metrics").await.json();
    assert!(dictionary["metrics"].as_array().unwrap().len() > 300);
    let indicators = dictionary["indicators"].as_array().unwrap();
    assert!(indicators.iter().any(|indicator| indicator["id"] == "litigation_lost_rate"));
    assert!(
        get("/api/v1/metrics?format=csv")
            .await
            .text
            .starts_with("id,forms,table,label,column,unit\r\n")
    );
    let coverage = get("/api/v1/coverage?portal=lingzhou").await.json();
    assert_eq!((&coverage["documents"], &coverage["reports"]), (&28.into(), &17.into()));
    assert_eq!(coverage["rows"][0]["first_captured"], "2026-03-02");
    assert_eq!(get("/api/v1/coverage?format=csv").await.text.lines().count(), 3);
}

#[tokio::test]
async fn the_ledger_is_a_page() {
    let page = get("/ledger?year=2019..2020&region=&utm_source=wx").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("2 个机关 × 2 个年度"), "{}", page.text);
    assert!(page.text.contains(r#"<td class="state removed" title="已收录报告，原网站已移除；应于 2020-03-31；发布于 2020-01">"#), "{}", page.text);
    assert!(
        page.text.contains(r#"<td class="state missing" title="截止日后读取的栏目中没有；"#),
        "{}",
        page.text
    );
    assert!(
        page.text.contains(r#"href="/api/v1/ledger?year=2019..2020&amp;format=csv&amp;bom=true""#),
        "{}",
        page.text
    );
    assert!(get("/ledger?agency=%3Cscript%3E").await.text.contains("0 个机关"));
}

#[tokio::test]
async fn a_comparison_is_a_page_with_a_table_beside_each_chart() {
    let agency = "%E7%81%B5%E6%B4%B2%E5%B8%82%E6%95%99%E8%82%B2%E5%B1%80";
    let page = get(&format!(
        "/compare?metric=requests_received&metric=granted_rate&agency={agency}&blanks=zero&x=1"
    ))
    .await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.text.matches("<svg ").count(), 2, "one agency: lines, no bars");
    assert_eq!(page.text.matches("<desc id=").count(), 2);
    assert_eq!(page.text.matches("<table ").count(), 2);
    assert!(
        page.text.contains("收到申请数（件）") && page.text.contains("口径不同"),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("空白计为零") && page.text.contains(r#"title="2 / 4""#),
        "{}",
        page.text
    );
    assert_eq!(page.text.matches("<script").count(), 1, "only our own: {}", page.text);
    let nobody = get("/compare?metric=no_such&agency=%3Cscript%3E").await;
    assert!(nobody.text.contains("没有收录“&lt;script&gt;”"), "{}", nobody.text);
}

#[tokio::test]
async fn agencies_of_one_year_are_bars_and_charts_are_files() {
    let page = get("/compare?metric=requests_received&year=2019").await;
    assert!(page.text.contains("<h3>2019 年</h3>"), "{}", page.text);
    assert!(
        page.text
            .contains("/compare/chart.svg?metric=requests_received&amp;year=2019&amp;kind=bar"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("<code>req_"), "ids are behind a fold");
    for kind in ["line", "bar"] {
        let file =
            get(&format!("/compare/chart.svg?metric=requests_received&year=2019&kind={kind}"))
                .await;
        assert_eq!(file.header("content-type"), "image/svg+xml", "{kind}");
        assert!(file.text.starts_with("<?xml version=\"1.0\""), "{}", file.text);
        assert!(file.text.contains("<desc id=\"chart-d\">"), "{}", file.text);
        assert_eq!(file.text.matches("<svg ").count(), 1);
    }
    assert_eq!(get("/compare/chart.svg?agency=x").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_report_is_a_page_with_last_year_beside_it() {
    let id = Double::id_of("灵洲市教育局2021年");
    let page = get(&format!("/report/{id}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for wanted in [
        "六部分格式，2021 年表格",
        "没有读到",
        "每个数字旁是 2020 年报告的同一数字",
        r#"<b aria-current="page">2021</b>"#,
        "4 个数字",
        "<svg ",
        &format!("/api/v1/reports/{id}?format=csv"),
    ] {
        assert!(page.text.contains(wanted), "{wanted}: {}", page.text);
    }
    assert_eq!(page.text.matches("<script").count(), 1, "that of all pages: {}", page.text);
    let csv = get(&format!("/api/v1/reports/{id}?format=csv")).await;
    assert_eq!(csv.text.lines().count(), 5, "{}", csv.text);
    let notice = Double::id_of("灵洲市人民政府办公室");
    let other = get(&format!("/report/{notice}")).await;
    assert_eq!(other.header("location"), format!("/document/{notice}"));
    assert_eq!(get("/report/0000000000000000").await.status, StatusCode::NOT_FOUND);
    assert_eq!(get("/report/x").await.status, StatusCode::NOT_FOUND);
    let withheld = Double::id_of("不能显示的文件");
    assert_eq!(get(&format!("/report/{withheld}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_held_is_a_page() {
    let page = get("/coverage?utm_source=wx").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text.contains("灵洲市人民政府网") && page.text.contains("导入的数据"),
        "{}",
        page.text
    );
    let one = get("/coverage?portal=lingzhou").await;
    assert!(one.text.contains("只看“灵洲市人民政府网”"), "{}", one.text);
    assert!(one.text.contains("/api/v1/coverage?portal=lingzhou&amp;format=xlsx"), "{}", one.text);
    assert!(get("/coverage?portal=%3Cscript%3E").await.text.contains("只看“&lt;script&gt;”"));
}

/// Address, parameter at fault.
const REFUSED: &[(&str, &str)] = &[
    ("/api/v1/ledger?x=1", "x"),
    ("/api/v1/ledger?year=20", "year"),
    ("/api/v1/ledger?year=2020&year=2021", "year"),
    ("/api/v1/ledger?region=city", "region"),
    ("/api/v1/ledger?format=xml", "format"),
    ("/api/v1/ledger?agency=+", "agency"),
    ("/api/v1/compare", "metric"),
    ("/api/v1/compare?metric=no_such", "metric"),
    ("/api/v1/compare?metric=rev_total&blanks=0", "blanks"),
    ("/api/v1/compare?metric=rev_total&rank=all", "rank"),
    ("/api/v1/figures?year=2020", "metric"),
    ("/api/v1/metrics?q=1", "q"),
    ("/api/v1/coverage?portal=a&portal=b", "portal"),
    ("/api/v1/reports/nothing", "id"),
];

#[tokio::test]
async fn bad_parameters_of_tables_are_named() {
    for (address, parameter) in REFUSED {
        let got = get(address).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{address}: {}", got.text);
        assert_eq!(got.json()["parameter"], *parameter, "{address}");
    }
}
