//! Decides how many tokens of each sequence one step computes: chunked prefill beside decoding.

/// Sizes of a step, in tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepSize {
    /// Most tokens in all.
    pub batch: usize,
    /// Most prompt tokens while other sequences generate: bounds how long those stand still.
    pub beside_decoding: usize,
}

/// How many tokens each sequence gets, given how many it has left to compute (at least 1 each), oldest first.
///
/// A sequence with one token left generates and always gets it. Prompts share the rest: half goes to the oldest, so
/// that it is never starved, then the shortest come first, so that a short question does not wait behind a book.
pub fn plan(left: &[usize], size: StepSize) -> Vec<usize> {
    let mut shares = vec![0; left.len()];
    let decoding = left.iter().filter(|tokens| **tokens == 1).count();
    for (share, tokens) in shares.iter_mut().zip(left) {
        *share = usize::from(*tokens == 1);
    }
    let room = size.batch.saturating_sub(decoding);
    let mut budget = if decoding > 0 {
        room.min(size.beside_decoding)
    } else {
        room
    };

    let mut prompts: Vec<usize> = (0..left.len()).filter(|index| left[*index] > 1).collect();
    // Even chunks: a prompt of 525 tokens in steps of 512 and 13 takes longer than in 288 and 237. Kernels work on
    // tiles of up to 32 rows.
    let waiting: usize = prompts.iter().map(|index| left[*index]).sum();
    if budget > 0 {
        let even = waiting.div_ceil(waiting.div_ceil(budget).max(1));
        budget = even.next_multiple_of(32).min(budget);
    }
    if let Some(oldest) = prompts.first() {
        let share = left[*oldest].min(budget.div_ceil(2));
        shares[*oldest] = share;
        budget -= share;
    }
    prompts.sort_by_key(|index| left[*index]);
    for index in prompts {
        let share = (left[index] - shares[index]).min(budget);
        shares[index] += share;
        budget -= share;
    }
    shares
}

/// Chooses [`StepSize`] so that a step takes about as long as a person does not notice, from how fast prompts are read.
#[derive(Debug)]
pub struct ChunkTuner {
    seconds_per_token: f64,
}

impl Default for ChunkTuner {
    /// Starts with a guess of 200 prompt tokens per second.
    fn default() -> Self {
        Self {
            seconds_per_token: 1.0 / 200.0,
        }
    }
}

impl ChunkTuner {
    /// Longest pause of running streams that a chunk should cause, in seconds.
    const PAUSE_SECONDS: f64 = 0.15;
    /// Longest step that a cancellation or a newcomer should wait for, in seconds. Half of it costs a prompt of 512
    /// tokens 3 to 8 % of its speed on two cores, where the threads meet after every operation.
    const STEP_SECONDS: f64 = 1.0;
    /// Smallest chunk beside running streams. Weights are read once per step, however few tokens it has: on a CPU
    /// chunks of 32, 64, 128 and 512 tokens read a prompt at 76, 94, 99 and 100 % of full speed.
    const LEAST_BESIDE: usize = 64;
    /// Smallest chunk when nothing else runs.
    const LEAST_ALONE: usize = 128;

    /// Learns from a step that computed this many prompt tokens.
    pub fn observe(&mut self, prompt_tokens: usize, seconds: f64) {
        if prompt_tokens >= Self::LEAST_BESIDE / 2 {
            let observed = seconds / prompt_tokens as f64;
            self.seconds_per_token += 0.3 * (observed - self.seconds_per_token);
        }
    }

    /// Sizes of the next step, of at most `batch` tokens, given how many tokens each sequence has left to compute.
    pub fn step_size(&self, batch: usize, left: &[usize]) -> StepSize {
        let within = |seconds: f64, least: usize| {
            let tokens = (seconds / self.seconds_per_token.max(1e-7)) as usize;
            tokens.clamp(least.min(batch), batch)
        };
        let batch = within(Self::STEP_SECONDS, Self::LEAST_ALONE);
        let decoding = left.iter().filter(|tokens| **tokens == 1).count();
        // When more wait for their first word than are being written to, a longer pause is less waiting in all.
        let beside_decoding = if left.len() > 2 * decoding {
            batch
        } else {
            within(Self::PAUSE_SECONDS, Self::LEAST_BESIDE)
        };
        StepSize {
            batch,
            beside_decoding,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(left: &[usize], expected: &[usize]) {
        assert_eq!(
            plan(
                left,
                StepSize {
                    batch: 512,
                    beside_decoding: 64
                }
            ),
            expected,
            "{left:?}"
        );
    }

    #[test]
    fn prompts_take_what_decoding_leaves() {
        check(&[], &[]);
        check(&[1, 1], &[1, 1]);
        check(&[2000], &[512]);
        check(&[1, 2000], &[1, 64]);
        check(&[2000, 100], &[348, 100]);
        check(&[2000, 1, 20], &[44, 1, 20]);
        check(&[300, 300], &[300, 20]);
        check(&[525], &[288]);
        check(&[512], &[512]);
    }

    #[test]
    fn a_step_is_as_long_as_people_bear() {
        let quick = ChunkTuner {
            seconds_per_token: 1.0 / 1024.0,
        };
        let size = |left: &[usize]| {
            let size = quick.step_size(2048, left);
            (size.batch, size.beside_decoding)
        };
        assert_eq!(size(&[900]), (1024, 1024), "a second");
        assert_eq!(size(&[1, 900]), (1024, 153), "a pause that is hardly felt");
        assert_eq!(
            size(&[1, 900, 900]),
            (1024, 1024),
            "more wait than are written to"
        );
        let slow = ChunkTuner {
            seconds_per_token: 0.1,
        };
        let least = StepSize {
            batch: 128,
            beside_decoding: 64,
        };
        assert_eq!(slow.step_size(512, &[1, 900]), least);
    }

    proptest! {
        #[test]
        fn running_streams_always_go_on_and_no_chunk_exceeds_its_bound(
            left in prop::collection::vec(1_usize..3000, 0..24),
            batch in 32_usize..600,
            beside in 1_usize..600,
        ) {
            let shares = plan(&left, StepSize { batch, beside_decoding: beside });
            let decoding = left.iter().filter(|l| **l == 1).count();
            let prompt: usize = shares.iter().zip(&left).filter(|(_, l)| **l > 1).map(|(s, _)| *s).sum();
            for (share, tokens) in shares.iter().zip(&left) {
                prop_assert!(share <= tokens);
                prop_assert!(*tokens > 1 || *share == 1);
            }
            prop_assert!(decoding + prompt <= batch.max(decoding));
            prop_assert!(decoding == 0 || prompt <= beside);
        }

        #[test]
        fn the_oldest_prompt_always_goes_on(
            left in prop::collection::vec(1_usize..3000, 1..24), batch in 32_usize..600,
        ) {
            let shares = plan(&left, StepSize { batch, beside_decoding: 32 });
            if let Some(oldest) = left.iter().position(|l| *l > 1) {
                prop_assert!(shares[oldest] > 0);
            }
        }
    }
}
