//! Which year an annual report on government information disclosure is about.

use std::sync::LazyLock;

use regex::Regex;

use crate::extract::dates;
use crate::model::{Evidence, PublicDate, Sourced};

/// Whether a title names an annual report on disclosure (政府信息公开工作年度报告).
pub(super) fn is_annual_report(title: &str) -> bool {
    let title: String = title.chars().filter(|c| !c.is_whitespace()).collect();
    let title = title.trim_end_matches(['…', '.', '。']);
    let about = title.contains("信息公开") || title.contains("政务公开");
    let yearly = ["年度报告", "年报", "工作报告", "情况报告", "统计表"]
        .iter()
        .any(|word| title.contains(word));
    // A list may have cut the last word.
    let yearly = yearly || title.ends_with("年度报") || title.ends_with("年度");
    let other =
        ["通知", "解读", "公告", "模板", "格式", "指南"].iter().any(|word| title.contains(word));
    about && (yearly || (title.contains('年') && title.ends_with("报告"))) && !other
}

static YEAR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?<y>[0-9０-９]{4}|[〇○◯零ＯO０一二三四五六七八九]{4})\s*年").ok()
});
static PERIOD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:统计期限|期限|时限)[^。]{0,12}?自?\s*(?<y>\d{4})\s*年\s*1\s*月\s*1\s*日").ok()
});
static CAPTION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?<y>\d{4})\s*年[^。\n]{0,30}(?:情况统计表|年度报告)").ok());

/// Title, then the period the text names, then a caption, then the year before it was published.
pub(super) fn find(title: &str, text: &str, published: Option<PublicDate>) -> Option<Sourced<i16>> {
    if !is_annual_report(title) || title.contains("年") && masked(title) {
        return None;
    }
    let end = text.char_indices().nth(6000).map_or(text.len(), |(at, _)| at);
    let head = &text[..end];
    by(&YEAR, title, Evidence::Title)
        .or_else(|| by(&PERIOD, head, Evidence::Text))
        .or_else(|| by(&CAPTION, head, Evidence::Text))
        .or_else(|| {
            Some(Sourced::new(
                published?.year() - 1,
                Evidence::Derived("published_date".to_owned()),
            ))
        })
}

/// The year that a title names.
pub(super) fn in_title(title: &str) -> Option<i16> {
    by(&YEAR, title, Evidence::Title).map(|year| year.value)
}

/// `2020年政务公开工作要点`, `2020年度政府信息公开`
static PLANNED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?<y>\d{4})年度?(?:政务公开|政府信息公开|信息公开)").ok());

/// The year that a report without a title is about, by how it begins.
pub(super) fn in_opening(text: &str) -> Option<Sourced<i16>> {
    let end = text.char_indices().nth(800).map_or(text.len(), |(at, _)| at);
    let opening = &text[..end];
    by(&PERIOD, opening, Evidence::Text).or_else(|| by(&PLANNED, opening, Evidence::Text))
}

fn masked(title: &str) -> bool {
    let title = title.to_lowercase();
    ["xx年", "××年", "**年", "xx年度"].iter().any(|mask| title.contains(mask))
}

fn by(pattern: &LazyLock<Option<Regex>>, text: &str, evidence: Evidence) -> Option<Sourced<i16>> {
    let found = pattern.as_ref()?.captures(text)?;
    let digits = found.name("y")?.as_str().chars().map(|c| c.to_digit(10).or_else(|| wide(c)));
    let year = digits
        .map(|digit| digit.and_then(|d| i16::try_from(d).ok()))
        .try_fold(0_i16, |year, digit| year.checked_mul(10)?.checked_add(digit?))?;
    (1990..=2199).contains(&year).then(|| Sourced::new(year, evidence))
}

fn wide(c: char) -> Option<u32> {
    "０１２３４５６７８９"
        .chars()
        .zip(0..)
        .find(|(d, _)| *d == c)
        .map(|(_, n)| n)
        .or_else(|| dates::digit(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year(title: &str, text: &str) -> Option<i16> {
        find(title, text, "2012-03-01".parse().ok()).map(|year| year.value)
    }

    #[test]
    fn the_year_a_report_is_about() {
        assert_eq!(year("灵洲市2013年政府信息公开工作年度报告", ""), Some(2013));
        assert_eq!(year("二○一○年灵洲市教育局信息公开年报", ""), Some(2010));
        assert_eq!(year("灵洲市政府信息公开年度报告", "统计期限自2009年1月1日起至"), Some(2009));
        assert_eq!(year("灵洲市政府信息公开年度报告", "2012年工作计划"), Some(2011));
        assert_eq!(year("灵洲市20XX年政府信息公开年度报告", ""), None);
        assert_eq!(year("关于报送2013年政府信息公开年度报告的通知", ""), None);
        assert_eq!(year("灵洲市2013年财政预算报告", ""), None);
    }
}
