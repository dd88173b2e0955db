//! The text of a report, laid out: headings of its parts, paragraphs, tables as they were read, each figure with an anchor.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::model::{Document, ReportFormat, Table, paragraphs};
use crate::serve::pages::report::marks::{Mark, Marks};

/// A report as it is shown.
pub(super) struct LaidOut {
    pub(super) contents: Vec<Section>,
    pub(super) blocks: Vec<Block>,
    pub(super) anchors: Anchors,
}

/// Where figures stand on the page.
#[derive(Debug, Default)]
pub(super) struct Anchors(HashMap<String, String>);

impl Anchors {
    /// The anchor of the figure with an id.
    pub(super) fn of(&self, metric: &str) -> Option<&str> {
        self.0.get(metric).map(String::as_str)
    }

    /// Names a place; each figure has one.
    fn add(&mut self, mark: &Mark<'_>) -> String {
        let anchor =
            format!("f-{}", mark.figure.metric.replace(|c: char| !c.is_alphanumeric(), "-"));
        self.0.insert(mark.figure.metric.clone(), anchor.clone());
        anchor
    }
}

/// A part of the report in the table of contents.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Section {
    title: String,
    /// `None`: a part that the form has and the text has not, as far as it was read.
    anchor: Option<String>,
}

/// What stands one below the other.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(super) enum Block {
    /// The heading of a part.
    Heading { text: String, anchor: String },
    /// A paragraph in pieces; `paragraph` is its number in the document.
    Text { paragraph: usize, pieces: Vec<Piece> },
    /// A table.
    Table { rows: Vec<Vec<Cell>> },
}

/// A piece of a paragraph: plain, or a figure.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Piece {
    text: String,
    note: Option<Note>,
}

/// A cell that is shown; those it covers are left out.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Cell {
    text: String,
    rows: usize,
    columns: usize,
    is_head: bool,
    note: Option<Note>,
    /// The paragraph of the document that is its row.
    paragraph: usize,
}

/// What is said at a figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Note {
    anchor: String,
    name: String,
    /// The value, where it is not what is printed.
    value: Option<String>,
    before: Option<String>,
    flags: Vec<String>,
    /// It belongs to a broken rule, whose sentence may stand elsewhere.
    is_flagged: bool,
    is_corrected: bool,
}

impl Note {
    fn of(mark: &Mark<'_>, printed: &str, anchors: &mut Anchors) -> Self {
        let value = mark.figure.value.map(|value| value.to_string());
        let corrected = mark.figure.correction.is_some();
        Self {
            anchor: anchors.add(mark),
            name: mark.name(),
            value: value.filter(|value| corrected && value != printed.trim()),
            before: mark.before.map(|before| before.to_string()),
            flags: mark.own_flags.clone(),
            is_flagged: !mark.flags.is_empty(),
            is_corrected: corrected,
        }
    }
}

/// The six parts of the forms of 2019 and 2021, by words of their headings.
const SIX: [(&str, &str); 6] = [
    ("总体情况", "总体情况"),
    ("主动公开政府信息情况", "主动公开"),
    ("收到和处理政府信息公开申请情况", "申请情况"),
    ("政府信息公开行政复议、行政诉讼情况", "诉讼"),
    ("存在的主要问题及改进情况", "问题"),
    ("其他需要报告的事项", "其他"),
];
const ORDINALS: [char; 10] = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];
/// A heading is no longer than this.
const LONGEST_HEADING: usize = 40;

/// Lays a report out.
pub(super) fn lay_out(
    document: &Document,
    marks: &Marks<'_>,
    format: Option<ReportFormat>,
) -> LaidOut {
    let mut anchors = Anchors::default();
    let mut blocks = Vec::new();
    let mut headings: Vec<(String, String)> = Vec::new();
    let mut figures = TextFigures::of(&document.text, marks);
    let mut covered = 0;
    for (paragraph, text) in paragraphs(&document.text).enumerate() {
        let table = document.tables.iter().enumerate().find(|(_, t)| t.paragraph == paragraph);
        if let Some((n, table)) = table {
            blocks.push(Block::Table { rows: grid(n, table, marks, &mut anchors) });
            covered = paragraph + rows_with_text(table);
        }
        if paragraph < covered {
            continue;
        }
        let start = text.as_ptr() as usize - document.text.as_ptr() as usize;
        let last = headings.len();
        match ordinal(text).filter(|at| *at >= last && *at <= last + 2) {
            Some(_) => {
                let anchor = format!("part-{}", headings.len() + 1);
                headings.push((text.to_owned(), anchor.clone()));
                blocks.push(Block::Heading { text: text.to_owned(), anchor });
            }
            None => blocks
                .push(Block::Text { paragraph, pieces: figures.pieces(start, text, &mut anchors) }),
        }
    }
    LaidOut { contents: contents(&headings, format), blocks, anchors }
}

/// Of a heading such as `三、收到和处理…`: which it is, from 0.
fn ordinal(text: &str) -> Option<usize> {
    if text.contains('\n') || text.chars().count() > LONGEST_HEADING {
        return None;
    }
    let mut chars = text.chars();
    let at = ORDINALS.iter().position(|known| chars.clone().next() == Some(*known))?;
    chars.next();
    let sign = chars.next()?;
    (matches!(sign, '、' | '.' | '．') && !text.ends_with(['。', '；', '，'])).then_some(at)
}

/// The headings, and for the forms with six parts those that were not found.
fn contents(headings: &[(String, String)], format: Option<ReportFormat>) -> Vec<Section> {
    let known = |title: String, anchor: String| Section { title, anchor: Some(anchor) };
    let has_six = matches!(format, Some(ReportFormat::Tables2019 | ReportFormat::Tables2021));
    if !has_six {
        return headings.iter().cloned().map(|(title, anchor)| known(title, anchor)).collect();
    }
    let part = |(at, (title, word)): (usize, &(&str, &str))| {
        let found = headings.iter().find(|(text, _)| {
            ordinal(text) == Some(at) && text.contains(word)
                || text.contains(word) && ordinal(text).is_none_or(|other| other == at)
        });
        match found {
            Some((text, anchor)) => known(text.clone(), anchor.clone()),
            None => Section { title: format!("{}、{title}", ORDINALS[at]), anchor: None },
        }
    };
    SIX.iter().enumerate().map(part).collect()
}

fn rows_with_text(table: &Table) -> usize {
    table.rows.iter().filter(|row| has_text(row)).count()
}

fn has_text(row: &[String]) -> bool {
    row.iter().any(|cell| !cell.trim().is_empty())
}

/// The cells of a table that are shown, row by row.
fn grid(n: usize, table: &Table, marks: &Marks<'_>, anchors: &mut Anchors) -> Vec<Vec<Cell>> {
    let figures = marks.in_table(n);
    let mut hidden: HashSet<(usize, usize)> = HashSet::new();
    let mut sizes: HashMap<(usize, usize), (usize, usize)> = HashMap::new();
    for span in &table.spans {
        sizes.insert((span.row, span.column), (span.rows, span.columns));
        for row in span.row..(span.row + span.rows).min(table.rows.len()) {
            let columns = span.column..(span.column + span.columns).min(table.rows[row].len());
            hidden.extend(columns.map(|column| (row, column)));
        }
        hidden.remove(&(span.row, span.column));
    }
    let mut paragraph = table.paragraph;
    let mut rows = Vec::new();
    for (row, cells) in table.rows.iter().enumerate() {
        let shown = (0..).zip(cells).filter(|(column, _)| !hidden.contains(&(row, *column)));
        let cell = |(column, text): (usize, &String)| {
            let (rows, columns) = sizes.get(&(row, column)).copied().unwrap_or((1, 1));
            let mark = figures.get(&(row, column));
            Cell {
                note: mark.map(|mark| Note::of(mark, text, anchors)),
                is_head: mark.is_none() && !text.trim().is_empty() && column == 0,
                text: text.trim().to_owned(),
                rows,
                columns,
                paragraph,
            }
        };
        rows.push(shown.map(cell).collect());
        paragraph += usize::from(has_text(cells));
    }
    rows
}

/// The figures of the text that are still to come, by bytes.
struct TextFigures<'m, 'r> {
    coming: std::iter::Peekable<std::vec::IntoIter<(usize, usize, &'m Mark<'r>)>>,
}

impl<'m, 'r> TextFigures<'m, 'r> {
    fn of(text: &str, marks: &'m Marks<'r>) -> Self {
        let wanted = marks.in_text();
        let last = wanted.iter().map(|((_, to), _)| *to).max().unwrap_or(0);
        let bytes: Vec<usize> =
            text.char_indices().map(|(at, _)| at).chain([text.len()]).take(last + 1).collect();
        let place = |((from, to), mark): ((usize, usize), &'m Mark<'r>)| {
            Some((*bytes.get(from)?, *bytes.get(to)?, mark))
        };
        let all: Vec<_> = wanted.into_iter().filter_map(place).collect();
        Self { coming: all.into_iter().peekable() }
    }

    /// A paragraph in pieces; it starts at a byte of the text.
    fn pieces(&mut self, start: usize, text: &str, anchors: &mut Anchors) -> Vec<Piece> {
        let plain = |text: &str| Piece { text: text.to_owned(), note: None };
        let mut pieces = Vec::new();
        let mut done = 0;
        while let Some((from, to, mark)) =
            self.coming.next_if(|(from, ..)| *from < start + text.len())
        {
            let (Some(from), Some(to)) = (from.checked_sub(start), to.checked_sub(start)) else {
                continue;
            };
            // Two figures may be read from the same words; the first one is shown there.
            let (Some(before), Some(own)) = (text.get(done..from), text.get(from..to)) else {
                continue;
            };
            if !before.is_empty() {
                pieces.push(plain(before));
            }
            let note = Some(Note::of(mark, own, anchors));
            pieces.push(Piece { text: own.to_owned(), note });
            done = to;
        }
        if let Some(rest) = text.get(done..).filter(|rest| !rest.is_empty()) {
            pieces.push(plain(rest));
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_short_and_numbered() {
        for (text, at) in [
            ("一、总体情况", Some(0)),
            ("三、收到和处理政府信息公开申请情况", Some(2)),
            ("六、其他需要报告的事项", Some(5)),
            ("一、本年新收政府信息公开申请数量为零。", None),
            ("二是加强培训", None),
            ("总体情况", None),
        ] {
            assert_eq!(ordinal(text), at, "{text}");
        }
    }

    #[test]
    fn a_part_that_is_not_there_is_said_so() {
        let heading = |text: &str, n: usize| (text.to_owned(), format!("part-{n}"));
        let found = [heading("一、总体情况", 1), heading("三、收到和处理政府信息公开申请情况", 2)];
        let six = contents(&found, Some(ReportFormat::Tables2021));
        let told: Vec<_> = six.iter().map(|part| part.anchor.as_deref()).collect();
        assert_eq!(told, [Some("part-1"), None, Some("part-2"), None, None, None]);
        assert_eq!(six[5].title, "六、其他需要报告的事项");
        assert_eq!(contents(&found, Some(ReportFormat::Narrative)).len(), 2);
    }
}
