//! The threads that compute: each takes some waiting texts at a time, and computes alone.

use super::network::{MAX_TOKENS, Network, Room};
use super::queue::{Done, Job, Queue};
use super::word_piece::WordPiece;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

/// Tokens that one round takes at most, unless one job has more. More would not be faster per token (`council bench
/// embed`), and whoever asks meanwhile waits for the round to end.
pub(super) const ROUND_TOKENS: usize = 256;

/// A loaded model and its threads, which end when it is dropped.
pub(super) struct Workers {
    queue: Arc<Queue>,
}

impl Workers {
    /// Starts `count` threads.
    pub(super) fn start(words: WordPiece, network: Network, count: usize) -> std::io::Result<Self> {
        let workers = Self {
            queue: Arc::default(),
        };
        let model = Arc::new((words, network));
        for _ in 0..count.max(1) {
            let (model, queue) = (Arc::clone(&model), Arc::clone(&workers.queue));
            // Computing within a pool of one thread, so that the kernels start no others.
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(1)
                .thread_name(|_| "embedder".into())
                .build()
                .map_err(std::io::Error::other)?;
            pool.spawn(move || work(&model.0, &model.1, &queue));
        }
        Ok(workers)
    }

    pub(super) fn queue(&self) -> &Queue {
        &self.queue
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.queue.close();
    }
}

fn work(words: &WordPiece, network: &Network, queue: &Queue) {
    let mut room = Room::default();
    while let Some(first) = queue.wait() {
        let round = Round::collect(first, words, queue);
        round.run(network, &mut room);
    }
    tracing::debug!(thread = ?thread::current().id(), "an embedder thread ended");
}

/// Jobs that are computed together.
struct Round {
    jobs: Vec<Job>,
    /// The tokens of all their texts.
    texts: Vec<Vec<u32>>,
}

impl Round {
    /// The first job and, while there is room, those that wait behind it.
    fn collect(first: Job, words: &WordPiece, queue: &Queue) -> Self {
        let mut round = Self {
            jobs: Vec::new(),
            texts: Vec::new(),
        };
        let (mut next, mut tokens) = (Some(first), 0);
        while let Some(job) = next {
            for text in &job.texts {
                let ids = words.encode(text, MAX_TOKENS);
                tokens += ids.len();
                round.texts.push(ids);
            }
            round.jobs.push(job);
            next = if tokens < ROUND_TOKENS { queue.take() } else { None };
        }
        round
    }

    fn run(self, network: &Network, room: &mut Room) {
        let computed = catch_unwind(AssertUnwindSafe(|| network.embed(&self.texts, room)));
        let computed = match computed {
            Ok(Ok(vectors)) => Ok(vectors),
            Ok(Err(failed)) => Err(failed.0),
            Err(_) => {
                // Whatever was half done there is not used again.
                *room = Room::default();
                Err("a defect in the computation; the log has more".to_owned())
            }
        };
        match computed {
            Err(error) => {
                for job in self.jobs {
                    // Nobody waits any more: then nobody needs the error.
                    let _ = job.answer.send(Err(error.clone()));
                }
            }
            Ok(vectors) => {
                let mut texts = self.texts.into_iter().map(|text| text.len()).zip(vectors);
                for job in self.jobs {
                    let (lengths, vectors): (Vec<_>, Vec<_>) = texts.by_ref().take(job.texts.len()).unzip();
                    let tokens = lengths.iter().sum();
                    let _ = job.answer.send(Ok(Done { vectors, tokens }));
                }
            }
        }
    }
}
