//! What is read from real pages, reports and files beside the project, scored by the scorer that lies there.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support;

fn shared() -> Option<PathBuf> {
    support::shared("eval/extraction/score.py", "real pages")
}

fn scored(shared: &Path) -> Option<Value> {
    let eval = shared.join("eval/extraction");
    let out = tempfile::tempdir().unwrap();
    let found = Command::new(env!("CARGO_BIN_EXE_gongkai"))
        .args(["eval", "extraction"])
        .arg(eval.join("dev.inputs.jsonl"))
        .arg("--root-corpus")
        .arg(shared.join("corpus"))
        .arg("--root-eval")
        .arg(&eval)
        .arg("--out")
        .arg(out.path().join("found"))
        .output()
        .unwrap();
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
    let json = out.path().join("score.json");
    let scorer = Command::new("python3")
        .arg(eval.join("score.py"))
        .arg(out.path().join("found"))
        .args(["--split", "dev", "--json"])
        .arg(&json)
        .output();
    let Ok(scorer) = scorer else {
        eprintln!("skipped: python3 is not installed");
        return None;
    };
    assert!(scorer.status.success(), "{}", String::from_utf8_lossy(&scorer.stderr));
    Some(serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap())
}

/// A figure of the score; one that is not there is 0.
fn figure(score: &Value, path: &str) -> f64 {
    score.pointer(path).and_then(Value::as_f64).unwrap_or_default()
}

#[test]
fn real_pages_reports_and_files_are_read_as_well_as_before() {
    let Some(score) = shared().and_then(|shared| scored(&shared)) else { return };
    let fields =
        ["title", "published_date", "written_date", "issuer", "doc_no", "index_no", "theme_class"];
    for field in fields {
        let of = |what: &str| figure(&score, &format!("/page_fields/{field}/{what}"));
        assert!(of("gold") - of("correct") <= 1.0, "{field}: {}", score["page_fields"][field]);
        assert!(of("false_value").abs() < 1e-9, "{field}: {}", score["page_fields"][field]);
    }
    let pages = |what: &str| figure(&score, &format!("/pages/{what}"));
    assert!(pages("body/f_whole") >= 0.99 && pages("body/f_frag") >= 0.99, "{}", score["pages"]);
    assert!(pages("body/f_news") >= 0.95, "{}", score["pages"]);
    assert!(pages("counts/mnc_hit").abs() < 1e-9, "{}", score["pages"]["counts"]);
    assert!(pages("counts/table_rows_ok") >= pages("counts/table_rows"), "{}", score["pages"]);
    let reports = |what: &str| figure(&score, &format!("/reports/counts/{what}"));
    assert!(reports("status_ok") >= reports("status_gold"), "{}", score["reports"]["counts"]);
    let share = |right: &str, all: &str| reports(right) / reports(all).max(1.0);
    assert!(share("cell_nz_ok", "cell_nz") >= 0.99, "{}", score["reports"]["counts"]);
    for none in ["cell_wrong", "null_false", "amb_false", "flag_false"] {
        assert!(reports(none).abs() < 1e-9, "{none}: {}", score["reports"]["counts"]);
    }
    assert!(reports("flag_ok") >= reports("flag_gold"), "{}", score["reports"]["counts"]);
    let prose = |what: &str| figure(&score, &format!("/reports/prose/{what}"));
    assert!(prose("ok") >= 0.98 * prose("gold"), "{}", score["reports"]["prose"]);
    assert!(prose("wrong") + prose("false") < 1.0, "{}", score["reports"]["prose"]);
    for kind in ["doc", "docx", "docx_altchunk", "txt", "pdf"] {
        assert!(figure(&score, &format!("/files/{kind}/f")) >= 0.99, "{kind}: {}", score["files"]);
    }
    let damaged = |what: &str| figure(&score, &format!("/files_counts/{what}"));
    assert!(damaged("damaged_ok") >= damaged("damaged"), "{}", score["files_counts"]);
}
