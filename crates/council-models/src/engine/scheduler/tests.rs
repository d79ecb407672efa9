//! The scheduler against a backend whose answers are a function of the tokens before: whatever is batched, shared,
//! cached, saved, grown, evicted or preempted, every job must get the answer that it would get alone.
#![expect(clippy::panic, clippy::expect_used, reason = "tests")]

use super::*;
use crate::constraint::Constraint;
use crate::engine::backend::SeqId;
use crate::engine::image::{Image, is_mark};
use crate::engine::sampler::TokenFilter;
use crate::protocol::JobSampling;
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};

const VOCABULARY: u32 = 97;
const END: u32 = 0;

/// Keeps what each sequence has seen. Panics when the engine breaks llama.cpp's rules.
struct Fake {
    sequences: HashMap<SeqId, Vec<(u32, u64)>>,
    next_cell: u64,
    capacity: usize,
    rows: HashMap<usize, Vec<f32>>,
    can_truncate: bool,
    largest_batch: usize,
    refuse_growth: bool,
    held: usize,
}

impl Fake {
    fn new(capacity: usize) -> Self {
        Self {
            sequences: HashMap::new(),
            next_cell: 0,
            capacity,
            rows: HashMap::new(),
            can_truncate: true,
            largest_batch: 0,
            refuse_growth: false,
            held: 2,
        }
    }

    fn used(&self) -> usize {
        self.sequences
            .values()
            .flatten()
            .map(|(_, cell)| cell)
            .collect::<HashSet<_>>()
            .len()
    }
}

/// The most likely token after these: never the end within the first few of an answer, sometimes later.
fn next_token(tokens: impl Iterator<Item = u32>) -> u32 {
    let hash = tokens.fold(0xcbf2_9ce4_8422_2325_u64, |hash, token| {
        (hash ^ u64::from(token))
            .wrapping_mul(0x0100_0000_01b3)
            .rotate_left(7)
    });
    if hash % 23 == 0 {
        END
    } else {
        1 + (hash % u64::from(VOCABULARY - 1)) as u32
    }
}

impl Backend for Fake {
    type State = Vec<u32>;

    fn decode(&mut self, batch: &[BatchToken]) -> Result<(), DecodeError> {
        self.rows.clear();
        self.largest_batch = self.largest_batch.max(batch.len());
        if self.used() + batch.len() > self.capacity {
            return Err(DecodeError::NoRoom);
        }
        for (index, token) in batch.iter().enumerate() {
            let sequence = self.sequences.entry(token.seq).or_default();
            assert_eq!(sequence.len(), token.position, "positions have no gaps");
            assert!(!is_mark(token.token), "an image is no token");
            sequence.push((token.token, self.next_cell));
            self.next_cell += 1;
            if token.logits {
                let mut row = vec![0.0; VOCABULARY as usize];
                row[next_token(sequence.iter().map(|(token, _)| *token)) as usize] = 9.0;
                self.rows.insert(index, row);
            }
        }
        Ok(())
    }
    fn see(&mut self, image: &Image, place: usize, seq: SeqId) -> Result<(), DecodeError> {
        if image.parts.is::<Broken>() {
            return Err(DecodeError::Failed("it is broken".to_owned()));
        }
        if self.used() + image.marks.len() > self.capacity {
            return Err(DecodeError::NoRoom);
        }
        let sequence = self.sequences.entry(seq).or_default();
        assert_eq!(sequence.len(), place, "positions have no gaps");
        let cells = self.next_cell..;
        sequence.extend(image.marks.iter().copied().zip(cells));
        self.next_cell += image.marks.len() as u64;
        Ok(())
    }
    fn logits(&self, index: usize) -> &[f32] {
        &self.rows[&index]
    }
    fn copy_prefix(&mut self, from: SeqId, to: SeqId, length: usize) {
        assert!(self.can_truncate);
        assert!(
            self.sequences.get(&to).is_none_or(Vec::is_empty),
            "the target is empty"
        );
        let prefix = self.sequences[&from][..length].to_vec();
        self.sequences.insert(to, prefix);
    }
    fn truncate(&mut self, seq: SeqId, length: usize) -> bool {
        if let Some(sequence) = self.sequences.get_mut(&seq) {
            sequence.truncate(length);
        }
        self.can_truncate
    }
    fn clear(&mut self, seq: SeqId) {
        self.sequences.remove(&seq);
    }
    fn save(&self, seq: SeqId) -> Result<Vec<u32>, String> {
        Ok(self.sequences[&seq].iter().map(|(token, _)| *token).collect())
    }
    fn restore(&mut self, state: &Vec<u32>, seq: SeqId) -> Result<(), String> {
        assert!(
            self.sequences.get(&seq).is_none_or(Vec::is_empty),
            "the target is empty"
        );
        if self.used() + state.len() > self.capacity {
            return Err("no room".to_owned());
        }
        let cells = self.next_cell..;
        self.sequences
            .insert(seq, state.iter().copied().zip(cells).collect());
        self.next_cell += state.len() as u64;
        Ok(())
    }
    fn can_truncate(&self) -> bool {
        self.can_truncate
    }
    fn capacity(&self) -> usize {
        self.capacity
    }
    fn grow(&mut self, capacity: usize, keep: &[SeqId]) -> Result<(), String> {
        if self.refuse_growth {
            return Err("no memory".to_owned());
        }
        self.sequences.retain(|seq, _| keep.contains(seq));
        for sequence in self.sequences.values_mut() {
            for (_, cell) in sequence {
                *cell = self.next_cell;
                self.next_cell += 1;
            }
        }
        self.capacity = capacity;
        self.held = 8;
        assert!(self.used() <= capacity, "what is kept fits");
        Ok(())
    }
    fn use_threads(&mut self, _threads: u32, keep: &[SeqId]) -> Result<(), String> {
        let held = self.held;
        self.grow(self.capacity, keep)?;
        self.held = held;
        Ok(())
    }
    fn vocab_tokens(&self) -> u32 {
        VOCABULARY
    }
    fn is_end(&self, token: u32) -> bool {
        token == END
    }
    fn sequences(&self) -> usize {
        self.held
    }
    fn piece(&self, token: u32, _: bool) -> Vec<u8> {
        vec![b'!' + (token % 90) as u8]
    }
    fn filter(&self, _: &Constraint) -> Result<Box<dyn TokenFilter>, String> {
        Err("not in this test".to_owned())
    }
}

fn job(id: JobId, max_tokens: u32) -> Job {
    Job {
        id,
        prompt: Vec::new(),
        add_bos: false,
        sampling: JobSampling {
            temperature: 0.0,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
            repetition_penalty: 1.0,
            presence_penalty: 0.0,
            frequency_penalty: 0.0,
            seed: 1,
            logit_bias: Vec::new(),
        },
        max_tokens: Some(max_tokens),
        stop: Vec::new(),
        control_text: false,
        constraint: None,
        top_logprobs: 0,
    }
}

fn limits() -> Limits {
    Limits {
        context_tokens: 200,
        batch_tokens: 64,
        slots: 4,
        kv_capacity_tokens: 400,
    }
}

/// What an image has that cannot be computed.
struct Broken;

/// A prompt with this image after some of its tokens.
fn with_image(mut tokens: Vec<u32>, after: usize, content: u32, cells: usize) -> Prompt {
    let rest = tokens.split_off(after);
    let mut prompt = Prompt::from(tokens);
    let image = Image::new(&content.to_le_bytes(), cells, cells, Box::new(()));
    prompt.show(std::sync::Arc::new(image));
    prompt.tokens.extend(rest);
    prompt
}

/// What a job gets alone.
fn alone(prompt: &[u32], max_tokens: u32, context_tokens: usize) -> (String, DoneReason) {
    let fake = Fake::new(0);
    let mut tokens = prompt.to_vec();
    let mut text = String::new();
    for _ in 0..max_tokens {
        let token = next_token(tokens.iter().copied());
        if token == END {
            return (text, DoneReason::Stop);
        }
        tokens.push(token);
        text.push(char::from(fake.piece(token, false)[0]));
        if tokens.len() >= context_tokens {
            break;
        }
    }
    (text, DoneReason::Length)
}

#[derive(Default)]
struct Results {
    texts: HashMap<JobId, String>,
    ends: HashMap<JobId, Result<(DoneReason, u32), JobFailure>>,
}

impl Results {
    fn take(&mut self, step: Step) {
        for output in step.outputs {
            let id = output.id();
            assert!(
                !self.ends.contains_key(&id),
                "nothing follows the end of job {id}"
            );
            match output {
                Output::Started { .. } => {}
                Output::Text { text, .. } => self.texts.entry(id).or_default().push_str(&text),
                Output::Done {
                    reason,
                    cached_tokens,
                    ..
                } => {
                    self.ends.insert(id, Ok((reason, cached_tokens)));
                }
                Output::Failed { failure, .. } => {
                    self.ends.insert(id, Err(failure));
                }
            }
        }
    }

    fn text(&self, id: JobId) -> String {
        self.texts.get(&id).cloned().unwrap_or_default()
    }
}

/// Steps until nothing is left to do.
fn finish(scheduler: &mut Scheduler<Fake>, results: &mut Results) {
    let mut clock = 0.0;
    for _ in 0..20_000 {
        if scheduler.is_idle() {
            return;
        }
        results.take(scheduler.step(&mut || {
            clock += 0.001;
            clock
        }));
    }
    panic!("the engine never becomes idle");
}

fn check_books(scheduler: &Scheduler<Fake>) {
    assert_eq!(
        scheduler.kv.used(),
        scheduler.backend().used(),
        "the books of the cells are right"
    );
    check_bound(scheduler);
}

fn check_bound(scheduler: &Scheduler<Fake>) {
    let held = scheduler.backend().capacity + scheduler.kv.saved_tokens();
    assert!(
        held <= scheduler
            .limits
            .kv_capacity_tokens
            .max(scheduler.backend().capacity),
        "{held} tokens are held"
    );
}

#[test]
fn a_second_turn_computes_only_what_is_new() {
    let mut scheduler = Scheduler::new(Fake::new(400), limits());
    let mut results = Results::default();
    let first: Vec<u32> = (0..90).map(|i| 1 + i % 50).collect();
    scheduler.submit(job(1, 8), first.clone());
    finish(&mut scheduler, &mut results);
    let (answer, _) = alone(&first, 8, 200);
    let mut second = first;
    second.extend([3, 4, 5]);
    scheduler.submit(job(2, 8), second.clone());
    finish(&mut scheduler, &mut results);
    assert_eq!(results.text(1), answer);
    assert_eq!(results.text(2), alone(&second, 8, 200).0);
    assert!(matches!(results.ends[&2], Ok((_, 90))), "{:?}", results.ends[&2]);
    check_books(&scheduler);
}

#[test]
fn a_turn_that_made_way_for_another_conversation_is_not_computed_again() {
    let mut scheduler = Scheduler::new(
        Fake::new(400),
        Limits {
            kv_capacity_tokens: 800,
            ..limits()
        },
    );
    let mut results = Results::default();
    let prompt = |salt: u32| -> Vec<u32> { (0..90).map(|i| 1 + (i * salt) % 60).collect() };
    for (id, salt) in [(1, 7), (2, 11), (3, 13)] {
        scheduler.submit(job(id, 8), prompt(salt));
        finish(&mut scheduler, &mut results);
    }
    assert!(scheduler.kv.saved_tokens() >= 180, "two turns are in host memory");
    assert!(scheduler.kv.used() < 100, "one is in cells");
    let mut second = prompt(7);
    second.extend([3, 4, 5]);
    scheduler.submit(job(4, 8), second.clone());
    finish(&mut scheduler, &mut results);
    assert_eq!(results.text(4), alone(&second, 8, 200).0);
    assert!(matches!(results.ends[&4], Ok((_, 90))), "{:?}", results.ends[&4]);
    check_books(&scheduler);
}

#[test]
fn a_long_turn_in_host_memory_does_not_come_back_for_a_few_tokens_in_common() {
    let limits = Limits {
        kv_capacity_tokens: 800,
        ..limits()
    };
    let mut scheduler = Scheduler::new(Fake::new(400), limits);
    let mut results = Results::default();
    let long: Vec<u32> = [1, 2, 3]
        .into_iter()
        .chain((0..150).map(|i| 1 + (i * 7) % 60))
        .collect();
    for (id, prompt) in [(1, long), (2, vec![9; 20]), (3, vec![1, 2, 3, 80, 81])] {
        scheduler.submit(job(id, 2), prompt.clone());
        finish(&mut scheduler, &mut results);
        assert_eq!(results.text(id), alone(&prompt, 2, 200).0);
    }
    assert!(matches!(results.ends[&3], Ok((_, 0))), "{:?}", results.ends[&3]);
    check_books(&scheduler);
}

#[test]
fn voices_that_arrive_together_compute_their_shared_prompt_once() {
    let mut scheduler = Scheduler::new(Fake::new(400), limits());
    let mut results = Results::default();
    let shared: Vec<u32> = (0..100).map(|i| 1 + (i * 7) % 60).collect();
    let mut computed = 0;
    for id in 1..=4 {
        let mut prompt = shared.clone();
        prompt.push(id as u32);
        scheduler.submit(job(id, 3), prompt);
    }
    while !scheduler.is_idle() {
        let step = scheduler.step(&mut || 0.0);
        computed += step.prompt_tokens;
        results.take(step);
    }
    // The first voice computes its own last token in the same chunk; those of the others count as generation.
    assert_eq!(computed, 101, "100 shared tokens once");
    check_books(&scheduler);
}

#[test]
fn a_prompt_as_long_as_the_context_is_refused_with_both_counts() {
    let mut scheduler = Scheduler::new(Fake::new(400), limits());
    let mut results = Results::default();
    scheduler.submit(job(1, 8), vec![1; 200]);
    finish(&mut scheduler, &mut results);
    assert_eq!(
        results.ends[&1],
        Err(JobFailure::TooLong {
            prompt_tokens: 200,
            context_tokens: 200
        })
    );
}

#[test]
fn a_running_stream_gets_a_token_in_every_step_while_a_long_prompt_is_read() {
    let mut scheduler = Scheduler::new(Fake::new(400), limits());
    let prompt = (1..40)
        .find(|start| alone(&[*start], 30, 200).1 == DoneReason::Length)
        .map(|start| vec![start]);
    scheduler.submit(job(1, 30), prompt.expect("some answer is long"));
    scheduler.step(&mut || 0.0);
    scheduler.submit(job(2, 1), vec![5; 190]);
    for _ in 0..3 {
        let step = scheduler.step(&mut || 0.0);
        let texts = step
            .outputs
            .iter()
            .filter(|o| matches!(o, Output::Text { id: 1, .. }))
            .count();
        assert_eq!(texts, 1, "{step:?}");
    }
}

#[test]
fn a_cancelled_job_ends_within_one_step_and_frees_its_slot() {
    let mut scheduler = Scheduler::new(Fake::new(400), Limits { slots: 1, ..limits() });
    let mut results = Results::default();
    scheduler.submit(job(1, 150), vec![1, 2, 3]);
    scheduler.submit(job(2, 2), vec![4, 5, 6]);
    results.take(scheduler.step(&mut || 0.0));
    scheduler.cancel(1);
    let step = scheduler.step(&mut || 0.0);
    assert!(step.outputs.iter().any(|o| matches!(
        o,
        Output::Done {
            id: 1,
            reason: DoneReason::Cancelled,
            ..
        }
    )));
    assert!(
        step.outputs
            .iter()
            .any(|o| matches!(o, Output::Started { id: 2, .. })),
        "{step:?}"
    );
}

#[test]
fn a_cache_that_cannot_grow_still_answers_everybody() {
    let mut fake = Fake::new(120);
    fake.refuse_growth = true;
    let mut scheduler = Scheduler::new(fake, limits());
    let mut results = Results::default();
    let prompts: Vec<Vec<u32>> = (1..=6_u32).map(|i| vec![i * 7; 60]).collect();
    for (id, prompt) in prompts.iter().enumerate() {
        scheduler.submit(job(id as u64, 20), prompt.clone());
    }
    finish(&mut scheduler, &mut results);
    for (id, prompt) in prompts.iter().enumerate() {
        assert_eq!(results.text(id as u64), alone(prompt, 20, 120).0);
    }
    check_books(&scheduler);
}

#[test]
fn a_model_whose_state_cannot_be_cut_still_answers_right() {
    let mut fake = Fake::new(400);
    fake.can_truncate = false;
    let mut scheduler = Scheduler::new(fake, limits());
    let mut results = Results::default();
    let prompt: Vec<u32> = (1..80).collect();
    for id in 1..=3 {
        scheduler.submit(job(id, 10), prompt.clone());
        finish(&mut scheduler, &mut results);
        assert_eq!(results.text(id), alone(&prompt, 10, 200).0);
    }
}

#[test]
fn a_second_turn_does_not_compute_its_images_again_and_another_image_is_not_taken_for_it() {
    let mut scheduler = Scheduler::new(Fake::new(400), limits());
    let mut results = Results::default();
    let asked = |content| with_image((1..60).collect(), 20, content, 40);
    let turns = [(1, asked(7), 0), (2, asked(7), 98), (3, asked(8), 20)];
    for (id, prompt, cached) in turns {
        let text = alone(&prompt.tokens, 8, 200).0;
        scheduler.submit(job(id, 8), prompt);
        finish(&mut scheduler, &mut results);
        assert_eq!(results.text(id), text);
        assert!(
            matches!(results.ends[&id], Ok((_, found)) if found == cached),
            "{:?}",
            results.ends[&id]
        );
    }
    check_books(&scheduler);
}

#[test]
fn others_go_on_between_the_images_of_a_prompt() {
    let mut scheduler = Scheduler::new(Fake::new(400), limits());
    let start = (1..40).find(|start| alone(&[*start], 30, 200).1 == DoneReason::Length);
    scheduler.submit(job(1, 30), vec![start.expect("some answer is long")]);
    scheduler.step(&mut || 0.0);
    let mut gallery = with_image(vec![5; 20], 10, 1, 30);
    for content in 2..5_u32 {
        let image = Image::new(&content.to_le_bytes(), 20, 20, Box::new(()));
        gallery.show(std::sync::Arc::new(image));
    }
    gallery.tokens.push(6);
    scheduler.submit(job(2, 1), gallery);
    let mut without = 0;
    for _ in 0..12 {
        let step = scheduler.step(&mut || 0.0);
        let goes_on = step
            .outputs
            .iter()
            .any(|o| matches!(o, Output::Text { id: 1, .. }));
        without = if goes_on { 0 } else { without + 1 };
        assert!(without < 2, "no two steps without the stream: {step:?}");
    }
    check_books(&scheduler);
}

#[test]
fn an_image_that_cannot_be_computed_ends_only_its_own_job() {
    let mut scheduler = Scheduler::new(Fake::new(400), limits());
    let mut results = Results::default();
    let mut broken = Prompt::from(vec![1, 2, 3]);
    broken.show(std::sync::Arc::new(Image::new(b"?", 9, 9, Box::new(Broken))));
    broken.tokens.push(4);
    scheduler.submit(job(1, 8), broken);
    scheduler.submit(job(2, 8), vec![5, 6, 7]);
    finish(&mut scheduler, &mut results);
    assert_eq!(
        results.ends[&1],
        Err(JobFailure::Engine("it is broken".to_owned()))
    );
    assert_eq!(results.text(2), alone(&[5, 6, 7], 8, 200).0);
    check_books(&scheduler);
}

#[derive(Clone, Debug)]
enum Action {
    Submit {
        base: u32,
        shared: usize,
        own: u32,
        own_tokens: usize,
        max_tokens: u32,
        image: Option<(usize, u32, usize)>,
    },
    Cancel(usize),
    Threads(u32),
    Steps(usize),
}

/// After how many tokens, which one, its cells.
fn image() -> impl Strategy<Value = Option<(usize, u32, usize)>> {
    prop::option::weighted(
        0.4,
        (
            prop_oneof![Just(0_usize), Just(30), 0_usize..150],
            1_u32..3,
            prop_oneof![Just(12_usize), 1_usize..40],
        ),
    )
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        4 => (1_u32..4, 0_usize..120, 1_u32..90, 1_usize..60, 1_u32..40, image())
            .prop_map(|(base, shared, own, own_tokens, max_tokens, image)| Action::Submit { base, shared, own, own_tokens, max_tokens, image }),
        1 => (0_usize..20).prop_map(Action::Cancel),
        1 => (1_u32..9).prop_map(Action::Threads),
        3 => (1_usize..12).prop_map(Action::Steps),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_answer_is_the_one_that_the_job_gets_alone(
        actions in prop::collection::vec(action(), 1..40),
        capacity in 64_usize..300,
        slots in 1_usize..5,
        batch in 8_usize..80,
        limit in 400_usize..1200,
        can_truncate in prop::bool::weighted(0.8),
    ) {
        let limits = Limits { slots, batch_tokens: batch, kv_capacity_tokens: limit, ..limits() };
        let fake = Fake { can_truncate, ..Fake::new(capacity) };
        let mut scheduler = Scheduler::new(fake, limits);
        let mut results = Results::default();
        let mut jobs: Vec<(Vec<u32>, u32)> = Vec::new();
        let mut cancelled = HashSet::new();
        for action in actions {
            match action {
                Action::Submit { base, shared, own, own_tokens, max_tokens, image } => {
                    let mut prompt: Vec<u32> = (0..shared as u32).map(|i| 1 + (i * base) % 90).collect();
                    prompt.extend((0..own_tokens as u32).map(|i| 1 + (own + i) % 90));
                    // A prompt ends with text: the beginning of the answer.
                    let prompt = match image {
                        Some((after, content, cells)) => {
                            let after = after.min(prompt.len() - 1);
                            with_image(prompt, after, content, cells)
                        }
                        None => prompt.into(),
                    };
                    if prompt.tokens.len() < 200 {
                        jobs.push((prompt.tokens.clone(), max_tokens));
                        scheduler.submit(job(jobs.len() as u64 - 1, max_tokens), prompt);
                    }
                }
                Action::Cancel(which) if !jobs.is_empty() => {
                    let id = (which % jobs.len()) as u64;
                    scheduler.cancel(id);
                    cancelled.insert(id);
                }
                Action::Cancel(_) => {}
                Action::Threads(threads) => {
                    scheduler.use_threads(threads);
                    check_books(&scheduler);
                }
                Action::Steps(count) => {
                    for _ in 0..count {
                        results.take(scheduler.step(&mut || 0.0));
                        check_bound(&scheduler);
                    }
                }
            }
        }
        finish(&mut scheduler, &mut results);
        check_books(&scheduler);
        prop_assert!(scheduler.backend().largest_batch <= batch.max(slots));
        for (id, (prompt, max_tokens)) in jobs.iter().enumerate() {
            let id = id as u64;
            let end = results.ends.get(&id);
            prop_assert!(end.is_some(), "job {} has an end", id);
            if cancelled.contains(&id) {
                prop_assert!(alone(prompt, *max_tokens, 200).0.starts_with(&results.text(id)));
            } else {
                let (text, reason) = alone(prompt, *max_tokens, 200);
                prop_assert_eq!(results.text(id), text);
                prop_assert!(matches!(end, Some(Ok((found, _))) if *found == reason), "{:?}", end);
            }
        }
    }
}
