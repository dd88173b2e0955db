//! How the lists of a portal are read: the style of its software, and what differs from it.

use crate::config::{
    CssSelector,
    reader::Reader,
    value::{one_of, selector, text_where, whole},
};

/// How the lists of a portal are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRules {
    /// How the next list page is found.
    pub style: ListStyle,
    /// The element of one item; without it, every link of the page that may be a document.
    pub items: Option<CssSelector>,
    /// The link inside an item; without it, the item itself or its first link.
    pub link: Option<CssSelector>,
    /// The date inside an item; without it, the first date printed there.
    pub date: Option<CssSelector>,
    /// The link to the next list page.
    pub next: Option<CssSelector>,
    /// Where things stand in answers of [`ListStyle::Json`]; there whenever that is the style.
    pub json: Option<JsonRules>,
}

/// How the pages of a list follow each other: the software that serves it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListStyle {
    /// TRS: `index.html`, `index_1.html` … as many as the page's script says.
    Trs,
    /// By plain links such as 下一页.
    #[default]
    Links,
    /// NFCMS: `index_2.html` is page 2; lists may stand in a frame of the same host.
    Nfcms,
    /// JCMS: records in the page's script, further ones from `dataproxy.jsp`; or the search of its xxgk module.
    Jcms,
    /// JPAAS: further pages from the `build/unit` interface.
    Jpaas,
    /// gkmlpt: JSON of each category of the tree in `window._CONFIG`.
    Gkmlpt,
    /// UCAP: JSON of the site's search.
    Ucap,
    /// lonsun: `page_1.html`, `page_2.html` …
    Lonsun,
    /// VSB: `tzgg.htm`, then `tzgg/12.htm` counting down.
    Vsb,
    /// Epoint EWB: JSON from `getgovinfolist`.
    Ewb,
    /// truecms: records in a call of a function, from `getMessage.do`.
    Truecms,
    /// Any JSON, as [`JsonRules`] describe it.
    Json,
    /// An XML sitemap, or an index of them.
    Sitemap,
}

/// The styles by the names that portal files give them.
const STYLES: [(&str, ListStyle); 13] = [
    ("trs", ListStyle::Trs),
    ("links", ListStyle::Links),
    ("nfcms", ListStyle::Nfcms),
    ("jcms", ListStyle::Jcms),
    ("jpaas", ListStyle::Jpaas),
    ("gkmlpt", ListStyle::Gkmlpt),
    ("ucap", ListStyle::Ucap),
    ("lonsun", ListStyle::Lonsun),
    ("vsb", ListStyle::Vsb),
    ("ewb", ListStyle::Ewb),
    ("truecms", ListStyle::Truecms),
    ("json", ListStyle::Json),
    ("sitemap", ListStyle::Sitemap),
];

/// Where things stand in the answers of an interface that lists documents as JSON, and how its pages are counted.
///
/// A path is a row of names (or numbers, for places in a list) with dots between; `.` is the whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonRules {
    /// Path to the list of items.
    pub items: String,
    /// Inside an item, path to its title.
    pub title: String,
    /// Inside an item, path to its address; or an address with paths in braces, such as `/content/{id}.html`.
    pub url: String,
    /// Inside an item, path to its date: text, or seconds or milliseconds since 1970.
    pub date: Option<String>,
    /// Path to the number of items of the whole list.
    pub total: Option<String>,
    /// Name of the parameter that says which page.
    pub page: String,
    /// Its value on the first page.
    pub first: u32,
    /// How much it grows from page to page.
    pub step: u32,
}

impl ListStyle {
    /// The name that portal files give it.
    pub fn as_str(self) -> &'static str {
        STYLES.iter().find(|(_, style)| *style == self).map_or("links", |(name, _)| *name)
    }

    /// Whether its lists are answers of an interface, which may live anywhere on the portal's hosts.
    pub fn asks_an_interface(self) -> bool {
        let interfaces = [
            Self::Jcms,
            Self::Jpaas,
            Self::Gkmlpt,
            Self::Ucap,
            Self::Ewb,
            Self::Truecms,
            Self::Json,
        ];
        interfaces.contains(&self)
    }

    /// Whether this path is the interface that hands out its lists and is asked by POST. Nothing else ever is.
    pub fn posts_to(self, path: &str) -> bool {
        match self {
            Self::Jcms => path.ends_with("/module/xxgk/search.jsp"),
            Self::Ewb => path.ends_with("/rest/lightfrontaction/getgovinfolist"),
            _ => false,
        }
    }

    /// Whether its interface answers only who says which page led there.
    pub fn wants_referrer(self) -> bool {
        self == Self::Truecms
    }
}

impl ListRules {
    pub(super) fn read(table: &mut Reader<'_>) -> Self {
        let rules = Self {
            style: table.optional("style", &one_of(&STYLES)).unwrap_or_default(),
            items: table.optional("items", &selector()),
            link: table.optional("link", &selector()),
            date: table.optional("date", &selector()),
            next: table.optional("next", &selector()),
            json: table.table("json", JsonRules::read).flatten(),
        };
        if rules.style == ListStyle::Json && table.lacks("json") {
            table.missing("json", "a table [list.json] that says where the items stand");
        }
        rules
    }
}

impl JsonRules {
    fn read(table: &mut Reader<'_>) -> Option<Self> {
        let path = || text_where("names with dots between, such as \"data.results\"", is_path);
        let items = table.required("items", &path());
        let title = table.required("title", &path());
        let url = table.required(
            "url",
            &text_where(
                "names with dots between, or an address with such names in { }",
                is_path_or_template,
            ),
        );
        let date = table.optional("date", &path());
        let total = table.optional("total", &path());
        let name = text_where("the name of a parameter, in quotes", is_name);
        let page = table.optional("page", &name).unwrap_or_else(|| "page".to_owned());
        let first = table.optional("first", &whole(0..=1)).unwrap_or(1);
        let step = table.optional("step", &whole(1..=1000)).unwrap_or(1);
        Some(Self { items: items?, title: title?, url: url?, date, total, page, first, step })
    }
}

/// Whether a text is a path to a value.
fn is_path(text: &str) -> bool {
    text == "." || (text.len() <= 200 && text.split('.').all(is_name))
}

fn is_name(name: &str) -> bool {
    (1..=60).contains(&name.chars().count())
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '@'))
}

fn is_path_or_template(text: &str) -> bool {
    let mut pieces = text.split('{');
    let Some(head) = pieces.next() else { return false };
    if head == text {
        return is_path(text);
    }
    let plain = |text: &str| !text.contains(['{', '}']) && !text.chars().any(char::is_control);
    plain(head)
        && pieces.all(|piece| {
            piece.split_once('}').is_some_and(|(path, rest)| is_path(path) && plain(rest))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_templates_are_told_from_mistakes() {
        for (text, fine) in [
            ("data.results", true),
            ("0.title", true),
            (".", true),
            ("/content/{id}.html", true),
            ("https://www.a.example/{site.id}/{id}", true),
            ("", false),
            ("data..results", false),
            ("/content/{}.html", false),
            ("/content/{id", false),
            ("a b", false),
            ("}{id}", false),
        ] {
            assert_eq!(is_path_or_template(text), fine, "{text}");
        }
        assert!(STYLES.iter().all(|(name, style)| style.as_str() == *name));
    }
}
