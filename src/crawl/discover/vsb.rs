//! VSB (博达): `tzgg.htm` is the newest page, older ones are `tzgg/12.htm`, `tzgg/11.htm` … down to `tzgg/1.htm`.

use super::recipe::{Leads, ListPage, number_after};
use crate::crawl::scope;
use crate::model::PageUrl;

/// The page's documents, and the next page: by its link, else counted down from the number of pages.
pub(super) fn read(page: &ListPage<'_>) -> Leads {
    let mut leads = page.by_markup(|_, _| {
        let (stem, ending) = scope::file_name(page.at).rsplit_once('.')?;
        let folder = scope::folder(page.at);
        let next = if let Ok(current) = stem.parse::<u32>() {
            format!("{folder}{}.{ending}", older(current)?)
        } else {
            let count = number_after(page.text, "共", "页")?;
            format!("{folder}{stem}/{}.{ending}", older(count)?)
        };
        page.at.join(&next).ok()
    });
    leads.items.retain(|item| !is_older_page(page.list, &item.url));
    leads
}

/// Whether an address is `tzgg/12.htm` of the list `tzgg.htm`: named like a document, but a page of the list.
fn is_older_page(list: &PageUrl, url: &PageUrl) -> bool {
    let stem = list.path().rsplit_once('.').map_or(list.path(), |(stem, _)| stem);
    let (number, _) = scope::file_name(url).rsplit_once('.').unwrap_or_default();
    scope::folder(url).strip_suffix('/') == Some(stem) && number.parse::<u32>().is_ok()
}

/// The page before this number; the oldest one is 1.
fn older(number: u32) -> Option<u32> {
    number.checked_sub(1).filter(|older| *older >= 1)
}

#[cfg(test)]
mod tests {
    use crate::config::ListStyle;
    use crate::crawl::discover::recipe::tests::read_at;

    #[test]
    fn older_pages_count_down() {
        let item =
            "<li><a href='/info/1056/1234.htm'>关于道路施工的公告</a><span>2023-03-30</span></li>";
        for (at, pager, expected) in [
            ("tzgg.htm", "共13页", Some("/tzgg/12.htm")),
            ("tzgg.htm", "<a href='tzgg/12.htm'>下页</a>", Some("/tzgg/12.htm")),
            ("tzgg/12.htm", "", Some("/tzgg/11.htm")),
            ("tzgg/1.htm", "共13页", None),
            ("tzgg.htm", "共1页", None),
            ("tzgg.htm", "", None),
        ] {
            let (items, lists) = read_at(ListStyle::Vsb, "tzgg.htm", at, &format!("{item}{pager}"));
            assert_eq!(lists.first().map(String::as_str), expected, "{at} {pager}");
            assert_eq!(items, ["/info/1056/1234.htm | 关于道路施工的公告 | 2023-03-30"]);
        }
    }
}
