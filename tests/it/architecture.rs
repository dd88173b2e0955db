//! The house rules that a compiler does not check: who imports whom, what is pure, how long files are.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Which part may import which; the order is the path of the data.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("text", &[]),
    ("config", &["model"]),
    ("page", &["model"]),
    ("crawl", &["model", "config", "page"]),
    ("archive", &["model"]),
    ("catalogue", &["model"]),
    ("extract", &["model", "config", "text", "page"]),
    ("resolve", &["model", "config", "text", "catalogue"]),
    ("analysis", &["text"]),
    ("index", &["model", "analysis"]),
    ("search", &["model", "text", "analysis", "index"]),
    ("figures", &["model", "text", "catalogue"]),
    ("health", &["model"]),
    ("export", &["model"]),
    (
        "serve",
        &[
            "model",
            "text",
            "config",
            "search",
            "figures",
            "export",
            "catalogue",
            "archive",
            "analysis",
        ],
    ),
    ("demo", &["model"]),
    (
        "cli",
        &[
            "model",
            "text",
            "config",
            "page",
            "crawl",
            "archive",
            "catalogue",
            "extract",
            "resolve",
            "analysis",
            "index",
            "search",
            "figures",
            "health",
            "export",
            "serve",
            "demo",
        ],
    ),
];

/// What no file outside these parts may mention: the doors to the world.
const DOORS: &[(&str, &[&str])] = &[
    ("reqwest::", &["crawl/fetch"]),
    ("rusqlite::", &["catalogue/"]),
    ("tantivy::", &["index/", "search/"]),
    ("axum::", &["serve/", "demo/"]),
    ("Timestamp::now", &["cli/"]),
    ("Moment::now", &["cli/"]),
    ("SystemTime::now", &["cli/"]),
    ("println!", &[]),
    ("eprintln!", &[]),
    ("std::net::TcpStream", &["crawl/fetch"]),
    ("std::fs", &["config/", "archive/", "catalogue/", "index/", "demo/", "cli/"]),
    ("std::process::Command", &["extract/files/child"]),
];

/// A file is read in one sitting.
const LONGEST_FILE: usize = 500;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Modules that only exist in tests, as paths below `src` without ending: those declared behind `#[cfg(test)]`.
fn test_modules(src: &Path, files: &[PathBuf]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let folder = file.parent().unwrap().strip_prefix(src).unwrap().to_owned();
        for after in text.split("#[cfg(test)]\n").skip(1) {
            let declared = after.trim_start_matches("pub(crate) ").strip_prefix("mod ");
            if let Some((name, _)) = declared.and_then(|rest| rest.split_once(';')) {
                found.push(folder.join(name).to_string_lossy().into_owned());
            }
        }
    }
    found
}

/// All source files of the program as (path below `src`, text); files that only exist in tests are left out.
fn sources() -> Vec<(String, String)> {
    let src = root().join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let tests = test_modules(&src, &files);
    let is_test = |path: &Path| {
        let below = path.strip_prefix(&src).unwrap().to_string_lossy().into_owned();
        tests.iter().any(|module| {
            below == format!("{module}.rs") || below.starts_with(&format!("{module}/"))
        })
    };
    files
        .into_iter()
        .filter(|path| !is_test(path))
        .map(|path| {
            (
                path.strip_prefix(&src).unwrap().to_string_lossy().into_owned(),
                fs::read_to_string(path).unwrap(),
            )
        })
        .collect()
}

/// The source without comments and without its tests.
fn code(text: &str) -> String {
    let tests = text.find("#[cfg(test)]\nmod ").unwrap_or(text.len());
    text[..tests]
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn part(file: &str) -> &str {
    file.split('/').next().unwrap()
}

#[test]
fn parts_import_only_what_the_table_allows() {
    let mut faults = BTreeSet::new();
    for (file, text) in sources() {
        if !file.contains('/') {
            continue; // lib.rs and main.rs name the parts
        }
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == part(&file)) else {
            faults.insert(format!("{file}: part `{}` is not in the table", part(&file)));
            continue;
        };
        for after in code(&text).split("crate::").skip(1) {
            let word: String =
                after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if after.starts_with('{') {
                faults.insert(format!("{file}: one part per `use crate::…`"));
            } else if word != part(&file) && !allowed.contains(&word.as_str()) {
                faults.insert(format!("{file}: may not import `{word}`"));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn doors_to_the_world_are_few() {
    let mut faults = BTreeSet::new();
    for (file, text) in sources() {
        for (word, allowed) in DOORS {
            if code(&text).contains(word) && !allowed.iter().any(|folder| file.starts_with(folder))
            {
                faults.insert(format!("{file}: `{word}` belongs in {allowed:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_part_says_what_it_takes_gives_and_never_does() {
    for (file, text) in sources()
        .iter()
        .filter(|(file, _)| file.matches('/').count() == 1 && file.ends_with("/mod.rs"))
    {
        let docs: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
        if file != "model/mod.rs" {
            for word in ["**In:**", "**Out:**", "**Never:**"] {
                assert!(docs.contains(word), "{file} does not say {word}");
            }
        }
    }
}

#[test]
fn files_are_read_in_one_sitting() {
    let mut files = Vec::new();
    for folder in ["src", "tests"] {
        rust_files(&root().join(folder), &mut files);
    }
    let long: Vec<_> = files
        .iter()
        .filter(|file| fs::read_to_string(file).unwrap().lines().count() > LONGEST_FILE)
        .collect();
    assert!(long.is_empty(), "longer than {LONGEST_FILE} lines: {long:#?}");
}
