//! Lines over the years.

use serde::Serialize;

use crate::serve::pages::chart::{COLOURS, Told, number, scaled, short};

/// One series: year, value, whether it is broken before.
pub(in crate::serve::pages) struct Line<'a> {
    pub(in crate::serve::pages) name: &'a str,
    pub(in crate::serve::pages) values: Vec<(i16, f64, bool)>,
}

/// Where everything stands, in units of the view box.
#[derive(Debug, PartialEq, Serialize)]
pub(in crate::serve::pages) struct Lines {
    told: Told,
    width: i32,
    height: i32,
    /// Where its lines begin and end, and the foot of the drawing.
    left: i32,
    right: i32,
    foot: i32,
    /// Height of a horizontal line and the number at it.
    levels: Vec<(i32, String)>,
    /// Place of a year.
    years: Vec<(i32, i16)>,
    series: Vec<Series>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Series {
    name: String,
    colour: &'static str,
    dashed: bool,
    /// Points that are joined, as `x,y x,y`; a new list where the series is broken or a year has no value.
    lines: Vec<String>,
    dots: Vec<Dot>,
    /// Where its name stands in the legend.
    legend: (i32, i32),
}

#[derive(Debug, PartialEq, Serialize)]
struct Dot {
    x: i32,
    y: i32,
    /// Year and value, shown where a pointer rests.
    told: String,
}

const WIDTH: i32 = 560;
const HEIGHT: i32 = 300;
const LEFT: i32 = 56;
const RIGHT: i32 = 20;
const TOP: i32 = 15;
const BOTTOM: i32 = 30;
/// About so many horizontal lines above the lowest.
const LEVELS: i32 = 4;
/// Years that are named below the drawing.
const MOST_YEARS: usize = 12;
/// Names beside each other in the legend, and the height of a row of them.
const NAMES: i32 = 2;
const NAME_HEIGHT: i32 = 20;

impl Lines {
    /// A chart of lines over the years; `None` where there is nothing to draw.
    pub(in crate::serve::pages) fn of(
        title: &str,
        years: &[i16],
        lines: &[Line<'_>],
    ) -> Option<Self> {
        let (first, last) = (*years.first()?, *years.last()?);
        let all = || lines.iter().flat_map(|line| &line.values).map(|(_, value, _)| *value);
        all().next()?;
        let scale = Scale::of(first, last, all().fold(0.0, f64::min), all().fold(0.0, f64::max));
        let drawn: Vec<&Line<'_>> = lines.iter().filter(|line| !line.values.is_empty()).collect();
        let names = i32::try_from(drawn.len()).unwrap_or(i32::MAX);
        let series: Vec<Series> =
            (0..).zip(&drawn).map(|(at, line)| Series::of(at, line, &scale)).collect();
        // From the last year back, as many as do not run into each other.
        let apart = years.len().div_ceil(MOST_YEARS);
        let labelled = years.iter().rev().step_by(apart).rev();
        Some(Self {
            told: Told { title: title.to_owned(), description: description(&drawn) },
            width: WIDTH,
            height: HEIGHT + (names + NAMES - 1) / NAMES * NAME_HEIGHT,
            left: LEFT,
            right: WIDTH - RIGHT,
            foot: HEIGHT,
            levels: scale.levels(),
            years: labelled.map(|year| (scale.x(*year), *year)).collect(),
            series,
        })
    }
}

struct Scale {
    first: i16,
    years: f64,
    lowest: f64,
    span: f64,
    /// Between two horizontal lines.
    step: f64,
}

impl Scale {
    fn of(first: i16, last: i16, lowest: f64, highest: f64) -> Self {
        let span = if highest > lowest { highest - lowest } else { 1.0 };
        let step = round_step(span / f64::from(LEVELS));
        let lowest = (lowest / step).floor() * step;
        let span = ((highest.max(lowest + span) - lowest) / step).ceil() * step;
        Self { first, years: f64::from((last - first).max(1)), lowest, span, step }
    }

    /// The heights of all lines and their numbers, from the lowest.
    fn levels(&self) -> Vec<(i32, String)> {
        let mut levels = Vec::new();
        let mut value = self.lowest;
        while value <= self.lowest + self.span + self.step / 2.0 {
            levels.push((self.y(value), at_axis(value, self.step)));
            value += self.step;
        }
        levels
    }

    fn x(&self, year: i16) -> i32 {
        LEFT + scaled(f64::from(year - self.first) / self.years, WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> i32 {
        HEIGHT - BOTTOM - scaled((value - self.lowest) / self.span, HEIGHT - TOP - BOTTOM)
    }
}

impl Series {
    fn of(at: i32, line: &Line<'_>, scale: &Scale) -> Self {
        let dot = |(year, value, is_break): &(i16, f64, bool)| Dot {
            x: scale.x(*year),
            y: scale.y(*value),
            told: format!(
                "{} {year} 年：{}{}",
                line.name,
                number(*value),
                if *is_break { "（与上一年口径不同）" } else { "" }
            ),
        };
        let dots: Vec<Dot> = line.values.iter().map(dot).collect();
        let mut joined: Vec<Vec<String>> = Vec::new();
        let mut before = None;
        for ((year, _, is_break), dot) in line.values.iter().zip(&dots) {
            let goes_on = !is_break && before == Some(year - 1);
            let point = format!("{},{}", dot.x, dot.y);
            match joined.last_mut().filter(|_| goes_on) {
                Some(points) => points.push(point),
                None => joined.push(vec![point]),
            }
            before = Some(*year);
        }
        let lines = joined.iter().filter(|points| points.len() > 1).map(|points| points.join(" "));
        let place = usize::try_from(at).unwrap_or_default();
        Self {
            name: short(line.name, 15),
            colour: COLOURS[place % COLOURS.len()],
            dashed: place / COLOURS.len() % 2 == 1,
            lines: lines.collect(),
            dots,
            legend: (
                LEFT + at % NAMES * ((WIDTH - LEFT - RIGHT) / NAMES),
                HEIGHT + at / NAMES * NAME_HEIGHT + 8,
            ),
        }
    }
}

/// The next 1, 2, 2.5 or 5 times a power of ten: what people count in.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0].map(|times| times * power);
    steps.into_iter().find(|step| *step >= least - power * 1e-9).unwrap_or(power * 10.0)
}

/// A number at the axis, with as many decimals as the step needs.
fn at_axis(value: f64, step: f64) -> String {
    let decimals = (0..4).find(|n| (step * 10_f64.powi(*n)).fract().abs() < 1e-6).unwrap_or(4);
    format!("{value:.*}", usize::try_from(decimals).unwrap_or_default())
}

/// First and last value of each series.
fn description(lines: &[&Line<'_>]) -> String {
    let told = |line: &&Line<'_>| {
        let ((from, first, _), (to, last, _)) = (line.values.first()?, line.values.last()?);
        Some(if from == to {
            format!("{} {from} 年为 {}", line.name, number(*first))
        } else {
            let (first, last) = (number(*first), number(*last));
            format!("{} {from} 年为 {first}，{to} 年为 {last}", line.name)
        })
    };
    lines.iter().filter_map(told).collect::<Vec<_>>().join("；")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_numbers_that_people_count_in() {
        let numbers = |lowest, highest| -> Vec<String> {
            Scale::of(2019, 2021, lowest, highest)
                .levels()
                .into_iter()
                .map(|level| level.1)
                .collect()
        };
        assert_eq!(numbers(0.0, 314.0), ["0", "100", "200", "300", "400"]);
        assert_eq!(numbers(0.0, 0.83), ["0.00", "0.25", "0.50", "0.75", "1.00"]);
        assert_eq!(numbers(-0.4, 0.9), ["-0.5", "0.0", "0.5", "1.0"]);
        assert_eq!(numbers(0.0, 0.0), ["0.00", "0.25", "0.50", "0.75", "1.00"]);
        assert_eq!(numbers(0.0, 3.0), ["0", "1", "2", "3"]);
    }

    #[test]
    fn lines_end_where_series_are_broken_and_where_years_lack() {
        let values = vec![
            (2017, 0.0, false),
            (2018, 10.0, false),
            (2019, 20.0, true),
            (2020, 10.0, false),
            (2022, 5.0, false),
        ];
        let years = [2017, 2018, 2019, 2020, 2022];
        let lines = [Line { name: "灵洲市教育局", values }];
        let chart = Lines::of("收到申请数", &years, &lines).unwrap();
        assert_eq!(chart.series[0].lines, ["56,270 153,142", "250,15 346,142"]);
        assert_eq!(chart.series[0].dots.len(), 5);
        assert_eq!(chart.series[0].dots[2].told, "灵洲市教育局 2019 年：20（与上一年口径不同）");
        let numbers: Vec<&str> = chart.levels.iter().map(|(_, number)| number.as_str()).collect();
        assert_eq!(numbers, ["0", "5", "10", "15", "20"]);
        assert_eq!(chart.levels[4].0, 15);
        assert_eq!(chart.told.description, "灵洲市教育局 2017 年为 0，2022 年为 5");
        assert_eq!(Lines::of("x", &[2017], &[Line { name: "x", values: vec![] }]), None);
        assert_eq!(Lines::of("x", &[], &[]), None);
    }
}
