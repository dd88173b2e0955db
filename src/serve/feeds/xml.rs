//! XML, written element by element; what cannot stand in XML 1.0 is left out.

use std::io;

use axum::http::HeaderMap;
use axum::response::Response;
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use crate::serve::guard::tagged;
use crate::serve::problem::Problem;

/// A document being written.
pub(super) struct Xml(Writer<Vec<u8>>);

/// What the writer answers; writing to memory does not fail.
pub(super) type Written = io::Result<()>;

impl Xml {
    /// A document whose root element `fill` fills.
    pub(super) fn document(
        root: &str,
        attributes: &[(&str, &str)],
        fill: impl FnOnce(&mut Self) -> Written,
    ) -> io::Result<Vec<u8>> {
        let mut xml = Self(Writer::new(Vec::new()));
        xml.0.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        xml.element(root, attributes, fill)?;
        Ok(xml.0.into_inner())
    }

    /// An element with others in it.
    pub(super) fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        fill: impl FnOnce(&mut Self) -> Written,
    ) -> Written {
        self.0.write_event(Event::Start(start(name, attributes)))?;
        fill(self)?;
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    /// An element with a text.
    pub(super) fn text(&mut self, name: &str, text: &str) -> Written {
        self.text_with(name, &[], text)
    }

    /// An element with attributes and a text.
    pub(super) fn text_with(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        text: &str,
    ) -> Written {
        let text = allowed(text);
        self.element(name, attributes, |xml| xml.0.write_event(Event::Text(BytesText::new(&text))))
    }

    /// An element that only has attributes.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> Written {
        self.0.write_event(Event::Empty(start(name, attributes)))
    }
}

fn start<'a>(name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, allowed(value).as_str()));
    }
    start
}

/// A text without the characters that XML 1.0 does not allow.
fn allowed(text: &str) -> String {
    let fits = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(fits).collect()
}

/// The answer with a document, or why there is none.
pub(super) fn answer(
    asked: &HeaderMap,
    content_type: &'static str,
    document: io::Result<Vec<u8>>,
) -> Result<Response, Problem> {
    match document {
        Ok(bytes) => Ok(tagged(asked, content_type, bytes)),
        Err(error) => Err(Problem::internal(&error.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_written_is_well_formed() {
        let hostile = "<script>\"&'\u{0}\u{1b}\u{fffe}]]>灵洲";
        let bytes = Xml::document("a", &[("x", hostile)], |xml| {
            xml.text("b", hostile)?;
            xml.empty("c", &[("y", "1")])
        });
        let text = String::from_utf8(bytes.unwrap()).unwrap();
        let mut reader = quick_xml::Reader::from_str(&text);
        while !matches!(reader.read_event().unwrap(), Event::Eof) {}
        assert!(!text.contains("<script>") && !text.contains('\u{0}') && text.contains("灵洲"));
    }
}
