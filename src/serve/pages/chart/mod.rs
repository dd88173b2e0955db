//! Charts as SVG: laid out here, drawn by `charts.html`, in a page or as a file of its own.
//!
//! No crate of charts is used: of those that were tried, none gives a picture a title, a description and a role that
//! programs read aloud, most measure Chinese labels by a font that is not there, and one needs a browser engine. The table
//! beside each chart has every number.

mod bars;
mod lines;

use serde::Serialize;

pub(super) use bars::{Bar, Bars};
pub(super) use lines::{Line, Lines};

/// Colours of series, dark enough on white; with more series than colours the lines are also dashed.
const COLOURS: [&str; 6] = ["#174a8c", "#9b1c1f", "#2f6b2f", "#8a5a00", "#5b3a80", "#3a6a75"];

/// What a chart is called and says, for those who do not see it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Told {
    pub(super) title: String,
    pub(super) description: String,
}

/// A part of a length; parts are from 0 to 1.
fn scaled(part: f64, length: i32) -> i32 {
    #[allow(clippy::cast_possible_truncation, reason = "a part of a length of a few hundred")]
    let place = (part.clamp(0.0, 1.0) * f64::from(length)).round() as i32;
    place
}

/// A number beside a dot or a bar.
fn number(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

/// A name that is cut where it would not fit.
fn short(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    name.chars().take(most - 1).chain(['…']).collect()
}
