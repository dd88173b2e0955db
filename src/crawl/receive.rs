//! A body while it arrives: held while it is short, else handed on to the spool piece by piece.

use std::io;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::model::{Body, Spool, Spooling};

/// A longer body is not held: so much of it, at most, stands in memory while it arrives and until it is archived.
/// Most pages are shorter.
pub(crate) const LONGEST_HELD: usize = 256 << 10;

/// What came so far.
pub(crate) struct Arriving {
    /// What is not handed on yet.
    held: Vec<u8>,
    length: u64,
    /// Without a spool everything is held.
    spool: Option<Arc<dyn Spool>>,
    out: Option<Box<dyn Spooling>>,
}

impl Arriving {
    pub(crate) fn new(spool: Option<Arc<dyn Spool>>) -> Self {
        Self { held: Vec::new(), length: 0, spool, out: None }
    }

    /// Bytes that came so far.
    pub(crate) fn len(&self) -> u64 {
        self.length
    }

    /// Takes the next piece. After an error the body is lost.
    pub(crate) async fn take(&mut self, piece: &[u8]) -> io::Result<()> {
        self.held.extend_from_slice(piece);
        self.length += piece.len() as u64;
        if self.held.len() > LONGEST_HELD { self.hand_on().await } else { Ok(()) }
    }

    /// The body as far as it came.
    pub(crate) async fn finish(mut self) -> io::Result<Body> {
        if self.out.is_some() {
            self.hand_on().await?;
        }
        match self.out {
            Some(out) => out.finish(),
            None => Ok(self.held.into()),
        }
    }

    /// Writes what is held beside the loop, so that a slow disk stops nobody else.
    async fn hand_on(&mut self) -> io::Result<()> {
        let Some(spool) = self.spool.clone() else { return Ok(()) };
        let (mut held, out) = (std::mem::take(&mut self.held), self.out.take());
        let writing = spawn_blocking(move || {
            let mut out = out.map_or_else(|| spool.begin(), Ok)?;
            out.write_all(&held)?;
            held.clear();
            Ok::<_, io::Error>((held, out))
        });
        let (held, out) = writing.await.map_err(io::Error::other)??;
        (self.held, self.out) = (held, Some(out));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Mutex;

    use super::*;
    use crate::archive::SpoolFolder;

    #[tokio::test]
    async fn short_bodies_are_held_and_long_ones_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let spool: Arc<dyn Spool> = Arc::new(SpoolFolder::open(dir.path()).unwrap());
        for (length, held) in [(0, true), (LONGEST_HELD, true), (LONGEST_HELD * 40 + 1, false)] {
            let bytes: Vec<u8> = (0..251_u8).cycle().take(length).collect();
            let mut arriving = Arriving::new(Some(Arc::clone(&spool)));
            for piece in bytes.chunks(10_000) {
                arriving.take(piece).await.unwrap();
                assert!(arriving.held.len() <= LONGEST_HELD + 10_000);
            }
            assert_eq!(arriving.len(), length as u64);
            let body = arriving.finish().await.unwrap();
            assert_eq!((body.is_held(), &body), (held, &Body::from(bytes)));
        }
    }

    /// A disk that takes a little and is full then.
    #[derive(Clone, Debug)]
    struct Full(Arc<Mutex<usize>>);

    impl Spool for Full {
        fn begin(&self) -> io::Result<Box<dyn Spooling>> {
            Ok(Box::new(self.clone()))
        }
    }

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut room = self.0.lock().unwrap();
            let taken = bytes.len().min(*room);
            *room -= taken;
            if taken == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(taken) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Spooling for Full {
        fn finish(self: Box<Self>) -> io::Result<Body> {
            Err(io::ErrorKind::StorageFull.into())
        }
    }

    #[tokio::test]
    async fn a_full_disk_is_an_error() {
        let mut arriving = Arriving::new(Some(Arc::new(Full(Arc::new(Mutex::new(300 << 10))))));
        arriving.take(&vec![0; LONGEST_HELD + 1]).await.unwrap();
        assert!(arriving.take(&vec![0; LONGEST_HELD + 1]).await.is_err());
    }
}
