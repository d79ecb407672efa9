//! Clients of HTTP that are bound to a purpose and to hosts. Each request passes the gate, and so does each hop of a
//! redirection: a client shows redirections and follows none.

use super::passage::Passing;
use super::resolve::{Led, Reaches, Resolver};
use super::{EgressGate, place_of, refused};
use council_core::egress::{Bound, Passage, Place, Refusal};
use council_core::{EgressId, EgressOutcome, EgressRefused, Origin};
use futures::{Stream, StreamExt, stream};
use http_body::{Frame, SizeHint};
use reqwest::header::HeaderMap;
use reqwest::{Request, StatusCode, Url};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

/// A client of HTTP. Clones share their connections.
#[derive(Clone)]
pub struct HttpClient {
    gate: EgressGate,
    bound: Arc<Bound>,
    sockets: Arc<Sockets>,
}

struct Sockets {
    /// By way of the proxy that the environment names, where it names one.
    usual: reqwest::Client,
    /// To this machine: a proxy is another one.
    direct: reqwest::Client,
    reaches: Reaches,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The gate did not let the request out.
    #[error(transparent)]
    Refused(#[from] EgressRefused),
    /// There was no connection, or it broke.
    #[error(transparent)]
    Http(#[from] reqwest::Error),
}

impl HttpError {
    /// The innermost cause, which says most; the outer ones repeat the URL.
    pub fn cause(&self) -> String {
        let mut cause: &dyn std::error::Error = self;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        cause.to_string()
    }

    /// Whether there was no connection.
    pub fn is_connect(&self) -> bool {
        match self {
            Self::Refused(_) => true,
            Self::Http(error) => error.is_connect(),
        }
    }
}

impl EgressGate {
    /// A client that goes nowhere but to what `bound` names. Connects to nothing yet; needs a process-wide TLS provider.
    ///
    /// # Errors
    /// When the system gives no client.
    pub fn client(&self, bound: Bound, connect_timeout: Duration) -> Result<HttpClient, HttpError> {
        let reaches = Reaches::default();
        let resolver = || Resolver {
            names: self.0.names.clone(),
            reaches: reaches.clone(),
        };
        let usual = builder(connect_timeout, resolver()).build()?;
        let direct = builder(connect_timeout, resolver()).no_proxy().build()?;
        Ok(HttpClient {
            gate: self.clone(),
            bound: Arc::new(bound),
            sockets: Arc::new(Sockets {
                usual,
                direct,
                reaches,
            }),
        })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that makes HTTP clients: all that they send passes the gate"
)]
fn builder(connect_timeout: Duration, resolver: Resolver) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(connect_timeout)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("council/", env!("CARGO_PKG_VERSION")))
        .dns_resolver(Arc::new(resolver))
}

impl HttpClient {
    /// The same client for other hosts.
    pub fn bound_to(&self, bound: Bound) -> Self {
        Self {
            bound: Arc::new(bound),
            ..self.clone()
        }
    }

    /// What it is bound to.
    pub fn bound(&self) -> &Bound {
        &self.bound
    }

    /// The gate that its requests pass.
    pub fn gate(&self) -> &EgressGate {
        &self.gate
    }

    /// Sends a request, once the gate has let it out and its line is written. Waits until the answer's head is there.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn send(&self, mut request: Request, origin: &Origin) -> Result<HttpResponse, HttpError> {
        let place = self.place(request.url())?;
        let passing = self.gate.pass(&place, &self.bound, origin).await?;
        // The rules are asked twice rather than trusted to be the same after the line was written.
        let reach = self.gate.judge(&place, &self.bound)?;
        self.sockets.reaches.set(&place.host, reach);
        let sockets = &self.sockets;
        let client = if place.is_loopback() {
            &sockets.direct
        } else {
            &sockets.usual
        };
        // A user name and password in the URL become a header here, which one of the request replaces.
        let mut builder = client
            .request(request.method().clone(), request.url().clone())
            .headers(std::mem::take(request.headers_mut()));
        if let Some(body) = request.body_mut().take() {
            builder = builder.body(reqwest::Body::wrap(Counted {
                body,
                passing: Arc::clone(&passing),
            }));
        }
        let answer = builder.send().await.map_err(|error| {
            if let Some(refusal @ (Refusal::Private { .. } | Refusal::Rebound { .. })) = led(&error) {
                let refused = refused(&place, &self.bound, refusal);
                passing.refuse(refused.label());
                self.gate.count(&refused);
                HttpError::Refused(refused)
            } else {
                passing.end(EgressOutcome::Failed);
                HttpError::Http(error)
            }
        })?;
        Ok(HttpResponse::new(answer, passing))
    }

    /// Writes a line in which several requests to a server are counted, such as looks at whether it is there.
    ///
    /// # Errors
    /// As for the requests.
    pub async fn begin(&self, url: &Url) -> Result<EgressId, EgressRefused> {
        let place = self.place(url)?;
        self.gate.judge(&place, &self.bound)?;
        self.gate.begin(&place, &self.bound, &Origin::default()).await
    }

    fn place(&self, url: &Url) -> Result<Place, EgressRefused> {
        place_of(url).ok_or_else(|| {
            let nowhere = Place::new("", 0);
            refused(
                &nowhere,
                &self.bound,
                Refusal::Unknown("the URL has no host".to_owned()),
            )
        })
    }

    /// [`send`](Self::send) of a request without a body.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn get(&self, url: Url, headers: HeaderMap) -> Result<HttpResponse, HttpError> {
        let mut request = Request::new(reqwest::Method::GET, url);
        *request.headers_mut() = headers;
        self.send(request, &Origin::default()).await
    }
}

/// Where the resolver said that a name leads, if that is why there is no connection.
fn led(error: &reqwest::Error) -> Option<Refusal> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if let Some(Led(refusal)) = inner.downcast_ref() {
            return Some(refusal.clone());
        }
        cause = inner.source();
    }
    None
}

/// A body that counts what is taken of it.
struct Counted {
    body: reqwest::Body,
    passing: Arc<Passing>,
}

impl http_body::Body for Counted {
    type Data = <reqwest::Body as http_body::Body>::Data;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
        {
            self.passing.sent(data.len() as u64);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer whose body is counted while it is read. Dropped before its end it was cancelled.
pub struct HttpResponse {
    inner: reqwest::Response,
    passing: Arc<Passing>,
}

impl HttpResponse {
    fn new(inner: reqwest::Response, passing: Arc<Passing>) -> Self {
        let response = Self { inner, passing };
        // Nobody reads what follows a redirection, or nothing.
        if response.status().is_redirection() || response.content_length() == Some(0) {
            response.finished();
        }
        response
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.inner.status()
    }

    /// Its headers.
    pub fn headers(&self) -> &HeaderMap {
        self.inner.headers()
    }

    /// How many bytes follow, where the server said so.
    pub fn content_length(&self) -> Option<u64> {
        self.inner.content_length()
    }

    /// The next piece of the body; `None` at its end.
    ///
    /// # Errors
    /// When the connection broke.
    pub async fn chunk(&mut self) -> Result<Option<impl AsRef<[u8]> + Send + use<>>, HttpError> {
        match self.inner.chunk().await {
            Ok(Some(piece)) => {
                self.passing.received(piece.len() as u64);
                Ok(Some(piece))
            }
            Ok(None) => {
                self.finished();
                Ok(None)
            }
            Err(error) => {
                self.passing.end(EgressOutcome::Failed);
                Err(error.into())
            }
        }
    }

    /// What was wanted of the body has come.
    pub fn finished(&self) {
        self.passing.end(EgressOutcome::Completed);
    }

    /// The whole body.
    ///
    /// # Errors
    /// When the connection broke.
    pub async fn bytes(mut self) -> Result<Vec<u8>, HttpError> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.chunk().await? {
            bytes.extend_from_slice(piece.as_ref());
        }
        Ok(bytes)
    }

    /// The body in pieces.
    pub fn into_stream(self) -> impl Stream<Item = Result<Vec<u8>, HttpError>> + Send {
        stream::unfold(Some(self), |state| async move {
            let mut response = state?;
            match response.chunk().await {
                Ok(Some(piece)) => Some((Ok(piece.as_ref().to_vec()), Some(response))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        })
        .boxed()
    }
}
