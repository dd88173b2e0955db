//! Whole files: what is shipped is right, what is wrong is named.

use std::{collections::BTreeSet, fs, path::Path, path::PathBuf, sync::LazyLock, time::Duration};

use super::reader::Sheet;
use super::source::Source;
use super::*;
use crate::model::PageUrl;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn shipped() -> Loaded {
    load(&Dirs { crawler: root().join("crawler-config"), index: root().join("index") })
}

/// Read once: in a test build the patterns of the categories take a while.
static COMPILED_IN: LazyLock<Loaded> = LazyLock::new(|| {
    load(&Dirs { crawler: "no/such/folder".into(), index: "no/such/folder".into() })
});

#[test]
fn shipped_files_are_right_and_compiled_in() {
    let (shipped, compiled) = (shipped(), &COMPILED_IN);
    assert_eq!(shipped.mistakes, []);
    assert_eq!(compiled.mistakes, []);
    assert_eq!(shipped.config.crawler, compiled.config.crawler);
    assert_eq!(shipped.config.ranking, compiled.config.ranking);
    assert_eq!(shipped.config.portals, compiled.config.portals);
    assert_eq!(shipped.config.dictionary, compiled.config.dictionary);
}

#[test]
fn defaults_are_polite() {
    let crawler = &COMPILED_IN.config.crawler;
    assert_eq!(crawler.user_agent(), "gongkai/0.1 (+mailto:operator@example.org)");
    assert!(crawler.contact_is_placeholder());
    assert_eq!(crawler.politeness.delay, Duration::from_secs(2));
    assert_eq!(crawler.politeness.connections_per_host, 1);
    assert_eq!(crawler.politeness.robots_forbidden, RobotsForbidden::Disallow);
    assert_eq!(crawler.limits.redirects, 5);
    assert!(crawler.attachments.types.contains(&"ofd".to_owned()));
}

/// Keys of a file with their tables, such as `politeness.delay`.
fn keys_of(text: &str) -> BTreeSet<String> {
    fn walk(value: &toml::Value, prefix: &str, keys: &mut BTreeSet<String>) {
        match value {
            toml::Value::Table(table) => {
                for (key, value) in table {
                    let key =
                        if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                    walk(value, &key, keys);
                    keys.insert(key);
                }
            }
            toml::Value::Array(items) => items.iter().for_each(|item| walk(item, prefix, keys)),
            _ => {}
        }
    }
    let mut keys = BTreeSet::new();
    walk(&toml::Value::Table(text.parse().unwrap()), "", &mut keys);
    keys
}

#[test]
fn example_and_settings_files_show_every_key_there_is() {
    let config = &COMPILED_IN.config;
    let source = |name: &str| {
        let path = root().join(name);
        Source { text: fs::read_to_string(&path).unwrap(), path }
    };
    let example = source("crawler-config/portals/_example.toml");
    let (portal, sheet) = Sheet::read(&example, |file| {
        portal::Portal::read(file, &example.path, &config.crawler, &config.categories)
    });
    assert_eq!(sheet.known_keys(), keys_of(&example.text));
    let portal = portal.flatten().unwrap();
    assert_eq!(portal.limits, config.crawler.limits, "the example shows the defaults");
    assert_eq!(portal.revisit, config.crawler.revisit, "the example shows the defaults");

    let defaults = source("crawler-config/defaults.toml");
    let (_, sheet) = Sheet::read(&defaults, |file| Crawler::default().read(file));
    assert_eq!(sheet.known_keys(), keys_of(&defaults.text));
    let ranking = source("index/ranking.toml");
    let (_, sheet) = Sheet::read(&ranking, |file| Ranking::default().read(file));
    assert_eq!(sheet.known_keys(), keys_of(&ranking.text));
}

/// Every file of `tests/config/mistakes` expects what its comments `#! line: text` say, and nothing else.
///
/// The first line of each file names what it stands for: `#! as portals/lingzhou.toml`.
#[test]
fn every_mistake_of_a_file_is_named() {
    let folder = root().join("tests/config/mistakes");
    let mut cases = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let (first, _) = text.split_once('\n').unwrap();
        let stands_for = first.strip_prefix("#! as ").expect("the first line names the file");
        let expected: Vec<&str> =
            text.lines().skip(1).filter_map(|l| l.strip_prefix("#! ")).collect();
        let found = mistakes_of(stands_for, &text);
        assert_eq!(found, expected, "{}", path.display());
        cases += 1;
    }
    assert!(cases >= 8, "only {cases} cases");
}

/// The mistakes of a text in place of one shipped file, with the name of the file cut off.
fn mistakes_of(stands_for: &str, text: &str) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let (crawler, index) = (dir.path().join("crawler-config"), dir.path().join("index"));
    fs::create_dir_all(crawler.join("portals")).unwrap();
    fs::create_dir_all(&index).unwrap();
    let path = dir.path().join(stands_for);
    fs::write(&path, text).unwrap();
    let loaded = load(&Dirs { crawler, index });
    let cut = |mistake: &Mistake| {
        assert_eq!(mistake.file, path);
        format!("{}: {}; expected {}", mistake.line, mistake.found, mistake.expected)
    };
    loaded.mistakes.iter().map(cut).collect()
}

const PORTAL: &str = r#"
id = "lingzhou"
name = "灵洲市人民政府"
bases = ["https://www.lingzhou.example/zw/"]
region = "unknown"
verified = 2026-11-22
politeness.delay = "0s"
[[columns]]
name = "通知公告"
list = "tzgg/"
"#;

#[test]
fn a_portal_says_only_how_it_differs() {
    let config = &COMPILED_IN.config;
    let portal = config.read_portal(Path::new("portals/lingzhou.toml"), PORTAL).unwrap();
    assert_eq!(portal.politeness.delay, Duration::ZERO);
    assert_eq!(
        portal.politeness.crawl_delay_ceiling,
        config.crawler.politeness.crawl_delay_ceiling
    );
    assert_eq!(portal.limits, config.crawler.limits);
    assert_eq!(portal.columns[0].list.as_str(), "https://www.lingzhou.example/zw/tzgg/");
    assert_eq!(portal.verified, Verified::On("2026-11-22".parse().unwrap()));
    let covers = |url: &str| portal.covers(&PageUrl::parse(url).unwrap());
    assert!(covers("http://www.lingzhou.example/zw/tzgg/t1.html"));
    assert!(
        !covers("http://www.lingzhou.example/other/") && !covers("http://lingzhou.example/zw/")
    );
}

#[test]
fn one_broken_file_does_not_spoil_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let crawler = dir.path().join("crawler-config");
    fs::create_dir_all(crawler.join("portals")).unwrap();
    fs::write(crawler.join("portals/lingzhou.toml"), PORTAL).unwrap();
    fs::write(crawler.join("portals/broken.toml"), "id = [\n").unwrap();
    fs::write(crawler.join("portals/gbk.toml"), b"id = 1\nname = \"\xc1\xe9\"\n").unwrap();
    fs::write(crawler.join("defaults.toml"), "name = \"probe\"\n").unwrap();
    fs::write(crawler.join("misplaced.toml"), PORTAL).unwrap();
    let loaded = load(&Dirs { crawler, index: "no/such/folder".into() });
    assert_eq!(loaded.config.portals.len(), 1);
    assert_eq!(loaded.config.crawler.name, "probe");
    assert_eq!(loaded.config.portals[0].limits.redirects, 5, "keys left out keep their values");
    let place =
        |m: &Mistake| format!("{}:{}", m.file.file_name().unwrap().to_string_lossy(), m.line);
    let places: Vec<String> = loaded.mistakes.iter().map(place).collect();
    assert_eq!(places, ["misplaced.toml:1", "broken.toml:1", "gbk.toml:2"]);
}

#[test]
fn a_loaded_config_may_cross_threads() {
    fn crosses<T: Send + Sync + 'static>() {}
    crosses::<Config>();
}

/// The lines of `tests/config/categories.tsv`: labels and a title, and the category they must lead to.
#[test]
fn labels_and_titles_lead_to_categories() {
    let categories = &COMPILED_IN.config.categories;
    let cases = fs::read_to_string(root().join("tests/config/categories.tsv")).unwrap();
    for case in cases.lines().skip(1) {
        let [labels, title, path, evidence] = case.split('\t').collect::<Vec<_>>()[..] else {
            panic!("four columns, please: {case}");
        };
        let labels: Vec<String> =
            labels.split(" | ").filter(|l| !l.is_empty()).map(str::to_owned).collect();
        let (found, by) = match categories.map(&labels, title) {
            None => ("-".to_owned(), String::new()),
            Some(Mapped { path, by: MappedBy::Label { at, word } }) => {
                assert!(at < labels.len());
                (path.to_string(), word)
            }
            Some(Mapped { path, by: MappedBy::Title { matched } }) => (path.to_string(), matched),
        };
        assert_eq!((&*found, &*by), (path, evidence), "{case}");
    }
}

#[test]
fn every_column_word_leads_to_its_category() {
    let text = fs::read_to_string(root().join("index/categories.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let categories = &COMPILED_IN.config.categories;
    for category in table["category"].as_array().unwrap() {
        let words = category.get("words").and_then(|words| words.as_array());
        for word in words.into_iter().flatten().filter_map(|word| word.as_str()) {
            let mapped =
                categories.map(&[word.to_owned()], "").map(|mapped| mapped.path.to_string());
            assert_eq!(mapped.as_deref(), category["path"].as_str(), "{word}");
        }
    }
}

#[test]
fn files_from_other_editors_are_read() {
    let config = &COMPILED_IN.config;
    let text = format!("\u{feff}{}", PORTAL.replace('\n', "\r\n"));
    config.read_portal(Path::new("portals/lingzhou.toml"), &text).unwrap();
    let wrong = text.replace("unknown", "nowhere");
    let mistakes = config.read_portal(Path::new("portals/lingzhou.toml"), &wrong).unwrap_err();
    assert_eq!((mistakes.len(), mistakes[0].line), (1, 5));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_stops_the_reader(at in 0_usize..5000, length in 0_usize..40, text in "[\\[\\]\"'=.#\n0-9a-z灵 ]{0,20}") {
        let example = fs::read_to_string(root().join("crawler-config/portals/_example.toml")).unwrap();
        let from = example.floor_char_boundary(at);
        let to = example.floor_char_boundary(at + length);
        let changed = format!("{}{text}{}", &example[..from], &example[to.max(from)..]);
        match COMPILED_IN.config.read_portal(Path::new("_example.toml"), &changed) {
            Ok(portal) => assert!(!portal.bases.is_empty()),
            Err(mistakes) => assert!(!mistakes.is_empty() && mistakes.iter().all(|m| m.line >= 1)),
        }
    }
}

#[test]
fn deep_nesting_is_a_mistake_like_any_other() {
    let config = &COMPILED_IN.config;
    for text in
        ["a = ".to_owned() + &"[".repeat(100_000), "[".repeat(100_000), "a.".repeat(100_000)]
    {
        let mistakes = config.read_portal(Path::new("portals/deep.toml"), &text).unwrap_err();
        assert_eq!(mistakes.len(), 1);
    }
    let selector = "[detail]\ntitle = \"".to_owned() + &":not(".repeat(100_000) + "\"";
    let mistakes = config.read_portal(Path::new("portals/deep.toml"), &selector).unwrap_err();
    assert!(mistakes.iter().any(|mistake| mistake.found.contains("longer than")));
}
