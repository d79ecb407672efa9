//! The short answer in a reply, in a form in which equal answers are equal.
//!
//! - [`quantity`]: numbers with their units, exactly

pub mod quantity;

use council_core::SkillKind;
use council_core::sandbox::Language;
use council_core::{GenerateRequest, OutputFormat};
use quantity::{Quantity, quantities};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Most characters and words of a short answer in words; what is longer is free text.
const WORDS_CHARS: usize = 80;
const WORDS: usize = 8;
/// Most words of an answer that contradicts another one.
const FEW_WORDS: usize = 3;

/// What kind of short answer a question can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// JSON, because the request says so.
    Json,
    /// A program.
    Code,
    /// A number, looked for even where it is not marked.
    Number,
    /// Anything short.
    Short,
}

impl Expected {
    /// By the form that the reply must have, then by the kind of question.
    pub fn of(kind: SkillKind, request: &GenerateRequest) -> Self {
        match (&request.format, kind) {
            (OutputFormat::JsonObject | OutputFormat::JsonSchema(_), _) => Self::Json,
            (OutputFormat::Text | OutputFormat::Grammar(_), SkillKind::Code) => Self::Code,
            (OutputFormat::Text | OutputFormat::Grammar(_), SkillKind::Math) => Self::Number,
            (
                OutputFormat::Text | OutputFormat::Grammar(_),
                SkillKind::Chat | SkillKind::Logic | SkillKind::Knowledge,
            ) => Self::Short,
        }
    }
}

/// A short answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// As it was written.
    pub shown: String,
    /// What it says.
    pub form: Form,
}

/// What a short answer says.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// Numbers, in order of size: several for an equation with several solutions.
    Numbers(Vec<Quantity>),
    /// Yes or no.
    YesNo(bool),
    /// One of several choices.
    Letter(char),
    /// Words, in lower case, without articles and marks around them.
    Words(String),
    /// JSON; the order of fields does not matter.
    Json(Value),
    /// A program.
    Code {
        /// What it is written in.
        language: Language,
        /// Its source.
        source: String,
    },
}

impl Answer {
    /// The short answer in a reply; `None` when it has none.
    pub fn in_reply(reply: &str, expected: Expected) -> Option<Self> {
        match expected {
            Expected::Json => json(reply),
            Expected::Code => code(reply),
            Expected::Number => short(reply).or_else(|| last_number(reply)),
            Expected::Short => short(reply),
        }
    }

    /// A text that is an answer and nothing else, or a sentence that ends with one.
    pub fn read(text: &str) -> Option<Self> {
        let shown = clean(text);
        if let Some(form) = exact(&shown) {
            return Some(Self { shown, form });
        }
        // A sentence says many words before its answer, a free text many more.
        let whole = words(&shown, WORDS);
        if let Some(end) = last_part(&shown).map(clean) {
            let few = || whole.as_ref().and_then(|_| words(&end, FEW_WORDS));
            if let Some(form) = exact(&end).or_else(few) {
                return Some(Self { shown: end, form });
            }
        }
        whole.map(|form| Self { shown, form })
    }

    /// Whether two answers say the same; `None` when they cannot be compared.
    pub fn agrees(&self, other: &Self) -> Option<bool> {
        match (&self.form, &other.form) {
            (Form::Numbers(one), Form::Numbers(other)) => {
                Some(one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.agrees(other)))
            }
            (Form::YesNo(one), Form::YesNo(other)) => Some(one == other),
            (Form::Json(one), Form::Json(other)) => Some(one == other),
            (Form::Letter(one), Form::Letter(other)) => Some(one == other),
            // The same can be said in many words.
            (Form::Words(one), Form::Words(other)) => (one == other).then_some(true),
            (
                Form::Numbers(_)
                | Form::YesNo(_)
                | Form::Letter(_)
                | Form::Words(_)
                | Form::Json(_)
                | Form::Code { .. },
                _,
            ) => None,
        }
    }

    /// Whether different answers of this kind contradict each other: a few words can, a sentence need not.
    pub(super) fn is_exact(&self) -> bool {
        match &self.form {
            Form::Numbers(_) | Form::YesNo(_) | Form::Letter(_) | Form::Json(_) | Form::Code { .. } => true,
            Form::Words(words) => words.split(' ').count() <= FEW_WORDS,
        }
    }

    fn key(&self) -> String {
        match &self.form {
            Form::Numbers(numbers) => {
                let keys: Vec<String> = numbers.iter().map(Quantity::key).collect();
                keys.join("; ")
            }
            Form::YesNo(yes) => if *yes { "yes" } else { "no" }.to_owned(),
            Form::Letter(letter) => format!("({letter})"),
            Form::Words(words) => format!("\"{words}\""),
            Form::Json(value) => sorted(value).to_string(),
            Form::Code { source, .. } => source.trim().to_owned(),
        }
    }
}

/// A text for each answer; equal answers have equal texts. A number without a unit is equal to the one with a unit where
/// only one unit is named with it.
pub fn keys(answers: &[Option<Answer>]) -> Vec<Option<String>> {
    let mut with_unit: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for answer in answers.iter().flatten() {
        if let Form::Numbers(numbers) = &answer.form
            && let [number] = numbers.as_slice()
            && !number.unit.is_empty()
        {
            let keys = with_unit.entry(number.bare().key()).or_default();
            keys.insert(number.key());
        }
    }
    let key = |answer: &Answer| {
        let key = answer.key();
        match with_unit.get(&key) {
            Some(keys) if keys.len() == 1 => keys.first().cloned().unwrap_or(key),
            _ => key,
        }
    };
    answers.iter().map(|answer| answer.as_ref().map(key)).collect()
}

/// Yes or no, a letter, or numbers, and nothing else.
fn exact(text: &str) -> Option<Form> {
    yes_no(text)
        .or_else(|| letter(text))
        .or_else(|| quantities(text).map(Form::Numbers))
}

/// What stands after the last "is" or sign of equality of a sentence.
fn last_part(text: &str) -> Option<&str> {
    const BEFORE: [&str; 7] = [" is ", " are ", " was ", " equals ", " approximately ", "=", "≈"];
    let after = BEFORE
        .iter()
        .filter_map(|mark| text.rfind(mark).map(|at| at + mark.len()))
        .max()?;
    Some(&text[after..])
}

/// What follows the last mark of a final answer, or the whole reply where that is short.
fn short(reply: &str) -> Option<Answer> {
    if let Some(marked) = marked(reply) {
        return Answer::read(&marked);
    }
    let whole = reply.trim();
    if !whole.contains('\n') && whole.chars().count() <= WORDS_CHARS {
        return Answer::read(whole);
    }
    // "Yes, because …" and "No. …".
    let first = whole.split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    let after = whole[first.len()..].chars().next();
    if !matches!(after, Some(',' | '.' | '!' | ';' | ':' | '\n')) {
        return None;
    }
    yes_no(first).map(|form| Answer {
        shown: first.to_owned(),
        form,
    })
}

/// What stands after the last `answer:` or `the answer is`, or in the last `\boxed{}`.
fn marked(reply: &str) -> Option<String> {
    const MARKS: [&str; 5] = ["answer:", "answer is:", "answer is", "answer**:", "answer:**"];
    if let Some((_, boxed)) = reply.rsplit_once("\\boxed{") {
        let mut depth = 1;
        let end = boxed.find(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth == 0
        });
        return Some(boxed[..end.unwrap_or(boxed.len())].to_owned());
    }
    // Of ASCII only, so that positions in both are the same.
    let lower = reply.to_ascii_lowercase();
    let after = MARKS
        .iter()
        .filter_map(|mark| lower.rfind(mark).map(|at| at + mark.len()))
        .max()?;
    let mut lines = reply[after..].lines().map(str::trim);
    let line = lines.find(|line| line.chars().any(char::is_alphanumeric))?;
    Some(sentence(line).to_owned())
}

/// The first sentence of a line.
fn sentence(line: &str) -> &str {
    line.find(". ").map_or(line, |end| &line[..end])
}

/// The last line's last number with its unit, after the last `=` where it has one.
fn last_number(reply: &str) -> Option<Answer> {
    let line = reply.lines().rev().find(|line| line.contains(char::is_numeric))?;
    let end = line.rsplit_once(['=', '≈']).map_or(line, |(_, end)| end);
    let end = clean(end);
    let start = end
        .char_indices()
        .rev()
        .skip_while(|(_, c)| !c.is_ascii_digit())
        .take_while(|(_, c)| c.is_ascii_digit() || ".,/-−$€£".contains(*c))
        .last()?
        .0;
    let shown = end[start..].trim().to_owned();
    let numbers = quantities(&shown)?;
    Some(Answer {
        shown,
        form: Form::Numbers(numbers),
    })
}

/// Without the marks of Markdown and mathematics, and those at its ends.
fn clean(text: &str) -> String {
    let mut text = text.trim().replace("**", "").replace("\\$", "$");
    for mark in ["\\(", "\\)", "\\[", "\\]", "$$", "`", "\\,", "\\!"] {
        text = text.replace(mark, "");
    }
    // Mathematics between two dollar signs, not a price.
    if text.matches('$').count() >= 2 {
        text = text.replace('$', "");
    }
    for (from, to) in [("\\%", "%"), ("\\text{", "{"), ("\\mathrm{", "{"), ("\\pi", "π")] {
        text = text.replace(from, to);
    }
    let ends =
        |c: char| c.is_whitespace() || matches!(c, '*' | '_' | '"' | '“' | '”' | '.' | ',' | ':' | ';' | '!');
    text.trim_matches(ends).to_owned()
}

fn yes_no(text: &str) -> Option<Form> {
    let (first, rest) = text.split_at(text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len()));
    let yes = match first.to_lowercase().as_str() {
        "yes" | "true" => true,
        "no" | "false" => false,
        _ => return None,
    };
    let rest = rest.trim_start();
    let alone = rest.is_empty() || rest.starts_with([',', '.', '!', ';', ':', '(', '-', '–', '—']);
    alone.then_some(Form::YesNo(yes))
}

/// `B`, `(b)`, `B) 36`, `option B`.
fn letter(text: &str) -> Option<Form> {
    const LAST: char = 'J';
    // Of ASCII only, so that positions in both are the same.
    let lower = text.to_ascii_lowercase();
    let named = ["option ", "choice ", "letter "]
        .iter()
        .find_map(|word| lower.strip_prefix(word));
    let rest = named.map_or(text, |rest| &text[text.len() - rest.len()..]);
    let inner = rest.strip_prefix('(').unwrap_or(rest);
    let mut chars = inner.chars();
    let letter = chars.next()?;
    let after = chars.as_str();
    let marked = named.is_some() || inner.len() < rest.len() || after.starts_with([')', ':', '.']);
    let alone = after.is_empty() || after.starts_with([')', ':', '.']);
    let upper = letter.to_ascii_uppercase();
    // A small letter alone is a variable more often than a choice.
    let fits = upper.is_ascii_uppercase() && upper <= LAST && (letter.is_ascii_uppercase() || marked);
    (fits && alone).then_some(Form::Letter(upper))
}

fn words(text: &str, most: usize) -> Option<Form> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && !"+-#%°".contains(c)))
        .filter(|word| !word.is_empty() && !matches!(*word, "a" | "an" | "the"))
        .collect();
    let text = words.join(" ");
    let fits = (1..=most).contains(&words.len()) && text.chars().count() <= WORDS_CHARS;
    fits.then_some(Form::Words(text))
}

fn json(reply: &str) -> Option<Answer> {
    let from = reply.find(['{', '['])?;
    let mut values = serde_json::Deserializer::from_str(&reply[from..]).into_iter::<Value>();
    let value = values.next()?.ok()?;
    Some(Answer {
        shown: value.to_string(),
        form: Form::Json(value),
    })
}

/// With the fields of objects in order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<&String, Value> =
                fields.iter().map(|(name, value)| (name, sorted(value))).collect();
            fields
                .into_iter()
                .map(|(name, value)| (name.clone(), value))
                .collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn code(reply: &str) -> Option<Answer> {
    let (language, source) = Language::ALL
        .into_iter()
        .find_map(|language| Some((language, crate::code::block_of(reply, language)?)))?;
    Some(Answer {
        shown: source.clone(),
        form: Form::Code { language, source },
    })
}

#[cfg(test)]
mod tests;
