//! The text of one document in the lanes: its parts, folded, with barriers between.

use crate::text::{BARRIER, fold_into};

/// The fold of a text, without the way back.
pub fn folded(text: &str) -> String {
    let mut folded = String::new();
    fold_into(text, &mut folded);
    folded
}

/// Folds one more part of a document, such as its title or its body, to the end of `text`, after a barrier.
pub fn append_folded(part: &str, text: &mut String) {
    let before = text.len();
    if before > 0 {
        text.push(BARRIER);
    }
    let start = text.len();
    fold_into(part, text);
    if text.len() == start {
        text.truncate(before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_kept_apart() {
        let mut text = String::new();
        for part in [" ", "标题", "\u{200B}", "正文\n\n第二段", ""] {
            append_folded(part, &mut text);
        }
        assert_eq!(text, "标题\n正文\n第二段");
    }
}
