//! Frames between the host and pid 1 of a box: a kind, a length, that many bytes.

use std::io::{self, Read, Write};

/// No frame is longer, in bytes: a source of 2 MB of which every character is escaped.
pub(crate) const MAX_FRAME: usize = 16 << 20;

/// Bytes of output or of a file in one frame.
pub(crate) const CHUNK: usize = 64 << 10;

/// What a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    // To the box.
    /// A file: length of the name as u16, the name, a piece of its content; the first piece makes the file.
    File = 1,
    /// A piece of standard input.
    Stdin = 2,
    /// What the runner is given, or the script of a plain program.
    Source = 3,
    /// `RunOrder` as JSON: start.
    Run = 4,
    /// Send an interrupt to the program.
    Interrupt = 5,
    /// `Guest` as JSON: first, to a helper in a box that somebody else made.
    Begin = 6,
    // From the box.
    /// `SetupFailure` as JSON; nothing follows.
    Failed = 64,
    /// It can run a program; JSON of `Ready`.
    Ready = 65,
    /// A piece of standard output.
    Stdout = 66,
    /// A piece of standard error.
    Stderr = 67,
    /// `FileHeader` as JSON; its content follows.
    Artifact = 68,
    /// A piece of the file before.
    Data = 69,
    /// `Ending` as JSON.
    Ended = 70,
}

impl Kind {
    fn from_byte(byte: u8) -> Option<Self> {
        const ALL: [Kind; 13] = [
            Kind::File,
            Kind::Stdin,
            Kind::Source,
            Kind::Run,
            Kind::Interrupt,
            Kind::Begin,
            Kind::Failed,
            Kind::Ready,
            Kind::Stdout,
            Kind::Stderr,
            Kind::Artifact,
            Kind::Data,
            Kind::Ended,
        ];
        ALL.into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) kind: Kind,
    pub(crate) body: Vec<u8>,
}

/// The bytes before a frame's body.
pub(crate) const HEADER: usize = 5;

/// What a header says.
///
/// # Errors
/// `InvalidData` for an unknown kind or a length above [`MAX_FRAME`].
pub(crate) fn header(bytes: [u8; HEADER]) -> io::Result<(Kind, usize)> {
    let [kind, a, b, c, d] = bytes;
    let length = u32::from_le_bytes([a, b, c, d]) as usize;
    let invalid = |what: String| Err(io::Error::new(io::ErrorKind::InvalidData, what));
    match Kind::from_byte(kind) {
        None => invalid(format!("unknown kind of frame: {kind}")),
        Some(_) if length > MAX_FRAME => invalid(format!("a frame of {length} bytes is too long")),
        Some(kind) => Ok((kind, length)),
    }
}

/// The bytes of a frame.
pub(crate) fn encode(kind: Kind, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + body.len());
    bytes.push(kind as u8);
    bytes.extend_from_slice(&u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// Writes a frame.
///
/// # Errors
/// As the writer.
pub(crate) fn write(writer: &mut impl Write, kind: Kind, body: &[u8]) -> io::Result<()> {
    writer.write_all(&encode(kind, body))
}

/// Reads a frame; `None` at the end of the stream.
///
/// # Errors
/// As the reader; `InvalidData` for what is no frame.
pub(crate) fn read(reader: &mut impl Read) -> io::Result<Option<Frame>> {
    let mut bytes = [0; HEADER];
    let mut filled = 0;
    while filled < HEADER {
        match reader.read(&mut bytes[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let (kind, length) = header(bytes)?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Frame { kind, body }))
}

#[cfg(test)]
mod tests;
