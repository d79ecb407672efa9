//! The store under test beside the naive one: every step is done to both, and every answer compared.

use super::*;
use council_core::memory::naive::NaiveMemory;
use council_core::{MemoryRecord, MemoryVersion, Unembedded};
use std::sync::atomic::{AtomicU64, Ordering};

/// A second later at every step, so that every version has its moment.
#[derive(Default)]
struct StepClock(AtomicU64);

impl Clock for StepClock {
    fn now(&self) -> Timestamp {
        second(self.0.load(Ordering::SeqCst))
    }
}

/// The store under test and the naive one, with the identifiers that both gave to the same memory.
pub(super) struct Pair {
    store: Arc<dyn MemoryStore>,
    naive: NaiveMemory,
    clock: Arc<StepClock>,
    place: Place,
    /// Of the store, of the naive one, and whose it is. Forgotten ones stay: they must stay forgotten.
    ids: Vec<(MemoryId, MemoryId, String)>,
}

/// Where the store under test keeps its memories.
pub(super) enum Place {
    /// A directory, for SQLite.
    Directory(TempDir),
    /// An address, for PostgreSQL.
    #[cfg(feature = "postgres")]
    Server(String),
}

impl Place {
    async fn open(&self, clock: &Arc<StepClock>) -> Arc<dyn MemoryStore> {
        match self {
            Self::Directory(dir) => {
                let store = Store::open(dir.path()).unwrap();
                let memory = store.memory(&embedder("test"), clock.clone(), |_| {}).await;
                memory.unwrap()
            }
            #[cfg(feature = "postgres")]
            Self::Server(url) => {
                let embedder = embedder("test");
                let opened = council_store::PostgresMemory::open(
                    url,
                    &embedder,
                    clock.clone(),
                    Arc::new(council_core::egress::naive::OpenGate),
                    |_| {},
                );
                opened.await.unwrap()
            }
        }
    }
}

impl Pair {
    pub(super) async fn new(place: Place) -> Self {
        let clock = Arc::new(StepClock::default());
        Self {
            store: place.open(&clock).await,
            naive: NaiveMemory::new(&embedder("test"), clock.clone()),
            clock,
            place,
            ids: Vec::new(),
        }
    }

    fn naive_id(&self, id: &MemoryId) -> MemoryId {
        let known = self.ids.iter().find(|(of_store, ..)| of_store == id);
        known.map_or_else(|| id.clone(), |(_, of_naive, _)| of_naive.clone())
    }

    /// The same memory as the naive store calls it.
    fn naive_memory(&self, mut memory: Memory) -> Memory {
        memory.id = self.naive_id(&memory.id);
        memory.superseded_by = memory.superseded_by.map(|id| self.naive_id(&id));
        for evidence in memory
            .content
            .claim
            .iter_mut()
            .flat_map(|claim| &mut claim.evidence)
        {
            evidence.memory = self.naive_id(&evidence.memory);
        }
        memory
    }

    fn naive_history(&self, history: Vec<MemoryVersion>) -> Vec<MemoryVersion> {
        let version = |version: MemoryVersion| MemoryVersion {
            memory: self.naive_memory(version.memory),
            ..version
        };
        history.into_iter().map(version).collect()
    }

    fn naive_error(&self, error: StoreError) -> StoreError {
        match error {
            StoreError::NotFound { what, id } => StoreError::NotFound {
                what,
                id: self.naive_id(&MemoryId(id)).0,
            },
            // Both refuse, each in its words.
            StoreError::Invalid(_) => StoreError::Invalid(String::new()),
            other => other,
        }
    }

    fn same<T: PartialEq + std::fmt::Debug>(
        &self,
        ours: Result<T, StoreError>,
        naive: Result<T, StoreError>,
    ) {
        let ours = ours.map_err(|error| self.naive_error(error));
        assert_eq!(ours, naive.map_err(|error| self.naive_error(error)));
    }

    /// What both are given: the contents with evidence by their names.
    fn given(
        &self,
        items: Vec<Item>,
        of: fn(&(MemoryId, MemoryId, String)) -> &MemoryId,
    ) -> Vec<(NewMemory, Option<MemoryVectors>)> {
        let given = items.into_iter().map(|item| {
            let mut content = item.content;
            content.claim = item.evidence.map(|(extracted, places)| Claim {
                subject: "Nate".to_owned(),
                attribute: "likes".to_owned(),
                confidence: 0.5,
                extractor: extracted.then(|| "model".to_owned()),
                evidence: places
                    .iter()
                    .filter_map(|at| at.checked_rem(self.ids.len()))
                    .map(|at| Evidence {
                        memory: of(&self.ids[at]).clone(),
                        quote: "tea".to_owned(),
                    })
                    .collect(),
            });
            (content, item.vectors)
        });
        given.collect()
    }

    async fn insert(&mut self, items: Vec<Item>) {
        let users: Vec<String> = items.iter().map(|item| item.content.scope.user.clone()).collect();
        let ours = self
            .store
            .insert(self.given(items.clone(), |(ours, ..)| ours))
            .await
            .unwrap();
        let naive = self
            .naive
            .insert(self.given(items, |(_, naive, _)| naive))
            .await
            .unwrap();
        self.note(ours, naive, users);
    }

    fn note(&mut self, ours: Vec<MemoryId>, naive: Vec<MemoryId>, users: Vec<String>) {
        let ids = ours.into_iter().zip(naive).zip(users);
        self.ids
            .extend(ids.map(|((ours, naive), user)| (ours, naive, user)));
    }

    async fn supersede(&mut self, old: &[usize], mut items: Vec<Item>) {
        let Some((_, _, user)) = old
            .first()
            .and_then(|at| at.checked_rem(self.ids.len()))
            .map(|at| &self.ids[at])
        else {
            return;
        };
        let user = user.clone();
        let chosen: Vec<_> = old
            .iter()
            .map(|at| self.ids[at % self.ids.len()].clone())
            .collect();
        for item in &mut items {
            item.content.scope.user.clone_from(&user);
        }
        let users = vec![user.clone(); items.len()];
        let ours = self.store.supersede(
            &user,
            chosen.iter().map(|(ours, ..)| ours.clone()).collect(),
            self.given(items.clone(), |(ours, ..)| ours),
        );
        let naive = self.naive.supersede(
            &user,
            chosen.iter().map(|(_, naive, _)| naive.clone()).collect(),
            self.given(items, |(_, naive, _)| naive),
        );
        match (ours.await, naive.await) {
            (Ok(ours), Ok(naive)) => {
                assert_eq!(ours.len(), naive.len());
                self.note(ours, naive, users);
            }
            (ours, naive) => self.same(ours, naive),
        }
    }

    async fn forget(&self, places: &[usize]) {
        let chosen: Vec<_> = places
            .iter()
            .filter_map(|at| at.checked_rem(self.ids.len()))
            .map(|at| self.ids[at].clone())
            .collect();
        for user in USERS {
            let ours = chosen.iter().map(|(ours, ..)| ours.clone()).collect();
            let naive = chosen.iter().map(|(_, naive, _)| naive.clone()).collect();
            let ours = self.store.forget(user, ours).await.unwrap();
            let ours: Vec<MemoryId> = ours.iter().map(|id| self.naive_id(id)).collect();
            assert_eq!(ours, self.naive.forget(user, naive).await.unwrap());
        }
    }

    pub(super) async fn play(&mut self, step: Step) {
        self.clock.0.fetch_add(1, Ordering::SeqCst);
        let chosen = |at: usize| at.checked_rem(self.ids.len()).map(|at| self.ids[at].clone());
        match step {
            Step::Insert(items) => self.insert(items).await,
            Step::Supersede(old, items) => self.supersede(&old, items).await,
            Step::Change(at, change) => {
                let Some((ours, naive, user)) = chosen(at) else {
                    return;
                };
                let ours = self.store.change(&user, &ours, change.clone()).await;
                let naive = self.naive.change(&user, &naive, change).await;
                self.same(ours.map(|memory| self.naive_memory(memory)), naive);
            }
            Step::Undo(at) => {
                let Some((ours, naive, user)) = chosen(at) else {
                    return;
                };
                let ours = self.store.undo(&user, &ours).await;
                let naive = self.naive.undo(&user, &naive).await;
                self.same(ours.map(|memory| self.naive_memory(memory)), naive);
            }
            Step::Forget(places) => self.forget(&places).await,
            Step::Embed(at, vectors) => {
                let Some((ours, naive, user)) = chosen(at) else {
                    return;
                };
                let (Ok(ours), Ok(naive)) = (
                    self.store.memory(&user, &ours).await,
                    self.naive.memory(&user, &naive).await,
                ) else {
                    return;
                };
                let (waiting, _) = self.naive.without_vectors(1_000).await.unwrap();
                let waiting = waiting.into_iter().find(|waiting| waiting.memory.id == naive.id);
                let previous_turn = waiting.and_then(|waiting| waiting.previous_turn);
                let with = |memory: Memory| {
                    let previous_turn = previous_turn.clone();
                    let waiting = Unembedded {
                        memory,
                        previous_turn,
                    };
                    vec![(waiting, vectors.clone())]
                };
                let ours = self.store.embed(with(ours)).await;
                self.same(ours, self.naive.embed(with(naive)).await);
            }
            Step::Reopen => {
                // The last reference must be gone before the directory can be opened again.
                self.store = Arc::new(NaiveMemory::new(&embedder("test"), self.clock.clone()));
                self.store = self.place.open(&self.clock).await;
            }
            Step::Ask(question) => self.ask(question).await,
        }
    }

    async fn ask(&self, question: Question) {
        let (store, naive) = (&self.store, &self.naive);
        let filter = &question.filter;
        let (ours, count) = store.memories(filter.clone(), PAGE).await.unwrap();
        let ours: Vec<Memory> = ours.into_iter().map(|memory| self.naive_memory(memory)).collect();
        assert_eq!((ours, count), naive.memories(filter.clone(), PAGE).await.unwrap());
        self.same(store.speakers(filter).await, naive.speakers(filter).await);
        let of_naive = |vectors: Vec<(MemoryId, Embedding)>| -> Vec<_> {
            vectors
                .into_iter()
                .map(|(id, vector)| (self.naive_id(&id), vector))
                .collect()
        };
        let ours = store.vectors(filter.clone(), question.limit).await.map(of_naive);
        self.same(ours, naive.vectors(filter.clone(), question.limit).await);
        if let Some(vector) = &question.vector {
            let near = async |store: &dyn MemoryStore| {
                let near = store.nearest(vector.clone(), filter.clone(), question.least, question.limit);
                near.await.unwrap()
            };
            let told = |hits: Vec<MemoryHit>| -> Vec<(MemoryId, i32)> {
                let hits = hits.into_iter();
                hits.map(|hit| (self.naive_memory(hit.memory).id, (hit.score * 1e5).round() as i32))
                    .collect()
            };
            assert_eq!(told(near(&**store).await), told(near(naive).await));
        }
        self.recall(&question).await;
    }

    /// Words do not count: the naive store compares them as they stand.
    async fn recall(&self, question: &Question) {
        let [time, recency, pinned] = question.weights;
        let query = RecallQuery {
            text: String::new(),
            vector: question.vector.clone(),
            speakers: question.speakers.clone(),
            time: question.time,
            now: self.clock.now(),
            filter: question.filter.clone(),
            weights: RecallWeights {
                lexical: 0.0,
                time,
                recency,
                pinned,
                ..RecallWeights::default()
            },
            limit: 1_000,
        };
        let ours = self.store.recall(query.clone()).await.unwrap();
        let naive = self.naive.recall(query).await.unwrap();
        assert_eq!(ours.is_empty(), naive.is_empty());
        assert!(ours.is_sorted_by(|left, right| left.score >= right.score));
        // Bytes are off by a little, so that of two that repeat each other either may be left out.
        let is_near = |left: f32, right: f32| (left - right).abs() < 0.05;
        assert!(
            ours.first()
                .zip(naive.first())
                .is_none_or(|(ours, naive)| is_near(ours.score, naive.score)),
            "{ours:?} {naive:?}"
        );
        for hit in ours {
            assert_eq!(hit.score.to_bits(), hit.parts.score().to_bits());
            let memory = self.naive_memory(hit.memory);
            if let Some(same) = naive.iter().find(|other| other.memory.id == memory.id) {
                assert_eq!(memory, same.memory);
                assert!(is_near(hit.score, same.score), "{:?} {:?}", hit.parts, same.parts);
            }
        }
    }

    /// Everything that there is, at the end.
    pub(super) async fn compare(&self) {
        let (store, naive) = (&self.store, &self.naive);
        for user in USERS {
            self.same(store.sources(user).await, naive.sources(user).await);
            self.same(store.counts(user).await, naive.counts(user).await);
            let record = |record: MemoryRecord| MemoryRecord {
                memory: self.naive_memory(record.memory),
                history: self.naive_history(record.history),
            };
            let ours = store.export(user, None, 1_000).await.unwrap();
            let ours: Vec<MemoryRecord> = ours.into_iter().map(record).collect();
            self.same(Ok(ours), naive.export(user, None, 1_000).await);
        }
        let (ours, naive) = (store.stats().await.unwrap(), naive.stats().await.unwrap());
        assert_eq!(
            (ours.memories, ours.waiting, ours.users),
            (naive.memories, naive.waiting, naive.users)
        );
        let (ours, count) = store.without_vectors(1_000).await.unwrap();
        let ours = ours
            .into_iter()
            .map(|waiting| (self.naive_memory(waiting.memory), waiting.previous_turn));
        let (naive, of_naive) = self.naive.without_vectors(1_000).await.unwrap();
        let naive = naive
            .into_iter()
            .map(|waiting| (waiting.memory, waiting.previous_turn));
        assert_eq!((ours.collect::<Vec<_>>(), count), (naive.collect(), of_naive));
    }
}
