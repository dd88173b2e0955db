//! The whole path on the sample portal, as a user walks it: crawl, keep, extract, index, find, export, go on.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::{Command, Output},
};

use gongkai::demo::{self, Sample, write_config};
use serde_json::Value;
use tokio::{net::TcpListener, runtime::Runtime};

/// A data folder, the sample portal's files, and the portal itself on a loopback port.
pub(crate) struct World {
    folder: tempfile::TempDir,
    pub(crate) portal: demo::Portal,
    _runtime: Runtime,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_config(&folder.path().join("crawler-config")).unwrap();
        let runtime = Runtime::new().unwrap();
        let portal = runtime.block_on(async {
            demo::start(TcpListener::bind("127.0.0.1:0").await.unwrap()).await.unwrap()
        });
        Self { folder, portal, _runtime: runtime }
    }

    pub(crate) fn proxy(&self) -> String {
        self.portal.proxy_url()
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program in this world.
    pub(crate) fn gongkai(&self, words: &[&str]) -> Output {
        gongkai(&self.path("data"), &self.path("crawler-config"), words)
    }

    /// The same, expecting success; standard output as text.
    pub(crate) fn done(&self, words: &[&str]) -> String {
        let output = self.gongkai(words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn crawl(&self, command: &str, more: &[&str]) -> String {
        let proxy = self.portal.proxy_url();
        let words = [&[command, "--proxy", &proxy, "--now", "2024-06-01T00:00:00Z"], more].concat();
        let output = self.gongkai(&words);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stderr).unwrap()
    }

    pub(crate) fn export(&self) -> Vec<Value> {
        self.done(&["export"]).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub(crate) fn search(&self, words: &[&str]) -> Value {
        serde_json::from_str(&self.done(&[&["search", "--json"], words].concat())).unwrap()
    }
}

pub(crate) fn gongkai(data: &Path, config: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongkai"));
    command.arg("--data").arg(data).arg("--config").arg(config).args(words).output().unwrap()
}

fn titles(answer: &Value) -> Vec<&str> {
    answer["hits"].as_array().unwrap().iter().map(|hit| hit["title"].as_str().unwrap()).collect()
}

#[test]
fn what_the_portal_publishes_is_found() {
    let world = World::new();
    world.crawl("update", &[]);
    everything_is_exported(&world);
    questions_are_answered(&world);
    archive_is_whole(&world);
    a_second_crawl_asks_for_nothing_in_full(&world);
    everything_can_be_made_again(&world);
}

/// Every page that can be had is a document, with the title that it was made with, and nothing else is.
fn everything_is_exported(world: &World) {
    let sample = Sample::load().unwrap();
    let truth: BTreeMap<String, String> = sample
        .pages()
        .filter(|page| page.obtainable)
        .map(|page| (page.url, page.title.to_owned()))
        .collect();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let found: BTreeMap<String, String> =
        world.export().iter().map(|line| (text(&line["url"]), text(&line["title"]))).collect();
    assert!(truth.len() > 500);
    assert_eq!(found, truth);
}

fn questions_are_answered(world: &World) {
    let exact = world.search(&["\"依申请公开\"", "--size", "1"]);
    let plain = world
        .export()
        .iter()
        .filter(|line| format!("{}\n{}", line["title"], line["text"]).contains("依申请公开"))
        .count();
    assert_eq!(exact["total"], plain);
    let number = world.search(&["云汀政发2019 8号"]);
    assert_eq!(number["hits"][0]["doc_no"], "云汀政发〔2019〕8号");
    assert_eq!(number["hits"][0]["number"], "bears");
    let narrow = world.search(&["年度报告", "--year", "2020", "--category", "disclosure_admin"]);
    assert!(narrow["total"].as_u64().unwrap() > 5);
    assert!(narrow["hits"].as_array().unwrap().iter().all(|hit| hit["year"] == 2020));
    assert!(titles(&world.search(&["script alert"])).iter().all(|title| !title.is_empty()));
}

fn archive_is_whole(world: &World) {
    world.done(&["verify"]);
    let warcio = [".venv/bin/warcio", "warcio"].into_iter().find(|program| {
        Command::new(program)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .arg("--help")
            .output()
            .is_ok_and(|o| o.status.success())
    });
    let Some(warcio) = warcio else {
        eprintln!("skipped: warcio is not installed");
        return;
    };
    for file in std::fs::read_dir(world.path("data/archive")).unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_none_or(|name| name != "gz") {
            continue;
        }
        let mut check = Command::new(warcio);
        let check =
            check.current_dir(env!("CARGO_MANIFEST_DIR")).arg("check").arg(&file).output().unwrap();
        assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
    }
}

/// The sample portal gives every page a validator, so nothing is sent twice and nothing becomes a new version.
fn a_second_crawl_asks_for_nothing_in_full(world: &World) {
    let before = world.export();
    let said = world.crawl("update", &["--all-due"]);
    let last = said.lines().find(|line| line.starts_with("crawled")).unwrap();
    let documents = before.len();
    assert!(last.contains(&format!("{documents} documents (")), "{last}");
    assert_eq!(world.export(), before);
    let requests = responses(world);
    let twice: Vec<_> = requests.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "kept in full twice: {twice:?}");
}

/// How often the archive holds a page of the portal in full (robots.txt may be asked for at any time).
fn responses(world: &World) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for entry in gongkai::archive::Reader::open(&world.path("data/archive")).unwrap().entries() {
        if let (_, gongkai::archive::Entry::Capture(capture)) = entry.unwrap()
            && capture.answer.status == 200
            && capture.url.path() != "/robots.txt"
        {
            *times.entry(capture.url.to_string()).or_default() += 1;
        }
    }
    times
}

/// Catalogue and index are made again from the archive, and are the same.
fn everything_can_be_made_again(world: &World) {
    let (documents, question) = (world.export(), ["低保申请", "--size", "50"]);
    let answer = world.search(&question);
    for name in ["catalogue.sqlite", "catalogue.sqlite-wal", "catalogue.sqlite-shm"] {
        let _absent = std::fs::remove_file(world.path("data").join(name));
    }
    std::fs::remove_dir_all(world.path("data/index")).unwrap();
    world.done(&["extract"]);
    world.done(&["index"]);
    assert_eq!(world.export(), documents);
    let ids = |answer: &Value| -> BTreeSet<String> {
        answer["hits"].as_array().unwrap().iter().map(|hit| hit["id"].to_string()).collect()
    };
    assert_eq!(ids(&world.search(&question)), ids(&answer));
}

#[test]
fn a_limit_is_kept_and_the_next_run_goes_on() {
    let world = World::new();
    world.crawl("crawl", &["--portal", "sample-linting", "--limit", "7"]);
    world.done(&["extract"]);
    assert_eq!(world.export().len(), 7);
    world.crawl("crawl", &["--portal", "sample-linting", "--limit", "5"]);
    world.done(&["extract"]);
    assert_eq!(world.export().len(), 12);
}

#[test]
fn mistakes_have_exit_code_two() {
    let world = World::new();
    std::fs::write(world.path("crawler-config/portals/broken.toml"), "id = 3\nnmae = \"x\"\n")
        .unwrap();
    let check = world.gongkai(&["check"]);
    assert_eq!(check.status.code(), Some(2));
    let said = String::from_utf8(check.stdout).unwrap();
    assert!(said.contains("broken.toml:1") && said.contains("broken.toml:2"), "{said}");
    assert_eq!(world.gongkai(&["crawl", "--portal", "nowhere"]).status.code(), Some(2));
    assert_eq!(world.gongkai(&["no-such-command"]).status.code(), Some(2));
    assert_eq!(world.gongkai(&["update", "--audit"]).status.code(), Some(2));
}

#[test]
fn imported_records_keep_their_ids() {
    let world = World::new();
    let lines = [
        r#"{"id":"a-1","title":"关于开展春季植树的通知","text":"各街道办事处：\n\n请组织植树。","date":"2021-03-01","agency":"云汀市林业局","colour":"green"}"#,
        r#"{"id":"a-2","title":"关于防汛的通知","text":"请做好防汛工作。","year":2020}"#,
        "this is no record",
    ];
    let file = world.path("records.jsonl");
    std::fs::write(&file, lines.join("\n")).unwrap();
    let said = world.done(&["import", file.to_str().unwrap(), "--set", "test"]);
    assert!(said.contains("2 new"), "{said}");
    world.done(&["index"]);
    let answer = world.search(&["植树"]);
    assert_eq!(
        (&answer["hits"][0]["external_id"], &answer["total"]),
        (&Value::from("a-1"), &Value::from(1))
    );
    let again = world.done(&["import", file.to_str().unwrap(), "--set", "test"]);
    assert!(again.contains("0 new, 0 changed, 2 unchanged"), "{again}");
    assert_eq!(world.export().len(), 2);
}
