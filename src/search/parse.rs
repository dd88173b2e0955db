//! Tokens → tree. One grammar for both syntaxes; `simple` drops what stands wrong until it reads.
//!
//! ```text
//! either  = both { OR both }
//! both    = close { [AND] close }
//! close   = one { NEAR/n one }
//! one     = ( NOT | - ) close | place: value | "string" | number | run | ( either )
//! ```

use crate::search::{
    MOST_DEPTH, MOST_LEAVES, Refused,
    facet::Facet,
    fields::Place,
    lexer::{Kind, Token, tokens},
    names::Names,
    numbers::WantedNumber,
};
use crate::text::{BARRIER, fold, fold_quoted, is_han};

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
    /// A folded string in the title.
    Title(String),
    /// A folded string in the name of an agency.
    Agency(String),
    /// One of these values of a facet.
    Value(Facet, Vec<String>),
    /// A run of letters and digits that begins so, folded.
    Prefix(String),
    /// Two folded strings in one paragraph, in any order, with at most so many characters between.
    Near(u32, String, String),
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
pub(super) fn strict(question: &str, names: &Names) -> Result<Option<Typed>, Refused> {
    let tokens = tokens(question, true);
    check_limits(&tokens)?;
    let chars: Vec<char> = question.chars().collect();
    parse(&tokens, &chars, names)
        .map_err(|mistake| Refused::Syntax { at: mistake.at, expected: mistake.expected })
}

/// Reads a question as well as it can be read, and says which of its signs were passed over.
pub(super) fn simple(
    question: &str,
    spot_numbers: bool,
    names: &Names,
) -> Result<(Option<Typed>, Vec<String>), Refused> {
    let mut tokens = tokens(question, spot_numbers);
    let chars: Vec<char> = question.chars().collect();
    let mut dropped = Vec::new();
    loop {
        match parse(&tokens, &chars, names) {
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

fn parse(tokens: &[Token], chars: &[char], names: &Names) -> Result<Option<Typed>, Mistake> {
    if tokens.is_empty() {
        return Ok(None);
    }
    let mut parser = Parser { tokens, chars, names, end: chars.len(), next: 0, depth: 0 };
    let typed = parser.either()?;
    match parser.peek() {
        None => Ok(Some(typed)),
        Some(token) => Err(parser.mistake(token.span.start, "no closing parenthesis here", 0)),
    }
}

/// Recursion ends at [`MOST_DEPTH`] in `strict`, at [`DEEPEST`] in `simple`, which drops signs until limits are kept.
struct Parser<'t> {
    tokens: &'t [Token],
    chars: &'t [char],
    names: &'t Names,
    end: usize,
    next: usize,
    depth: usize,
}

/// Deeper signs are passed over.
const DEEPEST: usize = 32;

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
        let (mut all, mut row) = (Vec::new(), vec![self.close()?]);
        loop {
            match self.peek().map(|token| &token.kind) {
                None | Some(Kind::Or | Kind::Close) => break,
                Some(Kind::And) => {
                    self.next += 1;
                    all.push(one_or(std::mem::take(&mut row), Typed::Row));
                    row.push(self.close()?);
                }
                Some(_) => row.push(self.close()?),
            }
        }
        all.push(one_or(row, Typed::Row));
        Ok(one_or(all, Typed::And))
    }

    /// Things that must stand close to each other; each pair of neighbours is one leaf.
    fn close(&mut self) -> Result<Typed, Mistake> {
        let mut last = self.one()?;
        let mut pairs = Vec::new();
        while let Some(&Token { kind: Kind::Near(far), ref span }) = self.peek() {
            let sign = self.next;
            self.next += 1;
            let next = self.one()?;
            let Some((a, b)) = close_string(&last).zip(close_string(&next)) else {
                let expected = "two words or quoted strings of two characters or more beside NEAR";
                return Err(Mistake { at: span.start, expected, blame: sign });
            };
            pairs.push(Typed::Leaf(Part::Near(far, a, b)));
            last = next;
        }
        if pairs.is_empty() { Ok(last) } else { Ok(one_or(pairs, Typed::And)) }
    }

    fn one(&mut self) -> Result<Typed, Mistake> {
        self.depth += 1;
        let one = self.any_one();
        self.depth -= 1;
        one
    }

    fn any_one(&mut self) -> Result<Typed, Mistake> {
        const WANTED: &str = "a word, a quoted string or an opening parenthesis";
        let Some(token) = self.peek() else {
            return Err(self.mistake(self.end, WANTED, 1));
        };
        self.next += 1;
        if self.depth > DEEPEST {
            return Err(self.mistake(token.span.start, "less nesting", 1));
        }
        let leaf = |part| Ok(Typed::Leaf(part));
        match &token.kind {
            Kind::Quoted(text) if text.is_empty() => {
                Err(self.mistake(token.span.start, "text between the quotation marks", 1))
            }
            Kind::Quoted(text) => leaf(Part::Quoted(text.clone())),
            Kind::Number(number) => leaf(Part::Number(number.clone())),
            Kind::Run(text) if is_word(text) => leaf(run(text)),
            Kind::Place(place) => self.placed(*place),
            Kind::BadNear => {
                Err(self.mistake(token.span.start, "NEAR/ with a number from 1 to 100", 1))
            }
            Kind::Not => Ok(Typed::Not(Box::new(self.close()?))),
            Kind::Open => self.parenthesis(),
            Kind::StrayQuote => Err(self.mistake(self.end, "a closing quotation mark", 1)),
            Kind::Close if self.empty_parenthesis() => {
                Err(self.mistake(token.span.start, WANTED, 2))
            }
            _ => Err(self.mistake(token.span.start, WANTED, 1)),
        }
    }

    /// The value after a colon.
    fn placed(&mut self, place: Place) -> Result<Typed, Mistake> {
        let sign = self.next - 1;
        let Some(token) = self.peek() else {
            return Err(self.mistake(self.end, "a value after the colon", 1));
        };
        let mistake = |expected| Mistake { at: token.span.start, expected, blame: sign };
        let text = match &token.kind {
            Kind::Quoted(text) => text.clone(),
            Kind::Run(_) | Kind::Number(_) => self.chars[token.span.clone()].iter().collect(),
            _ => return Err(mistake("a value after the colon")),
        };
        self.next += 1;
        place.part(&text, self.names).map(Typed::Leaf).map_err(mistake)
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

/// A run as it is looked for: `gov*` stands for every run of letters and digits that begins so.
fn run(text: &str) -> Part {
    let folded = fold(text).text;
    let stem = folded.trim_end_matches('*');
    let is_latin = stem.chars().all(|c| c.is_alphanumeric() && !is_han(c));
    if stem.len() < folded.len() && !stem.is_empty() && is_latin {
        return Part::Prefix(stem.to_owned());
    }
    Part::Run(text.to_owned())
}

/// A string that can stand close to another one: its place in the text can be told.
fn close_string(typed: &Typed) -> Option<String> {
    let text = match typed {
        Typed::Leaf(Part::Quoted(text)) => fold_quoted(text),
        Typed::Leaf(Part::Run(text)) => fold(text).text,
        _ => return None,
    };
    (text.chars().count() > 1 && !text.contains(BARRIER)).then_some(text)
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
            Typed::Leaf(Part::Title(text)) => format!("title:{text}"),
            Typed::Leaf(Part::Agency(text)) => format!("agency:{text}"),
            Typed::Leaf(Part::Value(facet, values)) => {
                format!("{}:{}", facet.name(), values.join(","))
            }
            Typed::Leaf(Part::Prefix(stem)) => format!("{stem}*"),
            Typed::Leaf(Part::Near(far, a, b)) => format!("{a}~{far}~{b}"),
            Typed::Row(inner) => all(inner, " "),
            Typed::And(inner) => all(inner, " & "),
            Typed::Or(inner) => all(inner, " | "),
            Typed::Not(inner) => format!("!{}", shown(inner)),
        }
    }

    fn strict(question: &str) -> Result<Option<Typed>, Refused> {
        let mut names = Names::default();
        names.add(Facet::Category, "policy", "政策文件");
        names.add(Facet::Region, "990100", "灵洲市");
        super::strict(question, &names)
    }

    fn simple(question: &str, numbers: bool) -> Result<(Option<Typed>, Vec<String>), Refused> {
        super::simple(question, numbers, &Names::default())
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
    fn places_have_values() {
        for (question, reading) in [
            ("title:预算 year:2011..2015", "(title:预算 year:2011..2015)"),
            ("标题：“部门 预算” -年份：２０１９", "(title:部门预算 !year:2019)"),
            (
                "category:政策文件 OR category:work/annual",
                "(category:policy | category:work/annual)",
            ),
            ("region:灵洲市 region:330000", "(region:990100 region:330000)"),
            ("agency:财政局 number:灵政发2019 4", "(agency:财政局 #灵政发〔2019〕4号)"),
            ("number:灵政办发", "#灵政办发"),
            ("number:7", "#7号"),
            ("title:灵政发〔2019〕4号", "title:灵政发(2019)4号"),
            ("gov* ＧＯＶ* 公开*", "(gov* gov* 公开*)"),
            ("公开 NEAR/5 \"信 息\" 收费", "(公开~5~信息 收费)"),
            ("甲 NOT 公开 NEAR/5 信息", "(甲 !公开~5~信息)"),
            ("公开 NEAR/5 信息 NEAR/3 收费", "(公开~5~信息 & 信息~3~收费)"),
        ] {
            assert_eq!(strictly(question), reading, "{question}");
        }
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
            ("甲 title:", 8, "a value after the colon"),
            ("title:(甲)", 6, "a value after the colon"),
            ("year:二零", 5, "a year such as 2019 or a span such as 2011..2015"),
            ("甲 region:某地", 9, "a region code of six digits or the name of a region"),
            ("甲 NEAR/0 乙", 2, "NEAR/ with a number from 1 to 100"),
            (
                "甲乙 NEAR/2 (丙丁 OR 戊)",
                3,
                "two words or quoted strings of two characters or more beside NEAR",
            ),
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
            ("title: 预算", "title:预算", ""),
            ("year:最近 预算", "(最近 预算)", "year:"),
            ("预算 title:", "预算", "title:"),
            ("甲 NEAR/3 乙", "(甲 乙)", "NEAR/3"),
            ("预算 NEAR/x 公开", "(预算 公开)", "NEAR/x"),
        ] {
            let (typed, mut signs) = simple(question, true).unwrap();
            let mut want: Vec<&str> = dropped.split_whitespace().collect();
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
