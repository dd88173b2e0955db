//! Personal data: hidden wherever documents are read, kept in the archive; lists of recipients are shown for a time.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::whole_path::gongkai;

const PHONE: &str = "13812345678";

/// A data folder with two records: a notice with a telephone number, and a list of recipients of long ago.
fn imported(folder: &Path) -> impl Fn(&[&str]) -> String {
    let (data, config) = (folder.join("data"), folder.join("crawler-config"));
    let records = [
        json!({"id": "1", "title": "灵洲市防汛值班安排", "date": "2024-05-01",
            "text": format!("值班手机{PHONE}，办公电话0999-8012345，信箱 zhang@qq.com。")}),
        json!({"id": "2", "title": "青岚区2020年低保对象公示", "date": "2020-03-01",
            "text": "现将名单公示如下。\n\n序号\t姓名\t金额\n\n1\t欧阳示例\t600"}),
    ];
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    fs::write(folder.join("records.jsonl"), lines.join("\n")).unwrap();
    let run = move |words: &[&str]| {
        let output = gongkai(&data, &config, words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["import", folder.join("records.jsonl").to_str().unwrap()]);
    run(&["index"]);
    run
}

#[test]
fn personal_data_is_hidden_but_for_the_curator() {
    let folder = tempfile::tempdir().unwrap();
    let run = imported(folder.path());
    let exported = run(&["export"]);
    assert!(exported.contains("值班手机***********，办公电话0999-8012345，信箱 *****@qq.com。"));
    let found = |words: &str| -> Value {
        serde_json::from_str(&run(&["search", "--json", words])).unwrap()
    };
    assert_eq!(found(&format!("\"{PHONE}\""))["total"], 0);
    assert_eq!(found("防汛值班")["total"], 1);
    assert!(!found("防汛值班").to_string().contains(PHONE));
    assert!(run(&["export", "--unmasked"]).contains(PHONE));
    assert!(!exported.contains("低保对象"), "its time is over");
}

#[test]
fn lists_of_recipients_come_back_when_the_curator_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let run = imported(folder.path());
    let settings = folder.path().join("crawler-config");
    fs::create_dir(&settings).unwrap();
    fs::write(settings.join("defaults.toml"), "[privacy]\nrecipient_lists = \"off\"\n").unwrap();
    assert!(run(&["extract"]).contains("1 given back"));
    let exported = run(&["export"]);
    assert!(exported.contains("欧＊＊＊") && !exported.contains("欧阳示例"));
    fs::write(settings.join("defaults.toml"), "[privacy]\nhide_personal = false\n").unwrap();
    assert!(run(&["extract", "--all"]).contains("1 withheld"));
    assert!(run(&["export"]).contains(PHONE));
}
