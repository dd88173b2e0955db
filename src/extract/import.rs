//! A record of an import file → a document.

use serde_json::{Map, Value};

use crate::config::Categories;
use crate::extract::{
    annexes, byline, category, dates, genre, issuer,
    labels::Label,
    noise, own_number, plain, report_year, sign_off,
    split::{self, Piece},
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

/// What a record says of the page, and so of each document in its text.
const OF_THE_PAGE: [&str; 5] = ["url", "date", "published_date", "category", "source"];

/// Makes the document of an imported record, or its documents where its text holds several.
///
/// Known fields: `id, title, text, url, date, published_date, written_date, year, agency, issuer, category, region,
/// doc_no, index_no, source`. Unknown ones are ignored; a value of the wrong kind is a warning, never a failure. The
/// text is taken as it is, but for its line ends. Where it holds several documents, the fields that tell of one
/// (title, agency, issuer, region, numbers, written date, year) are not taken, and noise is taken out.
pub fn from_import(
    imported: &Imported,
    categories: &Categories,
) -> Result<Vec<Document>, ImportMistake> {
    let mut record = Record { fields: &imported.record, warnings: Vec::new() };
    let title = record.line("title");
    let text = record.text("text").unwrap_or_default();
    if title.is_none() && text.is_empty() {
        return Err(ImportMistake::Empty);
    }
    let named = title.as_ref().map(|title| title.value.as_str());
    let Some((pieces, kept_out)) = split::of_text(&text, named) else {
        let title = title.unwrap_or_else(|| plain::title(&text));
        let mut document = whole(imported, &mut record, title, text, categories);
        document.warnings = record.warnings;
        plain::made_up(&mut document);
        return Ok(vec![document]);
    };
    let of_page = OF_THE_PAGE.into_iter().chain([DATE_KIND]);
    let fields: Map<String, Value> = of_page
        .filter(|name| *name != "date" || !record.means_written())
        .filter_map(|name| Some((name.to_owned(), record.fields.get(name)?.clone())))
        .collect();
    let part = |piece: Piece| {
        let mut record = Record { fields: &fields, warnings: Vec::new() };
        let title = Sourced::new(piece.title, Evidence::Text);
        let text = noise::clean_lines(&piece.text);
        let mut document = whole(imported, &mut record, title, text, categories);
        // The title of a part is its own; the office that signs a report is not always the one that reports.
        let number = document.doc_no.as_ref().map(|number| &number.value);
        document.issuer = issuer::implied(&document.title.value, number).or(document.issuer);
        document.warnings = record.warnings.into_iter().chain(kept_out.clone()).collect();
        document.as_part(piece.key)
    };
    Ok(pieces.into_iter().map(part).collect())
}

/// The document of a title and a text, with what the record says beside them.
fn whole(
    imported: &Imported,
    record: &mut Record<'_>,
    title: Sourced<String>,
    text: String,
    categories: &Categories,
) -> Document {
    let origin = Origin::Import { set: imported.set.clone(), id: imported.id.clone() };
    let (published, written) = record.both_dates();
    let said = Said::of(&text);
    let published = published.or(said.published);
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
    let implied = || issuer::implied(&title.value, doc_no.as_ref().map(|n| &n.value));
    let issuer = issuer
        .or_else(|| sign_off?.agency)
        .or(byline.agency)
        .or_else(implied)
        .or_else(|| issuer::in_prose(&text));
    Document {
        url: record.line("url").map(|url| url.value),
        region: record.region(),
        source: record.line("source").or(said.source),
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
        ..Document::bare(origin, title, text, imported.at)
    }
}

/// What the head of a text says about where and when it was published.
#[derive(Default)]
struct Said {
    published: Option<Sourced<PublicDate>>,
    source: Option<Sourced<String>>,
}

impl Said {
    fn of(text: &str) -> Self {
        let Some((_, labels)) = plain::information(text) else { return Self::default() };
        let line = |word: &str| Evidence::Line(word.to_owned());
        let mut published = labels.iter().filter(|l| l.label == Label::Published);
        let source = labels.iter().find(|l| l.label == Label::Source && !l.value.is_empty());
        Self {
            published: published
                .find_map(|l| Some(Sourced::new(dates::first(&l.value)?, line(l.word)))),
            source: source.map(|l| Sourced::new(l.value.clone(), line(l.word))),
        }
    }
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
        let written_meant = self.means_written();
        let (mut published, mut written) = (self.date("published_date"), self.date("written_date"));
        let place = if written_meant { &mut written } else { &mut published };
        if place.is_none() {
            *place = self.date("date");
        }
        (published, written)
    }

    /// Whether a bare `date` is the written date.
    fn means_written(&self) -> bool {
        self.fields.get(DATE_KIND).and_then(Value::as_str) == Some("written")
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
        let mut documents = from_import(&imported, &Categories::default())?;
        assert_eq!(documents.len(), 1);
        Ok(documents.remove(0))
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
