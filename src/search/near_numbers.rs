//! Document numbers that may have been meant: one slip away from one that nobody bears or cites.

use strsim::osa_distance;

use crate::index::View;
use crate::model::NumberYear;
use crate::search::{clock::Clock, matching::internal, numbers::WantedNumber, request::Refused};
use crate::text::fold;

/// Numbers that are offered.
const MOST_OFFERS: usize = 3;
/// Characters of the shortest code that may itself be the slip.
const SHORTEST_CODE: usize = 3;

/// Numbers that documents bear, then those they cite, that differ in one digit or character from the wanted one; of the
/// year, also those of the years beside it.
pub(super) fn near(
    wanted: &WantedNumber,
    view: &View,
    clock: &Clock,
) -> Result<Vec<String>, Refused> {
    let (Some(code), Some(serial)) = (&wanted.code, &wanted.serial) else { return Ok(Vec::new()) };
    let year = match wanted.year {
        Some(NumberYear::Known(year)) => Some(year.to_string()),
        _ => None,
    };
    let wanted = Parts { code: &fold(code).text, year: year.as_deref(), serial };
    let mut found: Vec<(u8, bool, String)> = Vec::new();
    for (cited, field) in [(false, view.fields.number), (true, view.fields.cited)] {
        for segment in view.searcher.segment_readers() {
            clock.check()?;
            let index = segment.inverted_index(field).map_err(internal)?;
            let mut terms = index.terms().stream().map_err(internal)?;
            while terms.advance() {
                let Ok(key) = std::str::from_utf8(terms.key()) else { continue };
                if let Some(slip) = Parts::of(key).and_then(|parts| wanted.slip(&parts)) {
                    found.push((slip, cited, key.to_owned()));
                }
            }
        }
    }
    found.sort();
    let mut offered: Vec<String> = Vec::new();
    for (_, _, key) in found {
        let printed = key.replacen('(', "〔", 1).replacen(')', "〕", 1);
        if !offered.contains(&printed) && offered.len() < MOST_OFFERS {
            offered.push(printed);
        }
    }
    Ok(offered)
}

/// A number in parts, folded.
struct Parts<'n> {
    code: &'n str,
    year: Option<&'n str>,
    serial: &'n str,
}

impl<'n> Parts<'n> {
    /// The parts of a number as the index holds it.
    fn of(key: &'n str) -> Option<Self> {
        let whole = key.strip_suffix('号')?;
        if let Some((code, rest)) = whole.split_once('(') {
            let (year, serial) = rest.split_once(')')?;
            return Some(Self { code, year: Some(year), serial });
        }
        let (code, serial) = whole.split_once('第')?;
        Some(Self { code, year: None, serial })
    }

    /// What is different where one slip tells them apart: the likelier, the lower; what was not typed differs in nothing.
    fn slip(&self, other: &Parts<'_>) -> Option<u8> {
        let code = self.code != other.code;
        let serial = self.serial != other.serial;
        let year = self.year.is_some() && self.year != other.year;
        match (code, year, serial) {
            (false, true, false) => {
                let number = |year: Option<&str>| year.and_then(|year| year.parse::<u16>().ok());
                let (wanted, held) = (number(self.year)?, number(other.year)?);
                let beside = wanted.abs_diff(held) == 1;
                (beside || osa_distance(self.year?, other.year?) == 1).then_some(0)
            }
            (false, false, true) => (osa_distance(self.serial, other.serial) == 1).then_some(1),
            (true, false, false) if self.code.chars().count() >= SHORTEST_CODE => {
                let similar = self.code.len().abs_diff(other.code.len()) <= 3;
                (similar && osa_distance(self.code, other.code) == 1).then_some(2)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::search::testing::{Archive, document, with_number};
    use crate::search::{Note, Request};

    #[test]
    fn numbers_one_slip_away_are_offered() {
        let held = [
            ("a", "灵政发〔2020〕7号"),
            ("b", "灵政发〔2019〕17号"),
            ("c", "灵政办〔2020〕8号"),
            ("d", "灵洲市人民政府令第12号"),
        ];
        let documents =
            held.map(|(id, number)| with_number(document(id, "植树通知", "请植树。"), number));
        let archive = Archive::new(documents.into());
        let offered = |query: &str| {
            let request = Request { query: query.to_owned(), ..Request::default() };
            let notes = archive.ask(&request).unwrap().notes;
            notes.into_iter().find_map(|note| match note {
                Note::DidYouMean(numbers) => Some(numbers),
                _ => None,
            })
        };
        let numbers = |list: &[&str]| Some(list.iter().map(|&n| n.to_owned()).collect::<Vec<_>>());
        assert_eq!(offered("灵政发〔2021〕7号"), numbers(&["灵政发〔2020〕7号"]));
        assert_eq!(
            offered("灵政发〔2019〕7号"),
            numbers(&["灵政发〔2020〕7号", "灵政发〔2019〕17号"])
        );
        assert_eq!(
            offered("灵政发〔2020〕8号"),
            numbers(&["灵政发〔2020〕7号", "灵政办〔2020〕8号"])
        );
        assert_eq!(offered("灵政发9号"), numbers(&["灵政发〔2020〕7号"]));
        assert_eq!(offered("灵洲市人民政府令第13号"), numbers(&["灵洲市人民政府令第12号"]));
        assert_eq!(offered("灵政发〔2020〕7号"), None);
        assert_eq!(offered("青政办函〔1998〕55号"), None);
    }
}
