//! The same groups by comparing every pair.

use proptest::prelude::*;

use super::*;

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
