//! Random lives of memories give the same answers as the naive store.

mod pair;

use super::*;
use pair::{Pair, Place};
use proptest::prelude::*;

const USERS: [&str; 2] = ["ada", "bob"];

fn second(second: u64) -> Timestamp {
    Timestamp::from_millis(second * 1_000)
}

/// Something new. Its evidence are places of others.
#[derive(Clone, Debug)]
struct Item {
    content: NewMemory,
    evidence: Option<(bool, Vec<usize>)>,
    vectors: Option<MemoryVectors>,
}

#[derive(Clone, Debug)]
enum Step {
    Insert(Vec<Item>),
    Supersede(Vec<usize>, Vec<Item>),
    Change(usize, MemoryChange),
    Undo(usize),
    Forget(Vec<usize>),
    Embed(usize, MemoryVectors),
    Reopen,
    Ask(Question),
}

#[derive(Clone, Debug)]
struct Question {
    filter: MemoryFilter,
    vector: Option<Embedding>,
    speakers: Vec<String>,
    time: Option<(Timestamp, Timestamp)>,
    weights: [f32; 3],
    least: f32,
    limit: usize,
}

/// One of the axes, or its opposite: bytes represent it without error.
fn axis() -> impl Strategy<Value = Embedding> {
    (0..DIMENSIONS, any::<bool>()).prop_map(|(at, positive)| {
        let mut vector = vec![0.0; DIMENSIONS];
        vector[at] = if positive { 1.0 } else { -1.0 };
        Embedding(vector)
    })
}

fn one_of(names: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(names).prop_map(str::to_owned)
}

fn maybe(names: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    prop::option::of(one_of(names))
}

fn vectors() -> impl Strategy<Value = MemoryVectors> {
    (axis(), axis()).prop_map(|(own, context)| MemoryVectors { own, context })
}

fn perhaps_vectors() -> impl Strategy<Value = Option<MemoryVectors>> {
    prop::option::weighted(0.8, vectors())
}

fn tags() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(one_of(&["x", "y", "z"]), 0..3)
}

fn text() -> impl Strategy<Value = String> {
    "[a-z]{1,8}( [a-z]{1,8}){0,3}"
}

fn item() -> impl Strategy<Value = Item> {
    let scope =
        (one_of(&USERS), maybe(&["p", "q"]), maybe(&["s", "t"])).prop_map(|(user, project, session)| Scope {
            user,
            project,
            session,
        });
    let kind = prop_oneof![3 => Just(MemoryKind::Turn), 1 => prop::sample::select(&MemoryKind::ALL[..])];
    let rest = (
        maybe(&["Nate", "Joanna"]),
        0..5_u64,
        one_of(&["main", "other"]),
        tags(),
        prop::option::weighted(0.2, one_of(&["a.md", "b.md"])),
        prop::bool::weighted(0.15),
    );
    let evidence = prop::option::weighted(0.3, (any::<bool>(), prop::collection::vec(any::<usize>(), 0..3)));
    let trust = prop::sample::select(&Trust::ALL[..]);
    (text(), kind, scope, rest, trust, evidence, perhaps_vectors()).prop_map(
        |(text, kind, scope, (speaker, said, area, tags, source, quarantined), trust, evidence, vectors)| {
            let content = NewMemory {
                speaker,
                area,
                tags,
                trust,
                source,
                quarantined,
                ..NewMemory::new(kind, scope, text, second(said))
            };
            Item {
                content,
                evidence,
                vectors,
            }
        },
    )
}

fn question() -> impl Strategy<Value = Question> {
    let moment =
        |latest: u64, probability: f64| prop::option::weighted(probability, (0..latest).prop_map(second));
    let scope = (
        one_of(&USERS),
        prop::option::weighted(0.2, one_of(&["p", "q", "unknown"])),
        prop::option::weighted(0.3, one_of(&["s", "t"])),
        prop::option::weighted(0.2, one_of(&["s", "unknown"])),
    );
    let among = (
        prop::collection::vec(prop::sample::select(&MemoryKind::ALL[..]), 0..2),
        prop::collection::vec(one_of(&["main", "other", "unknown"]), 0..2),
        prop::collection::vec(one_of(&["x", "y", "unknown"]), 0..2),
        prop::option::weighted(0.2, prop::sample::select(&Trust::ALL[..])),
        prop::option::weighted(0.1, one_of(&["a.md", "unknown"])),
    );
    let state = (
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.3),
        moment(40, 0.4),
        moment(6, 0.3),
    );
    let filter = (scope, among, state, moment(6, 0.3), moment(6, 0.3)).prop_map(
        |(
            (user, project, session, not_session),
            (kinds, areas, tags, least_trust, source),
            (quarantined, with_retired, as_of, valid_at),
            since,
            until,
        )| MemoryFilter {
            user,
            project,
            session,
            not_session,
            kinds,
            areas,
            tags,
            since: since.min(until.or(since)),
            until: until.max(since.and(until)),
            least_trust,
            source,
            quarantined,
            with_retired,
            as_of,
            valid_at,
        },
    );
    // Two axes at once, so that cosines differ; never two rows' worth apart by less than a byte can tell.
    let vector = (0..DIMENSIONS, 1..DIMENSIONS).prop_map(|(first, step)| {
        let mut vector = vec![0.0; DIMENSIONS];
        vector[first] = 0.8;
        vector[(first + step) % DIMENSIONS] = 0.6;
        Embedding(vector)
    });
    let time =
        prop::option::of((0..4_u64, 0..3_u64).prop_map(|(from, long)| (second(from), second(from + long))));
    let weight = || prop::sample::select(vec![0.0_f32, 0.5]);
    (
        filter,
        prop::option::weighted(0.8, vector),
        prop::collection::vec(one_of(&["nate", "Joanna"]), 0..2),
        time,
        [weight(), weight(), weight()],
        (prop::sample::select(vec![-1.0_f32, 0.0, 0.7]), 1..12_usize),
    )
        .prop_map(
            |(filter, vector, speakers, time, weights, (least, limit))| Question {
                filter,
                vector,
                speakers,
                time,
                weights,
                least,
                limit,
            },
        )
}

fn change() -> impl Strategy<Value = MemoryChange> {
    (
        prop::option::of((text(), perhaps_vectors())),
        prop::option::of(any::<bool>()),
        prop::option::of(tags()),
        prop::option::weighted(0.3, any::<bool>()),
    )
        .prop_map(|(text, pinned, tags, quarantined)| MemoryChange {
            text,
            pinned,
            tags,
            quarantined,
            metadata: None,
        })
}

fn step() -> impl Strategy<Value = Step> {
    let places = || prop::collection::vec(any::<usize>(), 0..3);
    prop_oneof![
        4 => prop::collection::vec(item(), 1..8).prop_map(Step::Insert),
        2 => (places(), prop::collection::vec(item(), 0..3)).prop_map(|(old, new)| Step::Supersede(old, new)),
        3 => (any::<usize>(), change()).prop_map(|(at, change)| Step::Change(at, change)),
        3 => any::<usize>().prop_map(Step::Undo),
        1 => places().prop_map(Step::Forget),
        1 => (any::<usize>(), vectors()).prop_map(|(at, vectors)| Step::Embed(at, vectors)),
        1 => Just(Step::Reopen),
        6 => question().prop_map(Step::Ask),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, max_shrink_iters: 200, ..ProptestConfig::default() })]
    #[test]
    fn any_life_of_memories_gives_the_answers_of_the_naive_store(steps in prop::collection::vec(step(), 1..40)) {
        play(steps, async || Place::Directory(tempfile::tempdir().unwrap()));
    }
}

#[cfg(feature = "postgres")]
proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_life_of_memories_in_postgresql_gives_the_answers_of_the_naive_store(
        steps in prop::collection::vec(step(), 1..40),
    ) {
        play(steps, async || Place::Server(super::postgres::empty().await));
    }
}

fn play(steps: Vec<Step>, place: impl AsyncFnOnce() -> Place) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(async {
        let mut pair = Pair::new(place().await).await;
        for step in steps {
            pair.play(step).await;
        }
        pair.compare().await;
    });
}
