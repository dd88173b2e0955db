//! Files that are sent while they are made: however long one is, little of it is in memory.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
    time,
};

use crate::serve::app::App;
use crate::serve::library::Library;
use crate::serve::problem::Problem;

/// Bytes that are sent at once, and how many such pieces may wait for the reader.
const PIECE: usize = 64 << 10;
const WAITING: usize = 4;
/// A reader that takes nothing for so long is given up: it keeps others from their files.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the reader's program is told of a file.
pub(crate) struct Download {
    pub(crate) media_type: &'static str,
    /// What it is saved as: letters, digits, `-` and `.`.
    pub(crate) name: String,
}

impl App {
    /// Sends a file. `prepare` may still refuse; what it gives is handed to `write`, whose output is sent as it comes.
    /// When `write` fails the connection is broken off, so that nobody takes half a file for a whole one.
    pub(crate) async fn download<T>(
        &self,
        file: Download,
        prepare: impl FnOnce(&dyn Library) -> Result<T, Problem> + Send + 'static,
        write: impl FnOnce(&dyn Library, T, &mut Pieces) -> anyhow::Result<()> + Send + 'static,
    ) -> Result<Response, Problem> {
        let (tell, told) = oneshot::channel();
        let (sender, mut receiver) = mpsc::channel(WAITING);
        let library = Arc::clone(&self.library);
        let exports = self.exports.clone();
        let running = tokio::spawn(async move {
            let make = move || {
                let prepared = match prepare(library.as_ref()) {
                    Ok(prepared) => prepared,
                    Err(problem) => return drop(tell.send(Err(problem))),
                };
                if tell.send(Ok(())).is_err() {
                    return;
                }
                let mut pieces = Pieces { sender, made: Vec::new(), runtime: Handle::current() };
                let written = write(library.as_ref(), prepared, &mut pieces);
                pieces.end(written);
            };
            exports.run(make).await
        });
        match told.await {
            Ok(Ok(())) => {}
            Ok(Err(problem)) => return Err(problem),
            // It never ran, or panicked.
            Err(_) => {
                return Err(match running.await {
                    Ok(Err(not_run)) => not_run.into(),
                    _ => Problem::internal(&anyhow::anyhow!("an export ended without a word")),
                });
            }
        }
        let headers = [
            (header::CONTENT_TYPE, file.media_type.to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name)),
        ];
        let body = Body::from_stream(stream::poll_fn(move |context| receiver.poll_recv(context)));
        Ok((headers, body).into_response())
    }
}

/// A writer whose output goes to the reader piece by piece; it waits for a slow one, within limits.
pub(crate) struct Pieces {
    sender: mpsc::Sender<io::Result<Bytes>>,
    made: Vec<u8>,
    runtime: Handle,
}

impl Pieces {
    fn send(&mut self) -> io::Result<()> {
        if self.made.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::take(&mut self.made));
        let sending = time::timeout(PATIENCE, self.sender.send(Ok(piece)));
        match self.runtime.block_on(sending) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "the reader went away")),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the reader takes nothing")),
        }
    }

    /// Sends what is left, or breaks off.
    fn end(mut self, written: anyhow::Result<()>) {
        let Err(error) = written.and_then(|()| Ok(self.send()?)) else { return };
        tracing::warn!(error = format!("{error:#}"), "an export broke off");
        let broken = io::Error::other("the export broke off");
        // Nobody may be there to hear it.
        let _ = self.runtime.block_on(time::timeout(PATIENCE, self.sender.send(Err(broken))));
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.made.extend_from_slice(bytes);
        if self.made.len() >= PIECE {
            self.send()?;
        }
        Ok(bytes.len())
    }

    /// Pieces are sent when they are large enough; small ones would only cost.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
