//! What the rules say, in plain sentences.

use crate::figures::{Metrics, rule_name};
use crate::model::{Check, Figure, Method, ReportFormat, Verdict};

/// What a check found, in one sentence. The numbers are those of the report, nothing is repaired.
pub(super) fn sentence(check: &Check) -> String {
    let Check { rule, left, right, .. } = check;
    match rule.as_str() {
        "B1" => {
            format!("新收加上年结转是 {left}，办理结果总计加结转下年却是 {right}，两者应当相等。")
        }
        "B2" => format!("各项办理结果相加是 {left}，总计写的是 {right}。"),
        "B3" => format!("各类申请人相加是 {left}，总计写的是 {right}。"),
        "B4" => format!("上一年报告写结转下年 {left} 件，本年报告写上年结转 {right} 件。"),
        "C1" | "C2" | "C3" => format!("四种结果相加是 {left}，总计写的是 {right}。"),
        "A1" => format!(
            "现行有效 {left} 件，而上一年的现行有效数加本年制发、减本年废止是 {right} 件；集中清理也会造成这种差别。"
        ),
        "A2" => format!("“上一年项目数量”写的是 {left}，按上一年报告的数量加增减应为 {right}。"),
        "P1" => format!("正文写的是 {left}，表格里是 {right}。"),
        "P2" => format!("文中写的占比或均值是 {left}，按文中的数字计算是 {right}。"),
        "R1" => format!(
            "{}：本报告写 {left}，{}的报告却写 {right}；本报告可能只统计了政府办公室自身。",
            metric_name(&check.scope),
            check.detail
        ),
        "S2" => format!("表格写收费金额 {left}，第六部分却没有说明收费情况。"),
        "Z1" if check.verdict == Verdict::Note => {
            "主动公开总数把件、条、次加在一起，不要与以后各年的数字比较。".to_owned()
        }
        "N8" => format!("办结 {left} 件，答复 {right} 件，两者应当相等。"),
        other => format!("分项与总数不符：{left} 与 {right}（{}）。", rule_name(other)),
    }
}

/// What a metric is called.
fn metric_name(id: &str) -> String {
    Metrics::built_in().get(id).map_or_else(|| id.to_owned(), |metric| metric.label.clone())
}

/// What a curator changed.
pub(super) fn correction(figure: &Figure) -> Option<String> {
    let correction = figure.correction.as_ref()?;
    let amount = |value: Option<crate::model::Amount>| {
        value.map_or("无".to_owned(), |value| value.to_string())
    };
    Some(format!(
        "{}：程序读作 {}，{} 于 {} 更正为 {}（{}）。",
        figure.source.row,
        amount(correction.read),
        correction.by,
        correction.on,
        amount(figure.value),
        correction.reason
    ))
}

/// How a figure was read.
pub(super) fn method(method: Method) -> &'static str {
    match method {
        Method::Cell => "单元格",
        Method::Digits => "数字串，一格一位",
        Method::RowSum => "数字串，按横向合计切分",
        Method::ColumnSum => "数字串，按纵向合计切分",
        Method::Prose => "数字串，按正文切分",
        Method::Sentence => "正文",
        Method::StatedZero => "正文说明没有",
    }
}

/// The form of a report.
pub(super) fn form(format: Option<ReportFormat>) -> &'static str {
    match format {
        None => "格式不详",
        Some(ReportFormat::Narrative) => "文字叙述",
        Some(ReportFormat::Zhejiang2013) => "浙江省 2013 年统计表",
        Some(ReportFormat::National2014) => "全国统计表（国办发〔2014〕32号）",
        Some(ReportFormat::Tables2019) => "六部分格式，2019 年表格（国办公开办函〔2019〕60号）",
        Some(ReportFormat::Tables2021) => "六部分格式，2021 年表格（国办公开办函〔2021〕30号）",
    }
}
