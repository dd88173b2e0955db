//! Documents that are parts of one page.

use serde_json::json;

use super::*;

async fn get(address: &str) -> Got {
    let request = Request::builder().uri(address).body(Body::empty()).unwrap();
    ask(service_of(Double::with_collection()), request).await
}

#[tokio::test]
async fn parts_of_a_page_name_each_other() {
    let ids = Double::with_collection().ids();
    let (id, other) = (ids["灵洲市水利局防汛工作总结"], ids["灵洲市水利局抗旱工作总结"]);
    let part = get(&format!("/api/v1/documents/{id}")).await.json();
    assert_eq!(part["part"], "heading 灵洲市水利局防汛工作总结");
    let siblings = json!([{ "id": other, "title": "灵洲市水利局抗旱工作总结" }]);
    assert_eq!(part["siblings"], siblings, "withheld ones are not named");
    let page = get(&format!("/document/{id}")).await.text;
    assert!(page.contains("本页还有其他文件") && page.contains("灵洲市水利局抗旱工作总结</a>"));
    assert!(!page.contains("通讯录"));
}

#[tokio::test]
async fn a_document_of_its_own_page_has_no_siblings() {
    let id = Double::id_of("青岚区");
    let whole = get(&format!("/api/v1/documents/{id}")).await.json();
    assert_eq!((&whole["part"], &whole["siblings"]), (&Value::Null, &json!([])));
    assert!(!get(&format!("/document/{id}")).await.text.contains("本页还有其他文件"));
}
