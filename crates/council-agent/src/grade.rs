//! Whether an answer to a question is the right one, for questions whose answer is known. Pure: programs are taken out
//! of answers here, and run by whoever asks.
//!
//! - `number`, `words`: the last word of an answer, as a number and as words
//! - [`question`]: a question and its answer, as `bench/questions` has them

mod number;
pub mod question;
mod words;

pub use question::{Expected, Known, Question};

/// Whether `answer` says what is expected. `None` for a program, which has to be run: see [`program`].
///
/// Strict rather than kind: an answer that gives two results is right only where its last one is, and one that says the
/// right thing in passing is not.
pub fn grade(answer: &str, expected: &Expected) -> Option<bool> {
    match &expected.known {
        Known::Number { value, tolerance } => Some(number::says(answer, value, *tolerance)),
        Known::Choice { value } => Some(words::chooses(answer, &with_others(value, expected))),
        Known::Text { value } => Some(words::says(answer, &with_others(value, expected))),
        Known::Set { members } => Some(words::lists(answer, members)),
        Known::Program { .. } => None,
    }
}

/// The program to run, where one is expected: that of the answer with the tests after it. It ends well exactly if the
/// answer is right. `None` where the answer has no program.
pub fn program(answer: &str, expected: &Expected) -> Option<String> {
    let Known::Program { tests } = &expected.known else {
        return None;
    };
    let (_, after) = answer.split_once("```")?;
    let (_, code) = after.split_once('\n')?;
    let code = code.split("```").next()?;
    Some(format!("{code}\n\n{tests}\n"))
}

fn with_others<'a>(value: &'a str, expected: &'a Expected) -> Vec<&'a str> {
    let others = expected.accept.iter().map(String::as_str);
    std::iter::once(value).chain(others).collect()
}

#[cfg(test)]
mod tests;
