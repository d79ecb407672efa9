//! The measurements: requests through the same trait that the server uses, timed from outside.

use council_core::{
    GenerateEvent, GenerateRequest, Input, LanguageModel, Message, ModelError, OutputFormat, Role, Sampling,
    Usage,
};
use futures::StreamExt;
use futures::future::try_join_all;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    pub(super) prompt_tokens: u32,
    pub(super) generate_tokens: u32,
    pub(super) parallel: u32,
    pub(super) runs: u32,
}

/// All runs of one figure.
#[derive(Clone, Debug, Default)]
pub(super) struct Samples(pub(super) Vec<f64>);

impl Samples {
    /// Smallest, median and largest.
    pub(super) fn spread(&self) -> (f64, f64, f64) {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
        (at(0), at(sorted.len() / 2), at(sorted.len().saturating_sub(1)))
    }
}

/// What was measured.
#[derive(Clone, Debug, Default)]
pub(super) struct Figures {
    /// Prompt tokens per second, nothing reused.
    pub(super) prompt_per_second: Samples,
    /// Generated tokens per second of one answer, after its first token.
    pub(super) generate_per_second: Samples,
    /// Generated tokens per second of all answers together.
    pub(super) parallel_per_second: Samples,
    /// Time to the first token of a conversation's first turn, in seconds.
    pub(super) cold_first_token: Samples,
    /// Time to the first token of its second turn, in seconds.
    pub(super) warm_first_token: Samples,
    /// Time for five answers to one prompt at once, each under another persona, in seconds.
    pub(super) voices: Samples,
}

struct Timed {
    first_token: Duration,
    total: Duration,
    usage: Usage,
    text: String,
}

pub(super) async fn measure(
    model: &Arc<dyn LanguageModel>,
    sizes: Sizes,
    progress: &mut dyn FnMut(&str),
) -> Result<Figures, ModelError> {
    let mut figures = Figures::default();
    let mut nonce = 0_u32;
    // Threads are started and buffers touched by the first request.
    run(model, text_request(&mut nonce, 32, 4)).await?;
    for round in 1..=sizes.runs {
        progress(&format!("run {round} of {}", sizes.runs));
        let prompt = run(model, text_request(&mut nonce, sizes.prompt_tokens, 1)).await?;
        let computed = f64::from(prompt.usage.input_tokens - prompt.usage.cached_tokens);
        figures
            .prompt_per_second
            .0
            .push(computed / prompt.first_token.as_secs_f64());

        let answer = run(model, text_request(&mut nonce, 16, sizes.generate_tokens)).await?;
        let after_first = f64::from(answer.usage.output_tokens.saturating_sub(1));
        let seconds = answer.total.saturating_sub(answer.first_token).as_secs_f64();
        // A model that ends after its first token has no speed.
        if after_first > 0.0 && seconds > 0.0 {
            figures.generate_per_second.0.push(after_first / seconds);
        }

        let requests: Vec<_> = (0..sizes.parallel)
            .map(|_| text_request(&mut nonce, 64, sizes.generate_tokens))
            .collect();
        let begun = Instant::now();
        let answers = try_join_all(requests.into_iter().map(|request| run(model, request))).await?;
        let tokens: u32 = answers.iter().map(|answer| answer.usage.output_tokens).sum();
        figures
            .parallel_per_second
            .0
            .push(f64::from(tokens) / begun.elapsed().as_secs_f64());

        let (cold, warm) = two_turns(model, &mut nonce, sizes.prompt_tokens).await?;
        figures.cold_first_token.0.push(cold.as_secs_f64());
        figures.warm_first_token.0.push(warm.as_secs_f64());

        let begun = Instant::now();
        let shared = words(&mut nonce, sizes.prompt_tokens);
        let voices = (0..5).map(|voice| {
            let persona = format!("You are voice {voice}. Answer in your own way.");
            chat(
                vec![Message::text(Role::User, format!("{shared}\n{persona}"))],
                24,
            )
        });
        try_join_all(voices.map(|request| run(model, request))).await?;
        figures.voices.0.push(begun.elapsed().as_secs_f64());
    }
    Ok(figures)
}

/// A conversation of two turns; the second's prompt starts with all of the first.
async fn two_turns(
    model: &Arc<dyn LanguageModel>,
    nonce: &mut u32,
    prompt_tokens: u32,
) -> Result<(Duration, Duration), ModelError> {
    let mut messages = vec![Message::text(Role::User, words(nonce, prompt_tokens))];
    let cold = run(model, chat(messages.clone(), 16)).await?;
    messages.push(Message::text(Role::Assistant, cold.text));
    messages.push(Message::text(Role::User, "Go on, please."));
    let warm = run(model, chat(messages, 16)).await?;
    Ok((cold.first_token, warm.first_token))
}

async fn run(model: &Arc<dyn LanguageModel>, request: GenerateRequest) -> Result<Timed, ModelError> {
    let begun = Instant::now();
    let mut events = model.generate(request, CancellationToken::new());
    let mut first_token = None;
    let mut usage = Usage::default();
    let mut text = String::new();
    while let Some(event) = events.next().await {
        match event? {
            GenerateEvent::Text { text: piece, .. } => {
                first_token.get_or_insert_with(|| begun.elapsed());
                text.push_str(&piece);
            }
            GenerateEvent::ToolCall(_) | GenerateEvent::Finish(_) => {}
            GenerateEvent::Usage(reported) => usage = reported,
        }
    }
    let total = begun.elapsed();
    Ok(Timed {
        first_token: first_token.unwrap_or(total),
        total,
        usage,
        text,
    })
}

fn text_request(nonce: &mut u32, tokens: u32, max_tokens: u32) -> GenerateRequest {
    // The grammar-free way to keep a model from ending early: digits go on for ever.
    let text = format!("{} Count: 1, 2, 3, 4,", words(nonce, tokens.saturating_sub(12)));
    request(Input::Text(text), max_tokens)
}

fn chat(messages: Vec<Message>, max_tokens: u32) -> GenerateRequest {
    GenerateRequest {
        max_tokens: Some(max_tokens),
        ..greedy(GenerateRequest::chat(messages))
    }
}

fn request(input: Input, max_tokens: u32) -> GenerateRequest {
    GenerateRequest {
        max_tokens: Some(max_tokens),
        ..greedy(GenerateRequest::new(input))
    }
}

fn greedy(request: GenerateRequest) -> GenerateRequest {
    let sampling = Sampling {
        temperature: 0.0,
        ..Sampling::default()
    };
    GenerateRequest {
        sampling,
        format: OutputFormat::Text,
        ..request
    }
}

/// About this many tokens, and never the same text twice, so that nothing is reused by chance.
fn words(nonce: &mut u32, tokens: u32) -> String {
    const WORDS: [&str; 16] = [
        "river", "stone", "light", "green", "house", "night", "water", "paper", "music", "winter", "table",
        "bread", "cloud", "field", "horse", "glass",
    ];
    *nonce += 1;
    let mut state = nonce.wrapping_mul(2_654_435_761);
    (0..tokens)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            WORDS[(state >> 28) as usize]
        })
        .collect::<Vec<_>>()
        .join(" ")
}
