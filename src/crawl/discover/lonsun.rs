//! lonsun (龙讯): `…/page_1.html`, `…/page_2.html` as long as there are documents.

use super::recipe::{Leads, ListPage, number_after};
use crate::crawl::scope;
use crate::model::PageUrl;

/// The page's documents, and the next page: by its link, else one further than this one while there is anything on it.
pub(super) fn read(page: &ListPage<'_>) -> Leads {
    page.by_markup(|_, items| {
        let current = number(page.at)?;
        let last = number_after(page.text, "共", "页").unwrap_or(u32::MAX);
        let (_, ending) = scope::file_name(page.at).rsplit_once('.')?;
        let next = current.checked_add(1).filter(|next| !items.is_empty() && *next <= last)?;
        page.at.join(&format!("{}page_{next}.{ending}", scope::folder(page.at))).ok()
    })
}

fn number(at: &PageUrl) -> Option<u32> {
    let (stem, _) = scope::file_name(at).rsplit_once('.')?;
    stem.strip_prefix("page_")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use crate::config::ListStyle;
    use crate::crawl::discover::recipe::tests::read_at;

    #[test]
    fn pages_count_up_while_they_list_something() {
        let item = "<li><a href='/OpennessContent/show/2959648.html'>关于清明祭扫的公告</a><span>2023-03-30</span></li>";
        let list = "OpennessContent/showList/12/345/page_1.html";
        for (at, text, expected) in [
            (list, item.to_owned(), Some("/OpennessContent/showList/12/345/page_2.html")),
            (list, format!("{item}共1页"), None),
            (list, String::new(), None),
            ("OpennessContent/showList/12/345/", item.to_owned(), None),
        ] {
            let (items, lists) = read_at(ListStyle::Lonsun, list, at, &text);
            assert_eq!(lists.first().map(String::as_str), expected, "{at} {text}");
            assert_eq!(items.len(), usize::from(!text.is_empty()));
        }
    }
}
