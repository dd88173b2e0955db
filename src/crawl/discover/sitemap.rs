//! XML sitemaps: every address in them that may be a document, and the sitemaps that an index of them names.

use std::sync::LazyLock;

use regex::Regex;

use super::items::is_list_page;
use super::recipe::{Leads, ListLead, ListPage, item};
use crate::crawl::scope;
use crate::model::{PageKind, PageUrl};

static PLACE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"<loc>\s*(?:<!\[CDATA\[)?\s*([^<\s\]]{1,2100})").ok());

/// The addresses of a sitemap: documents, or the sitemaps of an index.
pub(super) fn read(page: &ListPage<'_>) -> Leads {
    let places = PLACE.as_ref().into_iter().flat_map(|regex| regex.captures_iter(page.text));
    let urls = places.filter_map(|found| PageUrl::parse(&found[1].replace("&amp;", "&")).ok());
    if page.text.contains("<sitemapindex") {
        let own = |url: &PageUrl| scope::may_follow(page.portal, PageKind::List, url);
        return Leads { items: Vec::new(), lists: urls.filter(own).map(ListLead::from).collect() };
    }
    let items = urls.filter(|url| may_be_document(page, url)).map(|url| item(url, None, None));
    Leads { items: items.collect(), lists: Vec::new() }
}

fn may_be_document(page: &ListPage<'_>, url: &PageUrl) -> bool {
    scope::may_follow(page.portal, PageKind::Detail, url)
        && !scope::is_index(url)
        && !is_list_page(url)
        && page.portal.columns.iter().all(|column| column.list.key() != url.key())
}

#[cfg(test)]
mod tests {
    use crate::config::ListStyle;
    use crate::crawl::discover::recipe::tests::read_at;

    #[test]
    fn documents_and_further_sitemaps_are_told_apart() {
        let map = "<urlset><url><loc>http://a.gov.cn/zwgk/t1.html</loc><lastmod>2024-01-02</lastmod></url>\
            <url><loc><![CDATA[http://a.gov.cn/art?id=1&c=2]]></loc></url><url><loc> http://a.gov.cn/x?a=1&amp;b=2 </loc></url>\
            <url><loc>http://a.gov.cn/zwgk/</loc></url><url><loc>http://a.gov.cn/zwgk/index_3.html</loc></url>\
            <url><loc>http://b.gov.cn/t1.html</loc></url><url><loc>javascript:x</loc></url></urlset>";
        let (items, lists) = read_at(ListStyle::Sitemap, "sitemap.xml", "sitemap.xml", map);
        assert_eq!(items, ["/zwgk/t1.html |  | ", "/art?id=1&c=2 |  | ", "/x?a=1&b=2 |  | "]);
        assert!(lists.is_empty());
        let index = "<sitemapindex><sitemap><loc>http://a.gov.cn/map1.xml</loc></sitemap>\
            <sitemap><loc>http://b.gov.cn/map2.xml</loc></sitemap></sitemapindex>";
        let (items, lists) = read_at(ListStyle::Sitemap, "sitemap.xml", "sitemap.xml", index);
        assert_eq!((items.len(), lists), (0, vec!["/map1.xml".to_owned()]));
    }
}
