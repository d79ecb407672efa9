//! The trait of `council-core`: checks, a connection, the work, and faults in the caller's words.

use super::{PostgresMemory, read, search, write};
use crate::columns::limit_and_offset;
use async_trait::async_trait;
use council_core::memory::check;
use council_core::{
    Embedding, Heard, Memory, MemoryChange, MemoryCounts, MemoryFilter, MemoryHit, MemoryId, MemoryRecord,
    MemoryStats, MemoryStore, MemoryVectors, MemoryVersion, NewMemory, Page, RecallQuery, Scope,
    SourceSummary, StoreError, Timestamp, Unembedded,
};
use serde_json::{Map, Value};

impl PostgresMemory {
    fn check_items(&self, items: &[(NewMemory, Option<MemoryVectors>)]) -> Result<(), StoreError> {
        for item in items {
            check::item(item, &self.embedder)?;
            without_null(&item.0)?;
        }
        Ok(())
    }
}

/// PostgreSQL keeps every character but U+0000.
fn without_null(content: &NewMemory) -> Result<(), StoreError> {
    let NewMemory {
        text,
        speaker,
        scope,
        area,
        tags,
        source,
        ..
    } = content;
    let fields = [
        ("text", Some(text)),
        ("speaker", speaker.as_ref()),
        ("user", Some(&scope.user)),
        ("project", scope.project.as_ref()),
        ("session", scope.session.as_ref()),
        ("area", Some(area)),
        ("source", source.as_ref()),
    ];
    let fields = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    let mut all = fields.chain(tags.iter().map(|tag| ("tags", tag)));
    match all.find(|(_, value)| value.contains('\0')) {
        Some((name, _)) => Err(StoreError::Invalid(format!(
            "`{name}` holds the character U+0000, which PostgreSQL cannot keep; remove it"
        ))),
        None => Ok(()),
    }
}

#[async_trait]
impl MemoryStore for PostgresMemory {
    async fn insert(
        &self,
        items: Vec<(NewMemory, Option<MemoryVectors>)>,
    ) -> Result<Vec<MemoryId>, StoreError> {
        self.check_items(&items)?;
        let mut client = self.server.client().await?;
        let ids = write::insert(&mut client, &items, self.clock.now(), self.embedder_key).await;
        ids.map_err(|fault| self.server.fault(fault))
    }

    async fn insert_and_note(
        &self,
        user: &str,
        notes: Vec<(MemoryId, Map<String, Value>)>,
        items: Vec<(NewMemory, Option<MemoryVectors>)>,
    ) -> Result<Vec<MemoryId>, StoreError> {
        self.check_items(&items)?;
        let mut client = self.server.client().await?;
        let (now, key) = (self.clock.now(), self.embedder_key);
        let ids = write::insert_and_note(&mut client, user, &notes, &items, now, key).await;
        ids.map_err(|fault| self.server.fault(fault))
    }

    async fn hear(
        &self,
        items: Vec<(NewMemory, Option<MemoryVectors>)>,
    ) -> Result<Vec<MemoryId>, StoreError> {
        self.check_items(&items)?;
        let mut client = self.server.client().await?;
        let ids = write::hear(&mut client, &items, self.clock.now(), self.embedder_key).await;
        ids.map_err(|fault| self.server.fault(fault))
    }

    async fn heard(&self, user: &str, since: Timestamp, limit: usize) -> Result<Vec<Heard>, StoreError> {
        let client = self.server.client().await?;
        let heard = read::heard(&client, user, since, limit).await;
        heard.map_err(|fault| self.server.fault(fault))
    }

    async fn learnt(&self, user: &str, id: &MemoryId) -> Result<(), StoreError> {
        let client = self.server.client().await?;
        let noted = write::learnt(&client, user, id).await;
        noted.map_err(|fault| self.server.fault(fault))
    }

    async fn supersede(
        &self,
        user: &str,
        old: Vec<MemoryId>,
        items: Vec<(NewMemory, Option<MemoryVectors>)>,
    ) -> Result<Vec<MemoryId>, StoreError> {
        self.check_items(&items)?;
        check::owner(user, &items)?;
        let mut client = self.server.client().await?;
        let now = self.clock.now();
        let ids = write::supersede(&mut client, user, &old, &items, now, self.embedder_key).await;
        ids.map_err(|fault| self.server.fault(fault))
    }

    async fn import(&self, records: Vec<MemoryRecord>) -> Result<u64, StoreError> {
        for record in &records {
            check::record(record)?;
            without_null(&record.memory.content)?;
            for version in &record.history {
                without_null(&version.memory.content)?;
            }
        }
        let mut client = self.server.client().await?;
        let count = write::import(&mut client, &records, self.embedder_key).await;
        count.map_err(|fault| self.server.fault(fault))
    }

    async fn export(
        &self,
        user: &str,
        after: Option<&MemoryId>,
        limit: usize,
    ) -> Result<Vec<MemoryRecord>, StoreError> {
        let mut client = self.server.client().await?;
        let records = read::export(&mut client, user, after, limit).await;
        records.map_err(|fault| self.server.fault(fault))
    }

    async fn without_vectors(&self, limit: usize) -> Result<(Vec<Unembedded>, u64), StoreError> {
        let mut client = self.server.client().await?;
        let waiting = read::without_vectors(&mut client, limit, self.embedder_key).await;
        waiting.map_err(|fault| self.server.fault(fault))
    }

    async fn embed(&self, items: Vec<(Unembedded, MemoryVectors)>) -> Result<u64, StoreError> {
        for (_, vectors) in &items {
            check::vectors(vectors, &self.embedder)?;
        }
        let mut client = self.server.client().await?;
        let given = write::embed(&mut client, &items, self.embedder_key).await;
        given.map_err(|fault| self.server.fault(fault))
    }

    async fn vectors(
        &self,
        filter: MemoryFilter,
        limit: usize,
    ) -> Result<Vec<(MemoryId, Embedding)>, StoreError> {
        check::filter(&filter)?;
        let client = self.server.client().await?;
        let vectors = read::vectors(&client, &filter, limit, self.embedder_key).await;
        vectors.map_err(|fault| self.server.fault(fault))
    }

    async fn memory(&self, user: &str, id: &MemoryId) -> Result<Memory, StoreError> {
        let client = self.server.client().await?;
        let found = read::memory(&client, user, id).await;
        found
            .map(|(_, memory)| memory)
            .map_err(|fault| self.server.fault(fault))
    }

    async fn history(&self, user: &str, id: &MemoryId) -> Result<Vec<MemoryVersion>, StoreError> {
        let mut client = self.server.client().await?;
        let history = read::history(&mut client, user, id).await;
        history.map_err(|fault| self.server.fault(fault))
    }

    async fn undo(&self, user: &str, id: &MemoryId) -> Result<Memory, StoreError> {
        let mut client = self.server.client().await?;
        let memory = write::undo(&mut client, user, id, self.clock.now(), self.embedder_key).await;
        memory.map_err(|fault| self.server.fault(fault))
    }

    async fn memories(&self, filter: MemoryFilter, page: Page) -> Result<(Vec<Memory>, u64), StoreError> {
        check::filter(&filter)?;
        let (limit, offset) = limit_and_offset(page).map_err(|fault| self.server.fault(fault.into()))?;
        let mut client = self.server.client().await?;
        let memories = read::memories(&mut client, &filter, limit, offset).await;
        memories.map_err(|fault| self.server.fault(fault))
    }

    async fn change(&self, user: &str, id: &MemoryId, change: MemoryChange) -> Result<Memory, StoreError> {
        if let Some((text, vectors)) = &change.text {
            check::text(text)?;
            if let Some(vectors) = vectors {
                check::vectors(vectors, &self.embedder)?;
            }
        }
        let mut client = self.server.client().await?;
        let now = self.clock.now();
        let memory = write::change(&mut client, user, id, &change, now, self.embedder_key).await;
        memory.map_err(|fault| self.server.fault(fault))
    }

    async fn sources(&self, user: &str) -> Result<Vec<SourceSummary>, StoreError> {
        let client = self.server.client().await?;
        let sources = read::sources(&client, user).await;
        sources.map_err(|fault| self.server.fault(fault))
    }

    async fn forget(&self, user: &str, ids: Vec<MemoryId>) -> Result<Vec<MemoryId>, StoreError> {
        let mut client = self.server.client().await?;
        let forgotten = write::forget(&mut client, user, &ids).await;
        let forgotten = forgotten.map_err(|fault| self.server.fault(fault))?;
        // It is forgotten already; only its place is not free yet, which the server does later by itself.
        if !forgotten.is_empty()
            && let Err(fault) = write::vacuum(&client).await
        {
            let error = self.server.fault(fault);
            tracing::warn!(%error, "the place of forgotten memories is not free yet: {error}");
        }
        Ok(forgotten)
    }

    async fn recall(&self, query: RecallQuery) -> Result<Vec<MemoryHit>, StoreError> {
        check::recall(&query, &self.embedder)?;
        let mut client = self.server.client().await?;
        let found = search::recall(&mut client, &query, self.embedder_key).await;
        let (hits, times) = found.map_err(|fault| self.server.fault(fault))?;
        (self.on_recall)(&times);
        Ok(hits)
    }

    async fn nearest(
        &self,
        vector: Embedding,
        filter: MemoryFilter,
        least_cosine: f32,
        limit: usize,
    ) -> Result<Vec<MemoryHit>, StoreError> {
        check::nearest(&vector, &filter, least_cosine, limit, &self.embedder)?;
        let mut client = self.server.client().await?;
        let (least, key) = (least_cosine, self.embedder_key);
        let hits = search::nearest(&mut client, &vector, &filter, least, limit, key).await;
        hits.map_err(|fault| self.server.fault(fault))
    }

    async fn latest_turn(&self, scope: &Scope) -> Result<Option<Memory>, StoreError> {
        let client = self.server.client().await?;
        let turn = read::latest_turn(&client, scope).await;
        turn.map_err(|fault| self.server.fault(fault))
    }

    async fn speakers(&self, filter: &MemoryFilter) -> Result<Vec<String>, StoreError> {
        check::filter(filter)?;
        let client = self.server.client().await?;
        let speakers = read::speakers(&client, filter).await;
        speakers.map_err(|fault| self.server.fault(fault))
    }

    async fn counts(&self, user: &str) -> Result<MemoryCounts, StoreError> {
        let mut client = self.server.client().await?;
        let counts = read::counts(&mut client, user).await;
        counts.map_err(|fault| self.server.fault(fault))
    }

    async fn stats(&self) -> Result<MemoryStats, StoreError> {
        let client = self.server.client().await?;
        let stats = read::stats(&client, self.embedder_key).await;
        stats.map_err(|fault| self.server.fault(fault))
    }
}
