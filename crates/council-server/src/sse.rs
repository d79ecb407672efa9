//! Turns as server-sent events: framing, keep-alive, and the stream that ends with the turns.

use crate::error::ApiError;
use crate::extract::RequestId;
use crate::state::App;
use crate::turns::{Begun, TurnItem, Turns};
use axum::body::{Body, Bytes};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use bytes::{BufMut, BytesMut};
use council_agent::TurnEvent;
use futures::stream::{Stream, StreamExt};
use serde::Serialize;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// Frames that wait to be sent. Whatever gathers while the client is slow leaves in one write.
#[derive(Default)]
pub(crate) struct Frames(BytesMut);

impl Frames {
    /// Enough for one write; more waits until this is taken.
    const FULL_BYTES: usize = 16 << 10;

    /// A frame of JSON, which never contains a line break.
    pub(crate) fn json(&mut self, value: &impl Serialize) {
        self.0.extend_from_slice(b"data: ");
        // Writing to memory cannot fail, and the wire types have string keys only.
        let written = serde_json::to_writer((&mut self.0).writer(), value);
        debug_assert!(written.is_ok(), "wire types serialise");
        self.0.extend_from_slice(b"\n\n");
    }

    /// A frame of text; each of its lines becomes a `data:` line, which the client joins again.
    pub(crate) fn text(&mut self, text: &str) {
        // A lone CR ends a line in this format too.
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        for line in text.split('\n') {
            self.0.extend_from_slice(b"data: ");
            self.0.extend_from_slice(line.as_bytes());
            self.0.extend_from_slice(b"\n");
        }
        self.0.extend_from_slice(b"\n");
    }

    /// Takes what has gathered.
    pub(crate) fn take(&mut self) -> Bytes {
        self.0.split().freeze()
    }
}

/// How one API's clients want to hear of turns.
pub(crate) trait Encode: Send + Unpin + 'static {
    /// Something happened in turn `index`.
    fn event(&mut self, index: usize, event: TurnEvent, frames: &mut Frames);
    /// A turn failed; nothing follows.
    fn failed(&mut self, error: &ApiError, frames: &mut Frames);
    /// All turns are done; nothing follows.
    fn finished(&mut self, frames: &mut Frames);
}

/// The response that streams turns.
pub(crate) fn respond(app: &App, id: RequestId, begun: Begun, encoder: impl Encode) -> Response {
    let stream = Encoded {
        id,
        first: begun.first,
        turns: Some(begun.rest),
        encoder,
        frames: Frames::default(),
        keep_alive: KeepAlive::new(app.limits.keep_alive),
    };
    response(stream)
}

/// A response of frames.
pub(crate) fn response(stream: impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache"),
        // Asks nginx and its like not to hold tokens back.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(stream)).into_response()
}

/// Frames of JSON values for as long as `values` has any, with keep-alives.
pub(crate) fn values<T: Serialize + 'static>(
    values: impl Stream<Item = T> + Send + Unpin + 'static,
    keep_alive: Duration,
) -> Response {
    let frames = values.map(|value| {
        let mut frames = Frames::default();
        frames.json(&value);
        frames.take()
    });
    chunks(frames, keep_alive)
}

/// Frames that are made already, with keep-alives.
pub(crate) fn chunks(
    chunks: impl Stream<Item = Bytes> + Send + Unpin + 'static,
    keep_alive: Duration,
) -> Response {
    let state = (chunks, KeepAlive::new(keep_alive));
    response(futures::stream::unfold(
        state,
        |(mut chunks, mut keep_alive)| async move {
            let chunk = tokio::select! {
                biased;
                chunk = chunks.next() => chunk?,
                () = keep_alive.elapsed() => return Some((Ok(KeepAlive::FRAME), (chunks, keep_alive))),
            };
            keep_alive.touch();
            Some((Ok(chunk), (chunks, keep_alive)))
        },
    ))
}

/// Fires after a time of silence.
struct KeepAlive {
    every: Duration,
    last: Instant,
    timer: Pin<Box<Sleep>>,
}

impl KeepAlive {
    const FRAME: Bytes = Bytes::from_static(b": keep-alive\n\n");

    fn new(every: Duration) -> Self {
        Self {
            every,
            last: Instant::now(),
            timer: Box::pin(tokio::time::sleep(every)),
        }
    }

    /// Something was sent. Only notes the time; the timer is set anew when it fires, not for each token.
    fn touch(&mut self) {
        self.last = Instant::now();
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            futures::ready!(self.timer.as_mut().poll(context));
            let now = Instant::now();
            let due = self.last + self.every;
            if due <= now {
                self.last = now;
                self.timer.as_mut().reset(now + self.every);
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(due);
        }
    }

    async fn elapsed(&mut self) {
        std::future::poll_fn(|context| self.poll(context)).await;
    }
}

/// The encoded turns. Dropping it (the client went away) drops the turns, which cancels them.
struct Encoded<E> {
    id: RequestId,
    first: VecDeque<TurnItem>,
    /// `None` once nothing follows.
    turns: Option<Turns>,
    encoder: E,
    frames: Frames,
    keep_alive: KeepAlive,
}

impl<E: Encode> Encoded<E> {
    fn take(&mut self, item: Option<TurnItem>) {
        match item {
            Some((index, Ok(event))) => self.encoder.event(index, event, &mut self.frames),
            Some((_, Err(error))) => {
                error.log(self.id.as_str());
                self.encoder.failed(&error, &mut self.frames);
                self.turns = None;
            }
            None => {
                self.encoder.finished(&mut self.frames);
                self.turns = None;
            }
        }
    }
}

impl<E: Encode> Stream for Encoded<E> {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        while this.frames.0.len() < Frames::FULL_BYTES {
            let Some(turns) = this.turns.as_mut() else { break };
            let item = match this.first.pop_front() {
                Some(item) => Some(item),
                None => match turns.poll_next_unpin(context) {
                    Poll::Ready(item) => item,
                    Poll::Pending => break,
                },
            };
            this.take(item);
        }
        if !this.frames.0.is_empty() {
            this.keep_alive.touch();
            return Poll::Ready(Some(Ok(this.frames.take())));
        }
        if this.turns.is_none() {
            return Poll::Ready(None);
        }
        this.keep_alive.poll(context).map(|()| Some(Ok(KeepAlive::FRAME)))
    }
}

#[cfg(test)]
mod tests;
