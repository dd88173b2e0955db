//! NFCMS (南方): `index.html`, then `index_2.html`, which is page 2; lists may stand in a frame.

use super::recipe::{Leads, ListPage, number_after};
use super::{Markup, links};
use crate::crawl::scope;
use crate::model::PageUrl;

/// The page's documents, and the next page: by its link, else counted up to what 共N页 or 末页 says.
pub(super) fn read(page: &ListPage<'_>) -> Leads {
    page.by_markup(|markup, _| {
        let (stem, ending, current) = place(page.at)?;
        let next = current.checked_add(1)?;
        let last = number_after(page.text, "共", "页").or_else(|| last_link(markup, &stem))?;
        let file = format!("{}{stem}_{next}.{ending}", scope::folder(page.at));
        (next <= last).then(|| page.at.join(&file).ok())?
    })
}

/// Name and ending of a list's files, and which page of it this is; the first one is 1.
fn place(at: &PageUrl) -> Option<(String, String, u32)> {
    let file = scope::file_name(at);
    let (stem, ending) = file.rsplit_once('.').unwrap_or(("index", "html"));
    match stem.rsplit_once('_') {
        Some((stem, number)) => Some((stem.to_owned(), ending.to_owned(), number.parse().ok()?)),
        None => Some((stem.to_owned(), ending.to_owned(), 1)),
    }
}

/// The page that the link 末页 leads to.
fn last_link(markup: &Markup, stem: &str) -> Option<u32> {
    let last = links::anchors(&markup.tree)
        .find(|a| matches!(links::text(*a).as_str(), "末页" | "尾页" | "最后一页"))?;
    let (name, _, number) = place(&links::target(last, &markup.base)?)?;
    (name == stem).then_some(number)
}

#[cfg(test)]
mod tests {
    use crate::config::ListStyle;
    use crate::crawl::discover::recipe::tests::read_at;

    const ITEM: &str = "<ul><li><a href='content/post_8001.html'>关于防汛值守的通知</a><span>2024-06-01</span></li></ul>";
    const FOUND: &str = "/zwgk/tzgg/content/post_8001.html | 关于防汛值守的通知 | 2024-06-01";

    fn read(at: &str, pager: &str) -> (Vec<String>, Vec<String>) {
        read_at(ListStyle::Nfcms, "zwgk/tzgg/", at, &format!("{ITEM}<div>{pager}</div>"))
    }

    #[test]
    fn page_two_is_index_2() {
        let next = "<a href='index_2.html'>下一页</a> 共9页";
        for (at, pager, expected) in [
            ("zwgk/tzgg/", next, Some("/zwgk/tzgg/index_2.html")),
            ("zwgk/tzgg/index.html", "共9页", Some("/zwgk/tzgg/index_2.html")),
            ("zwgk/tzgg/index_8.html", "共9页", Some("/zwgk/tzgg/index_9.html")),
            ("zwgk/tzgg/index_9.html", "共9页", None),
            ("zwgk/tzgg/", "<a href='index_3.html'>末页</a>", Some("/zwgk/tzgg/index_2.html")),
            ("zwgk/tzgg/index_3.html", "<a href='index_3.html'>末页</a>", None),
            ("zwgk/tzgg/", "", None),
        ] {
            let (items, lists) = read(at, pager);
            assert_eq!(items, [FOUND], "{at}");
            assert_eq!(lists.first().map(String::as_str), expected, "{at} {pager}");
        }
    }

    #[test]
    fn a_list_in_a_frame_is_found() {
        let shell = "<iframe src='/zwgk/tzgg/list.html'></iframe><iframe src='/video/1.html'></iframe>\
            <iframe src='http://b.gov.cn/zwgk/tzgg/x.html'></iframe>";
        let (items, lists) = read_at(ListStyle::Nfcms, "zwgk/tzgg/", "zwgk/tzgg/", shell);
        assert_eq!((items.len(), lists), (0, vec!["/zwgk/tzgg/list.html".to_owned()]));
        let (_, lists) = read("zwgk/tzgg/list.html", "共2页");
        assert_eq!(lists, ["/zwgk/tzgg/list_2.html"]);
    }
}
