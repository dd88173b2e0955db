//! What may be asked now: by its turn on its host, and by what the host has shown.

/// What is asked first on a host: rules, what answers are judged by, lists, documents, their files, what they are
/// shown with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rank {
    /// `robots.txt`; needs no permission.
    Robots,
    /// An address that cannot exist.
    Absent,
    /// A page that was there lately: whether the host shows any page now.
    Control,
    /// A page of a list.
    List,
    /// A document.
    Detail,
    /// A file of a document kept in this run.
    Attachment,
    /// A file left over from an earlier run.
    OldAttachment,
    /// What a page kept in this run is shown with.
    Requisite,
    /// The same, left over from an earlier run.
    OldRequisite,
}

/// What may be started now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Admission {
    /// List pages.
    pub(crate) lists: bool,
    /// Documents.
    pub(crate) details: bool,
    /// Files of earlier runs, and what pages of theirs are shown with.
    pub(crate) old_attachments: bool,
    /// Hosts that have shown this, or better.
    pub(crate) hosts: Standing,
}

/// What a host has shown in this run, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// It answered the last time.
    Answers,
    /// Nothing yet.
    New,
    /// It did not answer the last time.
    Failing,
}

impl Admission {
    pub(super) fn admits(self, rank: Rank) -> bool {
        match rank {
            Rank::Robots | Rank::Absent | Rank::Control | Rank::Attachment | Rank::Requisite => {
                true
            }
            Rank::List => self.lists,
            Rank::Detail => self.details,
            Rank::OldAttachment | Rank::OldRequisite => self.old_attachments,
        }
    }
}
