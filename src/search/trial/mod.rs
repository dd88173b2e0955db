//! The live index put to the test: random questions, answered by the engine and by a plain scan of the stored text.
//!
//! **In:** every stored document, the engine, how much to ask. **Out:** a [`Check`] for each promise, with every
//! difference in words. **Never:** an answer of the index on the side of the scan: `scan` reads only what is stored.
//!
//! What is promised: a quoted string finds exactly the documents that hold it (`strings`); AND, OR, NOT, words,
//! phrases and filters are set algebra (`trees`); the number beside a value of a facet is the number of hits after the
//! click (`walks`); what is marked is what was asked for, all of it (`marks`); and `simple` without widening is `strict`
//! wherever enough documents hold all words (`agreement`).

mod random;
mod scan;
mod question;
mod pool;
mod walks;
mod marks;
mod agreement;
#[cfg(test)]
mod tests;

use crate::index::View;
use crate::model::{Document, DocumentId};
use crate::search::{
    answer::Texts,
    bits::Bits,
    engine::{Engine, ids},
    facet::Facet,
    request::{Refused, Request, Syntax},
    trial::{pool::Pool, random::Random, scan::Scan},
};

/// How much is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Quoted strings.
    pub strings: usize,
    /// Trees in `strict` syntax.
    pub trees: usize,
    /// Walks through facets.
    pub walks: usize,
    /// Marked pieces of titles and passages.
    pub marks: usize,
    /// Rows of words asked in both syntaxes.
    pub rows: usize,
}

impl Sample {
    /// For so many strings, half as many trees and rows, a fifth as many walks, twice as many marks.
    pub fn of(strings: usize) -> Self {
        let (trees, walks) = (strings.div_ceil(2), strings.div_ceil(5));
        Self { strings, trees, walks, marks: strings * 2, rows: trees }
    }
}

/// One promise, and how it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was asked: `documents`, `strings`, `trees`, `walks`, `marks`, `agreement`.
    pub name: &'static str,
    /// How many questions, or marks, or documents.
    pub asked: usize,
    /// Every difference between the answer and the scan, in words.
    pub differences: Vec<String>,
}

impl Check {
    fn new(name: &'static str) -> Self {
        Self { name, asked: 0, differences: Vec::new() }
    }
}

/// A trial in the making: it is given every stored document, then held.
#[derive(Debug, Default)]
pub struct Trial {
    scan: Scan,
}

impl Trial {
    /// Takes a stored document; withheld ones must not be found, so that they are none.
    pub fn add(&mut self, document: &Document) {
        self.scan.add(document);
    }

    /// Asks everything, the same for the same seed; hands every check to `told` as soon as it is done.
    ///
    /// # Errors
    /// When the index cannot be read at all; a question that is refused is a difference.
    pub fn hold(
        self,
        engine: &Engine,
        texts: &dyn Texts,
        sample: Sample,
        seed: u64,
        mut told: impl FnMut(&Check),
    ) -> anyhow::Result<()> {
        let view = engine.store().view();
        let mut random = Random::new(seed);
        let (rows, documents) = rows(&view, &self.scan)?;
        told(&documents);
        let pool = Pool::draw(&self.scan, engine.store().analyzer(), sample, &mut random)?;
        let court = Court { engine, texts, view, rows, scan: &self.scan, pool: &pool };
        told(&court.strings());
        told(&court.trees(sample.trees, &mut random));
        told(&court.walks(sample.walks, &mut random));
        told(&court.marks(sample.marks, &mut random));
        told(&court.agreement(sample.rows, &mut random));
        Ok(())
    }
}

/// Engine and scan side by side.
struct Court<'a> {
    engine: &'a Engine,
    texts: &'a dyn Texts,
    view: View,
    /// For each document of each segment, its place in the scan.
    rows: Vec<Vec<Option<u32>>>,
    scan: &'a Scan,
    pool: &'a Pool,
}

/// Where each document of the index stands in the scan, and which ones only one side has.
fn rows(view: &View, scan: &Scan) -> anyhow::Result<(Vec<Vec<Option<u32>>>, Check)> {
    let mut check = Check { asked: scan.len(), ..Check::new("documents") };
    let mut seen = Bits::none(scan.size());
    let mut rows = Vec::new();
    for segment in ids(view)? {
        let mut row = Vec::new();
        for id in segment {
            let place = id.and_then(|id| scan.place(&id));
            match (id, place) {
                (Some(id), None) => {
                    check.differences.push(format!("{id} is indexed and not stored"));
                }
                (_, Some(place)) if seen.holds(place) => {
                    check.differences.push(format!("{} is indexed twice", scan.id(place)));
                }
                (_, Some(place)) => seen.insert(place),
                (None, None) => {}
            }
            row.push(place);
        }
        rows.push(row);
    }
    let missing = (0..scan.size()).filter(|place| !seen.holds(*place));
    check.differences.extend(missing.map(|p| format!("{} is stored and not indexed", scan.id(p))));
    Ok((rows, check))
}

impl Court<'_> {
    /// The documents that the engine lists for a request.
    fn found(&self, request: &Request) -> Result<Bits, Refused> {
        let mut found = Bits::none(self.scan.size());
        for (row, hits) in self.rows.iter().zip(self.engine.listed(request, &self.view)?) {
            hits.iter().filter_map(|hit| row[hit as usize]).for_each(|place| found.insert(place));
        }
        Ok(found)
    }

    /// Asks, and notes how the answer differs from what the scan found.
    fn compare(&self, request: &Request, wanted: &Bits, check: &mut Check) {
        check.asked += 1;
        match self.found(request) {
            Ok(found) if found == *wanted => {}
            Ok(found) => {
                let text = format!("{}: {}", described(request), self.apart(&found, wanted));
                check.differences.push(text);
            }
            Err(refused) => {
                check.differences.push(format!("{}: refused: {refused}", described(request)));
            }
        }
    }

    /// How two sets differ, with the first few documents of each side.
    fn apart(&self, found: &Bits, wanted: &Bits) -> String {
        let only = |one: &Bits, other: &Bits| {
            let mut only = one.clone();
            only.remove(other);
            let ids: Vec<DocumentId> = only.iter().take(3).map(|p| self.scan.id(p)).collect();
            (only.count(), ids)
        };
        let ((more, extra), (less, missed)) = (only(found, wanted), only(wanted, found));
        let list = |ids: &[DocumentId]| {
            ids.iter().map(DocumentId::to_string).collect::<Vec<_>>().join(" ")
        };
        format!(
            "{} found, {} by scan; {more} too many {}, {less} missed {}",
            found.count(),
            wanted.count(),
            list(&extra),
            list(&missed)
        )
    }

    fn strings(&self) -> Check {
        let mut check = Check::new("strings");
        for (string, held) in self.pool.strings() {
            let request = strict(format!("“{string}”"));
            self.compare(&request, held, &mut check);
        }
        check
    }

    fn trees(&self, count: usize, random: &mut Random) -> Check {
        let mut check = Check::new("trees");
        for _ in 0..count {
            let tree = self.pool.tree(self.scan, random);
            let mut request = strict(tree.typed(self.pool));
            let mut wanted = tree.holding(self.scan, self.pool);
            if random.one_in(3) {
                request.filters = self.scan.some_filters(random);
                self.scan.narrow(&mut wanted, &request.filters, None);
            }
            self.compare(&request, &wanted, &mut check);
        }
        check
    }
}

fn strict(query: String) -> Request {
    Request { query, syntax: Syntax::Strict, size: 0, ..Request::default() }
}

/// A request in words: the question and its filters.
fn described(request: &Request) -> String {
    let values = Facet::ALL.into_iter().flat_map(|facet| {
        let values = request.filters.of(facet).iter();
        values.map(move |value| format!(" [{}={value}]", facet.name()))
    });
    std::iter::once(request.query.clone()).chain(values).collect()
}
