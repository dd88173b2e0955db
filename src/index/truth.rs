//! The character lane against a plain scan of real texts, with a second fold that shares no code with the first.
//!
//! By default every 34th document of the corpus, 120 strings; with `GONGKAI_FULL=1` all of it, 500 strings, and figures.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use crate::analysis::{folded, grams};
use crate::index::{
    Resources, Store,
    testing::{analyzer, document, holding, puts, resources},
};
use crate::model::{Document, paragraphs, spot_numbers};

#[test]
fn real_texts_are_found_exactly() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/docs.jsonl.gz");
    if !corpus.try_exists().unwrap() {
        println!("skipped: ../shared is not here");
        return;
    }
    let full = std::env::var_os("GONGKAI_FULL").is_some();
    let documents = read(&corpus, if full { 1 } else { 34 });
    let scans = SecondFold::new().all(&documents);
    let analyzer = analyzer();
    let folder = tempfile::tempdir().unwrap();
    let used = if full { Resources::default() } else { resources() };
    let (_, built) =
        timed(|| Store::rebuild(folder.path(), &analyzer, puts(&documents), used).unwrap());
    let store = Store::open(folder.path(), analyzer).unwrap();
    let view = store.view();
    assert_eq!(usize::try_from(view.searcher.num_docs()).unwrap(), documents.len());

    let mut times = Vec::new();
    let mut differences = 0;
    for string in strings(&scans, if full { 500 } else { 120 }) {
        let (hits, took) = timed(|| holding(&view, &string));
        times.push(took);
        let scan: BTreeSet<String> = scans
            .iter()
            .filter(|(_, paragraphs)| {
                paragraphs.iter().any(|paragraph| paragraph.contains(&string))
            })
            .map(|(id, _)| id.clone())
            .collect();
        if hits != scan {
            differences += 1;
            println!("{string:?}: {} hits, {} by scan", hits.len(), scan.len());
        }
    }
    if full {
        figures(
            &documents,
            built,
            folder.path(),
            &mut times,
            view.searcher.segment_readers().len(),
        );
    }
    assert_eq!(differences, 0);
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    (work(), start.elapsed())
}

fn read(corpus: &Path, every: usize) -> Vec<Document> {
    let lines =
        BufReader::new(flate2::read::MultiGzDecoder::new(File::open(corpus).unwrap())).lines();
    lines
        .step_by(every)
        .map(|line| {
            let record: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
            let field = |name: &str| record[name].as_str().unwrap_or_default();
            document(field("id"), field("title"), field("text"))
        })
        .collect()
}

/// The fold again, slowly, from the words of its description.
struct SecondFold {
    simplified: HashMap<char, char>,
    gap: Regex,
    after_han: Regex,
    before_han: Regex,
}

impl SecondFold {
    fn new() -> Self {
        let table = include_str!("../text/simplified.txt");
        let mut simplified = HashMap::new();
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let mut characters = line.chars().filter(|c| *c != ' ');
            let simple = characters.next().unwrap();
            simplified.extend(characters.map(|other| (other, simple)));
        }
        let gap = Regex::new(r"\s+").unwrap();
        let after_han = Regex::new(r"(\p{Han})\s+").unwrap();
        let before_han = Regex::new(r"\s+(\p{Han})").unwrap();
        Self { simplified, gap, after_han, before_han }
    }

    /// Id and folded paragraphs, the title first, of each document.
    fn all(&self, documents: &[Document]) -> Vec<(String, Vec<String>)> {
        let of = |document: &Document| {
            let parts = paragraphs(&document.title.value).chain(paragraphs(&document.text));
            (document.id.to_string(), parts.map(|part| self.paragraph(part)).collect())
        };
        documents.iter().map(of).collect()
    }

    fn paragraph(&self, text: &str) -> String {
        let normal: String =
            text.chars().map(|c| c.to_string().nfkc().collect::<String>().to_lowercase()).collect();
        let simple: String =
            normal.chars().map(|c| *self.simplified.get(&c).unwrap_or(&c)).collect();
        let mut signs = String::new();
        for c in simple.chars() {
            match c {
                _ if "〔［[（(【〖﹝".contains(c) => signs.push('('),
                _ if "〕］]）)】〗﹞".contains(c) => signs.push(')'),
                _ if "“”„‟＂\"「」『』〝〞〟‘’‚‛'".contains(c) => {
                    signs.push('"');
                }
                _ if "—–―‐‑‒−━－-".contains(c) => signs.push('-'),
                '○' | '◯' => signs.push('〇'),
                '\u{ad}' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe0f}' => {}
                c => signs.push(c),
            }
        }
        let joined = self.after_han.replace_all(signs.trim(), "$1");
        let joined = self.before_han.replace_all(&joined, "$1");
        self.gap.replace_all(&joined, " ").into_owned()
    }
}

/// Distinct random strings of one to eight characters, cut from paragraphs, the same in every run.
fn strings(scans: &[(String, Vec<String>)], wanted: usize) -> HashSet<String> {
    let mut state = 20_240_601_u64;
    let mut random = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let mut strings = HashSet::new();
    while strings.len() < wanted {
        let (_, paragraphs) = &scans[random(scans.len())];
        let paragraph: Vec<char> = paragraphs[random(paragraphs.len())].chars().collect();
        if !paragraph.is_empty() {
            let start = random(paragraph.len());
            strings.insert(paragraph[start..].iter().take(1 + random(8)).collect());
        }
    }
    strings
}

fn figures(
    documents: &[Document],
    built: Duration,
    folder: &Path,
    times: &mut [Duration],
    segments: usize,
) {
    let texts: Vec<String> =
        documents.iter().map(|d| format!("{}\n\n{}", d.title.value, d.text)).collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    let text_size = megabytes(bytes as u64);
    let rate = |took: Duration| text_size / took.as_secs_f64();
    let (all, fold) = timed(|| texts.iter().map(|text| folded(text)).collect::<Vec<_>>());
    let analyzer = analyzer();
    let mut count = 0_usize;
    let ((), words) = timed(|| all.iter().for_each(|text| analyzer.words(text, |_| count += 1)));
    let ((), pairs) = timed(|| all.iter().for_each(|text| grams(text, |_, _| count += 1)));
    let (_, numbers) = timed(|| texts.iter().map(|text| spot_numbers(text).len()).sum::<usize>());
    times.sort();
    println!(
        "{} documents, {text_size:.1} MB, {segments} segments, {count} terms",
        documents.len()
    );
    println!("index: {:.1} s, {:.1} MB/s", built.as_secs_f64(), rate(built));
    for (name, took) in [("fold", fold), ("words", words), ("grams", pairs), ("numbers", numbers)] {
        println!("one thread, {name}: {:.1} MB/s", rate(took));
    }
    let mut sizes: HashMap<String, u64> = HashMap::new();
    for path in files(folder) {
        let kind =
            path.extension().map_or_else(String::new, |kind| kind.to_string_lossy().into_owned());
        *sizes.entry(kind).or_default() += path.metadata().unwrap().len();
    }
    let total = megabytes(sizes.values().sum());
    println!("size: {total:.1} MB, {:.3} of the text; {sizes:?}", total / text_size);
    println!(
        "strings: median {:?}, p95 {:?}, worst {:?}",
        times[times.len() / 2],
        times[times.len() * 95 / 100],
        times[times.len() - 1]
    );
}

fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1000).unwrap()) / 1e3
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, mut files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    files.extend(folders.iter().flat_map(|folder| self::files(folder)));
    files
}
