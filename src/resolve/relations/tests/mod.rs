//! Groups, editions and citations as a reader sees them, and the same whatever came first.

use std::collections::BTreeSet;

use super::*;
use crate::model::{
    Attachment, CitedName, DocNumber, Evidence, Kinship, Origin, Relations, Sourced, Status,
};

mod many;
mod slow_judge;

#[expect(clippy::unnecessary_wraps, reason = "fields are optional")]
fn sourced<T>(value: T) -> Option<Sourced<T>> {
    Some(Sourced::new(value, Evidence::Default))
}

fn document(id: &str, title: &str, text: &str) -> Document {
    let origin = Origin::Import { set: "a".into(), id: id.into() };
    let title = Sourced::new(title.into(), Evidence::Default);
    Document::bare(origin, title, text.into(), "2026-01-01T00:00:00Z".parse().unwrap())
}

/// A text long enough to be compared, about something.
fn text(about: u32) -> String {
    let line = |n: u32| {
        let c =
            |k: u32| char::from_u32(0x4e00 + (n * 7919 + k * 104_729 + about * 1_299_709) % 0x4000);
        (0..20).filter_map(c).chain(['。']).collect::<String>()
    };
    (0..20).map(line).collect::<Vec<_>>().join("\n\n")
}

fn catalogue() -> (tempfile::TempDir, Catalogue) {
    let dir = tempfile::tempdir().unwrap();
    let catalogue = Catalogue::open(&dir.path().join("catalogue.sqlite")).unwrap();
    (dir, catalogue)
}

/// A catalogue of documents that came in several runs.
fn held(runs: &[&[Document]]) -> (tempfile::TempDir, Catalogue) {
    let (dir, catalogue) = catalogue();
    for run in runs {
        catalogue.put(run, |_, _| {}).unwrap();
        relate(&catalogue).unwrap();
    }
    (dir, catalogue)
}

fn of(catalogue: &Catalogue, document: &Document) -> Relations {
    catalogue.relations(&document.id).unwrap()
}

/// Groups as sets of the ids given at import, with the leader's.
fn groups(catalogue: &Catalogue) -> BTreeSet<(DocumentId, Vec<DocumentId>)> {
    let leaders = catalogue.leaders().unwrap();
    let members = |leader: &DocumentId| {
        let mut all: Vec<DocumentId> =
            leaders.iter().filter(|(_, of)| *of == leader).map(|(id, _)| *id).collect();
        all.sort_unstable();
        (*leader, all)
    };
    leaders.values().map(members).collect()
}

fn kinships(relations: &Relations) -> Vec<(DocumentId, Option<Kinship>)> {
    let Some(group) = &relations.group else { return Vec::new() };
    group.members.first.iter().map(|(relative, kinship)| (relative.id, *kinship)).collect()
}

#[test]
fn reprints_follow_the_first_publisher() {
    let published = |mut document: Document, day: &str| {
        document.published_date = sourced(day.parse().unwrap());
        document
    };
    let title = "灵洲市人民政府关于加强防汛工作的通知";
    let first = published(document("1", title, &text(1)), "2020-03-01");
    let reprint = published(
        document("2", "关于加强防汛工作的通知", &(text(1) + "\n\n来源：灵洲市")),
        "2020-03-05",
    );
    let same = published(document("3", title, &text(1).replace('\n', " ")), "2020-03-04");
    let other = document("4", title, &text(2));
    let all = [reprint.clone(), same.clone(), other.clone(), first.clone()];
    let (_dir, catalogue) = held(&[&all]);
    let kin = Some(Kinship::Reprint);
    let expected = vec![(first.id, None), (same.id, kin), (reprint.id, kin)];
    for member in [&first, &reprint, &same] {
        assert_eq!(kinships(&of(&catalogue, member)), expected);
    }
    assert_eq!(of(&catalogue, &other).group, None);

    catalogue.set_status(&first.id, Status::Withheld).unwrap();
    assert_eq!(
        kinships(&of(&catalogue, &same)).len(),
        2,
        "withheld at once, before anything is found anew"
    );
    relate(&catalogue).unwrap();
    assert_eq!(of(&catalogue, &reprint).group.unwrap().leader, same.id);
    assert_eq!(relate(&catalogue).unwrap(), None, "nothing changed");
}

#[test]
fn years_agencies_and_numbers_part_groups_even_over_a_third() {
    let year = |mut document: Document, year| {
        document.report_year = sourced(year);
        document
    };
    let title = "政府信息公开工作年度报告";
    let agency = |mut document: Document, name: &str| {
        document.agencies = vec![name.into()];
        document
    };
    let number = |mut document: Document, number: &str| {
        document.doc_no = sourced(DocNumber::parse(number).unwrap());
        document
    };
    let plain = |id| document(id, title, &text(1));
    for parted in [
        [year(plain("1"), 2009), year(plain("2"), 2010), plain("3")],
        [agency(plain("1"), "灵洲市水利局"), agency(plain("2"), "灵洲市财政局"), plain("3")],
        [number(plain("1"), "灵办〔2020〕6号"), number(plain("2"), "灵办〔2020〕7号"), plain("3")],
    ] {
        let (_dir, catalogue) = held(&[&parted]);
        let groups = groups(&catalogue);
        assert_eq!(groups.len(), 1);
        assert!(groups.iter().all(|(_, members)| members.len() == 2), "the third is with one only");
    }
}

#[test]
fn short_texts_need_the_same_title() {
    let (a, b) = (
        document("1", "关于公示甲的公告", "详见附件"),
        document("2", "关于公示乙的公告", "详见附件"),
    );
    let c = document("3", "关于公示乙的公告", "详见附件。");
    let empty = [document("4", "公告", ""), document("5", "公告", "")];
    let (_dir, catalogue) = held(&[&[a, b.clone(), c.clone()], &empty]);
    assert_eq!(groups(&catalogue).len(), 1);
    assert_eq!(kinships(&of(&catalogue, &b)).len(), 2);
}

#[test]
fn forms_of_one_report_are_variants_of_the_one_with_text() {
    let report = |id: &str, title: &str, text: &str, year| Document {
        agencies: vec!["灵洲市水利局".into()],
        report_year: sourced(year),
        ..document(id, title, text)
    };
    let whole = report("1", "灵洲市水利局2020年政府信息公开工作年度报告", &text(1), 2020);
    let picture = report("2", "灵洲市水利局2020年政府信息公开年报（图片版）", "图", 2020);
    let file = Document {
        attachments: vec![Attachment::new("http://a.example/1.pdf".into(), "年报.pdf".into())],
        ..report("3", "2020年政府信息公开工作年度报告", "见附件", 2020)
    };
    let other_year = report("4", "2019年政府信息公开年度报告（图片版）", "图", 2019);
    let table = report("5", "2020年政府信息公开情况统计表", "图", 2020);
    let all = [picture.clone(), file.clone(), other_year.clone(), table.clone(), whole.clone()];
    let (_dir, catalogue) = held(&[&all]);
    let members = kinships(&of(&catalogue, &file));
    assert_eq!(members[0], (whole.id, None));
    assert_eq!(
        members[1..].iter().map(|(_, kind)| *kind).collect::<Vec<_>>(),
        [Some(Kinship::Variant); 2]
    );
    for alone in [&other_year, &table] {
        assert_eq!(of(&catalogue, alone).group, None);
    }
}

#[test]
fn editions_of_a_regulation_are_linked_and_not_merged() {
    let edition = |id: &str, title: &str, head: &str| {
        document(id, title, &format!("{head}\n\n第一条\n\n{}", text(1)))
    };
    let old = edition("1", "灵洲市供水条例", "（2011年11月17日灵洲市人大常委会通过）");
    let new = edition(
        "2",
        "灵洲市供水条例（2020年修正）",
        "（2011年11月17日通过　2020年5月14日第二次会议修正）",
    );
    let copy = edition("3", "灵洲市供水条例", "2011年11月17日通过，根据2020年5月14日的决定修正。");
    let (_dir, catalogue) = held(&[&[copy.clone(), new.clone(), old.clone()]]);
    assert_eq!(of(&catalogue, &new).group.unwrap().members.total, 2);
    let leader = of(&catalogue, &copy).group.unwrap().leader;
    let ids = |list: Excerpt| list.first.iter().map(|relative| relative.id).collect::<Vec<_>>();
    assert_eq!(ids(of(&catalogue, &old).amended_by), [leader]);
    assert_eq!(ids(of(&catalogue, &copy).amends), [old.id]);
    assert_eq!(
        ids(of(&catalogue, &new).amends),
        [old.id],
        "a member has the editions of its group"
    );
}

#[test]
fn days_of_adoption_and_promulgation_are_one_edition() {
    let edition = |id: &str, head: &str, about: u32| {
        document(id, "灵洲市供水条例", &format!("{head}\n\n第一条\n\n{}", text(about)))
    };
    let adopted = edition("1", "（2018年9月6日灵洲市第3次常务会议通过）", 1);
    let promulgated = edition("2", "（2018年11月6日灵洲市人民政府令第7号公布）", 1);
    let elsewhere = edition("3", "（2018年11月6日灵洲市人民政府令第7号公布）", 2);
    let later = edition("4", "（2018年9月6日通过　2019年3月1日修正）", 1);
    let all = [adopted.clone(), promulgated.clone(), elsewhere.clone(), later.clone()];
    let (_dir, catalogue) = held(&[&all]);
    assert_eq!(of(&catalogue, &adopted).group.unwrap().members.total, 2);
    assert_eq!(of(&catalogue, &later).group, None, "amended a year later");
    assert_eq!(of(&catalogue, &elsewhere).amends.total, 0, "neither amends the other");
    assert_eq!(of(&catalogue, &elsewhere).amended_by.first[0].id, later.id);
    assert_eq!(of(&catalogue, &later).amends.total, 2);

    let monthly = |id: &str, day: &str| Document {
        written_date: sourced(day.parse().unwrap()),
        ..document(id, "灵洲市财政收支情况", &text(1))
    };
    let months = [monthly("5", "2020-03-01"), monthly("6", "2020-04-01")];
    let spoilt = Document { text: text(1) + "\n\n四月", ..months[1].clone() };
    let (_dir, catalogue) = held(&[&[months[0].clone(), spoilt]]);
    assert_eq!(groups(&catalogue).len(), 0, "what is no regulation is written on one day");
}

#[test]
fn an_amendment_of_few_articles_of_a_long_code_is_no_copy() {
    let mut articles: Vec<String> = (1..40).map(text).collect();
    let whole = document("1", "灵洲市城市管理条例", &articles.join("\n\n"));
    let contents = document("2", "灵洲市城市管理条例", &format!("目录\n\n{}", whole.text));
    for place in [7, 17, 27] {
        articles[place] =
            text(900).chars().take(60).chain(articles[place].chars().skip(60)).collect();
    }
    let amended = document("3", "灵洲市城市管理条例", &articles.join("\n\n"));
    let likeness = essence(&whole).shingles().likeness(&essence(&amended).shingles());
    assert!(likeness.containment > 0.98, "{likeness:?}");
    let (_dir, catalogue) = held(&[&[whole.clone(), contents.clone(), amended.clone()]]);
    assert_eq!(kinships(&of(&catalogue, &contents)).len(), 2);
    assert_eq!(of(&catalogue, &amended).group, None);
}

#[test]
fn a_printed_text_is_a_copy_of_its_notice() {
    let notice = document(
        "1",
        "灵洲市水利局关于印发《灵洲市防汛预案》的通知",
        &format!("各科室：\n\n现将预案印发给你们。\n\n{}", text(1)),
    );
    let printed = document("2", "灵洲市防汛预案", &text(1));
    let second = document(
        "3",
        "灵洲市水利局关于印发《灵洲市防汛预案》的通知（第二批）",
        &format!("各科室：\n\n现将第二批预案印发给你们。\n\n{}", text(1)),
    );
    let (_dir, catalogue) = held(&[&[notice.clone(), printed.clone(), second.clone()]]);
    assert_eq!(kinships(&of(&catalogue, &notice)).len(), 2);
    assert_eq!(kinships(&of(&catalogue, &printed)).len(), 2);
    assert_eq!(of(&catalogue, &second).group, None);
}

#[test]
fn form_letters_about_others_are_no_copies() {
    let letter = |id: &str, agency: &str, name: u32, more: &str| {
        let name = char::from_u32(0x5000 + name * 97).unwrap();
        let text = format!("现将{name}{name}的申请予以公示。\n\n{}{more}", text(1));
        let agencies = vec![agency.to_owned()];
        Document { agencies, ..document(id, "行政许可决定公示", &text) }
    };
    let id = |name: u32| name.to_string();
    let mut all: Vec<Document> =
        (0..150).map(|name| letter(&id(name), "灵洲市水利局", name, "")).collect();
    let same = letter("same", "灵洲市水利局", 7, "。\n");
    let few = [
        letter("few", "灵洲市教育局", 7, ""),
        letter("more", "灵洲市教育局", 7, "\n\n责任编辑：灵洲市"),
    ];
    all.extend([same.clone(), few[0].clone(), few[1].clone()]);
    let (_dir, catalogue) = held(&[&all]);
    assert_eq!(groups(&catalogue).len(), 2, "the other letters are about other names");
    assert_eq!(kinships(&of(&catalogue, &all[7])).len(), 2);
    assert_eq!(kinships(&of(&catalogue, &few[0])).len(), 2, "another agency has only one letter");
}

#[test]
fn one_letter_of_thousands_of_agencies_keeps_them_apart() {
    let agencies = 1_500;
    let letter = |place: i64| Fingerprint {
        digest: 7,
        title: 7,
        agencies: vec![format!("灵洲市第{}局", place % agencies)],
        day: i32::try_from(place).ok(),
        ..Fingerprint::default()
    };
    let mut groups = Groups::default();
    (0..2 * agencies).for_each(|place| groups.push(place, &letter(place)));
    groups.same_texts();
    let before = groups.forms();
    let kin = groups.kin(&before);
    assert_eq!(kin.len(), usize::try_from(2 * agencies).unwrap());
    assert!(kin.iter().all(|(member, kin)| kin.leader == member % agencies));
}

type Excerpt = crate::model::Excerpt<crate::model::Relative>;

#[test]
fn citations_lead_to_the_first_of_those_that_bear_the_name() {
    let numbered = |id: &str, title: &str, number: &str| Document {
        doc_no: sourced(DocNumber::parse(number).unwrap()),
        ..document(id, title, &text(u32::try_from(id.len()).unwrap()))
    };
    let a = numbered("1", "关于甲的通知", "国办发〔2019〕60号");
    let b = numbered("22", "关于乙的通知", "国办公开办函〔2019〕60号");
    let trial = document("333", "灵洲市供水办法（试行）", &text(9));
    let whole = document("4444", "灵洲市节水办法", &text(10));
    let trial_of_whole = document("55555", "灵洲市节水办法（试行）", &text(11));
    let citing = Document {
        citations: vec![DocNumber::parse("国办公开办函〔2019〕60号").unwrap()],
        ..document(
            "6",
            "关于丙的通知",
            "根据《灵洲市供水办法》、《灵洲市节水办法》和国办公开办函〔2019〕60号。",
        )
    };
    let all = [
        a.clone(),
        b.clone(),
        trial.clone(),
        whole.clone(),
        trial_of_whole.clone(),
        citing.clone(),
    ];
    let (_dir, catalogue) = held(&[&all]);
    let cites = of(&catalogue, &citing).cites;
    let found: Vec<(DocumentId, &str)> =
        cites.first.iter().map(|(relative, name)| (relative.id, name.kind())).collect();
    assert_eq!(cites.total, 3);
    assert!(found.contains(&(b.id, "number")));
    assert!(found.contains(&(trial.id, "title")));
    assert!(found.contains(&(whole.id, "title")), "and not the one on trial");
    let by = of(&catalogue, &b).cited_by;
    assert_eq!(by.first[0].0.id, citing.id);
    assert_eq!(by.first[0].1, CitedName::Number("国办公开办函〔2019〕60号".into()));
    for uncited in [&a, &trial_of_whole] {
        assert_eq!(of(&catalogue, uncited).cited_by.total, 0);
    }
}
