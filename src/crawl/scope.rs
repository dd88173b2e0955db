//! Which links may be followed.

use crate::config::Portal;
use crate::model::{KnownPage, PageKind, PageUrl, UrlKey};

/// Path segments of the deepest address that is followed.
const DEEPEST: usize = 20;
/// How often one segment may stand in a path: more is a link that builds on itself (`/a/a/a/a/…`).
const EQUAL_SEGMENTS: usize = 3;

/// Whether an address may be asked for as a page or file of this portal.
///
/// Lists and documents live below the portal's bases; attachments, interfaces that hand out lists, and what pages are
/// shown with anywhere on its hosts; attachments on hosts that its file lists as well.
pub(crate) fn may_follow(portal: &Portal, kind: PageKind, url: &PageUrl) -> bool {
    covers(portal, kind, url) && is_sane(url)
}

/// Whether an address is one of this portal, be its path sane or not.
pub(crate) fn covers(portal: &Portal, kind: PageKind, url: &PageUrl) -> bool {
    let on_a_host = || portal.bases.iter().any(|base| base.authority() == url.authority());
    match kind {
        PageKind::Robots | PageKind::Absent => true,
        PageKind::List if portal.list.style.asks_an_interface() => on_a_host(),
        PageKind::List | PageKind::Detail => portal.covers(url),
        PageKind::Attachment => on_a_host() || portal.attachment_hosts.contains(&url.authority()),
        PageKind::Requisite => portal.requisites && on_a_host(),
    }
}

/// Whether a page may be asked for the way it wants to be.
///
/// By POST only lists of the portal's columns are, and only at the interface that the style of the portal names:
/// whatever a page, an old state or an imported file says, no other form is ever sent.
pub(crate) fn may_ask(portal: &Portal, page: &KnownPage) -> bool {
    let kind = page.context.kind;
    let of_column = || portal.columns.iter().any(|column| column.name == page.context.column);
    let posts =
        || kind == PageKind::List && portal.list.style.posts_to(page.url.path()) && of_column();
    may_follow(portal, kind, &page.url) && (page.context.form.is_none() || posts())
}

/// What a page is remembered by in one run: equal for `http` and `https`, `/x/` and `/x/index.html`.
pub(crate) fn mark(page: &KnownPage) -> UrlKey {
    without_index(&page.url).key_with(page.context.form.as_ref())
}

/// Whether this is the front page of the portal, where pages that are gone are often redirected to.
pub(crate) fn is_home(portal: &Portal, url: &PageUrl) -> bool {
    let home = |base: &PageUrl| {
        base.authority() == url.authority() && folder(base) == folder(url) && is_index(url)
    };
    url.as_url().query().is_none()
        && (portal.bases.iter().any(home) || (folder(url) == "/" && is_index(url)))
}

/// Whether this is where lists and the front page are: no document moves there, but pages that are gone lead there.
pub(crate) fn is_home_or_list(portal: &Portal, url: &PageUrl) -> bool {
    let bare = without_index(url).key();
    is_home(portal, url)
        || portal.columns.iter().any(|column| without_index(&column.list).key() == bare)
}

/// Whether an address is that of an error page, by its name.
pub(crate) fn is_error_address(url: &PageUrl) -> bool {
    let name = file_name(url).to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    matches!(stem, "404" | "error" | "error404" | "404error" | "notfound" | "not_found" | "nopage")
        || url.path().to_ascii_lowercase().contains("/error/404")
}

/// Whether an address is one where visitors give name and password, by its name.
pub(crate) fn is_login_address(url: &PageUrl) -> bool {
    let path = url.path().to_ascii_lowercase();
    let words = ["login", "signin", "logon", "sso", "cas", "passport", "oauth2"];
    path.split(['/', '.', '_', '-']).any(|part| words.contains(&part))
}

/// No path of a trap: not too deep, not repeating itself.
pub(crate) fn is_sane(url: &PageUrl) -> bool {
    let segments: Vec<&str> = url.path().split('/').filter(|s| !s.is_empty()).collect();
    segments.len() <= DEEPEST
        && segments.iter().all(|s| segments.iter().filter(|t| *t == s).count() <= EQUAL_SEGMENTS)
}

/// Parameters that name the visit, not the page.
const SESSION: [&str; 6] =
    ["jsessionid", "phpsessid", "sessionid", "session_id", "cfid", "cftoken"];

/// A link without what names the visit: a list gives every visitor another one, and each would be a page of its own.
///
/// Only what is found anew is changed; an address that is known keeps its key.
pub(crate) fn without_session(url: &PageUrl) -> PageUrl {
    let names_visit = |parameter: &&str| {
        let name = parameter.split('=').next().unwrap_or_default().to_ascii_lowercase();
        SESSION.contains(&name.as_str()) || name.starts_with("aspsessionid")
    };
    let mut bare = url.as_url().clone();
    if let Some(query) =
        url.as_url().query().filter(|query| query.split('&').any(|p| names_visit(&p)))
    {
        let kept: Vec<&str> = query.split('&').filter(|p| !names_visit(p)).collect();
        bare.set_query((!kept.is_empty()).then(|| kept.join("&")).as_deref());
    }
    let path = url.path();
    if let Some(at) = path.to_ascii_lowercase().find(";jsessionid=") {
        let rest = path[at..].find('/').map_or("", |slash| &path[at + slash..]);
        bare.set_path(&format!("{}{rest}", &path[..at]));
    } else if let (Some(at), Some(end)) = (path.find("/(S("), path.find("))/")) {
        bare.set_path(&format!("{}{}", &path[..at], &path[(end + 2).max(at)..]));
    }
    PageUrl::parse(bare.as_str()).unwrap_or_else(|_| url.clone())
}

/// The path up to and with its last slash.
pub(crate) fn folder(url: &PageUrl) -> &str {
    let path = url.path();
    path.rfind('/').map_or("/", |at| &path[..=at])
}

/// The name after the last slash; empty for a folder.
pub(crate) fn file_name(url: &PageUrl) -> &str {
    &url.path()[folder(url).len().min(url.path().len())..]
}

/// Whether an address names a folder or its first page: `/x/` and `/x/index.html` are one.
pub(crate) fn is_index(url: &PageUrl) -> bool {
    let (stem, ending) = file_name(url).rsplit_once('.').unwrap_or((file_name(url), ""));
    let page = ["", "html", "htm", "shtml", "jsp", "php", "asp", "aspx", "jhtml", "do"];
    matches!(stem.to_ascii_lowercase().as_str(), "" | "index" | "default")
        && page.contains(&ending.to_ascii_lowercase().as_str())
}

/// The address with `index.html` and its kin taken off: what first pages are compared by.
pub(crate) fn without_index(url: &PageUrl) -> PageUrl {
    if url.as_url().query().is_none() && is_index(url) && !file_name(url).is_empty() {
        return url.join(folder(url)).unwrap_or_else(|_| url.clone());
    }
    url.clone()
}

/// The part of a site that a column's list belongs to: the first two folders of its path.
pub(crate) fn column_area(list: &PageUrl) -> String {
    let names: Vec<&str> = folder(list).split('/').filter(|s| !s.is_empty()).take(2).collect();
    if names.is_empty() { "/".to_owned() } else { format!("/{}/", names.join("/")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ListStyle;
    use crate::crawl::testing::{known, page, portal, portal_with};
    use crate::model::Form;

    #[test]
    fn links_outside_the_portal_are_refused() {
        let mut portal = portal("http://www.lingzhou.gov.cn/zwgk/");
        portal.attachment_hosts = vec!["files.lingzhou.gov.cn".into()];
        let table = [
            (PageKind::Detail, "http://www.lingzhou.gov.cn/zwgk/a/t1.html", true),
            (PageKind::Detail, "https://www.lingzhou.gov.cn/zwgk/a/t1.html", true),
            (PageKind::Detail, "http://www.lingzhou.gov.cn/xwzx/a/t1.html", false),
            (PageKind::Attachment, "http://www.lingzhou.gov.cn/attach/1.pdf", true),
            (PageKind::Attachment, "http://files.qinglan.gov.cn/attach/1.pdf", false),
            (PageKind::Attachment, "https://files.lingzhou.gov.cn/attach/1.pdf", true),
            (PageKind::Attachment, "http://files.lingzhou.gov.cn:8080/attach/1.pdf", false),
            (PageKind::Detail, "http://files.lingzhou.gov.cn/zwgk/a/t1.html", false),
            (PageKind::Requisite, "http://files.lingzhou.gov.cn/a.css", false),
            (PageKind::Requisite, "http://www.lingzhou.gov.cn/a.css", false),
            (PageKind::Detail, "http://lingzhou.gov.cn/zwgk/a/t1.html", false),
            (PageKind::Detail, "http://www.lingzhou.gov.cn:8080/zwgk/a/t1.html", false),
            (PageKind::Detail, "http://www.lingzhou.gov.cn.evil.com/zwgk/a/t1.html", false),
            (PageKind::Detail, "http://www.lingzhou.gov.cn/zwgk/a/a/a/t1.html", true),
            (PageKind::Detail, "http://www.lingzhou.gov.cn/zwgk/a/a/a/a/t1.html", false),
        ];
        for (kind, url, expected) in table {
            assert_eq!(may_follow(&portal, kind, &page(url)), expected, "{url}");
        }
        portal.requisites = true;
        let sheet = page("http://www.lingzhou.gov.cn/a.css");
        assert!(may_follow(&portal, PageKind::Requisite, &sheet));
        let deep = format!(
            "http://www.lingzhou.gov.cn/zwgk/{}",
            "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/"
        );
        assert!(!may_follow(&portal, PageKind::Detail, &page(&deep)));
        let deepest = deep.strip_suffix("20/").unwrap();
        assert!(may_follow(&portal, PageKind::Detail, &page(deepest)));
    }

    #[test]
    fn only_the_interface_of_a_list_is_asked_by_post() {
        let mut portal = portal_with("http://a.gov.cn/", &[("公示公告", "x/")]);
        let mut asked = |style, url: &str, kind, column: &str| {
            portal.list.style = style;
            let mut page = known(url, kind);
            page.context.form = Form::of_pairs(&[]).ok();
            page.context.column = column.to_owned();
            may_ask(&portal, &page)
        };
        let (search, mine) = ("http://a.gov.cn/module/xxgk/search.jsp", "公示公告");
        let ewb = "http://a.gov.cn/p/rest/lightfrontaction/getgovinfolist";
        assert!(asked(ListStyle::Jcms, search, PageKind::List, mine));
        assert!(asked(ListStyle::Ewb, ewb, PageKind::List, mine));
        for (style, url, kind, column) in [
            (ListStyle::Links, search, PageKind::List, mine),
            (ListStyle::Jcms, ewb, PageKind::List, mine),
            (ListStyle::Jcms, search, PageKind::Detail, mine),
            (ListStyle::Jcms, search, PageKind::List, "别处"),
            (ListStyle::Jcms, "http://a.gov.cn/module/ysqgk/apply.jsp", PageKind::List, mine),
            (ListStyle::Jcms, "http://b.gov.cn/module/xxgk/search.jsp", PageKind::List, mine),
        ] {
            assert!(!asked(style, url, kind, column), "{style:?} {url} {kind:?} {column}");
        }
    }

    #[test]
    fn what_names_the_visit_is_dropped() {
        for (link, bare) in [
            ("/x/t1.html;jsessionid=0A1B?id=3", "/x/t1.html?id=3"),
            ("/x;JSESSIONID=0A1B/t1.html", "/x/t1.html"),
            ("/x/t1.php?PHPSESSID=ab12&id=3", "/x/t1.php?id=3"),
            ("/x/t1.asp?ASPSESSIONIDQQ=ab12", "/x/t1.asp"),
            ("/(S(a1b2c3))/x/t1.aspx", "/x/t1.aspx"),
            ("/x))/(S(", "/x))/(S("),
            ("/gkmlpt/api/all/1?page=1&sid=755003", "/gkmlpt/api/all/1?page=1&sid=755003"),
            ("/x/?", "/x/?"),
        ] {
            let page = page("http://a.gov.cn/").join(link).unwrap();
            assert_eq!(without_session(&page).path_and_query(), bare, "{link}");
        }
    }

    #[test]
    fn first_pages_are_one() {
        let list = page("http://a.gov.cn/zwgk/x/");
        for same in ["index.html", "index.shtml", "default.aspx", "Index.htm", ""] {
            assert_eq!(without_index(&list.join(same).unwrap()), list, "{same}");
        }
        for other in ["index_1.html", "index.html?page=2", "t1.html", "index.pdf"] {
            assert_ne!(without_index(&list.join(other).unwrap()), list, "{other}");
        }
    }

    #[test]
    fn home_and_areas() {
        let portal = portal("http://a.gov.cn/");
        for (url, expected) in [
            ("http://a.gov.cn/", true),
            ("http://a.gov.cn/index.html", true),
            ("http://a.gov.cn/?id=3", false),
            ("http://a.gov.cn/zwgk/", false),
            ("http://a.gov.cn/t1.html", false),
        ] {
            assert_eq!(is_home(&portal, &page(url)), expected, "{url}");
        }
        for (url, area) in [
            ("http://a.gov.cn/zwgk/zcwj/", "/zwgk/zcwj/"),
            ("http://a.gov.cn/zwgk/zcwj/gwy/index.html", "/zwgk/zcwj/"),
            ("http://a.gov.cn/zwgk/index.html", "/zwgk/"),
            ("http://a.gov.cn/tzgg.htm", "/"),
        ] {
            assert_eq!(column_area(&page(url)), area, "{url}");
        }
    }
}
