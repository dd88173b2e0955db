//! The data folder, opened for writing: lock, state, archive; what a crash left behind is put right first.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use anyhow::Context as _;

use crate::archive::{
    Archive, Earlier, Reader, Recovery, Settings, SpoolFolder, body_digest, seal,
};
use crate::catalogue::{CaptureRow, Catalogue, DataLock, State};
use crate::cli::registrar::Registrar;
use crate::cli::{Globals, extract, note};
use crate::config::Config;
use crate::model::{Capture, Moment, Position};

/// The catalogue's file in the data folder.
pub(crate) const CATALOGUE: &str = "catalogue.sqlite";
/// A WARC file is closed and a new one begun beyond this size.
const ROLL_BYTES: u64 = 1 << 30;

/// Who writes the files.
pub(crate) const SOFTWARE: &str = concat!("gongkai/", env!("CARGO_PKG_VERSION"));

/// Everything a command needs that adds to the data folder.
pub(crate) struct Store {
    pub(crate) archive: Archive,
    pub(crate) state: State,
    folder: PathBuf,
    /// Where long bodies stand until the archive holds them.
    pub(crate) spool: Arc<SpoolFolder>,
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
        Self::open_locked(globals, config, moment, lock).map(Some)
    }

    /// Opens a data folder that nobody else can write to.
    pub(crate) fn open_locked(
        globals: &Globals,
        config: &Config,
        moment: Moment,
        lock: DataLock,
    ) -> anyhow::Result<Self> {
        let state = State::open(&globals.data.join("state.sqlite"))?;
        let settings = Settings {
            info: vec![("http-header-user-agent".to_owned(), config.crawler.user_agent())],
            roll_bytes: ROLL_BYTES,
            ..Settings::new(SOFTWARE)
        };
        let folder = globals.data.join("archive");
        let committed = state.committed_lengths()?;
        let (archive, recovery) = Archive::open(&folder, &settings, &committed, moment)?;
        if committed.is_empty() && !recovery.unregistered.is_empty() {
            // A new state counts anew; what the catalogue has read is counted by the lost one.
            extract::begin_again(globals)?;
        }
        let spool = Arc::new(SpoolFolder::open(&globals.data.join("spool"))?);
        let mut store = Self { archive, state, folder, spool, _lock: lock };
        store.recover(&recovery, config, moment)?;
        store.seal();
        Ok(store)
    }

    /// Lists what was kept since in the archive's list of leaves, so that a later change of it can be named.
    ///
    /// The next session adds what this one did not come to, so a failure is only said.
    pub(crate) fn seal(&self) {
        let sealed = self.state.committed_lengths().and_then(|kept| seal(&self.folder, &kept));
        if let Err(error) = sealed {
            note(format_args!("archive: the list of leaves could not be continued: {error:#}"));
        }
    }

    /// Archives an answer. One that says "not modified" names the capture it speaks of; a payload that the page had
    /// when it was last kept is not written again.
    pub(crate) fn keep(&mut self, capture: &Capture) -> anyhow::Result<Position> {
        let not_modified = capture.answer.status == 304;
        if !not_modified && !is_whole_payload(capture) {
            return self.archive.append_capture(capture);
        }
        let held = self.state.newest_capture(&capture.key())?;
        let Some(held) = held.filter(|held| held.at <= capture.at) else {
            return self.archive.append_capture(capture);
        };
        let CaptureRow { url, at, digest, position, .. } = held;
        let earlier = Earlier { url, at, digest };
        if not_modified {
            return self.archive.append_not_modified(capture, &earlier);
        }
        if earlier.digest == body_digest(&capture.answer.body)? {
            // An earlier answer that cannot be read is a reason to write this one in full.
            if let Ok(original) = self.reader()?.original(&position) {
                return self.archive.append_identical(capture, &earlier, &original);
            }
        }
        self.archive.append_capture(capture)
    }

    /// The reading end of the archive.
    pub(crate) fn reader(&self) -> anyhow::Result<Reader> {
        Reader::open(&self.folder)
    }

    /// Registers whole entries that the state does not know, as if they had just arrived.
    ///
    /// What is registered and how far the files are known is committed together, so this may be interrupted.
    fn recover(
        &mut self,
        recovery: &Recovery,
        config: &Config,
        moment: Moment,
    ) -> anyhow::Result<()> {
        describe(recovery);
        let entries = &recovery.unregistered;
        if entries.is_empty() {
            return Ok(());
        }
        let reader = self.reader()?;
        let whole = self.archive.lengths();
        let mut known = BTreeMap::new();
        let mut registrar = Registrar::new(config, moment);
        for (at, position) in entries.iter().enumerate() {
            match reader.entry(position) {
                Ok(entry) => registrar.register(&self.state, entry, position)?,
                Err(error) => note(format_args!("archive: left out: {error:#}")),
            }
            let next = entries.get(at + 1);
            let length = match next {
                Some(next) if next.file == position.file => Some(next.offset),
                _ => whole.get(&position.file).copied(),
            };
            known.extend(length.map(|length| (position.file.clone(), length)));
            if registrar.is_full() {
                registrar.commit(&self.state, known.clone())?;
            }
        }
        registrar.commit(&self.state, whole)?;
        note(format_args!(
            "archive: {} entries the state did not know are registered",
            entries.len()
        ));
        Ok(())
    }
}

/// Whether an answer carries a payload that a later one may refer to.
fn is_whole_payload(capture: &Capture) -> bool {
    (200..=299).contains(&capture.answer.status)
        && capture.truncated.is_none()
        && !capture.answer.body.is_empty()
}

/// Says what a crash, or worse, left behind.
fn describe(recovery: &Recovery) {
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
