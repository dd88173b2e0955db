//! What `verify` proves of the tree: that it grew from earlier heads, that a capture is in it.

use std::{collections::BTreeMap, collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json};

use crate::archive::{Hash, Head, Leaf, Tree, consistency_proof, inclusion_proof};
use crate::model::PageUrl;

/// The tree as it grows, and what is asked of it.
#[derive(Default)]
pub(crate) struct Proof {
    tree: Tree,
    /// Heads that it should have had.
    earlier: BTreeSet<Head>,
    /// Their sizes, and the root it had there.
    roots: BTreeMap<u64, Option<Hash>>,
    /// Roots of which the size is wanted.
    stamped: BTreeMap<Hash, Option<Head>>,
    /// The page of which captures are to be proved, and what they need.
    page: Option<PageUrl>,
    leaves: Vec<Hash>,
    found: Vec<(usize, Leaf)>,
}

impl Proof {
    /// A tree without leaves.
    pub(crate) fn new(page: Option<PageUrl>) -> Self {
        Self { page, ..Self::default() }
    }

    /// Asks whether it had these heads.
    pub(crate) fn since(&mut self, heads: Vec<Head>) {
        let empty = Tree::default().head();
        for head in heads {
            self.roots.insert(head.size, (head.size == 0).then_some(empty.root));
            self.earlier.insert(head);
        }
    }

    /// Asks at which size it had these roots.
    pub(crate) fn look_for(&mut self, roots: impl IntoIterator<Item = Hash>) {
        self.stamped.extend(roots.into_iter().map(|root| (root, None)));
    }

    /// Adds the next leaf.
    pub(crate) fn push(&mut self, leaf: &Leaf) {
        self.tree.push(leaf.leaf);
        if let Some(root) = self.roots.get_mut(&self.tree.size()) {
            *root = Some(self.tree.head().root);
        }
        if !self.stamped.is_empty() {
            let head = self.tree.head();
            if let Some(size) = self.stamped.get_mut(&head.root) {
                *size = Some(head);
            }
        }
        let Some(page) = &self.page else { return };
        let url = leaf.url.as_deref().and_then(|url| PageUrl::parse(url).ok());
        if url.is_some_and(|url| url.key() == page.key()) {
            self.found.push((self.leaves.len(), leaf.clone()));
        }
        self.leaves.push(leaf.leaf);
    }

    /// The tree as it is.
    pub(crate) fn head(&self) -> Head {
        self.tree.head()
    }

    /// The head with a root that was looked for, if there was one.
    pub(crate) fn head_of(&self, root: Hash) -> Option<Head> {
        self.stamped.get(&root).copied().flatten()
    }

    /// Whether it had all the heads that were asked for; tells of each.
    pub(crate) fn grew(&self, tell: impl Fn(std::fmt::Arguments<'_>)) -> bool {
        let now = self.head();
        let mut whole = true;
        for head in &self.earlier {
            let root = self.roots.get(&head.size).copied().flatten();
            if root == Some(head.root) {
                tell(format_args!("grown by {} since {head}", now.size - head.size));
                continue;
            }
            whole = false;
            if head.size > now.size {
                tell(format_args!(
                    "damaged: of the {} leaves of {head} only {} are there",
                    head.size, now.size
                ));
            } else {
                tell(format_args!(
                    "damaged: the first {} leaves are not those of {head}",
                    head.size
                ));
            }
        }
        whole
    }

    /// The proofs as JSON; `None` when nothing of the page is in the tree.
    pub(crate) fn json(&self) -> anyhow::Result<Option<Value>> {
        if self.found.is_empty() {
            return Ok(None);
        }
        let head = self.head();
        let captures = self.found.iter().map(|(index, leaf)| {
            let path = inclusion_proof(&self.leaves, *index);
            let mut capture = serde_json::to_value(leaf)?;
            capture["index"] = (*index).into();
            capture["path"] = serde_json::to_value(path)?;
            Ok(capture)
        });
        let captures = captures.collect::<anyhow::Result<Vec<_>>>()?;
        let grown = self.earlier.iter().map(|earlier| {
            let path = consistency_proof(&self.leaves, usize::try_from(earlier.size)?);
            Ok(json!({ "size": earlier.size, "root": earlier.root, "path": path }))
        });
        let grown = grown.collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Some(json!({
            "tree": "RFC 9162, SHA-256",
            "size": head.size,
            "root": head.root,
            "captures": captures,
            "since": grown,
        })))
    }
}

/// One head, or all the heads in a file: any line may hold one, as `verify --head` printed it.
pub(crate) fn heads(given: &str) -> Result<Vec<Head>, String> {
    let mistake = match given.parse() {
        Ok(head) => return Ok(vec![head]),
        Err(mistake) => mistake,
    };
    let Ok(text) = fs::read_to_string(Path::new(given)) else { return Err(mistake) };
    let heads: Vec<Head> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    if heads.is_empty() { Err(format!("there is no head in {given}")) } else { Ok(heads) }
}
