//! JCMS (大汉版通): the first records stand in a script of the column's page, further ones come from `dataproxy.jsp`.
//!
//! Servers disagree on how they are asked: some read `startrecord` and `endrecord`, some only `page` and `perpage`,
//! some cut long answers. Every request here means the same records in both ways, and an answer shorter than asked is
//! asked for again from its beginning in pieces of that length.

use std::sync::LazyLock;

use regex::Regex;

use super::Link;
use super::recipe::{Leads, ListLead, ListPage};
use super::xxgk;
use crate::model::PageUrl;

/// Pages of a column that one request asks for.
const PAGES_AT_ONCE: u32 = 3;
/// Servers cut longer answers.
const LONGEST_WINDOW: u32 = 300;
/// Records of a page where nothing says how many.
const USUAL_PAGE: u32 = 15;

static RECORD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?s)<record>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</record>").ok()
});
static TOTAL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)totalrecord["']?\s*[:>]\s*["']?(\d{1,8})"#).ok());
static PER_PAGE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)\bperpage["']?\s*:\s*["']?(\d{1,4})"#).ok());
static PROXY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"proxyUrl["']?\s*:\s*["']([^"']{1,300})["']"#).ok());
static PARAMETERS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"ajaxParam\s*:\s*\{([^}]*)\}").ok());
static PARAMETER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"["']?([0-9A-Za-z_]{1,40})["']?\s*:\s*["']?([^"',}]*)["']?"#).ok()
});
static NEXT_GROUP: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?s)<nextgroup>.{0,40}?href=["']([^"']+)["']"#).ok());
static COLUMN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"/col/?col(\d{1,12})").ok());

/// The records of a column's page or of an answer of its interface, and the request for the ones after them.
pub(super) fn read(page: &ListPage<'_>) -> Leads {
    if page.at.path().ends_with("dataproxy.jsp") {
        return window(page);
    }
    let units = units(page);
    if units.is_empty() {
        return xxgk::read(page);
    }
    let mut leads = Leads::default();
    for unit in units {
        leads.lists.extend(unit.next(page).map(ListLead::from));
        leads.items.extend(unit.items);
    }
    leads
}

/// One list of a page: its records, and what its script says about the rest.
struct Unit<'t> {
    items: Vec<Link>,
    records: u32,
    script: &'t str,
}

/// The lists of this column on its page; all lists where none is marked as the column's.
fn units<'t>(page: &ListPage<'t>) -> Vec<Unit<'t>> {
    let starts: Vec<usize> = page.text.match_indices("<datastore>").map(|(at, _)| at).collect();
    let of_column = first(&COLUMN, page.list.path());
    let is_marked = |text: &str| {
        of_column.is_some_and(|id| parameters(text).iter().any(|(n, v)| n == "columnid" && v == id))
    };
    let piece = |(n, &at): (usize, &usize)| {
        &page.text[at..starts.get(n + 1).copied().unwrap_or(page.text.len())]
    };
    let pieces: Vec<&str> = starts.iter().enumerate().map(piece).collect();
    let any_marked = pieces.iter().any(|text| is_marked(text));
    let wanted = pieces.into_iter().filter(|text| !any_marked || is_marked(text));
    wanted
        .map(|script| {
            let (items, records) = items(page, script);
            Unit { items, records, script }
        })
        .collect()
}

impl Unit<'_> {
    /// The request for what follows the records that stand in the page.
    fn next(&self, page: &ListPage<'_>) -> Option<PageUrl> {
        let total = number(&TOTAL, self.script)?;
        let group = first(&NEXT_GROUP, self.script).map(|href| href.replace("&amp;", "&"));
        let proxy = first(&PROXY, self.script).or(group.as_deref())?;
        let proxy = page.at.join(proxy).ok()?;
        let per_page = number(&PER_PAGE, self.script).unwrap_or(USUAL_PAGE).max(1);
        let window = (per_page * PAGES_AT_ONCE).min(LONGEST_WINDOW);
        let whole_windows = self.records / window;
        let start = whole_windows * window + 1;
        let rest = self.records < total && start <= total;
        rest.then(|| ask(page, proxy.path(), parameters(self.script), start, window))?
    }
}

/// The parameters that name a list: of the script's call, else of its link to the next records.
fn parameters(script: &str) -> Vec<(String, String)> {
    let named = first(&PARAMETERS, script).zip(PARAMETER.as_ref());
    if let Some((call, regex)) = named {
        let pairs = regex.captures_iter(call).map(|p| (p[1].to_owned(), p[2].to_owned()));
        return pairs.collect();
    }
    let group = first(&NEXT_GROUP, script).and_then(|href| href.split_once('?'));
    let query = group.map(|(_, query)| query.replace("&amp;", "&")).unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name != "page")
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

/// The request for a window of records, counted from 1.
fn ask(
    page: &ListPage<'_>,
    proxy: &str,
    list: Vec<(String, String)>,
    start: u32,
    length: u32,
) -> Option<PageUrl> {
    let own = ["startrecord", "endrecord", "perpage", "page"];
    let counts = [start, start + length - 1, length, (start - 1) / length + 1];
    let counts = own.iter().zip(counts).map(|(name, n)| ((*name).to_owned(), n.to_string()));
    let list = list.into_iter().filter(|(name, _)| !own.contains(&name.as_str()));
    page.address(proxy, &counts.chain(list).collect::<Vec<_>>())
}

/// An answer of the interface.
pub(super) fn window(page: &ListPage<'_>) -> Leads {
    let (items, records) = items(page, page.text);
    let next = || {
        let (start, length) = (page.number("startrecord")?, page.number("perpage")?);
        let end = start.checked_add(records)?;
        let more = records > 0 && number(&TOTAL, page.text).is_none_or(|total| end <= total);
        let (start, length) =
            if records < length { (start, records) } else { (start.checked_add(length)?, length) };
        let fine = more && start < u32::MAX / 2 && (1..=LONGEST_WINDOW).contains(&length);
        fine.then(|| ask(page, page.at.path(), page.parameters(), start, length))?
    };
    Leads::new(items, next())
}

/// The documents of a list's records, and how many records there are.
fn items(page: &ListPage<'_>, text: &str) -> (Vec<Link>, u32) {
    let records: Vec<&str> = RECORD
        .as_ref()
        .into_iter()
        .flat_map(|regex| regex.captures_iter(text))
        .filter_map(|record| record.get(1))
        .map(|record| record.as_str())
        .filter(|record| record.contains("href"))
        .collect();
    let count = u32::try_from(records.len()).unwrap_or(u32::MAX);
    (page.items_of_piece(&records.join("\n")), count)
}

fn first<'t>(regex: &'static LazyLock<Option<Regex>>, text: &'t str) -> Option<&'t str> {
    regex.as_ref()?.captures(text)?.get(1).map(|found| found.as_str())
}

fn number(regex: &'static LazyLock<Option<Regex>>, text: &str) -> Option<u32> {
    first(regex, text)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use crate::config::ListStyle;
    use crate::crawl::discover::recipe::tests::read_at;

    const LIST: &str = "col/col1234/index.html";

    fn records(from: u32, to: u32) -> String {
        (from..=to).fold(String::new(), |mut out, n| {
            write!(out, "<record><![CDATA[<li><a href=\"/art/2024/3/9/art_1234_{n}.html\" title=\"公告之{n}\">公告…</a>\
                <span>[2024-03-09]</span></li>]]></record>").unwrap();
            out
        })
    }

    fn column_page(inline: u32, total: u32, column: u32) -> String {
        format!(
            "<div class=other><a href='/art/2020/1/1/art_9_9.html'>热点新闻</a><span>2020-01-01</span></div>\
             <script type='text/xml'><datastore><recordset>{}</recordset></datastore></script>\
             <script>$('#5').jpage({{proxyUrl:'/module/web/jpage/dataproxy.jsp',perPage:15,totalRecord:{total},\
             ajaxParam:{{appid:'1',webid:'2',path:'http://a.gov.cn/',columnid:'{column}',webname:'灵洲市',permissiontype:0}}}});</script>",
            records(1, inline)
        )
    }

    #[test]
    fn records_in_the_page_come_first() {
        let (items, lists) = read_at(ListStyle::Jcms, LIST, LIST, &column_page(45, 120, 1234));
        assert_eq!(items.len(), 45);
        assert_eq!(items[0], "/art/2024/3/9/art_1234_1.html | 公告之1 | 2024-03-09");
        let rest = "appid=1&webid=2&path=http%3A%2F%2Fa.gov.cn%2F&columnid=1234&webname=%E7%81%B5%E6%B4%B2%E5%B8%82&permissiontype=0";
        let ask = "/module/web/jpage/dataproxy.jsp?startrecord=46&endrecord=90&perpage=45&page=2";
        assert_eq!(lists, [format!("{ask}&{rest}")]);
        let (items, lists) = read_at(ListStyle::Jcms, LIST, LIST, &column_page(7, 7, 1234));
        assert_eq!((items.len(), lists.len()), (7, 0));
        let (_, lists) = read_at(ListStyle::Jcms, LIST, LIST, &column_page(20, 50, 1234));
        assert!(lists[0].contains("startrecord=1&endrecord=45&perpage=45&page=1&"), "{lists:?}");
    }

    #[test]
    fn lists_of_other_columns_are_left() {
        let both = column_page(3, 3, 777) + &column_page(5, 5, 1234);
        let (items, _) = read_at(ListStyle::Jcms, LIST, LIST, &both);
        assert_eq!(items.len(), 5);
    }

    #[test]
    fn windows_follow_each_other_to_the_end() {
        let at = |start: u32, length: u32| {
            let (end, page) = (start + length - 1, (start - 1) / length + 1);
            format!(
                "module/jpage/dataproxy.jsp?startrecord={start}&endrecord={end}&perpage={length}&page={page}&columnid=1234"
            )
        };
        let answer = |records: String| {
            format!(
                "<?xml version='1.0'?><datastore><totalrecord>120</totalrecord><recordset>{records}</recordset></datastore>"
            )
        };
        for (asked, records, next) in [
            (at(46, 45), records(46, 90), Some(at(91, 45))),
            (at(91, 45), records(91, 120), None),
            // A server that cuts answers to 15 records.
            (at(46, 45), records(16, 30), Some(at(46, 15))),
            (at(46, 15), records(46, 60), Some(at(61, 15))),
            (at(91, 45), String::new(), None),
        ] {
            let (_, lists) = read_at(ListStyle::Jcms, LIST, &asked, &answer(records));
            assert_eq!(lists.first().map(|list| list[1..].to_owned()), next, "{asked}");
        }
    }

    #[test]
    fn the_link_to_the_next_group_serves_without_a_call() {
        let text = format!(
            "<script type='text/xml'><datastore><nextgroup><![CDATA[<a href=\"/module/jpage/dataproxy.jsp?page=1&appid=1&columnid=1234\"></a>]]></nextgroup>\
             <totalrecord>99</totalrecord><recordset>{}</recordset></datastore></script>",
            records(1, 45)
        );
        let (_, lists) = read_at(ListStyle::Jcms, LIST, LIST, &text);
        let ask = "/module/jpage/dataproxy.jsp?startrecord=46&endrecord=90&perpage=45&page=2";
        assert_eq!(lists, [format!("{ask}&appid=1&columnid=1234")]);
    }

    #[test]
    fn a_page_without_records_is_read_as_any_other() {
        let html = "<ul><li><a href='/art/2024/3/9/art_1234_5.html'>关于停水的公告</a><span>2024-03-09</span></li></ul>";
        let (items, lists) = read_at(ListStyle::Jcms, LIST, LIST, html);
        assert_eq!((items.len(), lists.len()), (1, 0));
    }
}
