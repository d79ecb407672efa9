//! Whether a whole answer is nothing but calls without markers.

use super::JsonScan;
use super::call::calls_in;

/// What such an answer may be wrapped in: opening and closing text. The longer of two that begin alike comes first.
const WRAPPERS: [(&str, &str); 6] = [
    ("```json", "```"),
    ("```tool_call", "```"),
    ("```", "```"),
    ("<tools>", "</tools>"),
    ("<function_call>", "</function_call>"),
    ("", ""),
];

/// Keys that a call can begin with.
const FIRST_KEYS: [&str; 6] = ["name", "arguments", "parameters", "type", "function", "id"];

/// How far an answer has been read.
#[derive(Clone, Debug, Default)]
pub(super) struct WholeAnswer {
    /// The closing text, once the opening is known.
    close: Option<&'static str>,
    /// Where the value that is being read begins; without one, where the last one ended.
    at: usize,
    /// The scan of the value that is being read.
    scan: Option<JsonScan>,
    /// The complete values.
    values: Vec<(usize, usize)>,
}

/// What an answer is.
pub(super) enum Verdict {
    /// Not known yet.
    Open,
    /// Nothing but these calls, which name offered tools.
    Calls(Vec<(String, String)>),
    /// Something else.
    Text,
}

impl WholeAnswer {
    /// Reads `held`, the answer so far. `last`: nothing follows.
    pub(super) fn look(&mut self, held: &str, tools: &[String], last: bool) -> Verdict {
        let close = match (self.close, opening(held)) {
            (Some(close), _) => close,
            (None, Opening::Undecided) if !last => return Verdict::Open,
            (None, Opening::Undecided | Opening::Text) => return Verdict::Text,
            (None, Opening::Json { start, close }) => {
                self.at = start;
                self.scan = Some(JsonScan::from(start));
                *self.close.insert(close)
            }
        };
        self.begin_next(held);
        while let Some(scan) = &mut self.scan {
            if !plausible(&held[self.at..], tools) {
                return Verdict::Text;
            }
            let Some(end) = scan.end(held) else {
                return if last { Verdict::Text } else { Verdict::Open };
            };
            self.values.push((self.at, end));
            self.at = end;
            self.scan = None;
            self.begin_next(held);
        }
        if !close.starts_with(held[self.at..].trim_matches(is_separator)) {
            return Verdict::Text;
        }
        if last {
            self.calls(held, tools)
        } else {
            Verdict::Open
        }
    }

    /// Another value may follow the last one.
    fn begin_next(&mut self, held: &str) {
        if self.scan.is_some() {
            return;
        }
        let rest = held[self.at..].trim_start_matches(is_separator);
        if rest.starts_with('{') {
            self.at = held.len() - rest.len();
            self.scan = Some(JsonScan::from(self.at));
        }
    }

    fn calls(&self, held: &str, tools: &[String]) -> Verdict {
        let mut calls = Vec::new();
        for (start, end) in &self.values {
            match calls_in(&held[*start..*end]) {
                Some(more) if more.iter().all(|(name, _)| tools.contains(name)) => calls.extend(more),
                Some(_) | None => return Verdict::Text,
            }
        }
        Verdict::Calls(calls)
    }
}

/// What may stand between two calls.
fn is_separator(c: char) -> bool {
    c.is_whitespace() || c == ';' || c == ','
}

enum Opening {
    Undecided,
    Text,
    Json { start: usize, close: &'static str },
}

/// How the answer begins.
fn opening(held: &str) -> Opening {
    let text = held.trim_start();
    for (open, close) in WRAPPERS {
        if let Some(inner) = text.strip_prefix(open) {
            let json = inner.trim_start();
            if json.is_empty() {
                return Opening::Undecided;
            }
            if json.starts_with(['{', '[']) {
                let start = held.len() - json.len();
                return Opening::Json { start, close };
            }
        } else if open.starts_with(text) {
            return Opening::Undecided;
        }
    }
    Opening::Text
}

/// Whether a JSON value that begins like this can be a call of one of these tools. Judged by its first key, so that
/// an answer that is JSON for another reason is not held back.
fn plausible(json: &str, tools: &[String]) -> bool {
    let object = json.strip_prefix('[').map_or(json, str::trim_start);
    if object.is_empty() {
        return true;
    }
    let Some(inner) = object.strip_prefix('{') else {
        return false;
    };
    let (key, rest) = match string_at(inner.trim_start()) {
        StringAt::Complete(key, rest) => (key, rest),
        StringAt::Begun(begun) => return FIRST_KEYS.iter().any(|key| key.starts_with(begun)),
        StringAt::Other => return false,
    };
    if key != "name" {
        return FIRST_KEYS.contains(&key);
    }
    let rest = rest.trim_start();
    let Some(value) = rest.strip_prefix(':') else {
        return rest.is_empty();
    };
    match string_at(value.trim_start()) {
        StringAt::Complete(name, _) => tools.iter().any(|tool| tool == name),
        StringAt::Begun(begun) => tools.iter().any(|tool| tool.starts_with(begun)),
        StringAt::Other => false,
    }
}

enum StringAt<'a> {
    Complete(&'a str, &'a str),
    Begun(&'a str),
    Other,
}

/// The JSON string that `text` begins with. Escapes are not read: no key and no tool name has any.
fn string_at(text: &str) -> StringAt<'_> {
    match text.strip_prefix('"') {
        Some(inner) => match inner.split_once('"') {
            Some((string, rest)) => StringAt::Complete(string, rest),
            None => StringAt::Begun(inner),
        },
        None if text.is_empty() => StringAt::Begun(""),
        None => StringAt::Other,
    }
}
