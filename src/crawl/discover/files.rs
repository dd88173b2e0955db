//! The attachments that a document's page names.

use scraper::{ElementRef, Html};

use super::links::{in_furniture, is_anchor, target, text};
use super::{Link, Markup};
use crate::config::{AttachmentRules, Portal};
use crate::crawl::scope;
use crate::model::{Listed, PageKind, PageUrl};

/// Files taken from one page at most.
const FILES_OF_A_PAGE: usize = 200;

/// The files of the wanted types that a page links or shows: in the element the portal file selects, else anywhere
/// outside menus, head and foot.
pub(super) fn files(portal: &Portal, rules: &AttachmentRules, markup: &Markup) -> Vec<Link> {
    let places = places(&markup.tree, portal);
    let files = places.into_iter().filter_map(|element| file(element, &markup.base, rules));
    files
        .filter(|file| scope::may_follow(portal, PageKind::Attachment, &file.url))
        .take(FILES_OF_A_PAGE)
        .collect()
}

/// Whether a dot and the ending of a wanted type stand anywhere in a page: most pages name no file, and need not be
/// read as a tree to see it. What is not compatible with ASCII has to be.
pub(super) fn may_be_named(body: &[u8], rules: &AttachmentRules) -> bool {
    let is_ending = |rest: &[u8]| {
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        rules.types.iter().any(|it| it.as_bytes().eq_ignore_ascii_case(&rest[..length]))
    };
    body.iter().enumerate().any(|(at, byte)| match byte {
        0 => true,
        b'.' => is_ending(&body[at + 1..]),
        b'%' if body[at..].len() > 3 && body[at + 1..at + 3].eq_ignore_ascii_case(b"2e") => {
            is_ending(&body[at + 3..])
        }
        _ => false,
    })
}

fn places<'t>(tree: &'t Html, portal: &Portal) -> Vec<ElementRef<'t>> {
    let names_a_file = |element: &ElementRef<'_>| {
        is_anchor(element) || matches!(element.value().name(), "iframe" | "embed" | "object")
    };
    let inside = |element: ElementRef<'t>| {
        element.descendants().filter_map(ElementRef::wrap).filter(names_a_file).collect::<Vec<_>>()
    };
    match &portal.detail.attachments {
        Some(selector) => tree.select(selector.selector()).flat_map(inside).collect(),
        None => inside(tree.root_element()).into_iter().filter(|e| !in_furniture(*e)).collect(),
    }
}

/// The file that a link or frame leads to, if it is of a wanted type.
fn file(element: ElementRef<'_>, base: &PageUrl, rules: &AttachmentRules) -> Option<Link> {
    let url = match element.value().name() {
        "a" => target(element, base)?,
        "object" => base.join(element.attr("data")?).ok()?,
        _ => base.join(element.attr("src")?).ok()?,
    };
    let url = shown_in_viewer(&url).unwrap_or(url);
    let name = text(element);
    let title =
        element.attr("title").map(str::trim).filter(|t| t.len() > name.len()).unwrap_or(&name);
    let by_name = is_anchor(&element) && leads_to_download(&url) && has_type(title, rules);
    let title = (!title.is_empty()).then(|| title.chars().take(300).collect());
    (is_wanted(&url, rules) || by_name)
        .then_some(Link { url, listed: Listed { title, date: None } })
}

/// Whether the path, or a value of the query, ends like a file of a wanted type.
fn is_wanted(url: &PageUrl, rules: &AttachmentRules) -> bool {
    has_type(scope::file_name(url), rules)
        || url.as_url().query_pairs().any(|(_, value)| has_type(&value, rules))
}

fn has_type(name: &str, rules: &AttachmentRules) -> bool {
    let ending = name.trim().rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| rules.types.contains(&ending))
}

/// An address without file name that still hands out a file.
fn leads_to_download(url: &PageUrl) -> bool {
    let path = url.path().to_ascii_lowercase();
    ["down", "attach", "file"].iter().any(|word| path.contains(word))
}

/// The file that a viewer such as `viewer.html?file=/a/b.pdf` shows.
fn shown_in_viewer(url: &PageUrl) -> Option<PageUrl> {
    let viewer = scope::file_name(url).to_ascii_lowercase().starts_with("viewer.");
    let (_, file) = url.as_url().query_pairs().find(|(name, _)| viewer && name == "file")?;
    url.join(&file).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::testing::{attachments, capture, known, page, portal};

    fn found(html: &str, portal: &Portal) -> Vec<(String, Option<String>)> {
        let detail = known("http://a.gov.cn/zwgk/x/202001/t1.html", PageKind::Detail);
        let answer = capture(&detail, 200, &[("content-type", "text/html")], html.as_bytes());
        let found = super::super::discover(portal, &detail, &answer, &attachments());
        assert!(found.iter().all(|f| f.context.kind == PageKind::Attachment && f.depth == 1));
        assert!(
            found
                .iter()
                .all(|f| f.context.referrer == Some(page("http://a.gov.cn/zwgk/x/202001/t1.html")))
        );
        found.into_iter().map(|f| (f.url.path_and_query(), f.context.listed.title)).collect()
    }

    #[test]
    fn files_are_told_by_path_query_or_name() {
        let html = "<div class=nav><a href='/手册.pdf'>手册</a></div><div>\
            <a href='P020.doc'>附件1：名单.doc</a> <a href='/d/downfile.jsp?classid=0&filename=ab.PDF'>附件2</a>\
            <a href='/OpennessContent/download/77.html'>附件3：汇总表.xlsx</a>\
            <a href='http://b.gov.cn/x.pdf'>别处</a> <a href='/x/t2.html'>正文.doc</a> <a href='pic.jpg'>图</a>\
            <a href='P020.doc'>再次</a> <a href='javascript:down(\"x.pdf\")'>脚本</a>\
            <iframe src='/pdfjs/web/viewer.html?file=%2Ffiles%2Freport.pdf'></iframe><embed src='show.pdf'></div>";
        let portal = portal("http://a.gov.cn/zwgk/");
        let expected = [
            ("/zwgk/x/202001/P020.doc", Some("附件1：名单.doc")),
            ("/d/downfile.jsp?classid=0&filename=ab.PDF", Some("附件2")),
            ("/OpennessContent/download/77.html", Some("附件3：汇总表.xlsx")),
            ("/files/report.pdf", None),
            ("/zwgk/x/202001/show.pdf", None),
        ];
        let expected = expected.map(|(url, title)| (url.to_owned(), title.map(str::to_owned)));
        assert_eq!(found(html, &portal), expected);
    }

    #[test]
    fn a_page_without_an_ending_of_a_file_names_none() {
        let cases: [(&[u8], bool); 7] = [
            (b"<a href='a.pdf'>", true),
            (b"<a href='a.PDF", true),
            (b"?file=a%2Epdf&x", true),
            (b"%2e", false),
            (b"window.document.docs = '.html' pdf", false),
            (b".", false),
            (b"\0a\0.\0p\0d\0f", true),
        ];
        for (body, expected) in cases {
            let text = String::from_utf8_lossy(body);
            assert_eq!(may_be_named(body, &attachments()), expected, "{text}");
        }
    }

    #[test]
    fn a_selector_narrows_the_place() {
        let mut portal = portal("http://a.gov.cn/");
        portal.detail.attachments = crate::config::CssSelector::parse(".fj").ok();
        let html = "<p><a href='a.pdf'>甲</a></p><div class=fj><a href='b.pdf'>乙</a></div>";
        assert_eq!(found(html, &portal).len(), 1);
        let file = b"%PDF-1.4 <a href='b.pdf'>";
        let detail = known("http://a.gov.cn/1.html", PageKind::Detail);
        let answer = capture(&detail, 200, &[], file);
        assert!(super::super::discover(&portal, &detail, &answer, &attachments()).is_empty());
    }
}
