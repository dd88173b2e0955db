//! A small website of one test, pages as a function of what is asked; the curator who harvests it; single answers, as the
//! archive would hand them over; the real data beside the project.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use gongkai::config::{self, Config, Dirs};
use gongkai::model::{Answer, Body, Capture, Context, Headers, Listed, PageKind, PageUrl};

/// The curated files of the project.
pub(crate) fn shipped_config() -> Config {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dirs = Dirs { crawler: root.join("crawler-config"), index: root.join("index") };
    config::load(&dirs).config
}

/// A good answer with that body and, if any, that Content-Type.
pub(crate) fn answered(body: impl Into<Body>, content_type: Option<&str>) -> Answer {
    let kind = content_type.map(|kind| ("Content-Type".to_owned(), kind.to_owned()));
    Answer { status: 200, headers: Headers(kind.into_iter().collect()), body: body.into() }
}

/// The whole answer of a document's page, of no portal and no list.
pub(crate) fn captured(url: &str, answer: Answer) -> Capture {
    Capture {
        url: PageUrl::parse(url).unwrap(),
        at: "2026-01-02T03:04:05Z".parse().unwrap(),
        request: Headers::default(),
        answer,
        truncated: None,
        unverified_tls: false,
        context: Context {
            portal: String::new(),
            column: String::new(),
            kind: PageKind::Detail,
            listed: Listed::default(),
            referrer: None,
            redirected_from: None,
            form: None,
        },
    }
}

/// The portal file of an invented county with one column at `wj/`; `keys` stand above the column, `tables` behind it.
pub(crate) fn qinglan(keys: &str, tables: &str) -> String {
    county("qinglan", keys, tables)
}

/// The same under another id.
pub(crate) fn county(id: &str, keys: &str, tables: &str) -> String {
    format!(
        r##"
id = "{id}"
name = "青岚县人民政府"
bases = ["http://www.{id}.example/"]
region = "unknown"
verified = "never"
politeness.delay = "0s"
{keys}
[[columns]]
name = "县政府文件"
list = "wj/"
[list]
items = "#list li"
{tables}"##
    )
}

/// The folder of real data beside the project, told by one of its files; `None` after saying that the test was skipped.
pub(crate) fn shared(file: &str, what: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let there = folder.join(file).is_file();
    if !there {
        eprintln!("skipped: no ../shared with {what} beside the project");
    }
    there.then_some(folder)
}

/// Somebody who has the portal file of that county, in a folder where the program is run.
pub(crate) struct Curator {
    folder: tempfile::TempDir,
}

impl Curator {
    pub(crate) fn with(portal: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let portals = folder.path().join("crawler-config/portals");
        fs::create_dir_all(&portals).unwrap();
        fs::write(portals.join("qinglan.toml"), portal).unwrap();
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program, however it ends.
    pub(crate) fn gongkai(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gongkai"));
        command.current_dir(self.folder.path()).args(words).output().unwrap()
    }

    /// The same, expecting success; standard output as text.
    pub(crate) fn run(&self, words: &[&str]) -> String {
        let output = self.gongkai(words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

/// One request.
pub(crate) struct Asked {
    pub(crate) method: String,
    /// The whole address, as a proxy is told.
    pub(crate) url: String,
    /// Path with query.
    pub(crate) path: String,
    pub(crate) header: Vec<String>,
    pub(crate) body: String,
}

/// What a website answers: status line, header fields that the test chooses, body.
pub(crate) struct Reply {
    pub(crate) status: &'static str,
    pub(crate) headers: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// A page in UTF-8, plain text for `/robots.txt`; `None` is a 404.
    fn of(found: Option<String>, path: &str) -> Self {
        let status = if found.is_some() { "200 OK" } else { "404 Not Found" };
        let kind = if path == "/robots.txt" { "plain" } else { "html; charset=utf-8" };
        let headers = format!("Content-Type: text/{kind}\r\n");
        Self { status, headers, body: found.unwrap_or_default().into_bytes() }
    }

    fn into_bytes(self) -> Vec<u8> {
        let Self { status, headers, body } = self;
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        [head.as_bytes(), &body].concat()
    }
}

/// Serves `answer` as a forward proxy does, whatever the host, for as long as the test runs; returns its address.
///
/// `None` is a 404. `/robots.txt` is plain text, everything else a page in UTF-8.
pub(crate) fn website(answer: impl Fn(&str) -> Option<String> + Send + 'static) -> String {
    interface(move |asked| answer(&asked.path))
}

/// The same for a website that looks at more than the path.
pub(crate) fn interface(answer: impl Fn(&Asked) -> Option<String> + Send + 'static) -> String {
    listen(move |asked| Reply::of(answer(asked), &asked.path).into_bytes())
}

/// The same for several hosts: `answer` is given the whole address asked for and the lines of the request's header.
pub(crate) fn websites(answer: impl Fn(&str, &[String]) -> Reply + Send + 'static) -> String {
    listen(move |asked| answer(&asked.url, &asked.header).into_bytes())
}

/// The same with whole answers, head and all, however wrong they are; the connection ends after each.
pub(crate) fn serve(answer: impl Fn(&str) -> String + Send + 'static) -> String {
    listen(move |asked| answer(&asked.path).into_bytes())
}

/// The same, and looks at more than the path.
pub(crate) fn serve_asked(answer: impl Fn(&Asked) -> String + Send + 'static) -> String {
    listen(move |asked| answer(asked).into_bytes())
}

fn listen(answer: impl Fn(&Asked) -> Vec<u8> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let asked = asked(BufReader::new(stream.try_clone().unwrap()));
            let _crawler_gone = stream.write_all(&answer(&asked));
        }
    });
    address
}

fn asked(mut input: impl BufRead) -> Asked {
    let mut lines = input.by_ref().lines().map_while(Result::ok);
    let request = lines.next().unwrap_or_default();
    let header: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let length = header.iter().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    input.read_exact(&mut body).unwrap();
    let mut words = request.split(' ').map(str::to_owned);
    let (method, url) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let path = url.split_once(".example").map_or(url.clone(), |(_host, path)| path.to_owned());
    Asked { method, url, path, header, body: String::from_utf8(body).unwrap() }
}
