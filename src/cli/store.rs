//! The data folder, opened for writing: lock, state, archive; what a crash left behind is put right first.

use std::path::PathBuf;

use anyhow::Context as _;

use crate::archive::{Archive, Entry, Reader, Recovery, Settings};
use crate::catalogue::{Batch, Catalogue, DataLock, ImportRow, State};
use crate::cli::keeper;
use crate::cli::{Globals, note};
use crate::config::Config;
use crate::crawl;
use crate::model::{Capture, KnownPage, Moment, Position};

/// The catalogue's file in the data folder.
pub(crate) const CATALOGUE: &str = "catalogue.sqlite";
/// A WARC file is closed and a new one begun beyond this size.
const ROLL_BYTES: u64 = 1 << 30;

/// Everything a command needs that adds to the data folder.
pub(crate) struct Store {
    pub(crate) archive: Archive,
    pub(crate) state: State,
    folder: PathBuf,
    /// Held as long as the store: one writer per data folder.
    _lock: DataLock,
}

impl Store {
    /// Opens the data folder; `None`, after saying so, when another process writes to it.
    pub(crate) fn open(
        globals: &Globals,
        config: &Config,
        moment: Moment,
    ) -> anyhow::Result<Option<Self>> {
        let Some(lock) = take_lock(globals)? else { return Ok(None) };
        let state = State::open(&globals.data.join("state.sqlite"))?;
        let settings = Settings {
            software: concat!("gongkai/", env!("CARGO_PKG_VERSION")).to_owned(),
            info: vec![("http-header-user-agent".to_owned(), config.crawler.user_agent())],
            roll_bytes: ROLL_BYTES,
        };
        let folder = globals.data.join("archive");
        let (archive, recovery) =
            Archive::open(&folder, &settings, &state.committed_lengths()?, moment)?;
        let mut store = Self { archive, state, folder, _lock: lock };
        store.recover(&recovery, config, moment)?;
        Ok(Some(store))
    }

    /// Registers whole entries that the state does not know, as if they had just arrived.
    fn recover(
        &mut self,
        recovery: &Recovery,
        config: &Config,
        moment: Moment,
    ) -> anyhow::Result<()> {
        for torn in &recovery.torn {
            note(format_args!(
                "archive: {} ended in half a record; {} bytes were cut off",
                torn.file, torn.lost
            ));
        }
        for short in &recovery.shrunken {
            note(format_args!(
                "archive: {} has lost bytes: {} were kept, {} are there; restore it from a backup",
                short.file, short.known, short.found
            ));
        }
        for place in &recovery.damaged {
            note(format_args!(
                "archive: {} is damaged at byte {}; `gongkai verify` says more",
                place.file, place.offset
            ));
        }
        if recovery.unregistered.is_empty() {
            return Ok(());
        }
        let reader = Reader::open(&self.folder)?;
        let mut batch = Batch { archive: self.archive.lengths(), ..Batch::default() };
        for position in &recovery.unregistered {
            match reader
                .entry(position)
                .with_context(|| format!("cannot read back {position:?}"))?
            {
                Entry::Capture(capture) => {
                    self.register(&mut batch, &capture, position, config, moment)?;
                }
                Entry::Imported(imported) => {
                    batch.imports.push(ImportRow::of(&imported, position.clone())?);
                }
                Entry::Outcome(_) | Entry::Other => {}
            }
        }
        note(format_args!(
            "archive: {} entries the state did not know are registered",
            recovery.unregistered.len()
        ));
        self.state.commit(&batch)
    }

    /// Adds to a batch what the crawler would have said of this answer.
    fn register(
        &self,
        batch: &mut Batch,
        capture: &Capture,
        position: &Position,
        config: &Config,
        now: Moment,
    ) -> anyhow::Result<()> {
        batch.captures.push(keeper::row(capture, position.clone()));
        let Some(portal) = config.portals.iter().find(|portal| portal.id == capture.context.portal)
        else {
            return Ok(());
        };
        let known = self.state.page(&capture.url.key())?;
        let page = known.unwrap_or_else(|| {
            KnownPage::found(capture.url.clone(), capture.context.clone(), 0, now)
        });
        batch.found.extend(crawl::discover(portal, &page, capture, &config.crawler.attachments));
        batch.pages.push(crawl::after_answer(page, capture, portal));
        Ok(())
    }
}

/// Takes the one writer's place; `None`, after saying who has it.
pub(crate) fn take_lock(globals: &Globals) -> anyhow::Result<Option<DataLock>> {
    match DataLock::take(&globals.data)? {
        Ok(lock) => Ok(Some(lock)),
        Err(busy) => {
            note(busy);
            Ok(None)
        }
    }
}

/// Opens the catalogue for reading; where there is none yet, says what makes one.
pub(crate) fn catalogue(globals: &Globals) -> anyhow::Result<Catalogue> {
    let path = globals.data.join(CATALOGUE);
    anyhow::ensure!(
        path.try_exists()?,
        "nothing is held in {} yet: `gongkai update` harvests, `gongkai import` takes files, `gongkai demo` shows how",
        globals.data.display()
    );
    Catalogue::open_read_only(&path)
}

/// Makes an empty catalogue where there is none yet, for a server that starts before the first harvest.
pub(crate) fn make_catalogue(globals: &Globals) -> anyhow::Result<()> {
    let path = globals.data.join(CATALOGUE);
    if !path.try_exists()? {
        std::fs::create_dir_all(&globals.data)
            .with_context(|| format!("cannot make {}", globals.data.display()))?;
        Catalogue::open(&path)?;
    }
    Ok(())
}
