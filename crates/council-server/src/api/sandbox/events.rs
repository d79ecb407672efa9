//! What happens while a program runs, in text.

use super::RunObject;
use crate::api::error::ErrorObject;
use crate::error::ApiError;
use council_core::sandbox::{Language, RunEvent, SandboxError, SessionId};
use serde::Serialize;
use utoipa::ToSchema;

/// What happens while a program runs; `finished` or `failed` is last.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SandboxEvent)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum RunEventObject {
    /// It runs.
    Started {
        /// How its process came to be: `warm`, `cold` or `session`.
        start: &'static str,
    },
    /// It wrote to standard output.
    Stdout {
        /// Whole characters.
        text: String,
    },
    /// It wrote to standard error.
    Stderr {
        /// Whole characters.
        text: String,
    },
    /// It has ended.
    Finished {
        /// Everything, what was streamed included.
        result: Box<RunObject>,
    },
    /// It could not be run to its end, which is no fault of its own.
    Failed { error: ErrorObject },
}

/// Makes events of one run.
pub(crate) struct RunEvents {
    language: Language,
    session: Option<SessionId>,
    request_id: String,
    stdout: Characters,
    stderr: Characters,
}

impl RunEvents {
    pub(crate) fn new(language: Language, session: Option<SessionId>, request_id: &str) -> Self {
        Self {
            language,
            session,
            request_id: request_id.to_owned(),
            stdout: Characters::default(),
            stderr: Characters::default(),
        }
    }

    /// What to tell of it: nothing while a character is incomplete, more than one event where it ends with one.
    pub(crate) fn of(&mut self, item: Result<RunEvent, SandboxError>) -> Vec<RunEventObject> {
        match item {
            Ok(RunEvent::Started { start }) => vec![RunEventObject::Started { start: start.name() }],
            Ok(RunEvent::Stdout(bytes)) => out(self.stdout.push(&bytes)).into_iter().collect(),
            Ok(RunEvent::Stderr(bytes)) => err(self.stderr.push(&bytes)).into_iter().collect(),
            Ok(RunEvent::Finished(report)) => {
                let rest = [out(self.stdout.end()), err(self.stderr.end())];
                let result = RunObject::new(*report, self.language, self.session.as_ref());
                let last = RunEventObject::Finished {
                    result: Box::new(result),
                };
                rest.into_iter().flatten().chain([last]).collect()
            }
            Err(error) => {
                let error = ApiError::from(error);
                error.log(&self.request_id);
                let error = error.body(&self.request_id).error;
                vec![RunEventObject::Failed { error }]
            }
        }
    }
}

fn out(text: String) -> Option<RunEventObject> {
    (!text.is_empty()).then_some(RunEventObject::Stdout { text })
}

fn err(text: String) -> Option<RunEventObject> {
    (!text.is_empty()).then_some(RunEventObject::Stderr { text })
}

/// Puts characters together that come in pieces. What is no UTF-8 becomes `U+FFFD`.
#[derive(Default)]
struct Characters {
    /// The beginning of one: at most three bytes.
    begun: Vec<u8>,
}

impl Characters {
    fn push(&mut self, bytes: &[u8]) -> String {
        self.begun.extend_from_slice(bytes);
        let mut text = String::new();
        let mut rest = self.begun.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(valid) => {
                    text.push_str(valid);
                    rest = &[];
                    break;
                }
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    text.push_str(&String::from_utf8_lossy(valid));
                    let Some(bad) = error.error_len() else {
                        rest = after;
                        break;
                    };
                    text.push(char::REPLACEMENT_CHARACTER);
                    rest = &after[bad..];
                }
            }
        }
        self.begun = rest.to_vec();
        text
    }

    fn end(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.begun)).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_whole_wherever_the_bytes_were_cut() {
        let text = "aé日🦀\u{0}z";
        for cut in 0..=text.len() {
            let mut characters = Characters::default();
            let (before, after) = text.as_bytes().split_at(cut);
            let whole = characters.push(before) + &characters.push(after);
            assert_eq!(
                (whole.as_str(), characters.end().as_str()),
                (text, ""),
                "cut at {cut}"
            );
        }
        let mut characters = Characters::default();
        let one_by_one: String = text.bytes().map(|byte| characters.push(&[byte])).collect();
        assert_eq!(one_by_one, text);
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_and_nothing_waits_for_ever() {
        let mut characters = Characters::default();
        assert_eq!(characters.push(b"a\xff\xfeb\xe6\x97"), "a\u{fffd}\u{fffd}b");
        assert_eq!(characters.push(b"x"), "\u{fffd}x");
        assert_eq!(characters.push(b"\xf0\x9f"), "");
        assert_eq!(characters.end(), "\u{fffd}");
        assert_eq!(characters.end(), "");
    }
}
