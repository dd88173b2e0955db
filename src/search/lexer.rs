//! A question as a row of tokens, each with its place.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::search::{
    fields::{Place, place_before_colon},
    numbers::{Spot, WantedNumber, spot},
};

/// The most characters that `NEAR` lets stand between.
pub(super) const FARTHEST: u32 = 100;

/// A piece of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Where it stands, in characters.
    pub(super) span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `"exact string"`, without its marks.
    Quoted(String),
    /// A quote mark without its partner.
    StrayQuote,
    /// A document number.
    Number(WantedNumber),
    /// Characters without blanks.
    Run(String),
    Open,
    Close,
    And,
    Or,
    Not,
    /// `NEAR/5`: so many characters may stand between.
    Near(u32),
    /// `NEAR/` with something else.
    BadNear,
    /// `title:` and its kin; the next token is the value.
    Place(Place),
}

/// Opening quote marks and what closes each; a mark of another kind inside is text.
const QUOTES: [(char, &str); 7] = [
    ('"', "\""),
    ('＂', "＂\""),
    ('“', "”"),
    ('”', "”“"),
    ('「', "」"),
    ('『', "』"),
    ('〝', "〞〟"),
];

/// Cuts a question into tokens. Never fails: what is wrong with their order is for the parser to say.
pub(super) fn tokens(question: &str, spot_numbers: bool) -> Vec<Token> {
    let chars: Vec<char> = question.chars().collect();
    let mut tokens = Vec::new();
    let mut plain_from = 0;
    let mut at = 0;
    while at < chars.len() {
        let Some(closers) = closers_of(chars[at]) else {
            at += 1;
            continue;
        };
        plain(&chars, plain_from..at, spot_numbers, &mut tokens);
        let end = (at + 1..chars.len()).find(|&i| closers.contains(chars[i]));
        let (kind, next) = match end {
            Some(end) => (Kind::Quoted(chars[at + 1..end].iter().collect()), end + 1),
            None => (Kind::StrayQuote, at + 1),
        };
        tokens.push(Token { kind, span: at..next });
        (at, plain_from) = (next, next);
    }
    plain(&chars, plain_from..chars.len(), spot_numbers, &mut tokens);
    tokens
}

fn closers_of(c: char) -> Option<&'static str> {
    QUOTES.iter().find(|(open, _)| *open == c).map(|&(_, closers)| closers)
}

/// The tokens of a part without quotes.
fn plain(chars: &[char], part: Range<usize>, numbers: bool, tokens: &mut Vec<Token>) {
    let spots = if numbers { spot(&chars[part.clone()]) } else { Vec::new() };
    let mut from = part.start;
    for Spot { wanted, span } in spots {
        let span = part.start + span.start..part.start + span.end;
        words(chars, from..span.start, tokens);
        from = span.end;
        tokens.push(Token { kind: Kind::Number(wanted), span });
    }
    words(chars, from..part.end, tokens);
}

/// The tokens of a part that holds only runs, operators and parentheses.
fn words(chars: &[char], part: Range<usize>, tokens: &mut Vec<Token>) {
    let mut at = part.start;
    while at < part.end {
        let start = at;
        at += 1;
        let begins = !narrow(chars[start]).is_whitespace();
        let place = place_before_colon(&chars[start..part.end]).filter(|_| begins);
        if let Some((place, length)) = place {
            at = start + length;
            tokens.push(Token { kind: Kind::Place(place), span: start..at });
            continue;
        }
        let kind = match narrow(chars[start]) {
            c if c.is_whitespace() => continue,
            '(' => Kind::Open,
            ')' => Kind::Close,
            '-' if begins_word(chars, start, &part) => Kind::Not,
            _ => {
                while at < part.end && !ends_run(narrow(chars[at])) {
                    at += 1;
                }
                operator(&chars[start..at])
            }
        };
        tokens.push(Token { kind, span: start..at });
    }
}

fn ends_run(c: char) -> bool {
    c.is_whitespace() || c == '(' || c == ')'
}

/// Whether a dash negates what follows: a blank, a bracket or nothing before it, and no blank after it.
fn begins_word(chars: &[char], at: usize, part: &Range<usize>) -> bool {
    let before = at.checked_sub(1).map_or(' ', |before| narrow(chars[before]));
    let after = chars.get(at + 1).map_or(' ', |&after| narrow(after));
    (before.is_whitespace() || before == '(' || at == part.start && closers_of(before).is_none())
        && !after.is_whitespace()
        && after != ')'
}

fn operator(run: &[char]) -> Kind {
    let word: String = run.iter().map(|&c| narrow(c)).collect();
    match word.as_str() {
        "AND" | "&&" => Kind::And,
        "OR" | "||" | "|" => Kind::Or,
        "NOT" => Kind::Not,
        _ if word.starts_with("NEAR/") => near(&word["NEAR/".len()..]),
        _ => Kind::Run(run.iter().collect()),
    }
}

fn near(distance: &str) -> Kind {
    let is_number = distance.bytes().all(|byte| byte.is_ascii_digit());
    let distance = distance.parse().ok().filter(|far| is_number && (1..=FARTHEST).contains(far));
    distance.map_or(Kind::BadNear, Kind::Near)
}

/// Half-width form of one character; the other brackets are no grouping.
fn narrow(c: char) -> char {
    let mut folded = c.nfkc();
    match (folded.next(), folded.next()) {
        (Some('–' | '−'), None) => '-',
        (Some(one), None) => one,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(question: &str) -> String {
        let one = |token: &Token| match &token.kind {
            Kind::Quoted(text) => format!("\"{text}\""),
            Kind::StrayQuote => "stray".to_owned(),
            Kind::Number(number) => format!("#{number}"),
            Kind::Run(text) => text.clone(),
            Kind::Open => "(".to_owned(),
            Kind::Close => ")".to_owned(),
            Kind::And => "&".to_owned(),
            Kind::Or => "|".to_owned(),
            Kind::Not => "!".to_owned(),
            Kind::Near(far) => format!("~{far}"),
            Kind::BadNear => "~?".to_owned(),
            Kind::Place(place) => format!("{place:?}:"),
        };
        tokens(question, true).iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn full_width_marks_count() {
        assert_eq!(shown("（低保　ＯＲ　“医保 卡”） －收费"), "( 低保 | \"医保 卡\" ) ! 收费");
        assert_eq!(shown("低保 -\"收 费\" NOT x"), "低保 ! \"收 费\" ! x");
        assert_eq!(shown("「依申请」公开"), "\"依申请\" 公开");
    }

    #[test]
    fn marks_inside_words_are_text() {
        assert_eq!(shown("2020-2021 互联网+监管 - a"), "2020-2021 互联网+监管 - a");
        assert_eq!(shown("\"所称“政府信息”是\""), "\"所称“政府信息”是\"");
        assert_eq!(shown("5\" 屏"), "5 stray 屏");
        assert_eq!(shown("5\"屏"), "5 stray 屏");
    }

    #[test]
    fn numbers_keep_their_brackets() {
        assert_eq!(
            shown("(国发(2019)4号 OR 财税2015第119号)"),
            "( #国发〔2019〕4号 | #财税〔2015〕119号 )"
        );
        assert_eq!(shown("\"国发(2019)4号\""), "\"国发(2019)4号\"");
        assert_eq!(shown("-国发2019 4号"), "! #国发〔2019〕4号");
    }

    #[test]
    fn places_and_distances_are_signs() {
        assert_eq!(shown("title:预算 标题：“决算”"), "Title: 预算 Title: \"决算\"");
        assert_eq!(shown("-year:2011..2015"), "! Facet(Year): 2011..2015");
        assert_eq!(shown("文号：国发〔2019〕4号"), "Number: #国发〔2019〕4号");
        assert_eq!(shown("时间:2019 http://a"), "时间:2019 http://a");
        assert_eq!(shown("甲 NEAR/5 乙 ＮＥＡＲ／７ 丙 NEAR/0 near/5"), "甲 ~5 乙 ~7 丙 ~? near/5");
    }

    #[test]
    fn places_count_characters() {
        let spans: Vec<Range<usize>> = tokens("办法 “暂行” 灵政发2019 4号", true)
            .into_iter()
            .map(|token| token.span)
            .collect();
        assert_eq!(spans, [0..2, 3..7, 8..18]);
    }
}
