//! What every [`LanguageModel`] does. `language_model_contract` runs all of it; the wording of answers is never
//! checked, so real models can be put to it as well.

use council_core::{
    FinishReason, GenerateEvent, GenerateRequest, Input, LanguageModel, Message, ModelError, Role, Sampling,
    TokenLogprob, ToolCall, Usage,
};
use futures::StreamExt;
use futures::future::join_all;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A contract check that takes longer has hung.
const PATIENCE: Duration = Duration::from_mins(3);

/// What may differ between models.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traits {
    /// Usage is reported even when the request was cancelled. A remote server cannot be asked any more then.
    pub(crate) usage_after_cancel: bool,
    /// Log-probabilities are reported.
    pub(crate) logprobs: bool,
    /// At temperature 0 the same request gives the same answer, alone and beside others.
    pub(crate) repeatable: bool,
}

impl Traits {
    /// What a local model does.
    pub(crate) const LOCAL: Self = Self {
        usage_after_cancel: true,
        logprobs: true,
        repeatable: true,
    };
}

/// One complete answer that kept the rules of the stream.
#[derive(Clone, Debug)]
pub(crate) struct Collected {
    pub(crate) text: String,
    pub(crate) logprobs: Vec<TokenLogprob>,
    pub(crate) calls: Vec<ToolCall>,
    pub(crate) usage: Option<Usage>,
    pub(crate) finish: FinishReason,
}

/// Runs the whole contract.
pub(crate) async fn language_model_contract(model: Arc<dyn LanguageModel>, traits: Traits) {
    the_description_is_usable(&*model);
    let answer = an_answer_ends_with_usage_and_one_finish(&*model).await;
    at_most_max_tokens_are_generated(&*model).await;
    raw_text_is_continued(&*model).await;
    a_stop_string_is_not_part_of_the_answer(&*model, &answer).await;
    empty_messages_are_refused(&*model).await;
    a_cancelled_answer_ends_as_cancelled(&*model, traits).await;
    a_request_that_is_cancelled_before_it_starts_ends_at_once(&*model, traits).await;
    a_dropped_answer_frees_its_place(&*model).await;
    answers_beside_each_other_are_those_given_alone(&model, traits, &answer).await;
    log_probabilities_belong_to_the_text(&*model, traits).await;
}

/// A request with a long answer, cut after `max_tokens`; repeatable.
pub(crate) fn long_request(max_tokens: Option<u32>) -> GenerateRequest {
    let question = "Write all numbers from one to one thousand in words, separated by spaces. Begin now.";
    GenerateRequest {
        sampling: Sampling {
            temperature: 0.0,
            seed: Some(1),
            ..Sampling::default()
        },
        max_tokens,
        ..GenerateRequest::chat(vec![Message::text(Role::User, question)])
    }
}

/// The answer to a request that is expected to succeed.
pub(crate) async fn answer(model: &dyn LanguageModel, request: GenerateRequest) -> Collected {
    let id = model.info().id.clone();
    let events = patiently(model.generate(request, CancellationToken::new()).collect()).await;
    collect(events).unwrap_or_else(|error| panic!("`{id}` failed: {error}"))
}

/// Checks the order of events: text and calls, at most one usage, one finish or one error at the very end.
pub(crate) fn collect(events: Vec<Result<GenerateEvent, ModelError>>) -> Result<Collected, ModelError> {
    let mut text = String::new();
    let mut logprobs = Vec::new();
    let mut calls = Vec::new();
    let mut usage = None;
    let mut finish = None;
    for event in events {
        assert_eq!(finish, None, "{event:?} came after the finish");
        match event? {
            GenerateEvent::Text {
                text: piece,
                logprobs: tokens,
            } => {
                assert!(!piece.is_empty() || !tokens.is_empty(), "an event says nothing");
                text.push_str(&piece);
                logprobs.extend(tokens);
            }
            GenerateEvent::ToolCall(call) => calls.push(call),
            GenerateEvent::Usage(reported) => {
                assert_eq!(usage, None, "usage came twice");
                usage = Some(reported);
            }
            GenerateEvent::Finish(reason) => finish = Some(reason),
        }
    }
    Ok(Collected {
        text,
        logprobs,
        calls,
        usage,
        finish: finish.expect("the stream ended without a finish and without an error"),
    })
}

/// The future's result, or a failure when it hangs.
pub(crate) async fn patiently<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("a model hung: no end within three minutes")
}

fn the_description_is_usable(model: &dyn LanguageModel) {
    let info = model.info();
    assert!(!info.id.is_empty() && !info.id.contains(':'), "id `{}`", info.id);
    assert!(!info.provider.is_empty());
    assert!(info.context_length > 0);
}

async fn an_answer_ends_with_usage_and_one_finish(model: &dyn LanguageModel) -> Collected {
    let answer = answer(model, long_request(Some(24))).await;
    let usage = answer.usage.expect("no usage was reported");
    assert!(
        usage.input_tokens > 0 && usage.cached_tokens <= usage.input_tokens,
        "{usage:?}"
    );
    assert!(!answer.text.is_empty());
    answer
}

async fn at_most_max_tokens_are_generated(model: &dyn LanguageModel) {
    for max_tokens in [1, 5] {
        let answer = answer(model, long_request(Some(max_tokens))).await;
        let usage = answer.usage.expect("no usage was reported");
        assert_eq!(
            (usage.output_tokens, answer.finish),
            (max_tokens, FinishReason::Length)
        );
    }
}

async fn raw_text_is_continued(model: &dyn LanguageModel) {
    let request = GenerateRequest {
        input: Input::Text("one two three four five six".to_owned()),
        ..long_request(Some(4))
    };
    let usage = answer(model, request).await.usage.expect("no usage was reported");
    assert!(usage.input_tokens > 0 && usage.output_tokens <= 4, "{usage:?}");
}

/// The stop string is taken out of the middle of an answer, so that it surely comes.
async fn a_stop_string_is_not_part_of_the_answer(model: &dyn LanguageModel, full: &Collected) {
    let chars: Vec<char> = full.text.chars().collect();
    let middle = chars.len() / 2;
    let stop: String = chars[middle..(middle + 3).min(chars.len())].iter().collect();
    let request = GenerateRequest {
        stop: vec!["\u{1F512} never said".to_owned(), stop.clone()],
        ..long_request(Some(24))
    };
    let stopped = answer(model, request).await;
    assert_eq!(stopped.finish, FinishReason::Stop);
    assert!(
        !stopped.text.contains(&stop),
        "{:?} contains {stop:?}",
        stopped.text
    );
    let expected = full.text.split(&stop).next().unwrap_or_default();
    assert_eq!(stopped.text, expected, "text before {stop:?}");
}

async fn empty_messages_are_refused(model: &dyn LanguageModel) {
    let stream = model.generate(GenerateRequest::chat(Vec::new()), CancellationToken::new());
    let events: Vec<_> = patiently(stream.collect()).await;
    assert_eq!(events.len(), 1, "{events:?}");
    let refused = matches!(&events[0], Err(ModelError::InvalidRequest { field, .. }) if field == "messages");
    assert!(refused, "{events:?}");
}

async fn a_cancelled_answer_ends_as_cancelled(model: &dyn LanguageModel, traits: Traits) {
    let cancel = CancellationToken::new();
    let mut stream = model.generate(long_request(None), cancel.clone());
    let mut events = vec![patiently(stream.next()).await.expect("an empty answer")];
    cancel.cancel();
    events.extend(patiently(stream.collect::<Vec<_>>()).await);
    let answer = collect(events).unwrap_or_else(|error| panic!("cancel gave an error: {error}"));
    assert_eq!(answer.finish, FinishReason::Cancelled);
    if traits.usage_after_cancel {
        let usage = answer.usage.expect("no usage was reported after the cancel");
        assert!(usage.input_tokens > 0 && usage.output_tokens > 0, "{usage:?}");
    }
}

async fn a_request_that_is_cancelled_before_it_starts_ends_at_once(
    model: &dyn LanguageModel,
    traits: Traits,
) {
    let cancel = CancellationToken::new();
    cancel.cancel();
    let stream = model.generate(long_request(None), cancel);
    let events: Vec<_> = patiently(stream.collect()).await;
    let answer = collect(events).unwrap_or_else(|error| panic!("cancel gave an error: {error}"));
    assert_eq!(
        (answer.finish, answer.text.as_str()),
        (FinishReason::Cancelled, "")
    );
    assert!(
        !traits.usage_after_cancel || answer.usage.is_some(),
        "no usage was reported after the cancel"
    );
}

/// More answers are dropped half-way than any model has places for; then one must still be given.
async fn a_dropped_answer_frees_its_place(model: &dyn LanguageModel) {
    for _ in 0..20 {
        let mut stream = model.generate(long_request(None), CancellationToken::new());
        let first = patiently(stream.next()).await.expect("an empty answer");
        assert!(first.is_ok(), "{first:?}");
    }
    drop(model.generate(long_request(None), CancellationToken::new()));
    assert!(!answer(model, long_request(Some(3))).await.text.is_empty());
}

async fn answers_beside_each_other_are_those_given_alone(
    model: &Arc<dyn LanguageModel>,
    traits: Traits,
    alone: &Collected,
) {
    let answers = join_all((0..4).map(|_| answer(&**model, long_request(Some(24))))).await;
    for answer in answers {
        assert_eq!(answer.finish, alone.finish);
        if traits.repeatable {
            assert_eq!(answer.text, alone.text);
        }
    }
}

async fn log_probabilities_belong_to_the_text(model: &dyn LanguageModel, traits: Traits) {
    let request = GenerateRequest {
        top_logprobs: 3,
        ..long_request(Some(6))
    };
    let answer = answer(model, request).await;
    if !traits.logprobs {
        assert!(answer.logprobs.is_empty());
        return;
    }
    let bytes: Vec<u8> = answer
        .logprobs
        .iter()
        .flat_map(|token| token.bytes.clone())
        .collect();
    assert_eq!(String::from_utf8_lossy(&bytes), answer.text);
    for token in &answer.logprobs {
        assert!(token.logprob <= 0.0, "{token:?}");
        assert_eq!(token.top.len(), 3, "{token:?}");
        assert!(token.top.is_sorted_by(|a, b| a.logprob >= b.logprob), "{token:?}");
    }
}
