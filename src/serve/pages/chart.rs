//! A line chart as SVG, laid out here and drawn by its template; the table beside it has every number.

use serde::Serialize;

/// One series: year, value, whether it is broken before.
pub(super) struct Line<'a> {
    pub(super) name: &'a str,
    pub(super) values: Vec<(i16, f64, bool)>,
}

/// Where everything stands, in units of the view box.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Chart {
    width: i32,
    height: i32,
    /// Where its lines begin and end.
    left: i32,
    right: i32,
    /// Height of a horizontal line and the number at it.
    levels: Vec<(i32, String)>,
    /// Place of a year.
    years: Vec<(i32, i16)>,
    series: Vec<Series>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Series {
    name: String,
    /// Number of its colour.
    colour: usize,
    /// Points that are joined, as `x,y x,y`; a new list where the series is broken or a year has no value.
    lines: Vec<String>,
    dots: Vec<(i32, i32)>,
}

const WIDTH: i32 = 720;
const HEIGHT: i32 = 300;
const LEFT: i32 = 70;
const RIGHT: i32 = 20;
const TOP: i32 = 15;
const BOTTOM: i32 = 30;
/// Horizontal lines above the lowest.
const LEVELS: i32 = 4;
/// Colours that the style sheet has.
const COLOURS: usize = 6;

impl Chart {
    /// A chart of lines over the years; `None` where there is nothing to draw.
    pub(super) fn of(years: &[i16], lines: &[Line<'_>]) -> Option<Self> {
        let (first, last) = (*years.first()?, *years.last()?);
        let all = || lines.iter().flat_map(|line| &line.values).map(|(_, value, _)| *value);
        let highest = all().fold(0.0, f64::max);
        let lowest = all().fold(0.0, f64::min);
        let span = if highest > lowest { highest - lowest } else { 1.0 };
        all().next()?;
        let span_of_years = f64::from((last - first).max(1));
        let x = |year: i16| {
            LEFT + scaled(f64::from(year - first) / span_of_years, WIDTH - LEFT - RIGHT)
        };
        let y =
            |value: f64| HEIGHT - BOTTOM - scaled((value - lowest) / span, HEIGHT - TOP - BOTTOM);
        let level = |n: i32| {
            let value = lowest + span * f64::from(n) / f64::from(LEVELS);
            (y(value), if span >= 10.0 { format!("{value:.0}") } else { format!("{value:.2}") })
        };
        let series = |(at, line): (usize, &Line<'_>)| {
            let dots: Vec<(i32, i32)> =
                line.values.iter().map(|(year, value, _)| (x(*year), y(*value))).collect();
            let mut joined: Vec<Vec<String>> = Vec::new();
            let mut before = None;
            for ((year, _, is_break), (x, y)) in line.values.iter().zip(&dots) {
                let goes_on = !is_break && before == Some(year - 1);
                match joined.last_mut().filter(|_| goes_on) {
                    Some(points) => points.push(format!("{x},{y}")),
                    None => joined.push(vec![format!("{x},{y}")]),
                }
                before = Some(*year);
            }
            let lines =
                joined.iter().filter(|points| points.len() > 1).map(|points| points.join(" "));
            Series {
                name: line.name.to_owned(),
                colour: at % COLOURS,
                lines: lines.collect(),
                dots,
            }
        };
        Some(Self {
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            right: WIDTH - RIGHT,
            levels: (0..=LEVELS).map(level).collect(),
            years: years.iter().map(|year| (x(*year), *year)).collect(),
            series: lines.iter().enumerate().map(series).collect(),
        })
    }
}

/// A part of a length; parts are from 0 to 1.
fn scaled(part: f64, length: i32) -> i32 {
    #[allow(clippy::cast_possible_truncation, reason = "a part of a length of a few hundred")]
    let place = (part.clamp(0.0, 1.0) * f64::from(length)).round() as i32;
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_where_series_are_broken_and_where_years_lack() {
        let values = vec![
            (2017, 0.0, false),
            (2018, 10.0, false),
            (2019, 20.0, true),
            (2020, 10.0, false),
            (2022, 5.0, false),
        ];
        let chart =
            Chart::of(&[2017, 2018, 2019, 2020, 2022], &[Line { name: "灵洲市教育局", values }])
                .unwrap();
        assert_eq!(chart.series[0].lines, ["70,270 196,142", "322,15 448,142"]);
        assert_eq!(
            (chart.series[0].dots.len(), chart.levels[4].clone()),
            (5, (15, "20".to_owned()))
        );
        assert_eq!(Chart::of(&[2017], &[Line { name: "x", values: vec![] }]), None);
        assert_eq!(Chart::of(&[], &[]), None);
    }
}
