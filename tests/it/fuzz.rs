//! Mutated pages, texts and files against our own readers: nothing may panic, and nothing may take long.
//!
//! In the ordinary run each reader is given a few hundred inputs, always the same ones; with `GONGKAI_FUZZ_SECONDS=600`
//! each is given as many as fit into that time, from another start every day. An input that breaks a reader is
//! written to `target/fuzz/` and named; put it among the saved pages or files, and it stays a test.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use gongkai::config::Categories;
use gongkai::extract;
use gongkai::figures;
use gongkai::model::{Capture, DocNumber, Document, Imported, PageKind, spot_numbers};
use gongkai::page::{self, Gate};
use gongkai::text::{find_personal, fold};

use crate::support::{answered, captured, shipped_config};

/// Inputs of the ordinary run, for each reader.
const FEW: u64 = 200;
/// No input may take longer, in a debug build on a busy machine.
const LONGEST: Duration = Duration::from_secs(20);
/// Longest input, in bytes.
const SIZE: usize = 256 << 10;

/// What breaks readers of Chinese government pages, put into inputs at random.
const TOKENS: [&str; 40] = [
    "<table>",
    "</table>",
    "<tr>",
    "<td rowspan=99999 colspan=99999>",
    "<td>",
    "</html>",
    "<div id=zoom>",
    "</div>",
    "<script>",
    "<!--",
    "-->",
    "<meta charset=gb2312>",
    "<base href=//x>",
    "<p>",
    "<br>",
    "&#x10FFFF;",
    "&#0;",
    "&nbsp;",
    "索 引 号：",
    "文号：",
    "发布日期：",
    "成文日期",
    "〔2020〕",
    "［ＸＸ〕",
    "第008号",
    "令第",
    "二〇二〇年十三月三十二日",
    "2020年1月",
    "——12",
    "第一篇：",
    "附件：",
    "姓名\t",
    "13812345678",
    "\u{feff}",
    "\u{3000}",
    "\u{202e}",
    "锟斤拷",
    "\r\n\r\n",
    "\0",
    "政(zheng)府(fu)",
];

/// A small generator of numbers; the same ones for the same start.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 3
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap_or_default()
    }

    /// A seed with a few things done to it.
    fn mutated(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(8) {
            let at = self.below(bytes.len() + 1);
            let length = self.below(64).min(bytes.len() - at);
            match self.below(7) {
                0 if at < bytes.len() => bytes[at] = u8::try_from(self.next() % 256).unwrap_or(0),
                1 => drop(bytes.drain(at..at + length)),
                2 => insert(&mut bytes, at, TOKENS[self.below(TOKENS.len())].as_bytes()),
                3 => bytes.truncate(at),
                4 => {
                    let other = &seeds[self.below(seeds.len())];
                    let from = self.below(other.len() + 1);
                    insert(&mut bytes, at, &other[from..(from + 400).min(other.len())]);
                }
                5 => {
                    let piece = bytes[at..at + length].repeat(1 + self.below(40));
                    insert(&mut bytes, at, &piece);
                }
                _ => {
                    insert(&mut bytes, at, &TOKENS[self.below(TOKENS.len())].as_bytes().repeat(50));
                }
            }
        }
        bytes.truncate(SIZE);
        bytes
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    bytes.splice(at..at, piece.iter().copied());
}

/// Files below folders of the tests, but for what is expected of them.
fn seeds(folders: &[&str]) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut paths: Vec<PathBuf> = Vec::new();
    for folder in folders {
        let entries = fs::read_dir(root.join(folder)).unwrap();
        paths.extend(entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()));
    }
    paths.retain(|path| !path.to_str().unwrap().ends_with(".expected.json"));
    paths.sort();
    let all: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    assert!(all.len() > 3, "{folders:?}");
    all
}

/// Gives a reader mutated seeds until the time is over.
fn fuzz(name: &str, seeds: &[Vec<u8>], read: impl Fn(&[u8])) {
    let seconds = std::env::var("GONGKAI_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    let begun = Instant::now();
    let start = seconds.map_or(1, |_: u64| {
        u64::try_from(gongkai::model::Moment::now().as_second() / 86_400).unwrap_or(1)
    });
    let mut dice = Dice(start.wrapping_mul(7_919));
    let mut count = 0;
    while seconds.map_or(count < FEW, |limit| begun.elapsed() < Duration::from_secs(limit)) {
        let input = dice.mutated(seeds);
        let asked = Instant::now();
        let ended = catch_unwind(AssertUnwindSafe(|| read(&input)));
        if ended.is_err() || asked.elapsed() > LONGEST {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/fuzz");
            fs::create_dir_all(&folder).unwrap();
            let path = folder.join(format!("{name}-{count}"));
            fs::write(&path, &input).unwrap();
            panic!("{name}: {} broke the reader ({:?})", path.display(), asked.elapsed());
        }
        count += 1;
    }
    eprintln!("{name}: {count} inputs in {:.0?}", begun.elapsed());
}

fn categories() -> Categories {
    shipped_config().categories
}

fn capture(body: &[u8], kind: PageKind) -> Capture {
    let url = "http://www.lingzhou.example/zw/t20200131_7.html";
    let mut capture = captured(url, answered(body, None));
    capture.context.kind = kind;
    capture
}

#[test]
fn charsets() {
    fuzz("charset", &seeds(&["pages", "files"]), |bytes| {
        for declared in [None, Some("text/html; charset=gb2312"), Some("text/html; charset=utf-16")]
        {
            page::decode(bytes, declared);
        }
    });
}

#[test]
fn pages_and_their_documents() {
    let categories = categories();
    fuzz("page", &seeds(&["pages", "pages/named"]), |bytes| {
        let extraction = extract::extract(&capture(bytes, PageKind::Detail), None, &categories);
        for mut document in extraction.documents {
            for table in &document.tables {
                assert!(table.rows.iter().all(|row| row.len() == table.rows[0].len()));
            }
            let length = document.text.len();
            extract::hide_personal(&mut document);
            assert_eq!(document.text.len(), length);
        }
    });
}

#[test]
fn texts_of_records_with_numbers_and_dates() {
    let categories = categories();
    let texts = [
        "灵洲市人民政府令第12号\n\n灵政办发〔2020〕5号\n\n第一条 依据国办发[2013]73号。\n\n二〇二〇年一月三日",
        "灵洲市2019年度政府信息公开工作年度报告\n\n一、总体情况\n\n予以公开 3\n\n灵洲市教育局\n2020年1月20日",
        "序号\t姓名\t金额\n\n1\t张三丰\t300\n\n联系电话13812345678",
        "第一篇：甲\n\n第二篇：乙",
    ];
    let seeds: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    fuzz("text", &seeds, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        DocNumber::parse(&text);
        spot_numbers(&text);
        find_personal(&text, true);
        fold(&text);
        let record =
            serde_json::json!({"title": &text[..text.floor_char_boundary(90)], "text": text});
        let imported = Imported {
            set: "fuzz".into(),
            id: "1".into(),
            at: "2026-01-02T03:04:05Z".parse().unwrap(),
            record: record.as_object().unwrap().clone(),
        };
        let _empty = extract::from_import(&imported, &categories);
    });
}

#[test]
fn figures_of_reports() {
    let categories = categories();
    fuzz("figures", &seeds(&["reports"]), |bytes| {
        let pages = extract::extract(&capture(bytes, PageKind::Detail), None, &categories);
        let text = String::from_utf8_lossy(bytes).replace('\r', "\n");
        for document in pages.documents.into_iter().flat_map(|page: Document| {
            let plain = Document { text: text.clone(), tables: Vec::new(), ..page.clone() };
            [page, plain]
        }) {
            let length = document.text.chars().count();
            let read = figures::read(&document);
            let places = read.figures.iter().filter_map(|figure| figure.source.at);
            let places = places.chain(read.statements.iter().map(|statement| statement.at));
            assert!(places.into_iter().all(|(from, to)| from <= to && to <= length));
        }
    });
}

#[test]
fn trees() {
    fuzz("tree", &seeds(&["pages", "pages/lists"]), |bytes| {
        page::parse(&String::from_utf8_lossy(bytes), &Gate::default());
    });
}

#[test]
fn files() {
    fuzz("file", &seeds(&["files"]), |bytes| {
        extract::files::read(bytes);
    });
}
