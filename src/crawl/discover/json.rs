//! Lists as JSON: where items, titles, addresses and dates stand is told by rules, of a portal file or of a family.

use serde_json::Value;

use super::recipe::{Leads, ListPage, item};
use super::{Link, dates};
use crate::config::JsonRules;
use crate::crawl::scope;
use crate::model::{Moment, PageKind, PageUrl, china_day};

/// Parameters by which interfaces are told how many items a page has.
const SIZES: [&str; 7] =
    ["_pageSize", "pageSize", "pagesize", "page_size", "size", "rows", "limit"];
/// The longest title or date taken, in characters.
const LONGEST: usize = 500;
/// Later than any second, earlier than any millisecond of our time.
const MILLISECONDS: i64 = 100_000_000_000;

/// The documents of an answer, and the request for its next page; `per_page` is how many items a page has, where the
/// family fixes that.
pub(super) fn read(page: &ListPage<'_>, rules: &JsonRules, per_page: Option<u32>) -> Leads {
    let Some(answer) = parse(page.text) else { return Leads::default() };
    let Some(listed) = at_path(&answer, &rules.items).and_then(Value::as_array) else {
        return Leads::default();
    };
    let items = documents(page, rules, listed);
    let next = next(page, rules, &answer, listed.len(), per_page);
    Leads::new(items, next)
}

/// The documents among the items of an answer.
pub(super) fn documents(page: &ListPage<'_>, rules: &JsonRules, listed: &[Value]) -> Vec<Link> {
    listed.iter().filter_map(|value| document(page, rules, value)).collect()
}

/// The value of an answer: JSON, or JSON in a call of a function.
pub(super) fn parse(text: &str) -> Option<Value> {
    let bare = text.trim_start_matches('\u{feff}').trim();
    serde_json::from_str(bare).ok().or_else(|| {
        let (from, to) = (bare.find(['{', '['])?, bare.rfind(['}', ']'])?);
        serde_json::from_str(bare.get(from..=to)?).ok()
    })
}

/// The value that a path leads to.
pub(super) fn at_path<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    if path == "." {
        return Some(value);
    }
    path.split('.').try_fold(value, |value, name| match value {
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        _ => value.get(name),
    })
}

fn document(page: &ListPage<'_>, rules: &JsonRules, value: &Value) -> Option<Link> {
    let url = page.at.join(&address(rules, value)?).ok()?;
    let title = at_path(value, &rules.title).and_then(text).map(|title| plain(&title));
    let date = rules.date.as_deref().and_then(|path| day(at_path(value, path)?));
    let allowed =
        scope::covers(page.portal, PageKind::Detail, &url) && !scope::is_home(page.portal, &url);
    allowed.then(|| item(url, title.filter(|title| !title.is_empty()), date))
}

/// The address of an item: the value itself, or the template with its values.
fn address(rules: &JsonRules, value: &Value) -> Option<String> {
    let mut pieces = rules.url.split('{');
    let head = pieces.next()?;
    if head == rules.url {
        return at_path(value, &rules.url).and_then(text).filter(|url| !url.is_empty());
    }
    pieces.try_fold(head.to_owned(), |filled, piece| {
        let (path, rest) = piece.split_once('}')?;
        Some(filled + &at_path(value, path).and_then(text)? + rest)
    })
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A title without the tags that searches put around what they found.
fn plain(title: &str) -> String {
    let title = if title.contains(['<', '&']) {
        scraper::Html::parse_fragment(title).root_element().text().collect::<String>()
    } else {
        title.to_owned()
    };
    title.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}

/// A date as printed, or the day in China of seconds or milliseconds since 1970.
fn day(value: &Value) -> Option<String> {
    let number = value.as_i64().or_else(|| {
        value.as_str().filter(|text| text.len() >= 9).and_then(|text| text.trim().parse().ok())
    });
    if let Some(number) = number.filter(|number| *number > 0) {
        let seconds = if number > MILLISECONDS { number / 1000 } else { number };
        return Moment::from_second(seconds).ok().map(|moment| china_day(moment).to_string());
    }
    let printed = text(value)?;
    let day = dates::day(&printed).map(str::to_owned);
    day.or_else(|| (!printed.is_empty()).then(|| printed.chars().take(LONGEST).collect()))
}

/// The next page, while items are left: by their number where it is told, else until a page is not full.
fn next(
    page: &ListPage<'_>,
    rules: &JsonRules,
    answer: &Value,
    listed: usize,
    per_page: Option<u32>,
) -> Option<PageUrl> {
    let current = page.number(&rules.page).unwrap_or(rules.first).max(rules.first);
    let listed = u64::try_from(listed).ok()?;
    let told = SIZES.iter().find_map(|name| page.number(name)).filter(|size| *size > 0);
    let size = told.or(per_page).map_or(listed, u64::from).max(listed);
    let total = rules.total.as_deref().and_then(|path| at_path(answer, path));
    let total = total.and_then(|total| total.as_u64().or_else(|| total.as_str()?.parse().ok()));
    let pages_before = u64::from((current - rules.first) / rules.step);
    let more = match total {
        Some(total) => pages_before.checked_add(1)?.checked_mul(size)? < total,
        None => listed == size,
    };
    let next = current.checked_add(rules.step)?;
    (more && listed > 0).then(|| page.with_parameter(&rules.page, &next.to_string()))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ListStyle;
    use crate::crawl::discover::recipe::tests::described;
    use crate::crawl::testing::{page, portal_with};

    fn rules(url: &str) -> JsonRules {
        let some = |text: &str| Some(text.to_owned());
        JsonRules {
            items: "data.rows".into(),
            title: "t".into(),
            url: url.into(),
            date: some("when"),
            total: some("data.count"),
            page: "page".into(),
            first: 1,
            step: 1,
        }
    }

    fn read_with(rules: &JsonRules, at: &str, text: &str) -> (Vec<String>, Vec<String>) {
        let mut portal = portal_with("http://a.gov.cn/", &[("公示公告", "api")]);
        portal.list.style = ListStyle::Json;
        let at = page("http://a.gov.cn/").join(at).unwrap();
        described(read(
            &ListPage { portal: &portal, list: &at, at: &at, form: None, text },
            rules,
            None,
        ))
    }

    #[test]
    fn items_stand_where_the_rules_say() {
        let answer = r#"{"data":{"count":"5","rows":[
            {"t":"关于<em>防汛</em>的通知 &amp; 说明","u":"/zwgk/1.html","id":7,"when":"2024-05-06 10:00"},
            {"t":"预算公开","u":"http://a.gov.cn/zwgk/2.html","id":8,"when":1714924800},
            {"t":"别处","u":"http://b.gov.cn/3.html","id":9,"when":1714924800000},{"t":"无址"}]}}"#;
        let (items, lists) = read_with(&rules("u"), "api?page=1&size=4", answer);
        assert_eq!(
            items,
            [
                "/zwgk/1.html | 关于防汛的通知 & 说明 | 2024-05-06",
                "/zwgk/2.html | 预算公开 | 2024-05-06"
            ]
        );
        assert_eq!(lists, ["/api?page=2&size=4"]);
        let (items, _) = read_with(&rules("/content/{id}.html"), "api", answer);
        assert_eq!(items[2], "/content/9.html | 别处 | 2024-05-06");
    }

    #[test]
    fn pages_end_with_the_items() {
        let row = r#"{"t":"a","u":"/1.html"}"#;
        let told = |count: u32, rows: usize| {
            format!(r#"{{"data":{{"count":{count},"rows":[{}]}}}}"#, vec![row; rows].join(","))
        };
        let untold =
            |rows: usize| format!(r#"{{"data":{{"rows":[{}]}}}}"#, vec![row; rows].join(","));
        let offset = JsonRules { page: "start".into(), first: 0, step: 10, ..rules("u") };
        for (rules, at, answer, expected) in [
            (&rules("u"), "api", told(25, 10), Some("/api?page=2")),
            (&rules("u"), "api?page=3&size=10", told(25, 5), None),
            (&rules("u"), "api?page=2&size=10", told(20, 10), None),
            (&rules("u"), "api?page=2&size=10", untold(10), Some("/api?page=3&size=10")),
            (&rules("u"), "api?page=2&size=10", untold(9), None),
            (&rules("u"), "api?page=9", told(1000, 0), None),
            (&offset, "api?start=10&limit=10", told(25, 10), Some("/api?start=20&limit=10")),
            (&offset, "api?start=20&limit=10", told(25, 5), None),
            (&rules("u"), "api?page=4294967295", told(u32::MAX, 10), None),
        ] {
            let (_, lists) = read_with(rules, at, &answer);
            assert_eq!(lists.first().map(String::as_str), expected, "{at} {answer}");
        }
    }

    #[test]
    fn answers_in_a_call_are_read_and_other_ones_are_empty() {
        let call = r#"jQuery123({"data":{"rows":[{"t":"a","u":"/1.html"}]}});"#;
        assert_eq!(read_with(&rules("u"), "api", call).0.len(), 1);
        let deep = "[".repeat(100_000);
        for text in ["", "<html></html>", "[]", "{\"data\":{\"rows\":{}}}", "}{", deep.as_str()] {
            assert_eq!(read_with(&rules("u"), "api", text), (vec![], vec![]), "{text:.20}");
        }
    }
}
