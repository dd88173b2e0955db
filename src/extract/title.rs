//! The title of a document.

use ego_tree::NodeRef;
use scraper::Node;

use crate::extract::{
    body::{names, squeeze},
    labels::{Label, Labelled},
    view::{View, one_line},
};
use crate::model::{Evidence, Sourced, looks_like_agency};

/// By the portal's selector, the page's metadata, its heading, its box, the list, its `<title>`: the first that has one.
pub(super) fn find(view: &View<'_>, boxed: &[Labelled]) -> Option<Sourced<String>> {
    let listed = view.capture.context.listed.title.as_deref().map(one_line);
    let listed = listed.filter(|title| !title.is_empty());
    let printed = title_element(view);
    let element = printed.as_deref().map(|title| {
        without_site(title, view.meta(&["sitename"]).map(|site| site.value).as_deref())
    });
    view.selected(view.portal.and_then(|portal| portal.detail.title.as_ref()))
        .or_else(|| view.meta(&["articletitle"]))
        .or_else(|| heading(view, listed.as_deref(), printed.as_deref(), element.as_deref()))
        .or_else(|| in_box(boxed))
        .or_else(|| whole_listed(listed.as_deref()))
        .or_else(|| element.map(|title| Sourced::new(title, Evidence::TitleElement)))
        .or_else(|| listed.clone().map(|title| Sourced::new(title, Evidence::List)))
        .map(|title| whole(view, title, listed.as_deref()))
        .map(|title| Sourced::new(clean(&title.value), title.evidence))
        .filter(|title| !title.value.is_empty())
}

/// The name of the whole site as its `<title>` gives it.
pub(super) fn of_site(view: &View<'_>) -> Option<String> {
    title_element(view)
}

/// For a title that was cut where it was printed: the same one uncut, from the list, the metadata or a line of the text
/// such as 原标题：《…》.
fn whole(view: &View<'_>, title: Sourced<String>, listed: Option<&str>) -> Sourced<String> {
    if !is_cut(&title.value) {
        return title;
    }
    let stump = squeeze(title.value.trim_end_matches(['.', '…']));
    let continues =
        |other: &str| !is_same_cut(other, &title.value) && squeeze(other).starts_with(&stump);
    let listed = listed.map(|listed| Sourced::new(listed.to_owned(), Evidence::List));
    let original = view.inside.iter().take(5).find_map(|block| {
        let text = block.text();
        let (_, named) = text.lines().next()?.split_once("原标题")?;
        let named = named.trim_start_matches(['：', ':', ' ']);
        let inner = named.strip_prefix('《').and_then(|named| named.rsplit_once('》'));
        Some(Sourced::new(one_line(inner.map_or(named, |(inner, _)| inner)), Evidence::TextHead))
    });
    let others = [listed, view.meta(&["og:title", "twitter:title"]), original];
    let found = others.into_iter().flatten().find(|other| continues(&other.value));
    found.unwrap_or(title)
}

/// Whether both were cut, so that neither helps.
fn is_same_cut(other: &str, title: &str) -> bool {
    is_cut(other) && squeeze(other).chars().count() <= squeeze(title).chars().count()
}

/// A title that ends like a sentence is one that was printed carelessly.
fn clean(title: &str) -> String {
    one_line(title).trim_end_matches('。').to_owned()
}

fn in_box(boxed: &[Labelled]) -> Option<Sourced<String>> {
    let found = boxed.iter().find(|l| l.label == Label::Title && l.value.chars().count() > 3)?;
    Some(Sourced::new(found.value.clone(), Evidence::Box(found.word.to_owned())))
}

/// A title from the list, unless the list cut it.
fn whole_listed(listed: Option<&str>) -> Option<Sourced<String>> {
    let listed = listed.filter(|title| !is_cut(title))?;
    Some(Sourced::new(listed.to_owned(), Evidence::List))
}

fn is_cut(title: &str) -> bool {
    title.ends_with('…') || title.ends_with("...")
}

/// The `<title>` as printed.
fn title_element(view: &View<'_>) -> Option<String> {
    let head = view.tree.root_element().descendants().take(5000);
    let mut titles = head.filter(|node| crate::extract::blocks::is(*node, "title"));
    titles.find_map(|node| {
        let text: String =
            node.descendants().filter_map(|n| n.value().as_text()).map(|t| &**t).collect();
        let text = one_line(&text);
        (!text.is_empty()).then_some(text)
    })
}

/// Drops what follows the last separator while it names a site or a column.
fn without_site(title: &str, site: Option<&str>) -> String {
    let mut title = title.trim();
    while let Some((at, separator)) =
        title.char_indices().rev().find(|(_, c)| SEPARATORS.contains(c))
    {
        let tail = title[at + separator.len_utf8()..].trim();
        let names_site = site.is_some_and(|site| !tail.is_empty() && site.contains(tail))
            || [
                "政府",
                "门户",
                "网",
                "局",
                "委员会",
                "厅",
                "办公室",
                "公开",
                "平台",
                "省",
                "市",
                "县",
                "区",
                "中心",
            ]
            .iter()
            .any(|word| tail.ends_with(word))
            || (separator == '_' && tail.chars().count() <= 12);
        let rest = title[..at].trim_end_matches([separator, ' ']);
        let apart =
            title[..at].ends_with(' ') && title[at + separator.len_utf8()..].starts_with(' ');
        let names_site = names_site
            || (apart && tail.chars().count() <= 10 && rest.chars().count() > tail.chars().count());
        if !names_site || rest.chars().count() < 2 {
            break;
        }
        title = rest;
    }
    title.to_owned()
}

/// The heading over the text: the one that list or `<title>` confirm, else the nearest one before the text.
fn heading(
    view: &View<'_>,
    listed: Option<&str>,
    printed: Option<&str>,
    element: Option<&str>,
) -> Option<Sourced<String>> {
    let body = view.body.as_ref().and_then(|body| body.roots.first().copied());
    let mut candidates: Vec<(String, bool)> = Vec::new();
    for node in view.tree.tree.root().descendants() {
        if Some(node.id()) == body && !candidates.is_empty() {
            break;
        }
        if let Some(strength) = looks_like_heading(node) {
            let text = one_line(&visible_text(node));
            if (4..=LONGEST_TITLE).contains(&text.chars().count()) {
                candidates.push((text, strength));
            }
        }
        if candidates.len() > 200 {
            break;
        }
    }
    let confirmed = |text: &str| {
        let text = squeeze(text);
        let agrees = |other: &str| {
            let other = squeeze(other.trim_end_matches('…').trim_end_matches("..."));
            other.chars().count() >= 4 && (text.starts_with(&other) || other.starts_with(&text))
        };
        listed.is_some_and(agrees) || element.is_some_and(agrees)
    };
    let same = |text: &str| {
        let text = squeeze(text);
        listed.is_some_and(|listed| squeeze(listed) == text)
            || element.is_some_and(|element| squeeze(element) == text)
    };
    let before_site = |text: &str| {
        let (text, printed) = (squeeze(text), squeeze(printed.unwrap_or_default()));
        let rest = printed.strip_prefix(&text);
        text.chars().count() >= 6 && rest.is_some_and(|rest| rest.starts_with(SEPARATORS))
    };
    let first = |told: &dyn Fn(&str) -> bool| candidates.iter().find(|(text, _)| told(text));
    let found = first(&same).or_else(|| first(&before_site)).or_else(|| first(&confirmed));
    let found = found.or_else(|| {
        // Without confirmation a real heading counts, and only where the page has text of its own.
        candidates.iter().rev().find(|(_, is_heading)| *is_heading && listed.is_none())
    })?;
    Some(Sourced::new(found.0.clone(), Evidence::Heading))
}

/// What stands between a title and the name of the site.
const SEPARATORS: [char; 7] = ['_', '|', '-', '—', '–', '丨', '｜'];

const LONGEST_TITLE: usize = 200;

/// `Some(true)` for `<h1>` to `<h3>`, `Some(false)` for an element named like a heading.
fn looks_like_heading(node: NodeRef<'_, Node>) -> Option<bool> {
    let element = node.value().as_element()?;
    match element.name() {
        "h1" | "h2" | "h3" => Some(true),
        "h4" | "h5" | "h6" => Some(false),
        "a" | "body" | "html" | "ul" | "li" | "title" | "meta" => None,
        _ if holds_heading(node) => None,
        _ => names(node)
            .any(|name| {
                name.contains("title")
                    || name.contains("headline")
                    || matches!(&*name, "bt" | "tit" | "biaoti")
            })
            .then_some(false),
    }
}

/// An element around a heading and more is none itself.
fn holds_heading(node: NodeRef<'_, Node>) -> bool {
    let inner = node.descendants().skip(1).take(60).filter_map(|n| n.value().as_element());
    inner.into_iter().any(|e| matches!(e.name(), "h1" | "h2" | "h3" | "h4"))
}

/// The text of a small element; of a large one nothing.
fn visible_text(node: NodeRef<'_, Node>) -> String {
    let mut text = String::new();
    for inner in node.descendants().take(60) {
        match inner.value() {
            Node::Text(part)
                if !inner
                    .parent()
                    .and_then(|p| p.value().as_element())
                    .is_some_and(|e| crate::extract::blocks::is_silent(e.name())) =>
            {
                text.push_str(part);
            }
            Node::Element(element) if element.name() == "br" => text.push(' '),
            _ => {}
        }
        if text.len() > 4 * LONGEST_TITLE {
            break;
        }
    }
    text
}

/// Longest title that is taken from a text, in characters.
const LONGEST: usize = 60;
/// What the titles of documents end with.
const TITLE_ENDS: [&str; 24] = [
    "报告", "年报", "通知", "意见", "办法", "规定", "方案", "公告", "通告", "决定", "细则", "要点",
    "总结", "计划", "预案", "批复", "公报", "指南", "目录", "制度", "条例", "规则", "函", "公示",
];

/// The title that a text begins with: its first line, and the next ones where the first names an agency only.
pub(super) fn of_text(text: &str) -> Sourced<String> {
    let mut lines = text.lines().map(one_line).filter(|line| !line.is_empty());
    let mut title = lines.next().unwrap_or_default();
    while looks_like_agency(&title)
        && let Some(next) = lines.next()
        && continues(&next)
        && title.chars().count() + next.chars().count() <= LONGEST
    {
        title.push_str(&next);
    }
    Sourced::new(title.chars().take(LONGEST).collect(), Evidence::TextHead)
}

/// Whether a line can be the rest of a title whose first line is an agency.
fn continues(line: &str) -> bool {
    let ends = TITLE_ENDS.iter().any(|end| line.ends_with(end)) || looks_like_agency(line);
    ends && !line.contains(['。', '；', '！', '：', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_texts_go_on_behind_the_agency() {
        for (text, title) in [
            (
                "灵洲市人民政府\n\n2024年政府信息公开工作年度报告\n\n一、总体情况",
                "灵洲市人民政府2024年政府信息公开工作年度报告",
            ),
            (
                "灵洲市教育局\n灵洲市财政局\n关于减免学费的通知\n各区：",
                "灵洲市教育局灵洲市财政局关于减免学费的通知",
            ),
            ("灵洲市人民政府\n\n各区人民政府：现就防汛工作通知如下", "灵洲市人民政府"),
            ("关于防汛的通知\n\n各区：", "关于防汛的通知"),
            ("", ""),
        ] {
            assert_eq!(of_text(text).value, title);
        }
    }

    #[test]
    fn site_names_are_cut_off() {
        for (title, bare) in [
            ("关于做好防汛工作的通知_灵洲市人民政府", "关于做好防汛工作的通知"),
            ("关于做好防汛工作的通知-通知公告-灵洲市教育局", "关于做好防汛工作的通知-通知公告"),
            ("2019-2020学年校历 - 灵洲市教育局", "2019-2020学年校历"),
            ("灵洲市人民政府", "灵洲市人民政府"),
            ("灵洲市今日召开防汛工作会议 - 灵洲日报", "灵洲市今日召开防汛工作会议"),
            ("公告_政策文件_灵洲市人民政府门户网站", "公告"),
        ] {
            assert_eq!(without_site(title, None), bare);
        }
    }
}
