//! The documents that a list page lists, with the title and date it gives them.

use scraper::ElementRef;

use super::links::{anchors, beside, first_anchor, in_furniture, target, text};
use super::{Link, Markup, dates};
use crate::config::{CssSelector, Portal};
use crate::crawl::scope;
use crate::model::{Listed, PageKind, PageUrl};

/// The longest title or date taken from a list, in characters.
const LONGEST_TITLE: usize = 500;

/// The items of the list page at this address: those that the portal file selects, else by general rules.
pub(super) fn items(portal: &Portal, list: &PageUrl, at: &PageUrl, markup: &Markup) -> Vec<Link> {
    let allowed = |item: &Link| {
        scope::covers(portal, PageKind::Detail, &item.url)
            && !scope::is_home(portal, &item.url)
            && scope::without_index(&item.url) != scope::without_index(at)
    };
    match &portal.list.items {
        Some(selector) => selected(portal, selector, markup).filter(allowed).collect(),
        None => guessed(portal, list, &candidates(markup, allowed)),
    }
}

/// The items of a piece of HTML that is a list and nothing else: those that the portal file selects, else one for
/// every link with a title.
pub(super) fn of_piece(portal: &Portal, at: &PageUrl, html: &str) -> Vec<Link> {
    let markup = Markup::of(html, at);
    let allowed = |item: &Link| {
        scope::covers(portal, PageKind::Detail, &item.url) && !scope::is_home(portal, &item.url)
    };
    match &portal.list.items {
        Some(selector) => selected(portal, selector, &markup).filter(allowed).collect(),
        None => candidates(&markup, allowed).into_iter().map(|candidate| candidate.link).collect(),
    }
}

fn selected<'m>(
    portal: &'m Portal,
    items: &'m CssSelector,
    markup: &'m Markup,
) -> impl Iterator<Item = Link> + 'm {
    markup.tree.select(items.selector()).filter_map(move |item| {
        let anchor = match &portal.list.link {
            Some(link) => item.select(link.selector()).next().and_then(first_anchor),
            None => first_anchor(item),
        }?;
        let url = target(anchor, &markup.base)?;
        let date = portal.list.date.as_ref().and_then(|date| selected_date(item, anchor, date));
        let inside = || dates::day(&text(item)).map(str::to_owned).filter(|_| item != anchor);
        let (title, title_date) = title(anchor);
        let date = date.or(title_date).or_else(|| date_beside(anchor)).or_else(inside);
        Some(Link { url, listed: Listed { title, date } })
    })
}

/// The date where the portal file says it stands: inside the item, or beside it when the item is the link itself.
fn selected_date(
    item: ElementRef<'_>,
    anchor: ElementRef<'_>,
    date: &CssSelector,
) -> Option<String> {
    let around = if item == anchor { item.parent().and_then(ElementRef::wrap)? } else { item };
    let printed = text(around.select(date.selector()).next()?);
    let day = dates::day(&printed).map(str::to_owned);
    day.or_else(|| (!printed.is_empty()).then(|| cut(printed)))
}

/// A link that may be an item, and whether a date stands beside it.
struct Candidate {
    link: Link,
    dated: bool,
}

fn candidates(markup: &Markup, allowed: impl Fn(&Link) -> bool) -> Vec<Candidate> {
    let candidate = |anchor| {
        let url = target(anchor, &markup.base)?;
        let (title, title_date) = title(anchor);
        let date = title_date.or_else(|| date_beside(anchor));
        let dated = date.is_some() || beside(anchor).iter().any(|text| dates::is_short_day(text));
        Some(Candidate { link: Link { url, listed: Listed { title, date } }, dated })
    };
    let mut found: Vec<Candidate> = anchors(&markup.tree)
        .filter(|anchor| !in_furniture(*anchor))
        .filter_map(candidate)
        .filter(|candidate| candidate.link.listed.title.is_some() && allowed(&candidate.link))
        .collect();
    join_twins(&mut found);
    found
}

/// A picture and a headline may both link to one page: what either says is put together.
fn join_twins(found: &mut Vec<Candidate>) {
    let mut first: std::collections::HashMap<PageUrl, usize> = std::collections::HashMap::new();
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in found.drain(..) {
        if let Some(&at) = first.get(&candidate.link.url) {
            let twin = &mut kept[at];
            twin.dated |= candidate.dated;
            let (mine, other) = (&mut twin.link.listed, candidate.link.listed);
            mine.date = mine.date.take().or(other.date);
        } else {
            first.insert(candidate.link.url.clone(), kept.len());
            kept.push(candidate);
        }
    }
    *found = kept;
}

/// Without a selector: links of the column with a date beside them, or named like a document of the column; where
/// the column has none of them, the site keeps its documents elsewhere and dated links outside other columns count.
fn guessed(portal: &Portal, list: &PageUrl, candidates: &[Candidate]) -> Vec<Link> {
    let (area, folder) = (scope::column_area(list), scope::folder(list));
    let of_column = |c: &&Candidate| {
        let url = &c.link.url;
        let near =
            url.authority() == list.authority() && !scope::is_index(url) && !is_list_page(url);
        near && ((c.dated && url.path().starts_with(&area))
            || (url.path().starts_with(folder) && is_named_like_a_document(url)))
    };
    let own: Vec<Link> = candidates.iter().filter(of_column).map(|c| c.link.clone()).collect();
    if !own.is_empty() {
        return own;
    }
    let of_another = |url: &PageUrl| {
        portal.columns.iter().any(|other| {
            let folder = scope::folder(&other.list);
            folder != "/"
                && other.list.authority() == url.authority()
                && url.path().starts_with(folder)
        })
    };
    let elsewhere = |c: &&Candidate| {
        let url = &c.link.url;
        c.dated && !of_another(url) && !scope::is_index(url) && !is_list_page(url)
    };
    candidates.iter().filter(elsewhere).map(|c| c.link.clone()).collect()
}

/// `index_3.html`, `list-2.htm`, `page_1.html`: a page of a list.
pub(super) fn is_list_page(url: &PageUrl) -> bool {
    let stem = scope::file_name(url).split('.').next().unwrap_or_default().to_ascii_lowercase();
    let word = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    matches!(word, "index_" | "index-" | "list_" | "list-" | "list" | "page_" | "page-")
        && word != stem
}

/// A file name with a number in it, as every system gives its documents.
fn is_named_like_a_document(url: &PageUrl) -> bool {
    let file = scope::file_name(url);
    file.contains('.') && file.bytes().any(|b| b.is_ascii_digit())
}

/// The title of a link, whole where the page gives it whole, and the date printed inside the link.
fn title(anchor: ElementRef<'_>) -> (Option<String>, Option<String>) {
    let printed = text(anchor);
    let (printed, date) = dates::off_the_end(&printed);
    let printed = printed.trim_start_matches(['·', '•', '■', '●', '▪', '◆', '>', ' ']).trim();
    let whole =
        anchor.attr("title").map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "));
    let title = match whole.filter(|whole| says_more(whole, printed)) {
        Some(whole) => whole,
        None => printed.to_owned(),
    };
    ((!title.is_empty()).then(|| cut(title)), date.map(str::to_owned))
}

/// Whether the `title` attribute is the whole of a title that is printed cut.
fn says_more(whole: &str, printed: &str) -> bool {
    let stump = printed.trim_end_matches(['…', '.', '．', '⋯', ' ']);
    let is_cut = stump.len() < printed.len() && !printed.ends_with("。");
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let (whole, stump) = (bare(whole), bare(stump));
    !whole.is_empty()
        && (stump.is_empty()
            || whole.starts_with(&stump)
            || (is_cut && whole.chars().count() > stump.chars().count()))
}

/// The date beside a link, as printed.
fn date_beside(anchor: ElementRef<'_>) -> Option<String> {
    beside(anchor).iter().find_map(|text| dates::day(text)).map(str::to_owned)
}

fn cut(text: String) -> String {
    match text.char_indices().nth(LONGEST_TITLE) {
        Some((at, _)) => text[..at].to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::*;

    fn read(anchor: &str) -> (Option<String>, Option<String>) {
        let tree = Html::parse_document(anchor);
        title(anchors(&tree).next().unwrap())
    }

    #[test]
    fn titles_are_whole_where_the_page_has_them() {
        for (anchor, expected, date) in [
            ("<a href=1>关于开展检查的通知</a>", Some("关于开展检查的通知"), None),
            (
                "<a href=1 title='关于开展春季检查工作的通知'>关于开展春季…</a>",
                Some("关于开展春季检查工作的通知"),
                None,
            ),
            (
                "<a href=1 title='关于开展春季检查工作的通知'>关于开展春季...</a>",
                Some("关于开展春季检查工作的通知"),
                None,
            ),
            (
                "<a href=1 title='关于开展春季检查工作的通知'>关于开展春季</a>",
                Some("关于开展春季检查工作的通知"),
                None,
            ),
            ("<a href=1 title='点击查看'>关于开展检查的通知</a>", Some("关于开展检查的通知"), None),
            ("<a href=1 title='公告'><img src=x></a>", Some("公告"), None),
            (
                "<a href=1>· 关于开展检查的通知<span>2020-01-31</span></a>",
                Some("关于开展检查的通知"),
                Some("2020-01-31"),
            ),
            ("<a href=1>关于开展春季…</a>", Some("关于开展春季…"), None),
            ("<a href=1><img src=x></a>", None, None),
        ] {
            assert_eq!(
                read(anchor),
                (expected.map(str::to_owned), date.map(str::to_owned)),
                "{anchor}"
            );
        }
    }
}
