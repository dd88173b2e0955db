//! Whether a document is an annual report on disclosure, and whether its text can hold figures.

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

/// The year of the annual report that a title names; `None` for a title without a year, or of something else.
pub fn year_of_report_named(title: &str) -> Option<i16> {
    report_year::is_annual_report(title).then(|| report_year::in_title(title)).flatten()
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
}
