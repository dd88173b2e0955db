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
    let stone = leaves.iter().find(|leaf| leaf.url.as_deref().is_some_and(|u| u.contains("t3")));
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
