//! Codes of divisions (GB/T 2260): how high one stands, and which lies in which.

use crate::model::RegionCode;

/// Whether a text has the form of a code: six digits.
pub fn is_region_code(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// How high a division stands, by its GB/T 2260 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RegionLevel {
    /// 省, 自治区, 直辖市, 特别行政区.
    Province,
    /// 地级市, 地区, 自治州, 盟.
    Prefecture,
    /// 县, 区, 县级市, 旗; counties that answer to a province too.
    County,
}

impl RegionLevel {
    /// The level of a code.
    pub fn of(code: &str) -> Self {
        match (code.get(2..4), code.get(4..)) {
            (Some("00"), _) => Self::Province,
            (_, Some("00")) => Self::Prefecture,
            _ => Self::County,
        }
    }

    /// The level as it stands in exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::Prefecture => "prefecture",
            Self::County => "county",
        }
    }
}

/// Whether one division lies in another, or is the same; by their codes, so by the order of today or of then.
pub fn lies_in(inner: &str, outer: &str) -> bool {
    let digits = match RegionLevel::of(outer) {
        RegionLevel::Province => 2,
        RegionLevel::Prefecture => 4,
        RegionLevel::County => 6,
    };
    outer.get(..digits).is_some_and(|start| inner.starts_with(start))
}

/// Whether a division, where it is known, lies in the one that is asked for; without one everything does.
pub fn is_within(inner: Option<&str>, asked: Option<&str>) -> bool {
    asked.is_none_or(|outer| inner.is_some_and(|inner| lies_in(inner, outer)))
}

/// The codes from the province down to a code; counties that answer to a province have nothing between.
pub fn region_lineage(code: &str) -> impl Iterator<Item = RegionCode> {
    let above = |digits: usize| code.get(..digits).map(|start| format!("{start:0<6}"));
    let mut codes: Vec<RegionCode> = [above(2), above(4), above(6)].into_iter().flatten().collect();
    codes.dedup();
    codes.into_iter()
}
