//! What was kept stays kept: lost state, court orders, killed processes, full disks.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    process::{Child, Command, Stdio},
};

use gongkai::archive::{
    Hash, Head, Leaf, Reader, body_digest, is_grown, is_included, payload_digest, verify,
};
use gongkai::catalogue::{CaptureRow, State};
use gongkai::model::{KnownPage, PageKind, PageState};

use crate::whole_path::{World, gongkai};

fn state(world: &World) -> State {
    State::open(&world.path("data/state.sqlite")).unwrap()
}

fn captures(world: &World) -> Vec<CaptureRow> {
    let rows = state(world).captures_after(0, 1_000_000).unwrap();
    rows.into_iter().map(|(_, row)| row).collect()
}

fn pages(world: &World) -> BTreeMap<String, KnownPage> {
    let mut pages = BTreeMap::new();
    state(world)
        .for_each_page(None, |page| {
            pages.insert(page.url.key().to_string(), page);
            Ok(())
        })
        .unwrap();
    pages
}

/// What matters of a page that answered: state, last answer, validators, next visit.
///
/// Not of robots.txt: the crawler asks for it in every run.
fn answered(pages: &BTreeMap<String, KnownPage>) -> BTreeSet<String> {
    let said = |page: &KnownPage| {
        let KnownPage { url, state, due, kept_at, etag, last_modified, gone, .. } = page;
        format!("{url} {state:?} {due} {kept_at:?} {etag:?} {last_modified:?} {gone:?}")
    };
    let done = [PageState::Kept, PageState::Redirected, PageState::Suspected, PageState::Removed];
    pages
        .values()
        .filter(|page| done.contains(&page.state) && page.context.kind != PageKind::Robots)
        .map(said)
        .collect()
}

#[test]
fn a_lost_state_is_made_again_from_the_archive() {
    let world = World::new();
    world.crawl("update", &[]);
    world.crawl("update", &["--all-due"]);
    let before = (captures(&world), pages(&world), world.export());
    for damage in [b"no database at all".as_slice(), b""] {
        fs::write(world.path("data/state.sqlite"), damage).unwrap();
        let said = world.done(&["archive", "reindex"]);
        assert!(said.contains(&format!("{} answers", before.0.len())), "{said}");
        assert!(captures(&world) == before.0, "every answer is where it was");
        let again = pages(&world);
        let (is, was) = (answered(&again), answered(&before.1));
        let different: Vec<_> = is.symmetric_difference(&was).take(4).collect();
        assert!(different.is_empty(), "{different:#?}");
        assert!(before.1.keys().all(|key| again.contains_key(key)), "every page is known again");
    }
    world.done(&["extract"]);
    assert!(world.export() == before.2, "no document changed");
    world.done(&["verify"]);
}

#[test]
fn what_a_court_forbids_is_gone_everywhere() {
    let world = World::new();
    world.crawl("update", &[]);
    let documents = world.export();
    let url = documents[3]["url"].as_str().unwrap();
    let said = world.done(&["archive", "redact", "--url", url, "--reason", "判决书"]);
    assert!(said.contains("redacted: 1 captures; 1 documents withheld"), "{said}");
    world.done(&["index"]);
    assert_eq!(world.export().len(), documents.len() - 1);
    let title = documents[3]["title"].as_str().unwrap();
    let hits = world.search(&[&format!("\"{title}\""), "--size", "50"]);
    assert!(hits["hits"].as_array().unwrap().iter().all(|hit| hit["url"] != url));
    let said = world.done(&["verify"]);
    assert!(said.contains("1 places were redacted"), "{said}");
    fs::remove_file(world.path("data/catalogue.sqlite")).unwrap();
    world.done(&["extract"]);
    assert!(world.export().iter().all(|document| document["url"] != url));
    world.done(&["archive", "reindex"]);
    let nothing = world.gongkai(&["archive", "redact", "--url", url, "--reason", "again"]);
    assert_eq!(nothing.status.code(), Some(2));
}

/// The head that `verify` prints.
fn head(world: &World) -> String {
    let said = world.done(&["verify", "--head"]);
    said.lines().find_map(|line| line.strip_prefix("head: ")).unwrap().to_owned()
}

#[test]
fn a_head_on_paper_proves_that_the_archive_only_grew() {
    let world = World::new();
    world.crawl("update", &["--portal", "sample-linting", "--limit", "10"]);
    let first = head(&world);
    world.crawl("update", &["--portal", "sample-linting", "--all-due"]);
    let second = head(&world);
    assert_ne!(first, second);
    let url = world.export()[0]["url"].as_str().unwrap().to_owned();
    world.done(&["archive", "redact", "--url", &url, "--reason", "判决书"]);
    assert_eq!(head(&world), second, "a redaction is listed, and the head is as it was");
    let paper = world.path("heads.txt");
    fs::write(&paper, format!("2024-06-01 head: {first}\n2024-06-02 head: {second}\n")).unwrap();
    let said = world.done(&["verify", "--since", paper.to_str().unwrap()]);
    assert!(
        said.contains(&format!("since {first}")) && said.contains("grown by 0 since"),
        "{said}"
    );
    assert!(said.contains("判决书 ("), "{said}");
    proofs_hold(&world, &first, &second);
    let forged = format!("{}:{}", first.split_once(':').unwrap().0, "0".repeat(64));
    let longer = format!("99999:{}", "0".repeat(64));
    for (head, code) in [(&forged, 4), (&longer, 4), (&"nonsense".to_owned(), 2)] {
        assert_eq!(world.gongkai(&["verify", "--since", head]).status.code(), Some(code), "{head}");
    }
    fs::remove_file(world.path("data/archive/leaves.jsonl")).unwrap();
    fs::remove_file(world.path("data/state.sqlite")).unwrap();
    assert_eq!(head(&world), second, "it follows from the files alone");
    world.done(&["archive", "reindex"]);
    assert_eq!(head(&world), second);
}

/// What `verify --prove` prints convinces somebody who holds the heads and the bytes, and nothing else.
fn proofs_hold(world: &World, first: &str, second: &str) {
    let url = world.export()[1]["url"].as_str().unwrap().to_owned();
    let said = world.done(&["verify", "--prove", &url, "--since", first]);
    let proof: serde_json::Value = serde_json::from_str(&said).unwrap();
    let second: Head = second.parse().unwrap();
    let path = |of: &serde_json::Value| -> Vec<Hash> {
        serde_json::from_value(of["path"].clone()).unwrap()
    };
    assert_eq!(proof["root"], second.root.to_string());
    assert!(is_grown(first.parse().unwrap(), second, &path(&proof["since"][0])));
    let captures = proof["captures"].as_array().unwrap();
    assert!(!captures.is_empty());
    for capture in captures {
        let leaf: Leaf = serde_json::from_value(capture.clone()).unwrap();
        assert!(leaf.url.as_deref() == Some(url.as_str()) && leaf.at.is_some());
        let index = capture["index"].as_u64().unwrap();
        assert!(is_included(leaf.leaf, index, second, &path(capture)));
    }
    let nothing = world.gongkai(&["verify", "--prove", "http://nowhere.example/"]);
    assert_eq!(nothing.status.code(), Some(2));
}

/// Makes an authority of its own and lets it stamp a root.
const STAMP: &str = r#"
    cd "$1" && printf '%s\n' '[tsa]' 'serial = serial' 'digests = sha256' 'signer_digest = sha256' \
        'default_policy = 1.2.3.4' '[req]' 'distinguished_name = name' '[name]' '[ext]' \
        'extendedKeyUsage = critical,timeStamping' > tsa.cnf && echo 01 > serial || exit 1
    openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=tsa -days 9 \
        -config tsa.cnf -extensions ext || exit 77
    openssl ts -query -sha256 -cert -digest "$2" -out head.tsq || exit 77
    openssl ts -reply -queryfile head.tsq -config tsa.cnf -section tsa -signer cert.pem -inkey key.pem \
        -out head.tsr
"#;

#[test]
fn a_time_stamp_over_a_head_is_kept_and_checked() {
    let world = World::new();
    world.crawl("crawl", &["--portal", "sample-linting", "--limit", "5"]);
    let first = head(&world);
    let root = first.split_once(':').unwrap().1;
    let folder = world.path("");
    let made = Command::new("sh").args(["-c", STAMP, "sh"]).arg(folder).arg(root).output();
    let said = |output: &std::process::Output| String::from_utf8_lossy(&output.stderr).into_owned();
    match made {
        Ok(output) if output.status.success() => {}
        Ok(output) if matches!(output.status.code(), Some(77 | 127)) => {
            return eprintln!("skipped: openssl makes no stamps here: {}", said(&output));
        }
        Ok(output) => panic!("{}", said(&output)),
        Err(error) => return eprintln!("skipped: {error}"),
    }
    // The archive has grown when the answer of the authority comes.
    world.crawl("crawl", &["--portal", "sample-linting", "--limit", "9"]);
    let stamp = world.path("head.tsr");
    let kept = world.gongkai(&["verify", "--stamp", stamp.to_str().unwrap()]);
    assert!(kept.status.success() && said(&kept).contains(&format!("over {first}")), "{kept:?}");
    assert!(world.done(&["verify"]).contains(&first), "it is looked at again each time");
    let backup = world.path("backup");
    world.done(&["backup", backup.to_str().unwrap()]);
    assert!(on(&world, "restored", &["restore", backup.to_str().unwrap()]).status.success());
    let restored = on(&world, "restored", &["verify"]);
    assert!(String::from_utf8(restored.stdout).unwrap().contains(&first));
    let other = World::new();
    other.crawl("crawl", &["--portal", "sample-linting", "--limit", "1"]);
    let refused = other.gongkai(&["verify", "--stamp", stamp.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(!other.path("data/archive/stamps").try_exists().unwrap());
}

/// Runs the program on another data folder of this world.
fn on(world: &World, data: &str, words: &[&str]) -> std::process::Output {
    gongkai(&world.path(data), &world.path("crawler-config"), words)
}

#[test]
fn a_backup_made_during_a_crawl_comes_back_whole() {
    let world = World::new();
    let backup = world.path("backup");
    let backup = backup.to_str().unwrap();
    let mut crawl = start_crawl(&world);
    while archived_bytes(&world) < 300_000 && crawl.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    world.done(&["backup", backup]);
    crawl.wait().unwrap();
    world.crawl("update", &["--all-due"]);
    // What came since is added; what was there is not copied again.
    let said = world.done(&["backup", backup]);
    assert!(said.contains("backed up and verified"), "{said}");
    let again = world.done(&["backup", backup]);
    assert!(again.contains(", 0 of them new"), "{again}");
    let restored = on(&world, "restored", &["restore", backup]);
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    let exported = on(&world, "restored", &["export"]).stdout;
    assert!(exported == world.done(&["export"]).into_bytes() && !exported.is_empty());
    assert!(on(&world, "restored", &["verify"]).status.success());
    assert!(on(&world, "restored", &["index"]).status.success());
    let twice = on(&world, "restored", &["restore", backup]);
    assert_eq!(twice.status.code(), Some(1), "an archive is never overwritten");
}

#[test]
fn a_backup_follows_a_redaction_and_a_damaged_one_is_refused() {
    let world = World::new();
    world.crawl("update", &["--portal", "sample-linting", "--limit", "20"]);
    let backup = world.path("backup");
    let words = ["backup", backup.to_str().unwrap()];
    world.done(&words);
    let url = world.export()[0]["url"].as_str().unwrap().to_owned();
    world.done(&["archive", "redact", "--url", &url, "--reason", "判决书"]);
    world.done(&words);
    for file in fs::read_dir(backup.join("archive")).unwrap() {
        let path = file.unwrap().path();
        let own = world.path("data/archive").join(path.file_name().unwrap());
        assert!(fs::read(&path).unwrap() == fs::read(own).unwrap(), "redacted here and there");
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(path, bytes).unwrap();
    }
    let refused = on(&world, "restored", &["restore", words[1]]);
    assert_eq!(refused.status.code(), Some(4));
    fs::remove_file(backup.join("backup.json")).unwrap();
    assert_eq!(on(&world, "restored", &["restore", words[1]]).status.code(), Some(1));
    assert_eq!(on(&world, "empty", &words).status.code(), Some(1));
}

/// Everything the state promises can be read and is what was promised.
fn promises_hold(world: &World) -> usize {
    if !world.path("data/state.sqlite").try_exists().unwrap() {
        return 0;
    }
    let reader = Reader::open(&world.path("data/archive")).unwrap();
    let rows = captures(world);
    for row in &rows {
        let capture = reader.capture(&row.position).unwrap();
        assert_eq!(body_digest(&capture.answer.body).unwrap(), row.digest);
        assert_eq!((&capture.url, capture.at), (&row.url, row.at));
    }
    let lengths = state(world).committed_lengths().unwrap();
    let report = verify(&world.path("data/archive"), Some(&lengths)).unwrap();
    assert_eq!(report.damage, vec![]);
    rows.len()
}

fn archived_bytes(world: &World) -> u64 {
    let Ok(files) = fs::read_dir(world.path("data/archive")) else { return 0 };
    files.filter_map(|file| Some(file.ok()?.metadata().ok()?.len())).sum()
}

fn start_crawl(world: &World) -> Child {
    Command::new(env!("CARGO_BIN_EXE_gongkai"))
        .arg("--data")
        .arg(world.path("data"))
        .arg("--config")
        .arg(world.path("crawler-config"))
        .args(["crawl", "--now", "2024-06-01T00:00:00Z", "--proxy", &world.portal.proxy_url()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// How often the crawl is killed; `GONGKAI_KILLS=100` for the whole measurement.
fn kills() -> u64 {
    std::env::var("GONGKAI_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(5)
}

#[test]
fn a_crawl_that_is_killed_anywhere_loses_nothing_that_was_kept() {
    let world = World::new();
    let (mut kept, mut chance) = (0, 0x2545_f491_4f6c_dd1d_u64);
    for _ in 0..kills() {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let enough = archived_bytes(&world) + chance % (2_000_000 / kills());
        let mut crawl = start_crawl(&world);
        // No waiting for a time: it dies as soon as the archive has grown by so much.
        while archived_bytes(&world) <= enough && crawl.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        crawl.kill().unwrap();
        crawl.wait().unwrap();
        let now = promises_hold(&world);
        assert!(now >= kept, "{now} answers are kept, {kept} were");
        kept = now;
    }
    world.crawl("update", &[]);
    let whole = World::new();
    whole.crawl("update", &[]);
    let titles = |world: &World| {
        let mut titles: Vec<String> =
            world.export().iter().map(|d| format!("{} {}", d["url"], d["title"])).collect();
        titles.sort();
        titles
    };
    assert_eq!(titles(&world), titles(&whole));
    promises_hold(&world);
}

/// Fills a small file system, then gives it room: what was kept is there, and the same command goes on.
const FULL_DISK: &str = r#"
    mount -t tmpfs -o size=600k gongkai "$1" || exit 77
    "$2" --data "$1/data" --config "$3" import "$4" --set full && exit 1
    mount -o remount,size=64m "$1" || exit 77
    "$2" --data "$1/data" --config "$3" verify || exit 2
    "$2" --data "$1/data" --config "$3" import "$4" --set full || exit 3
    "$2" --data "$1/data" --config "$3" verify || exit 4
    "$2" --data "$1/data" --config "$3" export
"#;

#[test]
fn a_full_disk_stops_the_work_and_loses_nothing() {
    let world = World::new();
    let file = world.path("records.jsonl");
    let mut lines = fs::File::create(&file).unwrap();
    for number in 0..4000 {
        let text = payload_digest(format!("{number}").as_bytes()).repeat(9);
        writeln!(lines, r#"{{"id":"{number}","title":"第{number}号","text":"{text}"}}"#).unwrap();
    }
    let disk = world.path("disk");
    fs::create_dir(&disk).unwrap();
    // A mount of this process alone, which ends with it.
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", FULL_DISK, "sh"])
        .args([&disk, &env!("CARGO_BIN_EXE_gongkai").into(), &world.path("crawler-config"), &file])
        .output();
    let Ok(output) = output else { return eprintln!("skipped: there is no `unshare`") };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.code() {
        Some(0) => {}
        Some(77) => return eprintln!("skipped: no file system can be mounted here: {said}"),
        None | Some(_) if said.contains("unshare") => return eprintln!("skipped: {said}"),
        other => panic!("{other:?}: {said}"),
    }
    let documents = String::from_utf8(output.stdout).unwrap();
    let exported = documents.lines().filter(|line| line.starts_with('{')).count();
    assert_eq!(exported, 4000, "{said}");
    assert!(said.contains("No space left") || said.contains("disk is full"), "{said}");
}
