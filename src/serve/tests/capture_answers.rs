//! What was kept of a document's page, and when.

use super::*;

#[tokio::test]
async fn captures_are_told_newest_first() {
    let id = Double::id_of("灵洲市人民政府办公室");
    let page = get(&format!("/document/{id}/captures")).await.text;
    let at = |told: &str| page.find(told).unwrap_or_else(|| panic!("{told}: {page}"));
    assert!(page.contains("共采集 3 次"));
    assert!(at("没有得到网页") < at("与上次相同") && at("与上次相同") < at("首次采集"));
    assert!(page.contains("<td>404</td>") && page.contains("sha256:aa11"));
    let imported = Double::id_of("<script>");
    assert!(get(&format!("/document/{imported}/captures")).await.text.contains("没有采集记录"));
}

#[tokio::test]
async fn versions_are_a_time_map() {
    let id = Double::id_of("灵洲市人民政府办公室");
    let got = get(&format!("/document/{id}/timemap")).await;
    assert_eq!(got.header("content-type"), "application/link-format");
    let at = "datetime=\"Mon, 02 Mar 2026 01:30:00 GMT\"";
    let want = format!(
        "<https://www.lingzhou.example/zwgk/2020/t1.html>; rel=\"original\",\n\
         <http://localhost/document/{id}/timemap>; rel=\"self\"; type=\"application/link-format\",\n\
         <http://localhost/document/{id}/versions/1>; rel=\"first memento\"; {at},\n\
         <http://localhost/document/{id}/versions/2>; rel=\"last memento\"; {at}\n"
    );
    assert_eq!(got.text, want);
}

#[tokio::test]
async fn nothing_is_told_of_what_is_withheld() {
    let withheld = Double::id_of("不能显示");
    for id in [withheld.as_str(), "x", "0000000000000000"] {
        for part in ["captures", "timemap"] {
            let got = get(&format!("/document/{id}/{part}")).await;
            assert_eq!(got.status, StatusCode::NOT_FOUND, "{id} {part}");
        }
    }
}
