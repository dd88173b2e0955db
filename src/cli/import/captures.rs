//! Captures that another program made → archive and state.

use std::{collections::HashSet, path::Path};

use anyhow::bail;

use crate::archive::{Entry, Foreign, ForeignCapture, body_digest};
use crate::catalogue::ImportRow;
use crate::cli::import::complain;
use crate::cli::registrar::Registrar;
use crate::cli::store::Store;
use crate::cli::{Exit, Globals, clock, curated, extract, say};
use crate::config::{Config, Portal};
use crate::model::{Capture, Context, Form, Imported, Listed, Moment, PageKind, PageUrl, UrlKey};

/// Takes everything that comes into the archive, and makes documents of it. `texts_are_pages` says that a plain text is
/// no file of some page, but was saved as a page.
pub(super) fn import(
    globals: &Globals,
    file: &Path,
    texts_are_pages: bool,
    found: impl Iterator<Item = Foreign>,
) -> anyhow::Result<Exit> {
    let now = clock::now();
    let config = curated::load(globals).config;
    let Some(mut store) = Store::open(globals, &config, now)? else { return Ok(Exit::Busy) };
    let mut import = Import {
        store: &mut store,
        config: &config,
        registrar: Registrar::of_others(&config, now),
        texts_are_pages,
        pending: HashSet::new(),
        counts: Counts::default(),
    };
    for found in found {
        import.take(found)?;
    }
    import.commit()?;
    let Counts { new, known, left_out } = import.counts;
    store.seal();
    say(format_args!("imported: {new} captures new, {known} there before, {left_out} left out"));
    if new + known == 0 {
        bail!("nothing could be imported from {}", file.display());
    }
    extract::derive(globals, &config, &store.state, false)?;
    Ok(Exit::Done)
}

#[derive(Default)]
struct Counts {
    new: u64,
    known: u64,
    left_out: u64,
}

struct Import<'a> {
    store: &'a mut Store,
    config: &'a Config,
    registrar: Registrar<'a>,
    texts_are_pages: bool,
    /// Captures that are archived, but not registered yet.
    pending: HashSet<(UrlKey, Moment, String)>,
    counts: Counts,
}

impl Import<'_> {
    fn take(&mut self, found: Foreign) -> anyhow::Result<()> {
        match found {
            Foreign::Capture(capture) => self.capture(*capture)?,
            Foreign::Imported(imported) => self.imported(imported)?,
            Foreign::Outcome(outcome) => {
                let position = self.store.archive.append_outcome(&outcome)?;
                self.registrar.register(&self.store.state, Entry::Outcome(*outcome), &position)?;
            }
            Foreign::LeftOut(why) => self.leave_out(why),
        }
        if self.registrar.is_full() { self.commit() } else { Ok(()) }
    }

    fn capture(&mut self, mut found: ForeignCapture) -> anyhow::Result<()> {
        if !self.give_payload(&mut found)? {
            self.leave_out(format!("{}: the capture whose payload it has is not here", found.url));
            return Ok(());
        }
        let ForeignCapture { url, at, request, form, answer, truncated, context, .. } = found;
        let digest = body_digest(&answer.body)?;
        let mark = (url.key_with(form.as_ref()), at, digest);
        if self.pending.contains(&mark) || self.is_known(&mark)? {
            self.counts.known += 1;
            return Ok(());
        }
        let content_type = answer.headers.get("content-type").unwrap_or_default().to_owned();
        let context = context.unwrap_or_else(|| self.context(&url, form, &content_type));
        let capture =
            Capture { url, at, request, answer, truncated, unverified_tls: false, context };
        let position = self.store.keep(&capture)?;
        self.registrar.register(&self.store.state, Entry::Capture(capture), &position)?;
        self.pending.insert(mark);
        self.counts.new += 1;
        Ok(())
    }

    fn is_known(&self, (key, at, digest): &(UrlKey, Moment, String)) -> anyhow::Result<bool> {
        let rows = self.store.state.captures_of(key)?;
        Ok(rows.iter().any(|row| row.at == *at && row.digest == *digest))
    }

    /// Gives an answer that repeats an earlier payload this payload; `false` when it is not here.
    fn give_payload(&mut self, found: &mut ForeignCapture) -> anyhow::Result<bool> {
        let Some((url, at)) = found.same_as.take() else { return Ok(true) };
        // The earlier answer may have come just now.
        self.commit()?;
        let rows = self.store.state.captures_of(&url.key_with(found.form.as_ref()))?;
        let said = at.unwrap_or(found.at).as_second();
        let earlier = rows.iter().rev().find(|row| {
            (200..=299).contains(&row.status)
                && if at.is_some() {
                    row.at.as_second() == said
                } else {
                    row.at.as_second() <= said
                }
        });
        let Some(earlier) = earlier else { return Ok(false) };
        let answer = self.store.reader()?.capture(&earlier.position)?.answer;
        if found.answer.headers.0.is_empty() {
            found.answer.headers = answer.headers;
            found.answer.status = answer.status;
        }
        found.answer.body = answer.body;
        Ok(true)
    }

    /// Why a page of a foreign file might have been asked for.
    fn context(&self, url: &PageUrl, form: Option<Form>, content_type: &str) -> Context {
        let portal = self.config.portals.iter().find(|portal| portal.covers(url));
        let list = portal.and_then(|portal| list_of(portal, url));
        let kind = match content_type.split(';').next().unwrap_or_default().trim() {
            _ if url.path() == "/robots.txt" => PageKind::Robots,
            // What is asked by POST is no page that a link leads to; at best it is a list.
            _ if list.is_some() || form.is_some() => PageKind::List,
            "text/html" | "application/xhtml+xml" | "" => PageKind::Detail,
            "text/plain" if self.texts_are_pages => PageKind::Detail,
            "text/css" | "font/woff" | "font/woff2" | "font/ttf" => PageKind::Requisite,
            picture if picture.starts_with("image/") => PageKind::Requisite,
            _ => PageKind::Attachment,
        };
        Context {
            portal: portal.map(|portal| portal.id.clone()).unwrap_or_default(),
            column: list.unwrap_or_default(),
            kind,
            listed: Listed::default(),
            referrer: None,
            redirected_from: None,
            form,
        }
    }

    fn imported(&mut self, imported: Imported) -> anyhow::Result<()> {
        let digest = ImportRow::digest_of(&imported.record)?;
        let known = self.store.state.import_digest(&imported.set, &imported.id)?;
        if known.is_some_and(|known| known == digest) {
            self.counts.known += 1;
            return Ok(());
        }
        let position = self.store.archive.append_import(&imported)?;
        self.registrar.register(&self.store.state, Entry::Imported(imported), &position)?;
        self.counts.new += 1;
        Ok(())
    }

    fn leave_out(&mut self, why: String) {
        self.counts.left_out += 1;
        complain(self.counts.left_out, why);
    }

    fn commit(&mut self) -> anyhow::Result<()> {
        self.store.archive.sync()?;
        self.registrar.commit(&self.store.state, self.store.archive.lengths())?;
        self.pending.clear();
        Ok(())
    }
}

/// The column whose first list page this is.
fn list_of(portal: &Portal, url: &PageUrl) -> Option<String> {
    let key = url.key();
    portal.columns.iter().find(|column| column.list.key() == key).map(|column| column.name.clone())
}
