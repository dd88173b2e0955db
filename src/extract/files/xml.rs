//! XML of office files, read as a stream within limits; entities other than the five and numbers mean nothing.

use std::borrow::Cow;

use quick_xml::{
    XmlVersion,
    events::{BytesStart, Event, attributes::Attribute},
    reader::Reader,
};

use crate::page;

/// Levels of elements; deeper files are damaged or hostile.
const MAX_DEPTH: usize = 512;

/// What comes next in a file.
#[derive(Debug)]
pub(super) enum Piece<'x> {
    /// An element begins.
    Open(Tag<'x>),
    /// An element of this local name ends.
    Close(String),
    /// Text between tags.
    Text(String),
}

/// A start tag; names are local, without their prefix.
#[derive(Debug)]
pub(super) struct Tag<'x>(BytesStart<'x>);

impl Tag<'_> {
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// The value of an attribute by its whole name.
    pub(super) fn prefixed(&self, name: &str) -> Option<String> {
        let value = self.0.try_get_attribute(name).ok()??.normalized_value(XmlVersion::Implicit1_0);
        value.ok().map(Cow::into_owned)
    }

    /// The value of an attribute by its local name.
    pub(super) fn attr(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let named = |a: &Attribute<'_>| a.key.local_name().into_inner() == name;
        let checked = attributes.with_checks(false).take(256).map_while(Result::ok);
        let value = checked.into_iter().find(named)?.normalized_value(XmlVersion::Implicit1_0);
        value.ok().map(Cow::into_owned)
    }
}

/// XML that does not go on: broken, too deep, or cut short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken(pub(super) String);

/// A file being read.
pub(super) struct Xml<'x> {
    reader: Reader<&'x [u8]>,
    depth: usize,
}

impl<'x> Xml<'x> {
    pub(super) fn new(text: &'x str) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Self { reader, depth: 0 }
    }

    /// What comes next; `None` at the end of a whole file.
    pub(super) fn next(&mut self) -> Result<Option<Piece<'x>>, Broken> {
        loop {
            let event = self.reader.read_event().map_err(|error| Broken(error.to_string()))?;
            return Ok(Some(match event {
                Event::Start(start) => {
                    self.depth += 1;
                    if self.depth > MAX_DEPTH {
                        return Err(Broken("elements are nested too deep".into()));
                    }
                    Piece::Open(Tag(start))
                }
                Event::End(end) => {
                    self.depth = self.depth.saturating_sub(1);
                    Piece::Close(end.local_name().into_inner().to_owned())
                }
                Event::Text(text) => {
                    Piece::Text(text.xml_content(XmlVersion::Implicit1_0).into_owned())
                }
                Event::CData(text) => {
                    Piece::Text(text.xml_content(XmlVersion::Implicit1_0).into_owned())
                }
                Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                    Ok(Some(c)) => Piece::Text(c.to_string()),
                    _ => match named(&reference.into_inner()) {
                        Some(c) => Piece::Text(c.to_owned()),
                        None => continue,
                    },
                },
                Event::Eof if self.depth > 0 => return Err(Broken("the XML is cut short".into())),
                Event::Eof => return Ok(None),
                _ => continue,
            }));
        }
    }
}

fn named(entity: &str) -> Option<&'static str> {
    Some(match entity {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        "nbsp" => "\u{a0}",
        _ => return None,
    })
}

/// The text of an XML file, in whatever charset it declares.
pub(super) fn decoded(bytes: &[u8]) -> String {
    page::decode(bytes, None).text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(xml: &str) -> Result<String, Broken> {
        let (mut xml, mut text) = (Xml::new(xml), String::new());
        while let Some(piece) = xml.next()? {
            if let Piece::Text(more) = piece {
                text.push_str(&more);
            }
        }
        Ok(text)
    }

    #[test]
    fn text_comes_with_its_references_resolved() {
        assert_eq!(text("<a>&lt;&#x4E00;&amp;&bomb;<b/><![CDATA[<二>]]></a>").unwrap(), "<一&<二>");
        let bomb = "<!DOCTYPE a [<!ENTITY l \"ll\"><!ENTITY m \"&l;&l;\">]><a>&m;一</a>";
        assert_eq!(text(bomb).unwrap(), "一");
    }

    #[test]
    fn broken_deep_and_cut_files_are_errors() {
        assert!(text("<a><b></a>").is_err());
        assert!(text("<a>一").is_err());
        assert!(text(&"<a>".repeat(100_000)).unwrap_err().0.contains("deep"));
    }

    #[test]
    fn attributes_are_found_by_local_name() {
        let mut xml = Xml::new("<w:p w:val='a&amp;b' x='1'/>");
        let Some(Piece::Open(tag)) = xml.next().unwrap() else { panic!() };
        assert_eq!((tag.name(), tag.attr("val").as_deref()), ("p", Some("a&b")));
        assert_eq!(tag.attr("y"), None);
    }
}
