//! A small website of one test: pages as a function of their path.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
};

/// What a website answers: status line, header fields that the test chooses, body.
pub(crate) struct Reply {
    pub(crate) status: &'static str,
    pub(crate) headers: String,
    pub(crate) body: Vec<u8>,
}

/// Serves `answer` as a forward proxy does, whatever the host, for as long as the test runs; returns its address.
///
/// `None` is a 404. `/robots.txt` is plain text, everything else a page in UTF-8.
pub(crate) fn website(answer: impl Fn(&str) -> Option<String> + Send + 'static) -> String {
    websites(move |url, _header| {
        let path = url.split_once(".example").map_or(url, |(_host, path)| path);
        let found = answer(path);
        let status = if found.is_some() { "200 OK" } else { "404 Not Found" };
        let kind = if path == "/robots.txt" { "plain" } else { "html; charset=utf-8" };
        let headers = format!("Content-Type: text/{kind}\r\n");
        Reply { status, headers, body: found.unwrap_or_default().into_bytes() }
    })
}

/// The same for several hosts: `answer` is given the whole address asked for and the lines of the request's header.
pub(crate) fn websites(answer: impl Fn(&str, &[String]) -> Reply + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines =
                BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let request = lines.next().unwrap_or_default();
            let header: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let url = request.split(' ').nth(1).unwrap_or_default();
            let Reply { status, headers, body } = answer(url, &header);
            let head = format!(
                "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _crawler_gone = stream.write_all(&[head.as_bytes(), &body].concat());
        }
    });
    address
}
