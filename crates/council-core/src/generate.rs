//! One request to a language model, and the events that answer it.

use crate::chat::{Message, ToolCall, ToolChoice, ToolSpec};
use crate::egress::Origin;
use serde_json::Value;

/// What the model is asked to continue.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A conversation; the model's own chat template turns it into tokens.
    Chat {
        /// The messages, oldest first; never empty.
        messages: Vec<Message>,
        /// Functions that the model may call.
        tools: Vec<ToolSpec>,
        /// Whether and which of them it must call.
        tool_choice: ToolChoice,
    },
    /// Raw text, continued as it stands.
    Text(String),
}

/// How the next token is chosen. Each field's neutral value switches its effect off.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampling {
    /// Divides the logits, [0, 2]; 0 always takes the most likely token.
    pub temperature: f32,
    /// Keep the `top_k` most likely tokens; 0 keeps all.
    pub top_k: u32,
    /// Keep the most likely tokens whose probabilities add up to `top_p`, (0, 1]; 1 keeps all.
    pub top_p: f32,
    /// Drop tokens less likely than `min_p` times the most likely one, [0, 1]; 0 keeps all.
    pub min_p: f32,
    /// Divides (positive) or multiplies (negative) the logits of recent tokens, > 0; 1 is off.
    pub repetition_penalty: f32,
    /// Subtracted once from the logit of each token that the answer has used, [-2, 2].
    pub presence_penalty: f32,
    /// Subtracted from a token's logit for each time that the answer has used it, [-2, 2].
    pub frequency_penalty: f32,
    /// Makes the choice repeatable; `None` draws a fresh seed.
    pub seed: Option<u64>,
    /// Added to the logits of single tokens: (token id of the model's vocabulary, bias in [-100, 100]).
    pub logit_bias: Vec<(u32, f32)>,
}

impl Default for Sampling {
    /// Moderate sampling: temperature 0.7, top-p 0.95, top-k 40, no penalties.
    fn default() -> Self {
        Self {
            temperature: 0.7,
            top_k: 40,
            top_p: 0.95,
            min_p: 0.0,
            repetition_penalty: 1.0,
            presence_penalty: 0.0,
            frequency_penalty: 0.0,
            seed: None,
            logit_bias: Vec::new(),
        }
    }
}

/// The form that the answer must have.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum OutputFormat {
    /// Free text.
    #[default]
    Text,
    /// Any JSON object.
    JsonObject,
    /// JSON that follows this JSON Schema.
    JsonSchema(Value),
    /// Text that follows this GBNF grammar, from its rule `root`.
    Grammar(String),
}

/// Who waits for the answer; interactive requests are admitted before background ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// A person or program waits.
    #[default]
    Interactive,
    /// Nobody waits.
    Background,
}

/// One request to a language model.
#[derive(Clone, Debug, PartialEq)]
pub struct GenerateRequest {
    /// What to continue.
    pub input: Input,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// Most tokens to generate; `None` leaves room for as many as the context holds.
    pub max_tokens: Option<u32>,
    /// Generation ends before the first of these strings; they are not part of the answer.
    pub stop: Vec<String>,
    /// The form of the answer.
    pub format: OutputFormat,
    /// Whether the model may call several tools in one answer.
    pub parallel_tool_calls: bool,
    /// How many alternatives to report for each token, 0 to 20. The chosen token's own log-probability is
    /// always reported by models that have it.
    pub top_logprobs: u8,
    /// Who waits.
    pub priority: Priority,
    /// Who asks: requests of one client queue fairly against those of another.
    pub client: String,
    /// Where it comes from, for what is written when it leaves this machine.
    pub origin: Origin,
}

impl GenerateRequest {
    /// A chat request with default sampling and no limits.
    pub fn chat(messages: Vec<Message>) -> Self {
        Self::new(Input::Chat {
            messages,
            tools: Vec::new(),
            tool_choice: ToolChoice::Auto,
        })
    }

    /// A request with default sampling and no limits.
    pub fn new(input: Input) -> Self {
        Self {
            input,
            sampling: Sampling::default(),
            max_tokens: None,
            stop: Vec::new(),
            format: OutputFormat::Text,
            parallel_tool_calls: true,
            top_logprobs: 0,
            priority: Priority::Interactive,
            client: String::new(),
            origin: Origin::default(),
        }
    }
}

/// One generated token and how likely it was before sampling changed the distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenLogprob {
    /// The token's bytes; one token can hold part of a character.
    pub bytes: Vec<u8>,
    /// Natural logarithm of its probability, at most 0.
    pub logprob: f32,
    /// The most likely alternatives, most likely first; as many as the request asked for.
    pub top: Vec<TopLogprob>,
}

/// An alternative to a generated token.
#[derive(Clone, Debug, PartialEq)]
pub struct TopLogprob {
    /// The token's bytes.
    pub bytes: Vec<u8>,
    /// Natural logarithm of its probability, at most 0.
    pub logprob: f32,
}

/// What a request used, in tokens of the model's own vocabulary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the prompt, template included.
    pub input_tokens: u32,
    /// Those of `input_tokens` whose state was reused and not computed again.
    pub cached_tokens: u32,
    /// Tokens generated, the end-of-turn token included.
    pub output_tokens: u32,
}

/// Why generation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinishReason {
    /// The model ended its turn or a stop string was reached.
    Stop,
    /// `max_tokens` or the end of the context was reached.
    Length,
    /// The model called tools.
    ToolCalls,
    /// The caller cancelled.
    Cancelled,
}

/// One step of an answer. A stream carries any number of `Text` and `ToolCall`, at most one `Usage`, and ends
/// with exactly one `Finish` (or one error).
#[derive(Clone, Debug, PartialEq)]
pub enum GenerateEvent {
    /// More text: whole characters, never cut inside one.
    Text {
        /// The text; may be empty when only `logprobs` came free.
        text: String,
        /// The tokens behind it; empty for models that do not report them.
        logprobs: Vec<TokenLogprob>,
    },
    /// The model calls a tool.
    ToolCall(ToolCall),
    /// What the request used.
    Usage(Usage),
    /// The end.
    Finish(FinishReason),
}
