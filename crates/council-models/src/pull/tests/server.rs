//! A file server with ranges that can be told to fail.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::stream::{self, StreamExt};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// What the server does with the next request for the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Sends this many bytes and cuts the connection.
    Cut(usize),
    /// Sends this many bytes and then nothing more.
    Hang(usize),
    /// Answers with this status.
    Refuse(StatusCode),
}

/// A request as it arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) range: Option<String>,
    pub(crate) if_range: Option<String>,
    pub(crate) authorization: Option<String>,
}

#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) content: Mutex<Vec<u8>>,
    pub(crate) etag: Mutex<Option<&'static str>>,
    /// Where the hub's answer leads; another server's address, or empty for this one.
    pub(crate) storage: Mutex<String>,
    /// What the hub says that the hash is.
    pub(crate) linked_etag: Mutex<Option<String>>,
    pub(crate) next: Mutex<VecDeque<Then>>,
    pub(crate) requests: Mutex<Vec<Request>>,
}

/// A running server; it ends when this is dropped.
pub(crate) struct Server {
    pub(crate) base: String,
    pub(crate) shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

impl Server {
    pub(crate) async fn start(content: Vec<u8>) -> Self {
        let shared = Arc::new(Shared {
            content: Mutex::new(content),
            ..Shared::default()
        });
        let app = Router::new()
            .route("/file/{name}", get(file))
            .route("/{owner}/{repo}/resolve/{revision}/{*file}", get(hub))
            .with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            base,
            shared,
            _tasks: tasks,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/file/tiny.gguf", self.base)
    }

    pub(crate) fn then(&self, next: impl IntoIterator<Item = Then>) {
        self.shared.next.lock().unwrap().extend(next);
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    pub(crate) fn ranges(&self) -> Vec<Option<String>> {
        self.requests().into_iter().map(|request| request.range).collect()
    }
}

fn record(shared: &Shared, path: String, headers: &HeaderMap) -> Request {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let request = Request {
        path,
        range: text(header::RANGE),
        if_range: text(header::IF_RANGE),
        authorization: text(header::AUTHORIZATION),
    };
    shared.requests.lock().unwrap().push(request.clone());
    request
}

async fn hub(
    State(shared): State<Arc<Shared>>,
    Path((owner, repo, revision, file)): Path<(String, String, String, String)>,
    headers: HeaderMap,
) -> Response {
    record(
        &shared,
        format!("/{owner}/{repo}/resolve/{revision}/{file}"),
        &headers,
    );
    if file == "private.gguf" {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let storage = shared.storage.lock().unwrap().clone();
    let mut answer = (
        StatusCode::FOUND,
        [(header::LOCATION, format!("{storage}/file/blob"))],
    )
        .into_response();
    if let Some(etag) = &*shared.linked_etag.lock().unwrap() {
        answer
            .headers_mut()
            .insert("x-linked-etag", format!("\"{etag}\"").parse().unwrap());
    }
    answer
}

async fn file(State(shared): State<Arc<Shared>>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let request = record(&shared, format!("/file/{name}"), &headers);
    if name == "missing.gguf" {
        return StatusCode::NOT_FOUND.into_response();
    }
    let then = shared.next.lock().unwrap().pop_front();
    if let Some(Then::Refuse(status)) = then {
        return status.into_response();
    }
    let content = shared.content.lock().unwrap().clone();
    let etag = *shared.etag.lock().unwrap();
    let same = request
        .if_range
        .as_deref()
        .is_none_or(|version| Some(version) == etag);
    let start = request.range.filter(|_| same).map(|range| {
        range
            .strip_prefix("bytes=")
            .unwrap()
            .strip_suffix('-')
            .unwrap()
            .parse::<usize>()
            .unwrap()
    });
    let total = content.len();
    let mut response = Response::builder();
    if let Some(etag) = etag {
        response = response.header(header::ETAG, etag);
    }
    let rest = match start {
        Some(start) if start >= total => {
            return response
                .status(StatusCode::RANGE_NOT_SATISFIABLE)
                .header(header::CONTENT_RANGE, format!("bytes */{total}"))
                .body(Body::empty())
                .unwrap();
        }
        Some(start) => {
            response = response.status(StatusCode::PARTIAL_CONTENT).header(
                header::CONTENT_RANGE,
                format!("bytes {start}-{}/{total}", total - 1),
            );
            content[start..].to_vec()
        }
        None => content,
    };
    response
        .header(header::CONTENT_LENGTH, rest.len())
        .body(body(rest, then))
        .unwrap()
}

fn body(rest: Vec<u8>, then: Option<Then>) -> Body {
    let piece = |length: usize| {
        let piece = Bytes::copy_from_slice(&rest[..length]);
        stream::once(async move { Ok::<_, std::io::Error>(piece) })
    };
    match then {
        None | Some(Then::Refuse(_)) => Body::from(rest),
        Some(Then::Cut(length)) => {
            let end = stream::once(async {
                // Let the piece go out before the connection is cut.
                tokio::task::yield_now().await;
                Err(std::io::Error::other("cut"))
            });
            Body::from_stream(piece(length).chain(end))
        }
        Some(Then::Hang(length)) => Body::from_stream(piece(length).chain(stream::pending())),
    }
}
