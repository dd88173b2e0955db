//! A ledger as rows: one for each agency and year.

use crate::figures::ledger::{Ledger, LedgerCell, LedgerRow};
use crate::model::{Column, Datum};

impl Ledger {
    /// The columns of [`Ledger::records`].
    pub const COLUMNS: [Column; 15] = [
        Column::text("agency", "机关名称"),
        Column::text("kind", "机关类型：government 政府、department 部门、township 乡镇街道"),
        Column::text("region", "行政区划代码（GB/T 2260）"),
        Column::truth("in_roster", "列入应当报告的机关名单"),
        Column::whole("year", "报告年度"),
        Column::text(
            "state",
            "状态：published 已公布、late 迟延、missing 未见、removed 已移除、unreachable 打不开、unchecked 未核查、not_due 不适用",
        ),
        Column::text("due", "公布期限；no_rule 表示没有规定期限"),
        Column::text("published", "公布日期"),
        Column::whole("days_late", "迟延天数"),
        Column::text("gone_since", "从何时起移除或打不开"),
        Column::text("looked_at", "最近一次读取栏目的日期"),
        Column::text("document", "收录报告的文件编号，见 /report/编号"),
        Column::text("url", "报告的地址，或没有列出它的栏目的地址"),
        Column::text("evidence", "判断依据"),
        Column::text("detail", "依据的细节"),
    ];

    /// Every cell as a row.
    pub fn records(&self) -> impl Iterator<Item = Vec<Datum>> {
        self.rows.iter().flat_map(|row| row.cells.iter().map(|cell| record(row, cell)))
    }
}

fn record(row: &LedgerRow, cell: &LedgerCell) -> Vec<Datum> {
    vec![
        row.agency.as_str().into(),
        row.kind.as_str().into(),
        row.region.as_deref().into(),
        row.is_curated.into(),
        cell.year.into(),
        cell.state.as_str().into(),
        // That no rule sets a day is not the same as a day that is not known.
        cell.due.map_or_else(|| "no_rule".into(), Datum::from),
        cell.published.into(),
        cell.days_late.into(),
        cell.gone_since.into(),
        cell.looked_at.into(),
        cell.document.into(),
        cell.url.as_deref().into(),
        cell.evidence.as_str().into(),
        cell.detail.as_str().into(),
    ]
}
