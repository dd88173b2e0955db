//! The trial finds nothing wrong with an index that is right, and finds out one that is not.

use crate::model::Document;
use crate::search::{
    testing::{Archive, document, with_facets, with_file, with_number},
    trial::{Check, Sample, Trial},
};

fn documents() -> Vec<Document> {
    let one = |n: usize| {
        let title = format!("灵洲市民政局关于第{n}批低保的通知");
        let body = [
            "各区、县（市）人民政府：\n现将有关事项通知如下。",
            "低保对象每月补助６５０元，PM2.5 平均浓度下降，Air quality is good。",
            "公开公开公开，不公开为例外；勞動合同法宣传 open data。",
            "医疗保险\u{3000}\u{3000}报销比例为 85%，“双随机、一公开”抽查。",
        ];
        let text = format!("{}\n\n{}\n\n第{n}号", body[n % 4], body[n / 4 % 4]);
        let category = ["policy", "work/emergency", "work/annual", ""][n % 4];
        let date = ["2019-05-01", "2020-01-31", "2023", ""][n / 2 % 4];
        let agency = ["灵洲市民政局", "青岚街道 灵洲市财政局", ""][n % 3];
        let plain = with_facets(document(&n.to_string(), &title, &text), category, date, agency);
        let plain = with_number(plain, &format!("灵民发〔2020〕{n}号"));
        if n.is_multiple_of(5) {
            with_file(plain, "附件1.pdf", &["申请表 见附件", "　申请人填写楼栋号。\n\n必填"])
        } else {
            plain
        }
    };
    (0..48).map(one).collect()
}

/// Holds the trial of an index over the documents `stored`.
fn hold(archive: &Archive, stored: &[Document], sample: Sample) -> Vec<Check> {
    let mut trial = Trial::default();
    for document in stored {
        trial.add(document);
    }
    let mut checks = Vec::new();
    let told = |check: &Check| checks.push(check.clone());
    trial.hold(&archive.engine, &archive.documents, sample, 7, told).unwrap();
    checks
}

fn differing(checks: &[Check]) -> Vec<&str> {
    checks.iter().filter(|check| !check.differences.is_empty()).map(|check| check.name).collect()
}

#[test]
fn a_right_index_differs_nowhere() {
    let documents = documents();
    let checks = hold(&Archive::new(documents.clone()), &documents, Sample::of(200));
    let differences: Vec<&String> = checks.iter().flat_map(|check| &check.differences).collect();
    assert!(differences.is_empty(), "{differences:#?}");
    let asked: Vec<(&str, usize)> = checks.iter().map(|check| (check.name, check.asked)).collect();
    let names = ["documents", "strings", "trees", "walks", "marks", "agreement"];
    assert!(asked.iter().map(|(name, _)| *name).eq(names), "{asked:?}");
    let least = [48, 200, 100, 40, 400, 100];
    assert!(asked.iter().zip(least).all(|((_, asked), least)| *asked >= least), "{asked:?}");
}

#[test]
fn a_document_that_is_missing_is_found_out() {
    let documents = documents();
    let checks = hold(&Archive::new(documents[1..].to_vec()), &documents, Sample::of(200));
    let kinds = differing(&checks);
    assert!(kinds.starts_with(&["documents", "strings", "trees", "walks"]), "{kinds:?}");
    assert_eq!(checks[0].differences, [format!("{} is stored and not indexed", documents[0].id)]);
}

#[test]
fn a_document_too_many_is_found_out() {
    let documents = documents();
    let checks = hold(&Archive::new(documents.clone()), &documents[1..], Sample::of(100));
    let kinds = differing(&checks);
    assert!(kinds.contains(&"documents") && kinds.contains(&"walks"), "{kinds:?}");
}

#[test]
fn a_posting_that_is_missing_is_found_out() {
    let documents = documents();
    let mut indexed = documents.clone();
    indexed[3].text = indexed[3].text.replace("公开", "公 布");
    let checks = hold(&Archive::new(indexed), &documents, Sample::of(200));
    assert_eq!(checks[0].differences, [""; 0], "every document is there");
    assert!(differing(&checks).contains(&"strings"));
}

#[test]
fn a_value_that_is_wrong_is_found_out() {
    let documents = documents();
    let mut indexed = documents.clone();
    indexed[4].agencies.clear();
    let kinds = hold(&Archive::new(indexed), &documents, Sample::of(100));
    assert!(differing(&kinds).contains(&"walks"));
}
