//! The xxgk module of JCMS (大汉版通): a search that is asked by POST, and answers with a piece of HTML and 共N页.
//!
//! The search is that of the agency, not of the column, so the columns of one agency share its documents. Its
//! parameters stand in the page in several ways: in the address of the search or of the tree beside it, in the data
//! of a call, in hidden inputs. All of them are sent in the body: servers prefer those of the address where a name
//! stands twice, and would give the first page for ever.

use std::sync::LazyLock;

use regex::Regex;

use super::recipe::{Leads, ListLead, ListPage};
use crate::config::ListStyle;
use crate::crawl::scope;
use crate::model::Form;

/// The parameters of the search, in the order sent.
const NAMES: [&str; 12] = [
    "infotypeId",
    "jdid",
    "area",
    "divid",
    "vc_title",
    "vc_number",
    "sortfield",
    "currpage",
    "vc_filenumber",
    "vc_all",
    "texttype",
    "fbtime",
];
/// The number of the page asked for, from 1.
const PAGE: &str = "currpage";

static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"([^"'\s<>()=]{0,200}module/xxgk/)(search|tree)\.jsp(?:\?([^"'\s<>]{0,600}))?"#)
        .ok()
});
static IN_SCRIPT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"\b(infotypeId|jdid|area|divid|sortfield|texttype|fbtime)["']?\s*[:=]\s*(?:["']([^"'<>\s]{0,200})["']|(-?\d{1,9}))"#).ok()
});
static IN_INPUT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"\b(?:name|id)=["'](infotypeId|jdid|area|divid|sortfield|texttype|fbtime)["'][^<>]{0,200}?\bvalue=["']([^"'<>]{0,200})["']"#).ok()
});
static PAGES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"共(?:<[^<>]{1,60}>|&nbsp;|\s){0,6}(\d{1,6})(?:<[^<>]{1,60}>|&nbsp;|\s){0,6}页")
        .ok()
});

/// The documents of the search's answer; of a column's page, those it shows and the request for the search.
pub(super) fn read(page: &ListPage<'_>) -> Leads {
    if page.form.is_some() && ListStyle::Jcms.posts_to(page.at.path()) {
        return answer(page);
    }
    page.by_markup(|_, _| None).or_by(search(page))
}

/// The request for the first page of the search with these parameters.
pub(super) fn form(parameters: &[(String, String)], number: u32) -> Option<Form> {
    let value = |name: &str| {
        let given = parameters.iter().find(|(n, _)| n == name);
        given.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let named = NAMES.iter().map(|&name| {
        let value = if name == PAGE { number.to_string() } else { value(name) };
        (name.to_owned(), value)
    });
    let others = parameters.iter().filter(|(name, _)| !NAMES.contains(&name.as_str())).cloned();
    Form::of_pairs(&named.chain(others).collect::<Vec<_>>()).ok()
}

/// The search that a column's page asks.
fn search(page: &ListPage<'_>) -> Option<ListLead> {
    let calls: Vec<_> = CALL.as_ref()?.captures_iter(page.text).take(20).collect();
    let is_search = |call: &&regex::Captures<'_>| &call[2] == "search";
    let call = calls.iter().find(is_search).or(calls.first())?;
    let url = page.at.join(&call[1]).and_then(|folder| folder.join("search.jsp")).ok()?;
    let mut parameters: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, value: &str| {
        if name != PAGE && parameters.iter().all(|(n, v)| n != name || v.is_empty()) {
            parameters.retain(|(n, _)| n != name);
            parameters.push((name.to_owned(), value.to_owned()));
        }
    };
    let of_search = calls.iter().filter(is_search).take(1);
    let of_trees = calls.iter().filter(|call| &call[2] == "tree");
    let query = |call: &regex::Captures<'_>| {
        let query = call.get(3).map_or("", |query| query.as_str()).replace("&amp;", "&");
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect::<Vec<_>>()
    };
    of_search.flat_map(query).for_each(|(name, value)| add(&name, &value));
    for regex in [IN_SCRIPT.as_ref()?, IN_INPUT.as_ref()?] {
        for found in regex.captures_iter(page.text) {
            let value = found.get(2).or_else(|| found.get(3)).map_or("", |value| value.as_str());
            add(&found[1], value);
        }
    }
    let of_trees = of_trees.flat_map(query).filter(|(name, _)| NAMES.contains(&name.as_str()));
    of_trees.for_each(|(name, value)| add(&name, &value));
    let whose = |name: &str| parameters.iter().any(|(n, value)| n == name && !value.is_empty());
    if !(whose("area") || whose("jdid")) {
        return None;
    }
    form(&parameters, 1).map(|form| ListLead { form: Some(form), ..ListLead::from(url) })
}

/// One page of the search.
fn answer(page: &ListPage<'_>) -> Leads {
    let mut items = page.items_of_piece(page.text);
    items.retain(|item| item.url.path() != page.at.path() && !scope::is_index(&item.url));
    let parameters = page.form.map(Form::pairs).unwrap_or_default();
    let number = parameters.iter().find(|(name, _)| name == PAGE);
    let number = number.and_then(|(_, value)| value.parse::<u32>().ok()).unwrap_or(1);
    let pages = PAGES.as_ref().and_then(|regex| regex.captures(page.text)?[1].parse().ok());
    let more = !items.is_empty() && pages.is_none_or(|pages: u32| number < pages);
    let next = number.checked_add(1).filter(|_| more).and_then(|next| form(&parameters, next));
    let next = next.map(|form| ListLead { form: Some(form), ..ListLead::from(page.at.clone()) });
    Leads { items, lists: next.into_iter().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::discover::recipe::tests::{read_at, read_posted};

    const LIST: &str = "col/col1229/index.html";
    const SEARCH: &str = "module/xxgk/search.jsp";

    /// What the page of a column leads to.
    fn asked(html: &str) -> Vec<String> {
        read_at(ListStyle::Jcms, LIST, LIST, html).1
    }

    #[test]
    fn the_search_is_found_however_the_page_tells_its_parameters() {
        let expected = |rest: &str| {
            vec![format!(
                "/{SEARCH} POST infotypeId=A01&jdid=30&area=1133&divid=div7&vc_title=&vc_number=&sortfield=&currpage=1\
                 &vc_filenumber=&vc_all=&texttype=0&fbtime=-1{rest}"
            )]
        };
        let call = "<script>$.ajax({type:'post',url:'/module/xxgk/search.jsp?standardXxgk=1&texttype=0&amp;fbtime=-1&currpage=3',\
             data:{infotypeId:'A01',jdid:30,area:'1133',divid:'div7',currpage:page}})</script>";
        assert_eq!(asked(call), expected("&standardXxgk=1"));
        let frame = "<iframe src='../../module/xxgk/search.jsp?infotypeId=A01&amp;jdid=30&amp;area=1133&amp;divid=div7&amp;texttype=0&amp;fbtime=-1'></iframe>";
        assert_eq!(asked(frame), expected(""));
        let tree = "<iframe src='/module/xxgk/tree.jsp?area=1133&divid=div7&jdid=30&showsub=1'></iframe>\
             <input type=hidden name='infotypeId' value='A01'><input type=hidden id='texttype' value='0'><script>var fbtime = -1;</script>";
        assert_eq!(asked(tree), expected(""));
    }

    #[test]
    fn pages_without_the_search_or_its_agency_are_read_as_any_other() {
        let item = "<ul><li><a href='/art/2024/3/9/art_1229_5.html'>关于停水的公告</a><span>2024-03-09</span></li></ul>";
        for nothing in [
            "",
            "<a href='/module/xxgk/search.jsp'>检索</a>",
            "<script src='/module/xxgk/tree.js'></script>",
        ] {
            let (items, lists) = read_at(ListStyle::Jcms, LIST, LIST, &format!("{item}{nothing}"));
            assert_eq!((items.len(), lists), (1, vec![]), "{nothing}");
        }
        let elsewhere = "<script>url='http://b.gov.cn/module/xxgk/search.jsp?area=1133'</script>";
        assert_eq!(asked(elsewhere), Vec::<String>::new());
    }

    #[test]
    fn answers_are_paged_by_their_form() {
        let row = "<tr><td><a href='/art/2024/3/9/art_1229_5.html' title='关于停水的公告'>关于停水…</a></td><td>2024-03-09</td></tr>\
            <tr><td><a href='#'>下一页</a><a href='/col/col1230/index.html'>机构</a></td></tr>";
        let posted =
            |number: u32| format!("infotypeId=A01&area=1133&currpage={number}&standardXxgk=1");
        for (number, pages, next) in [
            (1, "共<b>3</b>页", Some(2)),
            (3, "共 3 页", None),
            (2, "共&nbsp;3&nbsp;页", Some(3)),
            (7, "", Some(8)),
            (u32::MAX, "", None),
        ] {
            let text = format!("<table>{row}</table><div>{pages}</div>");
            let (items, lists) = read_posted(ListStyle::Jcms, LIST, SEARCH, &posted(number), &text);
            assert_eq!(items, ["/art/2024/3/9/art_1229_5.html | 关于停水的公告 | 2024-03-09"]);
            let expected = next.map(|next| {
                format!(
                    "/{SEARCH} POST infotypeId=A01&jdid=&area=1133&divid=&vc_title=&vc_number=&sortfield=&currpage={next}\
                     &vc_filenumber=&vc_all=&texttype=&fbtime=&standardXxgk=1"
                )
            });
            assert_eq!(lists.first(), expected.as_ref(), "{pages}");
        }
        let empty = read_posted(ListStyle::Jcms, LIST, SEARCH, &posted(2), "<p>暂无信息</p>");
        assert_eq!(empty, (vec![], vec![]));
    }
}
