//! A record of an import file → a document.

use serde_json::{Map, Value};

use crate::config::Categories;
use crate::extract::{
    annexes, byline, category, dates, genre, issuer, own_number, report_year, sign_off, title,
    validity,
};
use crate::model::{
    CategoryPath, DocNumber, Document, Evidence, Imported, Origin, PublicDate, Sourced, Warning,
    paragraphs,
};

/// Why a record is no document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportMistake {
    /// Neither title nor text.
    #[error("the record has neither a title nor a text")]
    Empty,
}

/// The key under which the import command keeps what a bare `date` means: `published` or `written`.
const DATE_KIND: &str = "gongkai_date_kind";

/// Makes the document of an imported record.
///
/// Known fields: `id, title, text, url, date, published_date, written_date, year, agency, issuer, category, region,
/// doc_no, index_no, source`. Unknown ones are ignored; a value of the wrong kind is a warning, never a failure. The
/// text is taken as it is, but for its line ends.
pub fn from_import(
    imported: &Imported,
    categories: &Categories,
) -> Result<Document, ImportMistake> {
    let mut record = Record { fields: &imported.record, warnings: Vec::new() };
    let title = record.line("title");
    let text = record.text("text").unwrap_or_default();
    let title = match title {
        Some(title) => title,
        None if text.is_empty() => return Err(ImportMistake::Empty),
        None => title::of_text(&text),
    };
    let origin = Origin::Import { set: imported.set.clone(), id: imported.id.clone() };
    let (published, written) = record.both_dates();
    let (category, category_labels) = record.category(&title.value, categories);
    let (issuer, agencies) = record.issuer();
    let doc_no = record
        .number()
        .or_else(|| own_number::in_title(&title.value))
        .or_else(|| own_number::in_head(lines_as_paragraphs(&text), &title.value));
    let report_year =
        report_year::find(&title.value, &text, published.as_ref().map(|date| date.value));
    let citations = own_number::cited(&title.value, &text, doc_no.as_ref());
    let sign_off = sign_off::find(&text);
    let byline = byline::find(&text, &title.value);
    let signed = sign_off.as_ref().and_then(|s| s.date);
    let written = written
        .or_else(|| signed.map(|date| Sourced::new(date, Evidence::SignOff)))
        .or(byline.date);
    let issuer = issuer
        .or_else(|| sign_off?.agency)
        .or(byline.agency)
        .or_else(|| issuer::implied(&title.value, doc_no.as_ref().map(|n| &n.value)));
    Ok(Document {
        url: record.line("url").map(|url| url.value),
        region: record.region(),
        source: record.line("source"),
        issuer,
        agencies,
        doc_no,
        index_no: record.line("index_no"),
        genre: genre::of_title(&title.value),
        validity: validity::noted(&title.value, &text),
        category,
        category_labels,
        written_date: written,
        published_date: published,
        report_year,
        given_year: record.year(),
        named_files: annexes::named(&text, &[]),
        citations,
        warnings: record.warnings,
        ..Document::bare(origin, title, text, imported.at)
    })
}

/// Imported texts often have one line break between paragraphs.
fn lines_as_paragraphs(text: &str) -> impl Iterator<Item = &str> {
    paragraphs(text).flat_map(str::lines)
}

struct Record<'a> {
    fields: &'a Map<String, Value>,
    warnings: Vec<Warning>,
}

impl Record<'_> {
    /// A field as text: strings and numbers; empty ones, `null` and missing ones are none.
    fn text(&mut self, name: &str) -> Option<String> {
        let text = match self.fields.get(name)? {
            Value::Null => return None,
            Value::String(text) => text.replace("\r\n", "\n").replace('\r', "\n"),
            Value::Number(number) => number.to_string(),
            other => {
                self.warn(name, other);
                return None;
            }
        };
        (!text.trim().is_empty()).then_some(text)
    }

    fn warn(&mut self, name: &str, value: &Value) {
        let shown: String = value.to_string().chars().take(80).collect();
        self.warnings.push(Warning::new("import_field_unread", format!("{name}: {shown}")));
    }

    /// A field that is one line.
    fn line(&mut self, name: &str) -> Option<Sourced<String>> {
        let text = self.text(name)?;
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Sourced::new(line, Evidence::Import(name.to_owned())))
    }

    fn date(&mut self, name: &str) -> Option<Sourced<PublicDate>> {
        let text = self.text(name)?;
        let plain = || {
            let digits =
                text.trim().get(..8).filter(|part| part.bytes().all(|b| b.is_ascii_digit()))?;
            format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..]).parse().ok()
        };
        let date = text.trim().parse().ok().or_else(|| dates::first(&text)).or_else(plain);
        if date.is_none() {
            self.warn(name, &Value::String(text));
        }
        date.map(|date| Sourced::new(date, Evidence::Import(name.to_owned())))
    }

    /// Published and written date; a bare `date` is the one that was said at import, published if nothing was said.
    fn both_dates(&mut self) -> (Option<Sourced<PublicDate>>, Option<Sourced<PublicDate>>) {
        let written_meant = self.fields.get(DATE_KIND).and_then(Value::as_str) == Some("written");
        let (mut published, mut written) = (self.date("published_date"), self.date("written_date"));
        let place = if written_meant { &mut written } else { &mut published };
        if place.is_none() {
            *place = self.date("date");
        }
        (published, written)
    }

    fn year(&mut self) -> Option<i16> {
        let text = self.text("year")?;
        let year = text.trim().trim_end_matches('年').trim_end_matches(".0").parse::<i16>().ok();
        let year = year.filter(|year| PublicDate::new(*year, None, None).is_some());
        if year.is_none() {
            self.warn("year", &Value::String(text));
        }
        year
    }

    fn category(
        &mut self,
        title: &str,
        categories: &Categories,
    ) -> (Sourced<CategoryPath>, Vec<String>) {
        let Some(label) = self.line("category") else {
            return (category::mapped(&[], title, categories), Vec::new());
        };
        let by_path = CategoryPath::new(&label.value).filter(|path| categories.has(path));
        let given = (label.value.clone(), label.evidence);
        let category = match by_path {
            Some(path) => Sourced::new(path, given.1),
            None => category::mapped(&[given], title, categories),
        };
        (category, vec![label.value])
    }

    fn issuer(&mut self) -> (Option<Sourced<String>>, Vec<String>) {
        let agency = self.line("agency");
        let agencies = agency.iter().map(|agency| agency.value.clone()).collect();
        (self.line("issuer").or(agency), agencies)
    }

    fn number(&mut self) -> Option<Sourced<DocNumber>> {
        let printed = self.line("doc_no")?;
        let number = DocNumber::parse(&printed.value);
        if number.is_none() {
            self.warn("doc_no", &Value::String(printed.value));
        }
        number.map(|number| Sourced::new(number, printed.evidence))
    }

    /// A GB/T 2260 code; a name of a region is not guessed at.
    fn region(&mut self) -> Option<Sourced<String>> {
        let region = self.line("region")?;
        let code = &region.value;
        (code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())).then_some(region)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn import(record: &Value) -> Result<Document, ImportMistake> {
        let record = record.as_object().cloned().unwrap_or_default();
        let at = "2026-01-02T03:04:05Z".parse().unwrap();
        let imported = Imported { set: "laws".into(), id: "17".into(), at, record };
        from_import(&imported, &Categories::default())
    }

    #[test]
    fn known_fields_are_taken() {
        let document = import(&json!({
            "title": "灵洲市防汛办法", "text": "第一行\r\n第二行", "date": "2020-1-31", "year": "2019", "agency": "灵洲市人民政府",
            "category": "规章", "unknown": [1], "region": "灵洲", "doc_no": "灵政发[2020]3号", "url": "http://a.example/1",
        }))
        .unwrap();
        assert_eq!(document.text, "第一行\n第二行");
        assert_eq!(document.published_date.unwrap().value.to_string(), "2020-01-31");
        assert_eq!((document.given_year, document.region), (Some(2019), None));
        assert_eq!(document.agencies, ["灵洲市人民政府"]);
        assert_eq!(document.category_labels, ["规章"]);
        assert_eq!(document.doc_no.unwrap().value.to_string(), "灵政发〔2020〕3号");
        assert!(document.warnings.is_empty());
    }

    #[test]
    fn odd_values_are_warnings() {
        let document = import(&json!({
            "title": ["a"], "text": "灵政发〔2021〕4号\n关于防汛的通知\n各县区：", "date": "soon", "year": "many", "agency": null, "doc_no": 7,
        }))
        .unwrap();
        assert_eq!(document.title.evidence, Evidence::TextHead);
        assert_eq!(document.doc_no.unwrap().evidence, Evidence::TextHead);
        assert_eq!(document.warnings.len(), 4);
        assert_eq!(import(&json!({"id": 3, "text": " "})), Err(ImportMistake::Empty));
    }

    #[test]
    fn a_bare_date_means_what_was_said() {
        let document =
            import(&json!({"title": "题目", "date": "20200131", "gongkai_date_kind": "written"}))
                .unwrap();
        assert_eq!(document.written_date.unwrap().value.to_string(), "2020-01-31");
        assert_eq!(document.published_date, None);
    }
}
