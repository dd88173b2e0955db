//! The files that a page names: by links, in frames and viewers, in `data-` attributes of the common content systems.

use std::sync::LazyLock;

use regex::bytes::Regex;
use scraper::{ElementRef, Html};

use crate::model::PageUrl;

/// The longest name of a file, in characters.
const LONGEST_NAME: usize = 300;
/// Attributes besides `href` and `src` that content systems put the address of a file into.
const DATA: [&str; 9] = [
    "data-href",
    "data-url",
    "data-src",
    "data-file",
    "data-fileurl",
    "data-path",
    "data-link",
    "data-download",
    "data-pdf",
];

/// A file that a page names.
#[derive(Clone, Debug)]
pub struct FileLink<'t> {
    /// The link, frame or other element that names it.
    pub element: ElementRef<'t>,
    /// Where it is; for one shown in a viewer the file itself, not the viewer.
    pub url: PageUrl,
    /// What the page calls it.
    pub name: Option<String>,
}

/// What relative links start from: the `base` element where there is one on the same host.
pub fn base(tree: &Html, page: &PageUrl) -> PageUrl {
    let href = tree
        .root_element()
        .descendants()
        .filter_map(ElementRef::wrap)
        .filter(|element| element.value().name() == "base")
        .find_map(|base| base.attr("href"));
    href.and_then(|href| page.join(href).ok())
        .filter(|base| base.authority() == page.authority())
        .unwrap_or_else(|| page.clone())
}

/// The files of these types (endings in lower case, without dot) that a page names, in its order; with repetitions.
pub fn files<'t, T: AsRef<str>>(
    tree: &'t Html,
    base: &'t PageUrl,
    types: &'t [T],
) -> impl Iterator<Item = FileLink<'t>> {
    let elements = tree.root_element().descendants().filter_map(ElementRef::wrap);
    let from_there = may_be_file(base.path(), types);
    elements.filter_map(move |element| file(element, base, from_there, types))
}

/// What stands in the path of an address that hands out files, in any letter case.
static LEADS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("(?i-u)down|attach|file").ok());

fn leads_to_download(text: &str) -> bool {
    LEADS.as_ref().is_some_and(|leads| leads.is_match(text.as_bytes()))
}

/// Whether an address, or the one that it starts from, holds anything that tells a file.
fn may_be_file<T: AsRef<str>>(address: &str, types: &[T]) -> bool {
    leads_to_download(address) || may_name_files(address, types)
}

/// Whether the links of a page at this address may lead to downloads without saying so themselves.
pub fn is_among_downloads(page: &PageUrl) -> bool {
    leads_to_download(page.path())
}

/// Whether [`files`] may find anything in a page's text.
///
/// Most pages name no file, and need not be read as a tree to see it. A dot (as such, escaped, or by reference) before a
/// wanted ending is looked for, and what else tells a file: 附件 and an address that hands it out, unless the page itself
/// [is among downloads](is_among_downloads).
pub fn may_name_files<T: AsRef<str>>(text: &str, types: &[T]) -> bool {
    let bytes = text.as_bytes();
    let begins = |at: usize, word: &str| {
        bytes[at..].get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word.as_bytes()))
    };
    let is_ending = |at: usize| {
        let length = bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        is_type(&text[at..at + length], types)
    };
    let mut is_annexed = false;
    let is_named = bytes.iter().enumerate().any(|(at, byte)| match byte {
        b'.' => is_ending(at + 1),
        b'%' => begins(at, "%2e") && is_ending(at + 3),
        b'&' => REFERENCES.iter().any(|reference| begins(at, reference)),
        b'f' | b'F' => begins(at, "file="),
        0xe9 => {
            is_annexed |= begins(at, "附件");
            false
        }
        _ => false,
    });
    is_named || (is_annexed && leads_to_download(text))
}

/// Character references of the dot and of 附.
const REFERENCES: [&str; 5] = ["&#46", "&#x2e", "&period", "&#38468", "&#x9644"];

/// The file that an element leads to, if it is of a wanted type.
fn file<'t, T: AsRef<str>>(
    element: ElementRef<'t>,
    base: &PageUrl,
    from_there: bool,
    types: &[T],
) -> Option<FileLink<'t>> {
    let own = match element.value().name() {
        "a" | "area" => element.attr("href"),
        "iframe" | "frame" | "embed" => element.attr("src"),
        "object" => element.attr("data"),
        _ => None,
    };
    // Most elements have none of them, and looking for each takes a walk over all attributes.
    let has_data = element.value().attrs().any(|(name, _)| name.starts_with("data-"));
    let data = DATA.iter().filter(|_| has_data).filter_map(|name| element.attr(name));
    let mut addresses = own.into_iter().chain(data);
    addresses.find_map(|address| {
        let address = address.trim();
        let may_be = from_there || may_be_file(address, types);
        let leads = may_be && !address.is_empty() && !address.starts_with('#');
        let url = leads.then(|| base.join(address).ok())??;
        if let Some(url) = shown_in_viewer(&url, types) {
            return Some(FileLink { element, url, name: name(element, types) });
        }
        let name = name(element, types);
        let wanted = is_file(&url, types)
            || (element.value().name() == "a" && is_download(&url, name.as_deref(), types));
        wanted.then_some(FileLink { element, url, name })
    })
}

/// Whether the path, or a value of the query, ends like a file.
fn is_file<T: AsRef<str>>(url: &PageUrl, types: &[T]) -> bool {
    ends_like_a_file(url.path(), types)
        || url.as_url().query_pairs().any(|(_, value)| ends_like_a_file(&value, types))
}

fn ends_like_a_file<T: AsRef<str>>(name: &str, types: &[T]) -> bool {
    name.trim().rsplit_once('.').is_some_and(|(_, ending)| is_type(ending, types))
}

fn is_type<T: AsRef<str>>(ending: &str, types: &[T]) -> bool {
    types.iter().any(|known| known.as_ref().eq_ignore_ascii_case(ending))
}

/// An address without a file name that still hands out a file: `/module/download/…`, `download.jsp?wbfileid=12`.
///
/// It is one when the page calls it by the name of a file, 名单.doc or 名单.doc（25KB）, or an attachment, 附件1.
fn is_download<T: AsRef<str>>(url: &PageUrl, name: Option<&str>, types: &[T]) -> bool {
    let path = url.path().to_ascii_lowercase();
    let is_page = [".html", ".htm", ".shtml", "/"].iter().any(|ending| path.ends_with(ending));
    leads_to_download(&path)
        && name
            .is_some_and(|name| names_a_file(name, types) || (name.starts_with("附件") && !is_page))
}

/// Whether a text holds the name of a file: a known ending, and no letter or digit behind it.
fn names_a_file<T: AsRef<str>>(text: &str, types: &[T]) -> bool {
    text.split('.').skip(1).any(|after| {
        let end = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
        is_type(&after[..end], types)
    })
}

/// The file that a viewer such as `/pdfjs/web/viewer.html?file=/a/b.pdf` shows.
fn shown_in_viewer<T: AsRef<str>>(url: &PageUrl, types: &[T]) -> Option<PageUrl> {
    let path = url.path().to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    let is_viewer = name.contains("view") || path.contains("pdfjs") || name.contains("reader");
    let shows = |(name, value): &(std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
        matches!(
            name.to_ascii_lowercase().as_str(),
            "file" | "src" | "url" | "furl" | "pdf" | "path" | "filepath" | "fileurl"
        ) && url.join(value).is_ok_and(|shown| name == "file" || is_file(&shown, types))
    };
    let (_, file) = url.as_url().query_pairs().filter(|_| is_viewer).find(shows)?;
    url.join(&file).ok()
}

/// What the page calls a file: a title that is the name of one, else the text of the link, whole where it was cut.
fn name<T: AsRef<str>>(element: ElementRef<'_>, types: &[T]) -> Option<String> {
    let attribute = |name| element.attr(name).map(|text| one_line(text.chars()));
    let title = attribute("title").filter(|title| !title.is_empty());
    let download = attribute("download");
    let named = [title.clone(), download].into_iter().flatten().find(|t| names_a_file(t, types));
    let text = one_line(element.text().take(200).flat_map(str::chars));
    let was_cut = text.is_empty() || text.ends_with('…') || text.ends_with("...");
    named.or_else(|| title.filter(|_| was_cut)).or(Some(text)).filter(|name| !name.is_empty())
}

/// Text on one line, runs of white space as single blanks.
fn one_line(characters: impl Iterator<Item = char>) -> String {
    let mut line = String::new();
    for c in characters.take(4 * LONGEST_NAME) {
        let blank = c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}');
        if !blank {
            line.push(c);
        } else if !line.is_empty() && !line.ends_with(' ') {
            line.push(' ');
        }
    }
    line.trim_end().chars().take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_without_an_ending_of_a_file_names_none() {
        let cases = [
            ("<a href='a.pdf'>", true),
            ("<a href='a.PDF", true),
            ("?file=a", true),
            ("?name=a%2Epdf&x", true),
            ("%2e", false),
            ("window.document.docs = '.html' pdf 附近", false),
            (".", false),
            ("<a href='/download?id=7'>附件1", true),
            ("<a href='/download?id=7'>&#x9644;件1", true),
            ("a&#46;pdf", true),
            ("名单.pdf（25KB）", true),
        ];
        for (text, expected) in cases {
            assert_eq!(may_name_files(text, &["pdf", "doc"]), expected, "{text}");
        }
    }
}
