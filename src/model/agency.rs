//! Names of agencies.

/// What names of agencies end with, longest first where one ends another.
const ENDINGS: [&str; 46] = [
    "人民政府",
    "政府",
    "办公厅",
    "办公室",
    "委员会",
    "管委会",
    "居委会",
    "村委会",
    "常委会",
    "人大",
    "政协",
    "国务院",
    "总局",
    "总署",
    "海关",
    "银行",
    "局",
    "厅",
    "委",
    "办",
    "部",
    "署",
    "院",
    "所",
    "站",
    "中心",
    "处",
    "科",
    "队",
    "支队",
    "大队",
    "办事处",
    "街道",
    "公司",
    "集团",
    "学校",
    "大学",
    "学院",
    "医院",
    "协会",
    "法院",
    "检察院",
    "指挥部",
    "领导小组",
    "联席会议",
    "馆",
];

/// Whether a name ends as names of agencies do.
pub fn looks_like_agency(name: &str) -> bool {
    let name = name.trim();
    let length = name.chars().count();
    let han = name.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
    let ourselves = name.starts_with('本') || name.ends_with("网站");
    !ourselves
        && (2..=40).contains(&length)
        && han * 10 >= length * 8
        && ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// What an agency that publishes annual reports is: dates and comparisons go by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReporterKind {
    /// A government of county level or above; its figures include those of the agencies below it.
    Government,
    /// An agency of a government.
    Department,
    /// A township, or the office of a street (街道办事处).
    Township,
}

impl ReporterKind {
    /// What a plain name says.
    pub fn of(name: &str) -> Self {
        let township = [
            "乡人民政府",
            "镇人民政府",
            "乡政府",
            "镇政府",
            "街道办事处",
            "街道",
            "地区办事处",
            "苏木人民政府",
        ];
        if township.iter().any(|ending| name.ends_with(ending)) {
            return Self::Township;
        }
        let government =
            ["人民政府", "行政公署", "省政府", "市政府", "县政府", "区政府", "旗政府", "州政府"];
        if government.iter().any(|ending| name.ends_with(ending)) {
            return Self::Government;
        }
        Self::Department
    }

    /// The kind as it stands in exports and in `index/roster.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Government => "government",
            Self::Department => "department",
            Self::Township => "township",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_reporters_by_their_names() {
        for (name, kind) in [
            ("灵洲市人民政府", "government"),
            ("景德镇市人民政府", "government"),
            ("灵洲市人民政府办公室", "department"),
            ("灵洲市教育局", "department"),
            ("青岚区柳浦镇人民政府", "township"),
            ("青岚街道办事处", "township"),
        ] {
            assert_eq!(ReporterKind::of(name).as_str(), kind, "{name}");
        }
    }

    #[test]
    fn agencies_end_like_agencies() {
        for name in ["灵洲市人民政府", "市卫生健康委", "青岚街道办事处", "国务院"]
        {
            assert!(looks_like_agency(name), "{name}");
        }
        for name in ["灵洲日报", "本站", "", "局", "www.example.gov.cn局"] {
            assert!(!looks_like_agency(name), "{name}");
        }
    }
}
