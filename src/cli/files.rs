//! Files that were captured → what is read from them, each content once, in child processes.

use anyhow::Context as _;
use rayon::prelude::*;

use crate::archive::Reader;
use crate::catalogue::{CaptureRow, Catalogue, FetchedFile};
use crate::cli::say;
use crate::extract::files::child::Readers;
use crate::extract::{self, files};
use crate::model::{Capture, FileStatus, FileText, PageUrl};
use crate::resolve::TakenDown;

/// Longest file that is read, in bytes without content coding.
const LONGEST_FILE: usize = 128 << 20;

/// Reads files and keeps what was read.
#[derive(Clone, Copy)]
pub(super) struct Files<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) reader: &'a Reader,
    /// The processes that read them.
    pub(super) processes: &'a Readers,
    /// Whether personal data is hidden in what is kept.
    pub(super) hide_personal: bool,
}

impl Files<'_> {
    /// Reads the files of these captures and notes which address shows which.
    pub(super) fn fetched(
        &self,
        rows: &[&CaptureRow],
        taken_down: &TakenDown,
    ) -> anyhow::Result<Counts> {
        let one = |row: &&CaptureRow| -> anyhow::Result<(FetchedFile, FileStatus)> {
            let capture = self
                .reader
                .capture(&row.position)
                .with_context(|| format!("cannot read {} again", row.url))?;
            let text = self.read(&row.digest, &capture)?;
            let first = capture.context.redirected_from.iter();
            let urls: Vec<_> = [&row.url].into_iter().chain(first).map(PageUrl::key).collect();
            let withheld = urls.iter().any(|url| taken_down.hides_file(url, &row.digest, &text));
            let digest = row.digest.clone();
            let (at, half) = (capture.at, capture.is_half());
            Ok((FetchedFile { urls, at, digest, withheld, half }, text.status))
        };
        let read: Vec<_> = rows.par_iter().map(one).collect::<Result<_, _>>()?;
        let mut counts = Counts::default();
        let mut fetched = Vec::with_capacity(read.len());
        for (file, status) in read {
            fetched.push(file);
            match status {
                FileStatus::Ok => counts.whole += 1,
                FileStatus::Partial => counts.partial += 1,
                FileStatus::Error => counts.unread += 1,
            }
        }
        self.catalogue.put_fetched(&fetched)?;
        Ok(counts)
    }

    /// Number of the rules by which files are read; what is hidden is part of them.
    pub(super) fn rules(&self) -> u32 {
        files::RULES * 2 + u32::from(self.hide_personal)
    }

    /// The file that a page turned out to be; `None` when it is a page.
    pub(super) fn page(&self, digest: &str, capture: &Capture) -> anyhow::Result<Option<FileText>> {
        let (head, _) = capture.answer.decoded(64);
        if !files::has_mark(&head) {
            return Ok(None);
        }
        self.read(digest, capture).map(Some)
    }

    /// What is read from a payload: as it was before, else now.
    fn read(&self, digest: &str, capture: &Capture) -> anyhow::Result<FileText> {
        let rules = self.rules();
        if let Some(text) = self.catalogue.file(digest, rules)? {
            return Ok(text);
        }
        let (bytes, damage) = capture.answer.decoded(LONGEST_FILE);
        let mut text =
            self.processes.read(&bytes).context("cannot start a process to read a file")?;
        if (capture.truncated.is_some() || damage.is_some()) && text.status == FileStatus::Ok {
            text.status = FileStatus::Partial;
            text.error = Some("the answer that brought it is not whole".into());
        }
        if self.hide_personal {
            extract::hide_personal_in_file(&mut text);
        }
        self.catalogue.put_file(digest, bytes.len() as u64, rules, &text)?;
        Ok(text)
    }
}

/// How many files were read, and how well.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    whole: usize,
    partial: usize,
    unread: usize,
}

impl Counts {
    pub(super) fn add(&mut self, other: Self) {
        self.whole += other.whole;
        self.partial += other.partial;
        self.unread += other.unread;
    }

    /// Says what came of the files, if there were any.
    pub(super) fn say(self) {
        let Self { whole, partial, unread } = self;
        if whole + partial + unread > 0 {
            say(format_args!("files: {whole} read, {partial} in part, {unread} not"));
        }
    }
}
