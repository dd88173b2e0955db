//! Groups, editions and citations as a reader sees them; the same whatever came first; and a slow judge beside.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::model::{
    Attachment, CitedName, DocNumber, Evidence, Kinship, Origin, Relations, Sourced, Status,
};

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
        catalogue.put(run).unwrap();
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

/// A few kinds of documents that copy each other: which text, how it is spoilt, title, year, agency, number, date.
type Recipe = (u32, usize, usize, Option<i16>, Option<usize>, Option<usize>, Option<i8>);

fn recipe() -> impl Strategy<Value = Recipe> {
    let maybe = |n: usize| prop::option::of(0..n);
    let years = prop::option::weighted(0.3, 2009..2011_i16);
    (0..3_u32, 0..4_usize, 0..2_usize, years, maybe(2), maybe(2), prop::option::of(1..4_i8))
}

fn made(place: usize, recipe: &Recipe) -> Document {
    let (about, spoilt, title, year, agency, number, day) = recipe;
    let mut body: String = text(*about);
    for n in 0..spoilt * 6 {
        body.insert(body.char_indices().nth(n * 17).map_or(0, |(at, _)| at), '误');
    }
    let title = ["灵洲市关于甲的年度报告", "灵洲市关于乙的通知"][*title];
    Document {
        report_year: year.and_then(sourced),
        agencies: agency
            .map(|at| ["灵洲市水利局", "灵洲市财政局"][at].into())
            .into_iter()
            .collect(),
        doc_no: number
            .and_then(|at| sourced(DocNumber::parse(["灵办〔2020〕6号", "灵办〔2020〕7号"][at])?)),
        published_date: day
            .and_then(|day| sourced(crate::model::PublicDate::new(2020, Some(3), Some(day))?)),
        ..document(&place.to_string(), title, &body)
    }
}

/// Whether year, number and agency of two documents do not contradict each other.
fn agree(a: &Document, b: &Document) -> bool {
    let number = |d: &Document| d.doc_no.as_ref().map(|n| n.value.to_string());
    let year = |d: &Document| d.report_year.as_ref().map(|y| y.value);
    let clash = |a: Option<String>, b: Option<String>| a.is_some() && b.is_some() && a != b;
    let text = |year: Option<i16>| year.map(|year| year.to_string());
    !clash(number(a), number(b))
        && !clash(text(year(a)), text(year(b)))
        && !clash(a.agency().map(str::to_owned), b.agency().map(str::to_owned))
}

/// Every pair of documents compared, then united by the same rules with whole groups looked through member by member.
fn slowly(documents: &[Document]) -> BTreeSet<Vec<DocumentId>> {
    let mut sorted: Vec<&Document> = documents.iter().collect();
    sorted.sort_by_key(|document| document.id);
    let rank = |d: &Document| {
        (d.published_date.as_ref().map_or(i64::MAX, |date| date.value.first_day()), d.id)
    };
    let known = |d: &Document| {
        usize::from(d.report_year.is_some()) + usize::from(d.doc_no.is_some()) + d.agencies.len()
    };
    let mut groups: Vec<Vec<&Document>> = Vec::new();
    let mut by_known = sorted.clone();
    by_known.sort_by_key(|d| (std::cmp::Reverse(known(d)), rank(d)));
    for document in by_known {
        let mine = essence(document).digest();
        let fits = |group: &&mut Vec<&Document>| {
            essence(group[0]).digest() == mine && group.iter().all(|other| agree(other, document))
        };
        match groups.iter_mut().find(fits) {
            Some(group) => group.push(document),
            None => groups.push(vec![document]),
        }
    }
    for group in &mut groups {
        group.sort_by_key(|d| rank(d));
    }
    let mut edges = Vec::new();
    for (place, a) in groups.iter().enumerate() {
        for b in &groups[place + 1..] {
            let (a, b) = (a[0].min_id(b[0]), a[0].max_id(b[0]));
            let value = essence(a).shingles().likeness(&essence(b).shingles()).resemblance;
            let apart = essence(a).digest() != essence(b).digest();
            let same_title = titles::core(&a.title.value) == titles::core(&b.title.value);
            if value >= groups::RESEMBLES && same_title && apart {
                edges.push((value, a.id, b.id));
            }
        }
    }
    edges.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    for (_, a, b) in edges {
        let find = |groups: &Vec<Vec<&Document>>, id| {
            groups.iter().position(|g| g.iter().any(|d| d.id == id))
        };
        let (Some(a), Some(b)) = (find(&groups, a), find(&groups, b)) else { continue };
        let all_agree = groups[a].iter().all(|x| groups[b].iter().all(|y| agree(x, y)));
        if a != b && all_agree {
            let moved = groups.remove(a.max(b));
            groups[a.min(b)].extend(moved);
        }
    }
    let ids = |group: &Vec<&Document>| {
        let mut ids: Vec<DocumentId> = group.iter().map(|d| d.id).collect();
        ids.sort_unstable();
        ids
    };
    groups.iter().filter(|group| group.len() > 1).map(ids).collect()
}

trait ById {
    fn min_id<'a>(&'a self, other: &'a Self) -> &'a Self;
    fn max_id<'a>(&'a self, other: &'a Self) -> &'a Self;
}

impl ById for Document {
    fn min_id<'a>(&'a self, other: &'a Self) -> &'a Self {
        if self.id < other.id { self } else { other }
    }
    fn max_id<'a>(&'a self, other: &'a Self) -> &'a Self {
        if self.id < other.id { other } else { self }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn groups_are_those_of_the_slow_judge_whatever_came_first(
        recipes in prop::collection::vec(recipe(), 2..14),
        cut in any::<prop::sample::Index>(),
    ) {
        let documents: Vec<Document> =
            recipes.iter().enumerate().map(|(place, recipe)| made(place, recipe)).collect();
        let backwards: Vec<Document> = documents.iter().rev().cloned().collect();
        let (_a, at_once) = held(&[&documents]);
        let (first, second) = backwards.split_at(cut.index(backwards.len()));
        let (_b, in_two_runs) = held(&[first, second]);
        let found = groups(&at_once);
        prop_assert_eq!(&found, &groups(&in_two_runs));
        let members: BTreeSet<Vec<DocumentId>> = found.into_iter().map(|(_, members)| members).collect();
        prop_assert_eq!(members, slowly(&documents));
    }
}

/// The fingerprint of one of many documents: 5 in 100 copy one of the thousand before, a fifth of those with another
/// text; 20 are one of three form letters with other names in them, so that each two of them have a third of their
/// numbers in common.
fn one_of_many(key: i64, dice: &mut impl FnMut() -> u64) -> Fingerprint {
    let lot = dice() % 100;
    let of = if lot < 5 { (key - (dice() % 1000).cast_signed()).max(0) } else { key };
    let spoilt = if lot == 0 { key } else { of };
    let form = (lot >= 80).then(|| i64::try_from(dice() % 3).unwrap());
    let sketch = (0..10).map(|band| match form {
        Some(form) if !dice().is_multiple_of(3) => u32::try_from(form * 10 + band).unwrap(),
        _ => {
            let number = u32::try_from(of * 10 + band).unwrap();
            number.wrapping_mul(0x9e37_79b1) ^ u32::from(spoilt != of && band > 5)
        }
    });
    Fingerprint {
        digest: spoilt + 1,
        sketch: sketch.collect(),
        length: 250,
        title: form.unwrap_or(of + 3),
        agencies: vec![format!("灵洲市第{}局", of % 30_000)],
        ..Fingerprint::default()
    }
}

/// As many documents as the largest archive in sight; run with `--ignored --nocapture`, in release, to see time and
/// memory.
#[test]
#[ignore = "a measurement: 2.3 million fingerprints"]
fn a_large_catalogue_is_grouped_in_linear_time() {
    let mut of_each = Vec::new();
    for count in [100_000, 500_000, 2_283_400_i64] {
        let mut seed = 1_u64;
        let mut dice = || {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            seed >> 33
        };
        let mut groups = Groups::default();
        (0..count).for_each(|key| groups.push(key, &one_of_many(key, &mut dice)));
        let begun = std::time::Instant::now();
        groups.same_texts();
        let likeness = |pair: Pair| match groups.keys(pair) {
            (a, b) if b - a < 1000 => Likeness { resemblance: 0.95, containment: 0.99 },
            _ => Likeness { resemblance: 0.74, containment: 0.85 },
        };
        let pairs: Vec<(Pair, Likeness)> =
            groups.candidates().into_iter().map(|pair| (pair, likeness(pair))).collect();
        let (sought, compared) = (begun.elapsed(), pairs.len());
        groups.near_texts(pairs);
        let before = groups.forms();
        let kin = groups.kin(&before);
        let all = begun.elapsed();
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let memory = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
        eprintln!(
            "{count}: {} in groups, {compared} pairs in {sought:.1?}, all in {all:.1?}, {memory}",
            kin.len()
        );
        assert!(kin.len() > usize::try_from(count / 20).unwrap());
        of_each.push(all.as_secs_f64() / f64::from(u32::try_from(count).unwrap()));
    }
    assert!(of_each[2] < 3.0 * of_each[0], "{of_each:?}");
}
