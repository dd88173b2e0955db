//! What an answer leads to: the documents of a list, its next page, the files of a document, what it is shown with, the target of a redirect.
//!
//! A pure function of the portal file and the answer, so that an answer found in the archive after a crash leads to
//! the same pages again. How one family of portals pages its lists is a recipe in a file of its own.

mod dates;
mod ewb;
mod files;
mod items;
mod links;
mod recipe;
mod requisites;
mod frames;
mod gkmlpt;
mod jcms;
mod jpaas;
mod json;
mod lonsun;
mod nfcms;
mod sitemap;
mod trs;
mod truecms;
mod ucap;
mod vsb;
mod xxgk;

use std::borrow::Cow;

use crate::config::{AttachmentRules, Column, ListStyle, Portal};
use crate::crawl::{scope, verdict};
use crate::model::{
    Capture, Context, KnownPage, Listed, Moment, PageKind, PageState, PageUrl, Reason,
};
use crate::page::{self, AnswerText, Gate, parse};

/// Links taken from one page at most: more is no list that people read.
const LINKS_OF_A_PAGE: usize = 1000;
/// The same for a sitemap: as many as its standard allows.
const LINKS_OF_A_SITEMAP: usize = 50_000;
/// Traps noted of one page; more would say no more.
const TRAPS_OF_A_PAGE: usize = 10;
/// The longest page that is read for links, in bytes of its text.
const LONGEST: usize = 4 << 20;
/// The same, and the deepest nesting of elements that is read.
const GATE: Gate = Gate { max_bytes: LONGEST, max_depth: 512 };

/// The pages that an answer leads to, in the order of the page, each once; what is known already is for the caller
/// to sort out.
pub fn discover(
    portal: &Portal,
    page: &KnownPage,
    capture: &Capture,
    attachments: &AttachmentRules,
) -> Vec<KnownPage> {
    discover_in(portal, page, &AnswerText::of(capture), attachments)
}

/// The same, for an answer whose text others read as well.
pub fn discover_in(
    portal: &Portal,
    page: &KnownPage,
    answer: &AnswerText<'_>,
    attachments: &AttachmentRules,
) -> Vec<KnownPage> {
    let capture = answer.capture();
    if page.context.kind == PageKind::Absent {
        return Vec::new();
    }
    if let Some(target) = verdict::target(capture) {
        return moved_to(portal, page, capture, target).into_iter().collect();
    }
    if !(200..=299).contains(&capture.answer.status) || !may_be_markup(capture) {
        return Vec::new();
    }
    let found = match page.context.kind {
        PageKind::List => from_list(portal, page, answer),
        PageKind::Detail => from_detail(portal, page, answer, attachments),
        PageKind::Requisite => {
            let links = requisites::of_sheet(portal, capture, &answer.up_to(LONGEST)).into_iter();
            links.map(|link| led_to(page, capture, PageKind::Requisite, link)).collect()
        }
        PageKind::Robots | PageKind::Attachment | PageKind::Absent => return Vec::new(),
    };
    let most = match portal.list.style {
        ListStyle::Sitemap => LINKS_OF_A_SITEMAP,
        _ => LINKS_OF_A_PAGE,
    };
    let own = scope::without_index(&capture.url).key_with(page.context.form.as_ref());
    let mut seen = std::collections::HashSet::from([own]);
    found.into_iter().filter(|page| seen.insert(scope::mark(page))).take(most).collect()
}

/// The first page of a column's list. An address of an interface that is asked by POST stands for the request with
/// its parameters.
pub fn first_page(portal: &Portal, column: &Column, now: Moment) -> KnownPage {
    let mut context = Context {
        portal: portal.id.clone(),
        column: column.name.clone(),
        kind: PageKind::List,
        listed: Listed::default(),
        referrer: None,
        redirected_from: None,
        form: None,
    };
    let (style, mut list) = (portal.list.style, column.list.clone());
    if style.posts_to(list.path())
        && let Ok(bare) = list.join(list.path())
    {
        let parameters: Vec<_> = list.as_url().query_pairs().into_owned().collect();
        context.form = match style {
            ListStyle::Ewb => ewb::form(&parameters, 0),
            _ => xxgk::form(&parameters, 1),
        };
        list = bare;
    }
    KnownPage::found(list, context, 0, now)
}

/// The target of a redirect as a page of its own, unless it is the same page or none of this portal.
fn moved_to(
    portal: &Portal,
    page: &KnownPage,
    capture: &Capture,
    target: PageUrl,
) -> Option<KnownPage> {
    let kind = page.context.kind;
    let gone = kind == PageKind::Detail
        && (scope::is_home_or_list(portal, &target)
            || scope::is_error_address(&target)
            || scope::is_login_address(&target));
    // What a page is shown with never comes from another host.
    let away = kind == PageKind::Requisite && target.authority() != capture.url.authority();
    if gone
        || away
        || target.key() == capture.url.key()
        || !scope::may_follow(portal, kind, &target)
    {
        return None;
    }
    let first = page.context.redirected_from.clone().unwrap_or_else(|| capture.url.clone());
    let mut context = Context { redirected_from: Some(first), ..page.context.clone() };
    // Other redirects of a POST lead to a page that is asked for without a form, as in browsers.
    context.form = context.form.filter(|_| matches!(capture.answer.status, 307 | 308));
    let found = KnownPage::found(target, context, page.depth, capture.at);
    scope::may_ask(portal, &found).then_some(found)
}

/// Whether the body can be a page: neither declared as a file nor beginning like one.
fn may_be_markup(capture: &Capture) -> bool {
    let declared =
        capture.answer.headers.get("content-type").unwrap_or_default().to_ascii_lowercase();
    let file = [
        "application/pdf",
        "application/zip",
        "application/msword",
        "application/vnd.",
        "image/",
        "video/",
        "audio/",
    ];
    let begins = [&b"%PDF"[..], b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!"];
    !file.iter().any(|kind| declared.starts_with(kind))
        && !begins.iter().any(|magic| capture.answer.body.start().starts_with(magic))
}

/// A page as a tree, with what relative links start from.
struct Markup<'t> {
    tree: Cow<'t, scraper::Html>,
    base: PageUrl,
}

impl<'t> Markup<'t> {
    fn of(text: &str, at: &PageUrl) -> Self {
        Self::of_tree(Cow::Owned(parse(text, &GATE).tree), at)
    }

    /// Of an answer whose tree others read as well.
    fn of_answer(answer: &'t AnswerText<'_>) -> Self {
        let at = &answer.capture().url;
        match answer.within(LONGEST) {
            Some(_) => Self::of_tree(Cow::Borrowed(&answer.tree().tree), at),
            None => Self::of(&answer.up_to(LONGEST), at),
        }
    }

    fn of_tree(tree: Cow<'t, scraper::Html>, at: &PageUrl) -> Self {
        let base = page::base(&tree, at);
        Self { tree, base }
    }
}

/// The text of an answer, charset and compression undone.
pub(crate) fn text_of(capture: &Capture) -> String {
    AnswerText::of(capture).up_to(LONGEST).into_owned()
}

/// The categories in the tree of a gkmlpt platform's page: their names and lists.
pub(crate) fn categories_of_tree(at: &PageUrl, text: &str) -> Vec<(String, PageUrl)> {
    let categories = gkmlpt::categories(text).into_iter();
    categories.filter_map(|c| Some((c.name.clone(), at.join(&c.list()).ok()?))).collect()
}

fn from_list(portal: &Portal, page: &KnownPage, answer: &AnswerText<'_>) -> Vec<KnownPage> {
    let capture = answer.capture();
    let column = portal.columns.iter().find(|column| column.name == page.context.column);
    let leads = recipe::read(&recipe::ListPage {
        portal,
        list: column.map_or(&capture.url, |column| &column.list),
        at: &capture.url,
        form: page.context.form.as_ref(),
        text: &answer.up_to(LONGEST),
    });
    let lists = leads.lists.into_iter();
    let lists = lists.map(|lead| {
        let link = Link { url: lead.url, listed: Listed::default() };
        let mut list = led_to(page, capture, PageKind::List, link);
        list.context.column = lead.column.unwrap_or(list.context.column);
        list.context.form = lead.form;
        if may_page_on(portal, page) { list } else { list.as_trap(Reason::EndlessList) }
    });
    let lists = lists.filter(|list| scope::may_ask(portal, list));
    let items = leads.items.into_iter().filter(|_| page.depth < portal.limits.depth);
    let items = items.map(|item| led_to(page, capture, PageKind::Detail, item));
    few_traps(items.chain(lists))
}

/// The pages with those marked whose paths have no end; of traps, only the first few.
fn few_traps(found: impl Iterator<Item = KnownPage>) -> Vec<KnownPage> {
    let mut traps = 0;
    let marked =
        found.map(
            |page| {
                if scope::is_sane(&page.url) { page } else { page.as_trap(Reason::EndlessPath) }
            },
        );
    marked
        .filter(|page| {
            traps += usize::from(page.state == PageState::Trap);
            page.state != PageState::Trap || traps <= TRAPS_OF_A_PAGE
        })
        .collect()
}

/// Whether the list may have another page: bounded by number of pages and by depth.
fn may_page_on(portal: &Portal, page: &KnownPage) -> bool {
    let pages = u32::from(page.depth) + 1;
    pages < portal.limits.list_pages && page.depth < portal.limits.depth
}

fn from_detail(
    portal: &Portal,
    page: &KnownPage,
    answer: &AnswerText<'_>,
    attachments: &AttachmentRules,
) -> Vec<KnownPage> {
    let (capture, text) = (answer.capture(), answer.up_to(LONGEST));
    // Most pages name no file, which can be seen without a tree.
    let names_files = || {
        page::may_name_files(&text, &attachments.types) || page::is_among_downloads(&capture.url)
    };
    if !portal.requisites && !names_files() {
        return Vec::new();
    }
    let markup = Markup::of_answer(answer);
    let files = files::files(portal, attachments, &markup).into_iter();
    let files = files.map(|file| led_to(page, capture, PageKind::Attachment, file));
    let requisites = requisites::of_page(portal, &markup, &capture.url).into_iter();
    files.chain(requisites.map(|link| led_to(page, capture, PageKind::Requisite, link))).collect()
}

/// A link and what the page says about it.
#[derive(Clone, Debug, PartialEq)]
struct Link {
    url: PageUrl,
    listed: Listed,
}

fn led_to(page: &KnownPage, capture: &Capture, kind: PageKind, link: Link) -> KnownPage {
    let context = Context {
        portal: page.context.portal.clone(),
        column: page.context.column.clone(),
        kind,
        listed: link.listed,
        referrer: Some(capture.url.clone()),
        redirected_from: None,
        form: None,
    };
    let url = scope::without_session(&link.url);
    KnownPage::found(url, context, page.depth.saturating_add(1), capture.at)
}

#[cfg(test)]
mod tests;
