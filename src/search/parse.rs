//! Tokens → tree. One grammar for both syntaxes; `simple` drops what stands wrong until it reads.
//!
//! ```text
//! either  = both { OR both }
//! both    = one { [AND] one }
//! one     = ( NOT | - ) one | "string" | number | run | ( either )
//! ```

use crate::search::{
    MOST_DEPTH, MOST_LEAVES, Refused,
    lexer::{Kind, Token, tokens},
    numbers::WantedNumber,
};

/// A question as it was typed: what stands beside each other without an operator is one [`Typed::Row`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    Leaf(Part),
    /// Wanted together, without a written AND.
    Row(Vec<Typed>),
    And(Vec<Typed>),
    Or(Vec<Typed>),
    Not(Box<Typed>),
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A string, exactly.
    Quoted(String),
    Number(WantedNumber),
    /// Words without blanks between.
    Run(String),
}

/// A mistake in the form of a question.
#[derive(Debug)]
struct Mistake {
    /// In characters.
    at: usize,
    expected: &'static str,
    /// The token without which it would read.
    blame: usize,
}

/// Reads a question that must be right.
pub(super) fn strict(question: &str) -> Result<Option<Typed>, Refused> {
    let tokens = tokens(question, true);
    check_limits(&tokens)?;
    let end = question.chars().count();
    parse(&tokens, end)
        .map_err(|mistake| Refused::Syntax { at: mistake.at, expected: mistake.expected })
}

/// Reads a question as well as it can be read, and says which of its signs were passed over.
pub(super) fn simple(
    question: &str,
    spot_numbers: bool,
) -> Result<(Option<Typed>, Vec<String>), Refused> {
    let mut tokens = tokens(question, spot_numbers);
    let chars: Vec<char> = question.chars().collect();
    let mut dropped = Vec::new();
    loop {
        match parse(&tokens, chars.len()) {
            Ok(typed) => {
                check_limits(&tokens)?;
                return Ok((typed, dropped));
            }
            Err(mistake) if mistake.blame < tokens.len() => {
                let token = tokens.remove(mistake.blame);
                dropped.push(chars[token.span].iter().collect());
            }
            Err(_) => return Ok((None, dropped)),
        }
    }
}

fn check_limits(tokens: &[Token]) -> Result<(), Refused> {
    let is_leaf =
        |token: &&Token| matches!(token.kind, Kind::Quoted(_) | Kind::Number(_) | Kind::Run(_));
    let found = tokens.iter().filter(is_leaf).count();
    if found > MOST_LEAVES {
        return Err(Refused::TooManyLeaves { found });
    }
    let (mut depth, mut row) = (0_usize, 0_usize);
    for token in tokens {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        row = if token.kind == Kind::Not { row + 1 } else { 0 };
        if depth + row > MOST_DEPTH {
            return Err(Refused::TooDeep);
        }
    }
    Ok(())
}

fn parse(tokens: &[Token], end: usize) -> Result<Option<Typed>, Mistake> {
    if tokens.is_empty() {
        return Ok(None);
    }
    let mut parser = Parser { tokens, end, next: 0 };
    let typed = parser.either()?;
    match parser.peek() {
        None => Ok(Some(typed)),
        Some(token) => Err(parser.mistake(token.span.start, "no closing parenthesis here", 0)),
    }
}

/// Recursion ends at [`MOST_DEPTH`] in `strict`; in `simple` the 500 characters of a question bound it.
struct Parser<'t> {
    tokens: &'t [Token],
    end: usize,
    next: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self, kind: &Kind) -> bool {
        let found = self.peek().is_some_and(|token| token.kind == *kind);
        self.next += usize::from(found);
        found
    }

    /// Blames the token `back` places before the next one.
    fn mistake(&self, at: usize, expected: &'static str, back: usize) -> Mistake {
        Mistake { at, expected, blame: self.next.saturating_sub(back) }
    }

    fn either(&mut self) -> Result<Typed, Mistake> {
        let mut all = vec![self.both()?];
        while self.take(&Kind::Or) {
            all.push(self.both()?);
        }
        Ok(one_or(all, Typed::Or))
    }

    fn both(&mut self) -> Result<Typed, Mistake> {
        let (mut all, mut row) = (Vec::new(), vec![self.one()?]);
        loop {
            match self.peek().map(|token| &token.kind) {
                None | Some(Kind::Or | Kind::Close) => break,
                Some(Kind::And) => {
                    self.next += 1;
                    all.push(one_or(std::mem::take(&mut row), Typed::Row));
                    row.push(self.one()?);
                }
                Some(_) => row.push(self.one()?),
            }
        }
        all.push(one_or(row, Typed::Row));
        Ok(one_or(all, Typed::And))
    }

    fn one(&mut self) -> Result<Typed, Mistake> {
        const WANTED: &str = "a word, a quoted string or an opening parenthesis";
        let Some(token) = self.peek() else {
            return Err(self.mistake(self.end, WANTED, 1));
        };
        self.next += 1;
        let leaf = |part| Ok(Typed::Leaf(part));
        match &token.kind {
            Kind::Quoted(text) if text.is_empty() => {
                Err(self.mistake(token.span.start, "text between the quotation marks", 1))
            }
            Kind::Quoted(text) => leaf(Part::Quoted(text.clone())),
            Kind::Number(number) => leaf(Part::Number(number.clone())),
            Kind::Run(text) if is_word(text) => leaf(Part::Run(text.clone())),
            Kind::Not => Ok(Typed::Not(Box::new(self.one()?))),
            Kind::Open => self.parenthesis(),
            Kind::StrayQuote => Err(self.mistake(self.end, "a closing quotation mark", 1)),
            Kind::Close if self.empty_parenthesis() => {
                Err(self.mistake(token.span.start, WANTED, 2))
            }
            _ => Err(self.mistake(token.span.start, WANTED, 1)),
        }
    }

    fn parenthesis(&mut self) -> Result<Typed, Mistake> {
        let place = self.next - 1;
        let inside = self.either()?;
        if self.take(&Kind::Close) {
            return Ok(inside);
        }
        Err(Mistake { at: self.end, expected: "a closing parenthesis", blame: place })
    }

    fn empty_parenthesis(&self) -> bool {
        self.next > 1 && self.tokens[self.next - 2].kind == Kind::Open
    }
}

/// A run without any letter, digit or Han character looks for nothing.
fn is_word(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

fn one_or(mut all: Vec<Typed>, join: fn(Vec<Typed>) -> Typed) -> Typed {
    if all.len() == 1 { all.remove(0) } else { join(all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(typed: &Typed) -> String {
        let all = |inner: &[Typed], sign: &str| {
            format!("({})", inner.iter().map(shown).collect::<Vec<_>>().join(sign))
        };
        match typed {
            Typed::Leaf(Part::Quoted(text)) => format!("\"{text}\""),
            Typed::Leaf(Part::Number(number)) => format!("#{number}"),
            Typed::Leaf(Part::Run(text)) => text.clone(),
            Typed::Row(inner) => all(inner, " "),
            Typed::And(inner) => all(inner, " & "),
            Typed::Or(inner) => all(inner, " | "),
            Typed::Not(inner) => format!("!{}", shown(inner)),
        }
    }

    fn strictly(question: &str) -> String {
        match strict(question) {
            Ok(typed) => typed.as_ref().map_or_else(String::new, shown),
            Err(refused) => refused.to_string(),
        }
    }

    #[test]
    fn or_binds_weakest() {
        assert_eq!(strictly("甲 乙 OR 丙 AND -丁"), "((甲 乙) | (丙 & !丁))");
        assert_eq!(strictly("甲 (乙 OR \"丙 丁\") NOT 戊"), "(甲 (乙 | \"丙 丁\") !戊)");
        assert_eq!(strictly("灵政发2019 4号 -甲"), "(#灵政发〔2019〕4号 !甲)");
        assert_eq!(strictly("  "), "");
    }

    #[test]
    fn strict_says_where_and_what() {
        let word = "a word, a quoted string or an opening parenthesis";
        for (question, at, expected) in [
            ("甲 OR", 4, word),
            ("AND 甲", 0, word),
            ("甲 AND OR 乙", 6, word),
            ("甲 ()", 3, word),
            ("(甲 乙", 4, "a closing parenthesis"),
            ("甲) 乙", 1, "no closing parenthesis here"),
            ("甲 \"乙", 4, "a closing quotation mark"),
            ("甲 \"\"", 2, "text between the quotation marks"),
            ("甲 -", 2, word),
        ] {
            assert_eq!(
                strictly(question),
                format!("at character {at}: expected {expected}"),
                "{question}"
            );
        }
    }

    #[test]
    fn simple_reads_what_it_can() {
        for (question, reading, dropped) in [
            ("甲 OR", "甲", "OR"),
            ("AND 甲 ) 乙", "(甲 乙)", "AND )"),
            ("甲 AND OR 乙", "(甲 & 乙)", "OR"),
            ("((甲 乙", "(甲 乙)", "( ("),
            ("甲 () 乙", "(甲 乙)", "( )"),
            ("甲 \"乙", "(甲 乙)", "\""),
            ("- — 甲", "甲", "- —"),
            ("()", "", "( )"),
            ("\"\" NOT", "", "NOT \"\""),
        ] {
            let (typed, mut signs) = simple(question, true).unwrap();
            let mut want: Vec<&str> = dropped.split(' ').collect();
            signs.sort();
            want.sort_unstable();
            assert_eq!(typed.as_ref().map_or_else(String::new, shown), reading, "{question}");
            assert_eq!(signs, want, "{question}");
        }
    }

    #[test]
    fn limits_hold_in_both() {
        let many = vec!["a"; 65].join(" ");
        assert!(matches!(strict(&many), Err(Refused::TooManyLeaves { found: 65 })));
        assert!(matches!(simple(&many, true), Err(Refused::TooManyLeaves { found: 65 })));
        assert!(strict(&vec!["a"; 64].join(" ")).is_ok());
        let deep = |n: usize| format!("{}a{}", "(".repeat(n), ")".repeat(n));
        assert!(strict(&deep(8)).is_ok());
        assert!(matches!(strict(&deep(9)), Err(Refused::TooDeep)));
        assert!(matches!(simple(&deep(9), true), Err(Refused::TooDeep)));
        assert!(matches!(strict("NOT NOT NOT NOT NOT NOT NOT NOT NOT a"), Err(Refused::TooDeep)));
    }
}
