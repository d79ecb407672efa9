//! Finds the end of a JSON object or array in text that arrives in pieces.

/// Looks at each byte once. It counts brackets outside strings; whether the value is valid is the parser's question.
#[derive(Clone, Debug, Default)]
pub(super) struct JsonScan {
    at: usize,
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl JsonScan {
    /// A scan of the value that begins at byte `start`.
    pub(super) fn from(start: usize) -> Self {
        Self {
            at: start,
            ..Self::default()
        }
    }

    /// Where the value ends, once `text` (the same text as before, perhaps longer) holds all of it.
    pub(super) fn end(&mut self, text: &str) -> Option<usize> {
        while let Some(byte) = text.as_bytes().get(self.at) {
            self.at += 1;
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(self.at);
                    }
                }
                _ => {}
            }
        }
        None
    }
}
