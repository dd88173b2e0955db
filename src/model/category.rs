//! Categories: the canonical tree that portal columns are mapped to.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A node of the canonical tree as a path of ids, such as `policy` or `work/emergency`.
///
/// Which paths exist, and their Chinese names, stands in `index/categories.toml`. What fits nowhere is
/// [`CategoryPath::OTHER`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CategoryPath(String);

impl CategoryPath {
    /// The path of what no rule maps.
    pub const OTHER: &str = "other";

    /// Takes a path; letters, digits, `_`, and `/` between its steps.
    pub fn new(path: &str) -> Option<Self> {
        let step = |step: &str| {
            !step.is_empty()
                && step.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        path.split('/').all(step).then(|| Self(path.to_owned()))
    }

    /// The category of what no rule maps.
    pub fn other() -> Self {
        Self(Self::OTHER.to_owned())
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path and all paths above it, topmost first: `work`, `work/emergency`.
    pub fn lineage(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').map(|(at, _)| &self.0[..at]).chain([self.0.as_str()])
    }
}

impl fmt::Display for CategoryPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_knows_what_is_above_it() {
        let path = CategoryPath::new("work/emergency").unwrap();
        assert_eq!(path.lineage().collect::<Vec<_>>(), ["work", "work/emergency"]);
        assert!(CategoryPath::new("Work").is_none() && CategoryPath::new("a//b").is_none());
    }
}
