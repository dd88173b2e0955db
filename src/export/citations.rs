//! Many citations as one file, for programs that keep literature.

use std::io::{self, Write};

use crate::export::cite::Citation;

/// The form of a file of citations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CitationForm {
    /// BibTeX, for LaTeX.
    Bibtex,
    /// RIS, for `EndNote`, Zotero and their kin.
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

/// Writes citations one after the other.
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

    /// Adds a citation.
    pub fn put(&mut self, citation: &Citation) -> io::Result<()> {
        let before = if self.is_first { "\n" } else { ",\n" };
        self.is_first = false;
        let entry = match self.form {
            CitationForm::Bibtex => citation.bibtex() + "\n",
            CitationForm::Ris => citation.ris(),
            CitationForm::CslJson => format!("{before}{}", citation.csl()),
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::{Document, Evidence, Origin, Sourced};

    fn written(form: CitationForm, count: usize) -> String {
        let origin = Origin::Import { set: "laws".into(), id: "17".into() };
        let title = Sourced::new("关于“清水”行动的通知".into(), Evidence::Heading);
        let captured_at = "2020-02-01T20:00:00Z".parse().unwrap();
        let document = Document::bare(origin, title, "请照办。".into(), captured_at);
        let citation = Citation::of(&document, None, None);
        let mut out = Vec::new();
        let mut citations = Citations::begin(form, &mut out).unwrap();
        for _ in 0..count {
            citations.put(&citation).unwrap();
        }
        citations.end().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn csl_json_is_one_list_of_any_length() {
        let read = |count| -> Value {
            serde_json::from_str(&written(CitationForm::CslJson, count)).unwrap()
        };
        assert_eq!(read(0), json!([]));
        assert_eq!(read(3).as_array().unwrap().len(), 3);
    }

    #[test]
    fn entries_stand_one_below_the_other() {
        assert_eq!(written(CitationForm::Ris, 2).matches("ER  - \r\n").count(), 2);
        assert_eq!(written(CitationForm::Bibtex, 2).matches("\n@misc{").count(), 1);
    }
}
