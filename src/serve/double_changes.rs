//! The changes of the small library: each document changed once, one second after the other; one was dropped.

use crate::catalogue::{Changed, ChangesWanted, Places};
use crate::model::{DocumentId, Moment, Origin, Status};
use crate::serve::double::Double;
use crate::serve::library::Changes;

/// When the changes were seen; the number of a change in seconds later.
const BEGIN: i64 = 1_780_000_000;

fn at(number: i64) -> Moment {
    Moment::from_second(BEGIN + number).unwrap()
}

/// A document that once was there.
pub(crate) fn dropped() -> DocumentId {
    DocumentId::of(&Origin::Import { set: "gone".into(), id: "1".into() }, "")
}

impl Changes for Double {
    fn now(&self) -> Moment {
        at(100_000)
    }

    fn changes(&self, wanted: &ChangesWanted) -> anyhow::Result<Vec<Changed>> {
        let ids = self.documents.iter().map(|document| document.id).chain([dropped()]);
        let all = (1..).zip(ids).map(|(number, id)| {
            let document = self.documents.iter().find(|document| document.id == id).cloned();
            let document = document.filter(|document| document.status != Status::Withheld);
            Changed { number, at: at(number), id, document }
        });
        let mut all: Vec<Changed> = all
            .filter(|change| change.number > wanted.after)
            .filter(|change| wanted.from.is_none_or(|from| change.at >= from))
            .filter(|change| wanted.until.is_none_or(|until| change.at <= until))
            .filter(|change| {
                let portal = change.document.as_ref().and_then(|found| found.portal.as_ref());
                wanted.portal.is_none() || portal == wanted.portal.as_ref()
            })
            .collect();
        if wanted.newest_first {
            all.reverse();
        }
        all.truncate(wanted.limit);
        Ok(all)
    }

    fn last_change_of(&self, id: &DocumentId) -> anyhow::Result<Option<Changed>> {
        let all = ChangesWanted { limit: usize::MAX, ..ChangesWanted::default() };
        Ok(self.changes(&all)?.into_iter().find(|change| change.id == *id))
    }

    fn first_change_at(&self) -> anyhow::Result<Option<Moment>> {
        Ok(Some(at(1)))
    }

    fn places(&self, part: usize, rows_of_a_part: usize) -> anyhow::Result<Places> {
        let rows = self.documents.iter().skip(part * rows_of_a_part).take(rows_of_a_part);
        let given = rows.filter(|document| document.status != Status::Withheld);
        Ok(given.map(|document| (document.id, document.captured_at)).collect())
    }

    fn parts_of_places(&self, rows_of_a_part: usize) -> anyhow::Result<usize> {
        Ok(self.documents.len().div_ceil(rows_of_a_part))
    }
}
