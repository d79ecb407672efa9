//! Folders of Agent Zero as memories.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use serde_json::json;

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

fn golden() -> Folder {
    Folder {
        index_pkl: include_bytes!("../../../tests/fixtures/agent-zero/index.pkl").to_vec(),
        index_faiss: Some(include_bytes!("../../../tests/fixtures/agent-zero/index.faiss").to_vec()),
        embedding_json: Some(include_bytes!("../../../tests/fixtures/agent-zero/embedding.json").to_vec()),
    }
}

fn folder_of(documents: &[(&str, &str, Value)]) -> Folder {
    let documents = documents.iter().map(|(id, text, metadata)| Document {
        id: (*id).to_owned(),
        text: (*text).to_owned(),
        metadata: metadata.as_object().unwrap().clone(),
    });
    Folder {
        index_pkl: pickle::write(&documents.collect::<Vec<_>>()),
        ..Folder::default()
    }
}

#[test]
fn a_folder_of_real_langchain_keeps_ids_areas_times_and_metadata() {
    let found = read(&golden(), "ada", NOW).unwrap();
    assert_eq!(found.notes, Vec::<String>::new());
    let memory = &found.records[1].memory;
    assert_eq!(memory.id.0, "Zz09aaBBcc");
    assert_eq!(
        (memory.content.kind, memory.content.trust),
        (MemoryKind::Note, Trust::Assistant)
    );
    assert_eq!(
        (memory.content.scope.user.as_str(), memory.content.area.as_str()),
        ("ada", "solutions")
    );
    assert_eq!(layout::time(memory.content.said_at), "2025-03-05 00:00:00");
    assert_eq!(
        Value::Object(memory.content.metadata.clone()),
        json!({"tries": 3, "ratio": 0.25, "done": true, "parent": null, "steps": ["stop", ["nested", 1]],
               "extra": {"a": -5, "big": 1_099_511_627_776_i64}})
    );
    assert_eq!(memory.created_at, NOW);
    assert_eq!(found.records[1].history[0].memory, *memory);
}

#[test]
fn metadata_keep_their_order() {
    let found = read(&golden(), "ada", NOW).unwrap();
    let keys: Vec<&String> = found.records[1].memory.content.metadata.keys().collect();
    assert_eq!(keys, ["tries", "ratio", "done", "parent", "steps", "extra"]);
}

#[test]
fn what_memories_become_are_documents_that_become_the_same_memories() {
    let first = read(&golden(), "ada", NOW).unwrap();
    let documents: Vec<Document> = first
        .records
        .iter()
        .map(|record| layout::document(&record.memory))
        .collect();
    let folder = Folder {
        index_pkl: pickle::write(&documents),
        ..Folder::default()
    };
    assert_eq!(read(&folder, "ada", NOW).unwrap(), first);
}

#[test]
fn kinds_speakers_sessions_projects_and_tags_survive_the_way_there_and_back() {
    let metadata = json!({
        "area": "main", "kind": "turn", "speaker": "Ben", "session": "s1", "project": "p", "tags": ["trip"],
        "id": "a123456789", "timestamp": "2025-01-01 00:00:00",
    });
    let found = read(
        &folder_of(&[("a123456789", "Hello", metadata.clone())]),
        "ada",
        NOW,
    )
    .unwrap();
    let content = &found.records[0].memory.content;
    assert_eq!(
        (content.kind, content.speaker.as_deref()),
        (MemoryKind::Turn, Some("Ben"))
    );
    assert_eq!(content.scope.session.as_deref(), Some("s1"));
    assert_eq!(
        (content.tags.as_slice(), content.metadata.len()),
        (&["trip".to_owned()][..], 0)
    );
    assert_eq!(
        Value::Object(layout::document(&found.records[0].memory).metadata),
        metadata
    );
}

#[test]
fn older_identifiers_become_ten_characters_that_stay_the_same() {
    let uuid = "2f0e6c1e-9d2b-4a51-8f6e-0c2b7c1d9a11";
    let folder = folder_of(&[(uuid, "Hello", json!({"timestamp": "2025-01-01"}))]);
    let first = read(&folder, "ada", NOW).unwrap();
    let memory = &first.records[0].memory;
    assert!(memory.id.0.len() == 10 && memory.id.0.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert_eq!(memory.content.metadata["agent_zero_id"], uuid);
    assert_eq!(read(&folder, "ada", NOW).unwrap(), first);
    assert_ne!(own_id(uuid), own_id("2f0e6c1e-9d2b-4a51-8f6e-0c2b7c1d9a12"));
}

#[test]
fn what_cannot_be_a_memory_is_left_out_and_said() {
    let long = "x".repeat(MAX_TEXT_BYTES + 1);
    let time = json!({"timestamp": "2025-01-01"});
    let found = read(
        &folder_of(&[
            ("empty00000", " ", time.clone()),
            ("long000000", &long, time.clone()),
            (
                "odd0000000",
                "Hello",
                json!({"timestamp": "yesterday", "area": 7, "kind": "rumour"}),
            ),
            ("good000000", "Hello", time),
        ]),
        "ada",
        NOW,
    )
    .unwrap();
    let ids: Vec<&str> = found
        .records
        .iter()
        .map(|record| record.memory.id.0.as_str())
        .collect();
    assert_eq!(ids, ["odd0000000", "good000000"]);
    assert_eq!(found.notes.len(), 3);
    assert!(
        found.notes[0].contains("`empty00000` has no text: left out"),
        "{:?}",
        found.notes
    );
    assert!(found.notes[1].contains("65537 bytes"), "{:?}", found.notes);
    assert!(found.notes[2].contains("`yesterday`"), "{:?}", found.notes);
    let odd = &found.records[0].memory.content;
    assert_eq!((odd.said_at, odd.area.as_str()), (NOW, "main"));
    assert_eq!(odd.metadata["kind"], "rumour", "what is no kind stays metadata");
}

#[test]
fn an_index_that_does_not_fit_is_said_and_the_texts_are_taken() {
    let mut folder = golden();
    folder.index_faiss = Some(faiss::write(2, &[Embedding(vec![1.0, 0.0])]));
    let found = read(&folder, "ada", NOW).unwrap();
    assert_eq!(found.records.len(), 3);
    assert!(
        found.notes[0].contains("1 vectors and index.pkl 3 documents"),
        "{:?}",
        found.notes
    );
    folder.index_faiss = Some(b"rubbish".to_vec());
    assert!(read(&folder, "ada", NOW).unwrap().notes[0].contains("index.faiss"));
}
