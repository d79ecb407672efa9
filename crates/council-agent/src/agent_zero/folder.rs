//! The folder in which Agent Zero keeps its memory: `index.pkl` (texts and metadata), `index.faiss` (their vectors) and
//! `embedding.json` (by which model).
//!
//! Texts are what counts. On the way in they get vectors of this installation's embedder, made as it makes them; on
//! the way out they are embedded whole, as Agent Zero would do it, so that its scores mean what it expects.

use super::faiss;
use super::layout;
use super::pickle::{self, Document, PickleError};
use crate::memory::{Memories, MemoryError};
use council_core::{
    EmbedKind, Embedding, Memory, MemoryEvent, MemoryId, MemoryKind, MemoryRecord, MemoryVersion, ModelError,
    NewMemory, Scope, Timestamp, Trust,
};
use serde_json::{Map, Value, json};

/// Longest text, in bytes; as for what is saved in other ways.
const MAX_TEXT_BYTES: usize = 65_536;
/// Longest area, speaker, label, session and project, in characters.
const MAX_NAME_CHARS: usize = 128;
/// Texts that are embedded at once.
const BATCH: usize = 64;
/// Memories that are read at once.
const PAGE: usize = 500;
/// Where the identifier of a document goes that is not ten letters and digits.
const FOREIGN_ID: &str = "agent_zero_id";
/// The embedder whose vectors are Agent Zero's default ones, and that model's name there.
const DEFAULT_MODEL: (&str, &str, &str) = (
    "all-minilm-l6-v2",
    "huggingface",
    "sentence-transformers/all-MiniLM-L6-v2",
);

/// The files of a folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Folder {
    /// `index.pkl`.
    pub index_pkl: Vec<u8>,
    /// `index.faiss`, where it is there.
    pub index_faiss: Option<Vec<u8>>,
    /// `embedding.json`, where it is there.
    pub embedding_json: Option<Vec<u8>>,
}

/// What a folder holds, as memories.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    /// The memories, in the order of the folder.
    pub records: Vec<MemoryRecord>,
    /// What was left out or changed, and why, in words.
    pub notes: Vec<String>,
}

/// The memories of a folder. They are a model's words, and trusted as such.
///
/// # Errors
/// [`PickleError`]: nothing in the folder is ever executed, and what could be is refused.
pub fn read(folder: &Folder, user: &str, now: Timestamp) -> Result<Read, PickleError> {
    let store = pickle::read(&folder.index_pkl)?;
    let mut read = Read::default();
    if let Some(file) = &folder.index_faiss {
        match faiss::read(file) {
            Ok(index) if index.vectors.len() == store.documents.len() => {}
            Ok(index) => read.notes.push(format!(
                "index.faiss holds {} vectors and index.pkl {} documents: the folder was not saved whole; the \
                 documents are taken",
                index.vectors.len(),
                store.documents.len()
            )),
            Err(error) => read.notes.push(format!("{error}; vectors are made anew, so nothing is missing")),
        }
    }
    for document in store.documents {
        let id = document.id.clone();
        match record(document, user, now, &mut read.notes) {
            Ok(record) => read.records.push(record),
            Err(reason) => read.notes.push(format!("document `{id}` {reason}: left out")),
        }
    }
    Ok(read)
}

/// A document as a memory, or why it cannot be one.
fn record(
    document: Document,
    user: &str,
    now: Timestamp,
    notes: &mut Vec<String>,
) -> Result<MemoryRecord, String> {
    let Document {
        id,
        text,
        mut metadata,
    } = document;
    if text.trim().is_empty() {
        return Err("has no text".to_owned());
    }
    if text.len() > MAX_TEXT_BYTES {
        return Err(format!(
            "has {} bytes of text; at most {MAX_TEXT_BYTES} are one memory",
            text.len()
        ));
    }
    let mut said_at = now;
    // What is taken out leaves the rest in its order, in which it is shown.
    match metadata.shift_remove("timestamp") {
        Some(Value::String(written)) => match layout::parse_time(&written) {
            Some(moment) => said_at = moment,
            None => notes.push(format!(
                "document `{id}` has the timestamp `{written}`, which is not understood: it counts as of now"
            )),
        },
        Some(_) | None => notes.push(format!("document `{id}` has no timestamp: it counts as of now")),
    }
    metadata.shift_remove("id");
    let own_id = own_id(&id);
    if own_id != id {
        metadata.insert(FOREIGN_ID.to_owned(), Value::from(id));
    }
    let scope = Scope {
        user: user.to_owned(),
        project: name(&mut metadata, "project"),
        session: name(&mut metadata, "session"),
    };
    let kind = metadata
        .get("kind")
        .and_then(Value::as_str)
        .and_then(MemoryKind::parse);
    if kind.is_some() {
        metadata.shift_remove("kind");
    }
    let content = NewMemory {
        speaker: name(&mut metadata, "speaker"),
        area: name(&mut metadata, "area").unwrap_or_else(|| "main".to_owned()),
        tags: tags(&mut metadata),
        trust: Trust::Assistant,
        ..NewMemory::new(kind.unwrap_or(MemoryKind::Note), scope, text, said_at)
    };
    metadata.shift_remove("area");
    let memory = Memory {
        id: MemoryId(own_id),
        content: NewMemory { metadata, ..content },
        pinned: false,
        created_at: now,
        updated_at: now,
        retired_at: None,
        superseded_by: None,
    };
    let created = MemoryVersion {
        event: MemoryEvent::Created,
        memory: memory.clone(),
    };
    Ok(MemoryRecord {
        memory,
        history: vec![created],
    })
}

/// The identifier itself where it is ten letters and digits, as Agent Zero makes them; else ten that follow from it,
/// so that a second import knows the document again.
fn own_id(id: &str) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    if id.len() == 10 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return id.to_owned();
    }
    // FNV-1a of 128 bits.
    let hash = id
        .bytes()
        .fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, byte| {
            (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
        });
    let mut rest = hash;
    let mut digits = String::with_capacity(10);
    for _ in 0..10 {
        digits.push(char::from(DIGITS[(rest % 62) as usize]));
        rest /= 62;
    }
    digits
}

fn is_name(text: &str) -> bool {
    (1..=MAX_NAME_CHARS).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// Takes a field out of the metadata that is a name; what is none stays there.
fn name(metadata: &mut Map<String, Value>, key: &str) -> Option<String> {
    let name = metadata
        .get(key)?
        .as_str()
        .filter(|text| is_name(text))?
        .to_owned();
    metadata.shift_remove(key);
    Some(name)
}

fn tags(metadata: &mut Map<String, Value>) -> Vec<String> {
    let tags = metadata.get("tags").and_then(Value::as_array).and_then(|tags| {
        let tags = tags
            .iter()
            .map(|tag| tag.as_str().filter(|tag| is_name(tag)).map(str::to_owned));
        tags.collect::<Option<Vec<String>>>()
    });
    if tags.is_some() {
        metadata.shift_remove("tags");
    }
    tags.unwrap_or_default()
}

/// The folder of all that a user's memory holds, except what is retired or kept apart.
///
/// # Errors
/// When the embedder is not ready or the store fails.
pub async fn write(memories: &Memories, user: &str) -> Result<Folder, MemoryError> {
    let mut documents = Vec::new();
    let mut last: Option<MemoryId> = None;
    loop {
        let records = memories.store().export(user, last.as_ref(), PAGE).await?;
        let Some(record) = records.last() else { break };
        last = Some(record.memory.id.clone());
        let known = records.iter().map(|record| &record.memory);
        let known = known.filter(|memory| memory.retired_at.is_none() && !memory.content.quarantined);
        documents.extend(known.map(layout::document));
    }
    let vectors = embed(memories, &documents).await?;
    let info = memories.embedder().info();
    Ok(Folder {
        index_pkl: pickle::write(&documents),
        index_faiss: Some(faiss::write(info.dimensions, &vectors)),
        embedding_json: Some(model(&info.id).to_string().into_bytes()),
    })
}

async fn embed(memories: &Memories, documents: &[Document]) -> Result<Vec<Embedding>, MemoryError> {
    let mut vectors = Vec::with_capacity(documents.len());
    for batch in documents.chunks(BATCH) {
        let texts = batch.iter().map(|document| document.text.clone()).collect();
        let embedded = memories.embedder().embed(texts, EmbedKind::Document).await?;
        vectors.extend(embedded.vectors);
    }
    if vectors.len() == documents.len() {
        return Ok(vectors);
    }
    let (made, wanted) = (vectors.len(), documents.len());
    let message = format!("the embedder made {made} vectors of {wanted} texts");
    Err(ModelError::Internal(message).into())
}

/// `embedding.json`. Agent Zero makes all vectors anew where it names another model than its own.
fn model(embedder: &str) -> Value {
    let (ours, provider, name) = DEFAULT_MODEL;
    if embedder == ours {
        json!({"model_provider": provider, "model_name": name})
    } else {
        json!({"model_provider": "council", "model_name": embedder})
    }
}

#[cfg(test)]
mod tests;
