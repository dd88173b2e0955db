//! Typed question → what is looked for and how it is joined.

use std::ops::Range;

use crate::analysis::{Analyzer, Word};
use crate::search::{
    answer::Note,
    facet::Facet,
    numbers::WantedNumber,
    parse::{Part, Typed},
    question_words::is_question_word,
    widen::{Synonyms, Way, is_numeral, spelled_year, spellings, what_of, year_of},
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
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Leaf {
    pub(super) what: What,
    /// Not under a negation: it ranks and is highlighted.
    pub(super) wanted: bool,
    /// Other ways to say it: a document that holds one of them holds the leaf.
    pub(super) ways: Vec<Way>,
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

impl What {
    /// Whether it is a word that was typed as one, and no string, number or place.
    pub(super) fn is_word(&self) -> bool {
        matches!(self, Self::Text { quoted: false, .. } | Self::Token(_))
    }

    /// It in words, for people.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Text { folded, .. } | Self::Token(folded) => folded.clone(),
            Self::Number(number) => number.to_string(),
            Self::Title(text) => format!("title:{text}"),
            Self::Agency(text) => format!("agency:{text}"),
            Self::Value(facet, values) => format!("{}:{}", facet.name(), values.join(",")),
            Self::Prefix(stem) => format!("{stem}*"),
            Self::Near(far, a, b) => format!("{a} NEAR/{far} {b}"),
            Self::Nothing => String::new(),
        }
    }
}

/// A question ready to be answered.
#[derive(Clone, Debug, PartialEq)]
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
    pub(super) fn new(
        typed: Option<&Typed>,
        analyzer: &Analyzer,
        synonyms: Option<&Synonyms>,
    ) -> Self {
        let mut planner = Planner {
            analyzer,
            synonyms,
            year: typed.and_then(named_year),
            leaves: Vec::new(),
            runs: Vec::new(),
            dropped: Vec::new(),
        };
        let tree = typed.map_or(Tree::All, |typed| planner.tree(typed, true));
        let relaxable = match typed {
            Some(Typed::Row(_) | Typed::Leaf(_)) => planner.words_at_the_top(&tree),
            _ => Vec::new(),
        };
        let mut notes = Vec::new();
        let is_number = |what: &&What| matches!(what, What::Number(_));
        let whats = planner.leaves.iter().map(|leaf| &leaf.what);
        let numbers: Vec<String> = whats.filter(is_number).map(What::name).collect();
        if !numbers.is_empty() {
            notes.push(Note::ReadAsNumber(numbers));
        }
        if !planner.dropped.is_empty() {
            notes.push(Note::QuestionWordsDropped(planner.dropped));
        }
        let widened: Vec<String> = planner.leaves.iter().filter_map(widened).collect();
        if !widened.is_empty() {
            notes.push(Note::Widened(widened));
        }
        Self { tree, leaves: planner.leaves, relaxable, runs: planner.runs, notes }
    }

    /// The leaves that rank, with their places.
    pub(super) fn ranked(&self) -> impl Iterator<Item = (usize, &Leaf)> {
        self.leaves.iter().enumerate().filter(|(_, leaf)| leaf.wanted)
    }

    /// What is looked for by the leaves that rank.
    pub(super) fn wanted(&self) -> impl Iterator<Item = (usize, &What)> {
        self.ranked().map(|(at, leaf)| (at, &leaf.what))
    }

    /// Whether a leaf is a lone Han character, which mostly belongs to how people speak.
    pub(super) fn is_small(&self, leaf: usize) -> bool {
        let Leaf { what, ways, .. } = &self.leaves[leaf];
        let lone = |folded: &str| folded.chars().all(is_han) && folded.chars().count() == 1;
        ways.is_empty() && matches!(what, What::Text { folded, quoted: false } if lone(folded))
    }

    /// The years that the question names outside of quotes, alone or in words.
    pub(super) fn years(&self) -> Vec<i16> {
        let year = |what: &What| match what {
            What::Token(token) => year_of(token),
            What::Text { folded, quoted: false } => spelled_year(folded),
            _ => None,
        };
        self.wanted().filter_map(|(_, what)| year(what)).collect()
    }

    /// Whether the question asks how something is done: words that ask were dropped from it, or it names a procedure.
    pub(super) fn asks_how(&self) -> bool {
        let asks = |note: &Note| match note {
            Note::QuestionWordsDropped(words) => {
                words.iter().any(|word| HOW.contains(&word.as_str()))
            }
            _ => false,
        };
        let names = |what: &What| match what {
            What::Text { folded, quoted: false } => PROCEDURES.contains(&folded.as_str()),
            _ => false,
        };
        self.notes.iter().any(asks) || self.wanted().any(|(_, what)| names(what))
    }

    /// Whether the question names a year, alone or in a number.
    pub(super) fn names_a_year(&self) -> bool {
        self.wanted().any(|(_, what)| match what {
            What::Token(token) => year_of(token).is_some(),
            What::Number(number) => number.year.is_some(),
            What::Text { folded, .. } => spelled_year(folded).is_some(),
            What::Value(facet, _) => *facet == Facet::Year,
            _ => false,
        })
    }

    /// How many characters a leaf has.
    pub(super) fn length(&self, leaf: usize) -> u32 {
        u32::try_from(self.name(leaf).chars().count()).unwrap_or(u32::MAX)
    }

    /// A leaf in words, for people.
    pub(super) fn name(&self, leaf: usize) -> String {
        self.leaves[leaf].what.name()
    }

    /// The numbers that may be none.
    pub(super) fn doubtful_numbers(&self) -> Vec<String> {
        let is_doubtful = |what: &&What| matches!(what, What::Number(number) if number.doubtful);
        self.leaves.iter().map(|leaf| &leaf.what).filter(is_doubtful).map(What::name).collect()
    }
}

/// Words that ask how something is done.
const HOW: [&str; 8] = ["怎么", "怎样", "如何", "怎么办", "咋", "咋办", "哪里", "在哪"];
/// Words of procedures at a counter.
const PROCEDURES: [&str; 12] = [
    "办理", "申请", "申办", "手续", "流程", "材料", "补办", "换证", "报名", "审批", "查询", "登记",
];

/// A leaf that is looked for in other ways too, in words: 低保 → 最低生活保障.
fn widened(leaf: &Leaf) -> Option<String> {
    let (What::Text { folded: typed, .. } | What::Token(typed)) = &leaf.what else { return None };
    let names: Vec<String> = leaf.ways.iter().map(Way::name).collect();
    let others: Vec<&str> =
        names.iter().filter(|name| name.replace('+', "") != *typed).map(String::as_str).collect();
    (!others.is_empty()).then(|| format!("{typed} → {}", others.join("、")))
}

/// The year that a question names outside of quotes.
fn named_year(typed: &Typed) -> Option<i16> {
    match typed {
        Typed::Leaf(Part::Run(text)) => {
            let folded = fold(text).text;
            let letters = folded.split(|c: char| !c.is_ascii_alphanumeric()).find_map(year_of);
            letters
                .or_else(|| folded.char_indices().find_map(|(at, _)| spelled_year(&folded[at..])))
        }
        Typed::Leaf(_) | Typed::Not(_) => None,
        Typed::Row(all) | Typed::And(all) | Typed::Or(all) => all.iter().find_map(named_year),
    }
}

struct Planner<'a> {
    analyzer: &'a Analyzer,
    /// Absent where nothing is to be widened.
    synonyms: Option<&'a Synonyms>,
    /// The year that the question names.
    year: Option<i16>,
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
        let mut pieces = Vec::new();
        let mut from = 0;
        for (at, _) in folded.char_indices() {
            // Four numerals of three bytes each; the segmenter cuts years in Han numerals anywhere.
            if at >= from
                && spelled_year(&folded[at..]).is_some()
                && !ends_in_numeral(&folded[..at])
            {
                self.cut(&folded, from..at, &mut pieces);
                from = at + 12;
                pieces.push(Piece { text: folded[at..from].to_owned(), start: at, asks: false });
            }
        }
        self.cut(&folded, from..folded.len(), &mut pieces);
        Some(join_asking(pieces))
    }

    /// The words of a part of a folded run.
    ///
    /// What the segmenter only guessed may hide words that the synonyms know: 海淘清|关 is 海淘|清关.
    fn cut(&self, folded: &str, part: Range<usize>, pieces: &mut Vec<Piece>) {
        let words = self.analyzer.cut(&folded[part.clone()]);
        let guessed = |word: &Word<'_>| {
            word.text.chars().count() == 1
                || word.text.chars().all(is_han) && !self.analyzer.knows(word.text)
        };
        for side_by_side in
            words.chunk_by(|a, b| guessed(a) && guessed(b) && a.start + a.text.len() == b.start)
        {
            let start = part.start + side_by_side[0].start;
            let length: usize = side_by_side.iter().map(|word| word.text.len()).sum();
            let known = match self.synonyms.filter(|_| guessed(&side_by_side[0])) {
                Some(synonyms) => synonyms.words_in(&folded[start..start + length]),
                None => Vec::new(),
            };
            if known.is_empty() {
                pieces.extend(
                    side_by_side.iter().map(|word| piece(word.text, part.start + word.start)),
                );
            } else {
                self.cut_around(&folded[start..start + length], start, &known, pieces);
            }
        }
    }

    /// Known words of a text as they are, what stands between them cut; `start` is where the text begins in its run.
    fn cut_around(
        &self,
        text: &str,
        start: usize,
        known: &[(usize, usize)],
        pieces: &mut Vec<Piece>,
    ) {
        let mut from = 0;
        let end = (text.len(), 0);
        for &(place, length) in known.iter().chain([&end]) {
            let between = self.analyzer.cut(&text[from..place]);
            pieces.extend(between.iter().map(|word| piece(word.text, start + from + word.start)));
            if length > 0 {
                pieces.push(piece(&text[place..place + length], start + place));
            }
            from = place + length;
        }
    }

    fn run(&mut self, pieces: Vec<Piece>, drop: bool, wanted: bool, all: &mut Vec<Tree>) {
        let (asking, kept): (Vec<Piece>, Vec<Piece>) =
            pieces.into_iter().partition(|piece| piece.asks && drop);
        self.dropped.extend(asking.into_iter().map(|piece| piece.text));
        for side_by_side in kept.chunk_by(|a, b| a.start + a.text.len() == b.start) {
            let words: Vec<&str> = side_by_side.iter().map(|piece| piece.text.as_str()).collect();
            let run = words.concat();
            if wanted && run.chars().count() > 1 {
                self.runs.push(run);
            }
            let mut rest = words.as_slice();
            while !rest.is_empty() {
                let (count, leaf) = self.word(rest, wanted);
                all.push(self.leaf_of(leaf));
                rest = &rest[count..];
            }
        }
    }

    /// The first of words side by side, or several that are known as one, with other ways to say it.
    fn word(&self, words: &[&str], wanted: bool) -> (usize, Leaf) {
        let typed = what_of(words[0]);
        let Some(synonyms) = self.synonyms.filter(|_| wanted) else {
            return (1, Leaf { what: typed, wanted, ways: Vec::new() });
        };
        if let Some(year) = year_of(words[0]).or_else(|| spelled_year(words[0])) {
            return (1, Leaf { what: typed, wanted, ways: spellings(year, words[0]) });
        }
        match synonyms.longest(words, self.year) {
            None => (1, Leaf { what: typed, wanted, ways: Vec::new() }),
            Some((1, ways)) => (1, Leaf { what: typed, wanted, ways }),
            Some((count, mut ways)) => {
                let words: Vec<String> = words[..count].iter().map(|&w| w.to_owned()).collect();
                ways.insert(0, Way::of(&words, 1.0));
                let what = What::Text { folded: words.concat(), quoted: false };
                (count, Leaf { what, wanted, ways })
            }
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

    fn leaf(&mut self, what: What, wanted: bool) -> Tree {
        self.leaf_of(Leaf { what, wanted, ways: Vec::new() })
    }

    /// The place of a leaf; equal ones share it.
    fn leaf_of(&mut self, leaf: Leaf) -> Tree {
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
        let is_word = |leaf: &Leaf| leaf.wanted && leaf.what.is_word();
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

/// A word of a run, by the place of its first byte.
fn piece(text: &str, start: usize) -> Piece {
    Piece { text: text.to_owned(), start, asks: is_question_word(text) }
}

/// Words side by side that together only ask, such as 能|不能, ask as one.
fn join_asking(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        match joined.last_mut() {
            Some(before)
                if before.start + before.text.len() == piece.start
                    && is_question_word(&format!("{}{}", before.text, piece.text)) =>
            {
                before.text.push_str(&piece.text);
                before.asks = true;
            }
            _ => joined.push(piece),
        }
    }
    joined
}

/// Whether a Han numeral stands right before, so that what follows is no whole year.
fn ends_in_numeral(before: &str) -> bool {
    before.chars().next_back().is_some_and(is_numeral)
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
