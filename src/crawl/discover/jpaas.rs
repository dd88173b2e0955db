//! JPAAS (大汉, newer): the column's page shows the first documents, an interface hands out further pages as HTML in
//! JSON.

use std::sync::LazyLock;

use regex::Regex;

use super::json;
use super::recipe::{Leads, ListLead, ListPage};
use crate::model::PageUrl;

const INTERFACE: &str = "/api-gateway/jpaas-publish-server/front/page/build/unit";

static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"["']?\b(webId|pageId|tplSetId|tagId|parseType|pageType|editType)["']?\s*[:=,]\s*["']([^"']{1,100})["']"#).ok()
});
static COUNT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\bcount=\\?["'](\d{1,8})"#).ok());
static ROWS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\brows=\\?["'](\d{1,4})"#).ok());
static NUMBER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#""pageNo"\s*:\s*"?(\d{1,6})"#).ok());
static SIZE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#""pageSize"\s*:\s*"?(\d{1,4})"#).ok());

/// The documents of the column's page or of an answer of its interface, and the request for the next page.
pub(super) fn read(page: &ListPage<'_>) -> Leads {
    if page.at.path().ends_with(INTERFACE) {
        return answer(page);
    }
    let mut leads = page.by_markup(|_, _| None);
    let first = if leads.items.is_empty() { 1 } else { 2 };
    let rows = number(&ROWS, page.text).filter(|rows| *rows > 0).unwrap_or(15);
    let count = number(&COUNT, page.text);
    let more = count.is_none_or(|count| (first - 1) * rows < count);
    let next = ask(page, list_of(page.text), first, rows).filter(|_| more);
    leads.lists.extend(next.map(ListLead::from));
    leads
}

/// The parameters that name the list of a column's page; none where one is missing.
fn list_of(text: &str) -> Vec<(String, String)> {
    let found: Vec<(String, String)> = NAMED
        .as_ref()
        .into_iter()
        .flat_map(|regex| regex.captures_iter(text))
        .map(|named| (named[1].to_owned(), named[2].to_owned()))
        .collect();
    let value = |name: &str| found.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    let fixed = [("parseType", "bulidstatic"), ("pageType", "column")];
    let fixed =
        fixed.map(|(n, usual)| (n.to_owned(), value(n).unwrap_or_else(|| usual.to_owned())));
    let named = ["webId", "tplSetId", "tagId", "pageId"];
    let named: Option<Vec<_>> = named.iter().map(|n| Some(((*n).to_owned(), value(n)?))).collect();
    named.map(|named| fixed.into_iter().chain(named).collect()).unwrap_or_default()
}

fn answer(page: &ListPage<'_>) -> Leads {
    let Some(value) = json::parse(page.text) else { return Leads::default() };
    let html =
        json::at_path(&value, "data.html").and_then(|html| html.as_str()).unwrap_or_default();
    let items = page.items_of_piece(html);
    let asked = page.parameters();
    let asked_for =
        asked.iter().find(|(name, _)| name == "paramJson").map(|(_, json)| json.as_str());
    let next = || {
        let (current, rows) = (number(&NUMBER, asked_for?)?, number(&SIZE, asked_for?)?);
        let more = number(&COUNT, html).is_none_or(|count| current.saturating_mul(rows) < count);
        ask(page, asked.clone(), current + 1, rows).filter(|_| more && !items.is_empty())
    };
    let next = next();
    Leads::new(items, next)
}

/// The request for a page; its number is heeded inside `paramJson` only.
fn ask(
    page: &ListPage<'_>,
    mut list: Vec<(String, String)>,
    number: u32,
    rows: u32,
) -> Option<PageUrl> {
    if list.is_empty() {
        return None;
    }
    list.retain(|(name, _)| name != "paramJson");
    list.push(("paramJson".to_owned(), format!(r#"{{"pageNo":{number},"pageSize":"{rows}"}}"#)));
    page.address(INTERFACE, &list)
}

fn number(regex: &'static LazyLock<Option<Regex>>, text: &str) -> Option<u32> {
    regex.as_ref()?.captures(text)?[1].parse().ok()
}

#[cfg(test)]
mod tests {
    use crate::config::ListStyle;
    use crate::crawl::discover::recipe::tests::read_at;

    const LIST: &str = "col/col12/index.html";
    const ITEM: &str =
        "<li><a href='/art/2024/art_9f3.html'>关于开学时间的公告</a><b>2024-02-01</b></li>";

    #[test]
    fn the_interface_follows_the_first_page() {
        let page = format!(
            "{ITEM}<div count=\"40\" rows=\"15\"></div><script>unit({{'webId':'w1','pageId':'p1','tplSetId':'t1','tagId':'列表'}})</script>"
        );
        let (items, lists) = read_at(ListStyle::Jpaas, LIST, LIST, &page);
        assert_eq!(items, ["/art/2024/art_9f3.html | 关于开学时间的公告 | 2024-02-01"]);
        let ask = |n: u32| {
            format!(
                "/api-gateway/jpaas-publish-server/front/page/build/unit?parseType=bulidstatic&pageType=column&webId=w1\
                 &tplSetId=t1&tagId=%E5%88%97%E8%A1%A8&pageId=p1&paramJson=%7B%22pageNo%22%3A{n}%2C%22pageSize%22%3A%2215%22%7D"
            )
        };
        assert_eq!(lists, [ask(2)]);
        let answer = serde_json::json!({"success": true, "data": {"html": format!("{ITEM}<p count=\"40\" rows=\"15\">")}});
        let (items, lists) = read_at(ListStyle::Jpaas, LIST, &ask(2), &answer.to_string());
        assert_eq!((items.len(), lists), (1, vec![ask(3)]));
        assert_eq!(read_at(ListStyle::Jpaas, LIST, &ask(3), &answer.to_string()).1.len(), 0);
        let empty = r#"{"data":{"html":""}}"#;
        assert_eq!(read_at(ListStyle::Jpaas, LIST, &ask(2), empty), (vec![], vec![]));
    }

    #[test]
    fn a_page_without_parameters_has_no_interface() {
        let (items, lists) = read_at(ListStyle::Jpaas, LIST, LIST, ITEM);
        assert_eq!((items.len(), lists.len()), (1, 0));
    }
}
