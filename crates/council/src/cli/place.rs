//! Where requests go: to a running server, or to the same routes in this process.

use super::Context;
use super::backend::Backend;
use super::client::{Client, refusal};
use crate::app::App;
use crate::exit::CommandError;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Method, Request};
use futures::StreamExt;
use futures::stream::BoxStream;
use serde_json::Value;
use std::io;
use std::time::Duration;
use tower::ServiceExt;

/// A body in pieces.
pub(super) type Pieces = BoxStream<'static, io::Result<Bytes>>;

/// Where requests go.
pub(super) enum Place {
    Server(Client),
    Process { app: Box<App>, router: Router },
}

impl Place {
    /// As for [`Backend::open`].
    pub(super) async fn open(url: Option<&str>, context: Context) -> Result<Self, CommandError> {
        match Backend::open(url, context).await? {
            Backend::Server(client) => Ok(Self::Server(client)),
            Backend::Process(app) => {
                let router = app.router()?;
                Ok(Self::Process { app, router })
            }
        }
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, CommandError> {
        self.json(Method::GET, path, None).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value, CommandError> {
        self.json(Method::POST, path, Some(body)).await
    }

    pub(super) async fn patch(&self, path: &str, body: &Value) -> Result<Value, CommandError> {
        self.json(Method::PATCH, path, Some(body)).await
    }

    pub(super) async fn delete(&self, path: &str) -> Result<Value, CommandError> {
        self.json(Method::DELETE, path, None).await
    }

    async fn json(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, CommandError> {
        let content = body.map(|body| {
            let body = Bytes::from(body.to_string());
            let pieces: Pieces = futures::stream::iter([Ok(body)]).boxed();
            ("application/json", pieces)
        });
        let mut pieces = self.stream(method, path, content).await?;
        let mut text = Vec::new();
        while let Some(piece) = pieces.next().await {
            text.extend_from_slice(&piece.map_err(|error| broken(&error))?);
        }
        serde_json::from_slice(&text)
            .map_err(|error| CommandError::failure(format!("the answer to {path} is not JSON: {error}")))
    }

    /// Sends a request; the body of a good answer comes as it is made.
    pub(super) async fn stream(
        &self,
        method: Method,
        path: &str,
        content: Option<(&'static str, Pieces)>,
    ) -> Result<Pieces, CommandError> {
        match self {
            Self::Server(client) => {
                let content = content.map(|(kind, body)| (kind, reqwest::Body::wrap_stream(body)));
                let response = client.send(method, path, content).await?;
                let pieces = response.into_stream();
                Ok(pieces
                    .map(|piece| piece.map(Bytes::from).map_err(io::Error::other))
                    .boxed())
            }
            Self::Process { router, .. } => call(router, method, path, content).await,
        }
    }

    /// Closes what was opened.
    pub(super) async fn close(self) {
        match self {
            Self::Server(_) => {}
            Self::Process { app, .. } => app.close(Duration::from_secs(2)).await,
        }
    }
}

/// Calls a route in this process.
async fn call(
    router: &Router,
    method: Method,
    path: &str,
    content: Option<(&'static str, Pieces)>,
) -> Result<Pieces, CommandError> {
    let mut request = Request::builder().method(method).uri(path);
    let mut body = Body::empty();
    if let Some((kind, pieces)) = content {
        request = request.header("content-type", kind);
        body = Body::from_stream(pieces);
    }
    let request = request.body(body);
    let request =
        request.map_err(|error| CommandError::failure(format!("cannot ask for {path}: {error}")))?;
    let response = match router.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let status = response.status();
    let pieces = response.into_body().into_data_stream();
    if status.is_success() {
        return Ok(pieces.map(|piece| piece.map_err(io::Error::other)).boxed());
    }
    let mut pieces = pieces;
    let mut text = Vec::new();
    while let Some(Ok(piece)) = pieces.next().await {
        text.extend_from_slice(&piece);
    }
    let otherwise = format!("{path} answered {status}");
    Err(refusal(
        status.as_u16(),
        &String::from_utf8_lossy(&text),
        otherwise,
    ))
}

/// An answer that broke off.
pub(super) fn broken(error: &io::Error) -> CommandError {
    CommandError::unavailable(format!("the answer broke off: {error}"))
}

/// A path of these segments and parameters, percent-encoded.
pub(super) fn path(segments: &[&str], parameters: &[(&str, String)]) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        encode(segment, &mut path);
    }
    for (place, (name, value)) in parameters.iter().enumerate() {
        path.push(if place == 0 { '?' } else { '&' });
        path.push_str(name);
        path.push('=');
        encode(value, &mut path);
    }
    path
}

/// Everything but the unreserved characters of RFC 3986 as `%XX`.
fn encode(text: &str, into: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.push('%');
            into.push(char::from(DIGITS[usize::from(byte >> 4)]));
            into.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}
