//! What a recipe is: one page of a list in, the documents and further list pages it leads to out.
//!
//! Every family of portals has a file with its recipe; here is what they share, and which style takes which.

use url::form_urlencoded::Serializer;

use super::{
    Link, Markup, ewb, frames, gkmlpt, items, jcms, jpaas, json, links, lonsun, nfcms, sitemap,
    trs, truecms, ucap, vsb,
};
use crate::config::{ListStyle, Portal};
use crate::model::{Form, Listed, PageUrl};

/// One answer that a list gave.
#[derive(Clone, Copy)]
pub(super) struct ListPage<'p> {
    pub(super) portal: &'p Portal,
    /// First page of the column's list.
    pub(super) list: &'p PageUrl,
    /// Where this answer came from.
    pub(super) at: &'p PageUrl,
    /// What was sent there, where it was asked by POST.
    pub(super) form: Option<&'p Form>,
    /// The answer as text.
    pub(super) text: &'p str,
}

/// What a page of a list leads to, in its order.
#[derive(Debug, Default)]
pub(super) struct Leads {
    /// Documents.
    pub(super) items: Vec<Link>,
    /// Further pages of the list, or other lists.
    pub(super) lists: Vec<ListLead>,
}

/// A further page of a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ListLead {
    pub(super) url: PageUrl,
    /// What is sent there, where a GET request does not do.
    pub(super) form: Option<Form>,
    /// The column it belongs to, where that is another one than the page's.
    pub(super) column: Option<String>,
}

impl From<PageUrl> for ListLead {
    fn from(url: PageUrl) -> Self {
        Self { url, form: None, column: None }
    }
}

impl Leads {
    pub(super) fn new(items: Vec<Link>, next: Option<PageUrl>) -> Self {
        Self { items, lists: next.map(ListLead::from).into_iter().collect() }
    }
}

impl Leads {
    /// The way to an interface, unless the page itself shows documents and pages them.
    pub(super) fn or_by(mut self, interface: Option<ListLead>) -> Self {
        if let Some(interface) =
            interface.filter(|_| self.items.is_empty() || self.lists.is_empty())
        {
            self.lists = vec![interface];
        }
        self
    }
}

/// Reads a page by the style of its portal.
pub(super) fn read(page: &ListPage<'_>) -> Leads {
    match page.portal.list.style {
        ListStyle::Trs | ListStyle::Links => page.by_markup(|_, _| None),
        ListStyle::Nfcms => nfcms::read(page),
        ListStyle::Jcms => jcms::read(page),
        ListStyle::Jpaas => jpaas::read(page),
        ListStyle::Gkmlpt => gkmlpt::read(page),
        ListStyle::Ucap => ucap::read(page),
        ListStyle::Lonsun => lonsun::read(page),
        ListStyle::Vsb => vsb::read(page),
        ListStyle::Ewb => ewb::read(page),
        ListStyle::Truecms => truecms::read(page),
        ListStyle::Json => page
            .portal
            .list
            .json
            .as_ref()
            .map(|rules| json::read(page, rules, None))
            .unwrap_or_default(),
        ListStyle::Sitemap => sitemap::read(page),
    }
}

impl ListPage<'_> {
    /// The answer as a tree.
    pub(super) fn markup(&self) -> Markup<'static> {
        Markup::of(self.text, self.at)
    }

    /// The documents and the next page that the markup shows; `own` is asked where neither a link nor the script of
    /// TRS names the next page. A page without any of them may be a shell around frames.
    pub(super) fn by_markup(&self, own: impl Fn(&Markup, &[Link]) -> Option<PageUrl>) -> Leads {
        let markup = self.markup();
        let mut items = items::items(self.portal, self.list, self.at, &markup);
        let next = self.next_in(&markup, &items).or_else(|| own(&markup, &items));
        // `2.html` may be a document by its name; the link 下一页 to it says what it is.
        items.retain(|item| next.as_ref() != Some(&item.url));
        if items.is_empty() && next.is_none() {
            let lists = frames::frames(self, &markup).into_iter().map(ListLead::from).collect();
            return Leads { items, lists };
        }
        Leads::new(items, next)
    }

    /// The next page, by the style of the portal first and by the other way where that finds none.
    fn next_in(&self, markup: &Markup, items: &[Link]) -> Option<PageUrl> {
        let by_script = || trs::next(self.at, self.text, items);
        let by_link = || links::next(self.portal, self.list, self.at, markup);
        match (&self.portal.list.next, self.portal.list.style) {
            (Some(_), _) => by_link(),
            (None, ListStyle::Trs) => by_script().or_else(by_link),
            (None, ListStyle::Links) => by_link().or_else(by_script),
            (None, _) => by_link(),
        }
    }

    /// The items in a piece of HTML that holds nothing else.
    pub(super) fn items_of_piece(&self, html: &str) -> Vec<Link> {
        items::of_piece(self.portal, self.at, html)
    }

    /// An address on this page's host.
    pub(super) fn address(&self, path: &str, parameters: &[(String, String)]) -> Option<PageUrl> {
        let query = Serializer::new(String::new()).extend_pairs(parameters).finish();
        self.at.join(path).ok()?.join(&format!("?{query}")).ok()
    }

    /// The parameters of this page's address.
    pub(super) fn parameters(&self) -> Vec<(String, String)> {
        self.at.as_url().query_pairs().map(|(n, v)| (n.into_owned(), v.into_owned())).collect()
    }

    /// This page's address with one parameter set, in its place or at the end.
    pub(super) fn with_parameter(&self, name: &str, value: &str) -> Option<PageUrl> {
        let mut parameters = self.parameters();
        match parameters.iter_mut().find(|(n, _)| n == name) {
            Some((_, place)) => value.clone_into(place),
            None => parameters.push((name.to_owned(), value.to_owned())),
        }
        self.address(self.at.path(), &parameters)
    }

    /// A whole number among the parameters.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        let (_, value) = self.at.as_url().query_pairs().find(|(n, _)| n == name)?;
        value.parse().ok()
    }
}

/// A link to a document with what its list says of it.
pub(super) fn item(url: PageUrl, title: Option<String>, date: Option<String>) -> Link {
    Link { url, listed: Listed { title, date } }
}

/// The first number that follows one of these marks, such as 共 in 共12页.
pub(super) fn number_after(text: &str, mark: &str, end: &str) -> Option<u32> {
    text.match_indices(mark).find_map(|(at, _)| {
        let rest = text[at + mark.len()..].trim_start();
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, after) = rest.split_at(digits);
        let number = number.parse().ok()?;
        after.trim_start().starts_with(end).then_some(number)
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::crawl::testing::{page, portal_with};
    use crate::model::FormKind;

    /// What a page of the column 公示公告 leads to: `path | title | date` of documents, then paths of lists.
    pub(in super::super) fn read_at(
        style: ListStyle,
        list: &str,
        at: &str,
        text: &str,
    ) -> (Vec<String>, Vec<String>) {
        read_asked(style, list, at, None, text)
    }

    /// The same for a page that was asked with this body.
    pub(in super::super) fn read_posted(
        style: ListStyle,
        list: &str,
        at: &str,
        body: &str,
        text: &str,
    ) -> (Vec<String>, Vec<String>) {
        let kind = if body.starts_with('{') { FormKind::Json } else { FormKind::Urlencoded };
        let form = Form::new(kind, body.to_owned()).unwrap();
        read_asked(style, list, at, Some(&form), text)
    }

    fn read_asked(
        style: ListStyle,
        list: &str,
        at: &str,
        form: Option<&Form>,
        text: &str,
    ) -> (Vec<String>, Vec<String>) {
        let mut portal = portal_with("http://a.gov.cn/", &[("公示公告", list)]);
        portal.list.style = style;
        let list = portal.columns[0].list.clone();
        let at = page("http://a.gov.cn/").join(at).unwrap();
        let asked = ListPage { portal: &portal, list: &list, at: &at, form, text };
        described(allowed(&portal, read(&asked)))
    }

    /// Without the lists on other hosts.
    fn allowed(portal: &Portal, mut leads: Leads) -> Leads {
        leads.lists.retain(|lead| lead.url.authority() == portal.bases[0].authority());
        leads
    }

    pub(in super::super) fn described(leads: Leads) -> (Vec<String>, Vec<String>) {
        let describe = |link: Link| {
            let text = |field: Option<String>| field.unwrap_or_default();
            let (title, date) = (text(link.listed.title), text(link.listed.date));
            format!("{} | {title} | {date}", link.url.path_and_query())
        };
        let lists = leads.lists.into_iter().map(|lead| {
            let column = lead.column.map(|column| format!("{column}: ")).unwrap_or_default();
            let posted = lead.form.map(|form| format!(" POST {}", form.body())).unwrap_or_default();
            format!("{column}{}{posted}", lead.url.path_and_query())
        });
        (leads.items.into_iter().map(describe).collect(), lists.collect())
    }

    #[test]
    fn parameters_are_set_in_their_place() {
        let portal = portal_with("http://a.gov.cn/", &[("公示公告", "x/")]);
        let at = page("http://a.gov.cn/api?page=1&name=%E7%81%B5");
        let asked = ListPage { portal: &portal, list: &at, at: &at, form: None, text: "" };
        let set = |name, value| asked.with_parameter(name, value).unwrap().path_and_query();
        assert_eq!(set("page", "2"), "/api?page=2&name=%E7%81%B5");
        assert_eq!(set("size", "15"), "/api?page=1&name=%E7%81%B5&size=15");
        assert_eq!((asked.number("page"), asked.number("name")), (Some(1), None));
    }

    #[test]
    fn counts_are_read_in_words() {
        for (text, expected) in [
            ("首页 共12页", Some(12)),
            ("共 3 页", Some(3)),
            ("共15条 共2页", Some(2)),
            ("公共12号", None),
            ("共99999999999页", None),
            ("", None),
        ] {
            assert_eq!(number_after(text, "共", "页"), expected, "{text}");
        }
    }
}
