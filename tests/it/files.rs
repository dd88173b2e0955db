//! Files that documents name: read in bounded processes, found, shown; what one file does to its process harms no other.

use std::{
    fmt::Write as _,
    io::Write as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use gongkai::extract::files::child::{self, Limits, Readers};
use gongkai::model::{FileKind, FileStatus, FileText};
use serde_json::Value;

use crate::support::{Curator, qinglan, website};

const PROGRAM: &str = env!("CARGO_BIN_EXE_gongkai");
const GOOD: &str = include_str!("../files/gbk_font.pdf");

fn read(bytes: &[u8], limits: &Limits) -> FileText {
    child::read(Path::new(PROGRAM), bytes, limits).unwrap()
}

/// A page whose drawing is called by a drawing that is called … a hundred times each.
fn endless_pdf() -> Vec<u8> {
    let mut pdf = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n\
        3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>\nendobj\n\
        4 0 obj\n<< /Length 5 >>\nstream\n/X Do\nendstream\nendobj\n"
        .to_owned();
    for level in 5..15 {
        let drawing = if level < 14 { "/X Do ".repeat(100) } else { "0 0 m 9 9 l S ".into() };
        write!(
            pdf,
            "{level} 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X {} 0 R >> >> /Length {} >>\n\
             stream\n{drawing}\nendstream\nendobj\n",
            level + 1,
            drawing.len()
        )
        .unwrap();
    }
    write!(pdf, "trailer\n<< /Size 15 /Root 1 0 R >>\nstartxref\n0\n%%EOF\n").unwrap();
    pdf.into_bytes()
}

/// A sheet of the Open Document Format that claims 82 million cells, fewer than its reader refuses by itself.
fn huge_sheet() -> Vec<u8> {
    let content = "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
        xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">\
        <office:body><office:spreadsheet><table:table table:name=\"t\"><table:table-row table:number-rows-repeated=\"5000\">\
        <table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"string\"><text:p>x</text:p></table:table-cell>\
        </table:table-row></table:table></office:spreadsheet></office:body></office:document-content>";
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let plain = zip::write::SimpleFileOptions::default();
    let manifest = "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", content),
    ] {
        zip.start_file(name, plain.compression_method(zip::CompressionMethod::Stored)).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_file_that_costs_too_much_is_an_error_and_the_next_is_read() {
    let limits = Limits { memory: 512 << 20, ..Limits::default() };
    let read_well = || {
        let file = read(GOOD.as_bytes(), &limits);
        assert_eq!((file.kind, file.status), (FileKind::Pdf, FileStatus::Ok), "{file:?}");
    };
    read_well();
    let dear = [
        (endless_pdf(), Limits { cpu: 1, ..limits }, FileKind::Pdf, "reading it took too long"),
        (
            endless_pdf(),
            Limits { wall: Duration::from_secs(3), ..limits },
            FileKind::Pdf,
            "reading it took too long",
        ),
        (huge_sheet(), limits, FileKind::Ods, "reading it took too much memory"),
        (GOOD.into(), Limits { answer: 40, ..limits }, FileKind::Pdf, "its text is too long"),
    ];
    for (bytes, limits, kind, why) in dear {
        let file = read(&bytes, &limits);
        let found = (file.kind, file.status, file.error.as_deref());
        assert_eq!(found, (kind, FileStatus::Error, Some(why)), "{file:?}");
        read_well();
    }
    // What is no reader at all gives an error of the file, too.
    assert_eq!(
        child::read(Path::new("/bin/false"), b"x", &limits).unwrap().status,
        FileStatus::Error
    );
    assert!(child::read(Path::new("/no/such/program"), b"x", &limits).is_err());
}

#[test]
fn a_process_that_reads_many_files_gives_what_one_for_each_gives() {
    let limits = Limits { memory: 512 << 20, cpu: 1, answer: 4096, ..Limits::default() };
    let readers = Readers::new(PROGRAM.into(), limits);
    let long = "甲".repeat(2000);
    let files: [&[u8]; 9] = [
        GOOD.as_bytes(),
        b"",
        "名称,数量\n申请,7\n".as_bytes(),
        &endless_pdf(),
        "第一行\n第二行".as_bytes(),
        &huge_sheet(),
        GOOD.as_bytes(),
        long.as_bytes(),
        b"\x89PNG\r\n\x1a\n",
    ];
    for (n, bytes) in files.into_iter().enumerate() {
        assert_eq!(readers.read(bytes).unwrap(), read(bytes, &limits), "file {n}");
    }
    assert!(Readers::new("/no/such/program".into(), limits).read(b"x").is_err());
}

const DETAIL: &str = r##"
[detail]
title = "h1"
body = "#zoom"
"##;

fn answer(path: &str, arrived: bool) -> Option<String> {
    let error_page = "<html><body><h1>404 页面不存在</h1></body></html>".to_owned();
    Some(match path {
        "/wj/" => "<html><body><ul id=list><li><a href='/wj/t1.html'>关于报送年度报告的通知</a> 2024-01-05</li>\
            <li><a href='/wj/report.pdf'>青岚县2023年政府信息公开工作年度报告</a> 2024-01-31</li></ul></body></html>"
            .into(),
        "/wj/t1.html" => "<html><body><h1>关于报送年度报告的通知</h1><div id=zoom><p>各乡镇人民政府：</p>\
            <p>请按照附件的格式报送本单位的年度报告，于一月底以前送县政府办公室，逾期不再受理。</p>\
            <p><a href='/wj/1.pdf'>附件1：报告格式.pdf</a></p><p><a href='/wj/2.doc'>附件2：坏文件.doc</a></p></div></body></html>"
            .into(),
        "/wj/report.pdf" => GOOD.into(),
        "/wj/1.pdf" if arrived => GOOD.into(),
        "/wj/1.pdf" | "/wj/2.doc" => error_page,
        _ => return None,
    })
}

fn search(curator: &Curator, query: &str) -> Value {
    let answer = curator.run(&["search", "--json", "--syntax", "strict", query]);
    serde_json::from_str(&answer).unwrap()
}

fn export(curator: &Curator) -> Vec<Value> {
    let lines = curator.run(&["export"]);
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn titled<'v>(documents: &'v [Value], title: &str) -> &'v Value {
    documents.iter().find(|document| document["title"] == title).unwrap()
}

#[test]
fn a_file_that_arrives_later_is_found_with_its_page() {
    let curator = Curator::with(&qinglan("", DETAIL));
    let arrived = Arc::new(AtomicBool::new(false));
    let served = Arc::clone(&arrived);
    let proxy = website(move |path| answer(path, served.load(Ordering::SeqCst)));
    let update = |now: &str| {
        curator.run(&["crawl", "--all-due", "--proxy", &proxy, "--now", now]);
        curator.run(&["extract"]);
        curator.run(&["index"]);
    };
    update("2024-02-01T00:00:00Z");
    let documents = export(&curator);
    assert_eq!(documents.len(), 2, "{documents:#?}");
    the_report_is_a_document(&documents);
    let notice = titled(&documents, "关于报送年度报告的通知");
    for attachment in notice["attachments"].as_array().unwrap() {
        assert_eq!(
            (attachment["kind"].as_str(), attachment["status"].as_str()),
            (Some("html"), Some("error"))
        );
    }
    assert_eq!(search(&curator, "\"第二页文字\"")["total"], 1, "only the report");

    arrived.store(true, Ordering::SeqCst);
    update("2024-06-01T00:00:00Z");
    let documents = export(&curator);
    let attachment = &titled(&documents, "关于报送年度报告的通知")["attachments"][0];
    assert_eq!(
        (attachment["kind"].as_str(), attachment["status"].as_str()),
        (Some("pdf"), Some("ok")),
        "{attachment}"
    );
    assert_eq!(attachment["text"][1]["label"], "第2页");
    let answer = search(&curator, "\"第二页文字\"");
    assert_eq!(answer["total"], 2, "{answer:#}");
    let hits = answer["hits"].as_array().unwrap();
    let hit = hits.iter().find(|hit| hit["title"] == "关于报送年度报告的通知").unwrap();
    let segment = &hit["snippets"][0][0];
    assert_eq!(segment["page"], "第2页", "{hit:#}");
    assert!(segment["attachment"].as_str().unwrap().contains("报告格式"), "{segment}");

    // Made again from the archive, everything is the same.
    let before = export(&curator);
    std::fs::remove_file(curator.path("data/catalogue.sqlite")).unwrap();
    curator.run(&["extract"]);
    assert_eq!(export(&curator), before);
}

/// A list that leads to a file: the file is the document, with the title of the list.
fn the_report_is_a_document(documents: &[Value]) {
    let report = titled(documents, "青岚县2023年政府信息公开工作年度报告");
    let text = report["text"].as_str().unwrap();
    assert!(text.contains("项目\t\t数量\n\n收到申请\t件\t37"), "{text}");
    assert_eq!(
        (report["report_year"].as_i64(), report["published_date"].as_str()),
        (Some(2023), Some("2024-01-31"))
    );
}
