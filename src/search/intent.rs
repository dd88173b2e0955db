//! What a question means by the places and agencies it names: documents of that region, or issued by that agency, fit
//! better. Where it names no region, those of the installation's own do.

use tantivy::Term;

use crate::analysis::Analyzer;
use crate::index::View;
use crate::model::region_lineage;
use crate::search::{
    bits::Bits,
    facet::Facet,
    matching::{Shelf, internal},
    names::Names,
    plan::{Plan, What},
    request::Refused,
    weights::Weights,
};

/// Words side by side that can be one name.
const MOST_WORDS: usize = 6;
/// A name of more places than this means none of them.
const MOST_PLACES: usize = 3;
/// Characters of the shortest name of an agency that is recognised.
const SHORTEST_AGENCY: usize = 3;

/// The regions and agencies that a question means.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Intent {
    /// Codes of the regions it names.
    regions: Vec<String>,
    /// Plain names of the agencies it names.
    agencies: Vec<String>,
}

impl Intent {
    /// Reads the names in the runs of a question, and in other ways to say its words; what stands in quotes ranks as a
    /// string only.
    pub(super) fn of(
        plan: &Plan,
        analyzer: &Analyzer,
        names: &Names,
        view: &View,
    ) -> Result<Self, Refused> {
        let mut intent = Self::default();
        for run in &plan.runs {
            let words = analyzer.cut(run);
            let words: Vec<&str> = words.iter().map(|word| word.text).collect();
            intent.read_regions(&words, names)?;
            intent.read_agencies(&words, view)?;
        }
        for (_, leaf) in plan.ranked() {
            for what in leaf.ways.iter().filter(|way| way.all.len() == 1).flat_map(|way| &way.all) {
                if let What::Text { folded, quoted: false } = what {
                    intent.read_agencies(&[folded], view)?;
                }
            }
        }
        let above = |code: &String| {
            let below =
                |other: &String| other != code && region_lineage(other).any(|outer| outer == *code);
            intent.regions.iter().any(below)
        };
        let inner: Vec<String> =
            intent.regions.iter().filter(|code| !above(code)).cloned().collect();
        Ok(Self { regions: inner, ..intent })
    }

    fn read_regions(&mut self, words: &[&str], names: &Names) -> Result<(), Refused> {
        each_name(words, |name| {
            let places = names.called(Facet::Region, name);
            // Short names of counties, such as 长安 or 和平, are words like others.
            let sure = name.ends_with(['省', '市', '区', '县', '州', '盟', '旗'])
                || places.iter().all(|code| code.ends_with("00"));
            let meant = sure && (1..=MOST_PLACES).contains(&places.len());
            if meant {
                self.regions.extend(places.iter().cloned());
            }
            Ok(meant)
        })
    }

    fn read_agencies(&mut self, words: &[&str], view: &View) -> Result<(), Refused> {
        each_name(words, |name| {
            if name.chars().count() < SHORTEST_AGENCY {
                return Ok(false);
            }
            let term = Term::from_field_text(view.fields.agency, name);
            let known = view.searcher.doc_freq(&term).map_err(internal)? > 0;
            if known && !self.agencies.iter().any(|held| held == name) {
                self.agencies.push(name.to_owned());
            }
            Ok(known)
        })
    }

    /// The documents of a segment that gain, with the share of their score, and why.
    pub(super) fn gains(
        &self,
        shelf: &Shelf<'_>,
        weights: &Weights,
    ) -> Result<Vec<(&'static str, f32, Bits)>, Refused> {
        let of_codes = |codes: &[String]| shelf.any_keyword(shelf.fields.region, codes);
        let mut gains = Vec::new();
        match &weights.home_region {
            _ if !self.regions.is_empty() => {
                gains.push(("region", weights.region, of_codes(&self.regions)?));
            }
            Some(home) => {
                gains.push(("home", weights.home, of_codes(std::slice::from_ref(home))?));
            }
            None => {}
        }
        if !self.agencies.is_empty() {
            let issued = shelf.any_keyword(shelf.fields.agency, &self.agencies)?;
            gains.push(("issuer", weights.issuer, issued));
        }
        gains.retain(|(_, share, _)| *share > 0.0);
        Ok(gains)
    }
}

/// Hands rows of words to `is_name` from left to right, the longest at each place first; a name is passed over whole.
fn each_name(
    words: &[&str],
    mut is_name: impl FnMut(&str) -> Result<bool, Refused>,
) -> Result<(), Refused> {
    let mut from = 0;
    while from < words.len() {
        let most = MOST_WORDS.min(words.len() - from);
        let mut taken = 1;
        for count in (1..=most).rev() {
            if is_name(&words[from..from + count].concat())? {
                taken = count;
                break;
            }
        }
        from += taken;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Evidence, Sourced};
    use crate::search::testing::{Archive, document, with_facets};
    use crate::search::{Request, ScorePart};

    fn archive(home: Option<&str>) -> Archive {
        let of = |id: &str, agency, region: &str| {
            let text = "灵洲市防汛工作安排如下，水务局、财政局和长安街一带请遵照执行。";
            let mut one = with_facets(document(id, "防汛通知", text), "", "2020-01-01", agency);
            one.region = Some(Sourced::new(region.to_owned(), Evidence::Portal));
            one
        };
        let mut names = Names::default();
        names.add(Facet::Region, "990100", "灵洲市");
        names.add(Facet::Region, "990100", "灵洲");
        names.add(Facet::Region, "990203", "长安区");
        names.add(Facet::Region, "990203", "长安");
        let documents = vec![
            of("a", "青岚区水务局", "990203"),
            of("b", "灵洲市水务局", "990100"),
            of("c", "灵洲市财政局", "990101"),
        ];
        let mut archive = Archive::new(documents);
        let weights = Weights { home_region: home.map(str::to_owned), ..Weights::default() };
        archive.engine = archive.engine.with_weights(weights).with_names(names);
        archive
    }

    fn gains(archive: &Archive, query: &str, id: &str) -> Vec<&'static str> {
        let request = Request { query: query.to_owned(), ..Request::default() };
        let of_id = |document: &&crate::model::Document| document.external_id() == Some(id);
        let id = archive.documents.0.values().find(of_id).unwrap().id;
        let parts = archive.engine.explain(&request, &id, &archive.documents).unwrap().parts;
        let kinds = ["region", "home", "issuer"];
        let is_gain = |part: &&ScorePart| kinds.contains(&part.kind);
        parts.iter().filter(is_gain).map(|part| part.kind).collect()
    }

    #[test]
    fn named_regions_and_agencies_gain() {
        let archive = archive(Some("990203"));
        assert_eq!(gains(&archive, "灵洲防汛", "b"), ["region"]);
        assert_eq!(gains(&archive, "灵洲市防汛", "c"), ["region"], "what lies in it too");
        assert_eq!(gains(&archive, "灵洲市防汛", "a"), Vec::<&str>::new());
        let both: std::collections::BTreeSet<&str> =
            gains(&archive, "灵洲市水务局防汛", "b").into_iter().collect();
        assert!(both.contains("issuer"), "{both:?}");
        assert_eq!(
            gains(&archive, "长安防汛", "a"),
            ["home"],
            "a short name of a county is a word"
        );
    }

    #[test]
    fn the_home_region_counts_where_none_is_named() {
        assert_eq!(gains(&archive(Some("990100")), "防汛", "a"), Vec::<&str>::new());
        assert_eq!(gains(&archive(Some("990100")), "防汛", "c"), ["home"]);
        assert_eq!(gains(&archive(None), "防汛", "b"), Vec::<&str>::new());
    }
}
