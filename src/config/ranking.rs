//! Weights of the ranking.

use crate::config::{
    reader::Reader,
    value::{number, region, whole},
};
use crate::model::RegionCode;

/// What counts how much when hits are ordered: `index/ranking.toml`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranking {
    /// Weight of words in the title.
    pub title: f32,
    /// Weight of words in the agency's name.
    pub agency: f32,
    /// Weight of the parts of a document number.
    pub number: f32,
    /// Weight of words in the text.
    pub body: f32,
    /// How soon a repeated word stops to count (BM25 k1).
    pub k1: f32,
    /// How much a long field counts against its words, 0 to 1 (BM25 b).
    pub b: f32,
    /// Weight of words that stand together.
    pub proximity: f32,
    /// Weight of being new, where the query names no year.
    pub freshness: f32,
    /// Days until being new counts half.
    pub freshness_half_life_days: u32,
    /// The region whose documents come first: the one this installation serves.
    pub home_region: Option<RegionCode>,
    /// Weight of being from the home region.
    pub home: f32,
}

impl Ranking {
    pub(super) fn read(&mut self, file: &mut Reader<'_>) {
        let weight = number(0.0..=100.0);
        file.set("title", &mut self.title, &weight);
        file.set("agency", &mut self.agency, &weight);
        file.set("number", &mut self.number, &weight);
        file.set("body", &mut self.body, &weight);
        file.set("k1", &mut self.k1, &number(0.0..=10.0));
        file.set("b", &mut self.b, &number(0.0..=1.0));
        file.set("proximity", &mut self.proximity, &weight);
        file.set("freshness", &mut self.freshness, &weight);
        let days = &mut self.freshness_half_life_days;
        file.set("freshness_half_life_days", days, &whole(1..=36_500));
        let known = region().map(|code| (code != "unknown").then_some(code));
        file.set("home_region", &mut self.home_region, &known);
        file.set("home", &mut self.home, &weight);
    }
}
