//! What changed between two versions, for people and programs. Of the double's notice, the first version says 试行.

use super::*;

#[tokio::test]
async fn programs_get_both_texts_to_the_character() {
    let id = Double::id_of("灵洲市人民政府办公室");
    let diff = get(&format!("/api/v1/documents/{id}/diff")).await.json();
    assert_eq!((&diff["from"]["number"], &diff["to"]["number"]), (&1.into(), &2.into()));
    assert_eq!(
        (&diff["grain"], &diff["deleted"], &diff["inserted"]),
        (&"words".into(), &9.into(), &0.into())
    );
    let joined = |gone: &str| -> String {
        let spelling = if gone == "inserted" { "old_spelling" } else { "text" };
        let pieces = diff["text"].as_array().unwrap().iter().filter(|p| p["change"] != gone);
        pieces.map(|p| p[spelling].as_str().or(p["text"].as_str()).unwrap()).collect()
    };
    for (number, gone) in [(1, "inserted"), (2, "deleted")] {
        let version = get(&format!("/api/v1/documents/{id}/versions/{number}")).await.json();
        assert_eq!(version["text"], joined(gone));
    }
    let back = get(&format!("/api/v1/documents/{id}/diff?from=2&to=1")).await.json();
    assert_eq!((&back["deleted"], &back["inserted"]), (&0.into(), &9.into()));
}

#[tokio::test]
async fn people_read_it_side_by_side_and_as_one_text() {
    let id = Double::id_of("灵洲市人民政府办公室");
    let gone = "<del><span class=\"unseen\">【删去：</span>&lt;b&gt;试行&lt;/b&gt;　<span class=\"unseen\">】</span></del>";
    for (view, times) in [("", 2), ("&view=side", 1), ("&view=inline", 1), ("&view=x", 2)] {
        let page = get(&format!("/document/{id}/diff?from=1&to=2&utm_source=wx{view}")).await;
        assert_eq!(
            (page.status, page.text.matches(gone).count()),
            (StatusCode::OK, times),
            "{}",
            page.text
        );
        assert!(page.text.contains("正文删去 <strong>9</strong> 字，新增 <strong>0</strong> 字"));
        assert!(page.text.contains("没有改动的") && !page.text.contains("<b>"));
    }
    let same = get(&format!("/document/{id}/diff?from=2&to=2")).await.text;
    assert!(
        same.contains("两个版本的正文没有不同") && !same.contains("class=\"change\""),
        "{same}"
    );
}

#[tokio::test]
async fn what_is_not_there_or_withheld_is_not_compared() {
    let (id, withheld) = (Double::id_of("灵洲市人民政府办公室"), Double::id_of("不能显示"));
    for (id, query) in [(id, "?from=1&to=3"), (withheld, ""), (withheld, "?from=1&to=1")] {
        for address in ["/document", "/api/v1/documents"] {
            let got = get(&format!("{address}/{id}/diff{query}")).await;
            assert_eq!(got.status, StatusCode::NOT_FOUND, "{address} {query}");
        }
    }
    for (query, parameter) in [("from=0", "from"), ("to=x", "to"), ("with=1", "with")] {
        let problem = get(&format!("/api/v1/documents/{id}/diff?{query}")).await;
        assert_eq!(problem.status, StatusCode::BAD_REQUEST);
        assert_eq!(problem.json()["parameter"], parameter);
    }
}
