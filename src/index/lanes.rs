//! How tantivy is handed our terms: one reused token, no string of its own for any term.

use std::sync::Arc;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};

use crate::analysis::{Analyzer, barriers, characters, grams};
use crate::index::schema::{CHARACTERS, GRAMS, STARTS, WORDS};

/// The tokenizers that the fields name.
pub(super) fn tokenizers(analyzer: &Arc<Analyzer>) -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(GRAMS, Lane::Grams);
    manager.register(CHARACTERS, Lane::Characters);
    manager.register(WORDS, Lane::Words(Arc::clone(analyzer)));
    manager.register(STARTS, Lane::Starts(Arc::clone(analyzer)));
    manager
}

/// A way of cutting folded text.
#[derive(Clone)]
enum Lane {
    Grams,
    Characters,
    Words(Arc<Analyzer>),
    /// Beginnings of titles from each word on.
    Starts(Arc<Analyzer>),
}

impl Lane {
    /// Hands every term with its position to `emit`.
    fn terms<'t>(&self, text: &'t str, mut emit: impl FnMut(usize, &'t str)) {
        let mut position = 0;
        let mut in_turn = |term| {
            emit(position, term);
            position += 1;
        };
        match self {
            Self::Characters => characters(text, in_turn),
            Self::Words(analyzer) => analyzer.words(text, &mut in_turn),
            Self::Starts(analyzer) => analyzer.starts(text, &mut in_turn),
            Self::Grams => {
                grams(text, &mut emit);
                barriers(text, emit);
            }
        }
    }
}

impl Tokenizer for Lane {
    type TokenStream<'a> = LaneStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> LaneStream<'a> {
        LaneStream { lane: self, text, token: Token::default(), pulled: None }
    }
}

/// The terms of one text.
struct LaneStream<'a> {
    lane: &'a Lane,
    text: &'a str,
    token: Token,
    /// All terms, for callers that pull them one by one; indexing does not.
    pulled: Option<std::vec::IntoIter<(usize, &'a str)>>,
}

impl LaneStream<'_> {
    fn set(token: &mut Token, position: usize, term: &str) {
        token.position = position;
        token.text.clear();
        token.text.push_str(term);
    }
}

impl TokenStream for LaneStream<'_> {
    fn advance(&mut self) -> bool {
        let (lane, text) = (self.lane, self.text);
        let pulled = self.pulled.get_or_insert_with(|| {
            let mut all = Vec::new();
            lane.terms(text, |position, term| all.push((position, term)));
            all.into_iter()
        });
        let Some((position, term)) = pulled.next() else { return false };
        Self::set(&mut self.token, position, term);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }

    fn process(&mut self, sink: &mut dyn FnMut(&Token)) {
        let token = &mut self.token;
        self.lane.terms(self.text, |position, term| {
            Self::set(token, position, term);
            sink(token);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pulled_and_pushed_terms_are_the_same() {
        for mut lane in [Lane::Grams, Lane::Characters, Lane::Words(Arc::new(Analyzer::new([])))] {
            let mut pushed = Vec::new();
            let text = "政府信息公开\n年度报告,2020年";
            lane.token_stream(text)
                .process(&mut |token| pushed.push((token.position, token.text.clone())));
            let mut pulled = Vec::new();
            let mut stream = lane.token_stream(text);
            while stream.advance() {
                pulled.push((stream.token().position, stream.token().text.clone()));
            }
            assert_eq!(pushed, pulled);
            assert!(!pushed.is_empty());
        }
    }
}
