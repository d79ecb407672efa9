//! Statements that are letters, joined by words: "If A then B. Not B. Is A true?"

use super::formal;
use crate::logic::language::{Formula, Problem};
use crate::logic::notation::{self, Names};
use crate::logic::puzzle::{Ask, Puzzle, Question};
use crate::logic::words::Sentence;

/// Reads such a text, whole or not at all.
pub(super) fn read(sentences: &[Sentence]) -> Option<Puzzle> {
    let (asked, told) = sentences.split_last()?;
    if told.iter().any(|sentence| sentence.question) {
        return None;
    }
    let asked = bare(&asked.text);
    let told: Vec<String> = told.iter().map(|sentence| bare(&sentence.text)).collect();
    let (told, asked) = match at_once(&asked) {
        Some(parts) if told.is_empty() => parts,
        _ => (told, asked),
    };
    let mut problem = Problem::default();
    for statement_text in told {
        let formula = statement(&mut problem, &statement_text)?;
        let words = problem.show(&formula);
        problem.premise(&words, formula);
    }
    let question = question(&mut problem, &asked)?;
    formal::puzzle(problem, question)
}

/// "If A implies B and B implies C, does A imply C?": what is told, and what is asked of it.
fn at_once(text: &str) -> Option<(Vec<String>, String)> {
    let rest = text.strip_prefix("if ")?;
    let comma = [", does ", ", is ", ", must ", ", can "]
        .iter()
        .filter_map(|lead| rest.rfind(lead))
        .max()?;
    let (told, asked) = (&rest[..comma], &rest[comma + 2..]);
    let alone = |part: &str| {
        [" implies ", " is true", " is false"]
            .iter()
            .any(|sign| part.contains(sign))
    };
    let parts: Vec<&str> = told.split(" and ").collect();
    let parts = if parts.iter().all(|part| alone(part)) {
        parts
    } else {
        vec![told]
    };
    Some((parts.into_iter().map(str::to_owned).collect(), asked.to_owned()))
}

fn bare(text: &str) -> String {
    let text = text.trim().trim_end_matches(['?', '.', '!', ' ']);
    let lower = text.to_lowercase();
    [
        "therefore",
        "so",
        "hence",
        "then",
        "and",
        "suppose",
        "assume",
        "given",
    ]
    .iter()
    .find_map(|lead| lower.strip_prefix(lead)?.strip_prefix([' ', ',']))
    .unwrap_or(&lower)
    .trim_start_matches("that ")
    .trim()
    .to_owned()
}

/// Both sides of a word in the middle; none inside another.
fn halves<'a>(text: &'a str, middle: &str) -> Option<(&'a str, &'a str)> {
    let (left, right) = text.split_once(middle)?;
    (!right.contains(middle)).then_some((left.trim_end_matches(','), right))
}

fn statement(problem: &mut Problem, text: &str) -> Option<Formula> {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix("it is not the case that ") {
        return Some(statement(problem, inner)?.not());
    }
    if let Some(rest) = text.strip_prefix("if ") {
        let (when, then) = halves(rest, " then ").or_else(|| halves(rest, ", "))?;
        let (when, then) = (statement(problem, when)?, statement(problem, then)?);
        return Some(when.implies(then));
    }
    if let Some((left, right)) = halves(text, " if and only if ") {
        return Some(statement(problem, left)?.same(statement(problem, right)?));
    }
    if let Some((left, right)) = halves(text, " only if ") {
        let left = statement(problem, left)?;
        return Some(left.implies(statement(problem, right)?));
    }
    if let Some((left, right)) = halves(text, " unless ") {
        let left = statement(problem, left)?;
        return Some(statement(problem, right)?.not().implies(left));
    }
    if let Some((left, right)) = halves(text, " if ") {
        let left = statement(problem, left)?;
        return Some(statement(problem, right)?.implies(left));
    }
    if let Some(rest) = text.strip_prefix("either ") {
        let (left, right) = halves(rest, " or ")?;
        return Some(Formula::Any(vec![
            statement(problem, left)?,
            statement(problem, right)?,
        ]));
    }
    if let Some(rest) = text.strip_prefix("neither ") {
        let (left, right) = halves(rest, " nor ")?;
        return Some(Formula::All(vec![
            statement(problem, left)?.not(),
            statement(problem, right)?.not(),
        ]));
    }
    if let Some(inner) = text
        .strip_suffix(" is false")
        .or(text.strip_suffix(" is not true"))
    {
        return Some(statement(problem, inner)?.not());
    }
    let inner = [" is true", " holds", " is the case"]
        .iter()
        .find_map(|end| text.strip_suffix(end))
        .unwrap_or(text);
    written(problem, inner)
}

/// Signs and letters alone.
fn written(problem: &mut Problem, text: &str) -> Option<Formula> {
    let tokens = formal::tokens(text)?;
    notation::formula(problem, &tokens, Names::Letters)
}

fn question(problem: &mut Problem, text: &str) -> Option<Question> {
    let whether = |statement, ask| Some(Question::Whether { statement, ask });
    if let Some(rest) = text.strip_prefix("does ") {
        if let Some((left, right)) = halves(rest, " imply ").or_else(|| halves(rest, " entail ")) {
            let left = written(problem, left)?;
            return whether(left.implies(written(problem, right)?), Ask::Follows);
        }
        let inner = rest.strip_suffix(" follow").or(rest.strip_suffix(" hold"))?;
        return whether(statement(problem, inner)?, Ask::Follows);
    }
    for lead in [
        "can we conclude ",
        "can we infer ",
        "does it follow ",
        "can it be concluded ",
    ] {
        if let Some(inner) = text.strip_prefix(lead) {
            let inner = inner.strip_prefix("that ").unwrap_or(inner);
            return whether(statement(problem, inner)?, Ask::Follows);
        }
    }
    if let Some(inner) = text
        .strip_prefix("must ")
        .and_then(|rest| rest.strip_suffix(" be true"))
    {
        return whether(statement(problem, inner)?, Ask::Follows);
    }
    let rest = text.strip_prefix("is ")?;
    if let Some(inner) = rest.strip_suffix(" false") {
        return whether(statement(problem, inner)?.not(), Ask::Truth);
    }
    let inner = rest
        .strip_suffix(" necessarily true")
        .or(rest.strip_suffix(" true"))
        .or(rest.strip_suffix(" the case"))?;
    whether(statement(problem, inner)?, Ask::Truth)
}
