//! Models that see: tiny ones with random weights, so what they say means nothing, but it depends on every pixel.

use crate::contract::{Collected, answer};
use crate::rig::{self, Rig};
use base64::Engine as _;
use council_core::{Content, GenerateRequest, LanguageModel, Message, ModelError, Role, Sampling};
use council_models::gguf::writer::{
    TinyArchitecture, TinyModel, TinyProjector, write_tiny_model, write_tiny_projector,
};
use futures::StreamExt as _;
use futures::future::join_all;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

/// Models with images of one size, whose parts see each other, and with images placed in two dimensions.
const KINDS: [(TinyArchitecture, TinyProjector); 2] = [
    (TinyArchitecture::Llama, TinyProjector::Gemma3),
    (TinyArchitecture::Qwen2Vl, TinyProjector::Qwen2Vl),
];

/// Difference of log-probabilities that is rounding.
const ROUNDING: f32 = 0.02;

fn seeing((architecture, projector): (TinyArchitecture, TinyProjector)) -> Rig {
    seeing_with(architecture, projector, TinyModel::default().embedding)
}

fn seeing_with(architecture: TinyArchitecture, projector: TinyProjector, embedding: u32) -> Rig {
    rig::directory("tiny", |dir| {
        let model = TinyModel {
            architecture,
            context_length: 2048,
            ..TinyModel::default()
        };
        write_tiny_model(&dir.join("tiny.gguf"), &model).unwrap();
        write_tiny_projector(&dir.join("tiny.mmproj.gguf"), projector, embedding, 7).unwrap();
    })
}

/// A picture whose colours depend on `seed`, as a `data:` URL.
fn picture(width: u32, height: u32, seed: u32) -> String {
    let pixel =
        |x: u32, y: u32| Rgb([x * 7 + seed, y * 5 + seed * 3, (x + y) * seed].map(|value| value as u8));
    let image = DynamicImage::from(RgbImage::from_fn(width, height, pixel));
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, ImageFormat::Png).unwrap();
    let encoded = base64::engine::general_purpose::STANDARD.encode(file.into_inner());
    format!("data:image/png;base64,{encoded}")
}

fn shown(url: &str, question: &str) -> Message {
    let mut message = Message::text(Role::User, "look: ");
    message.content.push(Content::ImageUrl(url.to_owned()));
    message.content.push(Content::Text(question.to_owned()));
    message
}

fn greedy(messages: Vec<Message>) -> GenerateRequest {
    GenerateRequest {
        sampling: Sampling {
            temperature: 0.0,
            ..Sampling::default()
        },
        max_tokens: Some(6),
        top_logprobs: 1,
        ..GenerateRequest::chat(messages)
    }
}

async fn ask(model: &dyn LanguageModel, messages: Vec<Message>) -> Collected {
    answer(model, greedy(messages)).await
}

fn first_logprob(answer: &Collected) -> f32 {
    answer.logprobs.first().expect("a token").logprob
}

async fn error(model: &dyn LanguageModel, request: GenerateRequest) -> ModelError {
    let mut events = model.generate(request, tokio_util::sync::CancellationToken::new());
    loop {
        if let Err(error) = events.next().await.expect("an error") {
            return error;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_depends_on_what_is_shown() {
    for kind in KINDS {
        let rig = seeing(kind);
        let model = rig.model();
        assert!(model.info().vision, "{kind:?}");
        let one = ask(&*model, vec![shown(&picture(90, 60, 3), "what is it")]).await;
        let other = ask(&*model, vec![shown(&picture(90, 60, 1), "what is it")]).await;
        let again = ask(&*model, vec![shown(&picture(90, 60, 3), "what is it")]).await;
        assert!(
            (first_logprob(&one) - first_logprob(&other)).abs() > ROUNDING,
            "{kind:?}: {} and {} for two pictures",
            first_logprob(&one),
            first_logprob(&other)
        );
        assert!(
            (first_logprob(&one) - first_logprob(&again)).abs() <= ROUNDING,
            "{kind:?}: the same picture"
        );
        let (usage, without) = (one.usage.unwrap(), Message::text(Role::User, "look: what is it"));
        let without = ask(&*model, vec![without]).await.usage.unwrap();
        assert!(
            usage.input_tokens >= without.input_tokens + 4,
            "{usage:?}, {without:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_turn_does_not_look_again_and_answers_the_same_as_without_a_cache() {
    for kind in KINDS {
        let rig = seeing(kind);
        let mut messages = vec![shown(&picture(120, 80, 5), "what is it")];
        let first = ask(&*rig.model(), messages.clone()).await;
        let between = vec![Message::text(Role::User, "something else entirely")];
        ask(&*rig.model(), between).await;
        messages.push(Message::text(Role::Assistant, "a thing"));
        messages.push(shown(&picture(60, 60, 6), "and this"));
        let warm = ask(&*rig.model(), messages.clone()).await;
        let usage = warm.usage.unwrap();
        assert!(
            usage.cached_tokens + 16 >= first.usage.unwrap().input_tokens,
            "{kind:?}: {usage:?}"
        );

        let fresh = seeing(kind);
        let cold = ask(&*fresh.model(), messages).await;
        assert_eq!(cold.usage.unwrap().cached_tokens, 0);
        assert!(
            (first_logprob(&cold) - first_logprob(&warm)).abs() <= ROUNDING,
            "{kind:?}: {} cold, {} warm",
            first_logprob(&cold),
            first_logprob(&warm)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_who_look_at_once_each_get_the_answer_that_they_get_alone() {
    for kind in KINDS {
        let rig = seeing(kind);
        let model = rig.model();
        let questions: Vec<Vec<Message>> = (0..6_u32)
            .map(|which| match which % 3 {
                0 => vec![Message::text(Role::User, format!("only words {which}"))],
                _ => vec![shown(&picture(64 + which * 8, 64, which), "what")],
            })
            .collect();
        let together = join_all(questions.iter().map(|question| ask(&*model, question.clone()))).await;
        for (question, answer) in questions.into_iter().zip(together) {
            let alone = seeing(kind);
            let alone = ask(&*alone.model(), question).await;
            assert!(
                (first_logprob(&alone) - first_logprob(&answer)).abs() <= ROUNDING,
                "{kind:?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_cannot_be_read_is_refused_and_the_next_question_is_answered() {
    let rig = seeing(KINDS[0]);
    let model = rig.model();
    for (url, why) in [
        ("https://example.org/a.png", "do not fetch"),
        ("data:image/png;base64,aGVsbG8=", "cannot be read"),
    ] {
        let failed = error(&*model, greedy(vec![shown(url, "what")])).await;
        assert!(
            matches!(&failed, ModelError::InvalidRequest { field, message }
                if field == "messages" && message.contains(why)),
            "{failed:?}"
        );
    }
    ask(&*model, vec![shown(&picture(50, 50, 1), "what")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_images_than_can_be_sent_are_refused_with_the_limit() {
    let rig = seeing(KINDS[0]);
    let large = format!("data:image/png;base64,{}", "A".repeat(33 << 20));
    let mut message = shown(&large, "and");
    message.content.push(Content::ImageUrl(format!("{large}AAAA")));
    let failed = error(&*rig.model(), greedy(vec![message])).await;
    assert!(failed.to_string().contains("more than 64 MiB"), "{failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_without_a_projector_refuses_images() {
    let rig = rig::tiny(TinyArchitecture::Llama);
    assert!(!rig.model().info().vision);
    let failed = error(&*rig.model(), greedy(vec![shown(&picture(50, 50, 1), "what")])).await;
    assert!(matches!(failed, ModelError::InvalidRequest { .. }), "{failed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_sees_from_the_moment_on_that_its_projector_is_there() {
    let rig = rig::tiny(TinyArchitecture::Llama);
    let embedding = TinyModel::default().embedding;
    let path = rig.dir.path().join("tiny.mmproj.gguf");
    write_tiny_projector(&path, TinyProjector::Gemma3, embedding, 7).unwrap();
    rig.models.refresh();
    assert!(rig.model().info().vision);
    std::fs::remove_file(path).unwrap();
    rig.models.refresh();
    assert!(!rig.model().info().vision);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_projector_of_another_model_is_named_when_the_model_is_loaded() {
    let rig = seeing_with(TinyArchitecture::Llama, TinyProjector::Gemma3, 64);
    let failed = error(&*rig.model(), greedy(vec![Message::text(Role::User, "hello")])).await;
    let text = failed.to_string();
    assert!(
        text.contains("tiny.mmproj.gguf") && text.contains("remove"),
        "{text}"
    );
}
