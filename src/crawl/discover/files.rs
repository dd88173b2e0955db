//! The attachments that a document's page names.

use scraper::ElementRef;

use super::links::in_furniture;
use super::{Link, Markup};
use crate::config::{AttachmentRules, Portal};
use crate::crawl::scope;
use crate::model::{Listed, PageKind};
use crate::page;

/// Files taken from one page at most.
const FILES_OF_A_PAGE: usize = 200;

/// The files of the wanted types that a page links or shows: in the element the portal file selects, else anywhere
/// outside menus, head and foot.
pub(super) fn files(portal: &Portal, rules: &AttachmentRules, markup: &Markup) -> Vec<Link> {
    let in_place = |element: ElementRef<'_>| match &portal.detail.attachments {
        Some(place) => std::iter::once(element)
            .chain(element.ancestors().filter_map(ElementRef::wrap))
            .any(|around| place.selector().matches(&around)),
        None => !in_furniture(element),
    };
    page::files(&markup.tree, &markup.base, &rules.types)
        .filter(|file| scope::may_follow(portal, PageKind::Attachment, &file.url))
        .filter(|file| in_place(file.element))
        .map(|file| Link { url: file.url, listed: Listed { title: file.name, date: None } })
        .take(FILES_OF_A_PAGE)
        .collect()
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
