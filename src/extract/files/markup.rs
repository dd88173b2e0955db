//! The XML of Word and `PowerPoint` as prose: the two share the local names of their elements.

use crate::extract::files::{
    prose::Prose,
    xml::{Broken, Piece, Tag, Xml},
};

/// Elements whose text is not in the document as it is shown: what was deleted or moved away, the readings of
/// characters, copies for old programs, page heads and feet, properties.
const PASSED_OVER: [&str; 14] = [
    "del",
    "moveFrom",
    "rt",
    "Fallback",
    "hdr",
    "ftr",
    "docPr",
    "DocumentProperties",
    "CustomDocumentProperties",
    "binData",
    "styles",
    "fonts",
    "lists",
    "docOleData",
];

/// How a stream of elements is read.
#[derive(Default)]
pub(super) struct Walk {
    pub(super) prose: Prose,
    /// Relationship ids of pieces in other formats, with where they stand in the text.
    pub(super) chunks: Vec<String>,
    /// In a flat package, only this part is read.
    part: Option<&'static str>,
    /// Level of the element that is passed over.
    passing: Option<usize>,
    level: usize,
    spans: Vec<usize>,
    in_text: usize,
}

impl Walk {
    /// For one part of a flat package.
    pub(super) fn of_part(name: &'static str) -> Self {
        Self { part: Some(name), ..Self::default() }
    }

    /// Reads elements until the end or the damage.
    pub(super) fn read(&mut self, text: &str) -> Result<(), Broken> {
        let mut xml = Xml::new(text);
        let outcome = loop {
            match xml.next() {
                Ok(Some(piece)) => self.piece(piece),
                Ok(None) => break Ok(()),
                Err(broken) => break Err(broken),
            }
            if self.prose.is_full() {
                break Err(Broken("the text is too long; the rest was left out".into()));
            }
        };
        (self.level, self.passing, self.in_text) = (0, None, 0);
        outcome
    }

    fn piece(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Open(tag) => {
                self.level += 1;
                if self.passing.is_none() {
                    self.open(&tag);
                }
            }
            Piece::Close(name) => {
                if self.passing.is_none() {
                    self.close(&name);
                }
                if self.passing == Some(self.level) {
                    self.passing = None;
                }
                self.level = self.level.saturating_sub(1);
            }
            Piece::Text(text) if self.in_text > 0 && self.passing.is_none() => {
                self.prose.push(&text);
            }
            Piece::Text(_) => {}
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            name if PASSED_OVER.contains(&name) => self.passing = Some(self.level),
            "part" if self.part.is_some() && tag.attr("name").as_deref() != self.part => {
                self.passing = Some(self.level);
            }
            "t" => self.in_text += 1,
            "tab" if tag.attr("val").is_none() && tag.attr("pos").is_none() => self.prose.tab(),
            "br" | "cr" => self.prose.line_break(),
            "noBreakHyphen" => self.prose.push("-"),
            "tr" => self.prose.begin_row(),
            "tc" => {
                self.spans.push(tag.attr("gridSpan").and_then(|n| n.parse().ok()).unwrap_or(1));
                self.prose.begin_cell();
            }
            "gridSpan" => {
                if let (Some(span), Some(value)) = (self.spans.last_mut(), tag.attr("val")) {
                    *span = value.parse().unwrap_or(1);
                }
            }
            "txbxContent" => self.prose.end_paragraph(),
            "altChunk" => self.chunks.extend(tag.attr("id")),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" => self.in_text = self.in_text.saturating_sub(1),
            "p" => self.prose.end_paragraph(),
            "tc" => {
                let span = self.spans.pop().unwrap_or(1);
                self.prose.end_cell(span);
            }
            "tr" => self.prose.end_row(),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(xml: &str) -> String {
        let mut walk = Walk::default();
        let _damage = walk.read(xml);
        walk.prose.finish()
    }

    #[test]
    fn what_is_shown_is_read() {
        assert_eq!(
            read(
                "<w:body><w:p><w:pPr><w:tabs><w:tab w:val='left' w:pos='1'/></w:tabs></w:pPr><w:r><w:t>一</w:t>\
                 <w:instrText>PAGE</w:instrText></w:r><w:del><w:r><w:delText>删</w:delText><w:t>删</w:t></w:r></w:del>\
                 <w:r><w:tab/><w:t xml:space='preserve'> 二</w:t></w:r></w:p>\
                 <w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc>\
                 <w:tc><w:p/></w:tc></w:tr></w:tbl></w:body>"
            ),
            "一  二\n\n甲\t\t"
        );
    }

    #[test]
    fn the_copy_of_a_text_box_for_old_programs_is_passed_over() {
        let text_box = "<w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent>";
        let xml = format!(
            "<w:p><w:r><w:t>前</w:t><mc:AlternateContent><mc:Choice>{text_box}</mc:Choice>\
             <mc:Fallback>{text_box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
        );
        assert_eq!(read(&xml), "前\n\n框");
    }

    #[test]
    fn text_before_the_damage_is_there() {
        let mut walk = Walk::default();
        assert!(walk.read("<w:p><w:t>一</w:t></w:p><w:p><w:t>二").is_err());
        assert_eq!(walk.prose.finish(), "一\n\n二");
    }
}
