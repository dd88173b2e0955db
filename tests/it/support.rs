//! A small website of one test: pages as a function of their path.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
};

/// Serves `answer` as a forward proxy does, whatever the host, for as long as the test runs; returns its address.
///
/// `None` is a 404. `/robots.txt` is plain text, everything else a page in UTF-8.
pub(crate) fn website(answer: impl Fn(&str) -> Option<String> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines =
                BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let request = lines.next().unwrap_or_default();
            let _header: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let url = request.split(' ').nth(1).unwrap_or_default();
            let path = url.split_once(".example").map_or(url, |(_host, path)| path);
            let found = answer(path);
            let status = if found.is_some() { "200 OK" } else { "404 Not Found" };
            let kind = if path == "/robots.txt" { "plain" } else { "html; charset=utf-8" };
            let body = found.unwrap_or_default();
            let _crawler_gone = write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Type: text/{kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    address
}
