//! What a document has to do with others, as lists of links.

use serde::Serialize;

use crate::model::{CitedName, Document, DocumentId, Kinship, PublicDate, Relations, Relative};
use crate::serve::dates;
use crate::serve::pages::templates::Pages;

/// A list of documents under a heading.
#[derive(Debug, Serialize)]
pub(super) struct Related {
    /// Its word in the glossary, which is its address on the page too.
    name: &'static str,
    /// How many there are.
    total: u64,
    links: Vec<RelatedLink>,
}

/// A link to another document.
#[derive(Debug, Serialize)]
pub(super) struct RelatedLink {
    id: String,
    title: String,
    /// Portal or agency, and date; what is known of them.
    facts: String,
}

/// The lists that are not empty: reprints, other forms, editions, citations.
pub(super) fn related(pages: &Pages, own: &DocumentId, relations: Relations) -> Vec<Related> {
    let mut lists = members(pages, own, &relations);
    let editions = [("amended_by", relations.amended_by), ("amends", relations.amends)];
    lists.extend(editions.map(|(name, list)| {
        let links = list.first.iter().map(|relative| link(pages, relative)).collect();
        Related { name, total: list.total, links }
    }));
    let citations = [("cites", relations.cites), ("cited_by", relations.cited_by)];
    lists.extend(citations.map(|(name, list)| {
        let link = |(relative, _): &(Relative, CitedName)| link(pages, relative);
        Related { name, total: list.total, links: list.first.iter().map(link).collect() }
    }));
    lists.retain(|list| list.total > 0);
    lists
}

/// The group without the document itself: where the text was first, where it was reprinted, the other forms.
fn members(pages: &Pages, own: &DocumentId, relations: &Relations) -> Vec<Related> {
    let Some(group) = &relations.group else { return Vec::new() };
    let unseen = group.members.total - group.members.first.len() as u64;
    let kinds =
        [("first", None), ("reprints", Some(Kinship::Reprint)), ("forms", Some(Kinship::Variant))];
    let list = |(name, kind): (&'static str, Option<Kinship>)| {
        let members = group.members.first.iter();
        let others = members.filter(|(relative, kinship)| *kinship == kind && relative.id != *own);
        let links: Vec<RelatedLink> = others.map(|(relative, _)| link(pages, relative)).collect();
        // A group too long to be listed is one of reprints.
        let more = if kind == Some(Kinship::Reprint) { unseen } else { 0 };
        Related { name, total: links.len() as u64 + more, links }
    };
    kinds.map(list).into()
}

fn link(pages: &Pages, relative: &Relative) -> RelatedLink {
    let portal = relative.portal.as_deref().map(|id| pages.portal(id).to_owned());
    RelatedLink::new(&relative.id, &relative.title, portal, relative.date)
}

impl RelatedLink {
    /// A link to a document with its agency, else its portal.
    pub(super) fn to(pages: &Pages, document: &Document) -> Self {
        let portal = || document.portal.as_deref().map(|id| pages.portal(id));
        let place = document.agency().or_else(portal).map(str::to_owned);
        let date = document.published_date.as_ref().or(document.written_date.as_ref());
        Self::new(&document.id, &document.title.value, place, date.map(|date| date.value))
    }

    fn new(id: &DocumentId, title: &str, place: Option<String>, date: Option<PublicDate>) -> Self {
        let facts: Vec<String> = place.into_iter().chain(date.map(dates::date)).collect();
        Self { id: id.to_string(), title: title.to_owned(), facts: facts.join("，") }
    }
}
