//! How fast a model answers here: one short prompt, one short answer, nothing else running.

use council_core::{
    GenerateEvent, GenerateRequest, Locality, Message, ModelError, Models, Role, Sampling, Timestamp, Usage,
};
use futures::StreamExt as _;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Tokens that are generated.
const ANSWER_TOKENS: u32 = 64;

/// About 200 tokens: enough that reading them can be measured.
const TEXT: &str = "The lighthouse keeper wrote down the weather every evening: wind from the south-west, a swell of two \
    metres, and rain that came in bands from the sea. On clear days he counted the ships that passed between the island and \
    the mainland, and noted their names when he could read them through his glass. In winter the supply boat was often late, \
    and he learnt to live from what the garden had given in autumn: potatoes, onions, and the apples of the one tree that the \
    wind had not bent. He had promised his sister a letter for every week, and kept the promise for nineteen years, so that in \
    the end there were almost a thousand of them, in seven boxes, sorted by season rather than by date. When the light was made \
    automatic he stayed for one more summer, painted the railings, oiled the hinges, and taught the ferryman's daughter how to \
    read a barometer. Describe in your own words what kind of person the keeper was, and why.";

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Benchmark {
    /// Until the model was in memory; `None`: it was there.
    pub load: Option<Duration>,
    /// From the request to the first token.
    pub first_token: Duration,
    /// From the first token to the end.
    pub generation: Duration,
    /// What the model read and said.
    pub usage: Usage,
}

impl Benchmark {
    /// Tokens of the prompt that were read in a second; what was known from before does not count.
    pub fn prompt_tokens_per_second(&self) -> Option<f64> {
        let read = self.usage.input_tokens.saturating_sub(self.usage.cached_tokens);
        rate(read, self.first_token)
    }

    /// Tokens that were generated in a second, from the first to the last.
    pub fn tokens_per_second(&self) -> Option<f64> {
        rate(self.usage.output_tokens.saturating_sub(1), self.generation)
    }
}

fn rate(tokens: u32, time: Duration) -> Option<f64> {
    let seconds = time.as_secs_f64();
    (tokens > 0 && seconds > 0.0).then(|| f64::from(tokens) / seconds)
}

/// Why nothing was measured.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BenchmarkError {
    /// It is not on this machine.
    #[error("`{0}` is on another machine; only models of this one are measured")]
    Remote(String),
    /// Something runs, and both would be slow.
    #[error("`{0}` is answering now; measure again when nothing runs")]
    Busy(String),
    /// The model failed.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// Loads a model where it is not in memory, asks it, and measures. `now` makes the prompt unlike any before it, so that
/// nothing of it is known already.
///
/// # Errors
/// [`BenchmarkError`]: nothing was measured.
pub async fn benchmark(
    models: &dyn Models,
    id: &str,
    now: Timestamp,
    cancel: CancellationToken,
) -> Result<Benchmark, BenchmarkError> {
    let model = models.get(Some(id))?;
    if model.info().locality != Locality::Local {
        return Err(BenchmarkError::Remote(id.to_owned()));
    }
    let listed = models.list();
    let busy = listed
        .iter()
        .find(|other| other.activity.active + other.activity.queued > 0);
    if let Some(busy) = busy {
        return Err(BenchmarkError::Busy(busy.info.id.clone()));
    }
    let is_ready = listed
        .iter()
        .any(|other| other.info.id == id && other.state == council_core::ModelState::Ready);
    let began = Instant::now();
    models.load(id).await?;
    let load = (!is_ready).then(|| began.elapsed());

    let prompt = format!("Note {:.3}. {TEXT}", now.as_secs_f64());
    let request = GenerateRequest {
        sampling: Sampling {
            temperature: 0.0,
            ..Sampling::default()
        },
        max_tokens: Some(ANSWER_TOKENS),
        ..GenerateRequest::chat(vec![Message::text(Role::User, prompt)])
    };
    let began = Instant::now();
    let (mut first, mut usage) = (None, Usage::default());
    let mut events = model.generate(request, cancel);
    while let Some(event) = events.next().await {
        match event? {
            GenerateEvent::Text { .. } | GenerateEvent::ToolCall(_) => {
                first.get_or_insert_with(|| began.elapsed());
            }
            GenerateEvent::Usage(used) => usage = used,
            GenerateEvent::Finish(_) => break,
        }
    }
    let whole = began.elapsed();
    let Some(first_token) = first else {
        let message = format!("`{id}` said nothing, so that there is nothing to measure");
        return Err(ModelError::Internal(message).into());
    };
    Ok(Benchmark {
        load,
        first_token,
        generation: whole.saturating_sub(first_token),
        usage,
    })
}
