//! Puts a question to a model as it is put in a turn, and keeps what its tokens say.

use crate::confidence::{AnswerEvidence, Confidence};
use crate::grade::Question;
use council_core::{
    GenerateEvent, GenerateRequest, LanguageModel, Message, ModelError, Origin, Priority, Role, Sampling,
};
use futures::StreamExt as _;
use tokio_util::sync::CancellationToken;

/// Most tokens of an answer to a question that can be checked.
const MAX_TOKENS: u32 = 384;
/// Enough to see the token after the most likely one.
const ALTERNATIVES: u8 = 2;

/// What a model said.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// Its words.
    pub text: String,
    /// What its tokens say; `None` where the model reports no log-probabilities.
    pub evidence: Option<AnswerEvidence>,
}

/// What is put to a model: the question, with the document that answers it where there is one.
pub fn prompt(question: &Question, document: Option<&str>) -> String {
    match document {
        Some(document) => format!(
            "Answer the question by what this document says.\n\n{}\n\nQuestion: {}",
            document.trim(),
            question.text
        ),
        None => question.text.clone(),
    }
}

/// Asks, always taking the most likely token.
///
/// # Errors
/// The model's.
pub async fn ask(model: &dyn LanguageModel, prompt: String) -> Result<Answered, ModelError> {
    let request = GenerateRequest {
        sampling: Sampling {
            temperature: 0.0,
            ..Sampling::default()
        },
        max_tokens: Some(MAX_TOKENS),
        top_logprobs: ALTERNATIVES,
        priority: Priority::Background,
        client: "calibration".to_owned(),
        origin: Origin {
            purpose: "calibration".to_owned(),
            ..Origin::default()
        },
        ..GenerateRequest::chat(vec![Message::text(Role::User, prompt)])
    };
    let mut events = model.generate(request, CancellationToken::new());
    let (mut said, mut confidence) = (String::new(), Confidence::default());
    while let Some(event) = events.next().await {
        if let GenerateEvent::Text { text, logprobs } = event? {
            said.push_str(&text);
            confidence.add(&logprobs);
        }
    }
    Ok(Answered {
        text: said,
        evidence: confidence.evidence(),
    })
}
