//! Captures for other programs: WARC, CDXJ, WACZ.

use std::{
    collections::HashSet,
    io::{Seek, Write},
};

use crate::archive::{CdxLine, Copier, Page, Reader, Settings, Wacz};
use crate::catalogue::{CaptureRow, Catalogue, State};
use crate::cli::export::Chosen;
use crate::cli::store::{CATALOGUE, SOFTWARE};
use crate::cli::{Globals, clock, note};
use crate::model::{Capture, PageKind, UrlKey};

/// Rows read at a time.
const AT_ONCE: usize = 1000;

/// Writes the captures that are chosen as one WARC file.
pub(super) fn warc(globals: &Globals, chosen: &Chosen, out: &mut impl Write) -> anyhow::Result<()> {
    let reader = Reader::open(&globals.data.join("archive"))?;
    let settings = Settings::new(SOFTWARE);
    let mut copier = Copier::begin(out, "export.warc.gz", &settings, clock::now())?;
    let mut count = 0_u64;
    for_each(globals, chosen, |row| {
        count += 1;
        copier.capture(&reader, &row.position).map(drop)
    })?;
    copier.finish()?;
    note(format_args!("exported: {count} captures"));
    Ok(())
}

/// Writes where the captures that are chosen stand in the archive's files.
pub(super) fn cdxj(globals: &Globals, chosen: &Chosen, out: &mut impl Write) -> anyhow::Result<()> {
    let reader = Reader::open(&globals.data.join("archive"))?;
    let mut lines = Vec::new();
    for_each(globals, chosen, |row| {
        let CaptureRow { url, at, status, digest, position, .. } = row;
        let capture = reader.capture(position)?;
        let form = capture.context.form.as_ref();
        let mime = media_type(&capture);
        let own_payload = *status != 304 && reader.original(position)? == *position;
        let mime = if own_payload { mime } else { "warc/revisit" };
        let length = reader.length(position)?;
        let line = CdxLine { url, form, at: *at, mime, status: *status, digest, length, position };
        lines.push(line.to_string());
        Ok(())
    })?;
    lines.sort_unstable();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Writes the captures that are chosen, with their index and the titles of their pages, as one WACZ file.
pub(super) fn wacz(
    globals: &Globals,
    chosen: &Chosen,
    out: &mut (impl Write + Seek),
) -> anyhow::Result<()> {
    let reader = Reader::open(&globals.data.join("archive"))?;
    let catalogue = catalogue(globals)?;
    let mut wacz = Wacz::begin(out, Settings::new(SOFTWARE), clock::now())?;
    let mut count = 0_u64;
    for_each(globals, chosen, |row| {
        count += 1;
        let capture = reader.capture(&row.position)?;
        wacz.capture(&reader, &row.position, media_type(&capture), &row.digest, &capture)?;
        if row.kind == PageKind::Detail && (200..=299).contains(&row.status) {
            let documents = catalogue.as_ref().map(|catalogue| catalogue.by_url(&row.url.key()));
            let document = documents.transpose()?.and_then(|found| found.into_iter().next());
            let title =
                document.map(|document| document.title.value).or(capture.context.listed.title);
            wacz.page(Page { url: row.url.clone(), at: row.at, title });
        }
        Ok(())
    })?;
    wacz.finish(chosen.portal.as_deref().unwrap_or("gongkai"))?;
    note(format_args!("exported: {count} captures"));
    Ok(())
}

fn media_type(capture: &Capture) -> &str {
    let content_type = capture.answer.headers.get("content-type").unwrap_or("unk");
    content_type.split(';').next().unwrap_or_default().trim()
}

/// Hands over the captures that are chosen and may be shown, in the order they were kept.
fn for_each(
    globals: &Globals,
    chosen: &Chosen,
    mut take: impl FnMut(&CaptureRow) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let state = State::open_read_only(&globals.data.join("state.sqlite"))?;
    let hidden = Hidden { pages: withheld(globals)?, state: &state };
    let mut reached = 0;
    loop {
        let rows = state.captures_after(reached, AT_ONCE)?;
        let Some((last, _)) = rows.last() else { return Ok(()) };
        reached = *last;
        let wanted = rows.iter().map(|(_, row)| row).filter(|row| {
            chosen.wants(row.at)
                && chosen.portal.as_ref().is_none_or(|portal| *portal == row.portal)
        });
        for row in wanted {
            if !hidden.holds(row)? {
                take(row)?;
            }
        }
    }
}

/// What must not be shown: pages, and the files and pictures that they were the last known to name.
struct Hidden<'a> {
    pages: HashSet<UrlKey>,
    state: &'a State,
}

impl Hidden<'_> {
    fn holds(&self, row: &CaptureRow) -> anyhow::Result<bool> {
        if self.pages.is_empty() {
            return Ok(false);
        }
        let mut key = row.url.key();
        if self.pages.contains(&key) {
            return Ok(true);
        }
        // A file of a page, or of a style sheet of a page.
        for _ in 0..2 {
            let page = self.state.page(&key)?;
            let of_a_page = page.filter(|page| {
                matches!(page.context.kind, PageKind::Attachment | PageKind::Requisite)
            });
            let Some(named_by) = of_a_page.and_then(|page| page.context.referrer) else { break };
            key = named_by.key();
            if self.pages.contains(&key) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Pages whose documents must not be shown.
fn withheld(globals: &Globals) -> anyhow::Result<HashSet<UrlKey>> {
    match catalogue(globals)? {
        Some(catalogue) => catalogue.withheld_pages(),
        None => Ok(HashSet::new()),
    }
}

/// The catalogue, when there is one.
fn catalogue(globals: &Globals) -> anyhow::Result<Option<Catalogue>> {
    let path = globals.data.join(CATALOGUE);
    path.try_exists()?.then(|| Catalogue::open_read_only(&path)).transpose()
}
