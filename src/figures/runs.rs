//! Tables whose rows stand in a text without anything between cells that tells them apart, or with blanks only.
//!
//! The labels of the form are looked for one after the other; what stands between two of them is the cells of a row.

use std::ops::Range;

use crate::figures::cuts::{self, Decision, Digits, Part};
use crate::figures::metrics::{FormRow, Metric, Metrics};
use crate::figures::number;
use crate::figures::squeeze::{Squeezed, squeeze};
use crate::model::{Amount, Figure, Method, Place};

/// What sentences say that may decide between cuts: the value of a prose figure.
pub(super) type Stated<'a> = dyn Fn(&str) -> Option<f64> + 'a;

/// The runs of a text.
pub(super) struct Runs<'t> {
    text: &'t Squeezed,
    place: Place,
    art20: Vec<Run<'static>>,
    requests: Vec<Run<'static>>,
    review: Option<Range<usize>>,
}

/// The cells of a row in a text.
struct Run<'m> {
    row: FormRow<'m>,
    /// From the label to the last cell.
    whole: Range<usize>,
    /// The cells.
    cells: Range<usize>,
}

/// Labels of groups of rows: they hold no cells of their own.
const GROUPS: [&str; 5] =
    ["三、本年度办理结果", "(三)不予公开", "(四)无法提供", "(五)不予处理", "(六)其他处理1."];
/// Bytes within which the next label follows.
const NEAR: usize = 600;
/// How table C ends above its numbers.
const REVIEW_HEAD: &str = "结果维持结果纠正其他结果尚未审结总计";

impl<'t> Runs<'t> {
    /// Looks for the tables of 2019 and 2021 in a text.
    pub(super) fn find(text: &'t Squeezed, place: Place) -> Self {
        let metrics = Metrics::built_in();
        let edition = if text.text.contains("本年制发件数") { "2021" } else { "2019" };
        let begin = text.text.find("第二十条第(一)项").or_else(|| text.text.find("信息内容"));
        let art20 = begin.map(|at| rows_of(text, at, metrics.rows("art20", edition)));
        let begin = text.text.find("本年新收政府信息公开申请数量").map(|at| at.saturating_sub(12));
        let begin = begin.map(|at| text.text.floor_char_boundary(at));
        let requests = begin.map(|at| rows_of(text, at, metrics.rows("requests", "any")));
        let mut requests = requests.unwrap_or_default();
        // 其他处理 is a row of its own in 2019 and the head of three in 2021.
        let has_parts = requests.iter().any(|run| run.row.label.starts_with("(六)其他处理 "));
        requests
            .retain(|run| !has_parts || run.row.label != "(六)其他处理" || !run.cells.is_empty());
        let twice = text.text.find(&REVIEW_HEAD.repeat(2)).map(|at| at + 2 * REVIEW_HEAD.len());
        let review = twice.map(|at| at..at + values_from(&text.text[at..]));
        Self { text, place, art20: art20.unwrap_or_default(), requests, review }
    }

    /// Where the tables stand: no sentences are looked for there.
    pub(super) fn ranges(&self) -> Vec<Range<usize>> {
        let span = |runs: &[Run<'_>]| {
            let (first, last) = (runs.first()?, runs.last()?);
            Some(first.whole.start..last.whole.end)
        };
        [span(&self.art20), span(&self.requests), self.review.clone()]
            .into_iter()
            .flatten()
            .collect()
    }

    /// The figures of the tables; `stated` are those of the sentences.
    pub(super) fn read(&self, stated: &Stated<'_>) -> Vec<Figure> {
        let mut figures = Vec::new();
        for run in &self.art20 {
            figures.extend(self.art20_row(run, stated));
        }
        figures.extend(self.request_rows(stated));
        figures.extend(self.review_row());
        figures
    }

    /// The pieces of a run: what white space parts.
    fn pieces(&self, cells: &Range<usize>) -> Vec<&str> {
        let pieces = self.text.pieces(cells.clone());
        pieces.into_iter().map(|piece| &self.text.text[piece]).collect()
    }

    fn figure(
        &self,
        metric: &Metric,
        run: &Range<usize>,
        value: Option<Amount>,
        method: Method,
    ) -> Figure {
        metric.figure_in(self.text, run.clone(), value, method, &self.place)
    }

    /// A row of table A.
    fn art20_row(&self, run: &Run<'_>, stated: &Stated<'_>) -> Vec<Figure> {
        let metrics = &run.row.metrics;
        let nothing =
            |method| metrics.iter().map(|m| self.figure(m, &run.cells, None, method)).collect();
        let printed = &self.text.text[run.cells.clone()];
        if printed.is_empty() {
            return nothing(Method::Cell);
        }
        let pieces: Vec<&str> =
            self.pieces(&run.cells).into_iter().flat_map(parted_by_signs).collect();
        let (cells, method) = match pieces.len() {
            count if count == metrics.len() => (pieces, Method::Cell),
            count if count > metrics.len() => return nothing(Method::Digits),
            _ => {
                let mut all = cut_pieces(&pieces, metrics.len());
                // Only what was added or taken away is printed with a sign.
                let signed = |cell: &str| cell.starts_with(['+', '-', '增', '减']);
                all.retain(|cut| {
                    let own = cut.iter().zip(metrics);
                    own.filter(|(cell, _)| signed(cell)).all(|(_, m)| m.id.ends_with("_change"))
                });
                let agreeing = agreeing(&all, metrics, stated);
                match (&all[..], &agreeing[..]) {
                    ([only], _) => (only.clone(), Method::Digits),
                    (_, [only]) => ((*only).clone(), Method::Prose),
                    _ => return self.certain_pieces(run, &pieces, &all),
                }
            }
        };
        let figure = |(metric, cell): (&&Metric, &str)| {
            self.figure(metric, &run.cells, number::amount(cell, &metric.unit), method)
        };
        metrics.iter().zip(cells).map(figure).collect()
    }

    /// What is the same in every cut: the number before a sign.
    fn certain_pieces(&self, run: &Run<'_>, pieces: &[&str], all: &[Vec<&str>]) -> Vec<Figure> {
        let same = |at: usize| {
            let first = all.first()?.get(at)?;
            // A lone run may as well have lost a blank cell.
            (pieces.len() > 1 && all.iter().all(|cut| cut[at] == *first)).then_some(*first)
        };
        let figure = |(at, metric): (usize, &&Metric)| {
            let value = same(at).and_then(|cell| number::amount(cell, &metric.unit));
            self.figure(metric, &run.cells, value, Method::Digits)
        };
        run.row.metrics.iter().enumerate().map(figure).collect()
    }

    /// The rows of table B, all together: the sums of columns go through them.
    fn request_rows(&self, stated: &Stated<'_>) -> Vec<Figure> {
        let joined = |run: &Run<'_>| -> String { self.pieces(&run.cells).concat() };
        let parted = |run: &Run<'_>| self.pieces(&run.cells).len() == cuts::COLUMNS;
        let all_digits = |run: &Run<'_>| joined(run).bytes().all(|b| b.is_ascii_digit());
        let is_joined = |run: &&Run<'_>| !parted(run) && all_digits(run);
        let digits: Vec<Digits> = self
            .requests
            .iter()
            .filter(is_joined)
            .map(|run| Digits { part: part_of(&run.row), digits: joined(run) })
            .collect();
        // Where other rows are not among the digits, sums of columns would lack them.
        let is_whole = digits.len() == self.requests.len();
        let received = stated("prose_requests_received");
        let decisions: Vec<Decision> = if is_whole {
            cuts::requests(&digits, received)
        } else {
            digits.chunks(1).flat_map(|row| cuts::requests(row, None)).collect()
        };
        let mut decisions = decisions.into_iter();
        let mut figures = Vec::new();
        for run in &self.requests {
            let decision = if is_joined(&run) { decisions.next() } else { None };
            let pieces = self.pieces(&run.cells);
            for (column, metric) in run.row.metrics.iter().enumerate() {
                let amount = |value: u32| Some(Amount(f64::from(value)));
                let is_total = column + 1 == cuts::COLUMNS;
                let (value, method) = match &decision {
                    None if parted(run) => {
                        (number::amount(pieces[column], &metric.unit), Method::Cell)
                    }
                    None | Some(Decision::Unknown) => (None, Method::Digits),
                    Some(Decision::Blank) => (None, Method::Cell),
                    Some(Decision::Cells(cells, method)) => (amount(cells[column]), *method),
                    Some(Decision::Total(total)) if is_total => (amount(*total), Method::Prose),
                    Some(Decision::Total(_)) => (None, Method::Digits),
                };
                figures.push(self.figure(metric, &run.cells, value, method));
            }
        }
        figures
    }

    /// The fifteen numbers of table C.
    fn review_row(&self) -> Vec<Figure> {
        let Some(range) = &self.review else { return Vec::new() };
        let form = Metrics::built_in().rows("review_litigation", "any");
        let metrics: Vec<&Metric> = form.into_iter().flat_map(|row| row.metrics).collect();
        let pieces = self.pieces(range);
        let digits = pieces.concat();
        let single: Vec<&str> =
            digits.char_indices().map(|(at, c)| &digits[at..at + c.len_utf8()]).collect();
        let (cells, method): (Vec<&str>, Method) = if pieces.len() == metrics.len() {
            (pieces, Method::Cell)
        } else if single.len() == metrics.len() {
            (single, Method::Digits)
        } else if let Some(cells) = three_blocks(&digits) {
            (cells, Method::RowSum)
        } else {
            (Vec::new(), Method::Digits)
        };
        let figure = |(at, metric): (usize, &&Metric)| {
            let value = cells.get(at).and_then(|cell| number::amount(cell, &metric.unit));
            self.figure(metric, range, value, method)
        };
        metrics.iter().enumerate().map(figure).collect()
    }
}

fn part_of(row: &FormRow<'_>) -> Part {
    match row.metrics.first().map_or("", |metric| metric.id.as_str()) {
        id if id.starts_with("req_new_received") => Part::Received,
        id if id.starts_with("req_carried_in") => Part::CarriedIn,
        id if id.starts_with("req_processed_total") => Part::Processed,
        id if id.starts_with("req_carried_out") => Part::CarriedOut,
        _ => Part::Result,
    }
}

/// The rows of a form in a text from a place on.
fn rows_of<'m>(text: &Squeezed, from: usize, form: Vec<FormRow<'m>>) -> Vec<Run<'m>> {
    let mut runs: Vec<Run<'m>> = Vec::new();
    let mut at = from;
    for row in form {
        let printed = squeeze(row.label.rsplit(' ').next().unwrap_or_default());
        // The last of several that are printed alike only where the ones before it are there.
        if printed == "3.其他"
            && !runs.last().is_some_and(|run| run.row.label.starts_with("(六)其他处理 "))
        {
            continue;
        }
        let end = text.text.floor_char_boundary((at + NEAR).min(text.text.len()));
        let near = &text.text[at..end];
        let found = near.find(&printed).map(|start| start..start + printed.len());
        let bare = printed.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let found = found.or_else(|| near.find(bare).map(|start| start..start + bare.len()));
        let Some(label) = found.map(|label| at + label.start..at + label.end) else { continue };
        if let Some(last) = runs.last_mut() {
            let bound = without_group(&text.text[last.cells.start..label.start]);
            last.cells.end = last.cells.start + values_from(bound);
        }
        at = behind_brackets(&text.text, label.end);
        let cells = at..at + values_from(&text.text[at..]);
        runs.push(Run { row, whole: label.start..cells.end, cells });
    }
    runs
}

/// `(区分处理的,只计这一情形,不计其他情形)` behind a label belongs to it.
fn behind_brackets(text: &str, at: usize) -> usize {
    let Some(inner) = text[at..].strip_prefix('(') else { return at };
    let end = inner
        .find(')')
        .filter(|end| *end < 120 && !inner.starts_with(|c| "一二三四五六七".contains(c)));
    end.map_or(at, |end| at + 1 + end + 1)
}

/// What stands before the label of a group.
fn without_group(text: &str) -> &str {
    let first = GROUPS.iter().filter_map(|group| text.find(group)).min();
    &text[..first.unwrap_or(text.len())]
}

/// How many bytes of a text are numbers, signs and units.
fn values_from(text: &str) -> usize {
    const OTHERS: &str = ".,+-/件项笔条个份万亿元增减少加无";
    text.find(|c: char| !c.is_ascii_digit() && !OTHERS.contains(c)).unwrap_or(text.len())
}

/// `156-5997` → `156`, `-5997`; `150件1368件` → `150件`, `1368件`.
fn parted_by_signs(piece: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, c) in piece.char_indices() {
        let begins = match before {
            Some(last) if matches!(c, '+' | '-' | '增' | '减') => !matches!(last, '+' | '-'),
            Some(last) => {
                let is_unit = |c: char| !c.is_ascii_digit() && !".,+-增减加少".contains(c);
                c.is_ascii_digit() && is_unit(last)
            }
            None => false,
        };
        if begins {
            parts.push(&piece[start..at]);
            start = at;
        }
        before = Some(c);
    }
    if start < piece.len() {
        parts.push(&piece[start..]);
    }
    parts
}

/// All ways to cut pieces further until there are so many cells; signs and units stay with their digits.
fn cut_pieces<'p>(pieces: &[&'p str], count: usize) -> Vec<Vec<&'p str>> {
    let Some((first, rest)) = pieces.split_first() else {
        return if count == 0 { vec![Vec::new()] } else { Vec::new() };
    };
    let mut all = Vec::new();
    for own in 1..=count.saturating_sub(rest.len()) {
        for head in cut_piece(first, own) {
            for tail in cut_pieces(rest, count - own) {
                all.push(head.iter().copied().chain(tail).collect());
            }
        }
    }
    all
}

fn cut_piece(piece: &str, count: usize) -> Vec<Vec<&str>> {
    if count == 1 {
        return vec![vec![piece]];
    }
    let sign = piece.find(|c: char| c.is_ascii_digit()).unwrap_or(piece.len());
    let digits = piece[sign..].bytes().take_while(u8::is_ascii_digit).count();
    let (run, tail) = piece[sign..].split_at(digits);
    let mut all = Vec::new();
    for parts in cuts::parts(run, count) {
        let mut cells = Vec::new();
        let mut at = 0;
        for (n, part) in parts.iter().enumerate() {
            let start = if n == 0 { 0 } else { at };
            at = if n == 0 { sign + part.len() } else { at + part.len() };
            let end = if n + 1 == count { at + tail.len() } else { at };
            cells.push(&piece[start..end]);
        }
        all.push(cells);
    }
    all
}

/// The cuts that agree with what sentences state; a statement that no cut agrees with decides nothing.
fn agreeing<'c, 'p>(
    all: &'c [Vec<&'p str>],
    metrics: &[&Metric],
    stated: &Stated<'_>,
) -> Vec<&'c Vec<&'p str>> {
    let mut left: Vec<&Vec<&str>> = all.iter().collect();
    let mut decided = false;
    for (at, metric) in metrics.iter().enumerate() {
        let Some(value) = sentence_for(&metric.id).and_then(stated) else { continue };
        let agrees = |cut: &&&Vec<&str>| {
            number::amount(cut[at], &metric.unit).is_some_and(|v| v.is(Amount(value)))
        };
        let agreed: Vec<&Vec<&str>> = left.iter().filter(|cut| agrees(cut)).copied().collect();
        if !agreed.is_empty() {
            (left, decided) = (agreed, true);
        }
    }
    if decided { left } else { Vec::new() }
}

/// The prose figure that counts the same as a cell of table A.
fn sentence_for(metric: &str) -> Option<&'static str> {
    match metric {
        "art20_1_normdocs_issued" | "art20_1_normdocs_new_made" => Some("prose_normdocs_issued"),
        "art20_1_normdocs_repealed" => Some("prose_normdocs_repealed"),
        "art20_1_normdocs_in_force" => Some("prose_normdocs_in_force"),
        _ => None,
    }
}

/// The only way to cut digits into three blocks of four numbers and their sum.
fn three_blocks(digits: &str) -> Option<Vec<&str>> {
    let sums = |block: &[&str]| -> bool {
        let numbers: Option<Vec<u64>> = block.iter().map(|part| part.parse().ok()).collect();
        numbers.is_some_and(|n| n[..4].iter().sum::<u64>() == n[4])
    };
    let block = |digits: &'_ str| -> Vec<usize> {
        // Lengths of the first block that can be.
        (5..=digits.len())
            .filter(|end| cuts::parts(&digits[..*end], 5).iter().any(|b| sums(b)))
            .collect()
    };
    if digits.len() > 40 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut found: Vec<Vec<&str>> = Vec::new();
    for first in block(digits) {
        for second in block(&digits[first..]) {
            let pieces =
                [&digits[..first], &digits[first..first + second], &digits[first + second..]];
            let [a, b, c] = pieces.map(|piece| {
                let mut cuts = cuts::parts(piece, 5);
                cuts.retain(|cut| sums(cut));
                cuts
            });
            for a in &a {
                for b in &b {
                    found.extend(c.iter().map(|c| [a.clone(), b.clone(), c.clone()].concat()));
                }
            }
        }
    }
    match &found[..] {
        [only] => Some(only.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_units_part_numbers() {
        assert_eq!(parted_by_signs("156-5997"), ["156", "-5997"]);
        assert_eq!(parted_by_signs("0+1111"), ["0", "+1111"]);
        assert_eq!(parted_by_signs("150件150件1368件"), ["150件", "150件", "1368件"]);
        assert_eq!(parted_by_signs("304948.3955万元"), ["304948.3955万元"]);
        let cuts = cut_pieces(&["156", "-599"], 3);
        assert_eq!(cuts.len(), 4);
        assert!(cuts.contains(&vec!["156", "-59", "9"]) && cuts.contains(&vec!["15", "6", "-599"]));
    }

    #[test]
    fn three_blocks_of_sums() {
        let cut = three_blocks("12300150000010001").unwrap();
        assert_eq!(
            cut,
            ["12", "3", "0", "0", "15", "0", "0", "0", "0", "0", "1", "0", "0", "0", "1"]
        );
        assert_eq!(three_blocks("12300160000010001"), None);
    }
}
