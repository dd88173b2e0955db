//! Text → tree, within limits that are kept while the tree grows.
//!
//! Deep nesting makes the tree builder quadratic and so do tags with very many attributes; both are cheap to send.
//! So long pages are tokenised once for their attributes, and the builder is fed in small pieces and stopped at
//! the first piece that went too deep. What is counted is the tree itself: unclosed `<p>`, `<li>` or `<td>`, which
//! real pages have by the thousand, never count as depth.

use std::fmt;

use html5ever::{
    ParseOpts,
    driver::{self, Parser},
    tendril::{StrTendril, TendrilSink},
};
use html5gum::{
    Span, State, Tokenizer,
    emitters::callback::{CallbackEmitter, CallbackEvent},
    naive_next_state,
};
use scraper::{Html, HtmlTreeSink};

/// The limits of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Longest text that is read, in bytes.
    pub max_bytes: usize,
    /// Levels of elements below which nothing is read; one piece of 2 KiB may pass it.
    pub max_depth: usize,
}

impl Default for Gate {
    fn default() -> Self {
        Self { max_bytes: 4 << 20, max_depth: 512 }
    }
}

/// A tree within the limits.
#[derive(Clone, Debug)]
pub struct Gated {
    /// The tree of what was read.
    pub tree: Html,
    /// Set when the rest of the page was left out.
    pub cut: Option<Cut>,
}

/// Why the rest of a page was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// More text or more nodes than the limit.
    TooLong,
    /// Elements nested deeper than the limit.
    TooDeep,
    /// A tag with more than 1,000 attributes.
    TooManyAttributes,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the page is too long; the rest was left out",
            Self::TooDeep => "elements are nested too deep; the rest was left out",
            Self::TooManyAttributes => "a tag has too many attributes; the rest was left out",
        })
    }
}

/// Bytes given to the tree builder at a time.
const PIECE: usize = 2048;
/// Nodes of a tree; unclosed formatting elements can make many nodes of few bytes.
const MAX_NODES: usize = 1_000_000;
/// Attributes of one tag.
const MAX_ATTRIBUTES: usize = 1000;
/// Below this length no number of attributes is slow.
const SHORT: usize = 64 * 1024;

/// Builds the tree of a page within the limits; work is linear in the text that was let in.
pub fn parse(text: &str, gate: &Gate) -> Gated {
    let mut end = char_border(text, gate.max_bytes);
    let mut cut = (end < text.len()).then_some(Cut::TooLong);
    if end > SHORT
        && let Some(at) = overloaded_tag(&text[..end])
    {
        (end, cut) = (at, Some(Cut::TooManyAttributes));
    }
    let mut parser =
        driver::parse_document(HtmlTreeSink::new(Html::new_document()), ParseOpts::default());
    let mut rest = &text[..end];
    let mut known = 0;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(char_border(rest, PIECE));
        parser.process(StrTendril::from(piece));
        rest = after;
        match past_limit(&parser, &mut known, gate.max_depth) {
            Some(limit) if !rest.is_empty() => {
                cut = Some(limit);
                break;
            }
            _ => {}
        }
    }
    Gated { tree: parser.finish(), cut }
}

/// The last border of a character at or before that byte; never 0 for a text that is not empty.
fn char_border(text: &str, at: usize) -> usize {
    let border = text.floor_char_boundary(at.min(text.len()));
    if border == 0 { text.chars().next().map_or(0, char::len_utf8) } else { border }
}

/// Looks at the nodes that came since `known`.
fn past_limit(parser: &Parser<HtmlTreeSink>, known: &mut usize, max_depth: usize) -> Option<Cut> {
    let html = parser.tokenizer.sink.sink.0.borrow();
    let count = html.tree.values().len();
    let fresh = count - *known;
    *known = count;
    if count > MAX_NODES {
        return Some(Cut::TooLong);
    }
    // A node with children is not asked: the children are as fresh, and deeper.
    let deep = |node: ego_tree::NodeRef<'_, scraper::Node>| {
        !node.has_children() && node.ancestors().nth(max_depth).is_some()
    };
    html.tree.nodes().rev().take(fresh).any(deep).then_some(Cut::TooDeep)
}

/// Where the first tag with too many attributes begins.
fn overloaded_tag(text: &str) -> Option<usize> {
    let (mut attributes, mut start, mut next_state) = (0_usize, 0, None);
    // In these, `<style>` and its kin can be ordinary elements: switching no more finds all that can be a tag.
    let mut switching = true;
    let emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, span: Span<usize>| {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                (attributes, start) = (0, span.start);
                switching &= !matches!(name, b"svg" | b"math" | b"select");
                next_state = naive_next_state(name).filter(|_| switching);
            }
            CallbackEvent::AttributeName { .. } => attributes += 1,
            CallbackEvent::CloseStartTag { .. } => return next_state.take().map(Step::Switch),
            _ => {}
        }
        (attributes > MAX_ATTRIBUTES).then(|| {
            attributes = 0;
            Step::Found(start)
        })
    });
    let mut tokenizer = Tokenizer::new_with_emitter(text, emitter);
    while let Some(Ok(step)) = tokenizer.next() {
        match step {
            Step::Switch(state) => tokenizer.set_state(state),
            Step::Found(at) => return Some(text.floor_char_boundary(at)),
        }
    }
    None
}

/// What the tokenizer's loop is told.
enum Step {
    Switch(State),
    Found(usize),
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn words(gated: &Gated) -> usize {
        gated.tree.root_element().text().filter(|text| text.contains("字")).count()
    }

    /// Without the gate these take minutes and gigabytes; the limit leaves room for a busy machine.
    fn quickly(name: &str, text: &str) -> Gated {
        let start = Instant::now();
        let gated = parse(text, &Gate::default());
        assert!(start.elapsed() < Duration::from_mins(1), "{name}: {:?}", start.elapsed());
        gated
    }

    #[test]
    fn deep_pages_are_cut_in_no_time() {
        for (name, text) in [
            ("div", "<div>".repeat(100_000)),
            ("div closed", "<div>".repeat(100_000) + &"</div>".repeat(100_000)),
            ("b i", "<b><i>".repeat(50_000)),
            ("table", "<table><tr><td>".repeat(30_000)),
            ("svg", format!("<svg><style>{}", "<g>".repeat(50_000))),
        ] {
            let gated = quickly(name, &format!("<p>首字</p>{text}末字"));
            assert_eq!((gated.cut, words(&gated)), (Some(Cut::TooDeep), 1), "{name}");
        }
    }

    #[test]
    fn unclosed_elements_of_real_pages_are_no_depth() {
        for part in [
            "<p>字",
            "<li>字",
            "<br>字<hr>",
            "<p><font color=red>字",
            "<tr><td>字<td>字",
            "<dt>字<dd>字",
            "<option>字",
            "<a name=x>字</p>",
            "<img src=x>字<input>",
        ] {
            let text = format!("<ul><table>{}", part.repeat(3000));
            let gated = quickly(part, &text);
            assert_eq!(gated.cut, None, "{part}");
            assert!(words(&gated) > 0, "{part}");
        }
    }

    #[test]
    fn costly_pages_are_bounded() {
        let many = |of: fn(usize) -> String, count| (0..count).map(of).collect::<Vec<_>>().concat();
        let formatting = many(|i| format!("<font size={i}>"), 400);
        let blown_up = format!("<p>{formatting}</p>{}", "<p>字".repeat(200_000));
        assert!(quickly("formatting", &blown_up).cut.is_some());
        let attributes = many(|i| format!(" a{i}"), 200_000);
        for before in ["", "<svg><style>", "<select><title>"] {
            let gated = quickly(before, &format!("<p>首字{before}<i{attributes}>末字"));
            assert_eq!((gated.cut, words(&gated)), (Some(Cut::TooManyAttributes), 1), "{before}");
        }
        let long = "字".repeat(2 << 20);
        assert_eq!(quickly("long", &long).cut, Some(Cut::TooLong));
    }

    #[test]
    fn the_byte_limit_falls_between_characters() {
        let gate = Gate { max_bytes: 5, max_depth: 512 };
        let gated = parse("字字字", &gate);
        assert_eq!(gated.tree.root_element().text().collect::<String>(), "字");
        assert_eq!(gated.cut, Some(Cut::TooLong));
        assert_eq!(parse("", &gate).cut, None);
    }

    #[test]
    fn pieces_do_not_show() {
        let page = format!(
            "<title>题</title><body>{}",
            "<p class='a\u{3000}b'>字&nbsp;<!-- x --><b>字</b>\r\n".repeat(900)
        );
        let whole = Html::parse_document(&page);
        assert_eq!(parse(&page, &Gate::default()).tree.html(), whole.html());
    }
}
