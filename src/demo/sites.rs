//! `sites.toml`: which hosts there are, how each one looks, and which columns it has.

use serde::Deserialize;

/// All hosts of the sample portal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sites {
    /// The hosts, the main portal first.
    pub(crate) site: Vec<Site>,
}

/// One host.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Site {
    /// Short name, as documents refer to it.
    pub(crate) id: String,
    /// Host name under the reserved domain `.example`.
    pub(crate) host: String,
    /// Name of the website.
    pub(crate) name: String,
    /// Who runs it (主办单位).
    pub(crate) owner: String,
    /// Which system made its pages; decides templates, paging and addresses.
    pub(crate) cms: Cms,
    /// Charset of pages and of text attachments.
    pub(crate) charset: Charset,
    /// Ending of page addresses, without dot.
    pub(crate) extension: String,
    /// Site code (网站标识码).
    pub(crate) code: String,
    /// Whether pages carry the `<meta>` tags of 国办发〔2017〕47号.
    #[serde(default)]
    pub(crate) meta: bool,
    /// List titles longer than this many characters are cut with `…`; 0 = never.
    #[serde(default)]
    pub(crate) cut: usize,
    /// The whole of robots.txt; `None` = 404.
    pub(crate) robots: Option<String>,
    /// The metadata box above a text.
    #[serde(rename = "box")]
    pub(crate) metadata: MetadataBox,
    /// The columns.
    pub(crate) column: Vec<Column>,
}

/// Which content management system a host imitates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Cms {
    /// Static pages as TRS WCM makes them: `index.html`, `index_1.html`, `createPageHTML(…)`.
    Trs,
    /// Pages with plain next-page links.
    Plain,
}

impl Cms {
    /// The folder of its templates.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Trs => "trs",
            Self::Plain => "plain",
        }
    }
}

/// Charset of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum Charset {
    /// The rule today.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Pages that call themselves gb2312.
    #[serde(rename = "gbk")]
    Gbk,
}

/// How a host prints what it knows about a document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MetadataBox {
    /// `table4`, `table2` or `list`.
    pub(crate) layout: String,
    /// How dates are printed.
    pub(crate) dates: DateStyle,
    /// Label and field, in print order; a field without value is printed empty.
    pub(crate) fields: Vec<(String, Field)>,
}

/// How dates are printed in the box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DateStyle {
    /// `2020-01-31`.
    Iso,
    /// `2020年1月31日`.
    Han,
}

/// What a line of the metadata box shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Field {
    /// 索引号
    IndexNo,
    /// 主题分类
    Theme,
    /// 体裁
    Genre,
    /// 发布机构
    Issuer,
    /// 成文日期
    Written,
    /// 发布日期
    Published,
    /// 文号
    DocNo,
    /// 名称
    Title,
    /// 有效性
    Validity,
    /// 主题词
    Keywords,
    /// 公开方式: always 主动公开.
    OpenMode,
    /// A label that never has a value.
    Empty,
}

/// One column (栏目) of a host.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Column {
    /// Folder of its pages, as path without slashes at the ends.
    pub(crate) path: String,
    /// Its name.
    pub(crate) name: String,
    /// The canonical category its documents belong to.
    pub(crate) category: String,
    /// Breadcrumb between 首页 and the column.
    #[serde(default)]
    pub(crate) above: Vec<String>,
    /// Value of the `ColumnType` tag.
    #[serde(default, rename = "column_type")]
    pub(crate) kind: String,
}
