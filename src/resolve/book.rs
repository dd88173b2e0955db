//! What names of agencies mean: which region they begin with, what they are in full, what they became.

use crate::config::{Agencies, AgencyEntry, Division, Regions};
use crate::model::{RegionCode, RegionLevel, lies_in};

/// The curated tables of regions and agencies, asked together.
#[derive(Clone, Copy, Debug)]
pub struct Book<'c> {
    regions: &'c Regions,
    agencies: &'c Agencies,
}

/// What is known of an agency by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its plain name: in full, a district with its city before it; as printed where nothing more is known.
    pub name: String,
    /// The region it serves, where the name or the place it was printed at tells which.
    pub region: Option<RegionCode>,
}

/// The regions that a name begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leading<'c, 'n> {
    /// All divisions that can be meant, by code; none where the name begins with no region.
    pub(super) meant: Vec<&'c Division>,
    /// What follows.
    pub(super) rest: &'n str,
}

/// The longest name of a division, in characters.
const LONGEST_NAME: usize = 15;

impl<'c> Book<'c> {
    /// A book over curated tables.
    pub fn new(regions: &'c Regions, agencies: &'c Agencies) -> Self {
        Self { regions, agencies }
    }

    /// The divisions of China.
    pub fn regions(&self) -> &'c Regions {
        self.regions
    }

    /// What a printed name means in a year; `home` is the region of the place where it was printed.
    ///
    /// A street (青岚街道) stands for its office.
    pub fn agency(&self, printed: &str, home: Option<&str>, year: Option<i16>) -> Named {
        let mut named = self.body(printed.trim(), home, year);
        if named.name.ends_with("街道") {
            named.name.push_str("办事处");
        }
        named
    }

    fn body(&self, printed: &str, home: Option<&str>, year: Option<i16>) -> Named {
        let leading = self.leading(printed, home, year);
        if leading.meant.is_empty()
            && let Some(known) = self.agencies.whole(printed, year)
        {
            return Named { name: known.name.clone(), region: None };
        }
        let in_full = |rest: &str| self.agencies.local(rest, year).map(|(_, full)| full.to_owned());
        if let [division] = leading.meant[..] {
            let rest = in_full(leading.rest).unwrap_or_else(|| leading.rest.to_owned());
            let name = format!("{}{rest}", self.prefix(division));
            return Named { name, region: Some(division.code.clone()) };
        }
        if leading.meant.is_empty()
            && let Some((division, rest)) = self.at_home(printed, home, year)
        {
            let rest = in_full(rest).unwrap_or_else(|| rest.to_owned());
            let name = format!("{}{rest}", self.prefix(division));
            return Named { name, region: Some(division.code.clone()) };
        }
        Named { name: self.ending_in_full(printed, year), region: None }
    }

    /// The entry of a local body or a single agency by its plain name.
    pub fn entry(&self, name: &str) -> Option<&'c AgencyEntry> {
        let leading = self.leading(name, None, None);
        self.agencies
            .whole(name, None)
            .or_else(|| self.agencies.local(leading.rest, None).map(|(entry, _)| entry))
            .or_else(|| {
                endings(name)
                    .find_map(|(_, rest)| self.agencies.local(rest, None))
                    .map(|(entry, _)| entry)
            })
    }

    /// What continues an entry.
    pub fn successor(&self, entry: &AgencyEntry) -> Option<&'c AgencyEntry> {
        self.agencies.successor(entry)
    }

    /// What became an entry.
    pub fn predecessors(&self, entry: &'c AgencyEntry) -> impl Iterator<Item = &'c AgencyEntry> {
        self.agencies.predecessors(entry)
    }

    /// The divisions that a name begins with, from the outermost it names to the innermost; of several that bear the
    /// name, those in `home` where there are any, and those of the year where it is known.
    pub(super) fn leading<'n>(
        &self,
        name: &'n str,
        home: Option<&str>,
        year: Option<i16>,
    ) -> Leading<'c, 'n> {
        let (mut meant, mut rest): (Vec<&Division>, _) = (Vec::new(), name);
        while let Some((found, after)) = self.first_region(rest, &meant) {
            (meant, rest) = (found, after);
        }
        if let Some(home) = home {
            narrow(&mut meant, |division| {
                lies_in(&division.code, home) || lies_in(home, &division.code)
            });
        }
        if let Some(year) = year {
            narrow(&mut meant, |division| division.was_there(year));
        } else {
            narrow(&mut meant, |division| division.until.is_none());
        }
        meant.dedup_by(|one, other| one.code == other.code);
        Leading { meant, rest }
    }

    /// The longest name of a division at the beginning that lies in one of `above`; short names of provinces and
    /// cities count where another region or a body follows that needs one.
    fn first_region<'n>(
        &self,
        name: &'n str,
        above: &[&Division],
    ) -> Option<(Vec<&'c Division>, &'n str)> {
        let inside = |division: &&Division| {
            above.is_empty()
                || above.iter().any(|outer| {
                    outer.code != division.code && lies_in(&division.code, &outer.code)
                })
        };
        prefixes(name).find_map(|(start, rest)| {
            let found: Vec<_> = self.regions.named(start).filter(inside).collect();
            (!found.is_empty()).then_some((found, rest))
        })
    }

    /// For `市财政局` and `财政局` printed at a place: the region there that is meant, and what follows it.
    fn at_home<'n>(
        &self,
        name: &'n str,
        home: Option<&str>,
        year: Option<i16>,
    ) -> Option<(&'c Division, &'n str)> {
        let home = home?;
        let level_word =
            ["省", "市", "县", "区", "州", "盟", "旗"].iter().find(|word| name.starts_with(**word));
        let Some(word) = level_word else {
            let known = self.agencies.local(name, year).is_some();
            return self.regions.division(home, year).filter(|_| known).map(|home| (home, name));
        };
        let above = [Some(home.to_owned()), padded(home, 4), padded(home, 2)];
        let meant = above.into_iter().flatten().find_map(|code| {
            self.regions.division(&code, year).filter(|division| division.name.ends_with(word))
        })?;
        Some((meant, &name[word.len()..]))
    }

    /// How an agency's name begins: districts need their city, everything else is known by its own name.
    fn prefix(&self, division: &Division) -> String {
        let is_district = division.level() == RegionLevel::County && division.name.ends_with('区');
        let mut city = [4, 2].iter().filter_map(|digits| padded(&division.code, *digits));
        let city = city.find_map(|code| self.regions.division(&code, None));
        match city.filter(|city| is_district && city.code != division.code) {
            Some(city) => format!("{}{}", city.name, division.name),
            None => division.name.clone(),
        }
    }

    /// A name in a region that no table knows, with its ending in full: 灵洲市人社局.
    fn ending_in_full(&self, name: &str, year: Option<i16>) -> String {
        let found = endings(name).find_map(|(start, rest)| {
            let (_, full) = self.agencies.local(rest, year)?;
            Some(format!("{start}{full}"))
        });
        found.unwrap_or_else(|| name.to_owned())
    }
}

/// Keeps what fits, unless nothing does.
fn narrow(meant: &mut Vec<&Division>, fits: impl Fn(&Division) -> bool) {
    if meant.iter().any(|division| fits(division)) {
        meant.retain(|division| fits(division));
    }
}

/// A code with all after the first digits set to zero.
fn padded(code: &str, digits: usize) -> Option<RegionCode> {
    code.get(..digits).map(|start| format!("{start:0<6}"))
}

/// Every way to cut a name after 2 to 15 characters, longest start first.
fn prefixes(name: &str) -> impl Iterator<Item = (&str, &str)> {
    let cuts: Vec<usize> =
        name.char_indices().map(|(at, c)| at + c.len_utf8()).take(LONGEST_NAME).collect();
    cuts.into_iter().skip(1).rev().map(|at| name.split_at(at))
}

/// Every way to cut a name behind the word for a region, shortest start first.
fn endings(name: &str) -> impl Iterator<Item = (&str, &str)> {
    let words = name.char_indices().filter(|(_, c)| "省市县区州盟旗".contains(*c));
    words.map(|(at, c)| name.split_at(at + c.len_utf8())).filter(|(_, rest)| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Dirs, load};

    fn config() -> Config {
        let nowhere = std::path::PathBuf::from("no such folder");
        load(&Dirs { crawler: nowhere.clone(), index: nowhere }).config
    }

    #[test]
    fn names_say_which_region_they_serve_and_are_written_in_full() {
        // printed, home, year → plain name, region
        type Case<'a> = (&'a str, Option<&'a str>, Option<i16>, &'a str, Option<&'a str>);
        let config = config();
        let book = Book::new(&config.regions, &config.agencies);
        let table: [Case<'_>; 16] = [
            ("衢州市人社局", None, None, "衢州市人力资源和社会保障局", Some("330800")),
            ("浙江省衢州市柯城区发改局", None, None, "衢州市柯城区发展和改革局", Some("330802")),
            ("市财政局", Some("330802"), None, "衢州市财政局", Some("330800")),
            ("市财政局", Some("330182"), None, "建德市财政局", Some("330182")),
            ("县环保局", Some("330824"), Some(2012), "开化县环境保护局", Some("330824")),
            ("教育局", Some("330824"), None, "开化县教育局", Some("330824")),
            ("教育局", None, None, "教育局", None),
            ("国家发改委", Some("330824"), None, "国家发展和改革委员会", None),
            ("桥西区财政局", None, None, "桥西区财政局", None),
            ("桥西区财政局", Some("130100"), None, "石家庄市桥西区财政局", Some("130104")),
            ("石家庄市桥西区财政局", None, None, "石家庄市桥西区财政局", Some("130104")),
            ("东城区教育委员会", None, None, "北京市东城区教育委员会", Some("110101")),
            ("襄樊市建设局", None, Some(2008), "襄樊市建设局", Some("420600")),
            ("灵洲市人社局", None, None, "灵洲市人力资源和社会保障局", None),
            ("灵洲市青岚区环保局", None, Some(2011), "灵洲市青岚区环境保护局", None),
            ("灵洲日报", None, None, "灵洲日报", None),
        ];
        for (printed, home, year, name, region) in table {
            let found = book.agency(printed, home, year);
            assert_eq!((found.name.as_str(), found.region.as_deref()), (name, region), "{printed}");
        }
    }

    #[test]
    fn an_ambiguous_county_stays_open() {
        let config = config();
        let book = Book::new(&config.regions, &config.agencies);
        let leading = book.leading("鼓楼区民政局", None, None);
        assert_eq!(leading.rest, "民政局");
        assert!(leading.meant.len() >= 4);
        assert_eq!(book.entry("柯城区工商局").map(|entry| &*entry.name), Some("工商行政管理"));
    }
}
