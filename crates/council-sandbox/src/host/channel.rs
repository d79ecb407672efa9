//! The way to pid 1 of a box. What comes back may be what a hostile program made of it.

use super::helper::cannot_isolate;
use crate::frame::{self, CHUNK, Frame, HEADER, Kind};
use crate::order::{Guest, Ready, RunOrder, SetupFailure};
use council_core::sandbox::{InputFile, SandboxError};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

/// A box that is not ready in this time will not be: an interpreter that imports a great deal takes seconds when files
/// come from a cold disk.
const READY: Duration = Duration::from_secs(30);

/// A living box. Dropping it ends everything in it.
pub(super) struct Channel {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    /// A frame that is not whole yet, so that a read may be given up and taken up again.
    partial: Vec<u8>,
}

fn lost(error: impl std::fmt::Display) -> SandboxError {
    SandboxError::Internal(format!("a box ended: {error}"))
}

impl Channel {
    pub(super) fn new(stream: UnixStream) -> Self {
        let (reader, writer) = stream.into_split();
        Self {
            reader: BufReader::with_capacity(CHUNK, reader),
            writer,
            partial: Vec::new(),
        }
    }

    /// Tells a helper in a box that somebody else made what box it is in.
    ///
    /// # Errors
    /// As the socket.
    pub(super) async fn begin(&mut self, guest: &Guest) -> io::Result<()> {
        self.send(Kind::Begin, &serde_json::to_vec(guest)?).await
    }

    /// Whether it has not ended while nothing was asked of it.
    pub(super) fn is_alive(&self) -> bool {
        // It says nothing before it is asked, so that what can be read is its end.
        let read = self.reader.get_ref().as_ref().try_read(&mut [0]);
        matches!(read, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }

    /// Waits until a program can run.
    ///
    /// # Errors
    /// [`SandboxError::CannotIsolate`] where a layer could not be put up.
    pub(super) async fn ready(&mut self) -> Result<(), SandboxError> {
        let frame = tokio::time::timeout(READY, self.next())
            .await
            .map_err(|_| lost("it was not ready in time"))?
            .map_err(lost)?;
        match frame {
            Some(Frame {
                kind: Kind::Ready,
                body,
            }) => serde_json::from_slice::<Ready>(&body).map(drop).map_err(lost),
            Some(Frame {
                kind: Kind::Failed,
                body,
            }) => Err(serde_json::from_slice::<SetupFailure>(&body).map_or_else(lost, cannot_isolate)),
            Some(_) => Err(lost("it spoke out of turn")),
            None => Err(lost("it was never ready; the log says why")),
        }
    }

    /// Gives it a program and starts it.
    ///
    /// # Errors
    /// When the box is gone.
    pub(super) async fn start(
        &mut self,
        source: &[u8],
        stdin: &[u8],
        files: &[InputFile],
        order: &RunOrder,
    ) -> io::Result<()> {
        for InputFile { name, content } in files {
            let mut pieces = content.chunks(CHUNK);
            let mut piece = pieces.next().or(Some(&[]));
            while let Some(bytes) = piece {
                let length = u16::try_from(name.len()).map_err(io::Error::other)?;
                let body = [&length.to_le_bytes(), name.as_bytes(), bytes].concat();
                self.send(Kind::File, &body).await?;
                piece = pieces.next();
            }
        }
        for (kind, bytes) in [(Kind::Stdin, stdin), (Kind::Source, source)] {
            for piece in bytes.chunks(CHUNK) {
                self.send(kind, piece).await?;
            }
        }
        let order = serde_json::to_vec(order)?;
        self.send(Kind::Run, &order).await
    }

    /// Asks the program to stop.
    ///
    /// # Errors
    /// When the box is gone.
    pub(super) async fn interrupt(&mut self) -> io::Result<()> {
        self.send(Kind::Interrupt, &[]).await
    }

    async fn send(&mut self, kind: Kind, body: &[u8]) -> io::Result<()> {
        self.writer.write_all(&frame::encode(kind, body)).await
    }

    /// The next frame; `None` when the box has ended. Cancel safe.
    ///
    /// # Errors
    /// As the socket; `InvalidData` for what is no frame.
    pub(super) async fn next(&mut self) -> io::Result<Option<Frame>> {
        loop {
            let wanted = match self.partial.first_chunk::<HEADER>() {
                None => HEADER,
                Some(&bytes) => {
                    let (kind, length) = frame::header(bytes)?;
                    if self.partial.len() == HEADER + length {
                        let body = self.partial.split_off(HEADER);
                        self.partial.clear();
                        return Ok(Some(Frame { kind, body }));
                    }
                    HEADER + length
                }
            };
            let missing = wanted - self.partial.len();
            let before = self.partial.len();
            let mut limited = (&mut self.reader).take(missing as u64);
            if limited.read_buf(&mut self.partial).await? == 0 {
                return if before == 0 {
                    Ok(None)
                } else {
                    Err(io::ErrorKind::UnexpectedEof.into())
                };
            }
        }
    }
}
