//! Accepts connections until told to stop.
//!
//! Not `axum::serve`, which sets no timer and therefore never gives up on a client that sends its headers one byte
//! a minute, and which cannot bound how long it waits for open streams when stopping.

use crate::extract::PeerAddr;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::io;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// How patient the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServeOptions {
    /// How long a client may take to send a request's headers, from connecting or from its last answer.
    pub header_timeout: Duration,
    /// How long open connections may go on after the shutdown began.
    pub shutdown_grace: Duration,
}

impl Default for ServeOptions {
    /// A minute for headers, 30 s of grace.
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_mins(1),
            shutdown_grace: Duration::from_secs(30),
        }
    }
}

/// Serves with default options until `shutdown` resolves and the open connections have ended.
///
/// # Errors
/// When the listener has no address, that is, never accepted a connection.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    serve_with(listener, router, shutdown, ServeOptions::default()).await
}

/// Serves until `shutdown` resolves, then waits for open connections, at most for the grace.
///
/// # Errors
/// When the listener has no address, that is, never accepted a connection.
pub async fn serve_with(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send,
    options: ServeOptions,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let connections = TaskTracker::new();
    let finish = CancellationToken::new();
    let abort = CancellationToken::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let (stream, peer) = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    pause_after(&error).await;
                    continue;
                }
            },
        };
        let connection = connection(stream, PeerAddr(peer), router.clone(), options, finish.clone());
        connections.spawn(abort.clone().run_until_cancelled_owned(connection));
    }
    drop(listener);
    finish.cancel();
    connections.close();
    tracing::info!(%address, "no longer listening on {address}; {} connections are open", connections.len());
    if tokio::time::timeout(options.shutdown_grace, connections.wait())
        .await
        .is_err()
    {
        tracing::warn!(
            "{} connections were still open after the grace and are closed",
            connections.len()
        );
        abort.cancel();
        connections.wait().await;
    }
    Ok(())
}

/// Serves one connection to its end.
async fn connection(
    stream: TcpStream,
    peer: PeerAddr,
    router: Router,
    options: ServeOptions,
    finish: CancellationToken,
) {
    // Each token is a small write; Nagle's algorithm would hold it back until the last one is acknowledged.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection closed before it was served: {error}");
        return;
    }
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer);
        router.clone().oneshot(request)
    });
    let mut connection = pin!(
        hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(options.header_timeout)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades()
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = finish.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early: {error}");
    }
}

/// After an error of one connection the next may be fine; after one of the process (no file descriptors left)
/// trying again at once would only burn the CPU.
async fn pause_after(error: &io::Error) {
    let of_connection = matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    );
    if !of_connection {
        tracing::error!(%error, "could not accept a connection: {error}; trying again in a second");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
