//! Who issued a document, where nothing says so and title or number imply it.

use std::sync::LazyLock;

use regex::Regex;

use crate::extract::report_year;
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
        parts.clone().all(looks_like_agency).then(|| by.to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

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
