//! Words that stand for each other in questions: `index/synonyms.txt`.

use std::collections::HashMap;

use crate::config::{Mistake, source::Source};

/// What is also looked for where a word is typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Synonym {
    /// What is typed.
    pub typed: String,
    /// What is looked for as well; several strings must stand in one document together.
    pub also: Vec<String>,
    /// What it counts beside the typed word, 0 to 1.
    pub weight: f32,
}

/// What a word counts where the file says nothing.
const TWO_WAY: f32 = 0.9;
const ONE_WAY: f32 = 0.6;
/// The longest word, in characters, and the most words of a line.
const LONGEST_WORD: usize = 32;
const MOST_WORDS: usize = 32;

/// Reads the file: `a, b` two-way, `a => b, c` one-way, `b 0.4` weighs, `b+c` joins; `#` begins a comment.
pub(super) fn read(source: &Source) -> (Vec<Synonym>, Vec<Mistake>) {
    let (mut all, mut mistakes) = (Vec::new(), Vec::new());
    let mut first_lines = HashMap::new();
    for (line, text) in (1..).zip(source.text.trim_start_matches('\u{feff}').lines()) {
        let entry = text.split('#').next().unwrap_or_default().trim();
        if entry.is_empty() {
            continue;
        }
        let mut report = |found: String, expected: &str| {
            let (file, expected) = (source.path.clone(), expected.to_owned());
            mistakes.push(Mistake { file, line, found, expected });
        };
        let Some(synonyms) = read_entry(entry) else {
            report(format!("{entry:?}"), ENTRY);
            continue;
        };
        for one in synonyms {
            let pair = (one.typed.clone(), one.also.clone());
            if let Some(first) = first_lines.get(&pair) {
                let found = format!("{} => {} as in line {first}", pair.0, pair.1.join("+"));
                report(found, "every pair once");
            } else {
                first_lines.insert(pair, line);
                all.push(one);
            }
        }
    }
    (all, mistakes)
}

const ENTRY: &str = "`a, b` or `a => b, c`; a weight from 0 to 1 may stand behind a word, `+` between words that \
                     belong together; words of 1 to 32 characters, at most 32 in a line";

fn read_entry(entry: &str) -> Option<Vec<Synonym>> {
    let (left, right) = match entry.split_once("=>") {
        Some((left, right)) => (words(left, 1.0)?, Some(words(right, ONE_WAY)?)),
        None => (words(entry, TWO_WAY)?, None),
    };
    let one_way = right.is_some();
    let right = right.unwrap_or_else(|| left.clone());
    let single = left.iter().all(|(word, _)| word.len() == 1);
    if !single || !one_way && left.len() < 2 {
        return None;
    }
    let mut all = Vec::new();
    for (typed, _) in &left {
        let others = right.iter().filter(|(also, _)| also != typed);
        all.extend(others.map(|(also, weight)| Synonym {
            typed: typed.concat(),
            also: also.clone(),
            weight: *weight,
        }));
    }
    (!all.is_empty()).then_some(all)
}

/// The words between commas with their weights; several strings of one word are joined by `+`.
fn words(list: &str, weight: f32) -> Option<Vec<(Vec<String>, f32)>> {
    let words: Option<Vec<_>> = list.split([',', '，']).map(|one| word(one, weight)).collect();
    words.filter(|words| words.len() <= MOST_WORDS)
}

fn word(one: &str, weight: f32) -> Option<(Vec<String>, f32)> {
    let one = one.trim();
    let (text, weight) = match one.rsplit_once(char::is_whitespace) {
        Some((text, number)) if number.starts_with(|c: char| c.is_ascii_digit()) => {
            (text, number.parse().ok().filter(|weight| (0.0..=1.0).contains(weight))?)
        }
        _ => (one, weight),
    };
    let parts: Vec<String> = text.split('+').map(|part| part.trim().to_owned()).collect();
    let fits = |part: &String| (1..=LONGEST_WORD).contains(&part.chars().count());
    parts.iter().all(fits).then_some((parts, weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> (Vec<Synonym>, Vec<Mistake>) {
        read(&Source { path: "synonyms.txt".into(), text: text.to_owned() })
    }

    #[test]
    fn both_ways_and_one_way() {
        let (all, mistakes) =
            read_text("# 说明\n低保, 最低生活保障\n退货 => 七日+退货 0.8, 无理由退货 # 网购\n");
        assert_eq!(mistakes, []);
        let shown: Vec<String> = all
            .iter()
            .map(|one| format!("{}>{}*{}", one.typed, one.also.join("&"), one.weight))
            .collect();
        assert_eq!(
            shown,
            [
                "低保>最低生活保障*0.9",
                "最低生活保障>低保*0.9",
                "退货>七日&退货*0.8",
                "退货>无理由退货*0.6"
            ]
        );
    }

    #[test]
    fn mistakes_are_named_by_line() {
        let (all, mistakes) = read_text("低保\n甲 => \n甲 => 乙 7\n甲 => 乙\n甲 => 丙, 乙\n");
        let lines: Vec<usize> = mistakes.iter().map(|mistake| mistake.line).collect();
        assert_eq!(lines, [1, 2, 3, 5]);
        assert_eq!(all.len(), 2);
    }
}
