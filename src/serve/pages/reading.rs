//! The best reading of what was typed: a page never answers a query with an error it can read past.

use crate::search::{Answer, FARTHEST_HIT, Facet, MOST_CHARACTERS, Note, Refused, Request, Syntax};
use crate::serve::library::Library;

/// How often a query is read anew before giving up.
const MOST_READINGS: usize = 12;

/// Answers a request, or the nearest one that can be answered; says in Chinese what was read differently.
pub(super) fn best_reading(
    library: &dyn Library,
    mut request: Request,
) -> Result<(Answer, Vec<String>), Refused> {
    let mut notes: Vec<String> = Vec::new();
    let mut readings = 1;
    loop {
        let refused = match library.search(&request) {
            Ok(answer) => {
                notes
                    .extend(answer.notes.iter().map(|note| in_words(note, answer.total_all_words)));
                return Ok((answer, notes));
            }
            Err(refused) => refused,
        };
        readings += 1;
        let Some(note) = read_past(&refused, &mut request) else { return Err(refused) };
        if readings > MOST_READINGS {
            return Err(refused);
        }
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
}

/// Changes the request so that it is no longer refused for this reason; `None` where nothing helps.
fn read_past(refused: &Refused, request: &mut Request) -> Option<String> {
    let is_strict = request.syntax == Syntax::Strict;
    match refused {
        Refused::TooLong { .. } => {
            shorten(&mut request.query, MOST_CHARACTERS);
            Some(format!("搜索内容过长，只用了前 {MOST_CHARACTERS} 个字。"))
        }
        Refused::TooManyLeaves { .. } => {
            let length = request.query.chars().count();
            shorten(&mut request.query, length / 2);
            Some("搜索词过多，只用了前面的一部分。".to_owned())
        }
        Refused::Syntax { at, .. } if is_strict => {
            request.syntax = Syntax::Simple;
            Some(format!("检索式第 {} 个字附近不符合语法，已按普通方式搜索。", at + 1))
        }
        Refused::TooDeep if is_strict => {
            request.syntax = Syntax::Simple;
            Some("检索式的括号层数过多，已按普通方式搜索。".to_owned())
        }
        Refused::Syntax { .. } | Refused::TooDeep => {
            let plain = request.query.replace(['(', ')', '（', '）', '"', '-'], " ");
            (plain != request.query).then(|| {
                request.query = plain;
                "搜索内容中的符号无法识别，已略去。".to_owned()
            })
        }
        Refused::TooManyWords { stem } => {
            let plain = request.query.replace(['*', '＊'], " ");
            (plain != request.query).then(|| {
                request.query = plain;
                format!("以 {stem} 开头的词太多，已按 {stem} 本身搜索。")
            })
        }
        Refused::Filter { facet, value, .. } => {
            let values = request.filters.of_mut(Facet::named(facet)?);
            let before = values.len();
            values.retain(|chosen| chosen != value);
            (values.len() < before).then(|| "有一项筛选条件无法识别，已略去。".to_owned())
        }
        Refused::TooFar if request.page > 1 => {
            request.page = 1;
            Some(format!("只能翻看前 {FARTHEST_HIT} 条结果，已回到第一页。"))
        }
        Refused::TooFar | Refused::Deadline | Refused::Internal(_) => None,
    }
}

/// What the engine did with the query, for readers.
fn in_words(note: &Note, with_all_words: u64) -> String {
    match note {
        Note::SignsIgnored(signs) => format!("已略去无法识别的符号：{}", signs.join(" ")),
        Note::QuestionWordsDropped(words) => format!("已略去疑问词：{}", words.join("、")),
        Note::ReadAsNumber(numbers) => format!("按文号搜索：{}", numbers.join("、")),
        Note::NumberNotFound(numbers) => {
            format!("没有收录文号为 {} 的文件，也没有文件提到这个文号。", numbers.join("、"))
        }
        Note::NumberReadAsWords(numbers) => {
            format!("没有文件以 {} 为文号或提到它，已按普通词语搜索。", numbers.join("、"))
        }
        Note::Corrected(slips) => {
            format!(
                "没有文件含有所输入的词，已更正：{}。要按原样搜索，请加引号。",
                slips.join("；")
            )
        }
        Note::DidYouMean(others) => format!("您要找的是不是：{}", others.join("；")),
        Note::Widened(words) => format!("也搜索了意思相同或相近的词：{}。", words.join("；")),
        Note::FewerWords(most) if with_all_words == 0 => {
            format!(
                "没有文件含有全部词语，列出的文件缺少其中一到 {most} 个，每条下面注明缺少什么。"
            )
        }
        Note::FewerWords(most) => format!(
            "只有 {with_all_words} 份文件含有全部词语，其余缺少其中一到 {most} 个，每条下面注明缺少什么。"
        ),
    }
}

fn shorten(text: &mut String, characters: usize) {
    if let Some((end, _)) = text.char_indices().nth(characters) {
        text.truncate(end);
    }
}
