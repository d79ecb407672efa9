//! The prefix cache changes what is computed, never what is answered.

use crate::contract::{Collected, answer, long_request};
use crate::rig;
use council_core::{GenerateRequest, Input, LanguageModel, Message, Role, Sampling};
use council_models::config::EngineConfig;
use futures::future::join_all;

const STORY: &str = "A lighthouse keeper on a small island wrote down the weather every evening. One night the lamp \
    went out, and the ships on the bay had to find their way by the bells of the old church alone. ";

/// Difference of log-probabilities within which rounding may decide.
const NEARLY_EQUAL: f32 = 0.2;

fn greedy(messages: Vec<Message>, max_tokens: u32) -> GenerateRequest {
    GenerateRequest {
        sampling: Sampling {
            temperature: 0.0,
            ..Sampling::default()
        },
        max_tokens: Some(max_tokens),
        top_logprobs: 2,
        ..GenerateRequest::chat(messages)
    }
}

fn question(text: &str) -> Vec<Message> {
    vec![Message::text(Role::User, format!("{}{text}", STORY.repeat(6)))]
}

async fn ask(model: &dyn LanguageModel, messages: Vec<Message>) -> Collected {
    answer(model, greedy(messages, 24)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_turn_reuses_the_first_and_answers_the_same_as_without_a_cache() {
    let rig = rig::smollm();
    let mut messages = question("Who wrote down the weather?");
    let first = ask(&*rig.model(), messages.clone()).await;
    messages.push(Message::text(Role::Assistant, first.text.clone()));
    messages.push(Message::text(Role::User, "And what went out?"));
    let warm = ask(&*rig.model(), messages.clone()).await;
    let (first_usage, usage) = (first.usage.unwrap(), warm.usage.unwrap());
    assert_eq!(first_usage.cached_tokens, 0);
    assert!(
        usage.cached_tokens >= first_usage.input_tokens,
        "{usage:?} after {first_usage:?}"
    );

    let fresh = rig::smollm();
    let cold = ask(&*fresh.model(), messages).await;
    assert_eq!(cold.usage.unwrap().cached_tokens, 0);
    assert_same_but_for_rounding(&cold, &warm);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_made_way_for_another_goes_on_as_if_it_had_stayed() {
    let (stays, leaves) = (rig::smollm(), rig::smollm());
    let mut messages = question("Who wrote down the weather?");
    let first = ask(&*stays.model(), messages.clone()).await;
    ask(&*leaves.model(), messages.clone()).await;
    let other = ask(
        &*leaves.model(),
        vec![Message::text(Role::User, "Name three colours.")],
    )
    .await;
    assert!(other.usage.unwrap().cached_tokens < other.usage.unwrap().input_tokens);
    messages.push(Message::text(Role::Assistant, first.text.clone()));
    messages.push(Message::text(Role::User, "And what went out?"));
    let stayed = ask(&*stays.model(), messages.clone()).await;
    let came_back = ask(&*leaves.model(), messages).await;
    assert_eq!(came_back.usage, stayed.usage, "as much is reused");
    assert_same_but_for_rounding(&stayed, &came_back);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_in_a_batch_are_those_given_alone() {
    let rig = rig::smollm();
    let model = rig.model();
    let questions = [
        "Who is it about?",
        "What is a bell?",
        "Where is the island?",
        "Name a ship.",
    ];
    let mut alone = Vec::new();
    for text in questions {
        alone.push(ask(&*model, question(text)).await);
    }
    let fresh = rig::smollm();
    let model = fresh.model();
    let together = join_all(questions.map(|text| ask(&*model, question(text)))).await;
    for (alone, together) in alone.iter().zip(&together) {
        assert_same_but_for_rounding(alone, together);
    }
}

/// llama.cpp's kernels add in another order for one row than for several, so where the two best tokens are nearly
/// equal either may win. Anything else that differs is a defect.
fn assert_same_but_for_rounding(alone: &Collected, together: &Collected) {
    let differs = alone
        .logprobs
        .iter()
        .zip(&together.logprobs)
        .find(|(a, b)| a.bytes != b.bytes);
    if let Some((a, b)) = differs {
        let runner_up = &a.top[1];
        assert_eq!(
            b.bytes, runner_up.bytes,
            "`{}` is not `{}`",
            together.text, alone.text
        );
        assert!(a.logprob - runner_up.logprob < NEARLY_EQUAL, "{a:?} became {b:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn voices_that_share_a_prompt_share_its_state() {
    let rig = rig::smollm();
    let model = rig.model();
    let voices =
        join_all((0..5).map(|voice| ask(&*model, question(&format!("You are voice {voice}."))))).await;
    let cached = voices
        .iter()
        .filter(|answer| answer.usage.unwrap().cached_tokens > 150)
        .count();
    assert_eq!(cached, 4, "all but the first");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_cache_answers_more_than_it_holds_at_once() {
    // Room for two of the four prompts at a time; the rest waits, or starts over.
    let kv_cache_bytes = Some(600 * 30 * 3 * 64 * 2 * 2);
    let rig = rig::smollm_with(EngineConfig {
        kv_cache_bytes,
        ..EngineConfig::default()
    });
    let model = rig.model();
    let answers = join_all((0..4).map(|n| {
        let text = format!("{n}: {}", STORY.repeat(5));
        let request = GenerateRequest {
            max_tokens: Some(40),
            sampling: Sampling {
                temperature: 0.0,
                ..Sampling::default()
            },
            ..GenerateRequest::new(Input::Text(text))
        };
        let model = &model;
        async move { answer(&**model, request).await }
    }))
    .await;
    assert!(
        answers
            .iter()
            .all(|answer| answer.usage.unwrap().output_tokens > 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cache_that_grows_keeps_what_it_holds() {
    let rig = rig::smollm();
    let model = rig.model();
    // The first context holds 256 cells; this prompt makes it grow while the other answer runs.
    let long = vec![Message::text(Role::User, STORY.repeat(55))];
    let running = answer(&*model, long_request(Some(200)));
    let growing = answer(&*model, greedy(long, 4));
    let (running, growing) = tokio::join!(running, growing);
    assert!(growing.usage.unwrap().input_tokens > 2048, "{:?}", growing.usage);
    let again = answer(&*rig::smollm().model(), long_request(Some(200))).await;
    let same = running
        .text
        .chars()
        .zip(again.text.chars())
        .take_while(|(a, b)| a == b)
        .count();
    assert!(same > 60, "`{}` is not `{}`", running.text, again.text);
}
