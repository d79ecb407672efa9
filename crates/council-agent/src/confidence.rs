//! How sure the model was of its own words.

use council_core::TokenLogprob;

/// Lowest log-probability that counts. A grammar can force a token whose probability underflows to zero; one such
/// token must not make the mean of a whole answer minus infinity.
const FLOOR: f64 = -100.0;

/// Running geometric mean of token probabilities.
///
/// The mean log-probability is the usual length-normalised sequence score (Malinin & Gales, "Uncertainty Estimation
/// in Autoregressive Structured Prediction", ICLR 2021); its exponential reads as "probability per token".
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Confidence {
    sum: f64,
    tokens: u32,
}

impl Confidence {
    /// Takes more tokens into account. A log-probability that is not a number is left out.
    pub fn add(&mut self, tokens: &[TokenLogprob]) {
        for token in tokens.iter().filter(|token| !token.logprob.is_nan()) {
            self.sum += f64::from(token.logprob).clamp(FLOOR, 0.0);
            self.tokens += 1;
        }
    }

    /// Tokens taken into account.
    pub fn tokens(&self) -> u32 {
        self.tokens
    }

    /// exp(mean log-probability), (0, 1]; `None` before the first token.
    pub fn value(&self) -> Option<f64> {
        (self.tokens > 0).then(|| (self.sum / f64::from(self.tokens)).exp())
    }
}

#[cfg(test)]
mod tests;
