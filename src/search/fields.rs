//! What may stand before a colon in a question, and what the value after it means.

use unicode_normalization::UnicodeNormalization;

use crate::model::{CategoryPath, is_region_code};
use crate::search::{
    facet::Facet, facets::check_year, names::Names, numbers, parse::Part, request::UNKNOWN,
};
use crate::text::{fold, fold_quoted};

/// What a value after a colon is looked for in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Title,
    Number,
    Facet(Facet),
}

/// Names in Chinese; the others are those of the facets, `title` and `number`.
const CHINESE: [(&str, Place); 6] = [
    ("标题", Place::Title),
    ("文号", Place::Number),
    ("机构", Place::Facet(Facet::Agency)),
    ("年份", Place::Facet(Facet::Year)),
    ("地区", Place::Facet(Facet::Region)),
    ("类别", Place::Facet(Facet::Category)),
];

/// The place that a run names with a colon at its start, and how many characters that takes.
pub(super) fn place_before_colon(run: &[char]) -> Option<(Place, usize)> {
    let colon = run.iter().take(9).position(|c| matches!(c, ':' | '：'))?;
    let name: String = run[..colon].iter().flat_map(|c| c.nfkc()).collect();
    let name = fold(&name).text;
    let place = match name.as_str() {
        "title" => Place::Title,
        "number" => Place::Number,
        name => match CHINESE.iter().find(|(chinese, _)| *chinese == name) {
            Some((_, place)) => *place,
            None => Place::Facet(Facet::named(name)?),
        },
    };
    Some((place, colon + 1))
}

impl Place {
    /// What a value means here; else what would have been right.
    pub(super) fn part(self, value: &str, names: &Names) -> Result<Part, &'static str> {
        let folded = fold_quoted(value).trim().to_owned();
        if folded.is_empty() {
            return Err("a value after the colon");
        }
        match self {
            Self::Title => Ok(Part::Title(folded)),
            Self::Number => {
                let number =
                    numbers::named(value).ok_or("a document number, its code or its serial")?;
                Ok(Part::Number(number))
            }
            Self::Facet(Facet::Agency) if folded != UNKNOWN => Ok(Part::Agency(folded)),
            Self::Facet(facet) => {
                values(facet, value.trim(), &folded, names).map(|values| Part::Value(facet, values))
            }
        }
    }
}

/// The values of a facet that are meant by one as it stands, or by a name.
fn values(
    facet: Facet,
    value: &str,
    folded: &str,
    names: &Names,
) -> Result<Vec<String>, &'static str> {
    let called = names.called(facet, folded);
    if !called.is_empty() {
        return Ok(called.to_vec());
    }
    let value: String = match facet {
        Facet::Theme | Facet::Genre | Facet::Validity => value.to_owned(),
        _ => value.nfkc().collect(),
    };
    let fits = match facet {
        _ if value == UNKNOWN => true,
        Facet::Year => check_year(&value).is_ok(),
        Facet::Category => CategoryPath::new(&value).is_some(),
        Facet::Region => is_region_code(&value),
        _ => true,
    };
    let expected = match facet {
        Facet::Year => "a year such as 2019 or a span such as 2011..2015",
        Facet::Category => "a category path or its name",
        _ => "a region code of six digits or the name of a region",
    };
    if fits { Ok(vec![value]) } else { Err(expected) }
}
