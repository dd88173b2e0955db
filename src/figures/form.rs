//! Which form the figures of a report follow: told by the words of its tables' heads.

use crate::figures::SHORTEST;
use crate::figures::squeeze::squeeze;
use crate::model::ReportFormat;

/// The form of a report; `None` for a text without anything to tell by.
///
/// Only where the tables were lost and nothing but the six parts of the later forms tells that there were any, the year
/// decides between the two.
pub(super) fn report_format(text: &str, year: Option<i16>) -> Option<ReportFormat> {
    let text = squeeze(text);
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["制发件数", "本年废止件数", "现行有效件数"]) {
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
    if has(&["依申请受理数"]) && has(&["未延期办结数"]) && has(&["主动公开数量"])
    {
        return Some(ReportFormat::Zhejiang2013);
    }
    (text.chars().count() >= SHORTEST).then_some(ReportFormat::Narrative)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_by_their_words() {
        let six = "三、收到和处理政府信息公开申请情况";
        for (text, year, format) in [
            ("信息内容\t本年制发件数", Some(2020), "2021"),
            ("信息内容\t本年新\n制作数量", Some(2021), "2019"),
            (six, Some(2021), "2021"),
            (six, Some(2020), "2019"),
            ("（一）主动公开政府信息数\t条\t3\n（一）收到申请数\t件\t2", None, "national2014"),
            (
                "一、主动公开数量\t条\t3\n（二）依申请受理数\t件\n1.未延期办结数",
                None,
                "zhejiang2013",
            ),
            (&"全年主动公开政府信息三条。".repeat(9), Some(2012), "narrative"),
        ] {
            assert_eq!(report_format(text, year).map(ReportFormat::as_str), Some(format), "{text}");
        }
        assert_eq!(report_format("详见附件", None), None);
    }
}
