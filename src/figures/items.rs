//! Forms that are a list, in a text that lost what stood between label, unit and number: `1.当面申请数件81`.

use std::ops::Range;

use crate::figures::metrics::{FormRow, Metric};
use crate::figures::number;
use crate::figures::squeeze::{Squeezed, squeeze};
use crate::model::{Figure, Method, Place};

/// Labels that make a list; fewer may be said in sentences.
const FEWEST: usize = 8;
/// Bytes within which the next label follows.
const NEAR: usize = 700;

/// The figures of a list and where it stands in the text.
pub(super) fn read(
    text: &Squeezed,
    place: &Place,
    form: &[FormRow<'_>],
) -> (Vec<Figure>, Option<Range<usize>>) {
    let items = items(text, form);
    let (Some((_, first)), Some((_, last))) = (items.first(), items.last()) else {
        return (Vec::new(), None);
    };
    if items.len() < FEWEST {
        return (Vec::new(), None);
    }
    let whole = first.start..last.end;
    let mut figures = Vec::new();
    for (n, (row, label)) in items.iter().enumerate() {
        let Some(metric) = row.metrics.first() else { continue };
        let next = items.get(n + 1).map_or(text.text.len(), |(_, next)| next.start);
        figures.push(figure(text, place, metric, label.end..next));
    }
    (figures, Some(whole))
}

/// The labels of the form that the text has, in their order.
fn items<'f, 'm>(text: &Squeezed, form: &'f [FormRow<'m>]) -> Vec<(&'f FormRow<'m>, Range<usize>)> {
    let mut items: Vec<(&FormRow<'m>, Range<usize>)> = Vec::new();
    let mut at = 0;
    for row in form {
        let printed = printed(row.label);
        // The first one may stand anywhere, behind the sentences.
        let reach = if items.is_empty() { text.text.len() } else { at + NEAR };
        let end = text.text.floor_char_boundary(reach.min(text.text.len()));
        let near = &text.text[at..end];
        let found = near.find(&printed).map(|start| start..start + printed.len());
        let found =
            found.or_else(|| near.find(&row.words).map(|start| start..start + row.words.len()));
        let Some(label) = found else { continue };
        let label = at + label.start..at + label.end;
        at = label.end;
        items.push((row, label));
    }
    items
}

/// A label as the form prints it: `三(一)2.传真申请数` is the list's way to name `2.传真申请数`; what it says in brackets
/// may be printed otherwise.
fn printed(label: &str) -> String {
    let label = squeeze(label);
    let label = label.split_once("(不").map_or(&*label, |(words, _)| words);
    let number = label.find(|c: char| c.is_ascii_digit()).or_else(|| label.find('('));
    label[number.unwrap_or(0)..].to_owned()
}

/// What stands behind a label: a remark in brackets, the unit, the number.
fn figure(text: &Squeezed, place: &Place, metric: &Metric, behind: Range<usize>) -> Figure {
    let mut at = behind.start;
    let rest = &text.text[at..behind.end];
    if rest.starts_with('(')
        && let Some(end) = rest.find(')')
    {
        at += end + 1;
    }
    let unit =
        if text.text[at..behind.end].starts_with(&*metric.unit) { metric.unit.len() } else { 0 };
    at += unit;
    let value = &text.text[at..behind.end];
    let end =
        value.find(|c: char| !c.is_ascii_digit() && !".-/".contains(c)).unwrap_or(value.len());
    let cells = text.pieces(at..at + end);
    let (value, method, range) = match &cells[..] {
        [] => (None, Method::Cell, at..at),
        [only] => {
            let value = number::amount(&text.text[only.clone()], &metric.unit);
            (value, Method::Cell, only.clone())
        }
        // A number that a line break cuts, or one with the number of the next label.
        [first, .., last] => (None, Method::Digits, first.start..last.end),
    };
    let (value, method) = if unit > 0 { (value, method) } else { (None, Method::Digits) };
    metric.figure_in(text, range, value, method, place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::metrics::Metrics;

    #[test]
    fn label_unit_and_number_without_anything_between() {
        let text = "统计表\n三、依申请公开情况——\n（一）收到申请数件540\n1.当面申请数件81\n2.传真申请数件33\n3.网络申请数件\
            4\n26\n4.信函申请数件—\n（二）申请办结数件540\n1.按时办结数件539\n2.延期办结数件1\n（三）申请答复数件5";
        let squeezed = Squeezed::of(text);
        let form = Metrics::built_in().rows("stat2014", "national2014");
        let (figures, _) = read(&squeezed, &Place::Text, &form);
        let read: Vec<(&str, Option<f64>)> =
            figures.iter().map(|f| (&f.metric[4..], f.value.map(|value| value.0))).collect();
        assert_eq!(
            read,
            [
                ("request_total", Some(540.0)),
                ("request_in_person", Some(81.0)),
                ("request_fax", Some(33.0)),
                ("request_online", None),
                ("request_letter", None),
                ("concluded_total", Some(540.0)),
                ("concluded_on_time", Some(539.0)),
                ("concluded_extended", Some(1.0)),
                ("reply_total", Some(5.0)),
            ]
        );
        let (few, _) =
            super::read(&Squeezed::of("收到申请数件3，当面申请数件2"), &Place::Text, &form);
        assert!(few.is_empty());
    }
}
