//! The entries of Atom feeds (RFC 4287).

use axum::http::HeaderMap;

use crate::model::{Document, Moment};
use crate::serve::app::App;
use crate::serve::feeds::xml::{Written, Xml};
use crate::serve::public::base;

pub(super) const ATOM: &str = "application/atom+xml; charset=utf-8";
const NAMESPACE: &str = "http://www.w3.org/2005/Atom";
/// Characters of a document's beginning that an entry shows.
const SUMMARY: usize = 200;

/// One entry.
pub(super) struct Entry {
    /// What tells it from all others, for good.
    pub(super) id: String,
    pub(super) title: String,
    /// Where it is read; `None` for what is gone.
    pub(super) link: Option<String>,
    pub(super) updated: Moment,
    pub(super) published: Option<Moment>,
    pub(super) author: Option<String>,
    pub(super) summary: String,
}

/// A feed with its entries.
pub(super) struct Feed {
    /// What links begin with.
    pub(super) base: String,
    pub(super) title: String,
    /// Where the feed itself is, and what it is about, both after the base.
    pub(super) own: String,
    pub(super) about: String,
    pub(super) entries: Vec<Entry>,
    /// When nothing has changed yet.
    pub(super) begin: Moment,
}

/// What links of an answer begin with.
pub(super) fn base_of(app: &App, asked: &HeaderMap) -> String {
    base(app.public_url.as_ref(), asked)
}

/// Seconds are as much as feeds tell.
pub(super) fn stamp(at: Moment) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

impl Entry {
    /// The entry of a document: its id is the address of its page.
    pub(super) fn of(base: &str, document: &Document, summary: String) -> Self {
        let link = format!("{base}/document/{}", document.id);
        let at_noon = |day: crate::model::PublicDate| {
            Moment::from_second(day.first_day() * 86_400 + 4 * 3_600).ok()
        };
        let published = document.published_date.as_ref().or(document.written_date.as_ref());
        Self {
            id: link.clone(),
            title: document.title.value.clone(),
            link: Some(link),
            updated: document.standing.changed_at.unwrap_or(document.captured_at),
            published: published.and_then(|date| at_noon(date.value)),
            author: document.agency().map(str::to_owned),
            summary,
        }
    }
}

/// How a document begins.
pub(super) fn beginning(document: &Document) -> String {
    let text: Vec<&str> = document.text.split_whitespace().collect();
    text.join(" ").chars().take(SUMMARY).collect()
}

impl Feed {
    pub(super) fn written(&self) -> std::io::Result<Vec<u8>> {
        let attributes = [("xmlns", NAMESPACE), ("xml:lang", "zh-CN")];
        let address = |path: &str| format!("{}{path}", self.base);
        let updated = self.entries.iter().map(|entry| entry.updated).max().unwrap_or(self.begin);
        Xml::document("feed", &attributes, |xml| {
            xml.text("id", &address(&self.own))?;
            xml.text("title", &self.title)?;
            xml.text("updated", &stamp(updated))?;
            xml.empty(
                "link",
                &[("rel", "self"), ("type", "application/atom+xml"), ("href", &address(&self.own))],
            )?;
            xml.empty(
                "link",
                &[("rel", "alternate"), ("type", "text/html"), ("href", &address(&self.about))],
            )?;
            xml.element("author", &[], |xml| xml.text("name", "gongkai"))?;
            xml.text("rights", "自动采集的副本，非官方原件，内容以发布机关原网站为准。")?;
            self.entries.iter().try_for_each(|entry| written(xml, entry))
        })
    }
}

fn written(xml: &mut Xml, entry: &Entry) -> Written {
    xml.element("entry", &[], |xml| {
        xml.text("id", &entry.id)?;
        xml.text("title", &entry.title)?;
        if let Some(link) = &entry.link {
            xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", link)])?;
        }
        xml.text("updated", &stamp(entry.updated))?;
        if let Some(published) = entry.published {
            xml.text("published", &stamp(published))?;
        }
        if let Some(author) = &entry.author {
            xml.element("author", &[], |xml| xml.text("name", author))?;
        }
        xml.text_with("summary", &[("type", "text")], &entry.summary)
    })
}
