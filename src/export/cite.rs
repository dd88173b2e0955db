//! A document → how it is cited: GB/T 7714, BibTeX, RIS, CSL-JSON.
//!
//! Cited is what the publisher put on the web, as it was captured; the note says that the copy is no original.

use serde_json::{Value, json};

use crate::model::{Document, Moment, PublicDate, china_day};

/// What a citation needs of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// The document's id, which makes the citation key.
    pub id: String,
    /// Who is responsible: its agencies, else who issued it as printed.
    pub authors: Vec<String>,
    /// The title, on one line.
    pub title: String,
    /// Its document number.
    pub number: Option<String>,
    /// Genre (体裁).
    pub genre: Option<String>,
    /// Whether it is an annual report.
    pub is_report: bool,
    /// When it was published, else signed.
    pub date: Option<PublicDate>,
    /// When the copy was captured.
    pub captured_at: Moment,
    /// The site that published it.
    pub site: Option<String>,
    /// The publisher's page, else where the copy can be read.
    pub address: Option<String>,
}

/// What every citation says of the copy.
const NOTE: &str = "据采集副本引用，非官方原件";

impl Citation {
    /// What is cited of a document; `site` is the name of its portal, `address` where it can be read.
    pub fn of(document: &Document, site: Option<String>, address: Option<String>) -> Self {
        let issuer = document.issuer.iter().map(|issuer| one_line(&issuer.value));
        let mut authors: Vec<String> =
            document.agencies.iter().map(|agency| one_line(agency)).collect();
        if authors.is_empty() {
            authors.extend(issuer);
        }
        let date = document.published_date.as_ref().or(document.written_date.as_ref());
        Self {
            id: document.id.to_string(),
            authors,
            title: one_line(&document.title.value),
            number: document.doc_no.as_ref().map(|number| number.value.to_string()),
            genre: document.genre.as_ref().map(|genre| one_line(&genre.value)),
            is_report: document.report_year.is_some(),
            date: date.map(|date| date.value),
            captured_at: document.captured_at,
            site: site.map(|site| one_line(&site)),
            address: address.map(|address| unbroken(&address)),
        }
    }

    /// GB/T 7714—2015, an electronic resource; the day of citation is that of the capture.
    pub fn gbt7714(&self) -> String {
        let mut text = String::new();
        if !self.authors.is_empty() {
            text.push_str(&self.authors.join("，"));
            text.push_str(". ");
        }
        text.push_str(&self.title);
        if let Some(number) = &self.number {
            text.extend(["：", number]);
        }
        text.push_str("[EB/OL]. ");
        if let Some(date) = self.date {
            text.extend(["(", &date.to_string(), ")"]);
        }
        text.extend(["[", &self.captured_on(), "]."]);
        if let Some(address) = &self.address {
            text.extend([" ", address, "."]);
        }
        text
    }

    /// A BibTeX entry.
    pub fn bibtex(&self) -> String {
        let authors: Vec<String> =
            self.authors.iter().map(|author| format!("{{{}}}", tex(author))).collect();
        let fields = [
            ("author", (!authors.is_empty()).then(|| authors.join(" and "))),
            ("title", Some(format!("{{{}}}", tex(&self.title)))),
            ("year", self.date.map(|date| date.year().to_string())),
            ("month", self.date.and_then(PublicDate::month).map(|month| month.to_string())),
            ("number", self.number.as_deref().map(tex)),
            ("type", self.genre.as_deref().map(tex)),
            ("organization", self.site.as_deref().map(tex)),
            ("url", self.address.clone()),
            ("urldate", Some(self.captured_on())),
            ("language", Some("chinese".to_owned())),
            ("note", Some(NOTE.to_owned())),
        ];
        let mut text = format!("@misc{{gongkai-{},\n", self.id);
        for (name, value) in fields.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            text.extend(["  ", name, " = {", &value, "},\n"]);
        }
        text.push_str("}\n");
        text
    }

    /// A RIS record; its lines end with CR LF.
    pub fn ris(&self) -> String {
        let day = |date: PublicDate| {
            let two = |part: Option<i8>| part.map(|part| format!("{part:02}")).unwrap_or_default();
            format!("{}/{}/{}/", date.year(), two(date.month()), two(date.day()))
        };
        let mut lines: Vec<(&str, String)> = vec![("TY", "GOVDOC".to_owned())];
        lines.extend(self.authors.iter().map(|author| ("AU", author.clone())));
        lines.push(("TI", self.title.clone()));
        lines.extend(self.date.map(|date| ("PY", date.year().to_string())));
        lines.extend(self.date.map(|date| ("DA", day(date))));
        lines.extend(self.number.iter().map(|number| ("M1", number.clone())));
        lines.extend(self.genre.iter().map(|genre| ("M3", genre.clone())));
        lines.extend(self.site.iter().map(|site| ("PB", site.clone())));
        lines.extend(self.address.iter().map(|address| ("UR", address.clone())));
        lines.push(("Y2", day(china_day(self.captured_at))));
        lines.push(("LA", "zh-CN".to_owned()));
        lines.push(("N1", NOTE.to_owned()));
        lines.push(("ID", self.id.clone()));
        lines.push(("ER", String::new()));
        lines.iter().flat_map(|(tag, text)| [tag, "  - ", text, "\r\n"]).collect()
    }

    /// A CSL-JSON item.
    pub fn csl(&self) -> Value {
        let authors: Vec<Value> =
            self.authors.iter().map(|author| json!({ "literal": author })).collect();
        let mut item = json!({
            "id": self.id,
            "type": if self.is_report { "report" } else { "document" },
            "title": self.title,
            "language": "zh-CN",
            "accessed": date_parts(china_day(self.captured_at)),
            "note": NOTE,
        });
        let fields = [
            ("author", (!authors.is_empty()).then_some(Value::Array(authors))),
            ("issued", self.date.map(date_parts)),
            ("number", self.number.clone().map(Value::String)),
            ("genre", self.genre.clone().map(Value::String)),
            ("publisher", self.site.clone().map(Value::String)),
            ("URL", self.address.clone().map(Value::String)),
        ];
        for (name, value) in fields.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            item[name] = value;
        }
        item
    }

    /// The day of the capture in China.
    fn captured_on(&self) -> String {
        china_day(self.captured_at).to_string()
    }
}

fn date_parts(date: PublicDate) -> Value {
    let parts = [Some(date.year()), date.month().map(i16::from), date.day().map(i16::from)];
    json!({ "date-parts": [parts.into_iter().flatten().collect::<Vec<i16>>()] })
}

/// Line breaks, tabs and other control characters as blanks, one at a time.
fn one_line(text: &str) -> String {
    let blank = |c: char| if c.is_control() { ' ' } else { c };
    let text: String = text.chars().map(blank).collect();
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// An address without what would end a field.
fn unbroken(address: &str) -> String {
    let mut text = String::with_capacity(address.len());
    for c in address.chars() {
        match c {
            '{' => text.push_str("%7B"),
            '}' => text.push_str("%7D"),
            '\\' => text.push_str("%5C"),
            c if c.is_control() || c == ' ' => {}
            c => text.push(c),
        }
    }
    text
}

/// Text with the signs escaped that TeX would obey.
fn tex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice() -> Citation {
        Citation {
            id: "x33t8c9ab24dtk28".into(),
            authors: vec!["灵洲市人民政府办公室".into()],
            title: "关于印发申请办理规定的通知".into(),
            number: Some("灵政办发〔2020〕12号".into()),
            genre: Some("通知".into()),
            is_report: false,
            date: Some("2020-03-01".parse().unwrap()),
            captured_at: "2026-03-01T20:30:00Z".parse().unwrap(),
            site: Some("灵洲市人民政府网".into()),
            address: Some("https://www.lingzhou.example/t1.html".into()),
        }
    }

    fn bare() -> Citation {
        Citation {
            authors: vec![],
            number: None,
            genre: None,
            date: Some("2020-03".parse().unwrap()),
            site: None,
            address: None,
            ..notice()
        }
    }

    #[test]
    fn the_national_standard() {
        assert_eq!(
            notice().gbt7714(),
            "灵洲市人民政府办公室. 关于印发申请办理规定的通知：灵政办发〔2020〕12号[EB/OL]. \
             (2020-03-01)[2026-03-02]. https://www.lingzhou.example/t1.html."
        );
        assert_eq!(bare().gbt7714(), "关于印发申请办理规定的通知[EB/OL]. (2020-03)[2026-03-02].");
    }

    #[test]
    fn bibtex() {
        let title = r"50% & \ {x}_1".to_owned();
        let entry = Citation { title, ..notice() }.bibtex();
        assert!(entry.starts_with(
            "@misc{gongkai-x33t8c9ab24dtk28,\n  author = {{灵洲市人民政府办公室}},\n"
        ));
        assert!(entry.contains(r"  title = {{50\% \& \textbackslash{} \{x\}\_1}},"), "{entry}");
        assert!(entry.contains("  urldate = {2026-03-02},\n") && entry.ends_with(",\n}\n"));
        assert!(!bare().bibtex().contains("author"));
    }

    #[test]
    fn ris() {
        let record = notice().ris();
        assert!(record.starts_with("TY  - GOVDOC\r\nAU  - 灵洲市人民政府办公室\r\n"), "{record}");
        assert!(record.contains("DA  - 2020/03/01/\r\nM1  - 灵政办发〔2020〕12号\r\n"), "{record}");
        assert!(bare().ris().contains("DA  - 2020/03//\r\n"));
        assert!(record.ends_with("ER  - \r\n"));
    }

    #[test]
    fn csl() {
        let item = notice().csl();
        assert_eq!(item["author"], json!([{ "literal": "灵洲市人民政府办公室" }]));
        assert_eq!(item["issued"], json!({ "date-parts": [[2020, 3, 1]] }));
        assert_eq!(item["accessed"], json!({ "date-parts": [[2026, 3, 2]] }));
        let item = bare().csl();
        assert_eq!(item["issued"], json!({ "date-parts": [[2020, 3]] }));
        assert!(item.get("URL").is_none() && item.get("number").is_none());
    }

    #[test]
    fn nothing_breaks_out_of_its_field() {
        use crate::model::{Evidence, Origin, Sourced};
        let origin = Origin::Import { set: "a".into(), id: "1".into() };
        let title = Sourced::new("甲\r\nER  - \n 乙".to_owned(), Evidence::Heading);
        let document = Document::bare(origin, title, String::new(), notice().captured_at);
        let cited = Citation::of(&document, None, Some("https://a.example/}\n,x={".into()));
        assert_eq!(cited.title, "甲 ER - 乙");
        assert_eq!(cited.address.as_deref(), Some("https://a.example/%7D,x=%7B"));
        assert_eq!(cited.ris().matches("\r\nER  - ").count(), 1);
    }
}
