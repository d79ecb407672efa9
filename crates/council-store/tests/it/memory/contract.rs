//! What every `MemoryStore` does: one test for each behaviour and store.
//!
//! - `keeping`: what is stored comes back, and stays with its owner
//! - `finding`: filters, pages and lists
//! - `hearing`: what is to be learnt from
//! - `living`: changes, versions, undoing, superseding, forgetting
//! - `moving`: export and import
//! - `recalling`: what answers a question, and in which order
//! - `refusing`: what is refused, and in which words

mod finding;
mod hearing;
mod keeping;
mod living;
mod moving;
mod recalling;
mod refusing;

use council_core::memory::naive::NaiveMemory;
use council_core::{
    Clock, EmbedderInfo, Embedding, Memory, MemoryFilter, MemoryHit, MemoryId, MemoryKind, MemoryStore,
    MemoryVectors, NewMemory, Page, RecallQuery, RecallWeights, Scope, StoreError, Timestamp,
};
use council_store::Store;
use futures::future::{BoxFuture, FutureExt as _};
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers in the vectors of these tests.
pub(crate) const DIMENSIONS: usize = 8;

/// A clock that goes when it is told to.
pub(crate) struct HandClock(AtomicU64);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        at(self.0.load(Ordering::SeqCst))
    }
}

/// An empty store, its clock, and what must live as long.
pub(crate) struct Subject {
    pub(crate) store: Arc<dyn MemoryStore>,
    clock: Arc<HandClock>,
    _kept: Box<dyn Any + Send>,
}

impl Subject {
    pub(crate) fn new(store: Arc<dyn MemoryStore>, clock: Arc<HandClock>, kept: impl Any + Send) -> Self {
        Self {
            store,
            clock,
            _kept: Box::new(kept),
        }
    }

    /// Sets the clock, in seconds.
    pub(crate) fn at(&self, second: u64) -> &dyn MemoryStore {
        self.clock.0.store(second, Ordering::SeqCst);
        &*self.store
    }

    async fn insert_one(&self, memory: NewMemory, vector: &[f32]) -> MemoryId {
        let stored = self.store.insert(vec![(memory, Some(both(toward(vector))))]);
        stored.await.unwrap().remove(0)
    }

    async fn texts(&self, filter: MemoryFilter) -> Vec<String> {
        let (memories, count) = self.store.memories(filter, PAGE).await.unwrap();
        assert_eq!(count, memories.len() as u64);
        memories.into_iter().map(|memory| memory.content.text).collect()
    }
}

/// Makes empty stores of one kind.
pub(crate) type Make = dyn Fn() -> BoxFuture<'static, Subject> + Sync;

pub(crate) fn hand_clock() -> Arc<HandClock> {
    Arc::new(HandClock(AtomicU64::new(1_000)))
}

pub(crate) fn embedder() -> EmbedderInfo {
    EmbedderInfo {
        id: "test".to_owned(),
        dimensions: DIMENSIONS,
        max_tokens: 256,
    }
}

pub(crate) fn naive() -> BoxFuture<'static, Subject> {
    let clock = hand_clock();
    let store = Arc::new(NaiveMemory::new(&embedder(), clock.clone()));
    async { Subject::new(store, clock, ()) }.boxed()
}

pub(crate) fn sqlite() -> BoxFuture<'static, Subject> {
    async {
        let dir = tempfile::tempdir().unwrap();
        let clock = hand_clock();
        let store = Store::open(dir.path()).unwrap();
        let store = store.memory(&embedder(), clock.clone(), |_| {}).await.unwrap();
        Subject::new(store, clock, dir)
    }
    .boxed()
}

#[cfg(feature = "encryption")]
pub(crate) fn encrypted() -> BoxFuture<'static, Subject> {
    async {
        let dir = tempfile::tempdir().unwrap();
        let clock = hand_clock();
        let key = Some(crate::encryption::key());
        let store = Store::open_with(dir.path(), key.as_ref()).unwrap();
        let store = store.memory(&embedder(), clock.clone(), |_| {}).await.unwrap();
        Subject::new(store, clock, dir)
    }
    .boxed()
}

/// One test program entry for each behaviour and store.
macro_rules! every_store {
    ($($file:ident: $($behaviour:ident),+;)+) => {
        mod naive_store {
            $($(#[tokio::test] async fn $behaviour() { super::$file::$behaviour(&super::naive).await; })+)+
        }
        mod sqlite_store {
            $($(#[tokio::test] async fn $behaviour() { super::$file::$behaviour(&super::sqlite).await; })+)+
        }
        #[cfg(feature = "encryption")]
        mod encrypted_store {
            $($(#[tokio::test] async fn $behaviour() { super::$file::$behaviour(&super::encrypted).await; })+)+
        }
        #[cfg(feature = "postgres")]
        mod postgres_store {
            $($(#[tokio::test] async fn $behaviour() {
                super::$file::$behaviour(&super::super::postgres::subject).await;
            })+)+
        }
    };
}

every_store! {
    keeping:
        a_memory_keeps_every_field_and_has_an_id_of_ten_letters_and_digits,
        ids_are_all_different_and_in_the_order_of_what_was_given,
        a_user_sees_changes_and_forgets_only_what_is_the_users_own,
        the_latest_turn_is_the_last_said_of_exactly_that_session,
        a_memory_without_vectors_waits_for_them_with_the_turn_before_it,
        vectors_of_a_text_that_has_changed_are_left_out,
        stats_count_what_is_there,
        counts_tell_what_there_is_of_whom;
    finding:
        every_part_of_a_filter_leaves_out_what_does_not_fit,
        what_is_kept_apart_is_found_only_when_that_is_asked_for,
        pages_follow_one_another_without_gaps,
        speakers_are_those_of_what_passes,
        own_vectors_come_latest_first,
        documents_are_listed_by_name_with_their_parts;
    hearing:
        what_was_heard_and_learnt_from_is_known_and_no_part_of_the_memory,
        what_is_retired_kept_apart_or_forgotten_is_not_among_what_was_heard;
    living:
        every_change_makes_a_version_and_a_change_of_nothing_makes_none,
        what_the_program_notes_of_a_memory_is_in_every_version_and_makes_none,
        undoing_goes_back_one_change_at_a_time_until_nothing_is_left,
        a_text_that_comes_back_waits_for_vectors,
        what_takes_the_place_of_another_retires_it,
        undoing_a_retirement_takes_the_successor_back,
        what_is_taken_back_was_never_so,
        a_failed_replacement_stores_nothing,
        a_question_about_the_past_sees_what_was_known_then,
        lifting_the_quarantine_vouches_and_undoing_it_does_not,
        what_was_forgotten_is_not_learnt_from,
        forgetting_takes_histories_quotes_and_baseless_claims_along,
        the_context_of_a_forgotten_turn_is_gone_from_the_next,
        a_turn_that_comes_late_waits_with_the_one_that_it_comes_before;
    moving:
        an_export_into_another_store_is_lossless,
        an_export_comes_in_parts_in_the_order_of_storage,
        importing_twice_changes_nothing,
        an_imported_memory_without_history_was_created_once;
    recalling:
        the_parts_of_a_score_are_its_sum_and_the_named_speaker_counts,
        evidence_beside_the_words_of_the_query_gains,
        time_age_and_pins_count_as_they_are_weighed,
        words_alone_decide_without_a_vector,
        what_repeats_a_better_hit_is_left_out_of_recall_but_not_of_nearest,
        another_users_words_do_not_change_a_score,
        what_waits_for_vectors_is_found_by_its_words,
        nearest_orders_by_cosine_and_keeps_the_threshold,
        what_does_not_pass_is_neither_recalled_nor_near,
        a_question_about_the_past_is_answered_with_the_words_of_then;
    refusing:
        vectors_that_are_no_unit_vectors_of_the_embedder_are_refused,
        what_says_nothing_or_belongs_to_nobody_is_refused,
        ranges_that_go_back_and_limits_out_of_range_are_refused,
        what_does_not_exist_is_named,
        a_claim_of_impossible_confidence_is_refused;
}

pub(crate) const PAGE: Page = Page {
    offset: 0,
    limit: 1_000,
};

pub(crate) fn at(second: u64) -> Timestamp {
    Timestamp::from_millis(second * 1_000)
}

/// A vector in the direction of these numbers; the missing ones are 0.
pub(crate) fn toward(numbers: &[f32]) -> Embedding {
    let length = numbers.iter().map(|number| number * number).sum::<f32>().sqrt();
    let mut vector = vec![0.0; DIMENSIONS];
    for (unit, number) in vector.iter_mut().zip(numbers) {
        *unit = number / length;
    }
    Embedding(vector)
}

pub(crate) fn both(vector: Embedding) -> MemoryVectors {
    MemoryVectors {
        own: vector.clone(),
        context: vector,
    }
}

fn scope(user: &str, project: Option<&str>, session: Option<&str>) -> Scope {
    Scope {
        user: user.to_owned(),
        project: project.map(str::to_owned),
        session: session.map(str::to_owned),
    }
}

fn note(user: &str, text: &str) -> NewMemory {
    NewMemory::new(MemoryKind::Note, scope(user, None, None), text, at(1))
}

/// Something said in session `s`.
fn turn(speaker: &str, text: &str, second: u64) -> NewMemory {
    let mut turn = NewMemory::new(MemoryKind::Turn, scope("ada", None, Some("s")), text, at(second));
    turn.speaker = Some(speaker.to_owned());
    turn
}

pub(crate) fn of(user: &str) -> MemoryFilter {
    MemoryFilter {
        user: user.to_owned(),
        ..MemoryFilter::default()
    }
}

fn query(text: &str, vector: &[f32]) -> RecallQuery {
    RecallQuery {
        text: text.to_owned(),
        vector: Some(toward(vector)),
        speakers: Vec::new(),
        time: None,
        now: at(10_000),
        filter: of("ada"),
        weights: RecallWeights::default(),
        limit: 10,
    }
}

fn texts(hits: &[MemoryHit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.memory.content.text.as_str()).collect()
}

fn ids(memories: &[Memory]) -> Vec<&str> {
    memories.iter().map(|memory| memory.id.0.as_str()).collect()
}

fn missing(id: &MemoryId) -> StoreError {
    StoreError::NotFound {
        what: "memory",
        id: id.0.clone(),
    }
}
