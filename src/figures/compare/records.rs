//! A comparison as rows: one for each value; of the values of one indicator, one for each series.

use std::collections::{BTreeMap, BTreeSet};

use crate::figures::compare::{Comparison, Point, WhyNull};
use crate::model::{Column, Datum, DocumentId, RegionLevel, ReportFormat};

/// The values of one indicator, as people are shown them.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix<'c> {
    /// The years of which any report is held, in order.
    pub years: BTreeSet<i16>,
    /// The values of each series by year.
    pub rows: BTreeMap<&'c str, BTreeMap<i16, &'c Point>>,
}

impl Comparison {
    /// The values of the indicator with an id, by series and year.
    pub fn matrix(&self, indicator: &str) -> Matrix<'_> {
        let mut matrix = Matrix { years: BTreeSet::new(), rows: BTreeMap::new() };
        for point in self.points.iter().filter(|point| point.indicator == indicator) {
            matrix.years.insert(point.year);
            matrix.rows.entry(&point.series).or_default().insert(point.year, point);
        }
        matrix
    }

    /// The columns of [`Comparison::records`].
    pub const COLUMNS: [Column; 26] = [
        Column::text("indicator", "指标编号"),
        Column::text("label", "指标名称"),
        Column::text("unit", "单位"),
        Column::text("agency", "机关名称"),
        Column::text("series", "序列名称：机关更名后以新名称延续，否则同机关名称"),
        Column::text("continues", "由哪些机关更名或合并而来，只写在第一个有报告的年度"),
        Column::text("kind", "机关类型：government 政府、department 部门、township 乡镇街道"),
        Column::text("level", "所在行政区划的级别：province、prefecture、county"),
        Column::text("region", "行政区划代码（GB/T 2260）"),
        Column::whole("year", "报告年度"),
        Column::number("value", "数值；空白表示没有数值，不是零"),
        Column::text(
            "why_null",
            "没有数值的原因：not_in_form 表格无此项、no_figures 报告无此数、blank 空白、undecided 数字无法确定、no_year_before 缺上一年、zero_denominator 分母为零",
        ),
        Column::number("numerator", "分子"),
        Column::number("denominator", "分母"),
        Column::text("blanks", "空白单元格按什么计：null 不计、zero 计为零"),
        Column::whole("blanks_as_zero", "计为零的空白单元格数"),
        Column::text("form", "报告格式：narrative、zhejiang2013、national2014、2019、2021"),
        Column::truth("break", "与前一年口径不同或机关已更名，不能连成一个序列"),
        Column::truth("approximate", "原文为约数"),
        Column::truth("flagged", "与报告内其他数字矛盾，数值按原文"),
        Column::truth("corrected", "经本站更正"),
        Column::truth("cut_out_of_digits", "从没有分隔的数字串中切分得到"),
        Column::whole("rank", "名次，最大者为 1"),
        Column::whole("ranked_among", "参加排名的机关数"),
        Column::text("document", "报告的文件编号，见 /report/编号"),
        Column::text("differing", "同一机关同一年度、数值不同的其他报告"),
    ];

    /// Every value as a row. `blanks` says in every row what blanks counted as.
    pub fn records(&self) -> impl Iterator<Item = Vec<Datum>> {
        self.points.iter().map(|point| self.record(point))
    }

    fn record(&self, point: &Point) -> Vec<Datum> {
        let indicator = self.indicators.iter().find(|indicator| indicator.id == point.indicator);
        let differing: Vec<&str> = point.differing.iter().map(DocumentId::as_str).collect();
        vec![
            point.indicator.as_str().into(),
            indicator.map(|indicator| &indicator.label).into(),
            indicator.map(|indicator| &indicator.unit).into(),
            point.agency.as_str().into(),
            point.series.as_str().into(),
            (!point.continues.is_empty()).then(|| point.continues.join(" ")).into(),
            point.group.kind.as_str().into(),
            point.group.level.map(RegionLevel::as_str).into(),
            point.region.as_deref().into(),
            point.year.into(),
            point.value.ok().into(),
            point.value.err().map(WhyNull::as_str).into(),
            point.numerator.into(),
            point.denominator.into(),
            self.blanks.as_str().into(),
            point.blanks_as_zero.into(),
            point.format.map(ReportFormat::as_str).into(),
            point.is_break.into(),
            point.marks.approximate.into(),
            point.marks.flagged.into(),
            point.marks.corrected.into(),
            point.marks.cut.into(),
            point.rank.map(|(place, _)| place).into(),
            point.rank.map(|(_, among)| among).into(),
            point.document.into(),
            differing.join(" ").into(),
        ]
    }
}
