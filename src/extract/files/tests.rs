//! Files and what is read from them: adding a case is adding a file to `tests/files` with its `.expected.json`.

use std::{fs, path::PathBuf};

use proptest::prelude::*;
use serde_json::json;

use crate::extract::files;
use crate::model::FileStatus;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/files")
}

/// Every file of the folder but the expectations, by name.
fn cases() -> Vec<(String, Vec<u8>)> {
    let mut cases: Vec<(String, Vec<u8>)> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.to_string_lossy().ends_with(".expected.json"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(&path).unwrap())
        })
        .collect();
    cases.sort();
    cases
}

#[test]
fn every_file_is_read_as_expected() {
    let cases = cases();
    assert!(cases.len() > 20, "{}", cases.len());
    let mut faults = Vec::new();
    for (name, bytes) in cases {
        let file = files::read(&bytes);
        let parts: Vec<_> = file.parts.iter().map(|part| json!([part.label, part.text])).collect();
        let found = json!({
            "kind": file.kind, "status": file.status, "error": file.error, "parts": parts,
        });
        let path = folder().join(format!("{name}.expected.json"));
        let expected = fs::read_to_string(&path).unwrap_or_default();
        let expected: serde_json::Value = serde_json::from_str(&expected).unwrap_or_default();
        if found != expected {
            faults
                .push(format!("{name}: found\n{}", serde_json::to_string_pretty(&found).unwrap()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_beginning_of_a_file_gives_an_answer() {
    for (name, bytes) in cases() {
        for end in (0..bytes.len()).step_by(bytes.len() / 23 + 1) {
            let file = files::read(&bytes[..end]);
            let says_why = file.error.is_some() || file.status == FileStatus::Ok;
            assert!(says_why, "{name} {end}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn damaged_files_never_panic(
        case in any::<prop::sample::Index>(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
    ) {
        let cases = cases();
        let (_, mut bytes) = cases[case.index(cases.len())].clone();
        for (at, byte) in damage {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        let file = files::read(&bytes);
        prop_assert!(file.status == FileStatus::Ok || file.error.is_some());
    }
}
