//! Token usage.

use council_core::Usage;
use serde::Serialize;
use utoipa::ToSchema;

/// Tokens of the model's own vocabulary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct UsageObject {
    pub(crate) prompt_tokens: u64,
    pub(crate) completion_tokens: u64,
    pub(crate) total_tokens: u64,
    pub(crate) prompt_tokens_details: PromptTokensDetails,
}

/// What is known of the prompt's tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct PromptTokensDetails {
    /// Those whose state was reused and not computed again.
    pub(crate) cached_tokens: u64,
}

impl UsageObject {
    fn new(prompt: u64, cached: u64, completion: u64) -> Self {
        Self {
            prompt_tokens: prompt,
            completion_tokens: completion,
            total_tokens: prompt + completion,
            prompt_tokens_details: PromptTokensDetails {
                cached_tokens: cached,
            },
        }
    }

    /// The usage of several turns, of which each `per_prompt` consecutive ones share a prompt, counted once.
    pub(crate) fn sum(usages: &[Usage], per_prompt: usize) -> Self {
        let mut total = Self::default();
        for group in usages.chunks(per_prompt.max(1)) {
            let (prompt, cached) = group
                .first()
                .map_or((0, 0), |first| (first.input_tokens, first.cached_tokens));
            let completion = group
                .iter()
                .map(|usage| u64::from(usage.output_tokens))
                .sum::<u64>();
            total = Self::new(
                total.prompt_tokens + u64::from(prompt),
                total.prompt_tokens_details.cached_tokens + u64::from(cached),
                total.completion_tokens + completion,
            );
        }
        total
    }
}

impl From<Usage> for UsageObject {
    fn from(usage: Usage) -> Self {
        Self::sum(&[usage], 1)
    }
}

/// The usage in a chunk of a stream whose client asked for it: null but in the last one.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum ChunkUsage {
    /// Null.
    Pending,
    /// The whole request's.
    Final(UsageObject),
}
