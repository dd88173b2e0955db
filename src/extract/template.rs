//! Which template a page was made with, as far as the elements around its text tell.

use data_encoding::HEXLOWER;
use scraper::Html;
use sha2::{Digest, Sha256};

use crate::extract::body::{Body, names};

/// A fingerprint of the elements from the root of the page to its text: names, ids and classes.
///
/// Ids and classes with digits are left out, because they often count something. Pages of one template share it; what
/// stands in them makes no difference.
pub(super) fn fingerprint(tree: &Html, body: &Body) -> Option<String> {
    let root = tree.tree.get(*body.roots.first()?)?;
    let mut path = Vec::new();
    for node in std::iter::once(root).chain(root.ancestors()) {
        let Some(element) = node.value().as_element() else { continue };
        let mut marks: Vec<String> =
            names(node).filter(|name| !name.bytes().any(|byte| byte.is_ascii_digit())).collect();
        marks.sort();
        path.push(format!("{} {}", element.name(), marks.join(" ")));
    }
    Some(HEXLOWER.encode(&Sha256::digest(path.join("\n").as_bytes())[..6]))
}
