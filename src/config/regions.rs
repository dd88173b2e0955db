//! Divisions of China by code and name, with their history: `index/regions.tsv`.

use std::collections::HashMap;

use crate::config::{Mistake, source::Source};
use crate::model::{RegionCode, RegionLevel, is_region_code, region_lineage};

/// All divisions at county level and above since 1999.
#[derive(Clone, Debug, Default)]
pub struct Regions {
    divisions: Vec<Division>,
    by_code: HashMap<RegionCode, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
}

/// One division under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Division {
    /// Six digits of GB/T 2260: two for the province, two for the prefecture, two for the county.
    pub code: RegionCode,
    /// Its name with what it is: 省, 市, 县, 区 …
    pub name: String,
    /// The first year it was there under this name; `None`: there when the table begins.
    pub since: Option<i16>,
    /// The year that ended; `None`: still there when the table ends.
    pub until: Option<i16>,
    /// What continues it, where that is one division.
    pub successor: Option<RegionCode>,
}

impl Regions {
    /// The division behind a code: as it was called in that year, else as it was called last.
    pub fn division(&self, code: &str, year: Option<i16>) -> Option<&Division> {
        let all = self.by_code.get(code)?;
        let then = year.and_then(|year| all.iter().find(|at| self.divisions[**at].was_there(year)));
        then.or(all.last()).map(|at| &self.divisions[*at])
    }

    /// Every division that has or had a name.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &Division> {
        self.by_name.get(name).into_iter().flatten().map(|at| &self.divisions[*at])
    }

    /// All of them, by code and time.
    pub fn all(&self) -> &[Division] {
        &self.divisions
    }

    /// The names from the province down to the division, as they are today.
    pub fn path(&self, code: &str) -> Vec<&str> {
        region_lineage(code)
            .filter_map(|code| self.division(&code, None))
            .map(|d| &*d.name)
            .collect()
    }

    /// Reads the table: code, name, first year, last year, successor, with tabs between.
    pub(super) fn read(source: &Source) -> (Self, Vec<Mistake>) {
        let (mut regions, mut mistakes) = (Self::default(), Vec::new());
        for (line, text) in (1..).zip(source.text.lines()) {
            if text.starts_with('#') || text.trim().is_empty() {
                continue;
            }
            match division(text) {
                Some(division) => regions.add(division),
                None => mistakes.push(Mistake {
                    file: source.path.clone(),
                    line,
                    found: format!("{text:?}"),
                    expected: EXPECTED.to_owned(),
                }),
            }
        }
        (regions, mistakes)
    }

    fn add(&mut self, division: Division) {
        let at = self.divisions.len();
        self.by_code.entry(division.code.clone()).or_default().push(at);
        self.by_name.entry(division.name.clone()).or_default().push(at);
        self.divisions.push(division);
    }
}

const EXPECTED: &str = "a code of six digits, a name, and perhaps the first year, the year it ended and the code of \
    what continues it, with tabs between";

fn division(line: &str) -> Option<Division> {
    let mut parts = line.split('\t').map(str::trim);
    let code = parts.next().filter(|code| is_region_code(code))?.to_owned();
    let name = parts.next().filter(|name| !name.is_empty())?.to_owned();
    let year = |part: Option<&str>| match part {
        None | Some("") => Some(None),
        Some(digits) => digits.parse().ok().filter(|year| (1900..2200).contains(year)).map(Some),
    };
    let (since, until) = (year(parts.next())?, year(parts.next())?);
    let successor = parts.next().unwrap_or_default();
    let whole = (successor.is_empty() || is_region_code(successor)) && parts.next().is_none();
    let successor = (!successor.is_empty()).then(|| successor.to_owned());
    whole.then_some(Division { code, name, since, until, successor })
}

/// First two digits of the codes of provinces in GB/T 2260.
const PROVINCES: [&str; 34] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41",
    "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71",
    "81", "82",
];

/// Whether a text has the form of a region code and begins like one of a province.
pub fn is_in_a_province(code: &str) -> bool {
    is_region_code(code) && PROVINCES.iter().any(|province| code.starts_with(province))
}

impl Division {
    /// Whether it was there in a year, the years of its beginning and its end included.
    pub fn was_there(&self, year: i16) -> bool {
        self.since.is_none_or(|since| since <= year) && self.until.is_none_or(|until| year <= until)
    }

    /// How high it stands.
    pub fn level(&self) -> RegionLevel {
        RegionLevel::of(&self.code)
    }

    /// The name without what it is: 衢州 of 衢州市; whole where one character would remain.
    pub fn short_name(&self) -> &str {
        let ending = KINDS.iter().find(|kind| self.name.ends_with(**kind));
        let short = ending.map_or(&*self.name, |kind| &self.name[..self.name.len() - kind.len()]);
        if short.chars().count() > 1 { short } else { &self.name }
    }
}

/// What names of divisions end with, longer ones first; 自治区 with the peoples that their names hold.
const KINDS: [&str; 17] = [
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "地区",
    "林区",
    "特区",
    "省",
    "市",
    "县",
    "区",
    "盟",
    "旗",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Dirs, load};
    use crate::model::lies_in;

    fn shipped() -> Regions {
        let nowhere = std::path::PathBuf::from("no such folder");
        let loaded = load(&Dirs { crawler: nowhere.clone(), index: nowhere });
        assert_eq!(loaded.mistakes, []);
        loaded.config.regions
    }

    #[test]
    fn divisions_are_found_by_code_name_and_year() {
        let regions = shipped();
        assert_eq!(regions.path("330802"), ["浙江省", "衢州市", "柯城区"]);
        assert_eq!(regions.path("469021"), ["海南省", "定安县"]);
        assert_eq!(regions.division("420600", Some(2008)).unwrap().name, "襄樊市");
        assert_eq!(regions.division("420600", Some(2020)).unwrap().name, "襄阳市");
        let codes: Vec<_> = regions.named("桥西区").map(|d| &*d.code).collect();
        assert_eq!(codes, ["130104", "130503", "130703"]);
        let then: Vec<_> = regions.named("儋州市").map(|d| (&*d.code, d.since, d.until)).collect();
        let county = [("460003", None, Some(2002)), ("469003", Some(2002), Some(2015))];
        assert_eq!(then, [county[0], ("460400", Some(2015), None), county[1]]);
        assert_eq!(regions.named("富阳市").next().unwrap().successor.as_deref(), Some("330111"));
    }

    #[test]
    fn every_successor_is_in_the_table_and_ends_are_after_beginnings() {
        let regions = shipped();
        assert!(regions.all().len() > 3_500);
        for division in regions.all() {
            let heir = division.successor.as_ref();
            assert!(heir.is_none_or(|heir| regions.division(heir, None).is_some()), "{division:?}");
            assert!(division.since.zip(division.until).is_none_or(|(a, b)| a <= b), "{division:?}");
            assert!(division.successor.is_none() || division.until.is_some(), "{division:?}");
        }
    }

    #[test]
    fn short_names_and_levels() {
        let regions = shipped();
        let short = |code: &str| regions.division(code, None).unwrap().short_name();
        assert_eq!([short("330800"), short("450000"), short("130632")], ["衢州", "广西", "安新"]);
        assert_eq!((short("320981"), short("371082")), ("东台", "荣成"));
        assert!(lies_in("330802", "330000") && lies_in("330802", "330800"));
        assert!(!lies_in("330800", "330802") && !lies_in("340802", "330800"));
        assert_eq!(RegionLevel::of("469021"), RegionLevel::County);
    }

    #[test]
    fn a_broken_line_is_a_mistake_with_its_line() {
        let text = "# 注\n990100\t灵洲市\n9901\t青岚区\n990102\t云浦县\t二〇〇〇\n".to_owned();
        let (regions, mistakes) = Regions::read(&Source { path: "regions.tsv".into(), text });
        assert_eq!(regions.all().len(), 1);
        assert_eq!(mistakes.iter().map(|m| m.line).collect::<Vec<_>>(), [3, 4]);
    }
}
