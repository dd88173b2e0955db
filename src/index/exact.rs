//! Strings in the character lane.

use tantivy::{
    Term,
    query::{PhraseQuery, Query, TermQuery},
    schema::IndexRecordOption,
};

use crate::analysis::{BARRIER, cover};
use crate::index::Fields;

/// The documents whose folded text holds a folded string, exactly, wherever it stands and whatever it cuts.
///
/// What stands in quotes is folded by `text::fold_quoted` first: a blank at its edge counts.
/// `None` for a string that no document can hold: an empty one, or one with a barrier in it.
pub fn exact(fields: &Fields, folded: &str) -> Option<Box<dyn Query>> {
    if folded.is_empty() || folded.contains(BARRIER) {
        return None;
    }
    let pairs = cover(folded);
    Some(match pairs[..] {
        [] => Box::new(basic(Term::from_field_text(fields.characters, folded))),
        [(_, pair)] => Box::new(basic(Term::from_field_text(fields.grams, pair))),
        _ => {
            let term = |pair| Term::from_field_text(fields.grams, pair);
            let terms = pairs.iter().map(|&(position, pair)| (position, term(pair))).collect();
            Box::new(PhraseQuery::new_with_offset(terms))
        }
    })
}

fn basic(term: Term) -> TermQuery {
    TermQuery::new(term, IndexRecordOption::Basic)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use crate::analysis::folded;
    use crate::index::testing::{document, holding, store_of};

    #[test]
    fn strings_are_found_wherever_they_stand() {
        let one = document("1", "灵洲市 2020 年报告", "共 8,886 条。\n\n（一）ＰＭ２．５\n和PM10");
        let (_folder, store) = store_of([&one]);
        let found = |typed: &str| !holding(&store.view(), &folded(typed)).is_empty();
        for typed in ["洲", "0年报", "8,88", "条。", "(一)pm2.5和", "【一】pm", "靈洲市２０", "。"]
        {
            assert!(found(typed), "{typed}");
        }
        for typed in ["报告共", "。(", "条(", "年年", "", " ", "pm10和"] {
            assert!(!found(typed), "{typed}");
        }
    }

    fn small_text() -> impl Strategy<Value = String> {
        let characters: Vec<char> = "公开信息政府年报aB1 ，。“（\n𠮷〇".chars().collect();
        let body = proptest::collection::vec(proptest::sample::select(characters), 0..40);
        body.prop_map(|all| all.into_iter().collect::<String>().replace('\n', "\n\n"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn hits_equal_a_plain_scan(texts in proptest::collection::vec((small_text(), small_text()), 1..12)) {
            let numbered = texts.iter().enumerate();
            let documents: Vec<_> =
                numbered.map(|(n, (title, text))| document(&n.to_string(), title, text)).collect();
            let (_folder, store) = store_of(&documents);
            let view = store.view();
            let scans: Vec<(String, String)> = documents
                .iter()
                .map(|d| (d.id.to_string(), folded(&format!("{}\n\n{}", d.title.value, d.text))))
                .collect();
            let strings = scans.iter().flat_map(|(_, text)| pieces(text)).take(200);
            for string in strings {
                let scan: BTreeSet<String> = scans
                    .iter()
                    .filter(|(_, text)| text.contains(&string))
                    .map(|(id, _)| id.clone())
                    .collect();
                prop_assert_eq!(holding(&view, &string), scan, "{:?}", string);
            }
        }
    }

    /// Strings of one to five characters cut from a text, none with a barrier.
    fn pieces(text: &str) -> Vec<String> {
        let all: Vec<char> = text.chars().collect();
        let cuts = (0..all.len()).flat_map(|start| (1..6).map(move |length| (start, length)));
        cuts.filter_map(|(start, length)| all.get(start..start + length))
            .map(|piece| piece.iter().collect::<String>())
            .filter(|piece| !piece.contains('\n'))
            .collect()
    }
}
