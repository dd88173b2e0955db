//! What kind of page it is, told by its address and by what stands on it.

use crate::extract::view::View;

/// The kinds of pages of a portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageShape {
    /// Publishes a document.
    Document,
    /// Lists documents.
    List,
    /// The entry of a portal.
    Home,
    /// An error page, an empty one, or something else.
    Other,
}

impl PageShape {
    /// The kind as a word: `detail`, `list`, `home` or `other`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Document => "detail",
            Self::List => "list",
            Self::Home => "home",
            Self::Other => "other",
        }
    }

    /// What it is when no document could be read from it.
    pub(super) fn or_other(self) -> Self {
        if self == Self::Document { Self::Other } else { self }
    }
}

/// A text with less prose than this is not what an index page is for, in characters.
const LITTLE: usize = 200;

/// A page at the address of an index, without a box and without prose of its own, lists or leads on.
pub(super) fn of(view: &View<'_>, text: &str, boxed: usize) -> PageShape {
    let path = view.capture.url.path();
    let exact = view.body.as_ref().is_some_and(|body| body.exact);
    let articled = view.meta(&["articletitle"]).is_some();
    let sentences = text.chars().filter(|c| matches!(c, '。' | '；')).count();
    let prose = exact || (sentences > 1 && text.chars().count() > LITTLE);
    if prose || articled || boxed > 1 || !is_index(path) {
        return PageShape::Document;
    }
    let home = path.trim_end_matches(|c| c != '/').len() <= 1;
    if home { PageShape::Home } else { PageShape::List }
}

/// `/zwgk/`, `/zwgk/index.html`, `/zwgk/index_3.html`, `/zwgk/list-2.shtml`
fn is_index(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let word = stem.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '_' | '-'));
    matches!(word, "" | "index" | "list" | "default" | "main")
        && (!word.is_empty() || stem.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_indexes() {
        for path in [
            "/",
            "/zwgk/",
            "/zwgk/index.html",
            "/a/index_3.shtml",
            "/a/list-2.htm",
            "/default.aspx",
        ] {
            assert!(is_index(path), "{path}");
        }
        for path in
            ["/t20200131_1.html", "/art/2020/1/31/art_1_2.html", "/123.html", "/a/content.html"]
        {
            assert!(!is_index(path), "{path}");
        }
    }
}
