//! Texts under `tests/pages/parts`, each with the documents that it holds.
//!
//! `NAME.txt` is read as an imported record without a title, `NAME.html` as a page; `NAME.expected.json` lists the
//! documents in their order. Of a field that it names the value must be the same; `holds` and `lacks` are strings of the
//! text, `once` those that stand in it exactly once, `debris` counts the ranges that belong to no document.

use std::{fs, path::Path};

use gongkai::{
    config::Config,
    extract,
    model::{Document, Imported, Sourced},
    resolve::{self, Book},
};
use serde_json::{Value, json};

use crate::support::{answered, captured, shipped_config};

#[test]
fn texts_are_parted_as_expected() {
    let config = shipped_config();
    let mut wrong = Vec::new();
    let mut texts = 0;
    for file in fs::read_dir(root().join("tests/pages/parts")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".expected.json") else { continue };
        let expected: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let text = path.with_file_name(format!("{stem}.txt"));
        let documents = match fs::read_to_string(&text) {
            Ok(text) => imported(stem, &text, &config),
            Err(_) => page(fs::read(text.with_extension("html")).unwrap(), "text/html", &config),
        };
        let wanted = expected["documents"].as_array().unwrap();
        let titles: Vec<&str> = documents.iter().map(|d| &*d.title.value).collect();
        assert_eq!(documents.len(), wanted.len(), "{stem}: {titles:#?}");
        for (document, wanted) in documents.iter().zip(wanted) {
            wrong.extend(differences(document, wanted).map(|said| format!("{stem}: {said}")));
        }
        if let Some(count) = expected["debris"].as_u64() {
            let debris = documents[0].warnings.iter().filter(|w| w.code == "debris").count() as u64;
            assert_eq!(debris, count, "{stem}: {:#?}", documents[0].warnings);
        }
        let ids: std::collections::HashSet<_> = documents.iter().map(|d| d.id).collect();
        assert_eq!(ids.len(), documents.len(), "{stem}: every part has an id of its own");
        texts += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(texts > 5);
}

/// The five texts that the project began with: facts about them only, none of their words.
#[test]
fn the_five_first_texts() {
    // A worktree lies a folder deeper.
    let folders = ["../shared/seeds", "../../shared/seeds"].map(|folder| root().join(folder));
    let Some(files) = folders.iter().find_map(|folder| fs::read_dir(folder).ok()) else {
        eprintln!("skipped: {} is not there", folders[0].display());
        return;
    };
    let config = shipped_config();
    let mut seen = 0;
    for file in files {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(&path).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        let url = name[..3].to_owned();
        for documents in
            [imported(&url, &text, &config), page(bytes, "text/plain; charset=utf-8", &config)]
        {
            first_text(&url, &documents);
        }
        seen += 1;
    }
    assert_eq!(seen, 5);
}

fn first_text(name: &str, documents: &[Document]) {
    let years: Vec<Option<i16>> =
        documents.iter().map(|d| d.report_year.as_ref().map(|year| year.value)).collect();
    let agencies: Vec<Option<&str>> = documents.iter().map(Document::agency).collect();
    let regions: Vec<Option<&str>> =
        documents.iter().map(|d| d.region.as_ref().map(|region| &*region.value)).collect();
    match name {
        "000" => {
            assert_eq!((years, agencies), (vec![Some(2011)], vec![Some("浏阳市关口街道办事处")]));
        }
        "001" => {
            assert_eq!(years, [None; 5]);
            let written = |year| documents.iter().filter(|d| d.year() == Some(year)).count();
            assert_eq!((written(2009), written(2008)), (1, 1));
            assert_eq!(documents.iter().filter(|d| d.year().is_none()).count(), 3);
            assert_eq!(agencies.iter().flatten().count(), 3, "{agencies:?}");
            assert_eq!(regions, [None, None, Some("652924"), regions[3], Some("150422")]);
            assert!(documents[3].agency().is_some_and(|name| name.starts_with("儋州市")));
            assert!(documents[1].text.chars().count() < 3000, "the repeated block stands once");
        }
        "002" => {
            assert_eq!((years, agencies), (vec![Some(2020)], vec![Some("东里街道办事处")]));
        }
        "003" => {
            assert_eq!(years, [Some(2009), Some(2013), Some(2020), Some(2010)]);
            assert_eq!(agencies, [Some("衢州市人民政府"); 4]);
            assert_eq!(regions, [Some("330800"); 4]);
            let holds = |word: &str| documents.iter().any(|d| d.text.contains(word));
            assert!(!holds("番禺") && !holds("洪湖") && !holds("陕西") && !holds("..."));
            assert!(documents[0].warnings.iter().any(|warning| warning.code == "debris"));
        }
        _ => {
            assert_eq!(years, [None]);
            let told = |document: &Document| {
                differences(
                document,
                &json!({"written_date": "2018-10-30", "published_date": "2019-06-20", "source": "武陵区城市管理和综合执法局"}),
            )
            .collect::<Vec<_>>()
            };
            assert_eq!(told(&documents[0]), Vec::<String>::new());
            assert!(documents[0].text.contains("武陵区城市管理和行政执法局"));
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn imported(id: &str, text: &str, config: &Config) -> Vec<Document> {
    let record = json!({ "title": "", "text": text }).as_object().cloned().unwrap();
    let at = "2026-01-02T03:04:05Z".parse().unwrap();
    let imported = Imported { set: "texts".into(), id: id.into(), at, record };
    placed(extract::from_import(&imported, &config.categories).unwrap(), config)
}

fn page(body: Vec<u8>, kind: &str, config: &Config) -> Vec<Document> {
    let answer = answered(body, Some(kind));
    let capture = captured("http://www.lingzhou.example/zwgk/1.html", answer);
    placed(extract::extract(&capture, None, &config.categories).documents, config)
}

fn placed(mut documents: Vec<Document>, config: &Config) -> Vec<Document> {
    let book = Book::new(&config.regions, &config.agencies);
    for document in &mut documents {
        resolve::place(document, None, "", &book);
    }
    documents
}

fn differences(document: &Document, wanted: &Value) -> impl Iterator<Item = String> {
    fn told<T: ToString>(field: Option<&Sourced<T>>) -> Value {
        json!(field.map(|field| field.value.to_string()))
    }
    let text = &document.text;
    let cells: Vec<_> = document.tables.iter().map(|table| &table.rows).collect();
    let warnings: Vec<&str> = document.warnings.iter().map(|warning| &*warning.code).collect();
    let strings = |key: &str| -> Vec<&str> {
        wanted[key].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let found = json!({
        "title": document.title.value,
        "part": document.part,
        "issuer": told(document.issuer.as_ref()),
        "source": told(document.source.as_ref()),
        "written_date": told(document.written_date.as_ref()),
        "published_date": told(document.published_date.as_ref()),
        "report_year": document.report_year.as_ref().map(|year| year.value),
        "tables": cells,
        "attachments": document.attachments.len(),
        "warnings": warnings,
        "holds": strings("holds").into_iter().filter(|s| text.contains(s)).collect::<Vec<_>>(),
        "lacks": strings("lacks").into_iter().filter(|s| !text.contains(s)).collect::<Vec<_>>(),
        "once": strings("once").into_iter().filter(|s| text.matches(s).count() == 1).collect::<Vec<_>>(),
    });
    let title = document.title.value.clone();
    let fields: Vec<(String, Value)> = wanted.as_object().unwrap().clone().into_iter().collect();
    fields.into_iter().filter_map(move |(field, want)| {
        let got = &found[&field];
        (*got != want).then(|| format!("{title}: {field}\n  got  {got}\n  want {want}"))
    })
}
