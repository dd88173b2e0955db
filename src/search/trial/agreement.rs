//! Plain typing, where nothing is widened, and set algebra agree wherever enough documents hold all words.

use crate::search::{
    answer::Note,
    relax::ENOUGH,
    request::{Request, Syntax},
    trial::{Check, Court, described, question::Asked, random::Random, strict},
};

/// The most words of a row.
const WORDS: usize = 4;

impl Court<'_> {
    pub(super) fn agreement(&self, count: usize, random: &mut Random) -> Check {
        let mut check = Check::new("agreement");
        for _ in 0..count {
            let row: Vec<Asked> = (0..=random.below(WORDS)).map(|_| self.one(random)).collect();
            let typed: Vec<String> = row.iter().map(|one| one.typed(self.pool)).collect();
            self.agree(typed.join(" "), &mut check);
        }
        check
    }

    fn one(&self, random: &mut Random) -> Asked {
        if self.pool.has_words() && !random.one_in(4) {
            return self.pool.some_word(random);
        }
        match self.pool.leaf(random) {
            leaf if random.one_in(6) => Asked::Not(Box::new(leaf)),
            leaf => leaf,
        }
    }

    fn agree(&self, query: String, check: &mut Check) {
        check.asked += 1;
        let strict = strict(query);
        let simple = Request { syntax: Syntax::Simple, widen: false, ..strict.clone() };
        let mut fault = |what: String| {
            check.differences.push(format!("{}: {what}", described(&strict)));
        };
        let ask = |request: &Request| self.engine.search(request, self.texts);
        let (exact, forgiving) = match (ask(&strict), ask(&simple)) {
            (Ok(exact), Ok(forgiving)) => (exact, forgiving),
            (Err(refused), _) | (_, Err(refused)) => return fault(format!("refused: {refused}")),
        };
        let is_number = exact.notes.iter().any(|note| matches!(note, Note::ReadAsNumber(_)));
        // Plain typing may find words where no document has such a number.
        if exact.total != forgiving.total_all_words && !is_number {
            fault(format!(
                "{} hold all words by strict, {} by simple",
                exact.total, forgiving.total_all_words
            ));
        }
        if exact.total < ENOUGH {
            return;
        }
        match (self.found(&strict), self.found(&simple)) {
            (Ok(exact), Ok(forgiving)) if exact != forgiving => {
                fault(format!("simple: {}", self.apart(&forgiving, &exact)));
            }
            (Err(refused), _) | (_, Err(refused)) => fault(format!("refused: {refused}")),
            _ => {}
        }
        if exact.facets != forgiving.facets {
            fault("the facets differ".to_owned());
        }
    }
}
