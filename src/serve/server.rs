//! The service on a socket.

use std::{future::Future, io, time::Duration};

use axum::Router;
use tokio::{net::TcpListener, select, sync::oneshot, time};

/// How long requests in flight may still take once the service stops.
const GRACE: Duration = Duration::from_secs(15);

/// Answers requests until `stop` completes, then finishes those in flight, for 15 seconds at most.
///
/// # Errors
/// When the socket fails for good.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stopping, is_stopping) = oneshot::channel();
    let stop = async move {
        stop.await;
        let _ = stopping.send(());
    };
    let too_long = async move {
        let _ = is_stopping.await;
        time::sleep(GRACE).await;
    };
    select! {
        served = axum::serve(listener, router).with_graceful_shutdown(stop) => served,
        () = too_long => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
        sync::Notify,
    };

    use super::*;

    #[tokio::test]
    async fn a_request_in_flight_is_answered_before_the_end() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, go_on) =
            (std::sync::Arc::new(Notify::new()), std::sync::Arc::new(Notify::new()));
        let handler = {
            let (asked, go_on) = (asked.clone(), go_on.clone());
            move || async move {
                asked.notify_one();
                go_on.notified().await;
                "answered"
            }
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let router = Router::new().route("/", get(handler));
        let served = tokio::spawn(serve(listener, router, async { stopped.await.unwrap() }));
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        asked.notified().await;
        stop.send(()).unwrap();
        go_on.notify_one();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("answered"), "{answer}");
        served.await.unwrap().unwrap();
    }
}
