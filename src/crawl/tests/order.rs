//! What is asked, in which order, and when a run ends.

use super::site::{Site, Trial, html, list, moved, status};
use crate::crawl::testing::known;
use crate::crawl::{Ended, Event, Rank};
use crate::model::{PageKind, PageState, Reason};

/// Two list pages, three documents, one of them with a file.
async fn small_portal() -> Site {
    let site = Site::start().await;
    site.on("/x/", [list(&["a1.html", "a2.html", "/y/b1.html"], Some("index_1.html"))])
        .on("/x/index_1.html", [list(&["a3.html", "a1.html"], Some("index.html"))])
        .on(
            "/x/a1.html",
            [html("<p>关于a1.html的通知</p><a href=f1.pdf>附件1</a><a href=http://b.gov.cn/f.pdf>别处</a>")],
        )
        .on("/x/a2.html", [html("<p>正文</p>")])
        .on("/x/a3.html", [html("<p>正文</p>")])
        .on("/x/f1.pdf", [status(200)]);
    site
}

#[tokio::test]
async fn rules_then_lists_then_documents_then_files_each_once() {
    let site = small_portal().await;
    let told = Trial::of([site.portal()]).run().await;
    let expected = [
        "/robots.txt",
        "/x/",
        "/x/index_1.html",
        "/x/a1.html",
        "/x/a2.html",
        "/x/a3.html",
        "/x/f1.pdf",
    ];
    assert_eq!(site.targets(), expected);
    assert_eq!((told.summary.documents, told.summary.kept, told.summary.requests), (3, 6, 7));
    assert_eq!((told.summary.ended, told.summary.left), (Ended::Complete, 0));
    let total = told.progress.total();
    assert_eq!((total.found, total.fetched, total.kept, total.waiting), (6, 7, 6, 0));
    let Event::Answered { found, .. } = &told.events[1] else { panic!("the list") };
    let kinds: Vec<PageKind> = found.iter().map(|page| page.context.kind).collect();
    assert_eq!(kinds, [PageKind::Detail, PageKind::Detail, PageKind::List]);
    assert_eq!(found[0].context.listed.date.as_deref(), Some("2025-01-02"));
}

#[tokio::test]
async fn a_request_says_who_asks_and_the_capture_says_what_was_sent() {
    let site = small_portal().await;
    let told = Trial::of([site.portal()]).run().await;
    let head = &site.hits()[1].head;
    let (capture, _) = &told.captures("/x/")[0];
    let fields = capture.request.0.iter();
    let sent =
        fields.fold(String::new(), |sent, (name, value)| sent + name + ": " + value + "\r\n");
    assert_eq!(head, &format!("GET /x/ HTTP/1.1\r\n{sent}\r\n"));
    assert!(sent.starts_with(&format!("Host: 127.0.0.1:{}\r\nUser-Agent: gongkai/", site.port)));
    assert!(sent.contains("(+mailto:test@example.org)") && sent.contains("Accept-Encoding: gzip"));
}

#[tokio::test]
async fn a_limit_is_met_exactly() {
    for (limit, documents) in [(0, 0), (1, 1), (2, 2), (3, 3), (9, 3)] {
        let site = small_portal().await;
        let mut trial = Trial::of([site.portal()]);
        trial.options.limit = Some(limit);
        let told = trial.run().await;
        assert_eq!(told.summary.documents, documents, "limit {limit}");
        let asked = site.targets().iter().filter(|t| t.contains("/a")).count() as u64;
        assert_eq!(asked, documents, "limit {limit}");
        let pages = site.targets().iter().filter(|t| *t == "/x/index_1.html").count();
        assert_eq!(pages, usize::from(limit > 2), "no list page more than needed, limit {limit}");
        // The document's file belongs to it, whatever the limit.
        assert_eq!(site.targets().contains(&"/x/f1.pdf".to_owned()), limit > 0, "limit {limit}");
        assert_eq!(told.summary.ended, if limit < 3 { Ended::Limit } else { Ended::Complete });
    }
}

#[tokio::test]
async fn documents_that_fail_do_not_count_against_the_limit() {
    let site = small_portal().await;
    site.on("/x/a1.html", [status(404)]);
    let mut trial = Trial::of([site.portal()]);
    trial.options.limit = Some(2);
    assert_eq!(trial.run().await.summary.documents, 2);
}

#[tokio::test]
async fn a_stopped_run_goes_on_where_it_was() {
    let site = small_portal().await;
    let mut known = Vec::new();
    let mut asked = Vec::new();
    for round in 0..20 {
        let mut trial = Trial::of([site.portal()]);
        (trial.known, trial.stop_after) = (known.clone(), Some(2));
        let told = trial.run().await;
        known = told.rows(&known);
        asked.extend(site.targets().into_iter().filter(|target| target != "/robots.txt"));
        site.forget();
        if told.summary.ended == Ended::Complete {
            assert!(round > 1, "it was stopped before {asked:?} {:?}", told.answers());
            break;
        }
        assert!(told.events.len() <= 3, "what was in flight, no more");
    }
    asked.sort();
    let expected =
        ["/x/", "/x/a1.html", "/x/a2.html", "/x/a3.html", "/x/f1.pdf", "/x/index_1.html"];
    assert_eq!(asked, expected, "everything once");
    assert!(
        known
            .iter()
            .filter(|page| page.context.kind != PageKind::Robots)
            .all(|p| p.state == PageState::Kept)
    );
}

#[tokio::test]
async fn nothing_is_asked_again_before_it_is_due() {
    let site = small_portal().await;
    let known = Trial::of([site.portal()]).run().await.rows(&[]);
    for (now, all, expected) in [
        ("2025-06-01T12:00:00Z", false, 0),
        ("2025-06-02T12:00:00Z", false, 3),
        ("2025-07-02T12:00:00Z", false, 6),
        ("2025-06-01T12:00:00Z", true, 7),
    ] {
        site.forget();
        let mut trial = Trial::of([site.portal()]);
        (trial.known, trial.now) = (known.clone(), now.parse().unwrap());
        trial.options.all_due_before = all.then_some(trial.now);
        trial.run().await;
        // These pages do not hold their titles: how the host says that a page is not there is asked once, too.
        let asked = site.targets().into_iter().filter(|target| !target.contains("no-such-page"));
        assert_eq!(asked.count(), expected, "{now} {all}: {:?}", site.targets());
    }
}

#[tokio::test]
async fn each_run_looks_for_news_on_the_first_list_pages() {
    let site = small_portal().await;
    let known = Trial::of([site.portal()]).run().await.rows(&[]);
    site.forget();
    site.on("/x/", [list(&["a4.html", "a1.html"], Some("index_1.html"))])
        .on("/x/a4.html", [html("<p>正文</p>")]);
    let mut again = Trial::of([site.portal()]);
    again.known = known.clone();
    again.now = "2025-06-01T01:00:00Z".parse().unwrap();
    again.options.lists_due_before = Some(again.now);
    let known = again.run().await.rows(&known);
    assert_eq!(site.targets(), ["/robots.txt", "/x/", "/x/index_1.html", "/x/a4.html"]);
    site.forget();
    // The same run, taken up again after a crash.
    let mut resumed = Trial::of([site.portal()]);
    (resumed.known, resumed.now) = (known, "2025-06-01T02:00:00Z".parse().unwrap());
    resumed.options.lists_due_before = Some("2025-06-01T01:00:00Z".parse().unwrap());
    resumed.run().await;
    assert!(site.targets().is_empty(), "{:?}", site.targets());
}

#[tokio::test]
async fn a_dead_link_to_an_unusual_error_page_is_no_document() {
    let site = Site::start().await;
    let odd =
        "<title>灵洲市人民政府</title><p>哎呀，这里空空如也，去别处看看吧，也许能找到想要的。";
    site.on("/x/", [list(&["a1.html", "a2.html"], None)])
        .on("/x/a1.html", [html(odd)])
        .on("/x/a2.html", [html(&odd.replace("哎呀", "关于a2.html的通知"))])
        .on("/gongkai-no-such-page.html", [html(odd)]);
    let told = Trial::of([site.portal()]).run().await;
    let page = |path: &str| told.captures(path).pop().unwrap().1;
    let dead = page("/x/a1.html");
    assert_eq!((dead.state, dead.fate.reason), (PageState::Suspected, Reason::ErrorPage));
    assert_eq!(page("/x/a2.html").state, PageState::Kept);
}

#[tokio::test]
async fn a_list_that_leads_nowhere_new_is_left() {
    let site = Site::start().await;
    for page in 0..10 {
        let at = if page == 0 { "/x/".to_owned() } else { format!("/x/?page={page}") };
        site.on(&at, [list(&["a1.html", "a2.html"], Some(&format!("?page={}", page + 1)))]);
    }
    Trial::of([site.portal()]).run().await;
    let lists = site.targets().iter().filter(|t| t.contains("page=")).count();
    assert_eq!(lists, 3);
}

#[tokio::test]
async fn redirects_are_pages_of_their_own() {
    let site = Site::start().await;
    site.on(
        "/x/",
        [list(
            &["old.html", "home.html", "out.html", "loop1.html", "chain0.html", "inside.html"],
            None,
        )],
    )
    .on("/x/old.html", [moved("/y/new.html")])
    .on("/y/new.html", [html("新址")])
    .on("/x/home.html", [moved("/")])
    .on("/x/out.html", [moved("http://www.qinglan.gov.cn/x/1.html")])
    .on("/x/inside.html", [moved("http://10.0.0.1/x/1.html")])
    .on("/x/loop1.html", [moved("loop2.html")])
    .on("/x/loop2.html", [moved("loop1.html")]);
    for hop in 0..9 {
        site.on(&format!("/x/chain{hop}.html"), [moved(&format!("chain{}.html", hop + 1))]);
    }
    let told = Trial::of([site.portal()]).run().await;
    let (new, page) = &told.captures("/y/new.html")[0];
    assert_eq!(new.context.redirected_from.as_ref().unwrap().path(), "/x/old.html");
    assert_eq!(
        (new.context.listed.date.as_deref(), page.state),
        (Some("2025-01-02"), PageState::Kept)
    );
    assert_eq!(told.captures("/x/old.html")[0].1.state, PageState::Redirected);
    assert_eq!(told.captures("/x/home.html")[0].1.state, PageState::Suspected);
    let mut outcomes: Vec<String> =
        told.outcomes().iter().map(|(url, why, _)| format!("{url} {why:?}")).collect();
    outcomes.sort();
    let expected = [
        "/x/1.html OutOfScope",
        "/x/1.html PrivateAddress",
        "/x/chain6.html RedirectLoop",
        "/x/loop1.html RedirectLoop",
    ];
    assert_eq!(outcomes, expected);
    assert!(!site.targets().contains(&"/".to_owned()));
    assert_eq!(told.summary.documents, 1);
}

/// A portal of that many documents on one list page.
async fn long_list(documents: usize) -> Site {
    let site = Site::start().await;
    let names: Vec<String> = (0..documents).map(|n| format!("a{n}.html")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    site.on("/x/", [list(&names, None)]);
    for name in names {
        site.on(&format!("/x/{name}"), [html("<p>正文</p>")]);
    }
    site
}

#[tokio::test]
async fn a_long_line_waits_outside_and_keeps_its_order() {
    let site = long_list(700).await;
    let told = Trial::of([site.portal()]).run().await;
    let expected: Vec<String> = (0..700).map(|n| format!("/x/a{n}.html")).collect();
    assert_eq!(site.targets()[2..], expected);
    assert_eq!((told.summary.found, told.summary.documents, told.summary.left), (701, 700, 0));
    assert_eq!((told.summary.ended, told.progress.total().waiting), (Ended::Complete, 0));
    let Event::Answered { found, later, .. } = &told.events[1] else { panic!("the list") };
    assert_eq!((found.len(), later.len()), (256, 444));
    let portions: Vec<usize> = told.portions.iter().map(|(_, pages)| *pages).collect();
    assert_eq!(portions, [129, 129, 129, 57]);
    assert!(told.portions.iter().all(|(line, _)| line.rank == Rank::Detail));
}

#[tokio::test]
async fn what_earlier_runs_left_comes_in_portions_lists_first_and_shallow_ones_before() {
    let site = long_list(300).await;
    site.on("/x/index_1.html", [list(&[], None)]);
    let mut trial = Trial::of([site.portal()]);
    let page = |path: &str, kind, depth| {
        let mut page = known(&format!("{}{path}", site.base()), kind);
        page.depth = depth;
        page
    };
    trial.known =
        (0..300).map(|n| page(&format!("x/a{n}.html"), PageKind::Detail, 2 - n / 299)).collect();
    trial.known.push(page("x/index_1.html", PageKind::List, 1));
    trial.known.push(page("x/", PageKind::List, 0));
    let told = trial.run().await;
    let targets = site.targets();
    let first = ["/robots.txt", "/x/", "/x/index_1.html", "/x/a299.html", "/x/a0.html"];
    assert_eq!((&targets[..5], targets.len()), (&first.map(str::to_owned)[..], 303));
    assert_eq!((told.summary.found, told.summary.documents), (0, 300));
    assert_eq!(told.portions.len(), 3, "{:?}", told.portions);
}

#[tokio::test]
async fn what_waits_outside_is_left_by_a_limit_a_stop_and_a_closed_host() {
    let site = long_list(700).await;
    let mut trial = Trial::of([site.portal()]);
    trial.options.limit = Some(10);
    let told = trial.run().await;
    assert_eq!((told.summary.documents, told.summary.left), (10, 690));
    assert_eq!((told.summary.ended, site.hits().len()), (Ended::Limit, 12));
    let rows = told.rows(&[]);
    assert_eq!(rows.iter().filter(|page| page.state == PageState::Found).count(), 690);

    let mut trial = Trial::of([site.portal()]);
    (trial.known, trial.stop_after) = (rows.clone(), Some(300));
    let told = trial.run().await;
    assert_eq!(told.summary.ended, Ended::Stopped);
    assert_eq!(told.summary.documents + told.summary.left, 690, "nothing is lost or found again");

    site.on("/robots.txt", [status(500)]);
    let mut trial = Trial::of([site.portal()]);
    trial.known = rows.clone();
    let told = trial.run().await;
    assert_eq!((told.summary.documents, told.summary.left), (0, 690));
    assert_eq!(told.portions.iter().map(|(_, pages)| pages).sum::<usize>(), 256);

    site.on("/robots.txt", [status(403)]);
    let mut trial = Trial::of([site.portal()]);
    trial.known = rows;
    let told = trial.run().await;
    assert_eq!((told.summary.disallowed, told.summary.left), (690, 0));
    assert_eq!(told.outcomes().len(), 690);
}
