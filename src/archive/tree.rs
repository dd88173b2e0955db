//! A hash tree that only grows: one short line says what the whole archive was, and later that it still is.
//!
//! The Merkle tree of RFC 9162 §2.1 with SHA-256: leaves and inner nodes are hashed apart, the head of any size follows
//! from the leaves before it alone. Pure: leaves come from [`Leaf`](crate::archive::Leaf)s.

use std::{fmt, str::FromStr};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A hash of the tree, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Hash([u8; 32]);

impl Hash {
    /// The hash with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn node(left: Self, right: Self) -> Self {
        let sha = Sha256::new_with_prefix([1]).chain_update(left.0).chain_update(right.0);
        Self(sha.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for Hash {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl FromStr for Hash {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok();
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| format!("`{text}` is no hash of 64 hexadecimal digits"))
    }
}

/// Hashes the bytes of one leaf, piece by piece.
pub(super) struct LeafHasher(Sha256);

impl LeafHasher {
    pub(super) fn new() -> Self {
        Self(Sha256::new_with_prefix([0]))
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(super) fn finish(self) -> Hash {
        Hash(self.0.finalize().into())
    }
}

/// The tree at one size, written `SIZE:ROOT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Head {
    /// Number of leaves.
    pub size: u64,
    /// What they all come to.
    pub root: Hash,
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.size, self.root)
    }
}

impl FromStr for Head {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let head = text.split_once(':').and_then(|(size, root)| {
            Some(Self { size: size.parse().ok()?, root: root.parse().ok()? })
        });
        head.ok_or_else(|| {
            format!("`{text}` is no head; expected SIZE:ROOT, as `verify --head` prints it")
        })
    }
}

/// A tree that leaves are added to; keeps one hash for each whole subtree, so few whatever its size.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    size: u64,
    /// Roots of the whole subtrees, the largest and oldest first: one for each set bit of the size.
    peaks: Vec<Hash>,
}

impl Tree {
    /// Adds a leaf behind all others.
    pub fn push(&mut self, leaf: Hash) {
        let mut peak = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                peak = Hash::node(left, peak);
            }
        }
        self.peaks.push(peak);
        self.size += 1;
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The tree as it is now.
    pub fn head(&self) -> Head {
        let joined = self.peaks.iter().rev().copied().reduce(|right, left| Hash::node(left, right));
        let root = joined.unwrap_or_else(|| Hash(Sha256::digest(b"").into()));
        Head { size: self.size, root }
    }
}

fn root(leaves: &[Hash]) -> Hash {
    let mut tree = Tree::default();
    for leaf in leaves {
        tree.push(*leaf);
    }
    tree.head().root
}

/// How many of more than one leaf stand in the left subtree.
fn left_part(count: usize) -> usize {
    count.next_power_of_two() / 2
}

/// The hashes that lead from a leaf to the root; empty when there is no such leaf.
pub fn inclusion_proof(leaves: &[Hash], index: usize) -> Vec<Hash> {
    let (mut path, mut part, mut index) = (Vec::new(), leaves, index);
    while part.len() > 1 && index < part.len() {
        let (left, right) = part.split_at(left_part(part.len()));
        let is_left = index < left.len();
        path.push(root(if is_left { right } else { left }));
        (part, index) = if is_left { (left, index) } else { (right, index - left.len()) };
    }
    path.reverse();
    path
}

/// The hashes that show that the tree of all leaves begins with that of the first `first`.
pub fn consistency_proof(leaves: &[Hash], first: usize) -> Vec<Hash> {
    let (mut path, mut part, mut first, mut is_known) = (Vec::new(), leaves, first, true);
    if first == 0 || first >= part.len() {
        return path;
    }
    while first < part.len() {
        let (left, right) = part.split_at(left_part(part.len()));
        if first <= left.len() {
            path.push(root(right));
            part = left;
        } else {
            path.push(root(left));
            (part, first, is_known) = (right, first - left.len(), false);
        }
    }
    if !is_known {
        path.push(root(part));
    }
    path.reverse();
    path
}

/// Whether a leaf stands at an index of the tree with this head, as a proof says.
pub fn is_included(leaf: Hash, index: u64, head: Head, proof: &[Hash]) -> bool {
    if index >= head.size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, head.size - 1, leaf);
    for step in proof {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            hash = Hash::node(*step, hash);
            climb_to_left(&mut at, &mut last);
        } else {
            hash = Hash::node(hash, *step);
        }
        (at, last) = (at / 2, last / 2);
    }
    last == 0 && hash == head.root
}

/// Whether the tree of the later head begins with that of the earlier one, as a proof says.
pub fn is_grown(earlier: Head, later: Head, proof: &[Hash]) -> bool {
    if earlier.size == 0 || earlier.size >= later.size {
        return proof.is_empty() && (earlier.size == 0 || earlier == later);
    }
    let known = earlier.size.is_power_of_two().then_some(earlier.root);
    let mut steps = known.into_iter().chain(proof.iter().copied());
    let Some(begin) = steps.next() else { return false };
    let shared = (earlier.size - 1).trailing_ones();
    let (mut at, mut last) = ((earlier.size - 1) >> shared, (later.size - 1) >> shared);
    let (mut old, mut new) = (begin, begin);
    for step in steps {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            (old, new) = (Hash::node(step, old), Hash::node(step, new));
            climb_to_left(&mut at, &mut last);
        } else {
            new = Hash::node(new, step);
        }
        (at, last) = (at / 2, last / 2);
    }
    last == 0 && old == earlier.root && new == later.root
}

/// Skips the levels at which the last subtree has no neighbour.
fn climb_to_left(at: &mut u64, last: &mut u64) {
    if *at != 0 {
        let levels = at.trailing_zeros();
        (*at, *last) = (*at >> levels, *last >> levels);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaf(bytes: &[u8]) -> Hash {
        let mut hasher = LeafHasher::new();
        hasher.update(bytes);
        hasher.finish()
    }

    fn leaves(count: u32) -> Vec<Hash> {
        (0..count).map(|number| leaf(&number.to_be_bytes())).collect()
    }

    fn head(leaves: &[Hash]) -> Head {
        Head { size: leaves.len() as u64, root: root(leaves) }
    }

    /// The definition of RFC 9162 §2.1.1, word for word.
    fn as_defined(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Hash(Sha256::digest(b"").into()),
            [one] => *one,
            more => {
                let mut left = 1;
                while left * 2 < more.len() {
                    left *= 2;
                }
                Hash::node(as_defined(&more[..left]), as_defined(&more[left..]))
            }
        }
    }

    #[test]
    fn the_hashes_are_those_that_everyone_computes() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(root(&[]).to_string(), empty);
        // One leaf without bytes: SHA-256 of a single zero byte.
        let bare = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        assert_eq!(root(&[leaf(b"")]).to_string(), bare);
    }

    #[test]
    fn heads_are_written_and_read() {
        let head = head(&leaves(7));
        assert_eq!(head.to_string().parse(), Ok(head));
        for bad in ["", "7", "7:", ":ab", "-1:00", &format!("7:{}", "0".repeat(63))] {
            assert!(bad.parse::<Head>().is_err(), "{bad}");
        }
    }

    #[test]
    fn small_trees_are_as_defined_and_every_proof_holds() {
        for count in 0..70 {
            let all = leaves(count);
            assert_eq!(root(&all), as_defined(&all), "{count}");
            for (index, leaf) in all.iter().enumerate() {
                let proof = inclusion_proof(&all, index);
                assert!(is_included(*leaf, index as u64, head(&all), &proof), "{index} of {count}");
                assert!(!is_included(*leaf, index as u64 + 1, head(&all), &proof));
            }
            for first in 0..=all.len() {
                let proof = consistency_proof(&all, first);
                assert!(is_grown(head(&all[..first]), head(&all), &proof), "{first} of {count}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_changed_leaf_head_or_proof_does_not_hold(
            count in 2_u32..200, index in any::<prop::sample::Index>(),
            first in any::<prop::sample::Index>(), spoilt in any::<prop::sample::Index>(),
        ) {
            let all = leaves(count);
            let (at, wrong) = (index.index(all.len()), leaf(b"wrong"));
            let mut proof = inclusion_proof(&all, at);
            prop_assert!(!is_included(wrong, at as u64, head(&all), &proof));
            let step = spoilt.index(proof.len());
            proof[step] = wrong;
            prop_assert!(!is_included(all[at], at as u64, head(&all), &proof));
            let first = 1 + first.index(all.len() - 1);
            let mut proof = consistency_proof(&all, first);
            let mut changed = all.clone();
            changed[spoilt.index(first)] = wrong;
            let now = consistency_proof(&changed, first);
            prop_assert!(!is_grown(head(&all[..first]), head(&changed), &now));
            let step = spoilt.index(proof.len());
            proof[step] = wrong;
            prop_assert!(!is_grown(head(&all[..first]), head(&all), &proof));
        }
    }
}
