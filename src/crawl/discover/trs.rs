//! Static lists of TRS WCM: the page count stands in a script, page N ≥ 2 is `index_{N-1}`.
//!
//! Three dialects: `createPageHTML(count, current, "index", "html")`, `countPage = count` with links written by the
//! script, and `pagination_script_config = { pageNumber:'current', total:'count' }`.

use std::sync::LazyLock;

use regex::Regex;

use super::Link;
use crate::crawl::scope;
use crate::model::PageUrl;

/// What a page's script says about its list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pager {
    /// Pages of the list.
    count: u32,
    /// This page, the first being 0; not always told.
    current: Option<u32>,
    /// Name of the first page's file, without ending.
    name: String,
    /// Ending of the files; not always told.
    ending: Option<String>,
}

// What repeats is spelled out: the letters of all scripts, so often, take longer to get ready than a page to read.
static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"createPageHTML\s*\(\s*(\d{1,7})\s*,\s*(\d{1,7})\s*,\s*["']([0-9A-Za-z_-]{1,40})["']\s*,\s*["']([0-9A-Za-z_]{2,6})["']"#).ok()
});
static COUNT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\bcountPage\s*=\s*(\d{1,7})\b").ok());
static CURRENT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\bcurrentPage\s*=\s*(\d{1,7})\b").ok());
static FIRST_FILE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"["'>=/]index\.(s?html?|jsp|php)\b"#).ok());
static CONFIG: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"pagination_script_config\s*=\s*\{([^}]{0,400})\}").ok());
static CONFIG_TOTAL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\btotal["']?\s*:\s*["']?(\d{1,7})"#).ok());
static CONFIG_NUMBER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\bpageNumber["']?\s*:\s*["']?(\d{1,7})"#).ok());

/// The list page after the one at this address; `items` are the documents it lists.
pub(super) fn next(at: &PageUrl, text: &str, items: &[Link]) -> Option<PageUrl> {
    let pager = by_call(text).or_else(|| by_config(text)).or_else(|| by_count(text))?;
    let current = number_in(at, &pager.name).or(pager.current)?;
    let next = current.checked_add(1).filter(|next| *next < pager.count)?;
    let ending = pager
        .ending
        .or_else(|| ending_of(at))
        .or_else(|| first(&FIRST_FILE, text).map(str::to_owned))
        .or_else(|| usual_ending(items))
        .unwrap_or_else(|| "html".to_owned());
    at.join(&format!("{}{}_{next}.{ending}", scope::folder(at), pager.name)).ok()
}

fn first<'t>(regex: &'static LazyLock<Option<Regex>>, text: &'t str) -> Option<&'t str> {
    regex.as_ref()?.captures(text)?.get(1).map(|found| found.as_str())
}

fn number(regex: &'static LazyLock<Option<Regex>>, text: &str) -> Option<u32> {
    first(regex, text)?.parse().ok()
}

fn by_call(text: &str) -> Option<Pager> {
    let call = CALL.as_ref()?.captures(text)?;
    Some(Pager {
        count: call[1].parse().ok()?,
        current: call[2].parse().ok(),
        name: call[3].to_owned(),
        ending: Some(call[4].to_owned()),
    })
}

fn by_config(text: &str) -> Option<Pager> {
    let config = first(&CONFIG, text)?;
    Some(Pager {
        count: number(&CONFIG_TOTAL, config)?,
        current: number(&CONFIG_NUMBER, config),
        name: "index".to_owned(),
        ending: None,
    })
}

fn by_count(text: &str) -> Option<Pager> {
    Some(Pager {
        count: number(&COUNT, text)?,
        current: number(&CURRENT, text),
        name: "index".to_owned(),
        ending: None,
    })
}

/// Which page of its list an address is; it is believed before the script, which is often copied along.
fn number_in(at: &PageUrl, name: &str) -> Option<u32> {
    let file = scope::file_name(at);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    if file.is_empty() || stem == name {
        return Some(0);
    }
    stem.strip_prefix(name)?.strip_prefix('_')?.parse().ok()
}

fn ending_of(url: &PageUrl) -> Option<String> {
    let (_, ending) = scope::file_name(url).rsplit_once('.')?;
    Some(ending.to_owned())
}

/// The ending that most documents of the page have: a folder's address does not tell its own.
fn usual_ending(items: &[Link]) -> Option<String> {
    let endings: Vec<String> = items
        .iter()
        .filter_map(|item| ending_of(&item.url))
        .filter(|e| e.to_ascii_lowercase().contains("htm"))
        .collect();
    let count = |ending: &String| endings.iter().filter(|e| *e == ending).count();
    endings.iter().max_by_key(|ending| count(ending)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::discover::recipe::item;
    use crate::crawl::testing::page;

    #[test]
    fn every_dialect_leads_to_the_next_page() {
        let call = r#"<script>createPageHTML(3,0,"index","shtml");</script>"#;
        let call_list = "<SCRIPT>createPageHTML( 12, 0, 'list', 'htm' );</SCRIPT>";
        let count = r#"var currentPage=0;
            var countPage=4
            document.write("<a href=\"index.htm\" target=\"_self\">首页</a>");"#;
        let bare_count = "var countPage = 4;";
        let config = "var pagination_script_config = { pageNumber:'0', total:'2' };";
        let items = [item(page("http://a.gov.cn/x/202001/t1.shtml"), None, None)];
        let table: &[(&str, &str, Option<&str>)] = &[
            (call, "/zwgk/x/", Some("/zwgk/x/index_1.shtml")),
            (call, "/zwgk/x/index.shtml", Some("/zwgk/x/index_1.shtml")),
            (call, "/zwgk/x/index_1.shtml", Some("/zwgk/x/index_2.shtml")),
            (call, "/zwgk/x/index_2.shtml", None),
            (call, "/zwgk/x/index_9.shtml", None),
            (call_list, "/zwgk/x/list.htm", Some("/zwgk/x/list_1.htm")),
            (call_list, "/zwgk/x/list_10.htm", Some("/zwgk/x/list_11.htm")),
            (call_list, "/zwgk/x/list_11.htm", None),
            (count, "/zwgk/x/", Some("/zwgk/x/index_1.htm")),
            (count, "/zwgk/x/index_2.htm", Some("/zwgk/x/index_3.htm")),
            (count, "/zwgk/x/index_3.htm", None),
            (bare_count, "/zwgk/x/", Some("/zwgk/x/index_1.shtml")),
            (config, "/zwgk/x/", Some("/zwgk/x/index_1.shtml")),
            (config, "/zwgk/x/index.htm", Some("/zwgk/x/index_1.htm")),
            (config, "/zwgk/x/index_1.shtml", None),
            ("function createPageHTML(_nPageCount, _nCurrIndex){}", "/zwgk/x/", None),
            ("createPageHTML(1,0,\"index\",\"html\")", "/zwgk/x/", None),
            ("createPageHTML(99999999999,0,\"index\",\"html\")", "/zwgk/x/", None),
            ("", "/zwgk/x/", None),
        ];
        for (text, at, expected) in table {
            let at = page(&format!("http://a.gov.cn{at}"));
            let found = next(&at, text, &items);
            assert_eq!(found.as_ref().map(PageUrl::path), *expected, "{text} {at}");
        }
        let without_items = next(&page("http://a.gov.cn/x/"), config, &[]);
        assert_eq!(without_items.unwrap().path(), "/x/index_1.html");
    }
}
