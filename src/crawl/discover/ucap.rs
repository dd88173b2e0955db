//! UCAP (开普云): the documents of a channel come from the site's search as JSON.

use std::sync::LazyLock;

use regex::Regex;

use super::json;
use super::recipe::{Leads, ListLead, ListPage};
use crate::config::JsonRules;

static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(/(?:common/search|searchList|search)/[0-9a-fA-F]{32})(\?[^"'\s<>]{0,300})?"#)
        .ok()
});
static CHANNEL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)\bchannel_?id["']?\s*[:=]\s*["']?([0-9a-f]{32})\b"#).ok());

/// How the search is asked where the page does not show it.
const USUAL: &str = "?_isAgg=true&_isJson=true&_pageSize=20&_template=index&page=1";

/// The documents of the search's answer; of the channel's page, those it shows and the request for the search.
pub(super) fn read(page: &ListPage<'_>) -> Leads {
    if page.text.trim_start().starts_with(['{', '[']) {
        return json::read(page, &rules(), None);
    }
    let mut leads = page.by_markup(|_, _| None);
    if let Some(search) = search(page.text).and_then(|search| page.at.join(&search).ok()) {
        leads.lists = vec![ListLead::from(search)];
    }
    leads
}

fn rules() -> JsonRules {
    JsonRules {
        items: "data.results".to_owned(),
        title: "title".to_owned(),
        url: "url".to_owned(),
        date: Some("publishedTimeStr".to_owned()),
        total: Some("data.total".to_owned()),
        page: "page".to_owned(),
        first: 1,
        step: 1,
    }
}

/// The search that a channel's page asks, first page.
pub(in crate::crawl) fn search(text: &str) -> Option<String> {
    if let Some(call) = CALL.as_ref()?.captures(text) {
        let query = call.get(2).map(|query| query.as_str().replace("&amp;", "&"));
        let query = query.filter(|query| query.contains("_isJson=true") && query.contains("page="));
        return Some(format!("{}{}", &call[1], query.as_deref().unwrap_or(USUAL)));
    }
    let channel = CHANNEL.as_ref()?.captures(text)?;
    Some(format!("/common/search/{}{USUAL}", &channel[1]))
}

#[cfg(test)]
mod tests {
    use crate::config::ListStyle;
    use crate::crawl::discover::recipe::tests::read_at;

    const ID: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_channel_leads_to_its_search() {
        let usual = format!(
            "/common/search/{ID}?_isAgg=true&_isJson=true&_pageSize=20&_template=index&page=1"
        );
        let own = format!("/searchList/{ID}?_isJson=true&amp;_pageSize=15&amp;page=1");
        for (text, expected) in [
            (format!("<script>var channelId = '{ID}';</script>"), Some(usual.clone())),
            (format!("url: '/common/search/{ID}'"), Some(usual)),
            (format!("url: '{own}'"), Some(own.replace("&amp;", "&"))),
            (String::new(), None),
        ] {
            let html = format!(
                "<li><a href='/lz/c100186/202401/{ID}.shtml'>关于补贴的公示</a><i>2024-01-05</i></li>{text}"
            );
            let (items, lists) =
                read_at(ListStyle::Ucap, "lz/c100186/list.shtml", "lz/c100186/list.shtml", &html);
            assert_eq!(
                items,
                [format!("/lz/c100186/202401/{ID}.shtml | 关于补贴的公示 | 2024-01-05")]
            );
            assert_eq!(lists.first(), expected.as_ref());
        }
    }

    #[test]
    fn answers_of_the_search_are_paged() {
        let list = format!("common/search/{ID}?_isJson=true&_pageSize=1&page=1");
        let answer = r#"{"code":200,"data":{"total":2,"results":[{"title":"关于补贴的公示","url":"/lz/c1/202401/a1.shtml",
            "publishedTimeStr":"2024-01-05 09:00:00"}]}}"#;
        let (items, lists) = read_at(ListStyle::Ucap, "lz/c1/list.shtml", &list, answer);
        assert_eq!(items, ["/lz/c1/202401/a1.shtml | 关于补贴的公示 | 2024-01-05"]);
        assert_eq!(lists, [format!("/common/search/{ID}?_isJson=true&_pageSize=1&page=2")]);
    }
}
