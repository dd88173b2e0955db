//! Promises about answers: charset, validators, robots.txt, the socket.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{SAMPLE, get, text_of};
use crate::demo::{Sample, Target, start};
use crate::model::Headers;

#[test]
fn every_page_says_that_it_is_sample_data() {
    for (host, path, target) in SAMPLE.addresses() {
        if !matches!(target, Target::File(..)) {
            let text = text_of(host, &get(host, path));
            assert!(text.contains("示例数据"), "{host}{path}");
            let foreign = text.split("&#").skip(1).any(|rest| rest.starts_with(char::is_numeric));
            assert!(!foreign, "{host}{path}: a character the charset has not");
        }
    }
}

#[test]
fn answers_are_the_same_every_time() {
    let again = Sample::load().unwrap();
    for (host, path, _) in SAMPLE.addresses() {
        assert_eq!(get(host, path), again.answer(host, path, &Headers::default()), "{host}{path}");
    }
}

#[test]
fn a_known_page_is_not_sent_again() {
    let (host, path) = ("czj.yunting.example", "/xxgk/yjs/");
    let first = get(host, path);
    for (given, asked) in [("etag", "If-None-Match"), ("last-modified", "If-Modified-Since")] {
        let value = first.headers.get(given).unwrap().to_owned();
        let request = Headers(vec![(asked.to_owned(), value)]);
        let second = SAMPLE.answer(host, path, &request);
        assert_eq!((second.status, second.body.len()), (304, 0), "{asked}");
    }
    let request = Headers(vec![("If-None-Match".to_owned(), "\"other\"".to_owned())]);
    assert_eq!(SAMPLE.answer(host, path, &request).status, 200);
}

#[test]
fn the_gbk_host_says_gb2312_in_the_page_alone() {
    let host = "mzj.yunting.example";
    let answer = get(host, "/zwgk/shjz/");
    assert_eq!(answer.headers.get("content-type"), Some("text/html"));
    assert!(String::from_utf8(answer.body.start().to_vec()).is_err());
    let text = text_of(host, &answer);
    assert!(text.contains("charset=gb2312") && text.contains("最低生活保障标准"));
}

#[test]
fn hosts_have_rules_or_none() {
    let rules = get("www.yunting.example", "/robots.txt");
    assert!(String::from_utf8_lossy(rules.body.start()).contains("Disallow: /nbzl/"));
    assert_eq!(get("jyj.yunting.example", "/robots.txt").status, 404);
    assert_eq!(get("zrj.yunting.example", "/robots.txt").body.start(), b"");
    let closed: Vec<_> = SAMPLE.pages().filter(|page| page.url.contains("/nbzl/")).collect();
    assert!(closed.len() == 1 && !closed[0].obtainable);
    assert_eq!(get("www.elsewhere.example", "/").status, 502);
    assert_eq!(get("www.yunting.example", "/none.html").status, 404);
}

#[test]
fn script_in_a_title_is_text() {
    let page = SAMPLE.pages().find(|page| page.title.contains("<script>")).unwrap();
    let path = page.url.trim_start_matches("http://www.yunting.example");
    let text = text_of("www.yunting.example", &get("www.yunting.example", path));
    assert!(text.contains("&lt;script&gt;alert(1)") && !text.contains("<script>alert"));
}

async fn ask(request: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let portal = start(listener).await.unwrap();
    let mut stream = TcpStream::connect(portal.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn it_answers_as_proxy_and_as_origin() {
    let path = "/xxgk/zsks/";
    for request in [
        format!("GET http://jyj.yunting.example{path} HTTP/1.1\r\nHost: jyj.yunting.example\r\n"),
        format!("GET {path} HTTP/1.1\r\nHost: jyj.yunting.example:80\r\n"),
    ] {
        let answer = ask(&format!("{request}Connection: close\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains("义务教育阶段学校招生入学"), "{request}");
    }
    let wrong = ask("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(wrong.starts_with("HTTP/1.1 405"), "{wrong}");
}
