//! `gongkai backup` and `gongkai restore`: the data folder → a folder elsewhere, and back.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};
use serde::{Deserialize, Serialize};

use crate::archive::{LEAVES, STAMPS, verify};
use crate::catalogue::{Catalogue, State};
use crate::cli::store::take_lock;
use crate::cli::{Exit, Globals, clock, note, say};
use crate::model::Moment;

/// Copy everything harvested into another folder: archive, state, catalogue. May run beside a crawl or a server.
///
/// The copy holds what was kept at one moment, whatever is written meanwhile, and is read again and verified before the
/// command is done. A second backup into the same folder copies only what is new. The index is not copied:
/// `gongkai index` makes it again. The curated folders (`crawler-config`, `index`) belong under version control.
#[derive(Debug, clap::Args)]
pub(crate) struct BackupArgs {
    /// Folder of the backup, best on another disk; made if need be
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

/// Bring a backup back into an empty data folder (`--data`), and verify it.
#[derive(Debug, clap::Args)]
pub(crate) struct RestoreArgs {
    /// Folder of the backup
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

/// Says that a backup is complete; written last, removed first.
const SEAL: &str = "backup.json";
const STATE: &str = "state.sqlite";
const CATALOGUE: &str = "catalogue.sqlite";

#[derive(Debug, Serialize, Deserialize)]
struct Seal {
    /// When it was made.
    made: Moment,
    /// By which program.
    software: String,
    /// The archive's files and how many bytes of them were kept.
    files: BTreeMap<String, u64>,
}

pub(crate) fn backup(globals: &Globals, args: &BackupArgs) -> anyhow::Result<Exit> {
    let (data, to) = (&globals.data, &args.dir);
    ensure!(
        data.join(STATE).try_exists()?,
        "there is nothing to back up in {}; `--data DIR` names another data folder",
        data.display()
    );
    let archive = to.join("archive");
    fs::create_dir_all(&archive).with_context(|| format!("cannot make {}", archive.display()))?;
    let same = fs::canonicalize(data)? == fs::canonicalize(to)?;
    ensure!(!same, "a backup in the data folder itself would be none");
    remove(&to.join(SEAL))?;
    copy_proof(&data.join("archive"), &archive)?;
    // The catalogue first: it may know less than the state, never more.
    if data.join(CATALOGUE).try_exists()? {
        let catalogue = Catalogue::open_read_only(&data.join(CATALOGUE))?;
        snapshot(&to.join(CATALOGUE), |copy| catalogue.copy_to(copy))?;
    }
    let state = State::open_read_only(&data.join(STATE))?;
    snapshot(&to.join(STATE), |copy| state.copy_to(copy))?;
    let files = State::open_read_only(&to.join(STATE))?.committed_lengths()?;
    let mut copied = 0;
    for (file, &length) in &files {
        copied += copy_up_to(&data.join("archive").join(file), &archive.join(file), length)?;
    }
    sync_folder(&archive)?;
    if !is_whole(&archive, &files)? {
        return Ok(Exit::Damaged);
    }
    let software = crate::cli::store::SOFTWARE.to_owned();
    let seal = Seal { made: clock::now(), software, files };
    write_durably(&to.join(SEAL), &serde_json::to_vec_pretty(&seal)?)?;
    let bytes: u64 = seal.files.values().sum();
    say(format_args!(
        "backed up and verified: {} files of the archive, {bytes} bytes, {copied} of them new",
        seal.files.len()
    ));
    Ok(Exit::Done)
}

pub(crate) fn restore(globals: &Globals, args: &RestoreArgs) -> anyhow::Result<Exit> {
    let (data, from) = (&globals.data, &args.dir);
    let seal = fs::read(from.join(SEAL)).with_context(|| {
        format!("{} holds no complete backup: there is no {SEAL}", from.display())
    })?;
    let seal: Seal = serde_json::from_slice(&seal).with_context(|| format!("{SEAL} is damaged"))?;
    let Some(_lock) = take_lock(globals)? else { return Ok(Exit::Busy) };
    let archive = data.join("archive");
    for taken in [data.join(STATE), data.join(CATALOGUE), archive.clone()] {
        if taken.try_exists()? {
            bail!(
                "{} is there already; a backup is brought back into an empty data folder only",
                taken.display()
            );
        }
    }
    if !is_whole(&from.join("archive"), &seal.files)? {
        return Ok(Exit::Damaged);
    }
    // Under another name until it is whole, so that a restore that was interrupted can be begun again.
    let beside = data.join("archive.restoring");
    fs::create_dir_all(&beside).with_context(|| format!("cannot make {}", beside.display()))?;
    for (file, &length) in &seal.files {
        copy_up_to(&from.join("archive").join(file), &beside.join(file), length)?;
    }
    copy_proof(&from.join("archive"), &beside)?;
    sync_folder(&beside)?;
    if !is_whole(&beside, &seal.files)? {
        return Ok(Exit::Damaged);
    }
    fs::rename(&beside, &archive)?;
    for name in [CATALOGUE, STATE] {
        let source = from.join(name);
        if source.try_exists()? {
            let copy = data.join(format!("{name}.restoring"));
            remove(&copy)?;
            copy_up_to(&source, &copy, fs::metadata(&source)?.len())?;
            fs::rename(&copy, data.join(name))?;
        }
    }
    sync_folder(data)?;
    State::open_read_only(&data.join(STATE))?.check()?;
    say(format_args!("restored and verified: the backup of {:.0}", seal.made));
    note("`gongkai index` makes the index");
    Ok(Exit::Done)
}

/// Copies the list of leaves and the stamps; before the files, so that it lists nothing that the copy will not hold.
fn copy_proof(from: &Path, to: &Path) -> anyhow::Result<()> {
    let mut files = vec![PathBuf::from(LEAVES)];
    if let Ok(stamps) = fs::read_dir(from.join(STAMPS)) {
        fs::create_dir_all(to.join(STAMPS))?;
        for stamp in stamps {
            files.push(Path::new(STAMPS).join(stamp?.file_name()));
        }
    }
    for file in files {
        let (source, copy) = (from.join(&file), to.join(&file));
        if source.try_exists()? {
            copy_up_to(&source, &copy, fs::metadata(&source)?.len())?;
        } else {
            remove(&copy)?;
        }
    }
    Ok(())
}

/// Reads the copied archive again; names what is damaged.
fn is_whole(archive: &Path, files: &BTreeMap<String, u64>) -> anyhow::Result<bool> {
    let report = verify(archive, Some(files))?;
    for damage in &report.damage {
        say(format_args!("damaged: {damage}"));
    }
    if !report.damage.is_empty() {
        note("the copy is no backup until this is repaired");
    }
    Ok(report.damage.is_empty())
}

/// Puts the copy of a database in its place when it is whole.
fn snapshot(place: &Path, copy_to: impl FnOnce(&Path) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let beside = place.with_extension("sqlite.copying");
    remove(&beside)?;
    copy_to(&beside)?;
    File::open(&beside)?.sync_all()?;
    // Logs of an older copy would spoil the new one.
    for ending in ["sqlite-wal", "sqlite-shm"] {
        remove(&place.with_extension(ending))?;
    }
    fs::rename(&beside, place).with_context(|| format!("cannot write {}", place.display()))
}

/// Brings the first `length` bytes of a file to stable storage elsewhere; says how many of them were not there yet.
///
/// Files of the archive only grow, but for redacted records: what is there is compared, and copied anew if it differs.
fn copy_up_to(from: &Path, to: &Path, length: u64) -> anyhow::Result<u64> {
    let cannot = || format!("cannot copy {} to {}", from.display(), to.display());
    let mut source = File::open(from).with_context(cannot)?;
    let mut there = same_start(&mut source, to, length).with_context(cannot)?;
    let known = to.try_exists()?.then(|| fs::metadata(to).map(|metadata| metadata.len()));
    if known.transpose().with_context(cannot)?.is_some_and(|known| known > there) {
        // It holds something else, or half of a record that came to nothing.
        fs::remove_file(to).with_context(cannot)?;
        there = 0;
    }
    let mut target = File::options().append(true).create(true).open(to).with_context(cannot)?;
    source.seek(io::SeekFrom::Start(there)).with_context(cannot)?;
    let copied = io::copy(&mut source.take(length - there), &mut target).with_context(cannot)?;
    target.sync_all().with_context(cannot)?;
    ensure!(there + copied == length, "{} has fewer bytes than were kept", from.display());
    Ok(copied)
}

/// How many bytes of a copy, at most `length`, are those of the source.
fn same_start(source: &mut File, copy: &Path, length: u64) -> io::Result<u64> {
    let Ok(mut copy) = File::open(copy) else { return Ok(0) };
    let (mut left, mut right) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut same = 0;
    while same < length {
        let read = copy.read(&mut left)?;
        let read = read.min(usize::try_from(length - same).unwrap_or(read));
        if read == 0
            || source.read_exact(&mut right[..read]).is_err()
            || left[..read] != right[..read]
        {
            break;
        }
        same += read as u64;
    }
    Ok(same)
}

fn write_durably(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    let mut file = File::create(path).with_context(cannot)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).with_context(cannot)?;
    path.parent().map_or(Ok(()), sync_folder)
}

fn sync_folder(folder: &Path) -> anyhow::Result<()> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.with_context(|| format!("cannot write {} to the disk", folder.display()))
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}
