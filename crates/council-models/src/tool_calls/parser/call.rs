//! What follows an opening marker.

use super::{JsonScan, ToolFormat};
use serde_json::Value;

/// Longest text between `[TOOL_CALLS]` and the arguments, in bytes: name and identifier.
const LONGEST_HEAD: usize = 256;

/// Keys under which models write the arguments.
const ARGUMENT_KEYS: [&str; 2] = ["arguments", "parameters"];

/// How far a call has been read.
#[derive(Clone, Debug, Default)]
pub(super) struct Body {
    scan: Option<JsonScan>,
    end: Option<usize>,
}

/// What the text after a marker is.
pub(super) enum Verdict {
    /// Not known yet.
    Open,
    /// These calls, which the first `length` bytes hold.
    Calls {
        calls: Vec<(String, String)>,
        length: usize,
    },
    /// No call.
    Malformed,
}

impl Body {
    /// Reads `held`, the text after the marker. `last`: nothing follows.
    pub(super) fn look(&mut self, format: ToolFormat, held: &str, last: bool) -> Verdict {
        let undecided = if last { Verdict::Malformed } else { Verdict::Open };
        let Some(start) = held.find(|c: char| !c.is_whitespace()) else {
            return undecided;
        };
        let json_start = match (format, json_begins(&held[start..])) {
            (_, true) => start,
            (ToolFormat::Mistral, false) => match held.find(['{', '\n']) {
                Some(at) if at <= LONGEST_HEAD && held[at..].starts_with('{') => at,
                None if held.len() <= LONGEST_HEAD => return undecided,
                Some(_) | None => return Verdict::Malformed,
            },
            (ToolFormat::Hermes | ToolFormat::Llama3, false) => return Verdict::Malformed,
        };
        if self.end.is_none() {
            self.end = self
                .scan
                .get_or_insert_with(|| JsonScan::from(json_start))
                .end(held);
        }
        let Some(end) = self.end else {
            return undecided;
        };
        let json = &held[json_start..end];
        let calls = if json_start == start {
            calls_in(json)
        } else {
            named_call(&held[start..json_start], json)
        };
        let Some(calls) = calls else {
            return Verdict::Malformed;
        };
        match format {
            ToolFormat::Hermes => {
                after_hermes(held, end, last).map_or(Verdict::Open, |length| Verdict::Calls { calls, length })
            }
            ToolFormat::Llama3 => after_llama3(held, end, calls, last),
            ToolFormat::Mistral => Verdict::Calls { calls, length: end },
        }
    }
}

/// Further calls may follow after `;`.
fn after_llama3(held: &str, end: usize, calls: Vec<(String, String)>, last: bool) -> Verdict {
    let rest = held[end..].trim_start();
    if rest.is_empty() && !last {
        return Verdict::Open;
    }
    let Some(next) = rest.strip_prefix(';') else {
        return Verdict::Calls { calls, length: end };
    };
    let start = held.len() - next.len();
    let mut more = Body::default();
    match more.look(ToolFormat::Llama3, next, last) {
        Verdict::Open => Verdict::Open,
        Verdict::Calls {
            calls: further,
            length,
        } => Verdict::Calls {
            calls: calls.into_iter().chain(further).collect(),
            length: start + length,
        },
        Verdict::Malformed => Verdict::Calls { calls, length: end },
    }
}

/// Where a Hermes call ends whose JSON ends at `end`: after the closing marker, or there where the model forgot it.
/// Surplus closing braces, a common slip, are skipped with it. `None`: not known yet.
fn after_hermes(held: &str, end: usize, last: bool) -> Option<usize> {
    const CLOSE: &str = "</tool_call>";
    let rest = held[end..].trim_start_matches(|c: char| c.is_whitespace() || c == '}');
    let at = held.len() - rest.len();
    if rest.starts_with(CLOSE) {
        Some(at + CLOSE.len())
    } else if CLOSE.starts_with(rest) {
        // The answer ended inside the marker, or the rest of it is on its way.
        last.then_some(held.len())
    } else {
        Some(end)
    }
}

fn json_begins(text: &str) -> bool {
    text.starts_with(['{', '['])
}

/// `name[ARGS]{…}` or `name[CALL_ID]id[ARGS]{…}`, as newer Mistral models write; also `name{…}`.
fn named_call(head: &str, json: &str) -> Option<Vec<(String, String)>> {
    let name = head.split('[').next().unwrap_or_default().trim();
    let named = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c));
    let arguments = object_text(&serde_json::from_str(json).ok()?)?;
    named.then(|| vec![(name.to_owned(), arguments)])
}

/// The calls in a JSON object or in an array of such objects; `None` unless all of it is calls.
pub(super) fn calls_in(json: &str) -> Option<Vec<(String, String)>> {
    match serde_json::from_str(json).ok()? {
        Value::Array(calls) if !calls.is_empty() => calls.iter().map(call_in).collect(),
        call => call_in(&call).map(|call| vec![call]),
    }
}

/// `{"name", "arguments"}`, or OpenAI's `{"type": "function", "function": {…}}` around it.
fn call_in(value: &Value) -> Option<(String, String)> {
    let object = value.as_object()?;
    let object = object
        .get("function")
        .and_then(Value::as_object)
        .unwrap_or(object);
    let name = object.get("name")?.as_str()?;
    let arguments = ARGUMENT_KEYS.iter().find_map(|key| object.get(*key));
    let arguments = match arguments {
        None | Some(Value::Null) => "{}".to_owned(),
        // Some models write the object as a string, as OpenAI's API does.
        Some(Value::String(text)) => object_text(&serde_json::from_str(text).ok()?)?,
        Some(value) => object_text(value)?,
    };
    Some((name.to_owned(), arguments))
}

fn object_text(value: &Value) -> Option<String> {
    value.is_object().then(|| value.to_string())
}
