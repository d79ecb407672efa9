//! The second line: a language model puts each sentence into a formula, and every formula is checked against its sentence.

mod check;
#[cfg(test)]
mod tests;

use super::language::{Formula, Problem, Sort};
use super::notation::{self, Names};
use super::puzzle::{Ask, Puzzle, Question};
use super::read;
use super::words::{Sentence, Word, plain};
use council_core::{
    FinishReason, GenerateEvent, GenerateRequest, LanguageModel, Message, OutputFormat, Priority, Role, Usage,
};
use futures::StreamExt;
use serde::Deserialize;
use serde_json::json;
use std::fmt::Write as _;
use std::time::Instant;
use tokio_util::sync::CancellationToken;

/// Most sentences of a text that is translated.
const MOST_SENTENCES: usize = 10;

/// Tokens for one formula, quotation marks and all.
const TOKENS_PER_FORMULA: u32 = 72;

const INSTRUCTION: &str = "\
You translate sentences into formulas of logic. Write one formula for each numbered sentence, in order, and one for the question.
Use: name(thing), ~ for not, & for and, | for or, -> for if-then, <-> for if and only if, all x (...), some x (...).
Name predicates and things with the words of the sentence, joined by _. Use the same name for the same meaning. Add nothing.

Sentences:
1. All dogs bark.
2. Rex does not bark.
3. If Rex is not a dog, the neighbour is happy.
Question: Is the neighbour happy?

{\"formulas\": [\"all x (dog(x) -> bark(x))\", \"~bark(rex)\", \"~dog(rex) -> happy(neighbour)\"], \"question\": \"happy(neighbour)\"}";

#[derive(Deserialize)]
struct Translation {
    formulas: Vec<String>,
    question: String,
}

/// A text that is worth a translation: statements that follow rules, and one question for yes or no.
pub(crate) struct Worth {
    statements: Vec<Sentence>,
    question: Vec<Word>,
}

/// Whether a text can be a puzzle of this kind at all; without a model, and in microseconds.
pub(crate) fn worth(text: &str) -> Option<Worth> {
    const RULES: &[&str] = &[
        "all", "every", "each", "no", "if", "whenever", "either", "or", "neither", "everyone", "nobody",
        "none", "any",
    ];
    const PERSONAL: &[&str] = &[
        "i",
        "me",
        "my",
        "you",
        "your",
        "we",
        "our",
        "us",
        "should",
        "ought",
        "would",
        "could",
        "might",
        "may",
        "probably",
        "likely",
        "best",
        "better",
        "think",
        "opinion",
        "legal",
        "illegal",
        "law",
        "moral",
        "ethical",
        "fair",
        "most",
        "many",
        "few",
        "usually",
        "often",
        "sometimes",
        "unless",
        "only",
        "than",
        "because",
        "please",
        "says",
        "said",
        "before",
        "after",
        "until",
        "yesterday",
        "tomorrow",
    ];
    const ASKS: &[&str] = &[
        "is", "are", "was", "were", "does", "do", "did", "has", "will", "must",
    ];
    let sentences = read::sentences_of(text);
    let (last, statements) = sentences.split_last()?;
    let fits = last.question
        && last.words.first()?.is_any(ASKS)
        && (2..=MOST_SENTENCES).contains(&statements.len())
        && statements
            .iter()
            .all(|one| !one.question && one.words.len() <= 30)
        && statements
            .iter()
            .any(|one| one.words.iter().any(|word| word.is_any(RULES)))
        && !sentences
            .iter()
            .any(|one| one.words.iter().any(|word| word.is_any(PERSONAL)));
    fits.then(|| Worth {
        statements: statements.to_vec(),
        question: last.words.clone(),
    })
}

/// Asks the model. Whatever is odd about its answer is a reason not to use it.
pub(crate) async fn translate(
    worth: &Worth,
    model: &dyn LanguageModel,
    deadline: Instant,
    cancel: &CancellationToken,
) -> (Result<Puzzle, String>, Usage) {
    let mut usage = Usage::default();
    let said = generate(worth, model, cancel, &mut usage);
    let left = deadline.saturating_duration_since(Instant::now());
    let said = match tokio::time::timeout(left, said).await {
        Err(_) => Err("the model did not translate the text in time".to_owned()),
        Ok(said) => said,
    };
    (said.and_then(|said| puzzle(worth, &said)), usage)
}

async fn generate(
    worth: &Worth,
    model: &dyn LanguageModel,
    cancel: &CancellationToken,
    usage: &mut Usage,
) -> Result<String, String> {
    // Writing to a string cannot fail.
    let mut text = String::from("Sentences:\n");
    for (index, sentence) in worth.statements.iter().enumerate() {
        let _ = writeln!(text, "{}. {}.", index + 1, sentence.text);
    }
    let _ = write!(text, "Question: {}?", super::words::written(&worth.question));
    let count = worth.statements.len();
    let mut request = GenerateRequest::chat(vec![
        Message::text(Role::System, INSTRUCTION),
        Message::text(Role::User, text),
    ]);
    request.sampling.temperature = 0.0;
    request.max_tokens = Some(TOKENS_PER_FORMULA * (count as u32 + 1));
    request.priority = Priority::Interactive;
    request.format = OutputFormat::JsonSchema(json!({
        "type": "object",
        "properties": {
            "formulas": {"type": "array", "items": {"type": "string"}, "minItems": count, "maxItems": count},
            "question": {"type": "string"},
        },
        "required": ["formulas", "question"],
        "additionalProperties": false,
    }));
    // Dropped, it ends the generation.
    let mut events = model.generate(request, cancel.child_token());
    let mut said = String::new();
    while let Some(event) = events.next().await {
        match event {
            Ok(GenerateEvent::Text { text, .. }) => said.push_str(&text),
            Ok(GenerateEvent::Usage(used)) => *usage = used,
            Ok(GenerateEvent::Finish(FinishReason::Stop)) => return Ok(said),
            Ok(GenerateEvent::Finish(FinishReason::Length)) => {
                return Err("the model's translation was too long".to_owned());
            }
            Ok(GenerateEvent::Finish(FinishReason::Cancelled)) => return Err("it was cancelled".to_owned()),
            Ok(GenerateEvent::Finish(FinishReason::ToolCalls) | GenerateEvent::ToolCall(_)) => {
                return Err("the model called a tool instead of translating".to_owned());
            }
            Err(error) => return Err(format!("the model could not translate the text: {error}")),
        }
    }
    Err("the model's translation broke off".to_owned())
}

/// The puzzle that a translation makes, if every formula bears its sentence out.
fn puzzle(worth: &Worth, said: &str) -> Result<Puzzle, String> {
    let translation: Translation = serde_json::from_str(said)
        .map_err(|error| format!("the model's translation is no translation: {error}"))?;
    if translation.formulas.len() != worth.statements.len() {
        return Err("the model's translation has another number of sentences".to_owned());
    }
    let mut problem = Problem::default();
    problem.sorts.push(Sort {
        name: "thing".to_owned(),
        elements: Vec::new(),
        open: true,
    });
    for (sentence, written) in worth.statements.iter().zip(&translation.formulas) {
        let formula = parsed(&mut problem, written)?;
        check::bears_out(&problem, &formula, &sentence.words)
            .map_err(|reason| format!("the translation `{written}` of \"{}\" {reason}", sentence.text))?;
        problem.premise(&sentence.text, formula);
    }
    let known = (problem.symbols.len(), problem.sorts[0].elements.len());
    let statement = parsed(&mut problem, &translation.question)?;
    if known != (problem.symbols.len(), problem.sorts[0].elements.len()) {
        return Err("the model's question speaks of something that the sentences do not".to_owned());
    }
    check::bears_out(&problem, &statement, &worth.question[1..]).map_err(|reason| {
        format!(
            "the translation `{}` of \"{}\" {reason}",
            translation.question,
            plain(&worth.question)
        )
    })?;
    Ok(Puzzle {
        problem,
        question: Question::Whether {
            statement,
            ask: Ask::Truth,
        },
        // A formula that says less than its sentence makes too little follow, never too much.
        doubt: Some(
            "it does not follow from the model's translation, which may say less than the text".to_owned(),
        ),
    })
}

fn parsed(problem: &mut Problem, written: &str) -> Result<Formula, String> {
    notation::tokens(written, Names::Words)
        .and_then(|tokens| notation::formula(problem, &tokens, Names::Words))
        .ok_or_else(|| format!("the model's formula `{written}` is none"))
}
