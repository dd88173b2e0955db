//! The list of leaves beside the files: `leaves.jsonl`, one line for each, in the order of the tree.
//!
//! It is written from the files when what they hold is promised, so a crash costs nothing but the lines of the last
//! session, which the next one adds; half a line at the end is cut off. It proves nothing by itself (a head that somebody
//! else holds does), but it tells what and where something changed, and when and of which address it was.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, VecDeque},
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::Path,
};

use anyhow::{Context, ensure};

use crate::archive::leaf::{Leaf, Spans};
use crate::archive::scan::{OWN, Scan, files, serial};
use crate::archive::verify::Damage;

/// Name of the list in the folder of the archive.
pub const LEAVES: &str = "leaves.jsonl";
/// The most bytes of one line that are taken.
const LONGEST_LINE: u64 = 1 << 20;

/// Lists every leaf that is not listed yet, up to the length of each file that is promised; says how many they were.
///
/// One writer at a time. What is read again here is what was written last, so it costs little more than its hash.
pub fn seal(dir: &Path, promised: &BTreeMap<String, u64>) -> anyhow::Result<u64> {
    let path = dir.join(LEAVES);
    let mut list = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(&path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    let last = last_line(&mut list).with_context(|| path.display().to_string())?;
    let mut out = BufWriter::new(&list);
    let mut count = 0;
    for name in files(dir)?.iter().filter(|name| name.starts_with(OWN)) {
        let until = promised.get(name).copied().unwrap_or(0);
        let from = match &last {
            Some(last) => match order(name, &last.position.file) {
                Ordering::Less => continue,
                Ordering::Equal => last.end(),
                Ordering::Greater => 0,
            },
            None => 0,
        };
        if from < until {
            count += list_file(dir, name, from, until, &mut out)
                .with_context(|| format!("cannot list {name}"))?;
        }
    }
    out.flush()?;
    drop(out);
    if count > 0 {
        list.sync_data()?;
    }
    Ok(count)
}

fn list_file(
    dir: &Path,
    name: &str,
    from: u64,
    until: u64,
    out: &mut impl Write,
) -> anyhow::Result<u64> {
    let path = dir.join(name);
    let mut spans = Spans::default();
    let mut scan = Scan::open(&path, from)?.take_while(|found| found.offset < until);
    let mut count = 0;
    loop {
        let found = scan.next();
        let ended = found.is_none();
        let span = match found {
            Some(found) => spans.push(&found),
            None => spans.finish(),
        };
        if let Some(span) = span {
            serde_json::to_writer(&mut *out, &span.leaf(&path, name, until)?)?;
            out.write_all(b"\n")?;
            count += 1;
        }
        if ended {
            return Ok(count);
        }
    }
}

/// The last whole line; half a line behind it is cut off.
fn last_line(list: &mut File) -> anyhow::Result<Option<Leaf>> {
    let length = list.metadata()?.len();
    let from = length.saturating_sub(2 * LONGEST_LINE);
    list.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    list.read_to_end(&mut tail)?;
    let whole = tail.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    if whole < tail.len() {
        ensure!(whole > 0 || from == 0, "the list of leaves has no lines");
        list.set_len(from + whole as u64)?;
    }
    let Some(line) = tail[..whole].strip_suffix(b"\n") else { return Ok(None) };
    let begin = line.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    serde_json::from_slice(&line[begin..]).map(Some).context("the last line is damaged")
}

/// The order of the files in the tree.
fn order(a: &str, b: &str) -> Ordering {
    (serial(a), a).cmp(&(serial(b), b))
}

/// The list, read from its beginning, file by file.
pub(super) struct Listed {
    lines: Option<BufReader<File>>,
    number: u64,
    ahead: Option<Leaf>,
    damage: Vec<Damage>,
}

impl Listed {
    /// Opens the list of an archive; one that is not there lists nothing.
    pub(super) fn open(dir: &Path) -> anyhow::Result<Self> {
        let lines = match File::open(dir.join(LEAVES)) {
            Ok(file) => Some(BufReader::with_capacity(1 << 16, file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).context(LEAVES),
        };
        let mut listed = Self { lines, number: 0, ahead: None, damage: Vec::new() };
        listed.ahead = listed.read();
        Ok(listed)
    }

    /// The leaves of a file; those of files before it, which are not there any more, are damage.
    pub(super) fn of_file(&mut self, name: &str) -> VecDeque<Leaf> {
        let mut leaves = VecDeque::new();
        while let Some(leaf) = self.ahead.take() {
            match order(&leaf.position.file, name) {
                Ordering::Less => self.damage.push(damage(&leaf, "it is gone with its whole file")),
                Ordering::Equal => leaves.push_back(leaf),
                Ordering::Greater => {
                    self.ahead = Some(leaf);
                    break;
                }
            }
            self.ahead = self.read();
        }
        leaves
    }

    /// Whether leaves of later files are listed.
    pub(super) fn goes_on(&self) -> bool {
        self.ahead.is_some()
    }

    /// What is wrong so far.
    pub(super) fn take_damage(&mut self) -> Vec<Damage> {
        std::mem::take(&mut self.damage)
    }

    /// Everything that is left belongs to files that are not there.
    pub(super) fn finish(mut self) -> Vec<Damage> {
        while let Some(leaf) = self.ahead.take() {
            self.damage.push(damage(&leaf, "it is gone with its whole file"));
            self.ahead = self.read();
        }
        self.damage
    }

    /// The next line that can be read; half a line at the end is being written.
    fn read(&mut self) -> Option<Leaf> {
        loop {
            let lines = self.lines.as_mut()?;
            let mut line = Vec::new();
            self.number += 1;
            let read = lines.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line);
            match (read, line.last()) {
                (Ok(_), Some(b'\n')) => {}
                (Ok(read), _) if (read as u64) < LONGEST_LINE => return None,
                _ => self.lines = None,
            }
            match serde_json::from_slice(&line) {
                Ok(leaf) => return Some(leaf),
                Err(error) => self.damage.push(Damage {
                    file: LEAVES.to_owned(),
                    offset: 0,
                    url: None,
                    at: None,
                    what: format!("line {} of the list cannot be read ({error})", self.number),
                }),
            }
        }
    }
}

/// The leaves of one file beside those that are listed for it.
pub(super) struct Comparison {
    listed: VecDeque<Leaf>,
    /// Whether nothing may stand behind the last that is listed.
    closed: bool,
    /// Byte behind the last that was listed and looked at.
    covered: u64,
    found: Vec<Damage>,
}

impl Comparison {
    pub(super) fn new(listed: VecDeque<Leaf>, closed: bool) -> Self {
        Self { listed, closed, covered: 0, found: Vec::new() }
    }

    /// Byte behind the last that is listed.
    pub(super) fn end(&self) -> u64 {
        self.listed.back().map_or(0, Leaf::end)
    }

    /// Compares the next leaf of the file.
    pub(super) fn next(&mut self, leaf: &Leaf) {
        let start = leaf.position.offset;
        while let Some(listed) = self.listed.pop_front_if(|listed| listed.position.offset < start) {
            self.covered = listed.end();
            self.found.push(damage(&listed, "what was written here is gone"));
        }
        match self.listed.pop_front_if(|listed| listed.position.offset == start) {
            Some(listed) => {
                self.covered = listed.end();
                if (listed.length, listed.leaf) != (leaf.length, leaf.leaf) {
                    self.found.push(damage(&listed, "these are not the bytes that were written"));
                }
            }
            None if start < self.covered => {}
            None if self.listed.is_empty() && !self.closed => {}
            None => self.found.push(damage(leaf, "it was not written when what follows was")),
        }
    }

    /// What differs; everything still listed is gone.
    pub(super) fn finish(mut self) -> Vec<Damage> {
        let gone = self.listed.iter().map(|leaf| damage(leaf, "what was written here is gone"));
        self.found.extend(gone);
        self.found
    }
}

fn damage(leaf: &Leaf, what: &str) -> Damage {
    Damage {
        file: leaf.position.file.clone(),
        offset: leaf.position.offset,
        url: leaf.url.clone(),
        at: leaf.at.clone(),
        what: what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;
    use crate::archive::tests::{capture, imported, moment, not_modified, open, outcome};
    use crate::archive::{Archive, Head, Report, Settings, Tree, redact, verify, verify_leaves};
    use crate::model::Position;

    /// Several small files with something of each kind in them, one of which was taken out; listed.
    fn sample(dir: &Path) -> BTreeMap<String, u64> {
        let settings = Settings { roll_bytes: 2200, ..Settings::new("gongkai/test") };
        let (mut archive, _) = Archive::open(dir, &settings, &BTreeMap::new(), moment(0)).unwrap();
        archive.append_capture(&capture(1, b"first")).unwrap();
        archive.append_outcome(&outcome(2)).unwrap();
        let out = archive.append_capture(&capture(3, b"a secret")).unwrap();
        archive.append_import(&imported(4)).unwrap();
        // Two that are of one length, whatever it is.
        archive.append_capture(&capture(5, b"same")).unwrap();
        archive.append_capture(&capture(5, b"same")).unwrap();
        archive.append_capture(&not_modified(6)).unwrap();
        archive.sync().unwrap();
        let lengths = archive.lengths();
        redact(dir, &[out], "reason", moment(9)).unwrap();
        assert!(seal(dir, &lengths).unwrap() > 7 && lengths.len() > 2);
        lengths
    }

    fn head(dir: &Path, known: &BTreeMap<String, u64>) -> (Head, Report) {
        let mut tree = Tree::default();
        let report = verify_leaves(dir, Some(known), &mut |leaf| tree.push(leaf.leaf)).unwrap();
        (tree.head(), report)
    }

    fn listed(dir: &Path) -> Vec<Leaf> {
        let lines = fs::read_to_string(dir.join(LEAVES)).unwrap();
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn bytes_of(dir: &Path, leaf: &Leaf) -> Vec<u8> {
        let bytes = fs::read(dir.join(&leaf.position.file)).unwrap();
        let at = |place: u64| usize::try_from(place).unwrap();
        bytes[at(leaf.position.offset)..at(leaf.end())].to_vec()
    }

    #[test]
    fn every_byte_is_in_one_leaf() {
        let dir = tempfile::tempdir().unwrap();
        let lengths = sample(dir.path());
        let mut reached = BTreeMap::new();
        for leaf in listed(dir.path()) {
            let Position { file, offset } = &leaf.position;
            assert_eq!(reached.insert(file.clone(), leaf.end()).unwrap_or(0), *offset);
        }
        assert_eq!(reached, lengths);
        let (head, report) = head(dir.path(), &lengths);
        assert_eq!((report.damage, head.size), (vec![], listed(dir.path()).len() as u64));
    }

    #[test]
    fn what_is_taken_out_leaves_the_head_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let lengths = sample(dir.path());
        let (before, _) = head(dir.path(), &lengths);
        let place = listed(dir.path())[1].position.clone();
        redact(dir.path(), std::slice::from_ref(&place), "判决书", moment(99)).unwrap();
        let (after, report) = head(dir.path(), &lengths);
        assert_eq!((after, report.damage), (before, vec![]));
        let said: Vec<_> =
            report.redacted.iter().map(|(leaf, note)| (&leaf.position, &*note.reason)).collect();
        assert_eq!(said[0], (&place, "判决书"));
        assert_eq!(said.len(), 2);
        fs::remove_file(dir.path().join(LEAVES)).unwrap();
        seal(dir.path(), &lengths).unwrap();
        assert_eq!(head(dir.path(), &lengths).0, before, "nor does it need the list");
    }

    #[test]
    fn a_bit_flipped_anywhere_is_found_and_named() {
        let dir = tempfile::tempdir().unwrap();
        let lengths = sample(dir.path());
        let leaves = listed(dir.path());
        let (before, _) = head(dir.path(), &lengths);
        for (file, length) in &lengths {
            let path = dir.path().join(file);
            let bytes = fs::read(&path).unwrap();
            assert_eq!(bytes.len() as u64, *length);
            // Every byte takes minutes: `GONGKAI_FULL=1` for all.
            let step = if std::env::var_os("GONGKAI_FULL").is_some() { 1 } else { 29 };
            for byte in (0..bytes.len()).step_by(step).chain(0..12) {
                let mut flipped = bytes.clone();
                flipped[byte] ^= 1 << (byte * 5 % 8);
                fs::write(&path, &flipped).unwrap();
                let (now, report) = head(dir.path(), &lengths);
                let here = leaves.iter().find(|leaf| {
                    leaf.position.file == *file
                        && (leaf.position.offset..leaf.end()).contains(&(byte as u64))
                });
                let Leaf { position, url, at, .. } = here.unwrap();
                let named = |damage: &&Damage| {
                    damage.file == *file
                        && damage.offset == position.offset
                        && damage.url == *url
                        && damage.at == *at
                };
                assert!(report.damage.iter().any(|d| named(&d)), "{byte}: {:?}", report.damage);
                assert_ne!(now, before, "{byte}");
            }
            fs::write(&path, &bytes).unwrap();
        }
    }

    /// What can be done to an archive.
    type Harm = fn(&Path, &[Leaf]);

    fn rewrite(dir: &Path, file: &str, leaves: &[&Leaf]) {
        let bytes: Vec<u8> = leaves.iter().flat_map(|leaf| bytes_of(dir, leaf)).collect();
        fs::write(dir.join(file), bytes).unwrap();
    }

    fn of_file<'a>(leaves: &'a [Leaf], file: &str) -> Vec<&'a Leaf> {
        leaves.iter().filter(|leaf| leaf.position.file == file).collect()
    }

    fn drop_one(dir: &Path, leaves: &[Leaf]) {
        let file = &leaves[0].position.file;
        let mut kept = of_file(leaves, file);
        kept.remove(1);
        rewrite(dir, file, &kept);
    }

    fn swap_two(dir: &Path, leaves: &[Leaf]) {
        let file = &leaves[0].position.file;
        let mut kept = of_file(leaves, file);
        kept.swap(1, 2);
        rewrite(dir, file, &kept);
    }

    fn repeat_one(dir: &Path, leaves: &[Leaf]) {
        let file = &leaves[0].position.file;
        let mut kept = of_file(leaves, file);
        kept.push(kept[1]);
        rewrite(dir, file, &kept);
    }

    fn cut_the_tail(dir: &Path, leaves: &[Leaf]) {
        let last = leaves.last().unwrap();
        let file = File::options().write(true).open(dir.join(&last.position.file)).unwrap();
        file.set_len(last.position.offset).unwrap();
    }

    fn drop_a_file(dir: &Path, leaves: &[Leaf]) {
        fs::remove_file(dir.join(&leaves[0].position.file)).unwrap();
    }

    fn undo_a_redaction_with_other_bytes(dir: &Path, leaves: &[Leaf]) {
        let stone =
            leaves.iter().find(|leaf| leaf.url.as_deref().is_some_and(|u| u.contains("t3")));
        let stone = stone.unwrap();
        let path = dir.join(&stone.position.file);
        let mut bytes = fs::read(&path).unwrap();
        let at = usize::try_from(stone.position.offset).unwrap();
        let end = usize::try_from(stone.end()).unwrap();
        let place = bytes[at..end].windows(6).position(|w| w == b"reason").unwrap();
        bytes[at + place] = b'S';
        fs::write(path, bytes).unwrap();
    }

    #[test]
    fn what_is_dropped_moved_or_added_is_found_with_the_list_and_with_a_kept_head_alone() {
        let harms: [Harm; 6] = [
            drop_one,
            swap_two,
            repeat_one,
            cut_the_tail,
            drop_a_file,
            undo_a_redaction_with_other_bytes,
        ];
        for (number, harm) in harms.into_iter().enumerate() {
            let dir = tempfile::tempdir().unwrap();
            let lengths = sample(dir.path());
            let (before, _) = head(dir.path(), &lengths);
            harm(dir.path(), &listed(dir.path()));
            let damage = verify(dir.path(), None).unwrap().damage;
            let named = damage.iter().any(|damage| damage.url.is_some() && damage.at.is_some());
            assert!(named, "{number}: {damage:?}");
            fs::remove_file(dir.path().join(LEAVES)).unwrap();
            let mut tree = Tree::default();
            verify_leaves(dir.path(), None, &mut |leaf| tree.push(leaf.leaf)).unwrap();
            assert_ne!(tree.head(), before, "{number}");
        }
    }

    #[test]
    fn a_crash_costs_the_list_nothing() {
        let dir = tempfile::tempdir().unwrap();
        sample(dir.path());
        let path = dir.path().join(LEAVES);
        let whole = fs::read(&path).unwrap();
        let lengths: BTreeMap<String, u64> = listed(dir.path())
            .into_iter()
            .map(|leaf| (leaf.position.file.clone(), leaf.end()))
            .collect();
        for cut in (0..whole.len()).step_by(23) {
            fs::write(&path, &whole[..cut]).unwrap();
            assert_eq!(verify(dir.path(), Some(&lengths)).unwrap().damage, vec![], "{cut}");
            seal(dir.path(), &lengths).unwrap();
            assert!(fs::read(&path).unwrap() == whole, "{cut}");
        }
        assert_eq!(seal(dir.path(), &lengths).unwrap(), 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Whenever the list is continued, and whatever a killed session leaves unlisted, it comes to the same head,
        /// and each head on the way is one that the last tree had.
        #[test]
        fn the_list_grows_with_the_archive(sessions in prop::collection::vec((0_i64..5, any::<bool>()), 1..6)) {
            let dir = tempfile::tempdir().unwrap();
            let (mut known, mut heads, mut number) = (BTreeMap::new(), Vec::new(), 0);
            for (entries, listed) in sessions {
                let (mut archive, _) = open(dir.path(), &known);
                for _ in 0..entries {
                    number += 1;
                    archive.append_capture(&capture(number, b"body")).unwrap();
                }
                archive.sync().unwrap();
                known.extend(archive.lengths());
                if listed {
                    seal(dir.path(), &known).unwrap();
                }
                let (head, report) = head(dir.path(), &known);
                prop_assert_eq!(report.damage, vec![]);
                heads.push(head);
            }
            seal(dir.path(), &known).unwrap();
            let mut tree = Tree::default();
            let mut had = vec![tree.head()];
            for leaf in listed(dir.path()) {
                tree.push(leaf.leaf);
                had.push(tree.head());
            }
            prop_assert!(heads.iter().all(|head| had.contains(head)));
            prop_assert_eq!(heads.last(), had.last());
        }
    }
}
