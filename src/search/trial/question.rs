//! A question as a tree that can be typed and can be scanned for.

use crate::search::{
    bits::Bits,
    trial::{pool::Pool, scan::Scan},
};
use crate::text::is_han;

/// A question; texts and words are places in the pool.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    /// A string in quotes.
    Quoted(usize),
    /// A word of Han characters, without quotes.
    Word(usize),
    /// A whole run of letters and digits, without quotes.
    Token(usize),
    And(Vec<Asked>),
    Or(Vec<Asked>),
    Not(Box<Asked>),
}

/// What must be marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Needle {
    pub(super) text: String,
    /// Only where no letter or digit stands beside it.
    pub(super) whole: bool,
}

impl Asked {
    /// As one types it.
    pub(super) fn typed(&self, pool: &Pool) -> String {
        let all = |all: &[Self], word: &str| {
            let typed: Vec<String> = all.iter().map(|one| one.typed(pool)).collect();
            format!("({})", typed.join(word))
        };
        match self {
            Self::Quoted(at) => format!("“{}”", pool.string(*at)),
            Self::Word(at) => pool.word(*at).to_owned(),
            Self::Token(at) => pool.token(*at).to_owned(),
            Self::And(inner) => all(inner, " AND "),
            Self::Or(inner) => all(inner, " OR "),
            Self::Not(one) => format!("NOT {}", one.typed(pool)),
        }
    }

    /// The documents it holds for.
    pub(super) fn holding(&self, scan: &Scan, pool: &Pool) -> Bits {
        match self {
            Self::Quoted(at) => pool.holding_string(*at).clone(),
            Self::Word(at) => pool.holding_word(*at).clone(),
            Self::Token(at) => pool.holding_token(*at).clone(),
            Self::And(inner) => inner.iter().fold(Bits::all(scan.size()), |mut held, one| {
                held.keep(&one.holding(scan, pool));
                held
            }),
            Self::Or(inner) => inner.iter().fold(Bits::none(scan.size()), |mut held, one| {
                held.add(&one.holding(scan, pool));
                held
            }),
            Self::Not(one) => {
                let mut held = Bits::all(scan.size());
                held.remove(&one.holding(scan, pool));
                held
            }
        }
    }

    /// Adds what must be marked: everything that does not stand under a negation.
    pub(super) fn needles(&self, pool: &Pool, wanted: bool, into: &mut Vec<Needle>) {
        let mut add = |text: &str, whole| {
            if wanted {
                into.push(Needle { text: text.to_owned(), whole });
            }
        };
        match self {
            Self::Quoted(at) => add(pool.string(*at), false),
            Self::Word(at) => add(pool.word(*at), false),
            Self::Token(at) => add(pool.token(*at), true),
            Self::And(all) | Self::Or(all) => {
                all.iter().for_each(|one| one.needles(pool, wanted, into));
            }
            Self::Not(one) => one.needles(pool, !wanted, into),
        }
    }
}

/// The runs of letters and digits of a folded text.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !is_letter(c)).filter(|run| !run.is_empty())
}

pub(super) fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !is_han(c)
}
