//! Several documents in one text: where each begins and ends, and what between them belongs to none.
//!
//! Two things show that a text holds several: marks in order (第一篇：…, 第二篇：…), or the titles of annual reports of
//! different years or agencies with a report below each. Cuts are made between lines only, and every line is in
//! exactly one part or in what is told as debris. A text that shows neither is left whole.

use std::{collections::HashSet, ops::Range, sync::LazyLock};

use data_encoding::HEXLOWER;
use regex::Regex;
use sha2::{Digest, Sha256};

use crate::extract::{body::squeeze, dates, genre, issuer, report_year};
use crate::model::Warning;

/// How a text is parted.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Split {
    parts: Vec<Part>,
    debris: Vec<Debris>,
}

/// One document of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    /// Its title as the text prints it over the part.
    title: String,
    /// Which part it is, told by what it says and never by its place, so that a part before it may come or go.
    key: String,
    /// Its lines, in their order.
    lines: Vec<usize>,
}

/// Lines that belong to no document.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Debris {
    lines: Range<usize>,
    /// What they are taken for.
    why: &'static str,
}

/// One document of a text, with its own text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) title: String,
    pub(super) key: String,
    pub(super) text: String,
    /// Its lines among those of the whole text that are not blank.
    pub(super) lines: Vec<usize>,
}

/// The documents of a text, and what belongs to none of them; `None` when it is one document.
pub(super) fn of_text(text: &str, page_title: Option<&str>) -> Option<(Vec<Piece>, Vec<Warning>)> {
    let spans = lines_of(text);
    let lines: Vec<&str> = spans.iter().map(|span| &text[span.clone()]).collect();
    let split = split(&lines, page_title)?;
    let warnings = told(&split, &lines);
    let piece = |part: Part| Piece {
        text: text_of(text, &spans, &part),
        title: part.title,
        key: part.key,
        lines: part.lines,
    };
    Some((split.parts.into_iter().map(piece).collect(), warnings))
}

/// Parts a text, given as its lines that are not blank; `None` when it is one document. `page_title` is what names the
/// page: it may stand for the title of the first document.
fn split(lines: &[&str], page_title: Option<&str>) -> Option<Split> {
    let mut split = marked(lines).or_else(|| reports(lines, page_title))?;
    let mut known = HashSet::new();
    for part in &mut split.parts {
        if known.insert(part.key.clone()) {
            continue;
        }
        // Two of one heading: the later one is told by how it begins.
        let opening = part.lines.iter().map(|line| lines[*line]).find(|line| is_prose(line));
        part.key = format!("{} {}", part.key, hash(opening.unwrap_or_default()));
        if !known.insert(part.key.clone()) {
            return None;
        }
    }
    Some(split)
}

/// Says what was kept out of all documents, and how much it is.
fn told(split: &Split, lines: &[&str]) -> Vec<Warning> {
    let one = |debris: &Debris| {
        let chars: usize = lines[debris.lines.clone()].iter().map(|line| count(line)).sum();
        let detail = format!(
            "{} lines with {chars} characters belong to none of the documents: {}",
            debris.lines.len(),
            debris.why
        );
        Warning::new("debris", detail)
    };
    split.debris.iter().map(one).collect()
}

/// The text of a part: its lines with what stands between them in the whole text, where they follow each other.
fn text_of(text: &str, spans: &[Range<usize>], part: &Part) -> String {
    let mut joined = String::new();
    let mut before: Option<usize> = None;
    for line in &part.lines {
        let span = spans[*line].clone();
        match before {
            Some(last) if last + 1 == *line => joined.push_str(&text[spans[last].end..span.end]),
            Some(_) => joined.extend(["\n\n", &text[span]]),
            None => joined.push_str(&text[span]),
        }
        before = Some(*line);
    }
    joined
}

/// The lines of a text that are not blank, without blanks at their ends, as places in it.
fn lines_of(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        if !bare.is_empty() {
            let from = start + (line.len() - line.trim_start().len());
            spans.push(from..from + bare.len());
        }
        start += line.len();
    }
    spans
}

fn hash(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(squeeze(text).as_bytes())[..6])
}

fn count(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

fn ends_a_sentence(line: &str) -> bool {
    let line = line.trim_end_matches(['”', '"', '）', ')', '’']);
    line.ends_with(['。', '！', '？', '；', '!', '?', ';'])
}

fn is_prose(line: &str) -> bool {
    count(line) >= 30 && !is_snippet(line)
}

/// `第一篇：社区工作总结`, `篇二：…`
static MARK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let digit = "[一二三四五六七八九]";
    let number = format!("(?:{digit}?十{digit}?|{digit}|[0-9]{{1,2}})");
    Regex::new(&format!(r"^(?:第(?<a>{number})篇|篇(?<b>{number}))\s*[：:]\s*(?<title>\S.*)$")).ok()
});
/// A part with fewer characters is an entry of a table of contents.
const SHORTEST_MARKED: usize = 150;
/// Longest title, in characters.
const LONGEST_TITLE: usize = 60;

/// What a line marks: which part, and its title.
fn mark(line: &str) -> Option<(u32, String)> {
    let found = MARK.as_ref()?.captures(line.trim())?;
    let title = found["title"].trim().trim_end_matches('。').to_owned();
    let number = found.name("a").or_else(|| found.name("b"))?.as_str();
    let number = number.parse().ok().or_else(|| dates::numeral(number))?;
    (title.chars().count() <= LONGEST_TITLE).then_some((number, title))
}

/// By marks that count from one without a gap; what stands before the first is a table of contents or furniture.
fn marked(lines: &[&str]) -> Option<Split> {
    let marks = lines.iter().enumerate().filter_map(|(at, line)| Some((at, mark(line)?)));
    let mut marks: Vec<(usize, (u32, String))> = marks.collect();
    let first = marks.iter().rposition(|(_, (number, _))| *number == 1)?;
    marks.drain(..first);
    let in_order = marks.iter().zip(1..).all(|((_, (number, _)), place)| *number == place);
    if marks.len() < 2 || !in_order {
        return None;
    }
    let ends = marks.iter().skip(1).map(|(at, _)| *at).chain([lines.len()]);
    let parts: Vec<(Range<usize>, &str)> =
        marks.iter().zip(ends).map(|((at, (_, title)), end)| (*at..end, &**title)).collect();
    let whole = |range: &Range<usize>| {
        let body = &lines[range.start + 1..range.end];
        body.iter().map(|line| count(line)).sum::<usize>() >= SHORTEST_MARKED
            && body.iter().any(|line| ends_a_sentence(line))
    };
    // The chapters of a plan are counted likewise, but are no documents.
    let documents = parts.iter().filter(|(_, title)| names_a_document(title)).count();
    if documents * 2 <= parts.len() || !parts.iter().all(|(range, _)| whole(range)) {
        return None;
    }
    let start = parts[0].0.start;
    let before = Debris { lines: 0..start, why: "it stands before the first document" };
    let parts = parts.into_iter().map(|(range, title)| {
        let title = fuller_title(&lines[range.start + 1..range.end], title);
        let key = format!("heading {}", hash(&title));
        Part { title, key, lines: range.collect() }
    });
    let debris = if start > 0 { vec![before] } else { Vec::new() };
    Some(Split { parts: parts.collect(), debris })
}

fn names_a_document(title: &str) -> bool {
    let other = ["材料", "汇报", "讲话", "发言", "心得", "体会", "范文", "倡议书", "制度", "要点"];
    genre::of_title(title).is_some() || other.iter().any(|word| title.ends_with(word))
}

/// The title as the first lines of a part print it, where they say more than its mark.
fn fuller_title(body: &[&str], marked: &str) -> String {
    let bare = squeeze(marked);
    let own = body.iter().take(3).map(|line| line.trim().trim_end_matches('。'));
    let fuller = own
        .filter(|line| line.chars().count() <= LONGEST_TITLE)
        .find(|line| squeeze(line).len() > bare.len() && squeeze(line).ends_with(&bare));
    fuller.unwrap_or(marked).to_owned()
}

/// The title of an annual report, alone in its line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Heading {
    title: String,
    year: i16,
    agency: String,
}

/// Longest title of a report, in characters without blanks.
const LONGEST_HEADING: usize = 50;

fn heading(line: &str) -> Option<Heading> {
    if line.len() > 4 * LONGEST_TITLE || line.contains('\t') {
        return None;
    }
    let printed = line.trim().trim_end_matches(['。', '.']).trim_end();
    let bare = squeeze(printed);
    let ends = ["报告", "年报"].iter().any(|word| bare.ends_with(word));
    let quotes =
        bare.contains(['，', ',', '。', '；', ';', '：', ':', '《', '》', '？', '、', '“']);
    let says = ["现", "根据", "按照", "本", "编制", "公布", "附"];
    let other = ["请示", "部署", "培训", "编制", "说明", "模板", "述职", "计划"];
    if !ends
        || quotes
        || bare.chars().count() > LONGEST_HEADING
        || says.iter().any(|word| bare.starts_with(word))
        || other.iter().any(|word| bare.contains(word))
        || !report_year::is_annual_report(&bare)
    {
        return None;
    }
    let year = report_year::in_title(&bare)?;
    let agency = issuer::implied(&bare, None).map(|issuer| issuer.value).unwrap_or_default();
    Some(Heading { title: printed.to_owned(), year, agency })
}

impl Heading {
    fn key(&self) -> String {
        if self.agency.is_empty() {
            return format!("report {} heading {}", self.year, hash(&self.title));
        }
        format!("report {} {}", self.year, self.agency)
    }
}

/// A report has so many characters, and so many lines, below its title.
const SHORTEST_REPORT: usize = 300;
const FEWEST_LINES: usize = 3;
/// More prose before the first title than this is a document that names no title: it is not cut off.
const LONGEST_LEAD: usize = 300;

/// By titles of annual reports with a report below each.
fn reports(lines: &[&str], page_title: Option<&str>) -> Option<Split> {
    let found = lines.iter().enumerate().filter_map(|(at, line)| Some((at, heading(line)?)));
    let mut headings: Vec<(usize, Heading)> = found.collect();
    let lead = headings.first()?.0;
    let prose: usize =
        lines[..lead].iter().filter(|line| !is_snippet(line)).map(|line| count(line)).sum();
    if prose > LONGEST_LEAD {
        // The title of the first one may stand above the text.
        headings.insert(0, (0, page_title.and_then(heading)?));
    }
    // A title that is repeated begins nothing new.
    headings.dedup_by(|later, earlier| later.1.key() == earlier.1.key());
    let ends = headings.iter().skip(1).map(|(at, _)| *at).chain([lines.len()]);
    let ends: Vec<usize> = ends.collect();
    let mut split = Split { parts: Vec::new(), debris: Vec::new() };
    if headings[0].0 > 0 {
        let why = "it stands before the first document";
        split.debris.push(Debris { lines: 0..headings[0].0, why });
    }
    for ((start, heading), end) in headings.iter().zip(ends) {
        let own = without_snippets(lines, *start..end);
        if !is_report(&lines[own.clone()]) {
            split
                .debris
                .push(Debris { lines: *start..end, why: "no more than the opening of a report" });
            continue;
        }
        if own.end < end {
            split.debris.push(Debris {
                lines: own.end..end,
                why: "texts cut off as lists of search results do",
            });
        }
        let (title, key) = (heading.title.clone(), heading.key());
        split.parts.push(Part { title, key, lines: own.collect() });
    }
    let reported: HashSet<&str> = split.parts.iter().map(|part| &*part.key).collect();
    (reported.len() > 1).then_some(split)
}

/// Whether there is more below a title than an opening that breaks off, or a list of links.
fn is_report(lines: &[&str]) -> bool {
    let body: Vec<&&str> = lines.iter().filter(|line| heading(line).is_none()).collect();
    body.len() >= FEWEST_LINES
        && body.iter().map(|line| count(line)).sum::<usize>() >= SHORTEST_REPORT
        && body.iter().any(|line| ends_a_sentence(line))
}

/// Drops the texts that break off at the end of a part, and the lines that name them.
fn without_snippets(lines: &[&str], part: Range<usize>) -> Range<usize> {
    let mut end = part.end;
    let mut at = part.end;
    while at > part.start + 1 {
        let line = lines[at - 1];
        if is_snippet(line) {
            end = at - 1;
        } else if !(end < part.end || at == part.end) || !names_snippet(lines, at - 1, &part) {
            break;
        }
        at -= 1;
    }
    part.start..end
}

/// A text that breaks off: what a list of search results shows of it.
fn is_snippet(line: &str) -> bool {
    let line = line.trim_end();
    let cut = line.ends_with("...") || (line.ends_with('…') && !line.ends_with("……"));
    cut && count(line) >= 30
}

/// A short line between two texts that break off.
fn names_snippet(lines: &[&str], at: usize, part: &Range<usize>) -> bool {
    let line = lines[at];
    let between = at > part.start + 1
        && is_snippet(lines[at - 1])
        && lines.get(at + 1).is_some_and(|next| at + 1 < part.end && is_snippet(next));
    between
        && count(line) <= LONGEST_TITLE
        && !ends_a_sentence(line)
        && dates::alone(line).is_none()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn titles_of_reports_stand_alone() {
        let of = |line: &str| heading(line).map(|found| (found.year, found.agency));
        let pair = |year: i16, agency: &str| Some((year, agency.to_owned()));
        assert_eq!(of("2009年灵洲市人民政府信息公开年度报告。"), pair(2009, "灵洲市人民政府"));
        assert_eq!(of("灵洲市教育局 2011 年政府信息公开年度报告"), pair(2011, "灵洲市教育局"));
        assert_eq!(of("2019年政府信息公开工作年度报告"), pair(2019, ""));
        for line in [
            "现公布灵洲市2013年政府信息公开工作年度报告",
            "关于编制2013年政府信息公开工作年度报告",
            "《灵洲市2013年政府信息公开工作年度报告》",
            "灵洲市政府信息公开年度报告",
            "灵洲市2013年政府信息公开情况统计表",
        ] {
            assert_eq!(of(line), None, "{line}");
        }
    }

    #[test]
    fn marks_count_from_one() {
        assert_eq!(mark("第十二篇：工作总结"), Some((12, "工作总结".to_owned())));
        assert_eq!(mark("篇二:工作总结。"), Some((2, "工作总结".to_owned())));
        assert_eq!(mark("第一篇 总则"), None);
    }

    const LINES: [&str; 12] = [
        "2009年灵洲市人民政府信息公开年度报告。",
        "灵洲市教育局2013年政府信息公开工作年度报告",
        "第一篇：政务公开工作总结",
        "第二篇：政务公开工作总结",
        "第三篇：经验交流材料",
        "一、概述",
        "全年主动公开政府信息三百条，受理申请四件，均按时答复，群众普遍满意，没有收取任何费用。",
        "为规范政府信息公开工作，保障公民依法获取政府信息，根据有关法律、法规，结合实际，制定...",
        "灵洲市教育局",
        "2014年3月1日",
        "指标\t件\t3",
        "短",
    ];

    proptest! {
        /// Every line is in one part or in the debris, once, in its order; cuts are between lines.
        #[test]
        fn no_line_is_lost_or_doubled(picked in prop::collection::vec((0..LINES.len(), 1..12_usize), 0..40)) {
            let lines: Vec<String> = picked
                .iter()
                .map(|(line, times)| match LINES[*line] {
                    prose if prose.ends_with('。') && prose.chars().count() > 30 => prose.repeat(*times),
                    other => other.to_owned(),
                })
                .collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let Some(split) = split(&lines, Some("2008年灵洲市人民政府信息公开年度报告")) else { return Ok(()) };
            let mut seen: Vec<usize> = split.parts.iter().flat_map(|part| part.lines.clone()).collect();
            seen.extend(split.debris.iter().flat_map(|debris| debris.lines.clone()));
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..lines.len()).collect::<Vec<_>>());
            prop_assert!(split.parts.iter().all(|part| part.lines.is_sorted() && !part.lines.is_empty()));
            prop_assert!(split.parts.len() > 1);
            let text = lines.join("\n\n");
            let (pieces, warnings) = of_text(&text, Some("2008年灵洲市人民政府信息公开年度报告")).unwrap();
            prop_assert_eq!(warnings.len(), split.debris.len());
            for (piece, part) in pieces.iter().zip(&split.parts) {
                let own: Vec<&str> = part.lines.iter().map(|line| lines[*line]).collect();
                prop_assert_eq!(&piece.text, &own.join("\n\n"));
            }
        }
    }
}
