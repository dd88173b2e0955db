//! The text of an answer, made once for all who judge it.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::model::{Capture, DecodeError};
use crate::page::charset::{Decoded, decode};
use crate::page::tree::{Gate, Gated, parse};

/// An answer with its text and its tree, each made when it is first asked for: they cost as much as much of the judging.
pub struct AnswerText<'c> {
    capture: &'c Capture,
    read: OnceCell<Read>,
    tree: OnceCell<Gated>,
}

struct Read {
    decoded: Decoded,
    error: Option<DecodeError>,
    /// Bytes that were decoded.
    bytes: usize,
}

/// Longest page that is read, in bytes without content coding.
const LONGEST: usize = 8 << 20;

impl<'c> AnswerText<'c> {
    /// Of this answer; nothing is decoded yet.
    pub fn of(capture: &'c Capture) -> Self {
        Self { capture, read: OnceCell::new(), tree: OnceCell::new() }
    }

    /// The answer.
    pub fn capture(&self) -> &'c Capture {
        self.capture
    }

    /// The text, and what was wrong with the content coding; at most 8 MiB are read.
    pub fn decoded(&self) -> (&Decoded, Option<DecodeError>) {
        let read = self.read();
        (&read.decoded, read.error)
    }

    /// The text of an answer that has no more bytes than this without content coding; at most 8 MiB.
    pub fn within(&self, limit: usize) -> Option<&str> {
        let read = self.read();
        let is_whole = read.bytes <= limit && read.error != Some(DecodeError::TooLong);
        is_whole.then_some(&read.decoded.text)
    }

    /// The text of so many first bytes without content coding.
    pub fn up_to(&self, limit: usize) -> Cow<'_, str> {
        match self.within(limit) {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(read(self.capture, limit).decoded.text),
        }
    }

    /// The tree of the text, within the usual limits of a page.
    pub fn tree(&self) -> &Gated {
        self.tree.get_or_init(|| parse(&self.read().decoded.text, &Gate::default()))
    }

    fn read(&self) -> &Read {
        self.read.get_or_init(|| read(self.capture, LONGEST))
    }
}

fn read(capture: &Capture, limit: usize) -> Read {
    let (bytes, error) = capture.answer.decoded(limit);
    let decoded = decode(&bytes, capture.answer.headers.get("content-type"));
    Read { decoded, error, bytes: bytes.len() }
}
