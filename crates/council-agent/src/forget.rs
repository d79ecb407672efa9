//! Forgetting everything about somebody or something: conversations, memories, files, receipts, caches.

use crate::Agent;
use crate::memory::MemoryError;
use council_core::forgetting::{Because, Forgetting, Named, Naming, Removed, Traces, Wanted};
use council_core::{
    ConversationId, Locality, Memory, MemoryFilter, MemoryId, MemoryKind, MessageId, ModelState, Page,
    StoreError,
};
use std::collections::{BTreeMap, BTreeSet};

/// Memories that are read at once.
const PAGE: usize = 500;

/// Most memories that are near in meaning.
const NEAREST: usize = 200;

/// What is to be forgotten.
#[derive(Clone, Debug)]
pub struct ForgetOrder {
    /// Whose.
    pub user: String,
    /// In words, as they were given.
    pub about: String,
    /// The same to compare with.
    pub naming: Naming,
    /// From this cosine on, what is near in meaning goes too; `None`: only what has the words.
    pub least_cosine: Option<f32>,
    /// Whether what is the machine's and of no user goes too: lines of the audit, of the terminal's history and of logs.
    pub of_the_machine: bool,
    /// Whether older copies of the database go then.
    pub with_copies: bool,
}

/// Where it is looked for, beside memories.
#[derive(Clone, Copy)]
pub struct Places<'a> {
    /// Conversations and receipts; `None`: they are left out.
    pub rows: Option<&'a dyn Forgetting>,
    /// The data directory.
    pub files: &'a dyn Traces,
}

/// A memory that goes.
#[derive(Clone, Debug)]
pub struct NamedMemory {
    /// Its identifier.
    pub id: MemoryId,
    /// What it is.
    pub kind: MemoryKind,
    /// Its text.
    pub text: String,
    /// The document that it is a part of.
    pub source: Option<String>,
    /// Why it goes.
    pub because: Because,
    /// How near its meaning is, where that was compared.
    pub cosine: Option<f32>,
}

/// What names it, or did.
#[derive(Clone, Debug, Default)]
pub struct Forgotten {
    /// Everything but memories.
    pub named: Named,
    /// Memories; summaries and facts that rest on them alone go with them.
    pub memories: Vec<NamedMemory>,
    /// Whether meanings were compared; not without an embedder.
    pub compared_meanings: bool,
    /// Older copies of the database, which hold what they held; those that were removed where that was wanted.
    pub copies: Vec<String>,
    /// Files in which the words stand all the same, such as within longer words.
    pub files: Vec<String>,
    /// Models whose caches of prompts were dropped.
    pub unloaded: Vec<String>,
}

impl Agent {
    /// Where it stands; changes nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn about(&self, places: Places<'_>, order: &ForgetOrder) -> Result<Forgotten, MemoryError> {
        let mut forgotten = self.find_all(places, order).await?.0;
        if order.of_the_machine {
            forgotten.named.lines = places.files.lines(&order.naming).await?;
            forgotten.copies = places.files.older_copies().await?;
        }
        Ok(forgotten)
    }

    /// Forgets it for good.
    ///
    /// # Errors
    /// When the store fails; what was forgotten until then stays so, and it can be asked for again.
    pub async fn forget(&self, places: Places<'_>, order: &ForgetOrder) -> Result<Forgotten, MemoryError> {
        let (mut forgotten, wanted) = self.find_all(places, order).await?;
        let ids: Vec<MemoryId> = forgotten
            .memories
            .iter()
            .map(|memory| memory.id.clone())
            .collect();
        if !ids.is_empty() {
            self.memories().forget(&order.user, ids).await?;
        }
        if let Some(rows) = places.rows {
            forgotten.named = rows.forget_named(&wanted).await?;
        }
        if order.of_the_machine {
            let files = places.files;
            forgotten.named.lines = files.remove_lines(&order.naming).await?;
            forgotten.copies = if order.with_copies {
                files.remove_older_copies().await?
            } else {
                files.older_copies().await?
            };
            forgotten.files = files.files_with(&order.naming).await?;
        }
        forgotten.unloaded = self.drop_caches().await;
        Ok(forgotten)
    }

    /// Removes all that a user has: conversations, memories, documents and receipts. What was used and spent stays as amounts that
    /// are nobody's. Turns of the user are cancelled and settled first. `keys` are the ids of the user's API keys.
    ///
    /// # Errors
    /// When the store fails; what was removed until then stays so, and it can be asked for again.
    pub async fn remove_all_of(
        &self,
        rows: &dyn Forgetting,
        user: &str,
        keys: &[String],
    ) -> Result<Removed, MemoryError> {
        self.end_turns_of(user).await;
        let mut memories = 0;
        loop {
            let records = self.memories().store().export(user, None, PAGE).await?;
            if records.is_empty() {
                break;
            }
            let ids = records.into_iter().map(|record| record.memory.id).collect();
            memories += self.memories().forget(user, ids).await?.len() as u64;
        }
        let removed = rows.remove_all_of(user, keys).await?;
        let removed = Removed { memories, ..removed };
        if !removed.is_nothing() {
            self.drop_caches().await;
        }
        Ok(removed)
    }

    /// Drops what is kept of questions and answers to be faster: the answers that are given again, and the prompts that workers
    /// keep of turns that have ended, to begin the next ones from there. Returns the models that were unloaded for it.
    pub async fn drop_caches(&self) -> Vec<String> {
        self.router().cache.clear();
        let mut unloaded = Vec::new();
        for status in self.models().list() {
            if status.info.locality == Locality::Local
                && status.state == ModelState::Ready
                && self.models().unload(&status.info.id).await.is_ok()
            {
                unloaded.push(status.info.id);
            }
        }
        unloaded
    }

    /// What names it, beside what is the machine's, and how it is wanted of the store.
    async fn find_all(
        &self,
        places: Places<'_>,
        order: &ForgetOrder,
    ) -> Result<(Forgotten, Wanted), MemoryError> {
        let (mut memories, wanted, compared_meanings) = self.find(order).await?;
        let mut named = Named::default();
        if let Some(rows) = places.rows {
            named = rows.named(&wanted).await?;
            self.of_messages(order, &named, &mut memories).await?;
        }
        let forgotten = Forgotten {
            named,
            memories,
            compared_meanings,
            ..Forgotten::default()
        };
        Ok((forgotten, wanted))
    }

    /// The memories that go, what else is wanted, and whether meanings were compared.
    async fn find(&self, order: &ForgetOrder) -> Result<(Vec<NamedMemory>, Wanted, bool), MemoryError> {
        let mut found = self.by_words(order).await?;
        let mut wanted = Wanted {
            user: order.user.clone(),
            audit: order.of_the_machine,
            naming: order.naming.clone(),
            messages: Vec::new(),
        };
        let Some(least) = order.least_cosine else {
            return Ok((found, wanted, false));
        };
        let near = match self.by_meaning(order, least).await {
            Ok(near) => near,
            // Without an embedder, words are all there is.
            Err(MemoryError::Store(error)) => return Err(error.into()),
            Err(_) => return Ok((found, wanted, false)),
        };
        for (memory, cosine) in near {
            if let Some(known) = found.iter_mut().find(|known| known.id == memory.id) {
                known.cosine = Some(cosine);
                continue;
            }
            wanted.messages.extend(self.message_of(&memory).await?);
            found.push(NamedMemory {
                cosine: Some(cosine),
                ..named_memory(memory, Because::Meaning)
            });
        }
        Ok((found, wanted, true))
    }

    async fn by_words(&self, order: &ForgetOrder) -> Result<Vec<NamedMemory>, MemoryError> {
        let store = self.memories().store();
        let mut found = Vec::new();
        let mut after: Option<MemoryId> = None;
        loop {
            let records = store.export(&order.user, after.as_ref(), PAGE).await?;
            let Some(last) = records.last() else {
                return Ok(found);
            };
            after = Some(last.memory.id.clone());
            for record in records {
                let versions = record.history.iter().map(|version| &version.memory);
                if versions
                    .chain([&record.memory])
                    .any(|memory| names(memory, &order.naming))
                {
                    found.push(named_memory(record.memory, Because::Words));
                }
            }
        }
    }

    /// The remembered turns that the messages are which go.
    async fn of_messages(
        &self,
        order: &ForgetOrder,
        named: &Named,
        memories: &mut Vec<NamedMemory>,
    ) -> Result<(), MemoryError> {
        let mut texts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for message in &named.messages {
            let of_conversation = texts.entry(message.conversation.as_str()).or_default();
            of_conversation.insert(message.text.trim());
        }
        for (session, texts) in texts {
            for quarantined in [false, true] {
                let filter = MemoryFilter {
                    user: order.user.clone(),
                    session: Some(session.to_owned()),
                    quarantined,
                    with_retired: true,
                    ..MemoryFilter::default()
                };
                let mut offset = 0;
                loop {
                    let page = Page {
                        offset,
                        limit: PAGE as u64,
                    };
                    let (turns, _) = self.memories().store().memories(filter.clone(), page).await?;
                    let is_last = turns.len() < PAGE;
                    offset += turns.len() as u64;
                    for turn in turns {
                        let is_known = memories.iter().any(|memory| memory.id == turn.id);
                        if !is_known && texts.contains(turn.content.text.trim()) {
                            memories.push(named_memory(turn, Because::Turn));
                        }
                    }
                    if is_last {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    async fn by_meaning(&self, order: &ForgetOrder, least: f32) -> Result<Vec<(Memory, f32)>, MemoryError> {
        let mut near = Vec::new();
        for quarantined in [false, true] {
            let filter = MemoryFilter {
                user: order.user.clone(),
                quarantined,
                with_retired: true,
                ..MemoryFilter::default()
            };
            let hits = self
                .memories()
                .nearest(&order.about, filter, least, NEAREST)
                .await?;
            near.extend(hits.into_iter().map(|hit| (hit.memory, hit.parts.cosine)));
        }
        Ok(near)
    }

    /// The message that a remembered turn was.
    async fn message_of(&self, memory: &Memory) -> Result<Option<MessageId>, StoreError> {
        let session = memory.content.scope.session.as_deref();
        let Some(id) = session
            .and_then(ConversationId::parse)
            .map(|id| id.of(&memory.content.scope.user))
            .filter(|_| memory.content.kind == MemoryKind::Turn)
        else {
            return Ok(None);
        };
        let said = self.conversations().saying(&id, &memory.content.text).await?;
        Ok(said.map(|message| message.id))
    }
}

fn named_memory(memory: Memory, because: Because) -> NamedMemory {
    NamedMemory {
        id: memory.id,
        kind: memory.content.kind,
        text: memory.content.text,
        source: memory.content.source,
        because,
        cosine: None,
    }
}

/// Whether anything of a memory names it: its text, who said it, its labels, what it claims and quotes, its document.
fn names(memory: &Memory, naming: &Naming) -> bool {
    let content = &memory.content;
    let scope = [
        &content.scope.session,
        &content.scope.project,
        &content.speaker,
        &content.source,
    ];
    let quotes = content.claim.iter().flat_map(|claim| {
        let quotes = claim.evidence.iter().map(|evidence| evidence.quote.as_str());
        quotes.chain([claim.subject.as_str()])
    });
    let mut texts = scope
        .into_iter()
        .flatten()
        .chain(&content.tags)
        .map(String::as_str)
        .chain(quotes)
        .chain([content.text.as_str(), content.area.as_str()]);
    texts.any(|text| naming.is_in(text))
        || content.metadata.iter().any(|(key, value)| {
            naming.is_in(key)
                || value
                    .as_str()
                    .map_or_else(|| naming.is_in(&value.to_string()), |text| naming.is_in(text))
        })
}
