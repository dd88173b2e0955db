//! What stands between a title and its text: the day of signing or adoption in brackets (题注), and who signs.

use std::sync::LazyLock;

use regex::Regex;

use crate::extract::{body::squeeze, dates};
use crate::model::{Evidence, PublicDate, Sourced, looks_like_agency, paragraphs};

/// Day and agency at the head of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Byline {
    pub(super) date: Option<Sourced<PublicDate>>,
    pub(super) agency: Option<Sourced<String>>,
}

/// How many of the first lines may be a byline.
const HEAD: usize = 8;

/// `（2007年6月29日灵洲市第十届人民代表大会常务委员会第二次会议通过）`
static ADOPTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^[（(](?<by>[^）)]{4,120}?(?:通过|批准|公布|发布|印发|审议))").ok()
});
/// Tables begin with the unit that fills them in.
static FILLED_IN_BY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:填报|填表|编制|制表|报送|编报)(?:单位|机关|部门)\s*[：:]?\s*(?<name>\S+)").ok()
});

/// Looks at the first lines, the repeated title passed over.
pub(super) fn find(text: &str, title: &str) -> Byline {
    let title = squeeze(title);
    let mut byline = Byline::default();
    let mut above: Option<&str> = None;
    let lines = paragraphs(text).flat_map(str::lines).map(str::trim);
    for line in lines.filter(|line| !line.is_empty()).take(HEAD) {
        let prose = line.chars().count() > 60 && line.contains('。');
        if prose {
            break;
        }
        if byline.date.is_none()
            && let Some(date) = day(line, above)
        {
            byline.date = Some(Sourced::new(date, Evidence::TextHead));
            let agency = above.filter(|above| signs(above) && squeeze(above) != title);
            byline.agency = agency.map(|name| Sourced::new(name.to_owned(), Evidence::TextHead));
        }
        byline.agency = byline.agency.or_else(|| filled_in_by(line));
        above = Some(line);
    }
    byline
}

/// A day in brackets, alone or with who adopted the text; or a day below the name of an agency.
fn day(line: &str, above: Option<&str>) -> Option<PublicDate> {
    let bracketed = line.starts_with(['（', '(']);
    if let (true, Some(adopted)) = (bracketed, ADOPTED.as_ref()?.captures(line)) {
        let spotted = dates::spot(&adopted["by"]).next()?;
        return (spotted.span.start < 4).then_some(spotted.date).filter(|d| d.day().is_some());
    }
    let signed = bracketed || above.is_some_and(signs);
    let date = dates::alone(line).filter(|_| signed && line.chars().count() <= 24)?;
    (date.month().is_some() && line.contains('月')).then_some(date)
}

fn signs(name: &str) -> bool {
    let words = name.split([' ', '　']).filter(|word| !word.is_empty());
    name.chars().count() <= 40 && words.clone().count() > 0 && words.clone().all(looks_like_agency)
}

fn filled_in_by(line: &str) -> Option<Sourced<String>> {
    let line = line.replace('\t', " ");
    let found = FILLED_IN_BY.as_ref()?.captures(&line)?;
    let name = &found["name"];
    looks_like_agency(name).then(|| Sourced::new(name.to_owned(), Evidence::TextHead))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, String) {
        let Byline { date, agency } = find(text, "灵洲市供水条例");
        let shown = |date: Option<Sourced<PublicDate>>| {
            date.map_or_else(String::new, |d| d.value.to_string())
        };
        (shown(date), agency.map_or_else(String::new, |agency| agency.value))
    }

    #[test]
    fn days_and_names_below_the_title() {
        let pair = |date: &str, agency: &str| (date.to_owned(), agency.to_owned());
        for (text, expected) in [
            (
                "灵洲市供水条例\n\n（2007年6月29日灵洲市人民代表大会常务委员会通过）",
                pair("2007-06-29", ""),
            ),
            (
                "灵洲市统计公报\n\n灵洲市统计局 国家统计局灵洲调查局\n\n（2023年4月12日）",
                pair("2023-04-12", "灵洲市统计局 国家统计局灵洲调查局"),
            ),
            ("灵洲市统计局\n\n2023年4月12日\n\n一、综合", pair("2023-04-12", "灵洲市统计局")),
            ("填报单位：\t灵洲市教育局\t\n\n序号\t名称", pair("", "灵洲市教育局")),
            ("2023-04-12\n\n文", pair("", "")),
            ("（根据2007年6月29日灵洲市人大常委会通过的决定修正）", pair("", "")),
            ("各区县人民政府：\n\n2023年4月12日", pair("", "")),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
