//! Separates text and tool calls while an answer streams.

mod call;
mod whole;

use super::ToolFormat;
use super::json_scan::JsonScan;
use call::Body;
use council_core::ToolSpec;
use whole::WholeAnswer;

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    /// Text for the reader.
    Text(String),
    /// A complete call.
    ToolCall {
        /// The called function. After an opening marker any name is accepted, so that the caller can tell the model
        /// that there is no such tool.
        name: String,
        /// A JSON object in compact text form.
        arguments: String,
    },
}

/// Reads one answer. Text comes out at once, except what may be the beginning of an opening marker; a call comes out
/// when it is complete. What opens like a call and is none comes out as the text that it is, so nothing is lost but
/// white space that stands alone before, between or after calls.
///
/// An answer that begins like a bare call (see the [module](super)) is held back until that is decided, at the
/// latest by [`finish`](Self::finish).
#[derive(Clone, Debug)]
pub struct ToolCallParser {
    format: ToolFormat,
    tools: Vec<String>,
    state: State,
    /// Text that is not yet decided.
    held: String,
    /// White space since the beginning or the last call, with nothing else after it yet.
    space: String,
    /// Whether nothing but white space came since the beginning or the last call.
    fresh: bool,
    any_call: bool,
}

#[derive(Clone, Debug)]
enum State {
    /// The answer so far may be nothing but a bare call.
    Whole(WholeAnswer),
    /// Text, up to the next marker.
    Text,
    /// After a marker, which `held` no longer includes.
    Call(Body),
    /// No tools are offered: everything is text.
    Off,
}

impl ToolCallParser {
    /// A parser for one answer of a model that was offered these tools. Without tools everything is text.
    pub fn new(format: ToolFormat, tools: &[ToolSpec]) -> Self {
        let state = if tools.is_empty() {
            State::Off
        } else {
            State::Whole(WholeAnswer::default())
        };
        Self {
            format,
            tools: tools.iter().map(|tool| tool.name.clone()).collect(),
            state,
            held: String::new(),
            space: String::new(),
            fresh: true,
            any_call: false,
        }
    }

    /// Takes the next piece of the answer.
    pub fn push(&mut self, text: &str) -> Vec<Parsed> {
        let mut out = Output::default();
        if matches!(self.state, State::Off) {
            out.text(text);
        } else {
            self.held.push_str(text);
            self.advance(&mut out, false);
        }
        out.pieces
    }

    /// Ends the answer: what was held back comes out.
    pub fn finish(&mut self) -> Vec<Parsed> {
        let mut out = Output::default();
        if !matches!(self.state, State::Off) {
            self.advance(&mut out, true);
        }
        let space = std::mem::take(&mut self.space);
        if !self.any_call {
            out.text(&space);
        }
        out.pieces
    }

    fn advance(&mut self, out: &mut Output, last: bool) {
        loop {
            let decided = match &mut self.state {
                State::Off => return,
                State::Whole(whole) => match whole.look(&self.held, &self.tools, last) {
                    whole::Verdict::Open => false,
                    whole::Verdict::Calls(calls) => {
                        self.held.clear();
                        self.calls(calls, out);
                        true
                    }
                    whole::Verdict::Text => {
                        self.state = State::Text;
                        true
                    }
                },
                State::Text => self.text_up_to_marker(out, last),
                State::Call(body) => match body.look(self.format, &self.held, last) {
                    call::Verdict::Open => false,
                    call::Verdict::Calls { calls, length } => {
                        self.held.drain(..length);
                        self.calls(calls, out);
                        true
                    }
                    call::Verdict::Malformed => {
                        self.state = State::Text;
                        self.emit(self.format.marker(), out);
                        true
                    }
                },
            };
            if !decided {
                return;
            }
        }
    }

    /// Sends text up to the next marker; `false` when there is none.
    fn text_up_to_marker(&mut self, out: &mut Output, last: bool) -> bool {
        let marker = self.format.marker();
        if let Some(at) = self.held.find(marker) {
            let text: String = self.held.drain(..at).collect();
            self.held.drain(..marker.len());
            self.emit(&text, out);
            self.state = State::Call(Body::default());
            return true;
        }
        let certain = if last {
            self.held.len()
        } else {
            self.held.len() - overlap(&self.held, marker)
        };
        let text: String = self.held.drain(..certain).collect();
        self.emit(&text, out);
        false
    }

    fn calls(&mut self, calls: Vec<(String, String)>, out: &mut Output) {
        self.space.clear();
        self.fresh = true;
        self.any_call = true;
        self.state = State::Text;
        out.pieces.extend(
            calls
                .into_iter()
                .map(|(name, arguments)| Parsed::ToolCall { name, arguments }),
        );
    }

    fn emit(&mut self, text: &str, out: &mut Output) {
        if self.fresh && text.trim_start().is_empty() {
            self.space.push_str(text);
        } else {
            self.fresh = false;
            let space = std::mem::take(&mut self.space);
            out.text(&space);
            out.text(text);
        }
    }
}

/// Pieces, with neighbouring texts joined.
#[derive(Default)]
struct Output {
    pieces: Vec<Parsed>,
}

impl Output {
    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(Parsed::Text(before)) => before.push_str(text),
            Some(Parsed::ToolCall { .. }) | None => self.pieces.push(Parsed::Text(text.to_owned())),
        }
    }
}

/// Length of the longest proper beginning of `marker` that `text` ends with.
fn overlap(text: &str, marker: &str) -> usize {
    (1..marker.len())
        .rev()
        .filter(|length| marker.is_char_boundary(*length))
        .find(|length| text.ends_with(&marker[..*length]))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests;
