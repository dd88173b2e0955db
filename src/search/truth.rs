//! Search against a slow reference: sets, facets and highlights on random questions.

use std::sync::LazyLock;

use proptest::prelude::*;

use crate::model::Document;
use crate::search::{
    Answer, Facet, Filters, Passage, Refused, Request, Segment, Sort, Syntax, UNKNOWN,
    testing::{Archive, document, folded, with_facets, with_file},
};
use crate::text::{fold, fold_quoted};

/// Sentences the documents are made of; invented.
const SENTENCES: [&str; 12] = [
    "灵洲市人民政府办公室关于印发《青岚街道政府信息公开指南》的通知",
    "本年度主动公开政府信息 1,024 条，依申请公开 37 件。",
    "各区、县（市）人民政府：\n现将有关事项通知如下。",
    "PM2.5 平均浓度下降，Air quality is good。",
    "低保对象每月补助６５０元，申请条件见附件。",
    "公开公开公开，不公开为例外。",
    "根据灵政办发〔2019〕6号和国办发[2019]60号文件",
    "二○一九年，勞動合同法宣传。",
    "医疗保险\u{3000}\u{3000}报销比例为 85%。",
    "“双随机、一公开”抽查工作 open data",
    "信息不公开的，应当说明理由",
    "a b ab abc 2019 20190 12019",
];

static ARCHIVE: LazyLock<Archive> = LazyLock::new(|| {
    let sentence = |n: usize| SENTENCES[n % SENTENCES.len()];
    let documents = (0..60).map(|n: usize| {
        let body = [sentence(n * 7 + 1), sentence(n * 5 + 2), sentence(n / 3)].join("\n\n");
        let category = ["policy", "work/emergency", "work/annual", ""][n % 4];
        let date = ["2019-05-01", "2020-01-31", "2020", ""][n / 2 % 4];
        let agency = ["灵洲市民政局", "青岚街道 灵洲市财政局", ""][n % 3];
        let plain = document(&n.to_string(), sentence(n), &body);
        let document = if n.is_multiple_of(5) {
            with_file(plain, "附件1.pdf", &[sentence(n * 11 + 3), sentence(n * 3 + 4)])
        } else {
            plain
        };
        with_facets(document, category, date, agency)
    });
    Archive::new(documents.collect())
});

/// A question as a tree, for the reference.
#[derive(Clone, Debug)]
enum Asked {
    Quoted(String),
    Token(&'static str),
    And(Box<Asked>, Box<Asked>),
    Or(Box<Asked>, Box<Asked>),
    Not(Box<Asked>),
}

impl Asked {
    fn typed(&self) -> String {
        match self {
            Self::Quoted(text) => format!("“{text}”"),
            Self::Token(token) => (*token).to_owned(),
            Self::And(a, b) => format!("({} AND {})", a.typed(), b.typed()),
            Self::Or(a, b) => format!("({} OR {})", a.typed(), b.typed()),
            Self::Not(a) => format!("NOT {}", a.typed()),
        }
    }

    fn holds(&self, text: &str) -> bool {
        match self {
            Self::Quoted(quoted) => text.contains(&fold_quoted(quoted)),
            Self::Token(token) => {
                let mut runs = text.split(|c: char| !c.is_ascii_alphanumeric());
                runs.any(|run| run == *token)
            }
            Self::And(a, b) => a.holds(text) && b.holds(text),
            Self::Or(a, b) => a.holds(text) || b.holds(text),
            Self::Not(a) => !a.holds(text),
        }
    }
}

/// A string cut from one of the sentences, anywhere.
fn cut() -> impl Strategy<Value = Asked> {
    (0..SENTENCES.len(), any::<prop::sample::Index>(), 1..9_usize).prop_filter_map(
        "crosses nothing",
        |(sentence, start, length)| {
            let chars: Vec<char> = fold(SENTENCES[sentence]).text.chars().collect();
            let start = start.index(chars.len());
            let text: String = chars[start..chars.len().min(start + length)].iter().collect();
            (!text.contains('\n')).then_some(Asked::Quoted(text))
        },
    )
}

fn tree() -> impl Strategy<Value = Asked> {
    let token = prop::sample::select(vec!["ab", "2019", "pm2", "open", "1", "data", "nothing"]);
    let leaf = prop_oneof![4 => cut(), 1 => token.prop_map(Asked::Token)];
    leaf.prop_recursive(4, 12, 2, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            pair.clone().prop_map(|(a, b)| Asked::And(Box::new(a), Box::new(b))),
            pair.prop_map(|(a, b)| Asked::Or(Box::new(a), Box::new(b))),
            inner.prop_map(|a| Asked::Not(Box::new(a))),
        ]
    })
}

/// Signs, words, and anything else, in any order; sometimes far too much.
fn hostile() -> impl Strategy<Value = String> {
    let sign = prop::sample::select(vec![
        "(",
        ")",
        "（",
        "\"",
        "“",
        "”",
        "「",
        " ",
        " AND ",
        " OR ",
        " NOT ",
        "-",
        " NEAR/3 ",
        " NEAR/0 ",
        "NEAR/",
        "title:",
        "年份：",
        "year:2019..2018",
        "region:",
        "number:",
        "*",
        "a*",
        "号",
        "〔2019〕",
        "灵政办发",
        "令第",
        "公开",
        "2019",
        "\u{0}",
        "\u{200b}",
        "\u{301}",
        "👨‍👩‍👧",
        "\n\n",
        ":",
        "\\",
    ]);
    let sign = sign.prop_map(str::to_owned);
    let piece = prop_oneof![6 => sign.clone(), 1 => any::<char>().prop_map(String::from)];
    let many = (sign, 1..260_usize).prop_map(|(sign, times)| sign.repeat(times));
    prop_oneof![
        4 => prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat()),
        1 => many,
        1 => any::<String>(),
    ]
}

fn strict(query: String) -> Request {
    Request { query, syntax: Syntax::Strict, size: 100, ..Request::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn strict_trees_find_what_a_scan_finds(asked in tree()) {
        let answer = match ARCHIVE.ask(&strict(asked.typed())) {
            Err(Refused::TooDeep) => return Ok(()),
            answer => answer.unwrap(),
        };
        let mut found = Archive::ids(&answer);
        found.sort();
        prop_assert_eq!(&found, &ARCHIVE.scan(|text| asked.holds(text)), "{}", asked.typed());
        prop_assert_eq!(answer.total, found.len() as u64);
        for hit in &answer.hits {
            check_segments(&hit.document, &hit.title, &hit.snippets)?;
        }
    }

    #[test]
    fn nothing_typed_breaks_the_search(question in hostile()) {
        for syntax in [Syntax::Simple, Syntax::Strict] {
            let request = Request { query: question.clone(), syntax, size: 3, ..Request::default() };
            let start = std::time::Instant::now();
            let answer = ARCHIVE.ask(&request);
            prop_assert!(start.elapsed() < crate::search::DEADLINE, "{question}");
            match answer {
                Ok(answer) => prop_assert!(answer.total <= 60),
                Err(refused) => {
                    prop_assert!(refused.is_askers_mistake(), "{question}: {refused}");
                    let is_form = matches!(refused, Refused::Syntax { .. });
                    prop_assert!(syntax == Syntax::Strict || !is_form, "{question}: {refused}");
                }
            }
        }
    }

    #[test]
    fn simple_and_strict_agree_when_enough_hold_all_words(
        words in prop::collection::vec(prop::sample::select(vec![
            "公开", "信息公开", "灵洲市", "怎么", "低保", "申请", "2019", "-说明", "\"不公开\"", "通知 OR 抽查", "的",
        ]), 1..4),
    ) {
        let query = words.join(" ");
        let as_typed = Request { query: query.clone(), size: 0, widen: false, ..Request::default() };
        let simple = ARCHIVE.ask(&as_typed).unwrap();
        let strict = ARCHIVE.ask(&Request { size: 0, ..strict(query.clone()) }).unwrap();
        prop_assert_eq!(simple.total_all_words, strict.total, "{}", &query);
        if strict.total >= 20 {
            prop_assert_eq!((simple.total, &simple.facets), (strict.total, &strict.facets), "{}", &query);
        }
    }

    #[test]
    fn the_number_beside_a_value_is_the_number_of_hits(
        query in prop::sample::select(vec!["", "公开", "低保 OR 信息", "-2019", "灵洲市 公开", "\"的\""]),
        strict in any::<bool>(),
        category in prop::sample::subsequence(vec!["policy", "work", "work/annual", "other"], 0..3),
        year in prop::sample::subsequence(vec!["2019", "2020", UNKNOWN], 0..3),
        agency in prop::sample::subsequence(vec!["灵洲市民政局", "灵洲市财政局", UNKNOWN], 0..2),
    ) {
        let own = |values: Vec<&str>| values.into_iter().map(str::to_owned).collect::<Vec<_>>();
        let filters = Filters::default()
            .with(Facet::Category, own(category))
            .with(Facet::Year, own(year))
            .with(Facet::Agency, own(agency));
        let syntax = if strict { Syntax::Strict } else { Syntax::Simple };
        let request = Request { query: query.to_owned(), syntax, filters, size: 0, ..Request::default() };
        check_facets(&request, &ARCHIVE.ask(&request).unwrap())?;
    }
}

/// Every count of an answer is what selecting that value alone gives.
fn check_facets(request: &Request, answer: &Answer) -> Result<(), TestCaseError> {
    for (facet, counts) in answer.facets.iter() {
        for count in counts {
            let mut alone = request.clone();
            *alone.filters.of_mut(facet) = vec![count.value.clone()];
            let total = ARCHIVE.ask(&alone).unwrap().total;
            prop_assert_eq!(total, count.count, "{} under {:?}", &count.value, request);
            prop_assert_eq!(count.selected, request.filters.of(facet).contains(&count.value));
        }
    }
    Ok(())
}

/// Pieces make up the title and parts of the text, and nothing is marked that the text does not hold.
fn check_segments(
    document: &Document,
    title: &[Segment],
    snippets: &[Passage],
) -> Result<(), TestCaseError> {
    let joined =
        |segments: &[Segment]| segments.iter().map(|s| s.text.as_str()).collect::<String>();
    prop_assert_eq!(joined(title), document.title.value.trim());
    for snippet in snippets {
        let text = joined(&snippet.segments);
        let mut parts = document
            .attachments
            .iter()
            .flat_map(|a| a.parts().iter().map(|part| (Some((&a.name, &part.label)), &part.text)));
        let place = snippet.place.as_ref().map(|place| (&place.attachment, &place.page));
        let source = match place {
            None => Some(&document.text),
            place => parts.find(|(other, _)| *other == place).map(|(_, text)| text),
        };
        prop_assert!(source.is_some_and(|source| source.contains(&text)), "{snippet:?}");
        prop_assert!(!text.contains("\n\n"));
    }
    let text = folded(document);
    let marked = title.iter().chain(snippets.iter().flat_map(|snippet| &snippet.segments));
    for segment in marked.filter(|segment| segment.hit) {
        prop_assert!(text.contains(&fold_quoted(&segment.text)), "{segment:?}");
    }
    Ok(())
}

#[test]
fn every_mark_is_what_was_asked_for_and_none_is_missed() {
    for (query, wanted) in [
        ("\"信息公开\" 依申请", vec!["信息公开", "依", "申请", "依申请"]),
        ("勞動合同法", vec!["劳动", "合同法", "劳动合同法", "合同"]),
        ("6号 2019", vec!["6", "号", "2019"]),
        ("\"１，０２４条\"", vec!["1,024条"]),
    ] {
        let answer = ARCHIVE
            .ask(&Request { query: query.to_owned(), size: 60, widen: false, ..Request::default() })
            .unwrap();
        assert!(answer.total > 0, "{query}");
        for hit in &answer.hits {
            let shown = hit.snippets.iter().flat_map(|snippet| &snippet.segments);
            let marked = hit.title.iter().chain(shown).filter(|segment| segment.hit);
            let marked: Vec<String> = marked.map(|segment| fold_quoted(&segment.text)).collect();
            assert!(!marked.is_empty(), "{query}: a hit shows why");
            for text in marked {
                assert!(wanted.contains(&text.as_str()), "{query}: {text}");
            }
        }
    }
}

#[test]
fn a_token_is_whole_and_a_quoted_one_is_not() {
    let total = |query: &str| ARCHIVE.ask(&strict(query.to_owned())).unwrap().total;
    assert_eq!(total("20190"), total("12019"));
    assert!(total("\"0190\"") > 0 && total("0190") == 0);
    assert_eq!(total("abc NOT ab"), 0);
}

#[test]
fn no_question_means_all_documents_newest_first() {
    let request = |sort| Request { sort, size: 60, ..Request::default() };
    let newest = ARCHIVE.ask(&request(Sort::Relevance)).unwrap();
    assert_eq!((newest.total, newest.total_all_words), (60, 60));
    let days = |answer: &Answer| -> Vec<Option<i64>> {
        answer
            .hits
            .iter()
            .map(|hit| hit.document.published_date.as_ref().map(|d| d.value.first_day()))
            .collect()
    };
    let known =
        |days: &[Option<i64>]| days.iter().copied().take_while(Option::is_some).collect::<Vec<_>>();
    let (down, up) = (days(&newest), days(&ARCHIVE.ask(&request(Sort::Oldest)).unwrap()));
    assert!(known(&down).is_sorted_by(|a, b| a >= b) && known(&up).is_sorted());
    assert!(
        down.last().unwrap().is_none() && up.last().unwrap().is_none(),
        "unknown days come last"
    );
}

#[test]
fn pages_follow_each_other() {
    let page = |page, size| {
        ARCHIVE.ask(&Request { query: "公开".to_owned(), page, size, ..Request::default() })
    };
    let all = Archive::ids(&page(1, 60).unwrap());
    let pieces = (1..=9).flat_map(|n| Archive::ids(&page(n, 7).unwrap()));
    assert_eq!(pieces.collect::<Vec<_>>(), all);
    assert!(matches!(page(0, 10), Err(Refused::TooFar)));
    assert!(matches!(page(101, 100), Err(Refused::TooFar)));
    assert!(page(100, 100).unwrap().hits.is_empty());
}

#[test]
fn bad_requests_are_refused_by_name() {
    let long = strict("长".repeat(501));
    assert!(matches!(ARCHIVE.ask(&long), Err(Refused::TooLong { found: 501 })));
    for year in ["19", "二〇一九", "2020..2019", "2019..", ""] {
        let filters = Filters::default().with(Facet::Year, vec![year.to_owned()]);
        let request = Request { filters, ..Request::default() };
        let refused = ARCHIVE.ask(&request).unwrap_err();
        assert!(matches!(refused, Refused::Filter { facet: "year", .. }), "{year}");
        assert!(refused.is_askers_mistake());
    }
}

#[test]
fn spans_of_years_are_years() {
    let total = |years: &[&str]| {
        let year = years.iter().map(|&year| year.to_owned()).collect();
        let filters = Filters::default().with(Facet::Year, year);
        ARCHIVE.ask(&Request { filters, ..Request::default() }).unwrap().total
    };
    assert_eq!(total(&["2019..2020"]), total(&["2019", "2020"]));
    assert_eq!(total(&["2019..2020", UNKNOWN]), 60);
}

#[test]
fn a_search_inside_a_facet_leaves_hits_and_counts_alone() {
    let ask = |facet_query: Option<&str>| {
        let facet_query = facet_query.map(|query| query.parse().unwrap());
        ARCHIVE.ask(&Request { facet_query, size: 0, ..Request::default() }).unwrap()
    };
    let (all, some) = (ask(None), ask(Some("agency:財政")));
    let values = |answer: &Answer| -> Vec<(String, u64)> {
        let counts = answer.facets.of(Facet::Agency).iter();
        counts.map(|count| (count.value.clone(), count.count)).collect()
    };
    assert_eq!(values(&some), [("灵洲市财政局".to_owned(), 20)]);
    assert!(values(&all).contains(&values(&some)[0]) && values(&all).len() > 2);
    assert_eq!((some.total, some.facets.of(Facet::Year)), (60, all.facets.of(Facet::Year)));
}

#[test]
fn a_passage_says_which_file_and_page_it_stands_in() {
    let plain = document("1", "关于加装电梯的通知", "各区：申请表见附件。");
    let archive = Archive::new(vec![with_file(
        plain,
        "申请表.pdf",
        &["第一页", "　申请人填写楼栋号。\n\n楼栋号必填。"],
    )]);
    let answer = archive.ask(&strict("\"楼栋号\"".to_owned())).unwrap();
    let place = answer.hits[0].snippets[0].place.clone().unwrap();
    assert_eq!((place.attachment.as_str(), place.page.as_str()), ("申请表.pdf", "第2页"));
    let answer = archive.ask(&strict("\"见附件\"".to_owned())).unwrap();
    assert!(answer.hits[0].snippets.iter().all(|passage| passage.place.is_none()));
    // Nothing crosses from the text into a file, or from page to page.
    for across in ["\"附件第一\"", "\"页申请人\""] {
        assert_eq!(archive.ask(&strict(across.to_owned())).unwrap().total, 0, "{across}");
    }
}
