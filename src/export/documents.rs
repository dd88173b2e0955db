//! Documents as rows: every field beside the evidence that gave it, and where and when it was captured.

use crate::model::{Column, Datum, Document, Sourced};

/// The columns of a document without its text, for sheets.
pub const DOCUMENT_COLUMNS: [Column; 33] = [
    Column::text("id", "文件编号，网页地址 /document/编号"),
    Column::text("external_id", "导入数据的原编号"),
    Column::text("title", "标题"),
    Column::text("url", "原文链接"),
    Column::text("portal", "来源网站编号"),
    Column::text("agency", "发布机构（规范名称）"),
    Column::text("agencies", "全部发布机构，以、分隔"),
    Column::text("issuer", "发文机关，按原文"),
    Column::text("doc_no", "文号"),
    Column::text("index_no", "索引号"),
    Column::text("category", "类别路径"),
    Column::text("theme", "主题分类，按原文"),
    Column::text("theme_class", "主题分类，规范名称"),
    Column::text("genre", "体裁"),
    Column::text("validity", "有效性，按原文"),
    Column::text("region", "行政区划代码（GB/T 2260）"),
    Column::text("written_date", "成文日期，精度按原文"),
    Column::text("published_date", "发布日期，精度按原文"),
    Column::whole("year", "年份：报告年度，否则成文年份，否则发布年份"),
    Column::whole("report_year", "年度报告所报告的年度"),
    Column::text("source", "网站注明的来源"),
    Column::whole("attachments", "附件数"),
    Column::text("status", "原文状态：live、changed、suspected、removed、moved"),
    Column::text("status_since", "状态自何时起（UTC）"),
    Column::text("captured_at", "采集时间（UTC）"),
    Column::text("changed_at", "最近一次发现内容修改的时间（UTC）"),
    Column::text("part", "一页多份文件时，是其中哪一份"),
    Column::text("title_from", "标题的依据"),
    Column::text("agency_from", "发文机关的依据"),
    Column::text("doc_no_from", "文号的依据"),
    Column::text("published_date_from", "发布日期的依据"),
    Column::text("written_date_from", "成文日期的依据"),
    Column::text("region_from", "行政区划的依据"),
];

/// The same columns with the text behind them.
pub const DOCUMENT_COLUMNS_WITH_TEXT: [Column; 34] = {
    let mut all = [Column::text("text", "正文全文"); 34];
    let mut at = 0;
    while at < DOCUMENT_COLUMNS.len() {
        all[at] = DOCUMENT_COLUMNS[at];
        at += 1;
    }
    all
};

/// A document as a row under [`DOCUMENT_COLUMNS`], or with its text under [`DOCUMENT_COLUMNS_WITH_TEXT`].
pub fn document_row(document: &Document, with_text: bool) -> Vec<Datum> {
    let Document { title, issuer, doc_no, region, written_date, published_date, .. } = document;
    let mut row: Vec<Datum> = vec![
        document.id.into(),
        document.external_id().into(),
        title.value.as_str().into(),
        document.url.as_deref().into(),
        document.portal.as_deref().into(),
        document.agency().into(),
        document.agencies.join("、").into(),
        value(issuer.as_ref()).into(),
        value(doc_no.as_ref()).map(ToString::to_string).into(),
        value(document.index_no.as_ref()).into(),
        document.category.value.as_str().into(),
        value(document.theme.as_ref()).into(),
        value(document.theme_class.as_ref()).into(),
        value(document.genre.as_ref()).into(),
        value(document.validity.as_ref()).into(),
        value(region.as_ref()).into(),
        value(written_date.as_ref()).copied().into(),
        value(published_date.as_ref()).copied().into(),
        document.year().into(),
        value(document.report_year.as_ref()).copied().into(),
        value(document.source.as_ref()).into(),
        document.attachments.len().into(),
        document.status.as_str().into(),
        document.status_since().into(),
        document.captured_at.into(),
        document.standing.changed_at.into(),
        document.part.as_str().into(),
        from(Some(title)),
        from(issuer.as_ref()),
        from(doc_no.as_ref()),
        from(published_date.as_ref()),
        from(written_date.as_ref()),
        from(region.as_ref()),
    ];
    if with_text {
        row.push(document.text.as_str().into());
    }
    row
}

fn value<T>(sourced: Option<&Sourced<T>>) -> Option<&T> {
    sourced.map(|sourced| &sourced.value)
}

fn from<T>(sourced: Option<&Sourced<T>>) -> Datum {
    sourced.map(|sourced| sourced.evidence.to_string()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DocNumber, Evidence, Origin, PageUrl};

    #[test]
    fn a_row_has_a_value_for_each_column() {
        let url = PageUrl::parse("https://www.lingzhou.example/zw/1.html").unwrap();
        let title = Sourced::new("通知".into(), Evidence::Heading);
        let bare = Document::bare(
            Origin::Web { url },
            title,
            "请照办。".into(),
            "2020-02-01T00:00:00Z".parse().unwrap(),
        );
        let number = DocNumber::parse("灵水发[2020]3号").unwrap();
        let document =
            Document { doc_no: Some(Sourced::new(number, Evidence::Box("文号".into()))), ..bare };
        let row = document_row(&document, true);
        assert_eq!(row.len(), DOCUMENT_COLUMNS_WITH_TEXT.len());
        assert_eq!(document_row(&document, false).len(), DOCUMENT_COLUMNS.len());
        let of = |name: &str| {
            let at = DOCUMENT_COLUMNS_WITH_TEXT.iter().position(|column| column.name == name);
            row[at.unwrap()].to_text()
        };
        assert_eq!((of("title"), of("title_from")), ("通知".into(), "heading".into()));
        assert_eq!(
            (of("doc_no"), of("doc_no_from")),
            ("灵水发〔2020〕3号".into(), "box 文号".into())
        );
        assert_eq!(
            (of("text"), of("captured_at")),
            ("请照办。".into(), "2020-02-01T00:00:00Z".into())
        );
        assert_eq!(of("published_date"), "");
    }
}
