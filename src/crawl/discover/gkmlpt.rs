//! gkmlpt (广东政府信息公开平台): a tree of categories in the page's script, JSON with 100 documents a page for each.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::json;
use super::recipe::{Leads, ListLead, ListPage};
use crate::config::JsonRules;

/// Documents of one answer.
const PER_PAGE: u32 = 100;
/// The deepest tree that is read.
const DEEPEST: usize = 12;

static SITE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\bSID["']?\s*:\s*["']?([0-9A-Za-z_]{1,20})"#).ok());
static TREE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"\bTREE["']?\s*:\s*\["#).ok());

/// The documents of a category's answer; of the platform's page, the lists of all its categories.
pub(super) fn read(page: &ListPage<'_>) -> Leads {
    if page.at.path().contains("/gkmlpt/api/") {
        return json::read(page, &rules(), Some(PER_PAGE));
    }
    let lists = categories(page.text).into_iter().filter_map(|category| {
        let url = page.at.join(&category.list()).ok()?;
        Some(ListLead { column: Some(category.name), ..ListLead::from(url) })
    });
    Leads { items: Vec::new(), lists: lists.collect() }
}

/// Where things stand in an answer. Pages 0 and 1 are the same, so the first is 1.
fn rules() -> JsonRules {
    JsonRules {
        items: "articles".to_owned(),
        title: "title".to_owned(),
        url: "url".to_owned(),
        date: Some("display_publish_time".to_owned()),
        total: Some("classify.post_count".to_owned()),
        page: "page".to_owned(),
        first: 1,
        step: 1,
    }
}

/// One category of the platform's tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::crawl) struct Category {
    pub(in crate::crawl) name: String,
    id: u64,
    site: String,
}

impl Category {
    /// Path and query of its list.
    pub(in crate::crawl) fn list(&self) -> String {
        format!("/gkmlpt/api/all/{}?page=1&sid={}", self.id, self.site)
    }
}

/// The categories of a platform's page that have documents of their own: those without categories below them.
pub(in crate::crawl) fn categories(text: &str) -> Vec<Category> {
    let site = SITE.as_ref().and_then(|regex| regex.captures(text));
    let tree = TREE.as_ref().and_then(|regex| regex.find(text));
    let (Some(site), Some(tree)) = (site, tree) else { return Vec::new() };
    let from_tree = &text[tree.end() - 1..];
    let tree = serde_json::Deserializer::from_str(from_tree).into_iter::<Value>().next();
    let mut found = Vec::new();
    if let Some(Ok(tree)) = tree {
        collect(&tree, &site[1], DEEPEST, &mut found);
    }
    found
}

fn collect(nodes: &Value, site: &str, depth: usize, found: &mut Vec<Category>) {
    for node in nodes.as_array().into_iter().flatten().filter(|_| depth > 0) {
        let below = &node["children"];
        if below.as_array().is_some_and(|below| !below.is_empty()) {
            collect(below, site, depth - 1, found);
            continue;
        }
        let elsewhere = node["jump_url"].as_str().is_some_and(|url| !url.trim().is_empty());
        let named = node["id"].as_u64().zip(node["name"].as_str().map(str::trim));
        let Some((id, name)) = named.filter(|_| !elsewhere && node["post_count"] != 0) else {
            continue;
        };
        found.push(Category { name: name.to_owned(), id, site: site.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use crate::config::ListStyle;
    use crate::crawl::discover::recipe::tests::read_at;

    const LIST: &str = "gkmlpt/api/all/9060?page=1&sid=755003";

    #[test]
    fn the_platform_leads_to_its_categories() {
        let page = r#"<script>window._CONFIG = { SITE_URL: 'http://a.gov.cn', SID: '755003', TREE: [
            {"id":1,"name":"指南","post_count":0,"jump_url":"http://a.gov.cn/zn.html","children":[]},
            {"id":2,"name":"法定主动公开内容","post_count":0,"jump_url":"","children":[
              {"id":9060,"name":"政策文件","post_count":140,"jump_url":"","children":[]},
              {"id":9061,"name":"年报 ","post_count":3,"children":[]},{"id":9062,"name":"空","post_count":0}]}],
            SERVICE_AREA_ID: 1 };</script>"#;
        let (items, lists) = read_at(ListStyle::Gkmlpt, "gkmlpt/index", "gkmlpt/index", page);
        assert!(items.is_empty());
        let expected = [
            "政策文件: /gkmlpt/api/all/9060?page=1&sid=755003",
            "年报: /gkmlpt/api/all/9061?page=1&sid=755003",
        ];
        assert_eq!(lists, expected);
        let broken = "window._CONFIG = { SID: '755003', TREE: [{\"id\":";
        assert_eq!(
            read_at(ListStyle::Gkmlpt, "gkmlpt/index", "gkmlpt/index", broken),
            (vec![], vec![])
        );
    }

    #[test]
    fn a_category_is_read_a_hundred_at_a_time() {
        let article = r#"{"title":"关于调整票价的通知","url":"http://a.gov.cn/gkmlpt/content/9/9103/post_9103540.html","display_publish_time":1714924800}"#;
        let answer = |listed: usize| {
            format!(
                r#"{{"classify":{{"id":9060,"post_count":150}},"articles":[{}]}}"#,
                vec![article; listed].join(",")
            )
        };
        let (items, lists) = read_at(ListStyle::Gkmlpt, LIST, LIST, &answer(100));
        assert_eq!(
            items[0],
            "/gkmlpt/content/9/9103/post_9103540.html | 关于调整票价的通知 | 2024-05-06"
        );
        assert_eq!(lists, ["/gkmlpt/api/all/9060?page=2&sid=755003"]);
        let second = "gkmlpt/api/all/9060?page=2&sid=755003";
        assert_eq!(read_at(ListStyle::Gkmlpt, LIST, second, &answer(50)).1.len(), 0);
    }
}
