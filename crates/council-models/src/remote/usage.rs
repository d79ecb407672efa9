//! What an answer took, where the server does not say or cannot be right.

use council_core::Usage;

/// No tokeniser in use gets more bytes into a token than this over a whole answer: less is not believed.
const MOST_BYTES_A_TOKEN: usize = 16;

/// Prose has about four; so few that an estimate is rather too high.
const FEW_BYTES_A_TOKEN: usize = 3;

/// What was sent and what has come, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traffic {
    /// Body of the request, with its JSON.
    pub(super) sent: usize,
    /// Text of the answer.
    pub(super) streamed: usize,
}

/// The usage to count, and whether any of it is our estimate.
pub(super) fn settle(reported: Option<Usage>, traffic: Traffic) -> (Usage, bool) {
    let Traffic { sent, streamed } = traffic;
    let said = reported.unwrap_or_default();
    // Much of what is sent is JSON around the text, so that only nothing at all is too little.
    let input_wrong = said.input_tokens == 0 && sent > 0;
    let output_wrong = said.output_tokens < tokens(streamed, MOST_BYTES_A_TOKEN);
    let input_tokens = if input_wrong {
        tokens(sent, FEW_BYTES_A_TOKEN)
    } else {
        said.input_tokens
    };
    let output_tokens = if output_wrong {
        tokens(streamed, FEW_BYTES_A_TOKEN)
    } else {
        said.output_tokens
    };
    let usage = Usage {
        input_tokens,
        cached_tokens: said.cached_tokens.min(input_tokens),
        output_tokens,
    };
    let estimated = input_wrong || output_wrong || said.cached_tokens > input_tokens;
    (usage, estimated)
}

fn tokens(bytes: usize, each: usize) -> u32 {
    u32::try_from(bytes.div_ceil(each)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
