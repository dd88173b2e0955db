//! Records and what stands around them.

use crate::catalogue::{Changed, ChangesWanted};
use crate::model::{Document, DocumentId, Moment};
use crate::serve::api::web_address;
use crate::serve::feeds::entries::{beginning, stamp};
use crate::serve::feeds::oai::asked::{Asked, FORMAT, List, Mistake};
use crate::serve::feeds::xml::{Written, Xml};
use crate::serve::library::Library;

/// Records of one answer.
const RECORDS: usize = 100;
const DC: &str = "http://www.openarchives.org/OAI/2.0/oai_dc/";
const DC_SCHEMA: &str = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd";
const ELEMENTS: &str = "http://purl.org/dc/elements/1.1/";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Who answers.
pub(super) struct Site {
    base: String,
    name: String,
    /// The host, which names are made of.
    host: String,
    /// Where mail reaches the operator, as told.
    mail: Option<String>,
}

impl Site {
    pub(super) fn new(base: String, name: &str, contact: Option<&str>) -> Self {
        let host = url::Url::parse(&base).ok().and_then(|url| url.host_str().map(str::to_owned));
        let mail = contact.and_then(mailbox);
        Self { base, name: name.to_owned(), host: host.unwrap_or_default(), mail }
    }

    /// Where requests go.
    pub(super) fn address(&self) -> String {
        format!("{}/oai", self.base)
    }

    fn identifier(&self, id: &DocumentId) -> String {
        format!("oai:{}:{id}", self.host)
    }
}

/// The mail address of a contact; `None` where it is another kind of address.
fn mailbox(contact: &str) -> Option<String> {
    let address = contact.strip_prefix("mailto:").unwrap_or(contact).split('?').next()?.trim();
    let is_mail = address.split('@').count() == 2 && !address.contains([':', '/', ' ']);
    is_mail.then(|| address.to_owned())
}

/// What was found.
pub(super) enum Answer {
    Identify { earliest: Moment },
    Formats,
    Record(Box<Changed>),
    List { changes: Vec<Changed>, list: List, next: Option<String>, records: bool },
}

/// Looks up what is asked for.
pub(super) fn look(
    library: &dyn Library,
    asked: &Asked,
) -> anyhow::Result<Result<Answer, Mistake>> {
    Ok(match asked {
        Asked::Identify => {
            let earliest = library.first_change_at()?.unwrap_or_else(|| library.now());
            Ok(Answer::Identify { earliest })
        }
        Asked::Formats { identifier: None } => Ok(Answer::Formats),
        Asked::Formats { identifier: Some(identifier) } => {
            change_of(library, identifier)?.map(|_| Answer::Formats).ok_or(Mistake::Id)
        }
        Asked::Record { identifier } => {
            let change = change_of(library, identifier)?;
            change.map(|change| Answer::Record(Box::new(change))).ok_or(Mistake::Id)
        }
        Asked::List { list, records } => listed(library, list, *records)?,
    })
}

fn change_of(library: &dyn Library, identifier: &str) -> anyhow::Result<Option<Changed>> {
    let id = identifier.strip_prefix("oai:").and_then(|rest| rest.rsplit_once(':'));
    match id.and_then(|(_, id)| id.parse::<DocumentId>().ok()) {
        Some(id) => library.last_change_of(&id),
        None => Ok(None),
    }
}

fn listed(
    library: &dyn Library,
    list: &List,
    records: bool,
) -> anyhow::Result<Result<Answer, Mistake>> {
    let wanted = ChangesWanted {
        after: list.after,
        from: list.from,
        until: list.until,
        limit: RECORDS + 1,
        ..ChangesWanted::default()
    };
    let mut changes = library.changes(&wanted)?;
    let more = changes.len() > RECORDS;
    changes.truncate(RECORDS);
    let Some(last) = changes.last() else { return Ok(Err(Mistake::NoRecords)) };
    let given = list.given + changes.len() as u64;
    let next = more.then(|| list.token(last.number, given));
    Ok(Ok(Answer::List { changes, list: list.clone(), next, records }))
}

impl Answer {
    /// Writes the element that the verb asks for.
    pub(super) fn write(&self, xml: &mut Xml, site: &Site) -> Written {
        match self {
            Self::Identify { earliest } => {
                xml.element("Identify", &[], |xml| identify(xml, site, *earliest))
            }
            Self::Formats => xml.element("ListMetadataFormats", &[], |xml| {
                xml.element("metadataFormat", &[], |xml| {
                    xml.text("metadataPrefix", FORMAT)?;
                    xml.text("schema", DC_SCHEMA)?;
                    xml.text("metadataNamespace", DC)
                })
            }),
            Self::Record(change) => xml.element("GetRecord", &[], |xml| record(xml, site, change)),
            Self::List { changes, list, next, records } => {
                let name = if *records { "ListRecords" } else { "ListIdentifiers" };
                let write = if *records { record } else { header };
                xml.element(name, &[], |xml| {
                    changes.iter().try_for_each(|change| write(xml, site, change))?;
                    // The last part of a list of several ends with an empty token.
                    let cursor = list.given.to_string();
                    match next {
                        Some(token) => {
                            xml.text_with("resumptionToken", &[("cursor", &cursor)], token)
                        }
                        None if list.given > 0 => {
                            xml.empty("resumptionToken", &[("cursor", &cursor)])
                        }
                        None => Ok(()),
                    }
                })
            }
        }
    }
}

fn identify(xml: &mut Xml, site: &Site, earliest: Moment) -> Written {
    xml.text("repositoryName", &site.name)?;
    xml.text("baseURL", &site.address())?;
    xml.text("protocolVersion", "2.0")?;
    // The protocol wants one; where the operator told none, the box that hosts are to have (RFC 2142).
    let usual = || format!("webmaster@{}", site.host);
    xml.text("adminEmail", &site.mail.clone().unwrap_or_else(usual))?;
    xml.text("earliestDatestamp", &stamp(earliest))?;
    // The list of deletions lives as long as the catalogue, which can be made anew from the archive.
    xml.text("deletedRecord", "transient")?;
    xml.text("granularity", "YYYY-MM-DDThh:mm:ssZ")
}

fn header(xml: &mut Xml, site: &Site, change: &Changed) -> Written {
    let deleted: &[(&str, &str)] =
        if change.document.is_none() { &[("status", "deleted")] } else { &[] };
    xml.element("header", deleted, |xml| {
        xml.text("identifier", &site.identifier(&change.id))?;
        xml.text("datestamp", &stamp(change.at))
    })
}

fn record(xml: &mut Xml, site: &Site, change: &Changed) -> Written {
    xml.element("record", &[], |xml| {
        header(xml, site, change)?;
        match &change.document {
            Some(document) => xml.element("metadata", &[], |xml| dublin_core(xml, site, document)),
            None => Ok(()),
        }
    })
}

fn dublin_core(xml: &mut Xml, site: &Site, document: &Document) -> Written {
    let location = format!("{DC} {DC_SCHEMA}");
    let attributes = [
        ("xmlns:oai_dc", DC),
        ("xmlns:dc", ELEMENTS),
        ("xmlns:xsi", XSI),
        ("xsi:schemaLocation", &location),
    ];
    let text = |sourced: &Option<crate::model::Sourced<String>>| {
        sourced.as_ref().map(|sourced| sourced.value.clone())
    };
    let date = document.published_date.as_ref().or(document.written_date.as_ref());
    let known = [
        ("dc:creator", text(&document.issuer)),
        ("dc:subject", text(&document.theme)),
        ("dc:description", Some(beginning(document)).filter(|text| !text.is_empty())),
        ("dc:date", date.map(|date| date.value.to_string())),
        ("dc:type", text(&document.genre)),
        ("dc:identifier", Some(format!("{}/document/{}", site.base, document.id))),
        ("dc:identifier", document.doc_no.as_ref().map(|number| number.value.to_string())),
        ("dc:identifier", text(&document.index_no)),
        ("dc:source", document.url.as_deref().and_then(web_address)),
        ("dc:language", Some("zh-CN".to_owned())),
        ("dc:rights", Some("自动采集的副本，非官方原件".to_owned())),
    ];
    xml.element("oai_dc:dc", &attributes, |xml| {
        xml.text("dc:title", &document.title.value)?;
        document.agencies.iter().try_for_each(|agency| xml.text("dc:publisher", agency))?;
        let mut known = known.iter().filter_map(|(name, text)| Some((name, text.as_ref()?)));
        known.try_for_each(|(name, text)| xml.text(name, text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_goes_where_the_operator_said() {
        let told = |contact: &str| mailbox(contact);
        assert_eq!(told("mailto:a@b.example?subject=x").as_deref(), Some("a@b.example"));
        assert_eq!(told("a@b.example").as_deref(), Some("a@b.example"));
        for other in ["https://a@b.example/x", "https://b.example", "a b@c", "电话 123", ""] {
            assert_eq!(told(other), None, "{other}");
        }
    }
}
