//! Downloads: from the hub and from plain URLs, resumed where they were cut.

use super::error::SourceError;
use super::job::{Fetched, Job};
use super::part::{Part, PartState};
use crate::catalog::is_sha256;
use crate::egress::{HttpClient, HttpError, HttpResponse, bound_to};
use council_core::egress::{Purpose, Standing};
use reqwest::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_RANGE, ETAG, HeaderMap, HeaderValue, IF_RANGE, LOCATION, RANGE,
    RETRY_AFTER,
};
use reqwest::{StatusCode, Url};
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Longest wait for a connection. A machine without access to the hub falls to the next source after this.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Most redirects that are followed; the hub needs two.
const MAX_REDIRECTS: usize = 10;
/// Pieces of the body that wait to be written.
const WRITE_QUEUE: usize = 16;
/// Longest pause that a server can ask for.
const MAX_PAUSE: Duration = Duration::from_mins(1);

pub(super) fn parse_url(url: &str) -> Result<Url, SourceError> {
    Url::parse(url).map_err(|error| SourceError::Failed(format!("`{url}` is no URL: {error}")))
}

/// Where the hub has a file.
pub(super) fn hub_url(base: &str, repo: &str, file: &str, revision: &str) -> Result<Url, SourceError> {
    let mut url = parse_url(base)?;
    url.path_segments_mut()
        .map_err(|()| SourceError::Failed(format!("`{base}` cannot have a path")))?
        .pop_if_empty()
        .extend(repo.split('/'))
        .push("resolve")
        .push(revision)
        .extend(file.split('/'));
    Ok(url)
}

/// Downloads into the part file; takes it up again where it was cut.
pub(super) async fn fetch(url: &Url, origin: &str, job: &mut Job<'_>) -> Result<Fetched, SourceError> {
    let mut pause = job.options.retry_pause;
    let mut tries_left = job.options.retries;
    let mut doubted = false;
    loop {
        let attempt = attempt(url, origin, job).await;
        let (error, wait) = match attempt {
            Ok(fetched) => return Ok(fetched),
            Err(Attempt::Over(error)) => return Err(error),
            // A part of an earlier day may have been wrong from the start: once more from nothing.
            Err(Attempt::WrongHash(error)) if doubted => return Err(error),
            Err(Attempt::WrongHash(_)) => {
                doubted = true;
                continue;
            }
            Err(Attempt::Cut { error, wait }) => (error, wait),
        };
        if tries_left == 0 {
            return Err(SourceError::Failed(error));
        }
        tries_left -= 1;
        tracing::info!(id = job.id, %error, tries_left, "a download was cut and is taken up again");
        let wait = wait.unwrap_or(pause).min(MAX_PAUSE);
        pause *= 2;
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = job.cancel.cancelled() => return Err(job.cancelled().into()),
        }
    }
}

/// Why one attempt did not end with a file.
enum Attempt {
    /// Trying again makes no sense.
    Over(SourceError),
    /// Trying again may help.
    Cut { error: String, wait: Option<Duration> },
    /// The resumed file has the wrong hash.
    WrongHash(SourceError),
}

impl From<SourceError> for Attempt {
    fn from(error: SourceError) -> Self {
        Self::Over(error)
    }
}

fn cut(error: impl Into<String>) -> Attempt {
    Attempt::Cut {
        error: error.into(),
        wait: None,
    }
}

fn failed(error: impl Into<String>) -> Attempt {
    Attempt::Over(SourceError::Failed(error.into()))
}

/// The server's answer to a request, after redirects.
struct Answer {
    response: HttpResponse,
    /// The content's hash, from the hub.
    hash: Option<String>,
    /// Whether the request asked for a part only.
    ranged: bool,
}

/// What there is to continue from.
#[derive(Clone, Debug)]
struct Resume {
    from: u64,
    version: Option<String>,
}

async fn attempt(url: &Url, origin: &str, job: &mut Job<'_>) -> Result<Fetched, Attempt> {
    let resume = job
        .unfinished(origin)
        .map(|(state, from)| Resume {
            from,
            version: state.version,
        })
        // Without a name for the version and without a hash to check at the end, two files could be mixed.
        .filter(|resume| resume.from > 0 && (resume.version.is_some() || job.sha256.is_some()));
    let answer = request(url, resume.as_ref(), job).await?;
    let status = answer.response.status();
    let (keep, total) = match (status, &resume) {
        (StatusCode::OK, _) => (0, answer.response.content_length()),
        (StatusCode::PARTIAL_CONTENT, Some(resume)) if answer.ranged => {
            match content_range(answer.response.headers()) {
                Some((start, total)) if start == resume.from => (start, total),
                _ => {
                    job.discard();
                    return Err(cut("the server continued at another place than it was asked to"));
                }
            }
        }
        (StatusCode::RANGE_NOT_SATISFIABLE, Some(resume)) => {
            if total_of_range(answer.response.headers()) == Some(resume.from) {
                return finish_complete(resume.from, answer.hash.as_deref(), job).await;
            }
            job.discard();
            return Err(cut("what was downloaded is longer than the server's file"));
        }
        _ => return Err(refused(status, answer.response.headers())),
    };
    if let (Some(expected), Some(total)) = (job.size_bytes, total)
        && expected != total
    {
        return Err(failed(format!(
            "the server's file has {total} bytes, and the catalog's has {expected}"
        )));
    }
    let total = total.or(job.size_bytes);
    job.check_room(total.unwrap_or(0).saturating_sub(keep))
        .map_err(SourceError::from)?;

    let shown = Arc::new(AtomicU64::new(0));
    let part = job.open_part(keep, &shown).await?;
    let version = answer
        .hash
        .clone()
        .or_else(|| strong_etag(answer.response.headers()));
    job.write_state(&PartState {
        origin: origin.to_owned(),
        version,
        borders: Vec::new(),
    })?;
    let part = copy_body(answer.response, part, total, job).await?;
    finish(part, total, keep > 0, answer.hash.as_deref(), job).await
}

/// Sends the request and follows redirects. The token goes to the hub only, the range to all.
async fn request(url: &Url, resume: Option<&Resume>, job: &mut Job<'_>) -> Result<Answer, Attempt> {
    let hub = Url::parse(&job.options.hub_base).ok();
    // A redirection leads to hosts that the catalog or the user named, and nowhere else.
    let client = client(&job.options.client, url);
    let mut url = url.clone();
    let mut hash: Option<String> = None;
    let mut range = resume.cloned();
    for _ in 0..=MAX_REDIRECTS {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if let Some(token) = &job.options.hub_token
            && hub.as_ref().is_some_and(|hub| hub.origin() == url.origin())
        {
            headers.insert(AUTHORIZATION, bearer(token.expose())?);
        }
        if let Some(resume) = &range {
            headers.insert(RANGE, header(&format!("bytes={}-", resume.from))?);
            // A hash names the content itself; only a server's own name needs its judgement.
            if let Some(version) = resume.version.as_ref().filter(|version| !is_sha256(version)) {
                headers.insert(IF_RANGE, header(version)?);
            }
        }
        let patience = job.options.stall_timeout.max(CONNECT_TIMEOUT);
        let sent = tokio::select! {
            sent = timeout(patience, client.get(url.clone(), headers)) => sent,
            () = job.cancel.cancelled() => return Err(job.cancelled_attempt()),
        };
        let response = match sent {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(unreachable(&url, &error)),
            Err(_) => return Err(failed(format!("{} did not answer", host(&url)))),
        };
        if hash.is_none() {
            hash = linked_hash(response.headers());
            // The file on the hub is another one than the part is of.
            if hash.is_some() && range.as_ref().is_some_and(|resume| resume.version != hash) {
                range = None;
                if !response.status().is_redirection() {
                    continue;
                }
            }
        }
        if !response.status().is_redirection() {
            return Ok(Answer {
                response,
                hash,
                ranged: range.is_some(),
            });
        }
        let next = response
            .headers()
            .get(LOCATION)
            .and_then(|location| location.to_str().ok());
        url = next
            .and_then(|next| url.join(next).ok())
            .filter(|next| matches!(next.scheme(), "https" | "http"))
            .ok_or_else(|| failed(format!("{} redirects to nowhere", host(&url))))?;
    }
    Err(failed(format!("{} redirects in a circle", host(&url))))
}

/// Writes the body while it arrives; hashing and writing happen on another thread.
async fn copy_body(
    mut response: HttpResponse,
    part: Part,
    total: Option<u64>,
    job: &mut Job<'_>,
) -> Result<Part, Attempt> {
    let mut arrived = part.length();
    let (sender, receiver) = mpsc::channel(WRITE_QUEUE);
    let writer = tokio::task::spawn_blocking(move || write_pieces(receiver, part));
    job.progress(arrived, total);
    let outcome = loop {
        let piece = tokio::select! {
            piece = timeout(job.options.stall_timeout, response.chunk()) => piece,
            () = job.cancel.cancelled() => break Err(job.cancelled_attempt()),
        };
        match piece {
            Ok(Ok(Some(piece))) => {
                arrived += piece.as_ref().len() as u64;
                if total.is_some_and(|total| arrived > total) {
                    break Err(failed("the server sends more than it said"));
                }
                // The writer is gone only after an error, which it reports below.
                if sender.send(piece).await.is_err() {
                    break Ok(());
                }
                job.progress(arrived, total);
            }
            Ok(Ok(None)) => break Ok(()),
            Ok(Err(error)) => break Err(cut(format!("the connection was cut: {}", error.cause()))),
            Err(_) => {
                let silence = job.options.stall_timeout.as_secs();
                break Err(cut(format!("nothing arrived for {silence} s")));
            }
        }
    };
    drop(sender);
    let written = writer.await.unwrap_or_else(|error| Err(error.into()));
    let part = written.map_err(|error| job.local(error))?;
    outcome.map(|()| part)
}

/// Writes until the sender is gone. Blocks.
fn write_pieces<T: AsRef<[u8]>>(mut pieces: mpsc::Receiver<T>, mut part: Part) -> io::Result<Part> {
    while let Some(piece) = pieces.blocking_recv() {
        part.append(piece.as_ref())?;
    }
    Ok(part)
}

/// Checks length and hash of what arrived.
async fn finish(
    part: Part,
    total: Option<u64>,
    resumed: bool,
    hash: Option<&str>,
    job: &mut Job<'_>,
) -> Result<Fetched, Attempt> {
    let size_bytes = part.length();
    if let Some(total) = total
        && size_bytes < total
    {
        return Err(cut(format!(
            "the connection was cut at {size_bytes} of {total} bytes"
        )));
    }
    let shown = Arc::new(AtomicU64::new(size_bytes));
    let sha256 = job
        .blocking(total, &shown, move || part.finish())
        .await
        .map_err(|error| job.local(error))?;
    match job.check_hash(&sha256, hash) {
        Ok(verified_by) => Ok(Fetched {
            sha256,
            size_bytes,
            verified_by,
        }),
        Err(error) if resumed => Err(Attempt::WrongHash(error)),
        Err(error) => Err(Attempt::Over(error)),
    }
}

/// The part had been complete when the last pull was stopped.
async fn finish_complete(size_bytes: u64, hash: Option<&str>, job: &mut Job<'_>) -> Result<Fetched, Attempt> {
    let shown = Arc::new(AtomicU64::new(0));
    let part = job.open_part(size_bytes, &shown).await?;
    finish(part, Some(size_bytes), true, hash, job).await
}

/// What an answer that is no file means.
fn refused(status: StatusCode, headers: &HeaderMap) -> Attempt {
    let reason = status.canonical_reason().unwrap_or("unknown");
    let error = format!("the server answered {} {reason}", status.as_u16());
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => failed(format!(
            "{error}: the file is not there or not public; for a gated model accept its terms on the hub and set a token"
        )),
        StatusCode::NOT_FOUND | StatusCode::GONE => failed(format!("{error}: the file is not there")),
        StatusCode::TOO_MANY_REQUESTS => {
            let seconds = headers
                .get(RETRY_AFTER)
                .and_then(|value| value.to_str().ok()?.trim().parse().ok());
            Attempt::Cut {
                error,
                wait: seconds.map(Duration::from_secs),
            }
        }
        status if status.is_server_error() => cut(error),
        _ => failed(error),
    }
}

/// A connection that could not be made is not tried again: the next source is nearer.
fn unreachable(url: &Url, error: &HttpError) -> Attempt {
    if let HttpError::Refused(refused) = error {
        return failed(refused.to_string());
    }
    let cause = error.cause();
    if error.is_connect() {
        failed(format!(
            "cannot connect to {}: {cause}; check the network or the proxy, or pull a file from this machine by its path",
            host(url)
        ))
    } else {
        cut(format!("{} did not answer: {cause}", host(url)))
    }
}

/// A client for what this URL names.
fn client(client: &HttpClient, url: &Url) -> HttpClient {
    client.bound_to(bound_to(Purpose::Pull, url.as_str(), Standing::Foreign))
}

fn bearer(token: &str) -> Result<HeaderValue, Attempt> {
    let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
        .map_err(|_| failed("the hub's token has characters that no header can carry; set it anew"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn header(value: &str) -> Result<HeaderValue, Attempt> {
    HeaderValue::from_str(value)
        .map_err(|_| failed("the server named its file in a way that no header can carry"))
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or("the server")
}

/// The hash of the content in the hub's answer, for files that it keeps in large-file storage.
fn linked_hash(headers: &HeaderMap) -> Option<String> {
    let text = headers.get("x-linked-etag")?.to_str().ok()?;
    let hash = text
        .trim_start_matches("W/")
        .trim_matches('"')
        .to_ascii_lowercase();
    is_sha256(&hash).then_some(hash)
}

/// An `ETag` that vouches for every byte.
fn strong_etag(headers: &HeaderMap) -> Option<String> {
    let text = text(headers.get(ETAG))?;
    (text.starts_with('"') && text.len() > 2).then(|| text.to_owned())
}

/// Start and total of `bytes start-end/total`.
fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let (range, total) = text(headers.get(CONTENT_RANGE))?
        .strip_prefix("bytes ")?
        .split_once('/')?;
    let (start, _) = range.split_once('-')?;
    Some((start.parse().ok()?, total.parse().ok()))
}

/// Total of `bytes */total`.
fn total_of_range(headers: &HeaderMap) -> Option<u64> {
    text(headers.get(CONTENT_RANGE))?
        .strip_prefix("bytes */")?
        .parse()
        .ok()
}

fn text(value: Option<&HeaderValue>) -> Option<&str> {
    value?.to_str().ok()
}

impl Job<'_> {
    fn cancelled_attempt(&self) -> Attempt {
        Attempt::Over(self.cancelled().into())
    }
}
