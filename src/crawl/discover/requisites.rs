//! What a page is shown with: style sheets, pictures and fonts of its own host.
//!
//! A page and the style sheets that it names lead to at most [`OF_A_PAGE`] files together. Answers are judged one by
//! one, so each style sheet keeps places free for what it may name in turn, and what it names leads no further.

use std::collections::HashSet;

use scraper::ElementRef;

use super::links::in_furniture;
use super::{Link, Markup};
use crate::config::Portal;
use crate::crawl::scope;
use crate::model::{Capture, Listed, PageKind, PageUrl};
use crate::page::{CssReference, css_references};

/// Files of one page at most, those of its style sheets included.
const OF_A_PAGE: usize = 40;
/// Files that one style sheet leads to at most.
const OF_A_SHEET: usize = 5;
/// Attributes that scripts read the address of a picture from once it scrolls into view; `src` holds a stand-in then.
const LAZY: [&str; 7] = [
    "data-original",
    "data-src",
    "data-lazy-src",
    "data-lazyload",
    "data-lazy",
    "data-echo",
    "data-url",
];

/// Addresses as they stand in a page or a style sheet, by what they are for.
#[derive(Default)]
struct Named {
    sheets: Vec<String>,
    /// Pictures of the text.
    body: Vec<String>,
    /// Pictures around it, and fonts.
    rest: Vec<String>,
}

/// The requisites of a detail page: one style sheet, the pictures of its text, further style sheets, further pictures,
/// as far as the places go.
pub(super) fn of_page(portal: &Portal, markup: &Markup, at: &PageUrl) -> Vec<Link> {
    if !portal.requisites {
        return Vec::new();
    }
    let named = Named::on(portal, markup);
    let (first, further) = named.sheets.split_at(named.sheets.len().min(1));
    let in_order = first.iter().chain(&named.body).chain(further).chain(&named.rest);
    let mut places = OF_A_PAGE;
    let mut links = links(portal, &markup.base, at, in_order.map(String::as_str));
    links.retain(|link| {
        let needs = if leads_on(&link.url) { 1 + OF_A_SHEET } else { 1 };
        let fits = needs <= places;
        places -= if fits { needs } else { 0 };
        fits
    });
    links
}

/// What a style sheet that a page names leads to: imported sheets, then pictures, then fonts.
pub(super) fn of_sheet(portal: &Portal, capture: &Capture, text: &str) -> Vec<Link> {
    let context = &capture.context;
    let asked = context.redirected_from.as_ref().unwrap_or(&capture.url);
    let of_a_sheet = context.referrer.as_ref().is_none_or(leads_on);
    if !portal.requisites || !leads_on(asked) || of_a_sheet {
        return Vec::new();
    }
    let mut named = Named::default();
    named.css(text);
    let (fonts, pictures): (Vec<_>, Vec<_>) = named.rest.iter().partition(|url| is_font(url));
    let in_order = named.sheets.iter().chain(pictures).chain(fonts);
    let mut links = links(portal, &capture.url, &capture.url, in_order.map(String::as_str));
    links.truncate(OF_A_SHEET);
    links
}

/// Whether what is there is read as a style sheet and followed: told by the address alone, so that it is known
/// before and after the answer.
fn leads_on(url: &PageUrl) -> bool {
    url.path().to_ascii_lowercase().ends_with(".css")
}

fn is_font(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    [".eot", ".woff", ".woff2", ".ttf", ".otf"].iter().any(|ending| path.ends_with(ending))
}

/// The addresses on the page's own host, each once.
fn links<'a>(
    portal: &Portal,
    base: &PageUrl,
    at: &PageUrl,
    addresses: impl Iterator<Item = &'a str>,
) -> Vec<Link> {
    let mut seen = HashSet::from([at.key()]);
    let here = at.authority();
    addresses
        .filter_map(|address| base.join(address).ok())
        .filter(|url| url.authority() == here && seen.insert(url.key()))
        .filter(|url| scope::may_follow(portal, PageKind::Requisite, url))
        .map(|url| Link { url, listed: Listed::default() })
        .collect()
}

impl Named {
    fn on(portal: &Portal, markup: &Markup) -> Self {
        let mut named = Self::default();
        for element in markup.tree.root_element().descendants().filter_map(ElementRef::wrap) {
            match element.value().name() {
                "link" if is_style_sheet(element) => {
                    named.sheets.extend(element.attr("href").and_then(address));
                }
                "style" => named.css(&element.text().collect::<String>()),
                _ => {}
            }
            let pictures = pictures(element);
            if pictures.is_empty() {
                continue;
            }
            let of_text = match &portal.detail.body {
                Some(body) => itself_and_around(element).any(|e| body.selector().matches(&e)),
                None => !in_furniture(element),
            };
            if of_text { named.body.extend(pictures) } else { named.rest.extend(pictures) }
        }
        named
    }

    fn css(&mut self, text: &str) {
        for reference in css_references(text) {
            match reference {
                CssReference::Sheet(url) => self.sheets.push(url),
                CssReference::File(url) => self.rest.push(url),
            }
        }
    }
}

fn itself_and_around(element: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    std::iter::once(element).chain(element.ancestors().filter_map(ElementRef::wrap))
}

fn is_style_sheet(link: ElementRef<'_>) -> bool {
    let mut words = link.attr("rel").unwrap_or_default().split_ascii_whitespace();
    let is = |word: &str| words.clone().any(|rel| rel.eq_ignore_ascii_case(word));
    let (sheet, alternate) = (is("stylesheet"), is("alternate"));
    words.next().is_some() && sheet && !alternate
}

/// An address that can lead somewhere.
fn address(written: &str) -> Option<String> {
    let written = written.trim();
    let leads = !written.is_empty() && !written.starts_with('#') && !written.starts_with("data:");
    leads.then(|| written.to_owned())
}

/// The pictures that an element itself shows.
fn pictures(element: ElementRef<'_>) -> Vec<String> {
    let attribute = |name| element.attr(name).and_then(address);
    let mut found: Vec<String> = match element.value().name() {
        "img" => {
            let lazy = LAZY.iter().filter_map(|name| element.attr(name).and_then(address));
            lazy.chain(attribute("src")).chain(largest(element)).collect()
        }
        "source" if !is_of_sound_or_film(element) => largest(element).into_iter().collect(),
        "input" if element.attr("type").is_some_and(|t| t.eq_ignore_ascii_case("image")) => {
            attribute("src").into_iter().collect()
        }
        "video" => attribute("poster").into_iter().collect(),
        // In SVG; `xlink:href` is an attribute of this local name as well.
        "image" => {
            let hrefs = element.value().attrs().filter(|(name, _)| *name == "href");
            hrefs.filter_map(|(_, value)| address(value)).take(1).collect()
        }
        "body" | "table" | "tr" | "td" | "th" => attribute("background").into_iter().collect(),
        _ => Vec::new(),
    };
    let style = element.attr("style").filter(|style| style.to_ascii_lowercase().contains("url("));
    for reference in style.map(css_references).unwrap_or_default() {
        if let CssReference::File(url) = reference {
            found.push(url);
        }
    }
    found
}

fn is_of_sound_or_film(source: ElementRef<'_>) -> bool {
    let mut around = source.ancestors().filter_map(ElementRef::wrap);
    around.next().is_some_and(|parent| matches!(parent.value().name(), "audio" | "video"))
}

/// The largest picture of a `srcset`, as the HTML standard reads it; the first of equals.
fn largest(element: ElementRef<'_>) -> Option<String> {
    let srcset = element.attr("srcset").or_else(|| element.attr("data-srcset"))?;
    let mut best: Option<(f64, &str)> = None;
    let mut left = srcset;
    loop {
        left = left.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if left.is_empty() {
            break;
        }
        let (url, after) =
            left.split_at(left.find(|c: char| c.is_ascii_whitespace()).unwrap_or(left.len()));
        // An address that ends in a comma has no size behind it.
        let bare = url.trim_end_matches(',');
        let size = if bare.len() < url.len() { "" } else { after.split(',').next().unwrap_or("") };
        left = if bare.len() < url.len() { after } else { &after[size.len()..] };
        let size = size.trim().trim_end_matches(['w', 'x', 'h']).parse().unwrap_or(1.0);
        if best.is_none_or(|(most, _)| size > most) {
            best = Some((size, bare));
        }
    }
    best.and_then(|(_, url)| address(url))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use proptest::prelude::*;

    use super::*;
    use crate::crawl::discover::discover;
    use crate::crawl::testing::{attachments, capture, known, portal};
    use crate::model::KnownPage;

    const HOSTS: [&str; 4] = ["", "http://a.gov.cn", "https://a.gov.cn", "http://b.gov.cn"];

    fn requisites(portal: &Portal, page: &KnownPage, body: &str) -> Vec<KnownPage> {
        let found =
            discover(portal, page, &capture(page, 200, &[], body.as_bytes()), &attachments());
        found.into_iter().filter(|page| page.context.kind == PageKind::Requisite).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_page_never_leads_to_more_than_forty_nor_to_another_host(
            named in prop::collection::vec((0..5_usize, 0..4_usize, 0..90_usize), 0..120),
            in_sheet in prop::collection::vec((0..2_usize, 0..4_usize, 0..90_usize), 0..60),
        ) {
            let mut portal = portal("http://a.gov.cn/");
            portal.requisites = true;
            portal.bases.push("http://b.gov.cn/".parse().unwrap());
            let mut html = String::new();
            for (form, host, number) in named {
                let host = HOSTS[host];
                let form = match form {
                    0 => format!("<link rel=stylesheet href='{host}/s{number}.css'>"),
                    1 => format!("<img src='{host}/p{number}.png' srcset='{host}/q{number}.png 2x'>"),
                    2 => format!("<style>@import '{host}/i{number}.css'; a {{ b: url({host}/u{number}.png) }}</style>"),
                    3 => format!("<div class=nav style=\"background: url('{host}/n{number}.png')\">"),
                    _ => format!("<link rel=stylesheet href='{host}/sheet.jsp?n={number}'>"),
                };
                html.push_str(&form);
            }
            let mut css = String::new();
            for (form, host, number) in in_sheet {
                let host = HOSTS[host];
                let form = if form == 0 { "@import url" } else { "a { b: url" };
                let (ending, end) = if form.starts_with('@') { ("css", ";") } else { ("png", "}") };
                write!(css, "{form}({host}/c{number}.{ending}){end}").unwrap();
            }
            let page = known("http://a.gov.cn/x/t1.html", PageKind::Detail);
            let mut all = requisites(&portal, &page, &html);
            for level in 0..3 {
                let named: Vec<_> = all.iter().filter(|found| found.depth == level + 1).cloned().collect();
                all.extend(named.iter().flat_map(|sheet| requisites(&portal, sheet, &css)));
            }
            prop_assert!(all.len() <= OF_A_PAGE, "{}", all.len());
            prop_assert!(all.iter().all(|found| found.url.host() == "a.gov.cn" && found.depth <= 2));
        }
    }

    #[test]
    fn pictures_of_the_text_go_before_those_around_it() {
        let mut portal = portal("http://a.gov.cn/");
        portal.requisites = true;
        let pictures = |name: &str| {
            (0..60).fold(String::new(), |html, n| html + &format!("<img src={name}{n}.png>"))
        };
        let html = format!("<div class=nav>{}</div><p>{}</p>", pictures("n"), pictures("t"));
        let page = known("http://a.gov.cn/x/t1.html", PageKind::Detail);
        let sheets = "<link rel=stylesheet href=a.css><link rel=stylesheet href=b.css>";
        let found = requisites(&portal, &page, &(sheets.to_owned() + &html));
        let paths: Vec<_> = found.iter().map(|found| found.url.path()).collect();
        assert_eq!(paths[..3], ["/x/a.css", "/x/t0.png", "/x/t1.png"]);
        assert_eq!((paths.len(), paths.last()), (35, Some(&"/x/t33.png")));
        let few = html.replace("<img src=t", "<b ");
        let found = requisites(&portal, &page, &(sheets.to_owned() + &few));
        let paths: Vec<_> = found.iter().map(|found| found.url.path()).collect();
        assert_eq!(paths[..3], ["/x/a.css", "/x/b.css", "/x/n0.png"]);
        assert_eq!(paths.len(), 30);
    }
}
