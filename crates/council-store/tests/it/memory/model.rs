//! Random histories give the same answers as a plain list.

use super::*;
use proptest::prelude::*;

const USERS: [&str; 2] = ["ada", "bob"];

/// A memory with its vectors, as the list keeps it.
#[derive(Clone, Debug)]
struct Entry {
    memory: Memory,
    vectors: MemoryVectors,
}

#[derive(Clone, Debug)]
enum Step {
    Insert(Vec<(NewMemory, MemoryVectors)>),
    Change(usize, MemoryChange),
    Forget(Vec<usize>),
    Reopen,
    Ask(Question),
}

#[derive(Clone, Debug)]
struct Question {
    filter: MemoryFilter,
    vector: Embedding,
    speakers: Vec<String>,
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

fn tags() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(one_of(&["x", "y", "z"]), 0..3)
}

fn text() -> impl Strategy<Value = String> {
    "[a-z]{1,8}( [a-z]{1,8}){0,3}"
}

fn new_memory() -> impl Strategy<Value = NewMemory> {
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
    );
    (text(), kind, scope, rest, prop::sample::select(&Trust::ALL[..])).prop_map(
        |(text, kind, scope, (speaker, second, area, tags), trust)| NewMemory {
            text,
            kind,
            speaker,
            scope,
            said_at: Timestamp::from_millis(second * 1_000),
            area,
            tags,
            trust,
            ..NewMemory::new(kind, Scope::default(), "", NOW)
        },
    )
}

fn question() -> impl Strategy<Value = Question> {
    let time = || prop::option::of((0..6_u64).prop_map(|second| Timestamp::from_millis(second * 1_000)));
    let scope = (
        one_of(&USERS),
        prop::option::weighted(0.2, one_of(&["p", "q", "unknown"])),
        maybe(&["s", "t"]),
    );
    let among = (
        prop::collection::vec(prop::sample::select(&MemoryKind::ALL[..]), 0..3),
        prop::collection::vec(one_of(&["main", "other", "unknown"]), 0..2),
        prop::collection::vec(one_of(&["x", "y", "unknown"]), 0..2),
        prop::option::weighted(0.3, prop::sample::select(&Trust::ALL[..])),
    );
    let filter = (scope, among, time(), time()).prop_map(
        |((user, project, session), (kinds, areas, tags, least_trust), since, until)| MemoryFilter {
            user,
            project,
            session,
            kinds,
            areas,
            tags,
            since: since.min(until.or(since)),
            until: until.max(since.and(until)),
            least_trust,
            ..MemoryFilter::default()
        },
    );
    // Two axes at once, so that cosines differ; never two rows' worth apart by less than a byte can tell.
    let vector = (0..DIMENSIONS, 1..DIMENSIONS).prop_map(|(first, step)| {
        let mut vector = vec![0.0; DIMENSIONS];
        vector[first] = 0.8;
        vector[(first + step) % DIMENSIONS] = 0.6;
        Embedding(vector)
    });
    let speakers = prop::collection::vec(one_of(&["nate", "Joanna"]), 0..2);
    (
        filter,
        vector,
        speakers,
        prop::sample::select(vec![-1.0_f32, 0.0, 0.7]),
        1..12_usize,
    )
        .prop_map(|(filter, vector, speakers, least, limit)| Question {
            filter,
            vector,
            speakers,
            least,
            limit,
        })
}

fn step() -> impl Strategy<Value = Step> {
    let change = (
        prop::option::of((text(), vectors().prop_map(Some))),
        prop::option::of(any::<bool>()),
        prop::option::of(tags()),
    )
        .prop_map(|(text, pinned, tags)| MemoryChange {
            text,
            pinned,
            tags,
            ..MemoryChange::default()
        });
    prop_oneof![
        4 => prop::collection::vec((new_memory(), vectors()), 1..8).prop_map(Step::Insert),
        2 => (any::<usize>(), change).prop_map(|(at, change)| Step::Change(at, change)),
        1 => prop::collection::vec(any::<usize>(), 0..4).prop_map(Step::Forget),
        1 => Just(Step::Reopen),
        5 => question().prop_map(Step::Ask),
    ]
}

fn passes(filter: &MemoryFilter, memory: &NewMemory) -> bool {
    let matches = |wanted: &Option<String>, is: &Option<String>| wanted.is_none() || wanted == is;
    filter.user == memory.scope.user
        && matches(&filter.project, &memory.scope.project)
        && matches(&filter.session, &memory.scope.session)
        && (filter.kinds.is_empty() || filter.kinds.contains(&memory.kind))
        && (filter.areas.is_empty() || filter.areas.contains(&memory.area))
        && filter.tags.iter().all(|tag| memory.tags.contains(tag))
        && filter.since.is_none_or(|since| since <= memory.said_at)
        && filter.until.is_none_or(|until| memory.said_at < until)
        && filter.least_trust.is_none_or(|least| least <= memory.trust)
}

fn cosine(left: &Embedding, right: &Embedding) -> f32 {
    left.0
        .iter()
        .zip(&right.0)
        .map(|(left, right)| left * right)
        .sum()
}

fn standardised(values: &[f32]) -> Vec<f32> {
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / values.len() as f32;
    let scale = if variance.sqrt() > 1e-4 {
        1.0 / variance.sqrt()
    } else {
        0.0
    };
    values.iter().map(|value| (value - mean) * scale).collect()
}

/// The turns of an entry's session, in the order in which they were said.
fn session<'a>(list: &'a [Entry], of: &Entry) -> Vec<&'a Entry> {
    let content = &of.memory.content;
    if content.kind != MemoryKind::Turn || content.scope.session.is_none() {
        return Vec::new();
    }
    let is_same = |entry: &&Entry| {
        entry.memory.content.kind == MemoryKind::Turn && entry.memory.content.scope == content.scope
    };
    let mut turns: Vec<&Entry> = list.iter().filter(is_same).collect();
    turns.sort_by_key(|entry| entry.memory.content.said_at);
    turns
}

/// The score of every memory that passes, by the definition; words do not count.
fn scores(list: &[Entry], question: &Question) -> Vec<(MemoryId, f32)> {
    let weights = RecallWeights::default();
    let passing: Vec<&Entry> = list
        .iter()
        .filter(|entry| passes(&question.filter, &entry.memory.content))
        .collect();
    let of = |vector: fn(&Entry) -> &Embedding| -> Vec<f32> {
        standardised(
            &passing
                .iter()
                .map(|entry| cosine(&question.vector, vector(entry)))
                .collect::<Vec<_>>(),
        )
    };
    let (own, context) = (of(|entry| &entry.vectors.own), of(|entry| &entry.vectors.context));
    let base: Vec<f32> = own
        .iter()
        .zip(&context)
        .map(|(own, context)| weights.own * own + weights.context * context)
        .collect();
    let base_of = |id: &MemoryId| {
        let at = passing.iter().position(|entry| entry.memory.id == *id);
        at.map_or(0.0, |at| base[at])
    };
    let total = |entry: &&Entry| {
        let turns = session(list, entry);
        let at = turns.iter().position(|turn| turn.memory.id == entry.memory.id);
        let beside: f32 = turns
            .iter()
            .enumerate()
            .map(|(other, turn)| match at.map(|at| at.abs_diff(other)) {
                Some(distance @ 1..=3) => weights.neighbours[distance - 1] * base_of(&turn.memory.id),
                _ => 0.0,
            })
            .sum();
        let speaker = entry.memory.content.speaker.as_deref().unwrap_or_default();
        let is_named = question
            .speakers
            .iter()
            .any(|named| named.eq_ignore_ascii_case(speaker));
        let content = &entry.memory.content;
        let months = NOW.since(content.said_at).as_secs_f32() / (30.0 * 86_400.0);
        base_of(&entry.memory.id)
            + beside
            + if is_named { weights.speaker } else { 0.0 }
            + weights.told * content.told()
            + weights.recency * 0.5_f32.powf(months)
            + if entry.memory.pinned { weights.pinned } else { 0.0 }
    };
    passing
        .iter()
        .map(|entry| (entry.memory.id.clone(), total(entry)))
        .collect()
}

/// The next turn's context is its own once the one before it has changed or is gone.
fn leave_next(list: &mut [Entry], of: &Entry) {
    let is_after = |entry: &&Entry| {
        let key = |entry: &Entry| entry.memory.content.said_at;
        // Of turns said at the same moment the later one in the list was stored later.
        key(entry) > key(of) || (key(entry) == key(of) && entry.memory.created_at > of.memory.created_at)
    };
    let mut with = list.to_vec();
    with.push(of.clone());
    let next = session(&with, of)
        .into_iter()
        .filter(|entry| entry.memory.id != of.memory.id)
        .find(is_after);
    let next = next.map(|entry| entry.memory.id.clone());
    for entry in list
        .iter_mut()
        .filter(|entry| Some(&entry.memory.id) == next.as_ref())
    {
        entry.vectors.context = entry.vectors.own.clone();
    }
}

/// The same as the store returns it: in the list, `created_at` numbers the entries instead.
fn ids(mut entries: Vec<&Entry>) -> Vec<MemoryId> {
    entries.sort_by_key(|entry| (entry.memory.content.said_at, entry.memory.created_at));
    entries
        .iter()
        .rev()
        .map(|entry| entry.memory.id.clone())
        .collect()
}

async fn ask(memories: &MemoryIndex, list: &[Entry], question: Question) {
    let filter = &question.filter;
    let passing = || list.iter().filter(|entry| passes(filter, &entry.memory.content));
    let (listed, count) = memories.memories(filter.clone(), PAGE).await.unwrap();
    assert_eq!(
        listed.iter().map(|memory| memory.id.clone()).collect::<Vec<_>>(),
        ids(passing().collect())
    );
    assert_eq!(count, listed.len() as u64);
    for memory in &listed {
        let entry = list.iter().find(|entry| entry.memory.id == memory.id).unwrap();
        assert_eq!(
            (&memory.content, memory.pinned),
            (&entry.memory.content, entry.memory.pinned)
        );
    }

    let mut speakers: Vec<String> = passing()
        .filter_map(|entry| entry.memory.content.speaker.clone())
        .collect();
    speakers.sort();
    speakers.dedup();
    assert_eq!(memories.speakers(filter).await.unwrap(), speakers);

    let mut expected: Vec<f32> = passing()
        .map(|entry| cosine(&question.vector, &entry.vectors.own))
        .collect();
    expected.retain(|cosine| *cosine >= question.least);
    expected.sort_by(|left, right| right.total_cmp(left));
    expected.truncate(question.limit);
    let near = memories.nearest(
        question.vector.clone(),
        filter.clone(),
        question.least,
        question.limit,
    );
    let near = near.await.unwrap();
    assert_eq!(near.iter().map(|hit| hit.score).collect::<Vec<_>>(), expected);
    assert!(
        near.iter()
            .all(|hit| passing().any(|entry| entry.memory.id == hit.memory.id))
    );

    let query = RecallQuery {
        text: String::new(),
        vector: Some(question.vector.clone()),
        speakers: question.speakers.clone(),
        time: None,
        now: NOW,
        filter: filter.clone(),
        weights: RecallWeights {
            lexical: 0.0,
            ..RecallWeights::default()
        },
        limit: 1_000,
    };
    let hits = memories.recall(query).await.unwrap();
    let expected = scores(list, &question);
    assert_eq!(hits.is_empty(), expected.is_empty());
    for hit in &hits {
        let (_, score) = expected.iter().find(|(id, _)| *id == hit.memory.id).unwrap();
        assert!((hit.score - score).abs() < 0.05, "{hit:?} instead of {score}");
    }
    // Nothing that is left out is better than the best of what is there.
    let best = expected.iter().map(|(_, score)| *score).fold(f32::MIN, f32::max);
    assert!(hits.first().is_none_or(|hit| hit.score > best - 0.05));
    assert!(hits.is_sorted_by(|left, right| left.score >= right.score));
}

async fn play(steps: Vec<Step>) {
    let dir = tempfile::tempdir().unwrap();
    let mut memories = open(dir.path()).await;
    let mut list: Vec<Entry> = Vec::new();
    let mut stored = 0;
    for step in steps {
        match step {
            Step::Insert(items) => {
                let given = items.iter().cloned().map(|(new, vectors)| (new, Some(vectors)));
                let ids = memories.insert(given.collect()).await.unwrap();
                for ((content, vectors), id) in items.into_iter().zip(ids) {
                    stored += 1;
                    let at = Timestamp::from_millis(stored);
                    let memory = Memory::created(id, content, at);
                    list.push(Entry { memory, vectors });
                }
            }
            Step::Change(at, change) if !list.is_empty() => {
                let at = at % list.len();
                let (user, id) = (
                    list[at].memory.content.scope.user.clone(),
                    list[at].memory.id.clone(),
                );
                memories.change(&user, &id, change.clone()).await.unwrap();
                let entry = &mut list[at];
                entry.memory.pinned = change.pinned.unwrap_or(entry.memory.pinned);
                entry.memory.content.tags = change.tags.unwrap_or_else(|| entry.memory.content.tags.clone());
                if let Some((text, Some(vectors))) = change.text {
                    entry.memory.content.text = text;
                    entry.vectors = vectors;
                    let changed = entry.clone();
                    leave_next(&mut list, &changed);
                }
            }
            Step::Forget(which) => {
                let chosen: Vec<MemoryId> = which
                    .iter()
                    .filter_map(|at| at.checked_rem(list.len()))
                    .map(|at| list[at].memory.id.clone())
                    .collect();
                for user in USERS {
                    memories.forget(user, chosen.clone()).await.unwrap();
                }
                let (gone, kept) = list
                    .into_iter()
                    .partition(|entry: &Entry| chosen.contains(&entry.memory.id));
                list = kept;
                for entry in &gone as &Vec<Entry> {
                    leave_next(&mut list, entry);
                }
            }
            Step::Reopen => {
                drop(memories);
                memories = open(dir.path()).await;
            }
            Step::Ask(question) => ask(&memories, &list, question).await,
            Step::Change(..) => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 200, ..ProptestConfig::default() })]
    #[test]
    fn any_history_gives_the_answers_of_a_list(steps in prop::collection::vec(step(), 1..40)) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(play(steps));
    }
}
