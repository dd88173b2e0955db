//! Host, path and header fields → answer.

use std::sync::atomic::Ordering;

use encoding_rs::GBK;
use sha2::{Digest, Sha256};

use crate::demo::FILES;
use crate::demo::content::Item;
use crate::demo::http_date;
use crate::demo::sample::{Sample, Target};
use crate::demo::sites::{Charset, Site};
use crate::model::{Answer, Headers, PublicDate};

impl Sample {
    /// Answers a GET request; the same request always gets the same answer.
    ///
    /// `host` is without port, `path` as it stands in the request line (a query is ignored, as static pages do).
    pub fn answer(&self, host: &str, path: &str, request: &Headers) -> Answer {
        let path = path.split('?').next().unwrap_or(path);
        let Some(site) = self.sites.iter().find(|site| site.host.eq_ignore_ascii_case(host)) else {
            return plain(502, "no such host in the sample portal\n");
        };
        if path == "/robots.txt" {
            return match &site.robots {
                Some(rules) => Made::new("text/plain", rules.clone().into_bytes()).answer(request),
                None => self.missing(site),
            };
        }
        match self.target(host, path).and_then(|target| self.made(site, target)) {
            Some(made) => made.answer(request),
            None => self.missing(site),
        }
    }

    /// The payload at a target; `None` for a removed page.
    fn made(&self, site: &Site, target: &Target) -> Option<Made> {
        let page = |html: Option<String>| html.map(|html| Made::page(site, &html));
        match *target {
            Target::Home(site) => page(self.render_home(site)),
            Target::List(site, column, number) => {
                let newest = self.columns[site][column].first();
                let day = newest.map(|&entry| self.entries[entry].item.published);
                Some(page(self.render_list(site, column, number))?.changed(day))
            }
            Target::Detail(entry) if self.is_missing(&self.entries[entry].item) => None,
            Target::Detail(entry) => {
                let day = self.entries[entry].item.published;
                Some(page(self.render_detail(entry))?.changed(Some(day)))
            }
            Target::File(entry, file) => {
                let item = &self.entries[entry].item;
                let name = &item.attachments.get(file)?.file;
                let body = FILES.get_file(format!("attachments/{name}"))?.contents();
                Some(Made::file(site, name, body).changed(Some(item.published)))
            }
        }
    }

    fn is_missing(&self, item: &Item) -> bool {
        item.gone || item.withdrawn && self.has_withdrawn.load(Ordering::Relaxed)
    }

    fn missing(&self, site: &Site) -> Answer {
        let html = self.render_missing(site).unwrap_or_else(|| "404".to_owned());
        let made = Made::page(site, &html);
        let headers = vec![
            ("Content-Type".to_owned(), made.media_type),
            ("Server".to_owned(), SERVER.to_owned()),
        ];
        Answer { status: 404, headers: Headers(headers), body: made.body.into() }
    }
}

/// What the sample hosts call themselves.
const SERVER: &str = "gongkai-sample";

/// An answer without header fields of its own, for requests that make no sense here.
pub(crate) fn plain(status: u16, text: &str) -> Answer {
    let headers = vec![("Content-Type".to_owned(), "text/plain; charset=utf-8".to_owned())];
    Answer { status, headers: Headers(headers), body: text.as_bytes().into() }
}

/// A payload with what validators need.
struct Made {
    media_type: String,
    body: Vec<u8>,
    changed: Option<PublicDate>,
}

impl Made {
    fn new(media_type: &str, body: Vec<u8>) -> Self {
        Self { media_type: media_type.to_owned(), body, changed: None }
    }

    fn page(site: &Site, html: &str) -> Self {
        match site.charset {
            Charset::Utf8 => Self::new("text/html; charset=utf-8", html.as_bytes().to_vec()),
            // Such servers rarely say the charset; the page does, and says gb2312.
            Charset::Gbk => Self::new("text/html", GBK.encode(html).0.into_owned()),
        }
    }

    fn file(site: &Site, name: &str, body: &[u8]) -> Self {
        let media_type = media_type(name);
        match (site.charset, std::str::from_utf8(body)) {
            (Charset::Gbk, Ok(text)) if media_type.starts_with("text/") => {
                Self::new(media_type, GBK.encode(text).0.into_owned())
            }
            _ => Self::new(media_type, body.to_vec()),
        }
    }

    fn changed(mut self, day: Option<PublicDate>) -> Self {
        self.changed = day;
        self
    }

    /// The whole answer, or 304 when the asker has this payload.
    fn answer(self, request: &Headers) -> Answer {
        let digest = Sha256::digest(&self.body);
        let tag = format!("\"{}\"", data_encoding::HEXLOWER.encode(&digest[..8]));
        let changed = self.changed.and_then(http_date::morning_of);
        let mut headers = vec![
            ("Server".to_owned(), SERVER.to_owned()),
            ("Content-Type".to_owned(), self.media_type),
            ("ETag".to_owned(), tag.clone()),
        ];
        if let Some(moment) = changed {
            headers.push(("Last-Modified".to_owned(), http_date::write(moment)));
        }
        // As the standard says, the date counts only where no tag is given.
        let known = if let Some(tags) = request.get("if-none-match") {
            tags.split(',').any(|t| t.trim().trim_start_matches("W/") == tag)
        } else {
            let since = request.get("if-modified-since").and_then(http_date::read);
            changed.zip(since).is_some_and(|(changed, since)| changed <= since)
        };
        let (status, body) = if known { (304, Vec::new()) } else { (200, self.body) };
        Answer { status, headers: Headers(headers), body: body.into() }
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("txt") => "text/plain",
        Some("csv") => "text/csv",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/octet-stream",
    }
}
