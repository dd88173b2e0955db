//! Captures for other programs: WARC, CDXJ.

use std::{collections::HashSet, io::Write};

use crate::archive::{CdxLine, Copier, Reader, Settings};
use crate::catalogue::{CaptureRow, Catalogue, State};
use crate::cli::export::Chosen;
use crate::cli::store::SOFTWARE;
use crate::cli::{Globals, clock, note};
use crate::model::UrlKey;

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
        copier.capture(&reader, &row.position)
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
        let content_type = capture.answer.headers.get("content-type").unwrap_or("unk");
        let mime = content_type.split(';').next().unwrap_or_default().trim();
        let own_payload = *status != 304 && reader.original(position)? == *position;
        let mime = if own_payload { mime } else { "warc/revisit" };
        let length = reader.length(position)?;
        let line = CdxLine { url, at: *at, mime, status: *status, digest, length, position };
        lines.push(line.to_string());
        Ok(())
    })?;
    lines.sort_unstable();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Hands over the captures that are chosen and may be shown, in the order they were kept.
fn for_each(
    globals: &Globals,
    chosen: &Chosen,
    mut take: impl FnMut(&CaptureRow) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let state = State::open_read_only(&globals.data.join("state.sqlite"))?;
    let withheld = withheld(globals)?;
    let mut reached = 0;
    loop {
        let rows = state.captures_after(reached, AT_ONCE)?;
        let Some((last, _)) = rows.last() else { return Ok(()) };
        reached = *last;
        let wanted = rows.iter().map(|(_, row)| row).filter(|row| {
            chosen.wants(row.at)
                && chosen.portal.as_ref().is_none_or(|portal| *portal == row.portal)
                && !withheld.contains(&row.url.key())
        });
        for row in wanted {
            take(row)?;
        }
    }
}

/// Pages whose documents must not be shown.
fn withheld(globals: &Globals) -> anyhow::Result<HashSet<UrlKey>> {
    let path = globals.data.join("catalogue.sqlite");
    if !path.try_exists()? {
        return Ok(HashSet::new());
    }
    Catalogue::open_read_only(&path)?.withheld_pages()
}
