//! truecms (江苏 counties): records as JCMS has them, in XML that is wrapped in the call of a function.
//!
//! The interface answers only who names the column's page as `Referer`, and cuts answers at a length of its own,
//! which is met as JCMS servers that do so are met.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::jcms;
use super::recipe::{Leads, ListLead, ListPage};

/// The interface.
const INTERFACE: &str = "/getMessage.do";
/// Records of a page where nothing says how many: the shortest length at which servers cut.
const USUAL_PAGE: &str = "10";

static PROXY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"["']([^"'\s<>]{0,200}messageController/getMessage\.do)[^"'\s<>]{0,100}["']"#).ok()
});
static COLUMN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)\bcolumnId["']?\s*[:=]\s*["']?([\w-]{1,64})"#).ok());
static PER_PAGE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)\bperpage["']?\s*[:=]\s*["']?(\d{1,2})\b"#).ok());

/// The records of the interface's answer; of a column's page, the documents it shows and the request for the records.
pub(super) fn read(page: &ListPage<'_>) -> Leads {
    if page.at.path().ends_with(INTERFACE) {
        let text = unwrapped(page.text);
        return jcms::window(&ListPage { text: &text, ..*page });
    }
    page.by_markup(|_, _| None).or_by(records(page))
}

/// The request for the first records.
fn records(page: &ListPage<'_>) -> Option<ListLead> {
    let first = |regex: &'static LazyLock<Option<Regex>>| {
        Some(regex.as_ref()?.captures(page.text)?.get(1)?.as_str())
    };
    let proxy = page.at.join(first(&PROXY)?).ok()?;
    if proxy.authority() != page.at.authority() {
        return None;
    }
    let length = first(&PER_PAGE).filter(|length| *length != "0").unwrap_or(USUAL_PAGE);
    let parameters = [
        ("startrecord", "1"),
        ("endrecord", length),
        ("perpage", length),
        ("page", "1"),
        ("columnId", first(&COLUMN)?),
        ("callback", "records"),
    ];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
    page.address(proxy.path(), &parameters).map(ListLead::from)
}

/// The XML of an answer: a text in the call, or a field of an object in it.
fn unwrapped(answer: &str) -> String {
    let call = answer.trim();
    let inside = call.find('(').zip(call.rfind(')')).filter(|(from, to)| from < to);
    let inside = inside.map_or(call, |(from, to)| call[from + 1..to].trim());
    let text = match serde_json::from_str(inside) {
        Ok(Value::String(text)) => Some(text),
        Ok(Value::Object(fields)) => fields.into_iter().find_map(|(_, field)| match field {
            Value::String(text) if text.contains("<record>") => Some(text),
            _ => None,
        }),
        _ => None,
    };
    text.unwrap_or_else(|| inside.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::config::ListStyle;
    use crate::crawl::discover::recipe::tests::read_at;

    const LIST: &str = "zfxxgk/tzgg/index.html";

    fn at(start: u32, length: u32) -> String {
        let (end, page) = (start + length - 1, (start - 1) / length + 1);
        format!(
            "/truecms/messageController/getMessage.do?startrecord={start}&endrecord={end}&perpage={length}&page={page}&columnId=a-7&callback=records"
        )
    }

    #[test]
    fn a_column_leads_to_its_records() {
        let html = "<script>var opts = {proxyUrl:'/truecms/messageController/getMessage.do',columnId:'a-7',perPage:20}</script>";
        assert_eq!(read_at(ListStyle::Truecms, LIST, LIST, html).1, [at(1, 20)]);
        let usual = html.replace(",perPage:20", "");
        assert_eq!(read_at(ListStyle::Truecms, LIST, LIST, &usual).1, [at(1, 10)]);
        for nothing in
            ["", "<script>columnId:'a-7'</script>", &html.replace("'/truecms", "'http://b.gov.cn")]
        {
            assert_eq!(read_at(ListStyle::Truecms, LIST, LIST, nothing).1, Vec::<String>::new());
        }
    }

    #[test]
    fn answers_are_unwrapped_and_paged_also_where_they_are_cut() {
        let record = |n: u32| {
            format!(
                "<record><![CDATA[<li><a href=\"/art/{n}.html\" title='公告{n}'>公告…</a><i>2024-05-06</i></li>]]></record>"
            )
        };
        let xml = |from: u32, to: u32| {
            let records: String = (from..=to).map(record).collect();
            format!(
                "<datastore><totalrecord>25</totalrecord><recordset>{records}</recordset></datastore>"
            )
        };
        let text = |xml: String| serde_json::to_string(&xml).unwrap();
        for (asked, answer, count, next) in [
            (at(1, 20), format!("records({});", text(xml(1, 20))), 20, Some(at(21, 20))),
            (
                at(1, 20),
                format!("records({{\"ok\":1,\"html\":{}}})", text(xml(1, 10))),
                10,
                Some(at(1, 10)),
            ),
            (at(21, 20), format!("records({})", xml(21, 25)), 5, None),
            (at(21, 10), xml(21, 25), 5, None),
            (at(41, 20), "records('')".to_owned(), 0, None),
        ] {
            let (items, lists) = read_at(ListStyle::Truecms, LIST, &asked[1..], &answer);
            assert_eq!((items.len(), lists.first()), (count, next.as_ref()), "{asked}");
        }
    }
}
