//! A request body as lines, one at a time.

use crate::error::{ApiError, Code};
use axum::body::{Body, BodyDataStream};
use bytes::{Buf, Bytes, BytesMut};
use futures::StreamExt;
use std::time::Duration;

/// Longest line, in bytes: the longest text with some hundred versions.
const MAX_LINE_BYTES: usize = 32 << 20;

/// The lines of a body. Holds one line and one piece of the body at a time.
pub(super) struct Lines {
    body: BodyDataStream,
    buffer: BytesMut,
    /// How much of the buffer has no line end.
    searched: usize,
    ended: bool,
    /// How long the client may take for the next piece.
    patience: Duration,
    /// Lines that were given out.
    pub(super) number: u64,
    /// Their bytes, line ends included.
    pub(super) bytes: u64,
}

impl Lines {
    pub(super) fn new(body: Body, patience: Duration) -> Self {
        Self {
            body: body.into_data_stream(),
            buffer: BytesMut::new(),
            searched: 0,
            ended: false,
            patience,
            number: 0,
            bytes: 0,
        }
    }

    /// The next line without its end; the last one may have none.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        loop {
            let end = self.buffer[self.searched..]
                .iter()
                .position(|&byte| byte == b'\n');
            if let Some(end) = end {
                let line = self.buffer.split_to(self.searched + end);
                self.buffer.advance(1);
                return Ok(Some(self.gives(line, 1)));
            }
            self.searched = self.buffer.len();
            if self.searched > MAX_LINE_BYTES {
                let message = format!("it has more than {MAX_LINE_BYTES} bytes; an export has no such line");
                return Err(ApiError::new(Code::BodyTooLarge, message));
            }
            if self.ended {
                let line = self.buffer.split();
                return Ok((!line.is_empty()).then(|| self.gives(line, 0)));
            }
            self.more().await?;
        }
    }

    fn gives(&mut self, line: BytesMut, end: u64) -> Bytes {
        self.searched = 0;
        self.number += 1;
        self.bytes += line.len() as u64 + end;
        line.freeze()
    }

    async fn more(&mut self) -> Result<(), ApiError> {
        match tokio::time::timeout(self.patience, self.body.next()).await {
            Ok(Some(Ok(piece))) => self.buffer.extend_from_slice(&piece),
            Ok(None) => self.ended = true,
            Ok(Some(Err(error))) => {
                let message = format!("the body could not be read: {error}");
                return Err(ApiError::new(Code::InvalidRequest, message));
            }
            Err(_) => {
                let seconds = self.patience.as_secs();
                let message = format!("nothing of the body arrived within {seconds} s");
                return Err(ApiError::new(Code::RequestTimeout, message));
            }
        }
        Ok(())
    }
}
