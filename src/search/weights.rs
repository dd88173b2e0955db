//! What counts how much in a score.

/// Weights of the parts of a score; the curated ones stand in `index/ranking.toml`.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// Words of the title.
    pub title: f32,
    /// Words of the body.
    pub body: f32,
    /// Words of the agencies' names.
    pub agency: f32,
    /// Words as strings in title and body, however the words around them are cut.
    pub strings: f32,
    /// Pairs of neighbouring characters of what was typed, across its words too.
    pub pairs: f32,
    /// What was typed, as one string of several words.
    pub phrase: f32,
    /// How much of the question the title holds.
    pub coverage: f32,
    /// How much of the title the question covers.
    pub exactness: f32,
    /// Share of the weight of a long word that goes to the words inside it.
    pub inner: f32,
    /// A document whose own number was asked for; far above everything else.
    pub number: f32,
    /// The newest documents, when the question names no year; halves in five years.
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
    /// Share by which documents of a region that the question names gain.
    pub region: f32,
    /// Share by which documents of an agency that the question names gain.
    pub issuer: f32,
    /// Share by which documents of the home region gain where the question names none.
    pub home: f32,
    /// Code of the region that the installation serves.
    pub home_region: Option<String>,
    /// How slowly further occurrences stop to count (BM25).
    pub k1: f32,
    /// How much long bodies are discounted, 0 to 1 (BM25).
    pub b: f32,
    /// How much long titles are discounted, 0 to 1.
    pub b_title: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            title: 1.5,
            body: 0.6,
            agency: 0.3,
            strings: 0.4,
            pairs: 0.2,
            phrase: 0.3,
            coverage: 1.0,
            exactness: 0.5,
            inner: 0.3,
            number: 1000.0,
            freshness: 0.0,
            guide: 0.2,
            rule: 0.1,
            national: 0.05,
            repealed: 0.3,
            year: 0.2,
            proximity: 0.2,
            region: 0.1,
            issuer: 0.1,
            home: 0.05,
            home_region: None,
            k1: 1.2,
            b: 0.6,
            b_title: 0.3,
        }
    }
}
