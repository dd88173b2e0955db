//! What a page of an unknown portal tells of it: the software that serves it, the columns it leads to, its name.

use scraper::{ElementRef, Html, Selector};

use crate::config::{Categories, ListStyle, MappedBy};
use crate::crawl::discover::{categories_of_tree, text_of};
use crate::crawl::scope;
use crate::model::{Capture, PageUrl};
use crate::page::{Gate, parse};

/// What gives a family away, the surest first.
const FINGERPRINTS: [(&str, ListStyle); 25] = [
    ("/gkmlpt/", ListStyle::Gkmlpt),
    ("NFCMS_SITE_ID", ListStyle::Nfcms),
    ("NFCMS_POST_ID", ListStyle::Nfcms),
    ("jpaas-publish-server", ListStyle::Jpaas),
    ("jpage/dataproxy.jsp", ListStyle::Jcms),
    ("<datastore>", ListStyle::Jcms),
    ("/script/jpage.js", ListStyle::Jcms),
    ("/module/xxgk/search.jsp", ListStyle::Jcms),
    ("/module/xxgk/tree.jsp", ListStyle::Jcms),
    ("messageController/getMessage.do", ListStyle::Truecms),
    ("EWB-FRONT", ListStyle::Ewb),
    ("webBuilderCommon.js", ListStyle::Ewb),
    ("UCAP-CONTENT", ListStyle::Ucap),
    ("_isJson=true", ListStyle::Ucap),
    ("/common/search/", ListStyle::Ucap),
    ("/OpennessContent/", ListStyle::Lonsun),
    ("_sitegray", ListStyle::Vsb),
    ("vsb_content", ListStyle::Vsb),
    ("createPageHTML(", ListStyle::Trs),
    ("pagination_script_config", ListStyle::Trs),
    ("var countPage", ListStyle::Trs),
    ("TRS_Editor", ListStyle::Trs),
    ("TRS_UEDITOR", ListStyle::Trs),
    ("trs_editor_view", ListStyle::Trs),
    ("/col/col", ListStyle::Jcms),
];
/// Columns proposed at most.
const COLUMNS: usize = 60;
/// The longest name of a column, in characters.
const LONGEST_NAME: usize = 24;

/// What a page tells of its portal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probed {
    /// The software, with the text that gave it away.
    pub style: Option<(ListStyle, &'static str)>,
    /// Name of the site, where the page says it.
    pub name: Option<String>,
    /// Disclosure columns that the page leads to: name and first list page.
    pub columns: Vec<(String, PageUrl)>,
    /// The page of a gkmlpt platform, whose tree names the columns.
    pub platform: Option<PageUrl>,
}

/// Reads a page; `categories` tell the names of disclosure columns from those of others.
pub fn probe(capture: &Capture, categories: &Categories) -> Probed {
    let text = text_of(capture);
    let tree = parse(&text, &Gate::default()).tree;
    let style = FINGERPRINTS.iter().find(|(mark, _)| text.contains(mark));
    let of_tree = categories_of_tree(&capture.url, &text);
    let links = links(&capture.url, &tree);
    let platform = links.iter().find(|(_, url)| url.path().starts_with("/gkmlpt/index"));
    let mut columns: Vec<(String, PageUrl)> = Vec::new();
    let named = links.iter().filter(|(name, url)| is_column(name, url, categories)).cloned();
    for (name, url) in of_tree.into_iter().chain(named) {
        let is_new = |(n, u): &(String, PageUrl)| {
            *n != name && scope::without_index(u).key() != scope::without_index(&url).key()
        };
        if columns.iter().all(is_new) && columns.len() < COLUMNS {
            columns.push((name, url));
        }
    }
    Probed {
        style: style.map(|(mark, style)| (*style, *mark)),
        name: site_name(&tree),
        platform: platform.map(|(_, url)| url.clone()),
        columns,
    }
}

/// The links of a page to its own host, with their names.
fn links(at: &PageUrl, tree: &Html) -> Vec<(String, PageUrl)> {
    let elements = tree.root_element().descendants().filter_map(ElementRef::wrap);
    let link = |anchor: ElementRef<'_>| {
        let url = at.join(anchor.attr("href")?).ok()?;
        let name: String =
            anchor.text().flat_map(str::chars).filter(|c| !c.is_whitespace()).collect();
        (url.authority() == at.authority()).then_some((name, url))
    };
    elements.filter(|element| element.value().name() == "a").filter_map(link).collect()
}

/// Whether a link leads to a disclosure column: named like one, and not to a document.
fn is_column(name: &str, url: &PageUrl, categories: &Categories) -> bool {
    let file = scope::file_name(url);
    let digits = file.bytes().filter(u8::is_ascii_digit).count();
    let is_list = scope::is_index(url) || file.contains("list") || digits == 0;
    let is_named = categories
        .map(&[name.to_owned()], "")
        .is_some_and(|mapped| matches!(mapped.by, MappedBy::Label { .. }));
    let length = name.chars().count();
    (2..=LONGEST_NAME).contains(&length) && is_list && is_named && url.path() != "/"
}

/// The name of the site: its meta tag, else the last part of the page's title.
fn site_name(tree: &Html) -> Option<String> {
    let select = |selector: &str| tree.select(&Selector::parse(selector).ok()?).next();
    let meta = select("meta[name=SiteName i]").and_then(|meta| meta.attr("content"));
    let title = select("title").map(|title| title.text().collect::<String>());
    let last = title.as_deref().and_then(|title| title.rsplit(['-', '_', '|', '—']).next());
    let name = meta.filter(|name| !name.trim().is_empty()).or(last)?;
    let name: String = name.chars().filter(|c| !c.is_control() && *c != '"').take(60).collect();
    (!name.trim().is_empty()).then(|| name.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Dirs, load};
    use crate::crawl::testing::{capture, known};
    use crate::model::PageKind;

    fn probed(html: &str) -> Probed {
        let nowhere = || "no/such/folder".into();
        let config = load(&Dirs { crawler: nowhere(), index: nowhere() }).config;
        let page = known("http://www.lingzhou.gov.cn/zwgk/", PageKind::List);
        probe(&capture(&page, 200, &[], html.as_bytes()), &config.categories)
    }

    #[test]
    fn families_are_told_by_their_marks() {
        for (html, style) in [
            ("<script>createPageHTML(3,0,'index','html')</script>", Some("trs")),
            ("<div class=TRS_Editor>", Some("trs")),
            ("<script>pagination_script_config = {total:'1'}</script>", Some("trs")),
            ("<script>window.NFCMS_SITE_ID = '755'</script>", Some("nfcms")),
            ("<script>proxyUrl:'/module/web/jpage/dataproxy.jsp'</script>", Some("jcms")),
            ("<a href='/col/col12/index.html'>公告</a>", Some("jcms")),
            ("<iframe src='/module/xxgk/tree.jsp?area=1'></iframe>", Some("jcms")),
            ("<script>url:'/module/xxgk/search.jsp'</script>", Some("jcms")),
            ("<script src='/api-gateway/jpaas-publish-server/x'></script>", Some("jpaas")),
            ("<a href='/gkmlpt/index'>政府信息公开</a>", Some("gkmlpt")),
            ("<div id=UCAP-CONTENT></div>", Some("ucap")),
            ("<script>get('/common/search/x?_isJson=true')</script>", Some("ucap")),
            ("<a href='/OpennessContent/showList/1/2/page_1.html'>目录</a>", Some("lonsun")),
            ("<input id=_sitegray>", Some("vsb")),
            ("<html class=EWB-FRONT>", Some("ewb")),
            ("<script src='/js/webBuilderCommon.js'></script>", Some("ewb")),
            ("<script>proxyUrl:'/x/messageController/getMessage.do'</script>", Some("truecms")),
            ("<p>青岚</p>", None),
        ] {
            assert_eq!(probed(html).style.map(|(style, _)| style.as_str()), style, "{html}");
        }
    }

    #[test]
    fn disclosure_columns_are_told_from_other_links() {
        let html = "<title>政务公开-灵洲市人民政府</title><a href='./zcjd/'>政策解读</a><a href='/zwgk/zcjd/index.html'>政策解读</a>\
            <a href='/zwgk/ghjh/'>规划计划</a><a href='/zwgk/ghjh/t20240101_1.html'>规划计划</a><a href='/'>首页</a>\
            <a href='http://b.gov.cn/zcjd/'>政策解读</a><a href='/lxwm.html'>联系我们</a>";
        let found = probed(html);
        let columns: Vec<_> = found.columns.iter().map(|(n, u)| (n.as_str(), u.path())).collect();
        assert_eq!(columns, [("政策解读", "/zwgk/zcjd/"), ("规划计划", "/zwgk/ghjh/")]);
        assert_eq!(found.name.as_deref(), Some("灵洲市人民政府"));
    }
}
