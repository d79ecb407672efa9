//! Topics of a user's memories, kept until enough has changed.

use super::Learner;
use crate::memory::MemoryError;
use crate::memory::cluster::{Item, Topic, topics};
use council_core::{Memory, MemoryFilter, MemoryId, MemoryKind, ModelError, Page, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Most memories that are put into topics, the latest.
const MOST: usize = 20_000;

/// Memories that are read at once.
const PAGE: u64 = 1_000;

/// Most users and projects whose topics are kept.
const MOST_KEPT: usize = 64;

/// The topics of a user's memories.
#[derive(Clone, Debug, PartialEq)]
pub struct Topics {
    /// The largest first.
    pub topics: Vec<Topic>,
    /// How many memories there were.
    pub memories: u64,
    /// How many of them are in a topic: the latest 20,000 that have vectors.
    pub considered: usize,
    /// When they were found.
    pub found_at: Timestamp,
}

type Key = (String, Option<String>);

#[derive(Default)]
pub(super) struct TopicsCache(Mutex<HashMap<Key, Arc<Topics>>>);

impl TopicsCache {
    pub(super) fn known(&self, user: &str, project: Option<&str>) -> Option<Arc<Topics>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&(user.to_owned(), project.map(str::to_owned))).cloned()
    }

    fn keep(&self, user: &str, project: Option<&str>, topics: Arc<Topics>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            let oldest = kept
                .iter()
                .min_by_key(|(_, topics)| topics.found_at)
                .map(|(key, _)| key.clone());
            kept.retain(|key, _| Some(key) != oldest.as_ref());
        }
        kept.insert((user.to_owned(), project.map(str::to_owned)), topics);
    }
}

/// What has topics: everything but summaries, which repeat the rest.
fn filter(user: &str, project: Option<&str>) -> MemoryFilter {
    let kinds = MemoryKind::ALL
        .into_iter()
        .filter(|kind| *kind != MemoryKind::Summary);
    MemoryFilter {
        user: user.to_owned(),
        project: project.map(str::to_owned),
        kinds: kinds.collect(),
        ..MemoryFilter::default()
    }
}

impl Learner {
    /// How many memories have topics.
    pub(super) async fn count(&self, user: &str, project: Option<&str>) -> Result<u64, MemoryError> {
        let one = Page { offset: 0, limit: 1 };
        let (_, count) = self
            .0
            .memories
            .store()
            .memories(filter(user, project), one)
            .await?;
        Ok(count)
    }

    /// Finds the topics and keeps them.
    pub(super) async fn find_topics(
        &self,
        user: &str,
        project: Option<&str>,
    ) -> Result<Arc<Topics>, MemoryError> {
        let store = self.0.memories.store();
        let memories = self.count(user, project).await?;
        let vectors = store.vectors(filter(user, project), MOST).await?;
        let mut vectors: HashMap<MemoryId, _> = vectors.into_iter().collect();
        let mut items: Vec<Item> = Vec::with_capacity(vectors.len());
        let mut offset = 0;
        while !vectors.is_empty() {
            let page = Page { offset, limit: PAGE };
            let (read, _) = store.memories(filter(user, project), page).await?;
            if read.is_empty() {
                break;
            }
            offset += PAGE;
            items.extend(read.into_iter().filter_map(|Memory { id, content, .. }| {
                let vector = vectors.remove(&id)?;
                Some(Item {
                    id,
                    text: content.text,
                    said_at: content.said_at,
                    vector,
                })
            }));
        }
        let considered = items.len();
        let found = tokio::task::spawn_blocking(move || topics(&items)).await;
        let found =
            found.map_err(|error| ModelError::Internal(format!("topics could not be found: {error}")))?;
        let topics = Arc::new(Topics {
            topics: found,
            memories,
            considered,
            found_at: self.0.clock.now(),
        });
        self.0.topics.keep(user, project, Arc::clone(&topics));
        Ok(topics)
    }
}
