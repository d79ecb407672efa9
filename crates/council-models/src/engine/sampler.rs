//! Chooses the next token of one sequence from its logits.
//!
//! Order: logit bias and penalties, temperature, top-k, top-p, min-p, draw. Temperature comes before the cuts, as in
//! OpenAI's API and in vLLM (llama.cpp's tools apply it last). The log-probability that is reported belongs to the
//! model's own distribution, before any of this.

use super::logits;
use crate::protocol::JobSampling;
use std::collections::{HashMap, VecDeque};

/// How many of the latest tokens, prompt included, the repetition penalty looks at (llama.cpp's default).
const REPETITION_WINDOW: usize = 64;

/// Something that forbids tokens: a grammar.
pub trait TokenFilter {
    /// Whether this token may come next.
    fn allows(&mut self, token: u32) -> bool;
    /// Sets the logits of all tokens that may not come next to negative infinity.
    fn mask(&mut self, row: &mut [f32]);
    /// Moves on past the chosen token.
    ///
    /// # Errors
    /// When the token does not fit, which means a defect of the filter.
    fn accept(&mut self, token: u32) -> Result<(), String>;
}

/// A chosen token.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The token.
    pub token: u32,
    /// Its log-probability under the model.
    pub logprob: f32,
    /// The most likely tokens and their log-probabilities, most likely first.
    pub top: Vec<(u32, f32)>,
}

/// The sampling state of one sequence.
#[derive(Debug)]
pub struct Sampler {
    params: JobSampling,
    top_logprobs: usize,
    random: SplitMix,
    /// How often the answer has used each token.
    uses: HashMap<u32, u32>,
    /// The latest tokens.
    recent: VecDeque<u32>,
    /// The row after bias, penalties and grammar; kept to reuse its memory.
    scratch: Vec<f32>,
    candidates: Vec<(u32, f32)>,
}

impl Sampler {
    /// Starts after this prompt.
    pub fn new(params: JobSampling, top_logprobs: u8, prompt: &[u32]) -> Self {
        let recent = prompt[prompt.len().saturating_sub(REPETITION_WINDOW)..]
            .iter()
            .copied()
            .collect();
        Self {
            random: SplitMix(params.seed),
            params,
            top_logprobs: usize::from(top_logprobs),
            uses: HashMap::new(),
            recent,
            scratch: Vec::new(),
            candidates: Vec::new(),
        }
    }

    /// Chooses the next token.
    ///
    /// # Errors
    /// When the filter allows no token at all, or fails.
    pub fn choose(&mut self, row: &[f32], filter: Option<&mut dyn TokenFilter>) -> Result<Choice, String> {
        let max = logits::max(row);
        if !max.is_finite() {
            return Err("the model computed no finite logits".to_owned());
        }
        let log_total = max + logits::sum_exp(row, max, 1.0).ln();
        let token = self.pick(row, filter)?;
        let mut top = Vec::new();
        if self.top_logprobs > 0 {
            logits::top(row, self.top_logprobs, &mut top);
            for (_, value) in &mut top {
                *value = (*value - log_total).min(0.0);
            }
        }
        self.remember(token);
        let logprob = row
            .get(token as usize)
            .map_or(f32::NEG_INFINITY, |value| (*value - log_total).min(0.0));
        Ok(Choice { token, logprob, top })
    }

    fn pick(&mut self, row: &[f32], filter: Option<&mut dyn TokenFilter>) -> Result<u32, String> {
        let mut scratch = std::mem::take(&mut self.scratch);
        let adjusted = self.adjust(row, &mut scratch);
        let current = if adjusted { scratch.as_slice() } else { row };
        let mut token = self.draw(current);
        if let Some(filter) = filter {
            // Nearly always the model's own choice fits; only when it does not is the whole vocabulary checked,
            // which costs milliseconds.
            if !filter.allows(token) {
                if !adjusted {
                    scratch.clear();
                    scratch.extend_from_slice(row);
                }
                filter.mask(&mut scratch);
                if logits::max(&scratch) == f32::NEG_INFINITY {
                    return Err("the grammar allows no further token".to_owned());
                }
                token = self.draw(&scratch);
            }
            filter.accept(token)?;
        }
        self.scratch = scratch;
        Ok(token)
    }

    /// Writes the row with bias and penalties to `scratch`; returns false, and writes nothing, when there are none.
    fn adjust(&self, row: &[f32], scratch: &mut Vec<f32>) -> bool {
        let p = &self.params;
        let repetition = (p.repetition_penalty - 1.0).abs() > f32::EPSILON && !self.recent.is_empty();
        let additive = (p.presence_penalty != 0.0 || p.frequency_penalty != 0.0) && !self.uses.is_empty();
        if p.logit_bias.is_empty() && !repetition && !additive {
            return false;
        }
        scratch.clear();
        scratch.extend_from_slice(row);
        if repetition {
            let mut seen: Vec<u32> = self.recent.iter().copied().collect();
            seen.sort_unstable();
            seen.dedup();
            for token in seen {
                if let Some(value) = scratch.get_mut(token as usize) {
                    if *value > 0.0 {
                        *value /= p.repetition_penalty;
                    } else {
                        *value *= p.repetition_penalty;
                    }
                }
            }
        }
        if additive {
            for (token, uses) in &self.uses {
                if let Some(value) = scratch.get_mut(*token as usize) {
                    *value -= p.presence_penalty + p.frequency_penalty * *uses as f32;
                }
            }
        }
        for (token, bias) in &p.logit_bias {
            if let Some(value) = scratch.get_mut(*token as usize) {
                // OpenAI's ±100 mean "always" and "never".
                *value += if *bias <= -100.0 { f32::NEG_INFINITY } else { *bias };
            }
        }
        true
    }

    fn draw(&mut self, row: &[f32]) -> u32 {
        if self.params.temperature <= 0.0 {
            return logits::argmax(row);
        }
        let scale = 1.0 / self.params.temperature;
        let max = logits::max(row);
        let mut candidates = std::mem::take(&mut self.candidates);
        let token = if max.is_finite() {
            self.cut(row, max, scale, &mut candidates);
            self.draw_among(&candidates, max, scale)
        } else {
            logits::argmax(row)
        };
        self.candidates = candidates;
        token
    }

    /// Leaves the candidates that survive top-k, top-p and min-p, most likely first.
    fn cut(&self, row: &[f32], max: f32, scale: f32, candidates: &mut Vec<(u32, f32)>) {
        let p = &self.params;
        let top_k = p.top_k as usize;
        if top_k > 0 && top_k < row.len() {
            logits::top(row, top_k, candidates);
            let total: f32 = candidates
                .iter()
                .map(|(_, value)| ((value - max) * scale).exp())
                .sum();
            cut_top_p(candidates, p.top_p, total, max, scale);
        } else if p.top_p < 1.0 {
            let total = logits::sum_exp(row, max, scale);
            // Nearly all probability lies within a few nats of the maximum; widen only if it does not.
            for nats in [8.0, 16.0, f32::INFINITY] {
                logits::at_least(row, max - nats / scale, candidates);
                candidates.sort_unstable_by(logits::descending);
                if cut_top_p(candidates, p.top_p, total, max, scale) {
                    break;
                }
            }
        } else {
            let nats = if p.min_p > 0.0 {
                -p.min_p.ln()
            } else {
                f32::INFINITY
            };
            logits::at_least(row, max - nats / scale, candidates);
            candidates.sort_unstable_by(logits::descending);
        }
        if p.min_p > 0.0 {
            let least = max + p.min_p.ln() / scale;
            let keep = candidates.partition_point(|(_, value)| *value >= least).max(1);
            candidates.truncate(keep);
        }
    }

    fn draw_among(&mut self, candidates: &[(u32, f32)], max: f32, scale: f32) -> u32 {
        let weight = |value: f32| f64::from(((value - max) * scale).exp());
        let total: f64 = candidates.iter().map(|(_, value)| weight(*value)).sum();
        let mut left = self.random.unit() * total;
        for (token, value) in candidates {
            left -= weight(*value);
            if left < 0.0 {
                return *token;
            }
        }
        // Rounding left a sliver: the least likely candidate with any weight.
        candidates
            .iter()
            .rev()
            .find(|(_, value)| weight(*value) > 0.0)
            .or(candidates.first())
            .map_or(0, |c| c.0)
    }

    fn remember(&mut self, token: u32) {
        *self.uses.entry(token).or_default() += 1;
        if self.recent.len() == REPETITION_WINDOW {
            self.recent.pop_front();
        }
        self.recent.push_back(token);
    }
}

/// Keeps the shortest head whose probability reaches `top_p`. False when the whole list does not reach it, that is,
/// when candidates are missing.
fn cut_top_p(candidates: &mut Vec<(u32, f32)>, top_p: f32, total: f32, max: f32, scale: f32) -> bool {
    let mut sum = 0.0;
    for (index, (_, value)) in candidates.iter().enumerate() {
        sum += ((value - max) * scale).exp();
        if sum >= top_p * total {
            candidates.truncate(index + 1);
            return true;
        }
    }
    false
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, fast, and the same on every machine.
#[derive(Debug)]
struct SplitMix(u64);

impl SplitMix {
    /// The next number in [0, 1).
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests;
