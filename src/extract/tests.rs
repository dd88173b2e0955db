//! Pages that nobody would write on purpose.

use proptest::prelude::*;

use crate::config::Categories;
use crate::extract::extract;
use crate::model::{Answer, Capture, Context, Headers, Listed, PageKind, PageUrl};

fn capture(body: &str, title: Option<&str>) -> Capture {
    Capture {
        url: PageUrl::parse("http://www.lingzhou.example/zwgk/t20200131_1.html").unwrap(),
        at: "2026-01-02T03:04:05Z".parse().unwrap(),
        request: Headers::default(),
        answer: Answer { status: 200, headers: Headers::default(), body: body.as_bytes().into() },
        truncated: None,
        unverified_tls: false,
        context: Context {
            portal: "sample".to_owned(),
            column: "通知公告".to_owned(),
            kind: PageKind::Detail,
            listed: Listed { title: title.map(str::to_owned), date: None },
            referrer: None,
            redirected_from: None,
            form: None,
        },
    }
}

const PIECES: [&str; 44] = [
    "<p>",
    "</p>",
    "<div id=zoom>",
    "<div class=TRS_Editor>",
    "</div>",
    "<br>",
    "<br/><br/>",
    "<table>",
    "<tr>",
    "<td>",
    "</td>",
    "</tr>",
    "</table>",
    "<li>",
    "<span>",
    "</span>",
    "<a href='a.docx'>",
    "</a>",
    "<h1>",
    "</h1>",
    "<title>",
    "</title>",
    "</html>",
    "<script>",
    "</script>",
    "<svg>",
    "<!--",
    "-->",
    "&nbsp;",
    "　　",
    "索 引 号：",
    "文号",
    "来源：",
    "发布日期：2020年1月31日",
    "国 办 发 〔 2013 〕 73 号",
    "灵政发[2020]3号",
    "根据",
    "关于防汛的通知",
    "（",
    "）",
    "。，",
    "二○二○年一月三日",
    "灵洲市教育局",
    "页面不存在",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_page_makes_extraction_fail(
        pieces in prop::collection::vec((0..PIECES.len(), "[ \u{0}\u{1f}a文\u{1f}年月\n\u{3000}𠀀]{0,3}"), 0..60)
    ) {
        let body: String =
            pieces.iter().flat_map(|(piece, noise)| [PIECES[*piece], noise.as_str()]).collect();
        let extraction = extract(&capture(&body, Some("关于防汛的…")), None, &Categories::default());
        for document in &extraction.documents {
            let marked = document.text.contains('\u{1f}') || document.title.value.contains('\u{1f}');
            prop_assert!(!marked);
            let once = extract(&capture(&body, Some("关于防汛的…")), None, &Categories::default());
            prop_assert_eq!(document, &once.documents[0]);
        }
    }
}

#[test]
fn hostile_pages_are_read_in_bounded_time() {
    let start = std::time::Instant::now();
    for body in [
        "<div>".repeat(100_000) + "文",
        "<table><tr><td>文<td>".repeat(20_000),
        "<tr><td>索引号：</td><td>".repeat(20_000),
        format!("<div id=zoom>{}", "<p class=zoom>来源：发布时间：</p>".repeat(20_000)),
        "（".repeat(200_000) + &"国办发〔".repeat(50_000),
        "<title>".to_owned() + &"_".repeat(300_000),
        "2020年".repeat(100_000),
        "<a href='a.pdf'>文</a><nav>".repeat(20_000),
    ] {
        let _ = extract(&capture(&body, None), None, &Categories::default());
    }
    assert!(start.elapsed().as_secs() < 120, "{:?}", start.elapsed());
}

/// The pages under `tests/pages/named` say which files their documents have: those the crawl may ask for and others.
#[test]
fn documents_know_their_files() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/named");
    let mut pages = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "html") {
            continue;
        }
        let text = std::fs::read_to_string(path.with_extension("expected")).unwrap();
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
        let value = |key| lines.iter().find(|line| line[0] == key).map(|line| line[1]);
        if value("place").is_some() {
            continue; // that rule stands in a portal file
        }
        let mut answer = capture(&std::fs::read_to_string(&path).unwrap(), None);
        answer.url = PageUrl::parse(value("at").unwrap()).unwrap();
        let extraction = extract(&answer, None, &Categories::default());
        let found: Vec<_> = extraction.documents[0].attachments.iter().collect();
        let expected: Vec<_> =
            lines.iter().filter(|l| matches!(l[0], "attachment" | "elsewhere")).collect();
        assert_eq!(found.len(), expected.len(), "{}: {found:#?}", path.display());
        for (found, line) in found.iter().zip(expected) {
            let name = line.get(2).copied().unwrap_or_else(|| line[1].rsplit('/').next().unwrap());
            assert_eq!((&*found.url, &*found.name), (line[1], name), "{}", path.display());
        }
        pages += 1;
    }
    assert!(pages >= 3, "the pages are there");
}
