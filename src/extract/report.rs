//! Whether a document is an annual report on disclosure with figures, and which form its figures follow.

use crate::extract::{body::squeeze, report_year};

/// What a document of a column of annual reports is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportStatus {
    /// A report with a text that can hold figures.
    Figures,
    /// A report whose text is elsewhere: in a file, a picture, nowhere.
    NoText,
    /// Something else that stands in the column.
    NotAReport,
}

impl ReportStatus {
    /// The status as a word: `figures`, `no_text`, `not_a_report`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Figures => "figures",
            Self::NoText => "no_text",
            Self::NotAReport => "not_a_report",
        }
    }
}

/// The form that the figures of a report follow, by its period (DOMAIN: formats of annual reports).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// Sentences, with or without a form of a province.
    Narrative,
    /// The national form of 2014 with its 58 numbers.
    National2014,
    /// Six parts with the tables of 2019.
    Tables2019,
    /// Six parts with the tables of 2021.
    Tables2021,
}

impl ReportFormat {
    /// The form as a word: `narrative`, `national2014`, `2019`, `2021`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Narrative => "narrative",
            Self::National2014 => "national2014",
            Self::Tables2019 => "2019",
            Self::Tables2021 => "2021",
        }
    }
}

/// A text with fewer characters holds no report.
const SHORTEST: usize = 60;

/// Tells a report with figures from one without text, and both from what is none.
pub fn report_status(title: &str, text: &str) -> ReportStatus {
    if !report_year::is_annual_report(title) {
        return ReportStatus::NotAReport;
    }
    let said = squeeze(text).chars().take(SHORTEST).count();
    if said < SHORTEST { ReportStatus::NoText } else { ReportStatus::Figures }
}

/// The form of a report; `None` for a text without anything to tell by.
///
/// It is told by the words of its tables' heads and never by its year, unless the tables were lost and only the six parts
/// of the later forms tell that there were any.
pub fn report_format(text: &str, year: Option<i16>) -> Option<ReportFormat> {
    let text = squeeze(text);
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["本年制发件数", "制发件数", "本年废止件数", "现行有效件数"]) {
        return Some(ReportFormat::Tables2021);
    }
    if has(&["本年新制作数量", "本年新公开数量", "对外公开总数量", "上一年项目数量"])
    {
        return Some(ReportFormat::Tables2019);
    }
    if has(&["收到和处理政府信息公开申请情况"]) {
        let later = year.is_some_and(|year| year >= 2021);
        return Some(if later { ReportFormat::Tables2021 } else { ReportFormat::Tables2019 });
    }
    if has(&["主动公开政府信息数", "回应公众关注热点或重大舆情数"]) && has(&["收到申请数"])
    {
        return Some(ReportFormat::National2014);
    }
    (text.chars().count() >= SHORTEST).then_some(ReportFormat::Narrative)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_column_of_reports() {
        let text =
            "本报告根据《中华人民共和国政府信息公开条例》的要求，由灵洲市教育局编制。".repeat(3);
        for (title, text, status) in [
            ("灵洲市教育局2020年政府信息公开工作年度报告", &*text, "figures"),
            ("灵洲市教育局2020年政府信息公开工作年度报...", &*text, "figures"),
            ("政府信息公开情况统计表（2018年度）", &*text, "figures"),
            ("灵洲市教育局2020年政府信息公开工作年度报告", "详见附件", "no_text"),
            ("灵洲市教育局2020年法治政府建设情况", &*text, "not_a_report"),
        ] {
            assert_eq!(report_status(title, text).as_str(), status, "{title}");
        }
    }

    #[test]
    fn forms_are_told_by_their_words() {
        let six = "三、收到和处理政府信息公开申请情况";
        for (text, year, format) in [
            ("信息内容\t本年制发件数", Some(2020), "2021"),
            ("信息内容\t本年新\n制作数量", Some(2021), "2019"),
            (six, Some(2021), "2021"),
            (six, Some(2020), "2019"),
            ("（一）主动公开政府信息数\t条\t3\n（一）收到申请数\t件\t2", None, "national2014"),
            (&"全年主动公开政府信息三条。".repeat(9), Some(2012), "narrative"),
        ] {
            assert_eq!(report_format(text, year).map(ReportFormat::as_str), Some(format), "{text}");
        }
        assert_eq!(report_format("详见附件", None), None);
    }
}
