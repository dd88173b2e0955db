//! The double's documents, invented: a notice, reports, warnings, a page of several documents, and hostile ones.

use crate::model::{
    Attachment, CategoryPath, DocNumber, Document, DocumentId, Evidence, Origin, PageUrl, Sourced,
    Standing, Status, Warning,
};
use crate::serve::double::HOSTILE;

fn base(path: &str, title: &str, text: &str) -> Document {
    let url = PageUrl::parse(&format!("https://www.lingzhou.example/{path}")).unwrap();
    let origin = Origin::Web { url: url.clone() };
    let title = Sourced::new(title.into(), Evidence::Meta("ArticleTitle".into()));
    let captured_at = "2026-03-02T01:30:00Z".parse().unwrap();
    Document {
        portal: Some("lingzhou".into()),
        region: Some(Sourced::new("990100".into(), Evidence::Portal)),
        ..Document::bare(origin, title, text.into(), captured_at)
    }
}

pub(super) fn notice() -> Document {
    let text = "各县（市、区）人民政府，市政府各部门：\n\n\
        《灵洲市政府信息公开申请办理规定》已经市政府同意，现印发给你们，请认真贯彻执行。\n\n\
        第一条　为了规范依申请公开工作，保障公民、法人和其他组织依法获取政府信息，根据有关规定，结合本市实际，制定本规定。\n\n\
        第二条　行政机关收到政府信息公开申请，能够当场答复的，应当当场予以答复；不能当场答复的，应当自收到申请之日起二十个工作日内予以答复。\n\n\
        第三条　依申请公开的政府信息，不收取费用。申请数量、频次明显超过合理范围的，可以收取信息处理费。\n\n\
        灵洲市人民政府办公室\n2020年2月26日";
    let boxed = |label: &str, value: &str| {
        Some(Sourced::new(value.to_owned(), Evidence::Box(label.to_owned())))
    };
    let attachment = |name: &str, url: &str| Attachment::new(url.into(), name.into());
    let number = DocNumber::parse("灵政办发〔2020〕12号").unwrap();
    Document {
        agencies: vec!["灵洲市人民政府办公室".into()],
        issuer: boxed("发文机关", "灵洲市政府办公室"),
        doc_no: Some(Sourced::new(number, Evidence::Box("文号".into()))),
        index_no: boxed("索引号", "LZ-2020-00012"),
        theme: boxed("主题分类", "综合政务"),
        theme_class: boxed("主题分类", "综合政务"),
        genre: boxed("体裁", "通知"),
        validity: boxed("有效性", "有效"),
        category: Sourced::new(CategoryPath::new("policy").unwrap(), Evidence::Breadcrumb),
        category_labels: vec!["政府信息公开".into(), "政策文件".into()],
        written_date: Some(Sourced::new("2020-02-26".parse().unwrap(), Evidence::SignOff)),
        published_date: Some(Sourced::new(
            "2020-03-01".parse().unwrap(),
            Evidence::Meta("PubDate".into()),
        )),
        attachments: vec![
            attachment("政府信息公开申请表.docx", "https://www.lingzhou.example/files/1.docx"),
            attachment("坏链接.pdf", "javascript:alert(1)"),
        ],
        warnings: vec![Warning::new("list_title_cut", "the list cuts the title")],
        ..base(
            "zwgk/2020/t1.html",
            "灵洲市人民政府办公室关于印发灵洲市政府信息公开申请办理规定的通知",
            text,
        )
    }
}

pub(super) fn report(year: i16) -> Document {
    let title = format!("灵洲市教育局{year}年政府信息公开工作年度报告");
    let text = format!(
        "本报告根据有关规定编制。\n\n{year}年，本局主动公开政府信息{}条，受理依申请公开{}件，均在规定期限内答复，没有收取费用。",
        300 + year % 70,
        year % 13
    );
    Document {
        agencies: vec!["灵洲市教育局".into()],
        category: Sourced::new(CategoryPath::new("disclosure_admin").unwrap(), Evidence::Title),
        published_date: Some(Sourced::new(
            format!("{}-01-20", year + 1).parse().unwrap(),
            Evidence::List,
        )),
        report_year: Some(Sourced::new(year, Evidence::Title)),
        ..base(&format!("report/{year}.html"), &title, &text)
    }
}

pub(super) fn removed_report() -> Document {
    let text = "2019年，全区依申请公开政府信息42件，其中予以公开27件，不予公开3件。";
    Document {
        agencies: vec!["青岚区人民政府".into()],
        category: Sourced::new(CategoryPath::new("disclosure_admin").unwrap(), Evidence::Title),
        published_date: Some(Sourced::new("2020-01".parse().unwrap(), Evidence::List)),
        report_year: Some(Sourced::new(2019, Evidence::Title)),
        status: Status::Removed,
        ..base("qinglan/2019.html", "青岚区人民政府2019年政府信息公开工作年度报告", text)
    }
}

pub(super) fn emergency(n: i16) -> Document {
    let title = format!(
        "灵洲市防汛抗旱指挥部第{n}号预警：未来三天部分乡镇有强降雨，请注意防范山洪和城市内涝"
    );
    Document {
        agencies: vec![format!("灵洲市第{n}防汛指挥部")],
        category: Sourced::new(CategoryPath::new("work/emergency").unwrap(), Evidence::Column),
        published_date: Some(Sourced::new("2023-06-01".parse().unwrap(), Evidence::List)),
        status: if n == 1 { Status::Suspected } else { Status::Live },
        standing: Standing {
            since: (n == 2).then_some("2026-03-02T01:30:00Z".parse().unwrap()),
            ..Standing::default()
        },
        ..base(&format!("alert/{n}.html"), &title, "请各单位做好值班值守。\n\n依申请公开。")
    }
}

pub(super) fn hostile() -> Document {
    Document {
        url: Some("javascript:alert(document.domain)".into()),
        agencies: vec![r#""><script>alert(2)</script>"#.into()],
        ..base(
            "hostile.html",
            HOSTILE,
            "正文<iframe src=//evil.example></iframe>\n\n依申请公开</main>",
        )
    }
}

pub(super) fn collection() -> [Document; 3] {
    ["灵洲市水利局防汛工作总结", "灵洲市水利局抗旱工作总结", "灵洲市水利局内部通讯录"].map(
        |title| {
            let is_closed = title.ends_with("通讯录");
            Document {
                status: if is_closed { Status::Withheld } else { Status::Live },
                ..base("collection.html", title, "全年工作有序开展。")
                    .as_part(format!("heading {title}"))
            }
        },
    )
}

pub(super) fn bare() -> Document {
    let origin = Origin::Import { set: "inbox".into(), id: "A/17".into() };
    Document {
        id: DocumentId::of(&origin, ""),
        origin,
        url: None,
        portal: None,
        ..base("bare.html", "没有正文的文件", "")
    }
}

pub(super) fn withheld() -> Document {
    Document {
        status: Status::Withheld, ..base("withheld.html", "不能显示的文件", "依申请公开")
    }
}
