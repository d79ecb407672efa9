//! Translations by a scripted model: what is kept, and what is refused.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use crate::Logic;
use council_core::{
    Attempt, Attempted, EventStream, FinishReason, GenerateEvent, GenerateRequest, LanguageModel, Locality,
    ModelError, ModelInfo, OutputFormat, Price, Skill, SkillHelp, Usage,
};
use futures::StreamExt;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Says what it was told to say, once or never.
struct Scripted {
    info: ModelInfo,
    says: Option<Vec<Result<GenerateEvent, ModelError>>>,
    asked: Mutex<Vec<GenerateRequest>>,
}

impl LanguageModel for Scripted {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn generate(&self, request: GenerateRequest, _: CancellationToken) -> EventStream {
        self.asked.lock().unwrap().push(request);
        match self.says.clone() {
            Some(events) => futures::stream::iter(events).boxed(),
            None => futures::stream::pending().boxed(),
        }
    }
}

fn model(says: Option<Vec<Result<GenerateEvent, ModelError>>>) -> Arc<Scripted> {
    Arc::new(Scripted {
        info: ModelInfo {
            id: "scripted".to_owned(),
            provider: "scripted (fake)".to_owned(),
            context_length: 4096,
            locality: Locality::Local,
            price: Price::default(),
            chat: true,
            tools: false,
            vision: false,
            size_bytes: None,
        },
        says,
        asked: Mutex::new(Vec::new()),
    })
}

fn saying(text: &str) -> Arc<Scripted> {
    model(Some(vec![
        Ok(GenerateEvent::Text {
            text: text.to_owned(),
            logprobs: Vec::new(),
        }),
        Ok(GenerateEvent::Usage(Usage {
            input_tokens: 90,
            cached_tokens: 0,
            output_tokens: 30,
        })),
        Ok(GenerateEvent::Finish(FinishReason::Stop)),
    ]))
}

async fn attempt(question: &str, model: &Arc<Scripted>, time_limit: Duration) -> Attempted {
    let help = SkillHelp {
        model: Some(Arc::clone(model) as Arc<dyn LanguageModel>),
        sandbox: None,
        time_limit,
        cancel: CancellationToken::new(),
    };
    Logic.attempt(question, &help).await
}

const LONG: Duration = Duration::from_mins(1);

/// No rule reads the second sentence.
const TEXT: &str =
    "All glimmering stones sink. Rex owns a stone, glimmering. If Rex is wet, Rex does not sink. Is Rex wet?";
const GOOD: &str = r#"{"formulas": ["all x ((glimmering(x) & stone(x)) -> sink(x))", "owns_stone_glimmering(rex)", "wet(rex) -> ~sink(rex)"], "question": "wet(rex)"}"#;

#[tokio::test]
async fn what_a_checked_translation_proves_is_answered_with_less_confidence() {
    let text = "Every glimmering stone sinks at once. Basalt is stone, glimmering. If basalt is wet, basalt sinks at once never. Is basalt wet?";
    let says = r#"{"formulas": ["all x ((glimmering(x) & stone(x)) -> sinks_at_once(x))", "stone(basalt) & glimmering(basalt)", "wet(basalt) -> ~sinks_at_once(basalt)"], "question": "wet(basalt)"}"#;
    let model = saying(says);
    let attempted = attempt(text, &model, LONG).await;
    let Attempt::Answered(answer) = attempted.attempt else {
        panic!("{:?}", attempted.attempt);
    };
    assert_eq!((answer.value.as_str(), answer.confidence), ("no", 0.6));
    assert_eq!(
        (attempted.usage.input_tokens, attempted.usage.output_tokens),
        (90, 30)
    );
    let asked = model.asked.lock().unwrap();
    assert!(asked[0].sampling.temperature.abs() < f32::EPSILON && asked[0].max_tokens.is_some());
    assert!(matches!(asked[0].format, OutputFormat::JsonSchema(_)));
}

#[tokio::test]
async fn what_does_not_follow_from_a_translation_is_not_said_to_be_open() {
    let attempted = attempt(TEXT, &saying(GOOD), LONG).await;
    assert!(
        matches!(attempted.attempt, Attempt::Unsure { .. }),
        "{:?}",
        attempted.attempt
    );
    assert_eq!(attempted.usage.output_tokens, 30);
}

#[tokio::test]
async fn a_translation_that_differs_from_its_text_is_refused() {
    for (wrong, why) in [
        (GOOD.replace("-> ~sink(rex)", "-> sink(rex)"), "not"),
        (
            GOOD.replace("wet(rex) -> ~sink(rex)", "~sink(rex) -> wet(rex)"),
            "condition",
        ),
        (
            GOOD.replace("owns_stone_glimmering(rex)", "owns_stone(rex)"),
            "leaves out",
        ),
        (
            GOOD.replace("owns_stone_glimmering(rex)", "owns_stone_glimmering_gold(rex)"),
            "gold",
        ),
        (GOOD.replace("all x ((", "some x (("), "`"),
        (GOOD.replace("\"wet(rex)\"}", "\"dry(rex)\"}"), "question"),
        (
            GOOD.replace("\"owns_stone_glimmering(rex)\", ", ""),
            "number of sentences",
        ),
        (GOOD.replace("sink(x))", "sink(x)"), "none"),
        (GOOD.replace("formulas", "clauses"), "no translation"),
        ("All stones sink.".to_owned(), "no translation"),
    ] {
        let attempted = attempt(TEXT, &saying(&wrong), LONG).await;
        match attempted.attempt {
            Attempt::Unsure { reason } => assert!(reason.contains(why), "{wrong}: {reason}"),
            other => panic!("{wrong}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_model_that_fails_or_is_cut_off_leaves_the_question_open() {
    let failed = model(Some(vec![Err(ModelError::Internal("it broke".to_owned()))]));
    let cut = model(Some(vec![Ok(GenerateEvent::Finish(FinishReason::Length))]));
    let empty = model(Some(Vec::new()));
    for one in [failed, cut, empty] {
        let attempted = attempt(TEXT, &one, LONG).await;
        assert!(
            matches!(attempted.attempt, Attempt::Unsure { .. }),
            "{:?}",
            attempted.attempt
        );
    }
}

#[tokio::test]
async fn a_model_that_says_nothing_is_waited_for_until_the_limit() {
    let attempted = attempt(TEXT, &model(None), Duration::from_millis(300)).await;
    assert!(
        matches!(attempted.attempt, Attempt::Unsure { .. }),
        "{:?}",
        attempted.attempt
    );
}

#[tokio::test]
async fn what_is_no_puzzle_is_not_put_to_the_model() {
    for text in crate::logic::tests::NO_PUZZLES {
        let model = saying(GOOD);
        let attempted = attempt(text, &model, LONG).await;
        assert!(
            matches!(attempted.attempt, Attempt::Unsure { .. }),
            "{text}: {:?}",
            attempted.attempt
        );
        assert_eq!(model.asked.lock().unwrap().len(), 0, "{text}");
    }
}
