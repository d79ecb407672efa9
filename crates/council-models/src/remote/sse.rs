//! Reads a stream of server-sent events (WHATWG HTML, section 9.2) that arrives in arbitrary pieces.

/// Longest event accepted, in bytes.
const LONGEST_EVENT: usize = 16 << 20;

/// Collects bytes into events. Only the data is kept: OpenAI's API names no event types.
#[derive(Debug, Default)]
pub(super) struct SseParser {
    line: Vec<u8>,
    /// The data lines of the event so far, joined by line feeds.
    data: Option<String>,
    /// The last byte was a carriage return, so a line feed right after it ends no second line.
    after_cr: bool,
    /// A byte order mark is only skipped at the very beginning.
    begun: bool,
}

/// An event is longer than is reasonable.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl SseParser {
    /// Takes the next bytes and appends the data of each event that they complete to `events`.
    pub(super) fn push(&mut self, bytes: &[u8], events: &mut Vec<String>) -> Result<(), TooLong> {
        for byte in bytes {
            let after_cr = std::mem::replace(&mut self.after_cr, *byte == b'\r');
            match byte {
                b'\n' if after_cr => {}
                b'\n' | b'\r' => self.end_line(events),
                _ => self.line.push(*byte),
            }
        }
        let held = self.line.len() + self.data.as_ref().map_or(0, String::len);
        if held > LONGEST_EVENT {
            Err(TooLong)
        } else {
            Ok(())
        }
    }

    /// The event that the stream ended in, where its last empty line is missing. The standard drops it; some servers
    /// end like that.
    pub(super) fn finish(&mut self) -> Option<String> {
        let mut events = Vec::new();
        self.end_line(&mut events);
        events.pop().or_else(|| self.data.take())
    }

    fn end_line(&mut self, events: &mut Vec<String>) {
        let line = std::mem::take(&mut self.line);
        let mut line = line.as_slice();
        if !std::mem::replace(&mut self.begun, true) {
            line = line.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(line);
        }
        if line.is_empty() {
            events.extend(self.data.take());
            return;
        }
        // A comment has an empty field name; other fields (`event`, `id`, `retry`) say nothing that is needed here.
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &[][..]),
        };
        if field != b"data" {
            return;
        }
        let value = String::from_utf8_lossy(value.strip_prefix(b" ").unwrap_or(value));
        match &mut self.data {
            Some(data) => {
                data.push('\n');
                data.push_str(&value);
            }
            None => self.data = Some(value.into_owned()),
        }
    }
}

#[cfg(test)]
mod tests;
