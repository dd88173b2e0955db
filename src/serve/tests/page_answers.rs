//! What people are shown.

use super::*;

/// The page's main part, for reading in snapshots.
fn main_part(page: &str) -> &str {
    let start = page.find("<main").unwrap();
    &page[start..page.find("</main>\n<footer").unwrap()]
}

/// A page without the data about its document, which is no script.
fn without_data(page: &str) -> String {
    let Some((before, rest)) = page.split_once(r#"<script type="application/ld+json">"#) else {
        return page.to_owned();
    };
    format!("{before}{}", rest.split_once("</script>").unwrap().1)
}

#[tokio::test]
async fn the_first_page() {
    let got = get("/?from=timeline").await;
    assert_eq!(got.header("content-type"), "text/html; charset=utf-8");
    insta::assert_snapshot!("home", got.text);
}

#[tokio::test]
async fn a_list_of_hits() {
    let address = "/search?q=%E4%BE%9D%E7%94%B3%E8%AF%B7%E5%85%AC%E5%BC%80+%E7%AD%94%E5%A4%8D&year=2019&year=2020";
    insta::assert_snapshot!("search", main_part(&get(address).await.text));
}

#[tokio::test]
async fn a_document() {
    let id = Double::id_of("灵洲市人民政府办公室");
    let address = format!("/document/{id}?q=%E4%BE%9D%E7%94%B3%E8%AF%B7%E5%85%AC%E5%BC%80");
    insta::assert_snapshot!("document", main_part(&without_data(&get(&address).await.text)));
}

#[tokio::test]
async fn a_page_of_the_list_leads_to_the_others() {
    let page = get("/search?q=&page=2&sort=newest&spm=1&utm_source=wx").await.text;
    assert!(page.contains("找到 <strong>29</strong> 份文件"), "{page}");
    assert!(page.contains(r#"<a rel="prev" href="/search?q=&amp;sort=newest">"#));
    assert!(page.contains(r#"<a rel="next" href="/search?q=&amp;sort=newest&amp;page=3">"#));
    assert!(page.contains(r#"<input type="hidden" name="sort" value="newest">"#));
    assert!(!page.contains("&amp;utm_source"));
    assert!(page.contains("已从原网站移除"));
    assert!(page.contains("未注明") && page.contains("灵洲市人民政府网"));
    assert!(get("/search?q=&page=900").await.text.contains("这一页没有结果"));
}

#[tokio::test]
async fn what_is_typed_is_always_read_somehow() {
    let long = "公".repeat(600);
    let many = "公 ".repeat(100);
    for (address, told) in [
        ("/search?q=a+((b&syntax=strict".to_owned(), "按普通方式搜索"),
        (format!("/search?q={}", escape(&long)), "只用了前 500 个字"),
        (format!("/search?q={}", escape(&many)), "只用了前面的一部分"),
        ("/search?q=zzz&year=2020".to_owned(), "去掉筛选条件再搜索"),
        ("/search?q=%FF&q=b&q=c&size=zzz&page=-1".to_owned(), "没有找到"),
        ("/search".to_owned(), "找到"),
    ] {
        let got = get(&address).await;
        assert_eq!(got.status, StatusCode::OK, "{address}");
        assert!(got.text.contains(told), "{address}: {told}");
    }
    assert!(get("/search?q=zzz").await.text.contains("依申请公开 收费"), "help with examples");
    let slow = get("/search?q=!slow").await;
    assert_eq!((slow.status, slow.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "2"));
    let broken = get("/search?q=!broken").await;
    assert_eq!(broken.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(broken.text.contains("页面暂时无法显示") && !broken.text.contains("secret"));
}

fn escape(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn hostile_titles_are_text() {
    let list = get("/search?q=%3Cscript%3Ealert(3)%3C%2Fscript%3E%22%27").await;
    let listed = get("/search?q=&size=100").await;
    let id = Double::id_of("<script>");
    let document = get(&format!("/document/{id}?q=%3Ciframe")).await;
    for page in [&list.text, &listed.text, &without_data(&document.text)] {
        let page = page.replacen("<script src=\"/assets/", "", 1);
        for raw in ["<script", "<img src=x", "<iframe", "</main>依", "javascript:alert(document"] {
            assert!(!page.contains(raw), "{raw}");
        }
        assert_eq!(page.matches("</main>").count(), 1);
    }
    assert!(listed.text.contains("&lt;script&gt;alert(&quot;灵洲&quot;)"));
    assert!(listed.text.contains("{{ 7*7 }}"), "templates are not applied twice");
    assert!(!document.text.contains("查看原网页"), "no link to javascript:");
}

#[tokio::test]
async fn documents_say_what_they_are() {
    let page = |start: &str| format!("/document/{}", Double::id_of(start));
    let removed = get(&page("青岚区")).await.text;
    assert!(removed.contains("已从原网站移除") && removed.contains("非官方原件"));
    assert!(removed.contains("2026年3月2日 09:30（北京时间）"));
    assert!(removed.contains("2020年1月<"), "a month stays a month");
    let suspected = get(&page("灵洲市防汛抗旱指挥部第1号")).await.text;
    assert!(suspected.contains("原网站暂时无法打开") && !suspected.contains("历次版本"));
    let refused = get(&page("灵洲市防汛抗旱指挥部第2号")).await.text;
    assert!(refused.contains("原网站拒绝本站自动访问") && refused.contains("不表示原文已被移除"));
    assert!(!refused.contains("已从原网站移除"));
    let bare = get(&page("没有正文")).await.text;
    assert!(bare.contains("没有读到正文") && bare.contains("A/17"));
    let notice = without_data(&get(&page("灵洲市人民政府办公室")).await.text);
    assert!(notice.contains("历次版本") && notice.contains("信息栏：文号"));
    let rel = r#"rel="noopener noreferrer nofollow""#;
    assert_eq!(notice.matches("href=\"https:").count(), notice.matches(rel).count());
    assert!(!notice.contains("javascript:"));
    assert_eq!(get(&page("不能显示")).await.status, StatusCode::NOT_FOUND);
    let id = Double::id_of("青岚区").to_string();
    let typed = get(&format!("/document/{}?q=a", id.to_uppercase())).await;
    assert_eq!(typed.status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(typed.header("location"), format!("/document/{id}?q=a"));
}

#[tokio::test]
async fn a_page_that_is_not_there_offers_the_box() {
    for address in
        ["/nothing", "/document/nothing", "/document/0000000000000000", "/%FF", "/assets/x"]
    {
        let got = get(address).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{address}");
        assert!(got.text.contains("没有找到这个页面") && got.text.contains(r#"role="search""#));
    }
}

#[tokio::test]
async fn pages_hold_no_script_and_no_style_of_their_own() {
    for address in ["/", "/search?q=%E5%85%AC%E5%BC%80", "/api", "/nothing"] {
        let page = get(address).await.text;
        for forbidden in [" style=", "<style", " onclick", "http://"] {
            assert!(!page.contains(forbidden), "{address}: {forbidden}");
        }
        for script in page.split("<script").skip(1) {
            assert!(script.starts_with(" src=\"/assets/"), "{address}: <script{script}");
            assert!(script.split_once('>').unwrap().1.starts_with("</script>"), "{address}");
        }
        assert!(page.starts_with("<!doctype html>\n<html lang=\"zh-CN\""), "{address}");
        assert_eq!(page.matches("<h1").count(), 1, "{address}");
    }
}

#[tokio::test]
async fn the_interface_has_a_page_that_lists_it() {
    let page = get("/api").await.text;
    for (path, _) in api::routes() {
        assert!(page.contains(path), "{path}");
    }
    for told in ["unknown-parameter", "可重复", "必填", "Search the documents."] {
        assert!(page.contains(told), "{told}");
    }
    assert!(get("/robots.txt").await.text.starts_with("User-agent: *\n"));
}

#[tokio::test]
async fn pages_lead_to_each_other() {
    let id = Double::id_of("灵洲市人民政府办公室");
    let document = get(&format!("/document/{id}?q=%E5%85%AC%E5%BC%80")).await.text;
    assert!(document.contains(r#"<p id="p0">"#), "paragraphs are counted from 0");
    assert!(document.contains(&format!("/explain?q=%E5%85%AC%E5%BC%80&amp;id={id}")));
    let text = document.find(r#"id="text""#).unwrap();
    assert!(text < document.find(r#"id="record""#).unwrap(), "the text before the record");
    let list = get("/search?q=%E5%85%AC%E5%BC%80&year=2020").await.text;
    for form in ["xlsx", "csv", "bibtex", "ris", "jsonl", "parquet"] {
        let link =
            format!("/api/v1/search/export?q=%E5%85%AC%E5%BC%80&amp;year=2020&amp;format={form}");
        assert!(list.contains(&link), "{form}");
    }
    let miss = get(&format!("/explain?q=zzz&id={id}")).await.text;
    assert!(miss.contains("为什么没有列出这份文件") && miss.contains("没有“<strong>zzz</strong>”"));
}
