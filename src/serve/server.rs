//! The service on a socket.

use std::{future::Future, io};

use axum::Router;
use tokio::net::TcpListener;

/// Answers requests until `stop` completes, then finishes those in flight.
///
/// # Errors
/// When the socket fails for good.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}
