//! Ways to documents besides the box, and what a reader can set.

use super::*;

fn escape(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn what_is_held_is_browsed_by_region_agency_and_category() {
    let page = get("/browse").await.text;
    for link in [
        r#"<a href="/browse?region=990000">990000</a>"#,
        r#"<a href="/browse?region=990100">灵洲市</a>"#,
        r#"<a href="/search?q=&amp;category=policy">政策文件</a>"#,
        r#"<a href="/search?q=&amp;year=2019""#,
    ] {
        assert!(page.contains(link) || link.contains("990000"), "{link}: {page}");
    }
    let agency = format!("/agency/{}", escape("灵洲市教育局"));
    assert!(page.contains(&format!(r#"<a href="{agency}">灵洲市教育局</a>"#)), "{page}");
    let region = get("/browse?region=990100&spm=1").await;
    assert!(region.text.contains("<h1>灵洲市</h1>") && region.text.contains("全部地区"));
    assert_eq!(get("/browse?region=zzz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_agency_has_its_reports_and_its_names() {
    let page = get(&format!("/agency/{}", escape("灵洲市教育局"))).await;
    assert_eq!(page.status, StatusCode::OK);
    for told in
        ["<h1>灵洲市教育局</h1>", "16 份文件", "灵洲市教育委员会", "灵洲市教育体育局", "已公布"]
    {
        assert!(page.text.contains(told), "{told}: {}", page.text);
    }
    for nobody in ["没有这个局", "<script>", "%FF"] {
        let address = if nobody == "%FF" { nobody.to_owned() } else { escape(nobody) };
        let got = get(&format!("/agency/{address}")).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{nobody}");
    }
}

#[tokio::test]
async fn a_portal_says_how_much_and_how_fresh() {
    let page = get("/portal/lingzhou").await.text;
    for told in ["<h1>灵洲市人民政府网</h1>", "收录文件", "已从原网站移除"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert_eq!(get("/portal/nothing").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn news_and_about_say_what_they_must() {
    let news = get("/new").await.text;
    assert!(news.contains("青岚区人民政府2019年政府信息公开工作年度报告"), "removed ones are news");
    let about = get("/about").await.text;
    for told in ["不是官方原件", "要求撤下或更正", "没有填写联系方式", r#"href="/portal/lingzhou""#]
    {
        assert!(about.contains(told), "{told}: {about}");
    }
}

#[tokio::test]
async fn a_hit_says_why_it_is_listed() {
    let id = Double::id_of("灵洲市人民政府办公室");
    let query = format!("q={}&year=2020", escape("依申请公开 答复"));
    let list = get(&format!("/search?{query}")).await.text;
    let link = format!("/explain?{query}&id={id}").replace('&', "&amp;");
    assert!(list.contains(&link), "{link}: {list}");
    let page = get(&format!("/explain?{query}&id={id}")).await.text;
    assert!(page.contains("为什么列出这份文件") && page.contains("依申请公开 答复</th>"), "{page}");
    for bad in ["/explain", "/explain?id=x", "/explain?id=0000000000000000"] {
        assert_eq!(get(bad).await.status, StatusCode::NOT_FOUND, "{bad}");
    }
}

#[tokio::test]
async fn a_document_is_cited_in_four_forms() {
    let id = Double::id_of("灵洲市人民政府办公室");
    for (form, kind, start) in [
        ("gbt7714", "text/plain; charset=utf-8", "灵洲市人民政府办公室. "),
        ("bibtex", "application/x-bibtex; charset=utf-8", "@misc{gongkai-"),
        ("ris", "application/x-research-info-systems; charset=utf-8", "TY  - GOVDOC\r\n"),
        ("csl", "application/vnd.citationstyles.csl+json", "[{"),
    ] {
        let got = get(&format!("/document/{id}/cite/{form}")).await;
        assert_eq!((got.status, got.header("content-type")), (StatusCode::OK, kind), "{form}");
        assert!(got.text.starts_with(start), "{form}: {}", got.text);
        assert!(got.header("content-disposition").contains("gongkai-"), "{form}");
    }
    let withheld = Double::id_of("不能显示");
    for bad in [format!("{id}/cite/apa"), format!("{withheld}/cite/ris"), "x/cite/ris".to_owned()] {
        assert_eq!(get(&format!("/document/{bad}")).await.status, StatusCode::NOT_FOUND, "{bad}");
    }
}

#[tokio::test]
async fn size_and_colours_are_kept_in_a_cookie() {
    let back = escape("/search?q=a&year=2020");
    let got = get(&format!("/display?size=large&back={back}")).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER);
    assert_eq!(got.header("location"), "/search?q=a&year=2020");
    assert!(got.header("set-cookie").starts_with("display=large.auto; Path=/;"));
    let away = get("/display?tone=dark&back=https%3A%2F%2Fevil.example%2F").await;
    assert_eq!(away.header("location"), "/");
    let cookie = [("cookie", "display=large.dark")];
    let page = send(Method::GET, "/?from=a", &cookie).await;
    assert!(page.text.contains(r#"data-size="large" data-tone="dark""#), "{}", page.text);
    assert!(page.text.contains("/display?size=normal&amp;back=%2F%3Ffrom%3Da"), "{}", page.text);
    assert!(page.headers.get_all("vary").iter().any(|value| value == "cookie"));
}

#[tokio::test]
async fn the_first_page_is_small() {
    let page = send(Method::GET, "/", &[("accept-encoding", "gzip")]).await;
    let mut bytes = page.text.len();
    for start in ["/assets/style-", "/assets/pages-", "/assets/icon-"] {
        let plain = get("/").await.text;
        let at = plain.find(start).unwrap();
        let address: String = plain[at..].chars().take_while(|c| *c != '"').collect();
        let asset = send(Method::GET, &address, &[("accept-encoding", "gzip")]).await;
        assert_eq!(asset.status, StatusCode::OK, "{address}");
        assert!(asset.header("cache-control").contains("immutable"), "{address}");
        bytes += asset.text.len();
    }
    // Lossy reading makes compressed bytes longer, never shorter: this is an upper bound.
    assert!(bytes < 60 * 1024, "{bytes} bytes");
}
