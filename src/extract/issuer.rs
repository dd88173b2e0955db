//! Who issued a document, where nothing says so and title or number imply it.

use std::sync::LazyLock;

use regex::Regex;

use crate::extract::{report_year, signers};
use crate::model::{DocNumber, Evidence, Sourced, looks_like_agency};

/// `灵洲市教育局关于…的通知`
static ABOUT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^(?<by>[^《》，。：（）()]{2,50}?)关于.{2,}(?:通知|意见|决定|决议|公告|通告|通报|批复|函|公示|报告|答复|请示|议案|命令|办法|规定|方案|细则|规划)(?:[（(][^（）()]*[）)])?$",
    )
    .ok()
});
/// `2019年灵洲市教育局政府信息公开年度报告`
static REPORT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let year = r"(?:[0-9０-９]{4}|[〇○零一二三四五六七八九]{4})\s*年度?";
    Regex::new(&format!(
        r"^(?:{year})?(?<by>\p{{Han}}{{3,40}}?)\s*(?:关于)?\s*(?:{year}|(?:政府|政务)?信息公开|政务公开)"
    ))
    .ok()
});

/// The agency before 关于 in a title, before the year in the title of an annual report, or of an order's number.
pub(super) fn implied(title: &str, number: Option<&DocNumber>) -> Option<Sourced<String>> {
    let named = || {
        let found = ABOUT.as_ref()?.captures(title)?;
        let by = found["by"].trim();
        let parts = by.split(['、', ' ', '　']).filter(|part| !part.is_empty());
        let names: Vec<String> = parts.clone().flat_map(signers::parted).collect();
        let is_run_together = names.len() > parts.count();
        let all = names.iter().all(|name| looks_like_agency(name));
        all.then(|| if is_run_together { names.join(" ") } else { by.to_owned() })
    };
    let reporting = || {
        let found =
            REPORT.as_ref()?.captures(title).filter(|_| report_year::is_annual_report(title))?;
        let by = &found["by"];
        // 灵洲市人民政府信息公开 stands for 人民政府 and 政府信息公开.
        let by = if by.ends_with("人民") { format!("{by}政府") } else { by.to_owned() };
        looks_like_agency(&by).then_some(by)
    };
    let titled = named().or_else(reporting).map(|by| Sourced::new(by, Evidence::Title));
    titled.or_else(|| {
        let number = number.filter(|number| number.is_order())?;
        let code = number.code.trim_end_matches(|c: char| c.is_ascii_digit() || c == '年');
        let by = code.strip_suffix('令').or_else(|| code.strip_suffix("公告"))?;
        let whole = by.chars().count() > 2 && looks_like_agency(by);
        whole.then(|| Sourced::new(by.to_owned(), Evidence::Derived("doc_no".to_owned())))
    })
}

/// `灵洲市水务局`, at the border of a clause.
static BUREAU: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:^|[，,。；;、“《（(：:\s])(?<name>\p{Han}{2,5}?[省市县区旗州盟]\p{Han}{1,12}?[局委厅])").ok()
});
/// `青岚街道`, at the border of a clause and before what it does.
static TOWN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:^|[，,。；;、（(：:\s])(?<name>\p{Han}{2,5}?(?:街道|镇|乡|苏木))(?:办事处|人民政府|党工委|政府|党委)?(?:深入|认真|严格|积极|高度|全面|坚持|始终|切实|按照|紧紧|在区|在市|在县)").ok()
});
/// Names of other bodies, and what a bureau is never called.
const NO_BUREAU: [&str; 10] =
    ["政府", "中心", "根据", "按照", "办公", "市委", "县委", "区委", "省委", "本"];

/// The agency that a report on disclosure speaks of as of itself (我局, 我办), by its name elsewhere in the text.
///
/// A short form (灵洲市环卫局) and the full name (灵洲市环境卫生管理局) count as one. The name must stand more than once
/// and more often than any other of its kind.
pub(super) fn in_prose(text: &str) -> Option<Sourced<String>> {
    let opening = text.char_indices().nth(1500).map_or(text.len(), |(at, _)| at);
    if !["政务公开", "信息公开"].iter().any(|word| text[..opening].contains(word)) {
        return None;
    }
    let says = |words: &[&str]| words.iter().any(|word| text.matches(word).count() > 1);
    let name = if says(&["我局", "我委", "我厅", "本局"]) {
        most_named(text, &BUREAU)
    } else if says(&["我办", "我街道", "我镇", "我乡"]) {
        most_named(text, &TOWN).map(|name| {
            let office = if name.ends_with("街道") { "办事处" } else { "人民政府" };
            format!("{name}{office}")
        })
    } else {
        None
    };
    Some(Sourced::new(name?, Evidence::Text))
}

fn most_named(text: &str, pattern: &LazyLock<Option<Regex>>) -> Option<String> {
    let found = pattern.as_ref()?.captures_iter(text).take(200).map(|found| {
        let name = found.name("name").map_or("", |name| name.as_str());
        name.to_owned()
    });
    let mut names: Vec<String> =
        found.filter(|name| !NO_BUREAU.iter().any(|word| name.contains(word))).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.dedup();
    let mut counted: Vec<(usize, String)> = Vec::new();
    for name in names {
        let times = text.matches(&name).count();
        let longer = counted.iter_mut().find(|(_, longer)| abbreviates(&name, longer));
        match longer {
            Some((count, longer)) if *longer != name => *count += times,
            Some(_) => {}
            None => counted.push((times, name)),
        }
    }
    counted.sort_by_key(|(times, _)| std::cmp::Reverse(*times));
    match &counted[..] {
        [(times, _), (other, _), ..] if times == other => None,
        [(times, name), ..] if *times > 1 => Some(name.clone()),
        _ => None,
    }
}

/// Whether a name is a longer one with characters left out, of one place and one kind of body.
fn abbreviates(short: &str, long: &str) -> bool {
    let mut rest = long.chars();
    let ends = short.chars().last() == long.chars().last();
    let begins = short.chars().zip(long.chars()).take(3).all(|(a, b)| a == b);
    ends && begins && short.chars().all(|c| rest.any(|other| other == c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_names_the_agency_that_speaks() {
        let of = |text: &str| in_prose(text).map(|issuer| issuer.value);
        let street = "为做好政务公开，青岚街道认真落实要求。我办设立窗口，青岚街道便民服务中心开放。我办将继续努力。";
        assert_eq!(of(street).as_deref(), Some("青岚街道办事处"));
        let bureau = "我局推进政务公开。制定了《灵洲市环境卫生管理局信息公开办法》，灵洲市环卫局窗口收件。\
            灵洲市信访局来函，我局已答复。";
        assert_eq!(of(bureau).as_deref(), Some("灵洲市环境卫生管理局"));
        let tie =
            "我局推进政务公开。灵洲市财政局、灵洲市教育局，灵洲市财政局、灵洲市教育局。我局完。";
        assert_eq!(of(tie), None);
        assert_eq!(of("政务公开工作。青岚街道认真落实，青岚街道完。"), None, "nobody speaks");
        assert_eq!(
            of("我局我局。灵洲市教育局办学，灵洲市教育局完。"),
            None,
            "about something else"
        );
    }

    #[test]
    fn titles_and_orders_name_their_agency() {
        let of = |title: &str, number: Option<&str>| {
            let number = number.and_then(DocNumber::parse);
            implied(title, number.as_ref()).map(|issuer| issuer.value)
        };
        for (title, issuer) in [
            ("灵洲市教育局关于做好开学工作的通知", Some("灵洲市教育局")),
            (
                "灵洲市人民代表大会常务委员会关于批准预算的决议",
                Some("灵洲市人民代表大会常务委员会"),
            ),
            ("灵洲市教育局、灵洲市财政局关于补助的通知", Some("灵洲市教育局、灵洲市财政局")),
            ("灵洲市教育局灵洲市财政局关于补助的通知", Some("灵洲市教育局 灵洲市财政局")),
            ("教育部科技部关于成果的意见", Some("教育部 科技部")),
            ("关于做好开学工作的通知", None),
            ("教师关于待遇的意见", None),
            ("灵洲市教育局2019年政府信息公开工作年度报告", Some("灵洲市教育局")),
            ("2019年灵洲市教育局政府信息公开年报", Some("灵洲市教育局")),
            ("灵洲市人民政府信息公开年度报告", Some("灵洲市人民政府")),
            ("政府信息公开年报", None),
        ] {
            assert_eq!(of(title, None).as_deref(), issuer, "{title}");
        }
        assert_eq!(of("供水办法", Some("灵洲市水利局令第3号")).as_deref(), Some("灵洲市水利局"));
        assert_eq!(
            of("供水办法", Some("灵洲市水利局令2001年第3号")).as_deref(),
            Some("灵洲市水利局")
        );
        assert_eq!(of("供水办法", Some("国令第3号")), None);
    }
}
