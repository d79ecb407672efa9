//! The same memories and questions in PostgreSQL and SQLite.

use super::super::contract::{DIMENSIONS, Make, at, of, sqlite};
use super::subject;
use council_core::{
    Embedding, MemoryChange, MemoryFilter, MemoryHit, MemoryId, MemoryKind, MemoryVectors, NewMemory,
    RecallQuery, RecallWeights, Scope, Trust,
};
use proptest::prelude::*;
use std::sync::Arc;

/// Sums in another order.
const ROUNDING: f32 = 1e-3;

#[derive(Clone, Debug)]
struct World {
    items: Vec<(NewMemory, Option<MemoryVectors>)>,
    changes: Vec<(usize, MemoryChange)>,
    superseded: Vec<usize>,
    forgotten: Vec<usize>,
    questions: Vec<RecallQuery>,
}

/// A vector that the index of SQLite's store, with eight bits for each number, holds without rounding: its numbers are
/// whole ones up to 127 of a unit, and one of them is 127.
fn direction() -> impl Strategy<Value = Embedding> {
    prop::collection::vec(-127..=127_i16, DIMENSIONS).prop_map(|mut numbers| {
        numbers[0] = 127;
        let numbers: Vec<f32> = numbers.into_iter().map(f32::from).collect();
        let length = numbers.iter().map(|number| number * number).sum::<f32>().sqrt();
        Embedding(numbers.into_iter().map(|number| number / length).collect())
    })
}

fn vectors() -> impl Strategy<Value = MemoryVectors> {
    (direction(), direction()).prop_map(|(own, context)| MemoryVectors { own, context })
}

fn text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "red", "fox", "foxes", "running", "ran", "the", "what", "tea", "Größe", "漢字", "May", "2023",
        "why?", "ok!",
    ]);
    prop::collection::vec(word, 1..8).prop_map(|words| words.join(" "))
}

fn maybe(names: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop::sample::select(names).prop_map(str::to_owned))
}

fn memory() -> impl Strategy<Value = NewMemory> {
    let kind = prop_oneof![4 => Just(MemoryKind::Turn), 1 => prop::sample::select(&MemoryKind::ALL[..])];
    let scope = (maybe(&["p"]), maybe(&["s", "t"]));
    let rest = (
        maybe(&["Nate", "JOANNA", "Zoë"]),
        0..40_u64,
        prop::sample::select(&Trust::ALL[..]),
    );
    (text(), kind, scope, rest).prop_map(|(text, kind, (project, session), (speaker, days, trust))| {
        let user = "ada".to_owned();
        let scope = Scope {
            user,
            project,
            session,
        };
        let mut memory = NewMemory::new(kind, scope, text, at(days * 86_400));
        memory.speaker = speaker;
        memory.trust = trust;
        memory
    })
}

fn filter() -> impl Strategy<Value = MemoryFilter> {
    (
        prop::option::weighted(0.3, Just("s".to_owned())),
        prop::option::weighted(0.2, Just(at(500))),
        prop::option::weighted(0.2, Just(at(20 * 86_400))),
        prop::option::weighted(0.3, prop::sample::select(&Trust::ALL[..])),
        prop::bool::weighted(0.3),
    )
        .prop_map(
            |(not_session, as_of, since, least_trust, with_retired)| MemoryFilter {
                not_session,
                as_of,
                since,
                least_trust,
                with_retired,
                ..of("ada")
            },
        )
}

fn question() -> impl Strategy<Value = RecallQuery> {
    let speakers = prop::collection::vec(
        prop::sample::select(vec!["nate".to_owned(), "zoë".to_owned()]),
        0..2,
    );
    let time = prop::option::of(Just((at(10 * 86_400), at(20 * 86_400))));
    (
        text(),
        prop::option::weighted(0.8, direction()),
        speakers,
        time,
        filter(),
        1..30_usize,
    )
        .prop_map(|(text, vector, speakers, time, filter, limit)| RecallQuery {
            text,
            vector,
            speakers,
            time,
            now: at(50 * 86_400),
            filter,
            weights: RecallWeights::default(),
            limit,
        })
}

fn world() -> impl Strategy<Value = World> {
    let change = (
        prop::option::of((text(), prop::option::of(vectors()))),
        prop::option::of(any::<bool>()),
    )
        .prop_map(|(text, pinned)| MemoryChange {
            text,
            pinned,
            ..MemoryChange::default()
        });
    (
        prop::collection::vec((memory(), prop::option::weighted(0.9, vectors())), 1..60),
        prop::collection::vec((any::<usize>(), change), 0..6),
        prop::collection::vec(any::<usize>(), 0..4),
        prop::collection::vec(any::<usize>(), 0..4),
        prop::collection::vec(question(), 1..6),
    )
        .prop_map(|(items, changes, superseded, forgotten, questions)| World {
            items,
            changes,
            superseded,
            forgotten,
            questions,
        })
}

/// A memory by its place in the world, and its score.
type Answer = Vec<(usize, f32)>;

/// The answers of a store to the questions of a world, and the cosines of what is near.
async fn answers(make: &Make, world: &World) -> (Vec<Answer>, Vec<Answer>) {
    let subject = make().await;
    let store = Arc::clone(&subject.store);
    subject.at(100);
    let ids = store.insert(world.items.clone()).await.unwrap();
    subject.at(1_000);
    let id = |place: usize| ids[place % ids.len()].clone();
    for (place, change) in &world.changes {
        store.change("ada", &id(*place), change.clone()).await.unwrap();
    }
    for place in &world.superseded {
        store
            .supersede("ada", vec![id(*place)], Vec::new())
            .await
            .unwrap();
    }
    let forgotten = world.forgotten.iter().map(|place| id(*place)).collect();
    store.forget("ada", forgotten).await.unwrap();
    let placed = |hits: Vec<MemoryHit>| -> Answer {
        let place = |id: &MemoryId| ids.iter().position(|other| other == id).unwrap();
        hits.iter()
            .map(|hit| (place(&hit.memory.id), hit.score))
            .collect()
    };
    let (mut recalled, mut near) = (Vec::new(), Vec::new());
    for question in &world.questions {
        recalled.push(placed(store.recall(question.clone()).await.unwrap()));
        if let Some(vector) = &question.vector {
            let hits = store.nearest(vector.clone(), question.filter.clone(), 0.5, question.limit);
            near.push(placed(hits.await.unwrap()));
        }
    }
    (recalled, near)
}

/// Whether two answers are the same; of what scores the same, and says the same, either may come first or alone.
fn same(left: &Answer, right: &Answer) -> Result<(), String> {
    let is_close = |left: f32, right: f32| (left - right).abs() < ROUNDING;
    let mut at_each_place = left.iter().zip(right);
    let score_in_right = |place: usize| right.iter().find(|(other, _)| *other == place);
    let is_same = left.len() == right.len()
        && at_each_place.all(|((_, left), (_, right))| is_close(*left, *right))
        && left
            .iter()
            .all(|(place, score)| score_in_right(*place).is_none_or(|(_, other)| is_close(*score, *other)));
    if is_same {
        return Ok(());
    }
    Err(format!("{left:?} is not {right:?}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn both_stores_give_the_same_answers_up_to_rounding(world in world()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let ((ours, our_near), (theirs, their_near)) =
            runtime.block_on(async { (answers(&subject, &world).await, answers(&sqlite, &world).await) });
        for (ours, theirs) in our_near.iter().zip(&their_near) {
            prop_assert_eq!(ours, theirs);
        }
        for (ours, theirs) in ours.iter().zip(&theirs) {
            prop_assert_eq!(same(ours, theirs), Ok(()));
        }
    }
}
