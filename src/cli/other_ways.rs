//! The curated files that know other ways to say a word, joined for the search: synonyms, agencies, regions.

use crate::config::{Agencies, AgencyEntry, Config, Regions};
use crate::model::RegionLevel;
use crate::search::{OtherWay, Synonyms};

/// What another name of the same agency counts, and what its name before or after a reform counts.
const OTHER_NAME: f32 = 0.9;
const OTHER_TIME: f32 = 0.5;
/// What a region's name without 省 or 市 counts: the words of other names hold it too.
const SHORT_REGION: f32 = 0.8;

/// All of them; what the reviewed synonyms say comes first.
pub(super) fn synonyms(config: &Config) -> Synonyms {
    let always = (None, None);
    let reviewed = config.synonyms.iter().map(|one| {
        let way = OtherWay { also: one.also.clone(), weight: one.weight, years: always };
        (one.typed.clone(), way)
    });
    Synonyms::new(reviewed.chain(of_agencies(&config.agencies)).chain(of_regions(&config.regions)))
}

type Pair = (String, OtherWay);

fn of_agencies(agencies: &Agencies) -> impl Iterator<Item = Pair> {
    agencies.all().iter().flat_map(|entry| {
        let bodies =
            if entry.bodies.is_empty() { vec![String::new()] } else { entry.bodies.clone() };
        let related = agencies.predecessors(entry).chain(agencies.successor(entry));
        let related: Vec<&AgencyEntry> = related.collect();
        bodies.into_iter().flat_map(move |body| of_body(entry, &body, &related)).collect::<Vec<_>>()
    })
}

/// The names of one body stand for each other; those of its forerunners and heirs are looked for beside them.
fn of_body(entry: &AgencyEntry, body: &str, related: &[&AgencyEntry]) -> Vec<Pair> {
    let own = names(entry, body);
    let mut pairs = Vec::new();
    for typed in &own {
        let others = own.iter().filter(|other| *other != typed);
        pairs.extend(others.map(|other| pair(typed, other, OTHER_NAME, entry)));
        for other in related {
            // The heir may be another kind of body: 委员会 after 局.
            let same = other.bodies.is_empty() || other.bodies.iter().any(|known| known == body);
            let heir = if same { Some(body) } else { other.bodies.first().map(String::as_str) };
            let full = format!("{}{}", other.name, heir.unwrap_or_default());
            pairs.push(pair(typed, &full, OTHER_TIME, other));
        }
    }
    pairs
}

/// What a body is called, in full first: 发展和改革委员会, 发改委.
fn names(entry: &AgencyEntry, body: &str) -> Vec<String> {
    let endings = match body {
        "委员会" => vec![body, "委"],
        "办公室" => vec![body, "办"],
        other => vec![other],
    };
    let bare = std::iter::once(&entry.name).chain(&entry.also);
    let mut names: Vec<String> =
        bare.flat_map(|name| endings.iter().map(move |end| format!("{name}{end}"))).collect();
    names.dedup();
    names
}

fn pair(typed: &str, other: &str, weight: f32, entry: &AgencyEntry) -> Pair {
    let years = (entry.since, entry.until);
    (typed.to_owned(), OtherWay { also: vec![other.to_owned()], weight, years })
}

/// Provinces and prefectures without what they are: who asks for 广东省 means texts that say 广东.
fn of_regions(regions: &Regions) -> impl Iterator<Item = Pair> {
    let high = regions.all().iter().filter(|division| division.level() != RegionLevel::County);
    high.filter(|division| division.short_name() != division.name).map(|division| {
        let also = vec![division.short_name().to_owned()];
        (division.name.clone(), OtherWay { also, weight: SHORT_REGION, years: (None, None) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Dirs, load};

    #[test]
    fn agencies_and_regions_are_known_by_other_names() {
        let nowhere = std::path::PathBuf::from("no such folder");
        let loaded = load(&Dirs { crawler: nowhere.clone(), index: nowhere });
        let agencies: Vec<Pair> = of_agencies(&loaded.config.agencies).collect();
        let knows = |typed: &str, other: &str| {
            agencies.iter().any(|(word, way)| word == typed && way.also == [other.to_owned()])
        };
        assert!(knows("发改委", "发展和改革委员会") && knows("人社局", "人力资源和社会保障局"));
        assert!(knows("环保部", "生态环境部") && knows("生态环境厅", "环境保护厅"));
        let regions: Vec<Pair> = of_regions(&loaded.config.regions).collect();
        assert!(regions.iter().any(|(word, way)| word == "内蒙古自治区" && way.also == ["内蒙古"]));
    }
}
