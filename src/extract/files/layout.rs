//! Glyphs with positions → lines and paragraphs as they are read, rows of tables among them.
//!
//! Content streams are in the order of drawing, so tables come column by column or worse; the places on the page say
//! what stands in one row. Nothing here knows which format the glyphs came from.

use std::collections::HashSet;

/// One glyph of a page, in units of the page, y growing downwards.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Glyph {
    pub(super) text: String,
    /// Left end of its baseline.
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    /// Height of its em.
    pub(super) size: f64,
}

impl Glyph {
    fn end(&self) -> f64 {
        self.x + self.width
    }
}

/// An upright line that is drawn on a page, as the borders of cells are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rule {
    pub(super) x: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// Rules of one page that are looked at.
pub(super) const MOST_RULES: usize = 4_000;
/// Rules nearer than this part of an em are the two edges of one.
const ONE_RULE: f64 = 0.4;

/// Glyphs whose baselines differ by less than this part of an em stand on one line.
const SAME_LINE: f64 = 0.45;
/// A gap wider than this part of an em parts cells of a table.
const CELL_GAP: f64 = 1.5;
/// A gap wider than this part of an em parts words.
const WORD_GAP: f64 = 0.2;
/// A line further right than this part of an em begins a paragraph.
const INDENT: f64 = 1.2;

/// The text of a page, from its glyphs and the rules between them.
pub(super) fn text(glyphs: Vec<Glyph>, rules: &[Rule]) -> String {
    let mut glyphs: Vec<Glyph> = glyphs.into_iter().filter(is_usable).collect();
    drop_doubles(&mut glyphs);
    let mut lines = lines(glyphs, rules);
    drop_page_numbers(&mut lines);
    paragraphs(&lines)
}

fn is_usable(glyph: &Glyph) -> bool {
    let finite = [glyph.x, glyph.y, glyph.width, glyph.size].iter().all(|n| n.is_finite());
    finite && glyph.size > 0.0 && !glyph.text.is_empty()
}

/// Bold type is often a glyph drawn twice, a hair apart.
fn drop_doubles(glyphs: &mut Vec<Glyph>) {
    let mut seen: HashSet<(String, i64, i64)> = HashSet::new();
    glyphs.retain(|glyph| {
        if glyph.text.trim().is_empty() {
            return true;
        }
        let step = 0.3 * glyph.size;
        let (x, y) = (cell(glyph.x / step), cell(glyph.y / step));
        let near = [-1, 0, 1].iter().any(|dx| {
            [-1, 0, 1].iter().any(|dy| seen.contains(&(glyph.text.clone(), x + dx, y + dy)))
        });
        if !near {
            seen.insert((glyph.text.clone(), x, y));
        }
        !near
    });
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "places on a page are small; a wild one saturates"
)]
fn cell(at: f64) -> i64 {
    at.round().clamp(-1e15, 1e15) as i64
}

/// Glyphs of one baseline, from left to right.
#[derive(Debug)]
struct Line {
    text: String,
    y: f64,
    left: f64,
    right: f64,
    size: f64,
    is_row: bool,
}

fn lines(mut glyphs: Vec<Glyph>, rules: &[Rule]) -> Vec<Line> {
    glyphs.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut lines: Vec<Line> = Vec::new();
    let mut open: Vec<Glyph> = Vec::new();
    let mut baseline = 0.0;
    for glyph in glyphs {
        let size = open.first().map_or(glyph.size, |first| first.size.min(glyph.size));
        if !open.is_empty() && glyph.y - baseline > SAME_LINE * size.max(1e-3) {
            lines.extend(line(std::mem::take(&mut open), rules));
        }
        if open.is_empty() {
            baseline = glyph.y;
        }
        open.push(glyph);
    }
    lines.extend(line(open, rules));
    lines
}

fn line(mut glyphs: Vec<Glyph>, rules: &[Rule]) -> Option<Line> {
    glyphs.sort_by(|a, b| a.x.total_cmp(&b.x));
    let borders = borders(glyphs.first()?, rules);
    let blank = |glyph: &Glyph| glyph.text.chars().all(char::is_whitespace);
    let mut text = String::new();
    let mut end: Option<f64> = None;
    let (mut is_row, mut spaced) = (false, false);
    let seen: Vec<&Glyph> = glyphs.iter().collect();
    for glyph in &seen {
        if blank(glyph) {
            spaced = true;
            continue;
        }
        let gap = end.map_or(0.0, |end| (glyph.x - end) / glyph.size);
        let crossed = end.map_or(0, |end| crossed(&borders, end, glyph));
        if crossed > 0 || (end.is_some() && gap > CELL_GAP) {
            text.extend(std::iter::repeat_n('\t', crossed.max(1)));
            is_row = true;
        } else if end.is_some() && (spaced || gap > WORD_GAP) && wants_blank(&text, &glyph.text) {
            text.push(' ');
        }
        text.push_str(&glyph.text);
        end = Some(end.unwrap_or(f64::MIN).max(glyph.end()));
        spaced = false;
    }
    let visible: Vec<&&Glyph> = seen.iter().filter(|glyph| !blank(glyph)).collect();
    let first = visible.first()?;
    let size = median(visible.iter().map(|glyph| glyph.size).collect());
    Some(Line { text, y: first.y, left: first.x, right: end?, size, is_row })
}

/// Where rules cut through a line, from left to right.
fn borders(first: &Glyph, rules: &[Rule]) -> Vec<f64> {
    let middle = first.y - 0.3 * first.size;
    let mut borders: Vec<f64> = rules
        .iter()
        .filter(|rule| rule.top <= middle && middle <= rule.bottom)
        .map(|rule| rule.x)
        .collect();
    borders.sort_by(f64::total_cmp);
    borders.dedup_by(|next, before| *next - *before < ONE_RULE * first.size);
    borders
}

/// How many rules stand between the end of a glyph and the next one; glyphs hang over their borders a little.
fn crossed(borders: &[f64], end: f64, next: &Glyph) -> usize {
    let slack = 0.2 * next.size;
    let from = borders.partition_point(|border| *border < end - slack);
    let to = borders.partition_point(|border| *border <= next.x + slack);
    to.saturating_sub(from)
}

/// Between two Chinese characters a small gap is typesetting and no blank.
fn wants_blank(before: &str, after: &str) -> bool {
    let wide = |c: Option<char>| c.is_some_and(|c| c >= '\u{2e80}');
    !(wide(before.chars().next_back()) || wide(after.chars().next()))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// The first and the last line go when they number the page and say nothing else.
fn drop_page_numbers(lines: &mut Vec<Line>) {
    if lines.len() > 1 && lines.last().is_some_and(|line| is_page_number(&line.text)) {
        lines.pop();
    }
    if lines.len() > 1 && lines.first().is_some_and(|line| is_page_number(&line.text)) {
        lines.remove(0);
    }
}

/// `- 3 -`, `3 / 10`, `第3页`, `第 3 页 共 10 页`.
fn is_page_number(line: &str) -> bool {
    let rest: String = line
        .chars()
        .filter(|c| !c.is_whitespace() && !"-—–－―_/·,，第页共頁〜~".contains(*c))
        .collect();
    (1..=8).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit())
}

fn paragraphs(lines: &[Line]) -> String {
    let left = median_low(lines.iter().filter(|line| !line.is_row).map(|line| line.left).collect());
    let right = lines.iter().filter(|line| !line.is_row).map(|l| l.right).fold(f64::MIN, f64::max);
    let usual = median(lines.windows(2).map(|two| two[1].y - two[0].y).collect());
    let mut text = String::new();
    let mut before: Option<&Line> = None;
    for line in lines {
        if let Some(before) = before {
            let begins = line.is_row
                || before.is_row
                || line.left > left + INDENT * line.size
                || line.y - before.y > 1.4 * usual + 0.2 * line.size
                || before.right < left + 0.6 * (right - left);
            text.push_str(if begins { "\n\n" } else { "\n" });
        }
        text.push_str(&line.text);
        before = Some(line);
    }
    text
}

/// The left margin: one line in ten may hang out of it.
fn median_low(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 10).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Characters of size 10 from a place on, ten units apart.
    fn set(text: &str, x: f64, y: f64) -> Vec<Glyph> {
        let at = (0..).map(|n| x + 10.0 * f64::from(n));
        let glyph = |(c, x): (char, f64)| Glyph { text: c.into(), x, y, width: 10.0, size: 10.0 };
        text.chars().zip(at).map(glyph).collect()
    }

    fn read(pieces: &[(&str, f64, f64)]) -> String {
        text(pieces.iter().flat_map(|(text, x, y)| set(text, *x, *y)).collect(), &[])
    }

    #[test]
    fn rules_part_cells_that_touch_and_count_empty_ones() {
        let rules = [10.0, 11.0, 30.0, 50.0].map(|x| Rule { x, top: 0.0, bottom: 40.0 });
        let glyphs =
            [("甲", 0.0, 20.0), ("乙", 11.0, 20.0), ("丙", 52.0, 20.0), ("丁戊", 5.0, 60.0)];
        let glyphs = glyphs.iter().flat_map(|(text, x, y)| set(text, *x, *y)).collect();
        assert_eq!(text(glyphs, &rules), "甲\t乙\t\t丙\n\n丁戊");
    }

    #[test]
    fn tables_come_row_by_row_however_they_were_drawn() {
        let table =
            [("项目", 0.0, 10.0), ("收到", 0.0, 30.0), ("数量", 90.0, 10.5), ("7", 90.0, 29.0)];
        assert_eq!(read(&table), "项目\t数量\n\n收到\t7");
    }

    #[test]
    fn lines_of_a_paragraph_stay_together() {
        let page = [
            ("关于公开的通知", 30.0, 0.0),
            ("各区县人民政府各部门", 20.0, 30.0),
            ("直属机构以及其他单位：", 0.0, 45.0),
            ("现将有关事项通知如", 20.0, 60.0),
            ("下。", 0.0, 75.0),
            ("—3—", 50.0, 200.0),
        ];
        assert_eq!(
            read(&page),
            "关于公开的通知\n\n各区县人民政府各部门\n直属机构以及其他单位：\n\n现将有关事项通知如\n下。"
        );
    }

    #[test]
    fn doubles_are_dropped_and_words_parted() {
        assert_eq!(read(&[("粗", 0.0, 0.0), ("粗", 0.4, 0.1), ("粗", 10.0, 0.0)]), "粗粗");
        assert_eq!(read(&[("ab", 0.0, 0.0), ("cd", 23.0, 0.0), ("字", 46.0, 0.0)]), "ab cd字");
    }

    #[test]
    fn wild_places_do_no_harm() {
        let wild = |x, y| Glyph { text: "字".into(), x, y, width: f64::MAX, size: 1e-300 };
        let rules = [Rule { x: f64::NAN, top: f64::MIN, bottom: f64::MAX }];
        let _text =
            text(vec![wild(f64::MAX, f64::MIN), wild(0.0, 0.0), wild(f64::NAN, 0.0)], &rules);
        assert_eq!(text(Vec::new(), &rules), "");
    }
}
