//! Weights of the ranking.

use crate::config::{
    reader::Reader,
    value::{number, text_where},
};
use crate::model::is_region_code;

/// What counts how much when hits are ordered: `index/ranking.toml`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranking {
    /// Words of the title.
    pub title: f32,
    /// Words of the body.
    pub body: f32,
    /// Words of the agencies' names.
    pub agency: f32,
    /// Words as strings in title and body, however the words around them are cut.
    pub strings: f32,
    /// Pairs of neighbouring characters of what was typed.
    pub pairs: f32,
    /// What was typed, as one string of several words.
    pub phrase: f32,
    /// How much of the question the title holds.
    pub coverage: f32,
    /// How much of the title the question covers.
    pub exactness: f32,
    /// Share of the weight of a long word that goes to the words inside it, 0 to 1.
    pub inner: f32,
    /// A document whose own number was asked for.
    pub number: f32,
    /// Being new, where the question names no year.
    pub freshness: f32,
    /// Share by which a service guide gains where the question asks how something is done.
    pub guide: f32,
    /// Share by which laws, regulations and measures gain.
    pub rule: f32,
    /// Share by which what holds for the whole country gains.
    pub national: f32,
    /// Share that what is no longer in force loses.
    pub repealed: f32,
    /// Share by which documents of a year that the question names gain.
    pub year: f32,
    /// Words of the question that stand close together.
    pub proximity: f32,
    /// Share by which documents of a region that the question names gain, 0 to 1.
    pub region: f32,
    /// Share by which documents of an agency that the question names gain.
    pub issuer: f32,
    /// Share by which documents of the home region gain where the question names none.
    pub home: f32,
    /// Code of the region that the installation serves; empty for none.
    pub home_region: String,
    /// How slowly further occurrences of a word stop to count (BM25 k1).
    pub k1: f32,
    /// How much a long body counts against its words, 0 to 1 (BM25 b).
    pub b: f32,
    /// How much a long title counts against its words, 0 to 1.
    pub b_title: f32,
}

impl Ranking {
    pub(super) fn read(&mut self, file: &mut Reader<'_>) {
        let (weight, share) = (number(0.0..=100.0), number(0.0..=1.0));
        file.set("title", &mut self.title, &weight);
        file.set("body", &mut self.body, &weight);
        file.set("agency", &mut self.agency, &weight);
        file.set("strings", &mut self.strings, &weight);
        file.set("pairs", &mut self.pairs, &weight);
        file.set("phrase", &mut self.phrase, &weight);
        file.set("coverage", &mut self.coverage, &weight);
        file.set("exactness", &mut self.exactness, &weight);
        file.set("inner", &mut self.inner, &share);
        file.set("number", &mut self.number, &number(0.0..=10_000.0));
        file.set("freshness", &mut self.freshness, &weight);
        file.set("guide", &mut self.guide, &share);
        file.set("rule", &mut self.rule, &share);
        file.set("national", &mut self.national, &share);
        file.set("repealed", &mut self.repealed, &share);
        file.set("year", &mut self.year, &share);
        file.set("proximity", &mut self.proximity, &weight);
        file.set("region", &mut self.region, &share);
        file.set("issuer", &mut self.issuer, &share);
        file.set("home", &mut self.home, &share);
        let code = text_where("a region code of six digits, or nothing, in quotes", |code| {
            code.is_empty() || is_region_code(code)
        });
        file.set("home_region", &mut self.home_region, &code);
        file.set("k1", &mut self.k1, &number(0.0..=10.0));
        file.set("b", &mut self.b, &share);
        file.set("b_title", &mut self.b_title, &share);
    }
}
