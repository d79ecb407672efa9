//! Accepts connections until told to stop.
//!
//! Not `axum::serve`, which sets no timer and therefore never gives up on a client that sends its headers one byte
//! a minute, and which cannot bound how long it waits for open streams when stopping.

mod places;

pub use places::ConnectionMetrics;
pub(crate) use places::Place;

use crate::extract::PeerAddr;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use places::{Places, Taken};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// How long a client that gets no place may take to send what it will be refused for.
const REFUSED_PATIENCE: Duration = Duration::from_secs(5);

/// How patient the server is.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// How long a client may take to send a request's headers, from connecting or from its last answer.
    pub header_timeout: Duration,
    /// How long open connections may go on after the shutdown began.
    pub shutdown_grace: Duration,
    /// Most open connections, WebSockets among them. One more is answered with 503 and closed.
    pub connections: usize,
    /// Counts them; `None`: they are not counted.
    pub metrics: Option<ConnectionMetrics>,
}

impl Default for ServeOptions {
    /// A minute for headers, 30 s of grace, 4,096 connections.
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_mins(1),
            shutdown_grace: Duration::from_secs(30),
            connections: 4_096,
            metrics: None,
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
    let places = Places::new(options.connections, options.metrics.clone());
    let full = places::full(options.connections);
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
        let (place, router, patience) = match places.take() {
            Taken::Place(place) => (place, router.clone(), options.header_timeout),
            Taken::Refusal(place) => (place, full.clone(), REFUSED_PATIENCE.min(options.header_timeout)),
            // Even to say no would cost what there is no more of.
            Taken::Nothing => continue,
        };
        let peer = Connected {
            peer: PeerAddr(peer),
            place: Arc::new(place),
        };
        let connection = connection(stream, peer, router, patience, finish.clone());
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

/// Whose connection it is, and the place that it has, which a WebSocket keeps after its request.
struct Connected {
    peer: PeerAddr,
    place: Arc<Place>,
}

/// Serves one connection to its end.
async fn connection(
    stream: TcpStream,
    connected: Connected,
    router: Router,
    header_timeout: Duration,
    finish: CancellationToken,
) {
    // Each token is a small write; Nagle's algorithm would hold it back until the last one is acknowledged.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection closed before it was served: {error}");
        return;
    }
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(connected.peer);
        request.extensions_mut().insert(Arc::clone(&connected.place));
        router.clone().oneshot(request)
    });
    let mut connection = pin!(
        hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(header_timeout)
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
