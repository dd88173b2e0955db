//! Answers whose payload stands in an earlier record.

use std::path::{Component, Path};

use anyhow::{Context, bail, ensure};

use crate::archive::digest::body_digest;
use crate::archive::entry::{
    IDENTICAL, REFERS_TO_FILE, REFERS_TO_OFFSET, begins_capture, payload_of,
};
use crate::archive::record::Record;
use crate::archive::scan::Scan;
use crate::model::{Body, Position};

/// Where the payload of an answer stands, when it does not stand in the answer itself.
pub(super) struct Original {
    pub(super) place: Position,
    digest: String,
}

impl Original {
    /// What an answer refers to; `None` when it holds its payload itself or has none.
    pub(super) fn of(answer: &Record) -> anyhow::Result<Option<Self>> {
        if answer.kind() != "revisit" || answer.field("WARC-Profile") != Some(IDENTICAL) {
            return Ok(None);
        }
        let named = |name| answer.field(name).with_context(|| format!("there is no {name}"));
        let file = named(REFERS_TO_FILE)?.to_owned();
        let offset = named(REFERS_TO_OFFSET)?.parse().context(REFERS_TO_OFFSET)?;
        let digest = named("WARC-Payload-Digest")?.to_owned();
        Ok(Some(Self { place: Position { file, offset }, digest }))
    }

    /// The payload, which must have the digest that it was referred to by.
    pub(super) fn payload(&self, dir: &Path) -> anyhow::Result<Body> {
        let Position { file, offset } = &self.place;
        let place = || format!("its payload should stand at {file}:{offset}");
        let record = first_record(dir, &self.place).with_context(place)?;
        if record.kind() != "response" || !begins_capture(&record) {
            return Err(anyhow::anyhow!("no answer stands there")).with_context(place);
        }
        let payload = payload_of(&record).map_err(anyhow::Error::msg).with_context(place)?;
        let body = record.block.after(payload);
        if body_digest(&body).with_context(place)? != self.digest {
            return Err(anyhow::anyhow!("another payload stands there")).with_context(place);
        }
        Ok(body)
    }
}

/// The record that begins at a position.
pub(super) fn first_record(dir: &Path, position: &Position) -> anyhow::Result<Record> {
    let Position { file, offset } = position;
    // Positions come from a database or a record; they must not lead out of the folder.
    ensure!(is_plain_name(file), "`{file}` is no name of a file");
    match Scan::open(&dir.join(file), *offset)?.next() {
        Some(found) => Ok(found.read?.record),
        None => bail!("nothing begins at {file}:{offset}"),
    }
}

/// Whether a name names a file of the folder itself.
pub(super) fn is_plain_name(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!(parts.next(), Some(Component::Normal(_))) && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs};

    use super::*;
    use crate::archive::tests::{capture, moment, open};
    use crate::archive::{Earlier, Reader, verify};
    use crate::model::Capture;

    fn earlier(capture: &Capture) -> Earlier {
        let digest = body_digest(&capture.answer.body).unwrap();
        Earlier { url: capture.url.clone(), at: capture.at, digest }
    }

    #[test]
    fn a_payload_that_came_before_stands_once() {
        let dir = tempfile::tempdir().unwrap();
        let body = vec![b'x'; 5000];
        let (mut archive, _) = open(dir.path(), &BTreeMap::new());
        let first = capture(1, &body);
        let place = archive.append_capture(&first).unwrap();
        archive.sync().unwrap();
        let lengths = archive.lengths();
        // Another session, so another file.
        let (mut archive, _) = open(dir.path(), &lengths);
        let again = Capture { at: moment(9), ..capture(1, &body) };
        let second = archive.append_identical(&again, &earlier(&first), &place).unwrap();
        archive.sync().unwrap();
        assert_ne!(second.file, place.file);
        let reader = Reader::open(dir.path()).unwrap();
        assert_eq!(reader.capture(&second).unwrap(), again);
        assert_eq!(reader.original(&second).unwrap(), place);
        assert_eq!(reader.original(&place).unwrap(), place);
        assert_eq!(verify(dir.path(), None).unwrap().damage, []);
        let different = Capture { at: moment(10), ..capture(1, b"other") };
        assert!(archive.append_identical(&different, &earlier(&first), &place).is_err());
        fs::remove_file(dir.path().join(&place.file)).unwrap();
        assert!(reader.capture(&second).is_err());
        let damage = verify(dir.path(), None).unwrap().damage;
        assert!(damage[0].what.starts_with("its payload should stand at gongkai-"), "{damage:?}");
    }

    #[test]
    fn a_reference_leads_to_an_answer_in_the_folder_and_nowhere_else() {
        let dir = tempfile::tempdir().unwrap();
        let (mut archive, _) = open(dir.path(), &BTreeMap::new());
        let first = capture(1, b"payload");
        let place = archive.append_capture(&first).unwrap();
        let again = Capture { at: moment(9), ..first.clone() };
        let chained = archive.append_identical(&again, &earlier(&first), &place).unwrap();
        let mut refer =
            |place: Position| archive.append_identical(&again, &earlier(&first), &place).unwrap();
        let bad = [
            refer(chained),
            refer(Position { file: "../x.warc.gz".into(), offset: 0 }),
            refer(Position { file: place.file.clone(), offset: 0 }),
            refer(Position { file: place.file.clone(), offset: 1 << 40 }),
        ];
        archive.sync().unwrap();
        let reader = Reader::open(dir.path()).unwrap();
        for position in bad {
            assert!(reader.capture(&position).is_err(), "{position:?}");
        }
    }
}
