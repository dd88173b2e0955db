//! What a title says about copies, editions and citations.

use std::iter;
use std::sync::LazyLock;

use regex::Regex;

use crate::model::paragraphs;
use crate::text::Essence;

/// A bracket at the end of a title that tells an edition, a form or a state, not what the document is.
static MARK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"[（(〔\[【]\s*(?:",
        r"(?:[0-9０-９]{4}\s*年?)?\s*(?:第[一二三四五六七八九十]+次)?(?:修正|修订|修改|修正版|修订版|修订本|公布|施行)?(?:文本|版本|版)?",
        // A whole decision: `2020年5月14日灵洲市人大常委会第三次修订`.
        r"|[0-9０-９]{4}年[0-9]{1,2}月[0-9]{1,2}日[^（）()〔〕]{0,50}(?:修正|修订|修改|通过|公布|发布|施行)",
        r"|试行|暂行|试行版|全文|最新版?|[0-9０-９]{4}-[0-9]{1,2}-[0-9]{1,2}",
        r"|(?:图片|文字|图文|图解|超链|超链接|网页|文本|PDF|pdf|Word|WORD|word|OFD|ofd|扫描|电子|音频|视频|H5)[版件式]?",
        r"|(?:已|本文|全文)?(?:废止|失效|修改)",
        r")\s*[）)〕\]】]\s*$"
    ))
    .ok()
});
/// A bracket that tells a form of a report.
static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)图解|一图读懂|[（(〔\[【]\s*(?:图片|文字|图文|超链接?|网页|文本|pdf|word|ofd|扫描|电子|音频|视频|h5)[版件式]?\s*[）)〕\]】]|(?:图片|图文|图解|超链接?|PDF|Word|OFD)版",
    )
    .ok()
});
/// `〈灵洲市供水办法〉` inside the title of the notice that prints it.
static PRINTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:印发|颁布|发布|公布)\s*[《〈<](?<name>[^《》〈〉<>]{4,80})[》〉>](?:的(?:通知|公告|决定|命令|令)|$)").ok()
});
/// A date at the head of a regulation on which this wording or an older one was decided.
static DECIDED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?<y>[0-9]{4})\s*年\s*(?<m>[0-9]{1,2})\s*月\s*(?<d>[0-9]{1,2})\s*日(?P<what>[^年。；;]{0,90}?(?:通过|修正|修订|修改|公布|发布|批准))",
    )
    .ok()
});
static YEAR_MARK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"[（(〔\[【]\s*(?<y>[0-9]{4})\s*年?[^（()）]{0,12}[）)〕\]】]\s*$").ok()
});

/// The words that titles of regulations end with.
const REGULATIONS: [&str; 7] = ["法", "条例", "规定", "办法", "细则", "规则", "解释"];
/// What laws of the whole country begin with and citations leave out.
const COUNTRY: &str = "中华人民共和国";

/// A title without the marks at its end and the marks 《》 around the whole.
pub(super) fn bare(title: &str) -> &str {
    let mut rest = title.trim();
    loop {
        let cut = MARK.as_ref().and_then(|mark| mark.find(rest)).map_or(rest.len(), |m| m.start());
        let shorter = unquoted(rest[..cut].trim_end());
        if shorter.len() == rest.len() || shorter.is_empty() {
            break;
        }
        rest = shorter;
    }
    rest
}

/// A title without the marks 《》 around the whole.
fn unquoted(title: &str) -> &str {
    let inner = title.strip_prefix('《').and_then(|inner| inner.strip_suffix('》'));
    inner.filter(|inner| !inner.contains(['《', '》'])).unwrap_or(title)
}

/// What counts of a title.
pub(super) fn key(title: &str) -> String {
    Essence::of(title).as_str().to_owned()
}

/// What copies of a document have in common of its title, whoever reprints it: no marks, no words such as 转载, no
/// agency before 关于.
pub(super) fn core(title: &str) -> String {
    // A year behind another title is what the document is about.
    let mut bare = if is_regulation(bare(title)) { bare(title) } else { unquoted(title.trim()) };
    for word in ["【转载】", "[转载]", "（转载）", "转载：", "转载:", "（转）", "转：", COUNTRY]
    {
        bare = bare.strip_prefix(word).unwrap_or(bare).trim_start();
    }
    // The notice that prints it is on the one portal what the printed text alone is on the other.
    match printed(bare) {
        Some((name, "")) => core(name),
        _ => key(after_agency(bare).unwrap_or(bare)),
    }
}

/// The title of what a notice with this title prints, and what of the notice's title follows.
fn printed(bare: &str) -> Option<(&str, &str)> {
    let found = PRINTED.as_ref()?.captures(bare)?;
    Some((found.name("name")?.as_str(), &bare[found.get(0)?.end()..]))
}

/// A title from 关于 on, where what stands before it can be the name of an agency.
fn after_agency(bare: &str) -> Option<&str> {
    let at = bare.find("关于").filter(|at| (1..=120).contains(at))?;
    (!bare[..at].contains(['，', '。', '《', '：', ':'])).then_some(&bare[at..])
}

/// Whether a title marks a form of a report: 图片版, 图解, 超链版 …
pub(super) fn is_form(title: &str) -> bool {
    FORM.as_ref().is_some_and(|form| form.is_match(title))
}

/// The names that a document with this title can be cited by: the whole one first, then shorter ones.
pub(super) fn names(title: &str) -> Vec<String> {
    let bare = bare(title);
    let mut names = vec![key(title)];
    let mut shorter = vec![key(bare)];
    let without_country = bare.strip_prefix(COUNTRY).filter(|_| is_regulation(bare));
    shorter.extend(without_country.map(key));
    shorter.extend(printed(bare).map(|(name, _)| key(self::bare(name))));
    shorter.extend(after_agency(bare).map(key));
    for name in shorter {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.retain(|name| name.chars().count() >= SHORTEST_NAME);
    names
}

/// Characters of a name that can be meant by 《》: shorter ones are slogans and papers of all kinds.
const SHORTEST_NAME: usize = 3;
/// Characters between 《 and 》.
const LONGEST_NAME: usize = 120;
/// Titles that one document is believed to cite: more is a list of documents.
const MOST_CITED: usize = 300;

/// The titles between 《 and 》 in a text, inner ones too, each once, as their keys.
pub(super) fn cited(text: &str) -> Vec<String> {
    let mut cited: Vec<String> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '《' if open.len() < 4 => open.push(at + c.len_utf8()),
            '》' => {
                let Some(start) = open.pop() else { continue };
                let name = &text[start..at];
                if name.chars().count() > LONGEST_NAME || cited.len() == MOST_CITED {
                    continue;
                }
                let key = key(name);
                if key.chars().count() >= SHORTEST_NAME && !cited.contains(&key) {
                    cited.push(key);
                }
            }
            // An open mark does not reach beyond its sentence.
            '。' | '\n' => open.clear(),
            _ => {}
        }
    }
    cited
}

fn is_regulation(bare: &str) -> bool {
    REGULATIONS.iter().any(|ending| bare.ends_with(ending))
        && !["印发", "发布", "修改", "废止", "解读", "图解", "转发"]
            .iter()
            .any(|word| bare.contains(word))
}

/// The name that the editions of a law, regulation or rule share, with what makes it one of a kind: the country or a
/// place in the name, else the agency. `None` where nothing does.
pub(super) fn regulation(title: &str, agency: Option<&str>) -> Option<String> {
    let bare = bare(title);
    if !is_regulation(bare) {
        return None;
    }
    let head: String = bare.chars().take(14).collect();
    let names_place = head.starts_with(COUNTRY)
        || ["省", "市", "县", "自治", "特区"].iter().any(|place| head.contains(place));
    if names_place {
        Some(key(bare))
    } else {
        agency.map(|agency| format!("{}\n{agency}", key(bare)))
    }
}

/// Characters of the head of a regulation, where its history stands.
const HEAD: usize = 3000;

/// When the wording of a regulation was decided, as `YYYYMMDD`: the last date of the history at its head, else the year
/// in the bracket behind its title as `YYYY0000`.
pub(super) fn edition(title: &str, text: &str) -> Option<i32> {
    // Lines may be broken anywhere, as they are in copies of printed pages.
    let head: String = iter::once(title)
        .chain(paragraphs(text))
        .flat_map(str::lines)
        .take_while(|line| !line.trim_start_matches(['#', ' ', '*', '　']).starts_with("第一条"))
        .flat_map(str::chars)
        .take(HEAD)
        .collect();
    let part = |found: &regex::Captures<'_>, name| found.name(name)?.as_str().parse::<i32>().ok();
    let dates = DECIDED.as_ref()?.captures_iter(&head).filter_map(|found| {
        let (y, m, d) = (part(&found, "y")?, part(&found, "m")?, part(&found, "d")?);
        ((1949..=2199).contains(&y) && m <= 12 && d <= 31).then_some(y * 10_000 + m * 100 + d)
    });
    dates.max().or_else(|| {
        let found = YEAR_MARK.as_ref()?.captures(title)?;
        part(&found, "y").filter(|y| (1949..=2199).contains(y)).map(|y| y * 10_000)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_stripped() {
        for title in [
            "灵洲市供水条例",
            "灵洲市供水条例（2019年修正）",
            "灵洲市供水条例（试行）(2020年修订)",
            "灵洲市供水条例(2020-05-14)",
            "《灵洲市供水条例》（已废止）",
        ] {
            assert_eq!(bare(title), "灵洲市供水条例", "{title}");
        }
        assert_eq!(bare("灵洲市供水条例（草案）"), "灵洲市供水条例（草案）");
        assert!(is_form("2020年政府信息公开年度报告（图片版）") && is_form("图解：2020年年报"));
        assert!(!is_form("灵洲市图书馆2020年政府信息公开年度报告"));
    }

    #[test]
    fn copies_have_one_core() {
        for title in [
            "灵洲市供水办法",
            "灵洲市供水办法（2020年5月14日灵洲市人民政府令第7号第二次修订）",
            "《灵洲市供水办法（试行）》",
            "灵洲市水利局关于印发《灵洲市供水办法》的通知",
            "转载：关于印发《灵洲市供水办法（试行）》的通知",
        ] {
            assert_eq!(core(title), "灵洲市供水办法", "{title}");
        }
        let others = [
            "关于印发《灵洲市供水办法》的通知（第二批）",
            "关于印发《灵洲市供水办法》的通知的补充通知",
            "市水利局转发《关于印发〈灵洲市供水办法〉的通知》的通知",
            "灵洲市供水办法实施细则",
        ];
        for (place, title) in others.iter().enumerate() {
            assert_ne!(core(title), "灵洲市供水办法", "{title}");
            assert!(others[..place].iter().all(|other| core(other) != core(title)), "{title}");
        }
        assert_eq!(
            core("关于印发《2020年防汛要点》的通知"),
            core("灵洲市水利局关于印发《2020年防汛要点》的通知")
        );
        assert_ne!(
            core("关于印发《2020年防汛要点》的通知"),
            core("关于印发《2021年防汛要点》的通知")
        );
    }

    #[test]
    fn names_a_document_is_cited_by() {
        assert_eq!(names("中华人民共和国水法"), ["中华人民共和国水法"], "水法 is too short");
        assert_eq!(names("中华人民共和国民法典法"), ["中华人民共和国民法典法", "民法典法"]);
        assert_eq!(
            names("灵洲市人民政府办公室关于印发《灵洲市供水办法（试行）》的通知"),
            [
                "灵洲市人民政府办公室关于印发灵洲市供水办法试行的通知",
                "灵洲市供水办法",
                "关于印发灵洲市供水办法试行的通知"
            ]
        );
    }

    #[test]
    fn cited_titles() {
        let text = "根据《灵洲市供水条例》《关于印发《供水办法》的通知》（灵政〔2020〕3号）、《a》。《未完。》《供水〈实施〉细则》";
        assert_eq!(
            cited(text),
            ["灵洲市供水条例", "供水办法", "关于印发供水办法的通知", "供水实施细则"]
        );
    }

    #[test]
    fn editions_of_regulations() {
        let text = "（2011年11月17日灵洲市人大常委会通过　2020年5月14日第二十一次会议修正）\n\n第一条 自2021年1月1日起公布";
        assert_eq!(edition("灵洲市供水条例", text), Some(20_200_514));
        assert_eq!(edition("灵洲市供水条例（2016年修正）", "第一条"), Some(20_160_000));
        assert_eq!(edition("灵洲市供水条例", "第一条"), None);
        assert_eq!(regulation("灵洲市供水条例（试行）", None).as_deref(), Some("灵洲市供水条例"));
        assert_eq!(regulation("供水管理办法", None), None, "of which city?");
        assert!(regulation("供水管理办法", Some("灵洲市水利局")).is_some());
        assert_eq!(regulation("灵洲市关于修改供水条例的规定", None), None);
    }
}
