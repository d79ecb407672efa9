//! Turns the bytes of generated tokens into text: whole characters only, and never part of a stop string.
//!
//! A token can hold part of a character, and a stop string can begin in one token and end in another, so text is
//! held back until it is certain. Stop strings are compared byte by byte; because UTF-8 synchronises itself, a match
//! always begins and ends at a character.

use std::collections::VecDeque;

/// Follows one answer. Cheap where nothing is held back: one scan of the token and the returned string.
#[derive(Clone, Debug)]
pub struct StopMatcher {
    stops: Vec<Vec<u8>>,
    /// Bytes that a stop string can begin with, so that most positions are skipped by one look-up.
    first_bytes: [bool; 256],
    /// Bytes that are not yet text: part of a character, or perhaps the beginning of a stop string.
    pending: Vec<u8>,
    /// Where the tokens that are not yet released end, as offsets in `pending`. Empty when `pending` is.
    token_ends: VecDeque<usize>,
    /// Whether the oldest unreleased token has given some of its bytes already.
    oldest_begun: bool,
    stopped: bool,
}

/// What one token set free.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StopStep {
    /// Whole characters that are certainly not part of a stop string; invalid bytes are U+FFFD.
    pub text: String,
    /// A stop string was found: `text` ends just before it, and the answer is over.
    pub stopped: bool,
    /// How many of the oldest unreleased tokens (this one is the newest) are now wholly in the text. At a stop also
    /// the one that began before the stop string; tokens that lie inside or after it are never released.
    pub released_tokens: usize,
}

impl StopMatcher {
    /// Stops before the first (leftmost) occurrence of any of these; empty strings are ignored.
    pub fn new(stops: Vec<String>) -> Self {
        let stops: Vec<Vec<u8>> = stops
            .into_iter()
            .map(String::into_bytes)
            .filter(|stop| !stop.is_empty())
            .collect();
        let mut first_bytes = [false; 256];
        for first in stops.iter().filter_map(|stop| stop.first()) {
            first_bytes[usize::from(*first)] = true;
        }
        Self {
            stops,
            first_bytes,
            pending: Vec::new(),
            token_ends: VecDeque::new(),
            oldest_begun: false,
            stopped: false,
        }
    }

    /// Takes the next token. After a stop everything is ignored.
    pub fn push(&mut self, token_bytes: &[u8]) -> StopStep {
        if self.stopped {
            return StopStep {
                stopped: true,
                ..StopStep::default()
            };
        }
        if self.pending.is_empty()
            && !token_bytes
                .iter()
                .any(|byte| self.first_bytes[usize::from(*byte)])
            && let Ok(text) = std::str::from_utf8(token_bytes)
        {
            return StopStep {
                text: text.to_owned(),
                stopped: false,
                released_tokens: 1,
            };
        }
        self.pending.extend_from_slice(token_bytes);
        self.token_ends.push_back(self.pending.len());
        match self.scan() {
            Scan::Stop(at) => {
                let text = String::from_utf8_lossy(&self.pending[..at]).into_owned();
                let released_tokens = self.tokens_begun_before(at);
                self.end(true);
                StopStep {
                    text,
                    stopped: true,
                    released_tokens,
                }
            }
            Scan::Hold(at) => self.release(at),
        }
    }

    /// Ends the answer and returns what was held back. What cannot be completed any more becomes one U+FFFD. All
    /// tokens count as released.
    pub fn finish(&mut self) -> String {
        // A match can be waiting behind the beginning of another stop string that has now come to nothing.
        let stop =
            (0..self.pending.len()).find(|at| self.stops.iter().any(|s| self.pending[*at..].starts_with(s)));
        let end = stop.unwrap_or(self.pending.len());
        let text = String::from_utf8_lossy(&self.pending[..end]).into_owned();
        self.end(self.stopped || stop.is_some());
        text
    }

    /// Tokens that were pushed and not yet released.
    pub fn pending_tokens(&self) -> usize {
        self.token_ends.len()
    }

    /// Whether a stop string was found, by [`push`](Self::push) or by [`finish`](Self::finish).
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// The leftmost place where a stop string is or may become complete.
    fn scan(&self) -> Scan {
        for (at, first) in self.pending.iter().enumerate() {
            if !self.first_bytes[usize::from(*first)] {
                continue;
            }
            let rest = &self.pending[at..];
            if self.stops.iter().any(|stop| rest.starts_with(stop)) {
                return Scan::Stop(at);
            }
            if self.stops.iter().any(|stop| stop.starts_with(rest)) {
                return Scan::Hold(at);
            }
        }
        Scan::Hold(self.pending.len())
    }

    /// Sets `pending[..end]` free, except an incomplete character at the very end of the input.
    fn release(&mut self, end: usize) -> StopStep {
        let mut text = String::with_capacity(end);
        let mut released = 0;
        for chunk in self.pending[..end].utf8_chunks() {
            text.push_str(chunk.valid());
            released += chunk.valid().len();
            let invalid = chunk.invalid();
            // Cut short by the beginning of a stop string, it can never be completed; by the end of the input, it can.
            let incomplete = std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none());
            if incomplete && released + invalid.len() == self.pending.len() {
                break;
            }
            if !invalid.is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
                released += invalid.len();
            }
        }
        self.pending.drain(..released);
        let before = self.token_ends.len();
        let mut oldest_start = 0;
        while let Some(token_end) = self
            .token_ends
            .front()
            .copied()
            .filter(|token_end| *token_end <= released)
        {
            oldest_start = token_end;
            self.oldest_begun = false;
            self.token_ends.pop_front();
        }
        self.oldest_begun |= oldest_start < released;
        for token_end in &mut self.token_ends {
            *token_end -= released;
        }
        StopStep {
            text,
            stopped: false,
            released_tokens: before - self.token_ends.len(),
        }
    }

    /// Unreleased tokens of which at least the first byte lies before `at` (or that are empty and end there).
    fn tokens_begun_before(&self, at: usize) -> usize {
        let mut begun = self.oldest_begun;
        let mut start = 0;
        self.token_ends
            .iter()
            .take_while(|end| {
                let counts = begun || start < at || **end <= at;
                begun = false;
                start = **end;
                counts
            })
            .count()
    }

    fn end(&mut self, stopped: bool) {
        self.stopped = stopped;
        self.oldest_begun = false;
        self.pending.clear();
        self.token_ends.clear();
    }
}

/// Where text must be held back.
enum Scan {
    /// A stop string begins here.
    Stop(usize),
    /// From here on nothing is certain; the end of the input when everything is.
    Hold(usize),
}

#[cfg(test)]
mod tests;
