//! How sure the model was of its own words.

use council_core::TokenLogprob;

/// Lowest log-probability that counts. A grammar can force a token whose probability underflows to zero; one such
/// token must not make the mean of a whole answer minus infinity.
const FLOOR: f64 = -100.0;
/// Largest margin: log-probabilities in 32 bits do not tell more apart.
const MOST_MARGIN: f64 = 16.0;
/// The part of the tokens that is the tail.
const TAIL: f64 = 0.1;

/// What the tokens of an answer say about it, while they come.
///
/// The mean log-probability is the usual length-normalised sequence score (Malinin & Gales, "Uncertainty Estimation
/// in Autoregressive Structured Prediction", ICLR 2021); its exponential reads as "probability per token".
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Confidence {
    /// Clamped to [FLOOR, 0].
    logprobs: Vec<f64>,
    margin_sum: f64,
    least_margin: Option<f64>,
}

/// What the tokens of a whole answer say about it; the features of a calibration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AnswerEvidence {
    /// Tokens that had a log-probability, at least 1.
    pub tokens: u32,
    /// Mean log-probability, [-100, 0].
    pub mean_logprob: f64,
    /// The log-probability that a tenth of the tokens are at or below, [-100, 0]: one doubtful number in a long answer
    /// hardly moves the mean.
    pub tail_logprob: f64,
    /// Mean difference between the log-probabilities of the two most likely tokens, [0, 16].
    pub mean_margin: f64,
    /// The smallest of these differences, [0, 16].
    pub least_margin: f64,
}

impl Confidence {
    /// Takes more tokens into account. A log-probability that is not a number is left out.
    pub fn add(&mut self, tokens: &[TokenLogprob]) {
        for token in tokens.iter().filter(|token| !token.logprob.is_nan()) {
            self.logprobs.push(f64::from(token.logprob).clamp(FLOOR, 0.0));
            let margin = margin(token);
            self.margin_sum += margin;
            self.least_margin = Some(self.least_margin.map_or(margin, |least| least.min(margin)));
        }
    }

    /// Tokens taken into account.
    pub fn tokens(&self) -> u32 {
        u32::try_from(self.logprobs.len()).unwrap_or(u32::MAX)
    }

    /// exp(mean log-probability), (0, 1]; `None` before the first token.
    pub fn value(&self) -> Option<f64> {
        self.mean().map(f64::exp)
    }

    /// All that the tokens say; `None` before the first one. O(n log n) over the tokens.
    pub fn evidence(&self) -> Option<AnswerEvidence> {
        let mean_logprob = self.mean()?;
        let mut sorted = self.logprobs.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let tail = (sorted.len() as f64 * TAIL).ceil().max(1.0) as usize - 1;
        Some(AnswerEvidence {
            tokens: self.tokens(),
            mean_logprob,
            tail_logprob: sorted[tail],
            mean_margin: self.margin_sum / sorted.len() as f64,
            least_margin: self.least_margin?,
        })
    }

    fn mean(&self) -> Option<f64> {
        let tokens = self.logprobs.len();
        (tokens > 0).then(|| self.logprobs.iter().sum::<f64>() / tokens as f64)
    }
}

/// How far the most likely token was ahead of the next one. Where only one of them is known (the request asked for no
/// alternatives, or for one), all the probability that is left stands for the other: at least as much as it had.
fn margin(token: &TokenLogprob) -> f64 {
    let mut known: Vec<f64> = token.top.iter().map(|top| f64::from(top.logprob)).collect();
    if !token.top.iter().any(|top| top.bytes == token.bytes) {
        known.push(f64::from(token.logprob));
    }
    known.retain(|logprob| !logprob.is_nan());
    known.sort_unstable_by(|one, other| other.total_cmp(one));
    let best = known.first().copied().unwrap_or(FLOOR).clamp(FLOOR, 0.0);
    let next = known.get(1).copied().unwrap_or_else(|| (-best.exp()).ln_1p());
    (best - next).clamp(0.0, MOST_MARGIN)
}

#[cfg(test)]
mod tests;
