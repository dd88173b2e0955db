//! Typed question → what is looked for and how it is joined.

use crate::analysis::Analyzer;
use crate::search::{
    answer::Note,
    facet::Facet,
    numbers::WantedNumber,
    parse::{Part, Typed},
    question_words::is_question_word,
};
use crate::text::{fold, fold_quoted, is_han};

/// How the leaves are joined; numbers are places in [`Plan::leaves`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tree {
    /// Every document.
    All,
    Leaf(usize),
    And(Vec<Tree>),
    Or(Vec<Tree>),
    Not(Box<Tree>),
}

/// One thing that is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leaf {
    pub(super) what: What,
    /// Not under a negation: it ranks and is highlighted.
    pub(super) wanted: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A folded string, wherever it stands: what stood in quotes, or a word of Han characters.
    Text {
        folded: String,
        quoted: bool,
    },
    /// A whole run of letters and digits.
    Token(String),
    Number(WantedNumber),
    /// A folded string in the title.
    Title(String),
    /// A folded string in the name of an agency.
    Agency(String),
    /// One of these values of a facet.
    Value(Facet, Vec<String>),
    /// A run of letters and digits that begins so.
    Prefix(String),
    /// Two folded strings in one paragraph, in any order, with at most so many characters between.
    Near(u32, String, String),
    /// Folded, nothing is left of it; no document holds it.
    Nothing,
}

/// A question ready to be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) tree: Tree,
    pub(super) leaves: Vec<Leaf>,
    /// Words that a document may lack when too few hold all of them; each is a member of the topmost AND.
    pub(super) relaxable: Vec<usize>,
    /// The wanted runs as they were typed, folded, without their question words: for phrases and pairs.
    pub(super) runs: Vec<String>,
    pub(super) notes: Vec<Note>,
}

impl Plan {
    /// Plans a question; none asks for every document.
    pub(super) fn new(typed: Option<&Typed>, analyzer: &Analyzer) -> Self {
        let mut planner =
            Planner { analyzer, leaves: Vec::new(), runs: Vec::new(), dropped: Vec::new() };
        let tree = typed.map_or(Tree::All, |typed| planner.tree(typed, true));
        let relaxable = match typed {
            Some(Typed::Row(_) | Typed::Leaf(_)) => planner.words_at_the_top(&tree),
            _ => Vec::new(),
        };
        let mut notes = Vec::new();
        let numbers: Vec<String> = planner.leaves.iter().filter_map(number_of).collect();
        if !numbers.is_empty() {
            notes.push(Note::ReadAsNumber(numbers));
        }
        if !planner.dropped.is_empty() {
            notes.push(Note::QuestionWordsDropped(planner.dropped));
        }
        Self { tree, leaves: planner.leaves, relaxable, runs: planner.runs, notes }
    }

    /// Places of the leaves that rank.
    pub(super) fn wanted(&self) -> impl Iterator<Item = (usize, &What)> {
        self.leaves
            .iter()
            .enumerate()
            .filter(|(_, leaf)| leaf.wanted)
            .map(|(at, leaf)| (at, &leaf.what))
    }

    /// Whether the question names a year, alone or in a number.
    pub(super) fn names_a_year(&self) -> bool {
        self.wanted().any(|(_, what)| match what {
            What::Token(token) => {
                token.len() == 4 && (token.starts_with("19") || token.starts_with("20"))
            }
            What::Number(number) => number.year.is_some(),
            What::Value(facet, _) => *facet == Facet::Year,
            _ => false,
        })
    }

    /// A leaf in words, for people.
    pub(super) fn name(&self, leaf: usize) -> String {
        match &self.leaves[leaf].what {
            What::Text { folded, .. } | What::Token(folded) => folded.clone(),
            What::Number(number) => number.to_string(),
            What::Title(text) => format!("title:{text}"),
            What::Agency(text) => format!("agency:{text}"),
            What::Value(facet, values) => format!("{}:{}", facet.name(), values.join(",")),
            What::Prefix(stem) => format!("{stem}*"),
            What::Near(far, a, b) => format!("{a} NEAR/{far} {b}"),
            What::Nothing => String::new(),
        }
    }
}

fn number_of(leaf: &Leaf) -> Option<String> {
    match &leaf.what {
        What::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

struct Planner<'a> {
    analyzer: &'a Analyzer,
    leaves: Vec<Leaf>,
    runs: Vec<String>,
    dropped: Vec<String>,
}

impl Planner<'_> {
    fn tree(&mut self, typed: &Typed, wanted: bool) -> Tree {
        match typed {
            Typed::Leaf(_) => self.row(std::slice::from_ref(typed), wanted),
            Typed::Row(row) => self.row(row, wanted),
            Typed::And(all) => {
                join(all.iter().map(|one| self.tree(one, wanted)).collect(), Tree::And)
            }
            Typed::Or(all) => {
                join(all.iter().map(|one| self.tree(one, wanted)).collect(), Tree::Or)
            }
            Typed::Not(one) => Tree::Not(Box::new(self.tree(one, !wanted))),
        }
    }

    /// What stands side by side: its words without those that only ask, unless nothing else is there.
    fn row(&mut self, row: &[Typed], wanted: bool) -> Tree {
        let cut: Vec<Option<Vec<Piece>>> = row.iter().map(|one| self.pieces(one)).collect();
        let says = |piece: &Piece| !piece.asks;
        let something = cut.iter().any(|run| run.as_ref().is_none_or(|run| run.iter().any(says)));
        let mut all = Vec::new();
        for (typed, run) in row.iter().zip(cut) {
            match (typed, run) {
                (_, Some(pieces)) => self.run(pieces, something, wanted, &mut all),
                (Typed::Leaf(part), None) => all.push(self.part(part, wanted)),
                (other, None) => all.push(self.tree(other, wanted)),
            }
        }
        if all.is_empty() {
            all.push(self.leaf(What::Nothing, wanted));
        }
        join(all, Tree::And)
    }

    /// The words of a run; `None` for everything else.
    fn pieces(&self, typed: &Typed) -> Option<Vec<Piece>> {
        let Typed::Leaf(Part::Run(text)) = typed else { return None };
        let folded = fold(text).text;
        let piece = |word: crate::analysis::Word<'_>| Piece {
            asks: is_question_word(word.text),
            text: word.text.to_owned(),
            start: word.start,
        };
        Some(self.analyzer.cut(&folded).into_iter().map(piece).collect())
    }

    fn run(&mut self, pieces: Vec<Piece>, drop: bool, wanted: bool, all: &mut Vec<Tree>) {
        let mut run = String::new();
        let mut end = None;
        for piece in pieces {
            if piece.asks && drop {
                self.dropped.push(piece.text);
                continue;
            }
            if end.is_some_and(|end| end != piece.start) {
                self.end_run(&mut run, wanted);
            }
            end = Some(piece.start + piece.text.len());
            run.push_str(&piece.text);
            let han = piece.text.chars().all(is_han);
            let what = if han {
                What::Text { folded: piece.text, quoted: false }
            } else {
                What::Token(piece.text)
            };
            all.push(self.leaf(what, wanted));
        }
        self.end_run(&mut run, wanted);
    }

    fn end_run(&mut self, run: &mut String, wanted: bool) {
        let run = std::mem::take(run);
        if wanted && run.chars().count() > 1 {
            self.runs.push(run);
        }
    }

    /// A part that is one leaf as it stands.
    fn part(&mut self, part: &Part, wanted: bool) -> Tree {
        let what = match part.clone() {
            Part::Quoted(text) | Part::Run(text) => return self.quoted(&text, wanted),
            Part::Number(number) => What::Number(number),
            Part::Title(text) => What::Title(text),
            Part::Agency(text) => What::Agency(text),
            Part::Value(facet, values) => What::Value(facet, values),
            Part::Prefix(stem) => What::Prefix(stem),
            Part::Near(far, a, b) => What::Near(far, a, b),
        };
        self.leaf(what, wanted)
    }

    fn quoted(&mut self, text: &str, wanted: bool) -> Tree {
        let folded = fold_quoted(text);
        let what =
            if folded.is_empty() { What::Nothing } else { What::Text { folded, quoted: true } };
        self.leaf(what, wanted)
    }

    /// The place of a leaf; equal ones share it.
    fn leaf(&mut self, what: What, wanted: bool) -> Tree {
        let leaf = Leaf { what, wanted };
        let at = self.leaves.iter().position(|known| *known == leaf).unwrap_or_else(|| {
            self.leaves.push(leaf);
            self.leaves.len() - 1
        });
        Tree::Leaf(at)
    }

    fn words_at_the_top(&self, tree: &Tree) -> Vec<usize> {
        let all = match tree {
            Tree::And(all) => all.as_slice(),
            one => std::slice::from_ref(one),
        };
        let is_word = |leaf: &Leaf| {
            leaf.wanted && matches!(leaf.what, What::Text { quoted: false, .. } | What::Token(_))
        };
        let place = |tree: &Tree| match tree {
            Tree::Leaf(at) if is_word(&self.leaves[*at]) => Some(*at),
            _ => None,
        };
        let mut places: Vec<usize> = all.iter().filter_map(place).collect();
        places.sort_unstable();
        places.dedup();
        places
    }
}

/// A word of a run.
struct Piece {
    text: String,
    /// Its first byte in the folded run.
    start: usize,
    /// It asks but names nothing.
    asks: bool,
}

fn join(mut all: Vec<Tree>, by: fn(Vec<Tree>) -> Tree) -> Tree {
    if all.len() == 1 { all.remove(0) } else { by(all) }
}
