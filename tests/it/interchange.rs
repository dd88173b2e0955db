//! Captures come from other programs and go to them.

use std::{
    collections::BTreeSet,
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::Command,
};

use gongkai::demo::Sample;
use serde_json::Value;

use crate::whole_path::World;

/// A page with something to read.
fn page(title: &str) -> String {
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><title>{title}</title></head><body><h1>{title}</h1>\
         <div class=\"content\"><p>各街道办事处，市政府各部门：</p><p>为了把春季植树工作做好，现将{title}的有关事项通知如下，\
         请认真执行。一要落实责任，二要保证质量，三要加强宣传。</p></div></body></html>"
    )
}

/// One record; `fields` end in line breaks.
fn record(version: &str, fields: &str, block: &str) -> String {
    let length = block.len();
    format!("WARC/{version}\r\n{fields}Content-Length: {length}\r\n\r\n{block}\r\n\r\n")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const HTTP: &str = "Content-Type: application/http\r\n";
const ONE: &str = "http://old.lingzhou.example/zc/1.html";

/// Records as several programs write them: request first, angle brackets, chunks, bare resources, repeated payloads.
fn foreign_records() -> Vec<String> {
    let (first, second) = (page("关于春季植树的通知"), page("关于夏季防汛的通知"));
    let chunked = format!("{:x}\r\n{first}\r\n0\r\n\r\n", first.len());
    let answer = |body: &str| {
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n{body}"
        )
    };
    let head = |kind: &str, id: u8, url: &str, day: u8| {
        format!(
            "WARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:0000000{id}>\r\nWARC-Target-URI: {url}\r\n\
             WARC-Date: 2019-03-0{day}T08:00:00Z\r\n"
        )
    };
    vec![
        record(
            "1.0",
            "WARC-Type: warcinfo\r\nWARC-Date: 2019-03-01T08:00:00Z\r\n",
            "software: x\r\n",
        ),
        record(
            "1.0",
            &(head("request", 1, &format!("<{ONE}>"), 1) + HTTP),
            "GET /zc/1.html HTTP/1.1\r\nUser-Agent: other/1\r\n\r\n",
        ),
        record(
            "1.0",
            &(head("response", 2, &format!("<{ONE}>"), 1)
                + "WARC-Concurrent-To: <urn:uuid:00000001>\r\n"
                + HTTP),
            &answer(&chunked),
        ),
        record(
            "1.1",
            &(head("resource", 3, "http://old.lingzhou.example/zc/2.html", 2)
                + "Content-Type: text/html\r\n"),
            &second,
        ),
        record(
            "1.1",
            &(head("revisit", 4, ONE, 5)
                + "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest\r\n\
                   WARC-Refers-To-Date: 2019-03-01T08:00:00Z\r\n\
                   WARC-Refers-To-Target-URI: http://old.lingzhou.example/zc/1.html\r\n"
                + HTTP),
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
        ),
        record(
            "1.1",
            &(head("revisit", 5, "http://old.lingzhou.example/gone.html", 6)
                + "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest\r\n"),
            "",
        ),
        record("1.1", &head("response", 6, "dns:old.lingzhou.example", 6), "1.2.3.4"),
        record(
            "1.1",
            &(head("response", 7, "http://old.lingzhou.example/x", 6) + HTTP),
            "nonsense",
        ),
    ]
}

fn titles(world: &World) -> Vec<String> {
    let mut titles: Vec<String> =
        world.export().iter().map(|line| line["title"].as_str().unwrap().to_owned()).collect();
    titles.sort();
    titles
}

#[test]
fn warc_files_of_any_form_are_taken() {
    let records = foreign_records();
    let forms = [
        records.concat().into_bytes(),
        gzip(records.concat().as_bytes()),
        records.iter().flat_map(|record| gzip(record.as_bytes())).collect(),
    ];
    for bytes in forms {
        let world = World::new();
        let file = world.path("some.file");
        fs::write(&file, bytes).unwrap();
        let said = world.done(&["import", file.to_str().unwrap()]);
        assert!(said.contains("imported: 3 captures new, 0 there before, 3 left out"), "{said}");
        assert_eq!(titles(&world), ["关于夏季防汛的通知", "关于春季植树的通知"]);
        assert!(
            world
                .export()
                .iter()
                .all(|line| line["url"].as_str().unwrap().contains("old.lingzhou"))
        );
        let said = world.done(&["import", file.to_str().unwrap()]);
        assert!(said.contains("imported: 0 captures new, 3 there before"), "{said}");
        world.done(&["verify"]);
        world.done(&["index"]);
        assert_eq!(world.search(&["植树"])["total"], 2);
    }
}

#[test]
fn answers_to_other_requests_are_not_taken_for_the_page() {
    let head = |kind: &str, id: u8, day: u8| {
        format!(
            "WARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{id:08}>\r\nWARC-Target-URI: {ONE}\r\n\
             WARC-Date: 2019-03-0{day}T08:00:00Z\r\n{HTTP}"
        )
    };
    let pair = |day: u8, request: &str, title: &str| {
        let beside = format!("WARC-Concurrent-To: <urn:uuid:{:08}>\r\n", 2 * day);
        let body = if title.is_empty() { String::new() } else { page(title) };
        record("1.1", &head("request", 2 * day, day), request)
            + &record(
                "1.1",
                &(head("response", 2 * day + 1, day) + &beside),
                &format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{body}"),
            )
    };
    let line = "/zc/1.html HTTP/1.1\r\n";
    let form = "Content-Type: application/x-www-form-urlencoded\r\n\r\n";
    let records = [
        pair(1, &format!("GET {line}\r\n"), "关于春季植树的通知"),
        pair(2, &format!("POST {line}{form}q=1"), "检索结果一"),
        pair(3, &format!("POST {line}{form}q=2"), "检索结果二"),
        pair(
            4,
            &format!("POST {line}Content-Type: multipart/form-data; boundary=x\r\n\r\n--x"),
            "上传成功",
        ),
        pair(5, &format!("HEAD {line}\r\n"), ""),
    ];
    let world = World::new();
    let file = world.path("posts.warc");
    fs::write(&file, records.concat()).unwrap();
    let output = world.gongkai(&["import", file.to_str().unwrap()]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("imported: 3 captures new, 0 there before, 2 left out"), "{said}");
    let why = String::from_utf8(output.stderr).unwrap();
    assert!(
        why.contains("asked by POST with a body that is no form") && why.contains("asked by HEAD"),
        "{why}"
    );
    assert_eq!(titles(&world), ["关于春季植树的通知"]);
    let index = world.done(&["export", "--format", "cdxj"]);
    for key in
        ["1.html 2019", "1.html?__wb_method=post&q=1 2019", "1.html?__wb_method=post&q=2 2019"]
    {
        assert_eq!(index.matches(key).count(), 1, "{index}");
    }
    assert!(
        world.done(&["import", file.to_str().unwrap()]).contains("0 captures new, 3 there before")
    );
    world.done(&["verify"]);
}

#[test]
fn a_warc_file_that_was_cut_short_gives_what_it_has() {
    let world = World::new();
    let file = world.path("cut.warc");
    let bytes = foreign_records().concat().into_bytes();
    let cut = bytes.windows(8).position(|window| window == b"resource").unwrap() + 400;
    fs::write(&file, &bytes[..cut]).unwrap();
    let output = world.gongkai(&["import", file.to_str().unwrap()]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("imported: 1 captures new, 0 there before, 1 left out"), "{said}");
    assert!(
        String::from_utf8(output.stderr).unwrap().contains("the rest of the file: the block has")
    );
    fs::write(&file, "WARC/1.1\r\nContent-Length: 99999999999999\r\n\r\n").unwrap();
    assert_eq!(world.gongkai(&["import", file.to_str().unwrap()]).status.code(), Some(1));
}

#[test]
fn a_folder_of_saved_pages_is_taken() {
    let world = World::new();
    let folder = world.path("saved");
    fs::create_dir_all(folder.join("a")).unwrap();
    fs::write(folder.join("a/1.html"), page("关于秋季征兵的通知")).unwrap();
    fs::write(world.path("secret"), "not of this folder").unwrap();
    let list = "# path, address, time\n\
        a/1.html\thttp://old.lingzhou.example/zc/1.html\t2019-03-01\n\
        ../secret\thttp://old.lingzhou.example/secret.html\n\
        /etc/hostname\thttp://old.lingzhou.example/hosts.html\n\
        a/2.html\thttp://old.lingzhou.example/zc/2.html\n\
        a/1.html\tno address\n\
        a/1.html\n";
    fs::write(folder.join("pages.tsv"), list).unwrap();
    let file = folder.join("pages.tsv");
    let output = world.gongkai(&["import", file.to_str().unwrap()]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("imported: 1 captures new, 0 there before, 5 left out"), "{said}");
    let why = String::from_utf8(output.stderr).unwrap();
    assert!(why.contains("pages.tsv:3: `../secret` leads out of the folder"), "{why}");
    assert_eq!(titles(&world), ["关于秋季征兵的通知"]);
    let said = world.done(&[
        "export",
        "--since",
        "2019-02-28T16:00:00Z",
        "--until",
        "2019-02-28T16:00:01Z",
    ]);
    assert_eq!(said.lines().count(), 1, "a day begins in China");
}

#[test]
fn what_is_exported_can_be_imported() {
    let world = World::new();
    world.crawl("update", &[]);
    let file = world.path("export.warc.gz");
    let exported = world.gongkai(&["export", "--format", "warc"]);
    fs::write(&file, &exported.stdout).unwrap();
    check_with_warcio(&file);
    let other = World::new();
    other.done(&["import", file.to_str().unwrap()]);
    assert!(other.export() == world.export(), "the documents are the same");
    let some = |words: &[&str]| {
        let words = [&["export", "--format", "cdxj"], words].concat();
        world.done(&words).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let (all, one) = (some(&[]), some(&["--portal", "sample-linting"]));
    assert!(all.is_sorted() && !one.is_empty() && one.len() < all.len());
    assert_eq!(some(&["--until", "2024-06-01T00:00:00Z"]), Vec::<String>::new());
    for line in one.iter().take(20) {
        let record: Value = serde_json::from_str(line.splitn(3, ' ').nth(2).unwrap()).unwrap();
        let number = |name: &str| record[name].as_str().unwrap().parse::<usize>().unwrap();
        let path = world.path("data/archive").join(record["filename"].as_str().unwrap());
        let bytes = fs::read(path).unwrap();
        let member = &bytes[number("offset")..number("offset") + number("length")];
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(member).read_to_end(&mut text).unwrap();
        assert!(String::from_utf8_lossy(&text).contains(record["url"].as_str().unwrap()));
    }
}

/// The files in a ZIP file: name, whether stored as they are, bytes.
fn unzipped(file: &Path) -> Vec<(String, bool, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(fs::File::open(file).unwrap()).unwrap();
    let mut files = Vec::new();
    for number in 0..zip.len() {
        let mut inner = zip.by_index(number).unwrap();
        let mut bytes = Vec::new();
        inner.read_to_end(&mut bytes).unwrap();
        let stored = inner.compression() == zip::CompressionMethod::Stored;
        files.push((inner.name().unwrap().into_owned(), stored, bytes));
    }
    files
}

/// A ZIP file with these files; those with `true` stored as they are.
fn zipped(file: &Path, files: &[(&str, bool, &[u8])]) {
    let mut zip = zip::ZipWriter::new(fs::File::create(file).unwrap());
    for (name, stored, bytes) in files {
        let method =
            if *stored { zip::CompressionMethod::Stored } else { zip::CompressionMethod::Deflated };
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

#[test]
fn a_wacz_file_replays_and_comes_back() {
    let world = World::new();
    world.crawl("update", &["--portal", "sample-linting"]);
    world.crawl("update", &["--portal", "sample-linting", "--all-due"]);
    let file = world.path("export.wacz");
    let out = file.to_str().unwrap();
    world.done(&["export", "--format", "wacz", "--out", out, "--portal", "sample-linting"]);
    let files = unzipped(&file);
    let of = |name: &str| &files.iter().find(|(n, ..)| n == name).unwrap().2;
    assert!(files.iter().all(|(_, stored, _)| *stored), "ranges work");
    index_leads_to_captures(of("indexes/index.cdx.gz"), of("archive/data-00001.warc.gz"));
    let titles: BTreeSet<String> =
        world.export().iter().map(|line| line["title"].as_str().unwrap().to_owned()).collect();
    let pages = std::str::from_utf8(of("pages/pages.jsonl")).unwrap();
    let pages: Vec<Value> = pages.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(pages[0]["format"], "json-pages-1.0");
    assert!(pages.len() > 20);
    assert!(pages[1..].iter().all(|page| titles.contains(page["title"].as_str().unwrap())));
    check_with_wacz(&file);
    let (one, other) = (World::new(), World::new());
    one.done(&["import", out]);
    let warc = world.gongkai(&["export", "--format", "warc", "--portal", "sample-linting"]);
    fs::write(other.path("export.warc.gz"), warc.stdout).unwrap();
    other.done(&["import", other.path("export.warc.gz").to_str().unwrap()]);
    assert!(one.export() == other.export() && !one.export().is_empty());
    let missing = world.gongkai(&["export", "--format", "wacz"]);
    assert_eq!(missing.status.code(), Some(2), "a WACZ file needs a name");
}

/// Every line of the index, which comes in pieces, names the bytes of an answer from its address.
fn index_leads_to_captures(index: &[u8], warc: &[u8]) {
    let mut lines = String::new();
    flate2::read::MultiGzDecoder::new(index).read_to_string(&mut lines).unwrap();
    assert!(lines.lines().is_sorted() && lines.lines().count() > 20);
    for line in lines.lines() {
        let record: Value = serde_json::from_str(line.splitn(3, ' ').nth(2).unwrap()).unwrap();
        let number = |name: &str| record[name].as_str().unwrap().parse::<usize>().unwrap();
        assert_eq!(record["filename"], "data-00001.warc.gz");
        let member = &warc[number("offset")..number("offset") + number("length")];
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(member).read_to_end(&mut text).unwrap();
        let text = String::from_utf8_lossy(&text);
        let target = format!("WARC-Target-URI: {}\r\n", record["url"].as_str().unwrap());
        assert!(text.contains(&target) && text.contains("WARC-Type: re"), "{line}");
    }
}

fn check_with_wacz(file: &Path) {
    let Some(wacz) = python_tool("wacz") else {
        return eprintln!("skipped: wacz is not installed");
    };
    let output = Command::new(wacz).args(["validate", "-f"]).arg(file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("Validation succeeded"), "{said}");
}

#[test]
fn wacz_files_of_any_writer_are_taken_and_nothing_else_in_them() {
    let warc = foreign_records().concat().into_bytes();
    let package = format!(
        r#"{{"wacz_version":"1.1.1","resources":[{{"name":"a.warc","path":"archive/a.warc","hash":"sha256:{}"}}]}}"#,
        "0".repeat(64)
    );
    let world = World::new();
    let file = world.path("some.file");
    let escape: &[u8] = b"never written";
    zipped(
        &file,
        &[
            ("datapackage.json", false, package.as_bytes()),
            ("archive/../../escaped.warc", true, escape),
            ("/archive/rooted.warc", true, escape),
            ("archive/notes.txt", true, escape),
            ("archive/a.warc", false, &warc),
            ("archive/b.warc.gz", true, &gzip(&warc)),
        ],
    );
    let output = world.gongkai(&["import", file.to_str().unwrap()]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("imported: 3 captures new, 3 there before, 9 left out"), "{said}");
    let why = String::from_utf8(output.stderr).unwrap();
    assert!(why.contains("archive/a.warc: these are not the bytes that datapackage.json names"));
    assert!(why.contains("archive/../../escaped.warc: no WARC file"), "{why}");
    assert_eq!(titles(&world), ["关于夏季防汛的通知", "关于春季植树的通知"]);
    let refused = |files: &[(&str, bool, &[u8])]| {
        zipped(&file, files);
        assert_eq!(world.gongkai(&["import", file.to_str().unwrap()]).status.code(), Some(1));
    };
    refused(&[("archive/notes.txt", true, b"x")]);
    refused(&[("archive/a.warc", true, b"no WARC at all")]);
    let bytes = fs::read(&file).unwrap();
    for cut in (4..bytes.len()).step_by(17) {
        fs::write(&file, &bytes[..cut]).unwrap();
        assert_eq!(world.gongkai(&["import", file.to_str().unwrap()]).status.code(), Some(1));
    }
}

/// The programs of the project's own Python environment, else those of the system.
fn python_tool(name: &str) -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv/bin").join(name);
    [own, name.into()].into_iter().find(|path| Command::new(path).arg("--help").output().is_ok())
}

fn check_with_warcio(file: &Path) {
    let Some(warcio) = python_tool("warcio") else {
        return eprintln!("skipped: warcio is not installed");
    };
    let output = Command::new(warcio).arg("check").arg(file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn files_of_wget_are_taken() {
    let world = World::new();
    let sample = Sample::load().unwrap();
    let urls: Vec<String> =
        sample.pages().filter(|page| page.obtainable).step_by(40).map(|page| page.url).collect();
    let proxy = format!("http_proxy={}", world.portal.proxy_url());
    let wget = Command::new("wget")
        .current_dir(world.path(""))
        .args(["-q", "-e", "use_proxy=yes", "-e", &proxy, "-O", "all.html", "--warc-file=wget"])
        .args(&urls)
        .output();
    let Ok(wget) = wget else { return eprintln!("skipped: wget is not installed") };
    assert!(wget.status.success(), "{}", String::from_utf8_lossy(&wget.stderr));
    world.done(&["import", world.path("wget.warc.gz").to_str().unwrap()]);
    let mut found: Vec<String> =
        world.export().iter().map(|line| line["url"].as_str().unwrap().to_owned()).collect();
    found.sort();
    let mut wanted = urls;
    wanted.sort();
    assert_eq!(found, wanted);
    world.done(&["verify"]);
}

/// Writes a response with its request, and a repeated payload, as warcio does.
const WRITE_WITH_WARCIO: &str = r"
import io, sys
from warcio.warcwriter import WARCWriter
from warcio.statusandheaders import StatusAndHeaders
body = open(sys.argv[2], 'rb').read()
with open(sys.argv[1], 'wb') as out:
    writer = WARCWriter(out, gzip=True)
    url = 'http://old.lingzhou.example/zc/1.html'
    headers = StatusAndHeaders('200 OK', [('Content-Type', 'text/html')], protocol='HTTP/1.1')
    response = writer.create_warc_record(url, 'response', payload=io.BytesIO(body), http_headers=headers,
        warc_headers_dict={'WARC-Date': '2019-03-01T08:00:00Z'})
    asked = StatusAndHeaders('GET /zc/1.html HTTP/1.1', [('Host', 'old.lingzhou.example')], is_http_request=True)
    request = writer.create_warc_record(url, 'request', http_headers=asked)
    writer.write_request_response_pair(request, response)
    digest = response.rec_headers.get_header('WARC-Payload-Digest')
    revisit = writer.create_revisit_record(url, digest, url, '2019-03-01T08:00:00Z', http_headers=headers,
        warc_headers_dict={'WARC-Date': '2019-04-01T08:00:00Z'})
    writer.write_record(revisit)
";

#[test]
fn files_of_warcio_are_taken() {
    let world = World::new();
    let Some(python) = python_tool("warcio").and(python_tool("python3")) else {
        return eprintln!("skipped: warcio is not installed");
    };
    let (file, saved) = (world.path("warcio.warc.gz"), world.path("saved.html"));
    fs::write(&saved, page("关于冬季供暖的通知")).unwrap();
    let script = ["-c", WRITE_WITH_WARCIO];
    let output = Command::new(python).args(script).args([&file, &saved]).output().unwrap();
    if !output.status.success() {
        return eprintln!("skipped: {}", String::from_utf8_lossy(&output.stderr));
    }
    let said = world.done(&["import", file.to_str().unwrap()]);
    assert!(said.contains("imported: 2 captures new, 0 there before, 0 left out"), "{said}");
    assert_eq!(titles(&world), ["关于冬季供暖的通知"]);
}
