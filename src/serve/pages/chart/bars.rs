//! Bars of one year, the longest first.

use serde::Serialize;

use crate::serve::pages::chart::{COLOURS, Told, number, scaled, short};

/// A bar before it is laid out.
pub(in crate::serve::pages) struct Bar<'a> {
    pub(in crate::serve::pages) name: &'a str,
    pub(in crate::serve::pages) value: f64,
}

/// Where everything stands, in units of the view box.
#[derive(Debug, PartialEq, Serialize)]
pub(in crate::serve::pages) struct Bars {
    told: Told,
    width: i32,
    height: i32,
    /// Where names end.
    left: i32,
    /// Where bars of nothing stand.
    zero: i32,
    colour: &'static str,
    drawn: Vec<Drawn>,
    /// Bars that are not drawn.
    pub(in crate::serve::pages) more: usize,
}

#[derive(Debug, PartialEq, Serialize)]
struct Drawn {
    name: String,
    number: String,
    x: i32,
    y: i32,
    length: i32,
}

const WIDTH: i32 = 560;
/// Where the axis stands, and how long the longest bar is.
const LEFT: i32 = 210;
const LONGEST: i32 = 270;
const STEP: i32 = 26;
const TOP: i32 = 8;
const MOST: usize = 30;

impl Bars {
    /// A chart of bars; `None` where there is nothing to compare.
    pub(in crate::serve::pages) fn of(title: &str, mut bars: Vec<Bar<'_>>) -> Option<Self> {
        if bars.len() < 2 {
            return None;
        }
        bars.sort_by(|a, b| b.value.total_cmp(&a.value).then(a.name.cmp(b.name)));
        let more = bars.len().saturating_sub(MOST);
        bars.truncate(MOST);
        let highest = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
        let lowest = bars.iter().map(|bar| bar.value).fold(0.0, f64::min);
        let span = if highest > lowest { highest - lowest } else { 1.0 };
        let zero = LEFT + scaled(-lowest / span, LONGEST);
        let drawn = |(at, bar): (i32, &Bar<'_>)| {
            let length = scaled(bar.value.abs() / span, LONGEST);
            Drawn {
                name: short(bar.name, 15),
                number: number(bar.value),
                x: if bar.value < 0.0 { zero - length } else { zero },
                y: TOP + at * STEP,
                length,
            }
        };
        let told = |bar: &Bar<'_>| format!("{} {}", bar.name, number(bar.value));
        let description = bars.iter().map(told).collect::<Vec<_>>().join("；");
        let all: Vec<Drawn> = (0..).zip(&bars).map(drawn).collect();
        let height = TOP * 2 + STEP * i32::try_from(all.len()).unwrap_or_default();
        Some(Self {
            told: Told { title: title.to_owned(), description },
            width: WIDTH,
            height,
            left: LEFT,
            zero,
            colour: COLOURS[0],
            drawn: all,
            more,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_comes_first_and_fits() {
        let bar = |name, value| Bar { name, value };
        let chart =
            Bars::of("x", vec![bar("甲局", 5.0), bar("乙局", 20.0), bar("丙局", 0.0)]).unwrap();
        let told: Vec<_> =
            chart.drawn.iter().map(|bar| (bar.name.as_str(), bar.x, bar.length)).collect();
        assert_eq!(told, [("乙局", 210, 270), ("甲局", 210, 68), ("丙局", 210, 0)]);
        assert_eq!(chart.told.description, "乙局 20；甲局 5；丙局 0");
        let below = Bars::of("x", vec![bar("甲局", -0.5), bar("乙局", 0.5)]).unwrap();
        assert_eq!((below.zero, below.drawn[1].x, below.drawn[1].length), (345, 210, 135));
        assert_eq!(Bars::of("x", vec![bar("甲局", 1.0)]), None);
        let many = Bars::of("x", (0..40).map(|n| bar("甲局", f64::from(n))).collect()).unwrap();
        assert_eq!((many.drawn.len(), many.more), (30, 10));
    }
}
