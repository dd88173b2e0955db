//! What was read from a file that belongs to a document.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::paragraphs;

/// The text of a file, in parts that a reader can be pointed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileText {
    /// What the bytes are, whatever the name says.
    pub kind: FileKind,
    /// Whether all of it was read.
    pub status: FileStatus,
    /// Why not all of it was read; for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Pages, sheets or members, in their order; those without text are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<FilePart>,
}

/// A page of a file, a sheet of a workbook, a member of an archive; or a whole file that has no such parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePart {
    /// What a reader is told to look at: `第3页`, the name of a sheet or of a member; empty for a whole file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Paragraphs parted by blank lines; a row of a table is one paragraph with tabs between its cells.
    pub text: String,
}

impl FilePart {
    /// The tables of the part, as rows of cells: paragraphs in a row that have tabs.
    pub fn tables(&self) -> Vec<Vec<Vec<&str>>> {
        let mut tables: Vec<Vec<Vec<&str>>> = Vec::new();
        let mut inside = false;
        for paragraph in rows_and_paragraphs(&self.text) {
            if !paragraph.contains('\t') {
                inside = false;
                continue;
            }
            let row = paragraph.split('\t').collect();
            match tables.last_mut().filter(|_| inside) {
                Some(table) => table.push(row),
                None => tables.push(vec![row]),
            }
            inside = true;
        }
        tables
    }
}

/// Paragraphs with the tabs that stand for empty cells at their ends.
fn rows_and_paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n").map(|paragraph| paragraph.trim_matches('\n'))
}

impl FileText {
    /// A file of which nothing could be read, and why.
    pub fn error(kind: FileKind, why: impl Into<String>) -> Self {
        Self { kind, status: FileStatus::Error, error: Some(why.into()), parts: Vec::new() }
    }

    /// All text in one, parts parted by blank lines.
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self.parts.iter().map(|part| part.text.as_str()).collect();
        texts.join("\n\n")
    }

    /// Whether there is a paragraph in it.
    pub fn has_text(&self) -> bool {
        self.parts.iter().any(|part| paragraphs(&part.text).next().is_some())
    }
}

/// How much of a file was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileStatus {
    /// All of it.
    Ok,
    /// What stands before the damage, or what can be read.
    Partial,
    /// Nothing.
    Error,
}

impl FileStatus {
    /// The status as it stands in exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Partial => "partial",
            Self::Error => "error",
        }
    }
}

/// What a file is, found from its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// Portable Document Format.
    Pdf,
    /// Word, as a package of XML (Office Open XML).
    Docx,
    /// Word, binary (97 to 2003); WPS Writer writes the same.
    Doc,
    /// Word, as one XML file (2003 or flat package).
    WordXml,
    /// Excel, as a package of XML.
    Xlsx,
    /// Excel, binary; WPS Spreadsheets (`.et`) writes the same.
    Xls,
    /// Spreadsheet of the Open Document Format.
    Ods,
    /// `PowerPoint`, as a package of XML.
    Pptx,
    /// `PowerPoint`, binary; WPS Presentation (`.dps`) writes the same.
    Ppt,
    /// Open Fixed-layout Document, GB/T 33190.
    Ofd,
    /// Rich Text Format.
    Rtf,
    /// A page, often with the name of an office file.
    Html,
    /// A page in a MIME envelope, as Word saves it.
    Mht,
    /// Text in rows of separated values.
    Csv,
    /// Plain text.
    Txt,
    /// An archive of files.
    Zip,
    /// An archive that we do not open.
    Rar,
    /// An archive that we do not open.
    #[serde(rename = "7z")]
    SevenZip,
    /// A gzip file.
    Gzip,
    /// A picture.
    Image,
    /// Another document in an OLE compound file.
    Ole,
    /// None of these.
    Unknown,
}

impl FileKind {
    /// The kind as it stands in exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Doc => "doc",
            Self::WordXml => "wordxml",
            Self::Xlsx => "xlsx",
            Self::Xls => "xls",
            Self::Ods => "ods",
            Self::Pptx => "pptx",
            Self::Ppt => "ppt",
            Self::Ofd => "ofd",
            Self::Rtf => "rtf",
            Self::Html => "html",
            Self::Mht => "mht",
            Self::Csv => "csv",
            Self::Txt => "txt",
            Self::Zip => "zip",
            Self::Rar => "rar",
            Self::SevenZip => "7z",
            Self::Gzip => "gzip",
            Self::Image => "image",
            Self::Ole => "ole",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_given_back_as_tables() {
        let text = "题目\n\n项目\t数量\n\n合计\t\n\n说明\n\n甲\t乙".to_owned();
        let part = FilePart { label: String::new(), text };
        assert_eq!(
            part.tables(),
            [vec![vec!["项目", "数量"], vec!["合计", ""]], vec![vec!["甲", "乙"]]]
        );
    }

    #[test]
    fn kinds_are_stored_by_the_names_they_show() {
        for kind in [FileKind::Pdf, FileKind::SevenZip, FileKind::WordXml, FileKind::Unknown] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
