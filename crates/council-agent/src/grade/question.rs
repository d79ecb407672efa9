//! A question whose answer is known, a JSON object a line: `bench/questions/README.md` tells the fields.

use crate::knowledge::hexadecimal;
use council_core::SkillKind;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A question and its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Unique over all files.
    pub id: String,
    /// The kind of question.
    pub kind: SkillKind,
    /// What is asked.
    pub text: String,
    /// The document that says it, by its file's name; for questions of knowledge.
    pub document: Option<String>,
    /// What is right.
    pub expected: Expected,
}

/// A right answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// What it is.
    pub known: Known,
    /// Other ways to say it.
    pub accept: Vec<String>,
}

/// A right answer's kind and value.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// A decimal or a fraction, either with `%`.
    Number {
        /// As it is written.
        value: String,
        /// How far off an answer may be; `None`: equal but for 1 in 10⁹.
        tolerance: Option<f64>,
    },
    /// Words, without regard to case, articles and punctuation.
    Text {
        /// The words.
        value: String,
    },
    /// One of a few answers, such as `yes` and `no`, or a letter.
    Choice {
        /// The right one.
        value: String,
    },
    /// All of these, in any order.
    Set {
        /// What it has.
        members: Vec<String>,
    },
    /// A program in Python that passes tests.
    Program {
        /// Statements that fail where it is wrong.
        tests: String,
    },
}

#[derive(Deserialize)]
struct Line {
    id: String,
    kind: String,
    question: String,
    document: Option<String>,
    answer: Answer,
}

#[derive(Deserialize)]
struct Answer {
    r#type: String,
    #[serde(default)]
    value: Value,
    language: Option<String>,
    tests: Option<String>,
    #[serde(default)]
    accept: Vec<String>,
    tolerance: Option<f64>,
}

/// The questions of a file.
///
/// # Errors
/// With the number of the line, and what is wrong with it.
pub fn parse(lines: &str) -> Result<Vec<Question>, String> {
    let numbered = lines
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    numbered
        .map(|(index, line)| question(line).map_err(|problem| format!("line {}: {problem}", index + 1)))
        .collect()
}

/// SHA-256 of the texts of questions and documents, as hexadecimal digits: which set it was.
pub fn hash(texts: &[String]) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        // The length before, so that no text runs into the next one.
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    hexadecimal(&hash.finalize())
}

fn question(line: &str) -> Result<Question, String> {
    let line: Line = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let kind = SkillKind::from_name(&line.kind)
        .ok_or_else(|| format!("`kind` is `{}`, which is none of a question", line.kind))?;
    let Answer {
        r#type,
        value,
        language,
        tests,
        accept,
        tolerance,
    } = line.answer;
    let text = || match &value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(format!(
            "`answer.value` of `{}` is {other}, not a string",
            line.id
        )),
    };
    let known = match r#type.as_str() {
        "number" => Known::Number {
            value: text()?,
            tolerance,
        },
        "text" => Known::Text { value: text()? },
        "choice" => Known::Choice { value: text()? },
        "program" => match (tests, language.as_deref().unwrap_or("python")) {
            (Some(tests), "python") => Known::Program { tests },
            (None, _) => return Err(format!("`answer.tests` of `{}` is missing", line.id)),
            (_, other) => {
                return Err(format!(
                    "`answer.language` of `{}` is `{other}`, and only programs in python are run",
                    line.id
                ));
            }
        },
        "set" => Known::Set {
            members: members(&value).ok_or_else(|| format!("`answer.value` of `{}` is no list", line.id))?,
        },
        other => {
            return Err(format!(
                "`answer.type` is `{other}`, not number, text, choice, set or program"
            ));
        }
    };
    Ok(Question {
        id: line.id,
        kind,
        text: line.question,
        document: line.document,
        expected: Expected { known, accept },
    })
}

/// An array of strings, or one string with semicolons.
fn members(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(values) => values
            .iter()
            .map(|value| value.as_str().map(str::to_owned))
            .collect(),
        Value::String(text) => Some(text.split(';').map(|part| part.trim().to_owned()).collect()),
        _ => None,
    }
}
