//! A question as a tree that can be typed and can be scanned for.

use crate::search::{
    bits::Bits,
    facet::Facet,
    request::UNKNOWN,
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
    /// A string in the title.
    Title(usize),
    /// The beginning of a run of letters and digits.
    Prefix(usize),
    /// Two strings close to each other.
    Near(usize),
    /// A value of a facet, in the question itself.
    Value(Facet, String),
    And(Vec<Asked>),
    Or(Vec<Asked>),
    Not(Box<Asked>),
}

/// What must be marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Needle {
    pub(super) text: String,
    pub(super) kind: NeedleKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NeedleKind {
    /// Wherever it stands.
    Anywhere,
    /// Only where no letter or digit stands beside it.
    Whole,
    /// The beginning of a run of letters and digits; the whole run is marked.
    Prefix,
    /// In the title alone.
    Title,
    /// Close to another string: some of its places.
    Near,
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
            Self::Title(at) => format!("title:“{}”", pool.titles[*at].asked),
            Self::Prefix(at) => format!("{}*", pool.prefixes[*at].asked),
            Self::Near(at) => {
                let (far, a, b) = &pool.near[*at].asked;
                format!("“{a}” NEAR/{far} “{b}”")
            }
            Self::Value(facet, value) => format!("{}:“{value}”", facet.name()),
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
            Self::Title(at) => pool.titles[*at].held.clone(),
            Self::Prefix(at) => pool.prefixes[*at].held.clone(),
            Self::Near(at) => pool.near[*at].held.clone(),
            Self::Value(Facet::Agency, name) if name != UNKNOWN => scan.with_agency(name),
            Self::Value(facet, value) => scan.with(*facet, std::slice::from_ref(value)),
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

    /// How many leaves it has.
    pub(super) fn leaves(&self) -> usize {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().map(Self::leaves).sum(),
            Self::Not(one) => one.leaves(),
            Self::Near(_) => 2,
            _ => 1,
        }
    }

    /// Adds what must be marked: everything that does not stand under a negation.
    pub(super) fn needles(&self, pool: &Pool, wanted: bool, into: &mut Vec<Needle>) {
        let mut add = |text: &str, kind| {
            if wanted {
                into.push(Needle { text: text.to_owned(), kind });
            }
        };
        match self {
            Self::Quoted(at) => add(pool.string(*at), NeedleKind::Anywhere),
            Self::Word(at) => add(pool.word(*at), NeedleKind::Anywhere),
            Self::Token(at) => add(pool.token(*at), NeedleKind::Whole),
            Self::Title(at) => add(&pool.titles[*at].asked, NeedleKind::Title),
            Self::Prefix(at) => add(&pool.prefixes[*at].asked, NeedleKind::Prefix),
            Self::Near(at) => {
                let (_, a, b) = &pool.near[*at].asked;
                add(a, NeedleKind::Near);
                add(b, NeedleKind::Near);
            }
            Self::Value(..) => {}
            Self::And(all) | Self::Or(all) => {
                for one in all {
                    one.needles(pool, wanted, into);
                }
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
