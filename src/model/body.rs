//! The bytes of an answer, wherever they stand: in memory, or, when they are many, outside it.

use std::borrow::Cow;
use std::fmt::Debug;
use std::io::{self, BufRead, BufReader, Cursor, Read, Write};
use std::sync::Arc;

/// The payload of an answer. A long one is not held in memory, so it is read as a stream; cheap to clone then.
#[derive(Clone, Debug)]
pub struct Body(Bytes);

#[derive(Clone, Debug)]
enum Bytes {
    Held(Vec<u8>),
    /// What stands behind the first `from` bytes of something stored.
    Stored {
        whole: Arc<dyn Stored>,
        from: u64,
    },
}

/// Bytes that stand outside memory and do not change.
pub trait Stored: Debug + Send + Sync {
    /// How many there are.
    fn length(&self) -> u64;

    /// The first of them, which are held: at least [`START`], or all when there are fewer.
    fn start(&self) -> &[u8];

    /// Reads them from the beginning.
    fn open(&self) -> io::Result<Box<dyn Read + Send>>;
}

/// How many bytes of something stored are held at least: enough to see what kind of file it is.
pub const START: usize = 4 << 10;

/// Where bodies are put that are too long to be held while they arrive.
pub trait Spool: Debug + Send + Sync {
    /// Begins a body.
    fn begin(&self) -> io::Result<Box<dyn Spooling>>;
}

/// A body on its way out of memory; dropped before its end, it leaves nothing behind.
pub trait Spooling: Write + Send {
    /// The body, whole; its bytes are there as long as it, or a clone of it, is.
    fn finish(self: Box<Self>) -> io::Result<Body>;
}

impl Body {
    /// A body that stands outside memory.
    pub fn stored(whole: Arc<dyn Stored>) -> Self {
        Self(Bytes::Stored { whole, from: 0 })
    }

    /// How many bytes there are.
    pub fn len(&self) -> u64 {
        match &self.0 {
            Bytes::Held(bytes) => bytes.len() as u64,
            Bytes::Stored { whole, from } => whole.length().saturating_sub(*from),
        }
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the bytes stand in memory.
    pub fn is_held(&self) -> bool {
        matches!(self.0, Bytes::Held(_))
    }

    /// The first bytes, without reading: all of them when they are held, else some.
    pub fn start(&self) -> &[u8] {
        match &self.0 {
            Bytes::Held(bytes) => bytes,
            Bytes::Stored { whole, from } => {
                let from = usize::try_from(*from).unwrap_or(usize::MAX);
                whole.start().get(from..).unwrap_or_default()
            }
        }
    }

    /// Reads the bytes from this one on.
    pub fn open_at(&self, at: u64) -> io::Result<Box<dyn Read + Send + '_>> {
        match &self.0 {
            Bytes::Held(bytes) => {
                let at = usize::try_from(at).unwrap_or(usize::MAX);
                Ok(Box::new(Cursor::new(bytes.get(at..).unwrap_or_default())))
            }
            Bytes::Stored { whole, from } => open_behind(&**whole, from.saturating_add(at)),
        }
    }

    /// Writes all bytes.
    pub fn copy_to(&self, out: &mut impl Write) -> io::Result<()> {
        match &self.0 {
            Bytes::Held(bytes) => out.write_all(bytes),
            Bytes::Stored { .. } => {
                let copied = io::copy(&mut self.open_at(0)?, out)?;
                if copied == self.len() { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
            }
        }
    }

    /// The first bytes, at most `limit`, brought into memory where they are not.
    pub fn up_to(&self, limit: usize) -> io::Result<Cow<'_, [u8]>> {
        match &self.0 {
            Bytes::Held(bytes) => Ok(Cow::Borrowed(&bytes[..bytes.len().min(limit)])),
            Bytes::Stored { .. } => {
                let mut bytes = Vec::new();
                let limit = u64::try_from(limit).unwrap_or(u64::MAX);
                self.open_at(0)?.take(limit).read_to_end(&mut bytes)?;
                Ok(Cow::Owned(bytes))
            }
        }
    }

    /// All bytes in memory: for those who know that there are not too many.
    pub fn whole(&self) -> io::Result<Cow<'_, [u8]>> {
        self.up_to(usize::MAX)
    }

    /// What stands behind the first `count` bytes.
    #[must_use]
    pub fn after(self, count: u64) -> Self {
        Self(match self.0 {
            Bytes::Held(mut bytes) => {
                let at = usize::try_from(count).unwrap_or(usize::MAX).min(bytes.len());
                Bytes::Held(bytes.split_off(at))
            }
            Bytes::Stored { whole, from } => {
                Bytes::Stored { whole, from: from.saturating_add(count) }
            }
        })
    }

    /// These bytes with others before them.
    #[must_use]
    pub fn behind(&self, mut head: Vec<u8>) -> Self {
        let head_length = head.len();
        head.extend_from_slice(self.start());
        match &self.0 {
            Bytes::Held(_) => Self(Bytes::Held(head)),
            Bytes::Stored { whole, from } => {
                let (rest, from) = (Arc::clone(whole), *from);
                Self::stored(Arc::new(Joined { start: head, head_length, rest, from }))
            }
        }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Bytes::Held(bytes))
    }
}

impl From<&[u8]> for Body {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl<const N: usize> From<&[u8; N]> for Body {
    fn from(bytes: &[u8; N]) -> Self {
        bytes.to_vec().into()
    }
}

impl Default for Body {
    fn default() -> Self {
        Vec::new().into()
    }
}

/// Equal when all bytes are; bytes that cannot be read equal nothing.
impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Bytes::Held(one), Bytes::Held(another)) => one == another,
            _ => self.len() == other.len() && same_bytes(self, other).unwrap_or(false),
        }
    }
}

fn same_bytes(one: &Body, another: &Body) -> io::Result<bool> {
    let (mut one, mut another) =
        (BufReader::new(one.open_at(0)?), BufReader::new(another.open_at(0)?));
    loop {
        let (left, right) = (one.fill_buf()?, another.fill_buf()?);
        let length = left.len().min(right.len());
        if left[..length] != right[..length] || (length == 0 && left.len() != right.len()) {
            return Ok(false);
        }
        if length == 0 {
            return Ok(true);
        }
        one.consume(length);
        another.consume(length);
    }
}

/// Reads what stands behind the first `from` bytes.
fn open_behind(whole: &dyn Stored, from: u64) -> io::Result<Box<dyn Read + Send>> {
    let mut input = whole.open()?;
    io::copy(&mut input.by_ref().take(from), &mut io::sink())?;
    Ok(input)
}

/// A head in memory and the rest outside it.
#[derive(Debug)]
struct Joined {
    /// The head and the start of the rest.
    start: Vec<u8>,
    head_length: usize,
    rest: Arc<dyn Stored>,
    /// Where the rest begins.
    from: u64,
}

impl Stored for Joined {
    fn length(&self) -> u64 {
        self.rest.length().saturating_sub(self.from) + self.head_length as u64
    }

    fn start(&self) -> &[u8] {
        &self.start
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let head = Cursor::new(self.start[..self.head_length].to_vec());
        Ok(Box::new(head.chain(open_behind(&*self.rest, self.from)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that claim to stand elsewhere.
    #[derive(Debug)]
    struct Elsewhere(Vec<u8>, u64);

    impl Stored for Elsewhere {
        fn length(&self) -> u64 {
            self.1
        }

        fn start(&self) -> &[u8] {
            &self.0[..self.0.len().min(3)]
        }

        fn open(&self) -> io::Result<Box<dyn Read + Send>> {
            Ok(Box::new(Cursor::new(self.0.clone())))
        }
    }

    fn elsewhere(bytes: &[u8]) -> Body {
        Body::stored(Arc::new(Elsewhere(bytes.to_vec(), bytes.len() as u64)))
    }

    #[test]
    fn a_body_is_the_same_wherever_it_stands() {
        let (held, stored) = (Body::from(b"0123456789"), elsewhere(b"0123456789"));
        assert_eq!(held, stored);
        assert_ne!(held, elsewhere(b"0123456780"));
        assert_ne!(held, elsewhere(b"012345678"));
        for body in [held, stored] {
            let mut copy = Vec::new();
            body.copy_to(&mut copy).unwrap();
            assert_eq!((copy.as_slice(), body.len()), (&b"0123456789"[..], 10));
            assert_eq!(body.up_to(4).unwrap(), &b"0123"[..]);
            assert_eq!(body.whole().unwrap(), &b"0123456789"[..]);
            assert!(body.start().starts_with(b"012"));
            let joined = body.behind(b"head ".to_vec());
            assert_eq!(joined, Body::from(b"head 0123456789"));
            let after = joined.after(6);
            assert_eq!((after.len(), after.whole().unwrap().as_ref()), (9, &b"123456789"[..]));
            assert!(after.start().starts_with(b"12"));
            assert!(after.after(99).is_empty());
        }
    }

    #[test]
    fn a_store_that_lost_bytes_is_noticed() {
        let short = Body::stored(Arc::new(Elsewhere(b"0123".to_vec(), 9)));
        assert!(short.copy_to(&mut Vec::new()).is_err());
    }
}
