//! Words that ask but name nothing, from the reviewed list `index/question_words.txt`.

use std::{collections::HashSet, sync::LazyLock};

static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    include_str!("../../index/question_words.txt")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect()
});

/// Whether a folded word only asks.
pub(super) fn is_question_word(word: &str) -> bool {
    WORDS.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_folded_and_asks() {
        assert!(is_question_word("怎么") && is_question_word("多少") && !is_question_word("办法"));
        assert!(WORDS.iter().all(|word| crate::text::fold(word).text == *word));
    }
}
