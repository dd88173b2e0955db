//! Epoint EWB: the documents of a category come as JSON from an interface that is asked by POST, with a JSON body.
//!
//! The interface is named by the site's script `webBuilderCommon.js`, the category by the column's page or its
//! address. Servers count pages from 0 or from 1; asking from 0 until the number of items is reached finds all of
//! them either way, at the cost of one request.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::json;
use super::recipe::{Leads, ListLead, ListPage};
use crate::config::{JsonRules, ListStyle};
use crate::crawl::scope;
use crate::model::{Form, FormKind, PageUrl};

/// The interface, below the name of the site's project.
const INTERFACE: &str = "rest/lightfrontaction/getgovinfolist";
/// Where the site's script lies when the page does not say.
const USUAL_SCRIPT: &str = "/js/webBuilderCommon.js";
/// Items of a page where nothing says how many.
const USUAL_SIZE: &str = "20";
/// What is sent, each as text but for the page's number and size.
const NAMES: [&str; 3] = ["deptcode", "categorynum", "siteGuid"];
/// The deepest nesting of an answer that is searched for items.
const DEEPEST: usize = 6;

static SCRIPT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"["']([^"'\s<>]{0,200}webBuilderCommon\.js)[^"'\s<>]{0,60}["']"#).ok()
});
static VALUE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(deptcode|categorynum|siteguid|projectname|pagesize)["']?\s*[:=]\s*(?:["']([^"'<>\s]{0,100})["']|(\d{1,6}))"#).ok()
});

/// The documents of the interface's answer; of a column's page, those it shows and the way to the interface.
pub(super) fn read(page: &ListPage<'_>) -> Leads {
    if page.form.is_some() && ListStyle::Ewb.posts_to(page.at.path()) {
        return answer(page);
    }
    if scope::file_name(page.at) == "webBuilderCommon.js" {
        return Leads { items: Vec::new(), lists: of_script(page).into_iter().collect() };
    }
    page.by_markup(|_, _| None).or_by(of_column(page))
}

/// The body that asks for one page of a category.
pub(super) fn form(parameters: &[(String, String)], number: u32) -> Option<Form> {
    let value = |name: &str| {
        let given = parameters.iter().find(|(n, v)| n.eq_ignore_ascii_case(name) && !v.is_empty());
        given.map(|(_, value)| value.clone())
    };
    let size = value("pageSize").and_then(|size| size.parse().ok());
    let size: u32 = size.or_else(|| USUAL_SIZE.parse().ok())?;
    let mut body: serde_json::Map<String, Value> = NAMES
        .iter()
        .map(|&name| (name.to_owned(), value(name).unwrap_or_default().into()))
        .collect();
    body.insert("pageIndex".to_owned(), number.into());
    body.insert("pageSize".to_owned(), size.clamp(1, 100).into());
    Form::new(FormKind::Json, Value::Object(body).to_string()).ok()
}

/// From a column's page to the interface, or to the script that names it.
fn of_column(page: &ListPage<'_>) -> Option<ListLead> {
    let mut told = told(page.text);
    if !told.iter().any(|(name, value)| name == "categorynum" && !value.is_empty()) {
        told.push(("categorynum".to_owned(), category(page.list)?));
    }
    if told.iter().any(|(name, value)| name == "siteguid" && !value.is_empty()) {
        return interface(page, &told);
    }
    let script = SCRIPT.as_ref()?.captures(page.text);
    let path = script.as_ref().map_or(USUAL_SCRIPT, |script| &script[1]);
    let script = page.at.join(path).ok()?;
    // One script serves all columns: what this one is about goes along in the address.
    Some(ListLead::from(page.address(script.path(), &told)?))
}

/// From the site's script, asked for a column, to the interface.
fn of_script(page: &ListPage<'_>) -> Option<ListLead> {
    let told: Vec<_> = page.parameters().into_iter().chain(told(page.text)).collect();
    interface(page, &told)
}

fn interface(page: &ListPage<'_>, told: &[(String, String)]) -> Option<ListLead> {
    let project = told.iter().find(|(name, _)| name == "projectname");
    let project = project.map_or("", |(_, name)| name.trim_matches('/'));
    let slash = if project.is_empty() { "" } else { "/" };
    let url = page.at.join(&format!("/{project}{slash}{INTERFACE}")).ok()?;
    Some(ListLead { form: Some(form(told, 0)?), ..ListLead::from(url) })
}

/// What a text says of the site and the category; of each name, the first value. Names in lower case.
fn told(text: &str) -> Vec<(String, String)> {
    let mut told: Vec<(String, String)> = Vec::new();
    for found in VALUE.as_ref().into_iter().flat_map(|regex| regex.captures_iter(text)) {
        let name = found[1].to_ascii_lowercase();
        let value = found.get(2).or_else(|| found.get(3)).map_or("", |value| value.as_str());
        if told.iter().all(|(n, _)| *n != name) && !value.is_empty() {
            told.push((name, value.to_owned()));
        }
    }
    told
}

/// The category in a column's address: its last folder that is a number, such as `/012001/012001003/list.html`.
fn category(list: &PageUrl) -> Option<String> {
    let is_number = |name: &&str| name.len() >= 3 && name.bytes().all(|b| b.is_ascii_digit());
    list.path().rsplit('/').find(is_number).map(str::to_owned)
}

/// One page of a category.
fn answer(page: &ListPage<'_>) -> Leads {
    let Some(answer) = json::parse(page.text) else { return Leads::default() };
    let (listed, total) = listed(&answer, DEEPEST).unwrap_or_default();
    let items = json::documents(page, &rules(listed.first()), &listed);
    let asked = page.form.map(Form::pairs).unwrap_or_default();
    let number = |name: &str| {
        asked.iter().find(|(n, _)| n == name).and_then(|(_, value)| value.parse::<u64>().ok())
    };
    let (index, size) = (number("pageIndex").unwrap_or(0), number("pageSize").unwrap_or(1));
    let count = u64::try_from(listed.len()).unwrap_or(u64::MAX);
    let left = total.map_or(count >= size, |total| index.saturating_mul(size) < total);
    // A server that counts from 1 may have nothing to say of page 0.
    let more = index == 0 || (count > 0 && left);
    let next = u32::try_from(index + 1).ok().filter(|_| more && total != Some(0));
    let next = next.and_then(|next| form(&asked, next));
    let next = next.map(|form| ListLead { form: Some(form), ..ListLead::from(page.at.clone()) });
    Leads { items, lists: next.into_iter().collect() }
}

/// The items of an answer, wherever they stand, and how many there are in all; some servers put JSON into text.
fn listed(value: &Value, depth: usize) -> Option<(Vec<Value>, Option<u64>)> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::Array(items) if items.iter().any(|item| item.get("infourl").is_some()) => {
            Some((items.clone(), None))
        }
        Value::Array(items) => items.iter().take(20).find_map(|item| listed(item, depth)),
        Value::Object(fields) => {
            let (items, total) = fields.values().find_map(|field| listed(field, depth))?;
            let names = ["total", "totalcount", "count", "infocount", "rowcount"];
            let own = names.iter().find_map(|name| {
                let (_, count) = fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name))?;
                count.as_u64().or_else(|| count.as_str()?.trim().parse().ok())
            });
            Some((items, total.or(own)))
        }
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
            listed(&serde_json::from_str(text).ok()?, depth)
        }
        _ => None,
    }
}

/// Where things stand in an item like this one.
fn rules(item: Option<&Value>) -> JsonRules {
    let first_of = |names: &[&str]| {
        let there = names.iter().find(|name| item.is_some_and(|item| item.get(name).is_some()));
        there.or(names.first()).map(|name| (*name).to_owned()).unwrap_or_default()
    };
    JsonRules {
        items: ".".to_owned(),
        title: first_of(&["title", "realtitle", "customtitle"]),
        url: "infourl".to_owned(),
        date: Some(first_of(&["infodate", "publishdate", "pubdate", "date"])),
        total: None,
        page: "pageIndex".to_owned(),
        first: 0,
        step: 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::discover::recipe::tests::{read_at, read_posted};

    const LIST: &str = "zwgk/012001/012001003/list.html";
    const ASKED: &str = r#"{"categorynum":"012001003","deptcode":"","pageIndex":0,"pageSize":20,"siteGuid":"7eb5"}"#;

    fn leads(at: &str, text: &str) -> Vec<String> {
        read_at(ListStyle::Ewb, LIST, at, text).1
    }

    #[test]
    fn a_column_leads_to_the_interface_by_way_of_the_sites_script() {
        let shell = "<html class='EWB-FRONT'><script src=\"/js/webBuilderCommon.js?v=3\"></script>";
        let script = "/js/webBuilderCommon.js?categorynum=012001003";
        assert_eq!(leads(LIST, shell), [script]);
        let text = "var siteInfo = { projectName: \"/EpointWebBuilder\", siteGuid: '7eb5' };";
        let interface = format!("/EpointWebBuilder/{INTERFACE} POST {ASKED}");
        assert_eq!(leads(&script[1..], text), [interface]);
        let own = "<script>var siteGuid = '7eb5', projectName = ''; list({categoryNum:'012001003',pageSize:20})</script>";
        assert_eq!(leads(LIST, own), [format!("/{INTERFACE} POST {ASKED}")]);
    }

    #[test]
    fn a_page_without_a_category_is_read_as_any_other() {
        let html = "<ul><li><a href='/zw/20240506/a1.html'>关于防汛的通知</a><span>2024-05-06</span></li></ul>";
        let (items, lists) = read_at(ListStyle::Ewb, "zw/", "zw/", html);
        assert_eq!((items.len(), lists), (1, vec![]));
    }

    #[test]
    fn items_are_found_wherever_they_stand() {
        let item = r#"{"title":"关于防汛的通知","infourl":"/zwgk/012001/20240506/a1.html","infodate":"2024-05-06"}"#;
        let text =
            serde_json::to_string(&format!("{{\"infodata\":[{item}],\"total\":\"1\"}}")).unwrap();
        for answer in [
            format!(r#"{{"custom":{{"total":1,"infodata":[{item}]}},"status":{{"code":1}}}}"#),
            format!(r#"{{"return":{text}}}"#),
            format!("[{item}]"),
        ] {
            let at = format!("EpointWebBuilder/{INTERFACE}");
            let (items, _) = read_posted(ListStyle::Ewb, LIST, &at, ASKED, &answer);
            assert_eq!(
                items,
                ["/zwgk/012001/20240506/a1.html | 关于防汛的通知 | 2024-05-06"],
                "{answer}"
            );
        }
    }

    #[test]
    fn pages_are_asked_for_from_0_until_all_items_were_seen() {
        let item = r#"{"realtitle":"通知","infourl":"/a.html"}"#;
        let answer = |total: &str, listed: usize| {
            format!(r#"{{{total}"rows":[{}]}}"#, vec![item; listed].join(","))
        };
        let asked =
            |index: u32| ASKED.replace("\"pageIndex\":0", &format!("\"pageIndex\":{index}"));
        for (index, text, next) in [
            (0, answer("\"total\":45,", 20), Some(1)),
            (1, answer("\"total\":45,", 20), Some(2)),
            // Counted from 0 this was the last page, counted from 1 there is one more.
            (2, answer("\"total\":45,", 5), Some(3)),
            (3, answer("\"total\":45,", 5), None),
            (3, answer("\"total\":45,", 0), None),
            (0, answer("", 0), Some(1)),
            (1, answer("", 0), None),
            (1, answer("", 20), Some(2)),
            (2, answer("", 19), None),
            (0, "<html>".to_owned(), None),
        ] {
            let at = format!("p/{INTERFACE}");
            let (_, lists) = read_posted(ListStyle::Ewb, LIST, &at, &asked(index), &text);
            let next = next.map(|next| format!("/{at} POST {}", asked(next)));
            assert_eq!(lists.first(), next.as_ref(), "{index} {text:.30}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(
            read_posted(ListStyle::Ewb, LIST, &format!("p/{INTERFACE}"), ASKED, &deep),
            (vec![], vec![])
        );
    }
}
