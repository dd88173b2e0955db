//! Documents as citations, for programs that keep literature.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::model::{Document, PublicDate, china_day};

/// The form of a file of citations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CitationForm {
    /// BibTeX, for LaTeX.
    Bibtex,
    /// RIS, for EndNote, Zotero and their kin.
    Ris,
    /// CSL-JSON, for citation processors.
    CslJson,
}

impl CitationForm {
    /// The form with a name: `bibtex`, `ris`, `csljson`.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "bibtex" => Self::Bibtex,
            "ris" => Self::Ris,
            "csljson" => Self::CslJson,
            _ => return None,
        })
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Bibtex => "application/x-bibtex; charset=utf-8",
            Self::Ris => "application/x-research-info-systems; charset=utf-8",
            Self::CslJson => "application/vnd.citationstyles.csl+json",
        }
    }

    /// How names of such files end.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Bibtex => "bib",
            Self::Ris => "ris",
            Self::CslJson => "json",
        }
    }
}

/// Writes documents as citations, one after the other.
///
/// Cited is what the publisher put up, with the day it was captured as the day of access; a note says that the copy
/// kept here is not the official one, and gives its id.
pub struct Citations<W> {
    form: CitationForm,
    is_first: bool,
    to: W,
}

impl<W: Write> Citations<W> {
    /// Begins a file.
    pub fn begin(form: CitationForm, mut to: W) -> io::Result<Self> {
        if form == CitationForm::CslJson {
            to.write_all(b"[")?;
        }
        Ok(Self { form, is_first: true, to })
    }

    /// Adds a document.
    pub fn put(&mut self, document: &Document) -> io::Result<()> {
        let cited = Cited::of(document);
        let before = if self.is_first { "\n" } else { ",\n" };
        self.is_first = false;
        let entry = match self.form {
            CitationForm::Bibtex => bibtex(&cited),
            CitationForm::Ris => ris(&cited),
            CitationForm::CslJson => format!("{before}{}", csl(&cited)),
        };
        self.to.write_all(entry.as_bytes())
    }

    /// Ends the file.
    pub fn end(mut self) -> io::Result<()> {
        if self.form == CitationForm::CslJson {
            self.to.write_all(b"\n]\n")?;
        }
        self.to.flush()
    }
}

/// What a citation is made of.
struct Cited<'d> {
    id: &'d str,
    title: String,
    author: Option<String>,
    number: Option<String>,
    issued: Option<PublicDate>,
    year: Option<i16>,
    url: Option<&'d str>,
    accessed: PublicDate,
    note: String,
    is_report: bool,
}

impl<'d> Cited<'d> {
    fn of(document: &'d Document) -> Self {
        let issuer = document.issuer.as_ref().map(|issuer| issuer.value.as_str());
        let published = document.published_date.as_ref().map(|date| date.value);
        let written = document.written_date.as_ref().map(|date| date.value);
        let issued = published.or(written);
        Self {
            id: document.id.as_str(),
            title: one_line(&document.title.value),
            author: document.agency().or(issuer).map(one_line),
            number: document.doc_no.as_ref().map(|number| number.value.to_string()),
            issued,
            year: issued.map(PublicDate::year).or(document.year()),
            url: document.url.as_deref(),
            accessed: china_day(document.captured_at),
            note: format!("采集副本，非官方原件；文件编号 {}", document.id),
            is_report: document.report_year.is_some(),
        }
    }
}

/// Without line breaks and control characters, which would end a field.
fn one_line(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn bibtex(cited: &Cited<'_>) -> String {
    let mut fields = vec![("title", format!("{{{}}}", tex(&cited.title)))];
    fields.extend(cited.author.as_ref().map(|author| ("author", format!("{{{}}}", tex(author)))));
    fields.extend(cited.year.map(|year| ("year", year.to_string())));
    fields
        .extend(cited.issued.and_then(PublicDate::month).map(|month| ("month", month.to_string())));
    fields.extend(cited.issued.and_then(PublicDate::day).map(|day| ("day", day.to_string())));
    fields.extend(cited.number.as_ref().map(|number| ("number", tex(number))));
    fields.extend(cited.url.map(|url| ("url", tex(&one_line(url)))));
    fields.push(("urldate", cited.accessed.to_string()));
    fields.push(("note", tex(&cited.note)));
    fields.push(("language", "chinese".to_owned()));
    let kind = if cited.is_report { "techreport" } else { "misc" };
    let lines: Vec<String> =
        fields.into_iter().map(|(name, value)| format!("  {name} = {{{value}}}")).collect();
    format!("@{kind}{{gongkai-{},\n{}\n}}\n\n", cited.id, lines.join(",\n"))
}

/// Escapes what TeX takes for something else.
fn tex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '{' | '}' | '#' | '$' | '%' | '&' | '_' => escaped.extend(['\\', c]),
            other => escaped.push(other),
        }
    }
    escaped
}

fn ris(cited: &Cited<'_>) -> String {
    let date = |date: PublicDate| {
        let part = |part: Option<i8>| part.map(|n| format!("{n:02}")).unwrap_or_default();
        format!("{}/{}/{}/", date.year(), part(date.month()), part(date.day()))
    };
    let mut lines = vec![
        ("TY", Some(if cited.is_report { "RPRT" } else { "GOVDOC" }.to_owned())),
        ("ID", Some(cited.id.to_owned())),
        ("TI", Some(cited.title.clone())),
        // The comma keeps programs from taking an agency for a person with two names.
        ("AU", cited.author.as_ref().map(|author| format!("{author},"))),
        ("PY", cited.year.map(|year| year.to_string())),
        ("DA", cited.issued.map(date)),
        ("M1", cited.number.clone()),
        ("UR", cited.url.map(one_line)),
        ("Y2", Some(date(cited.accessed))),
        ("LA", Some("zh-CN".to_owned())),
        ("N1", Some(cited.note.clone())),
    ];
    lines.push(("ER", Some(String::new())));
    let line = |(tag, value): (&str, Option<String>)| Some(format!("{tag}  - {}\r\n", value?));
    lines.into_iter().filter_map(line).collect()
}

fn csl(cited: &Cited<'_>) -> Value {
    let parts = |date: PublicDate| {
        let more = date.month().into_iter().chain(date.day()).map(i64::from);
        json!({"date-parts": [std::iter::once(i64::from(date.year())).chain(more).collect::<Vec<_>>()]})
    };
    let mut item = json!({
        "id": cited.id,
        "type": if cited.is_report { "report" } else { "document" },
        "title": cited.title,
        "language": "zh-CN",
        "accessed": parts(cited.accessed),
        "note": cited.note,
    });
    let year_only = cited.year.map(|year| json!({"date-parts": [[year]]}));
    let more = [
        ("author", cited.author.as_ref().map(|author| json!([{"literal": author}]))),
        ("number", cited.number.as_ref().map(|number| json!(number))),
        ("issued", cited.issued.map(parts).or(year_only)),
        ("URL", cited.url.map(|url| json!(url))),
    ];
    for (name, value) in more {
        if let Some(value) = value {
            item[name] = value;
        }
    }
    item
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DocNumber, Evidence, Origin, PageUrl, Sourced};

    fn document() -> Document {
        let url = PageUrl::parse("https://www.lingzhou.example/zw/1_2.html?a=1&b=2").unwrap();
        let title = Sourced::new("关于100%清水{行动}\n的通知".into(), Evidence::Heading);
        let captured_at = "2020-02-01T20:00:00Z".parse().unwrap();
        Document {
            agencies: vec!["灵洲市水利局".into()],
            doc_no: DocNumber::parse("灵水发[2020]3号")
                .map(|number| Sourced::new(number, Evidence::Heading)),
            published_date: Some(Sourced::new("2020-01".parse().unwrap(), Evidence::List)),
            ..Document::bare(Origin::Web { url }, title, "请照办。".into(), captured_at)
        }
    }

    fn written(form: CitationForm, documents: &[Document]) -> String {
        let mut out = Vec::new();
        let mut citations = Citations::begin(form, &mut out).unwrap();
        for document in documents {
            citations.put(document).unwrap();
        }
        citations.end().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn bibtex_escapes_what_tex_would_read() {
        let text = written(CitationForm::Bibtex, &[document()]);
        assert!(text.starts_with(&format!("@misc{{gongkai-{},\n", document().id)));
        assert!(text.contains(r"  title = {{关于100\%清水\{行动\} 的通知}},"), "{text}");
        assert!(text.contains("  year = {2020},\n  month = {1},\n  number = {灵水发〔2020〕3号},"));
        assert!(text.contains(r"url = {https://www.lingzhou.example/zw/1\_2.html?a=1\&b=2}"));
        assert!(text.contains("urldate = {2020-02-02}"), "{text}");
    }

    #[test]
    fn ris_has_a_tag_on_each_line() {
        let report =
            Document { report_year: Some(Sourced::new(2019, Evidence::Title)), ..document() };
        let text = written(CitationForm::Ris, &[document(), report]);
        assert!(text.starts_with("TY  - GOVDOC\r\n"));
        assert!(text.contains(
            "AU  - 灵洲市水利局,\r\nPY  - 2020\r\nDA  - 2020/01//\r\nM1  - 灵水发〔2020〕3号\r\n"
        ));
        assert_eq!(text.matches("ER  - \r\n").count(), 2);
        assert!(text.contains("TY  - RPRT"));
        assert!(text.lines().all(|line| line.get(2..6) == Some("  - ")), "{text}");
    }

    #[test]
    fn csl_json_is_one_list() {
        let read = |count: usize| -> Value {
            serde_json::from_str(&written(CitationForm::CslJson, &vec![document(); count])).unwrap()
        };
        assert_eq!(read(0), json!([]));
        let items = read(2);
        assert_eq!(items.as_array().unwrap().len(), 2);
        assert_eq!(items[1]["issued"], json!({"date-parts": [[2020, 1]]}));
        assert_eq!(items[1]["author"], json!([{"literal": "灵洲市水利局"}]));
        assert_eq!(items[1]["title"], "关于100%清水{行动} 的通知");
    }
}
