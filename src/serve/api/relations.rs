//! What a document has to do with others, in the answer of `GET /api/v1/documents/{id}`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{CitedName, DocumentId, Excerpt, Group, Kinship, Relations, Relative};

/// Copies, editions and citations.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RelationsAnswer {
    /// Documents with the same text, or forms of the same report; null when it is alone.
    group: Option<GroupAnswer>,
    /// Older editions of the same law, regulation or rule, the newest first.
    amends: RelativesAnswer,
    /// Newer editions, the oldest first.
    amended_by: RelativesAnswer,
    /// Documents held here that it cites.
    cites: CitationsAnswer,
    /// Documents that cite it or a copy of it, the newest first.
    cited_by: CitationsAnswer,
}

/// A group; report years, agencies and document numbers never differ within it.
#[derive(Debug, Serialize, ToSchema)]
struct GroupAnswer {
    /// The first publisher's document.
    #[schema(value_type = String, example = "x33t8c9ab24dtk28")]
    leader: DocumentId,
    /// How many documents are in it.
    total: u64,
    /// The first fifty, the leader first.
    members: Vec<MemberAnswer>,
}

/// A document of a group.
#[derive(Debug, Serialize, ToSchema)]
struct MemberAnswer {
    #[serde(flatten)]
    document: RelativeAnswer,
    /// `leader`; `reprint`: the same text elsewhere; `variant`: the same report in another form.
    #[schema(value_type = String, example = "reprint")]
    kind: &'static str,
}

/// Another document.
#[derive(Debug, Serialize, ToSchema)]
struct RelativeAnswer {
    /// Its id.
    #[schema(value_type = String, example = "x33t8c9ab24dtk28")]
    id: DocumentId,
    /// Its title.
    title: String,
    /// Its portal.
    portal: Option<String>,
    /// When it was published, else written: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    date: Option<String>,
}

/// Other documents.
#[derive(Debug, Serialize, ToSchema)]
struct RelativesAnswer {
    /// How many there are.
    total: u64,
    /// The first fifty.
    documents: Vec<RelativeAnswer>,
}

/// Documents that cite or are cited.
#[derive(Debug, Serialize, ToSchema)]
struct CitationsAnswer {
    /// How many there are.
    total: u64,
    /// The first fifty.
    documents: Vec<CitationAnswer>,
}

/// A citation.
#[derive(Debug, Serialize, ToSchema)]
struct CitationAnswer {
    #[serde(flatten)]
    document: RelativeAnswer,
    /// What stands in the citing text: `number` or `title`.
    #[schema(value_type = String, example = "number")]
    by: &'static str,
    /// The number, normalised; or the letters, digits and characters of the title.
    name: String,
}

impl From<Relations> for RelationsAnswer {
    fn from(relations: Relations) -> Self {
        Self {
            group: relations.group.map(GroupAnswer::from),
            amends: relations.amends.into(),
            amended_by: relations.amended_by.into(),
            cites: relations.cites.into(),
            cited_by: relations.cited_by.into(),
        }
    }
}

impl From<Group> for GroupAnswer {
    fn from(Group { leader, members }: Group) -> Self {
        let member = |(relative, kinship): (Relative, Option<Kinship>)| MemberAnswer {
            document: relative.into(),
            kind: kinship.map_or("leader", Kinship::as_str),
        };
        Self {
            leader,
            total: members.total,
            members: members.first.into_iter().map(member).collect(),
        }
    }
}

impl From<Relative> for RelativeAnswer {
    fn from(relative: Relative) -> Self {
        let Relative { id, title, portal, date } = relative;
        Self { id, title, portal, date: date.map(|date| date.to_string()) }
    }
}

impl From<Excerpt<Relative>> for RelativesAnswer {
    fn from(list: Excerpt<Relative>) -> Self {
        Self {
            total: list.total,
            documents: list.first.into_iter().map(RelativeAnswer::from).collect(),
        }
    }
}

impl From<Excerpt<(Relative, CitedName)>> for CitationsAnswer {
    fn from(list: Excerpt<(Relative, CitedName)>) -> Self {
        let citation = |(relative, name): (Relative, CitedName)| CitationAnswer {
            document: relative.into(),
            by: name.kind(),
            name: name.text().to_owned(),
        };
        Self { total: list.total, documents: list.first.into_iter().map(citation).collect() }
    }
}
