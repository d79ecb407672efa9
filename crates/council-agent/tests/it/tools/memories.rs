//! The tools that every Council has, as models call them.

use super::{calling, question, results, world};
use crate::fakes::{ScriptedModel, stop};
use council_agent::TurnEvent;
use council_core::{MemoryKind, NewMemory, Scope, Timestamp, Trust};
use serde_json::{Value, json};

/// The data that a call gave.
fn data(events: &[Result<TurnEvent, council_agent::TurnError>]) -> Vec<Value> {
    let finished = events.iter().filter_map(|event| match event {
        Ok(TurnEvent::ToolFinished { data, .. }) => Some(data.clone()),
        _ => None,
    });
    finished.collect()
}

#[tokio::test(start_paused = true)]
async fn a_model_remembers_finds_and_forgets() {
    let script = calling(&[
        (
            "1",
            "memory_save",
            r#"{"text": "the kettle is blue", "area": "solutions", "room": 3}"#,
        ),
        ("2", "memory_load", r#"{"query": "the kettle is blue"}"#),
        ("3", "memory_forget", r#"{"query": "the kettle is blue"}"#),
        ("4", "memory_load", r#"{"query": "kettle blue"}"#),
        ("5", "memory_delete", r#"{"ids": "nothing"}"#),
        ("6", "memory_save", r#"{"text": " "}"#),
        ("7", "memory_load", r#"{"query": "x", "threshold": 2}"#),
    ]);
    let world = world(&[], ScriptedModel::new("tiny", script).then(stop()));
    let events = world.events(question()).await;
    let told = results(&events);
    let texts: Vec<&str> = told.iter().map(|(_, _, text)| text.as_str()).collect();
    let data = data(&events);
    let id = data[0]["id"].as_str().unwrap();
    assert_eq!(texts[0], format!("The memory is saved with id {id}"));
    assert!(texts[1].starts_with("area: solutions\nroom: 3\n"), "{}", texts[1]);
    assert!(texts[1].ends_with("Content: the kettle is blue"), "{}", texts[1]);
    assert_eq!(
        (&data[1]["hits"][0]["id"], &data[1]["hits"][0]["trust"]),
        (&json!(id), &json!("assistant"))
    );
    assert_eq!(
        (texts[2], &data[2]),
        ("1 memories forgotten", &json!({"forgotten": [id]}))
    );
    assert_eq!(texts[3], "No memory is about: kettle blue");
    assert_eq!(texts[4], "0 memories deleted");
    assert_eq!(texts[5], "`text` is empty; write what to remember");
    assert_eq!(texts[6], "`threshold` is 2; it must be 0 to 1");
}

#[tokio::test(start_paused = true)]
async fn a_model_finds_passages_of_documents_with_their_places_and_of_nobody_else() {
    let script = calling(&[
        ("1", "knowledge_search", r#"{"query": "harbour dues"}"#),
        (
            "2",
            "knowledge_search",
            r#"{"query": "harbour dues", "source": "other.md"}"#,
        ),
    ]);
    let world = world(&[], ScriptedModel::new("tiny", script).then(stop()));
    let part = |user: &str, kind: MemoryKind, text: &str| {
        let scope = Scope {
            user: user.to_owned(),
            ..Scope::default()
        };
        let mut part = NewMemory::new(kind, scope, text, Timestamp::from_millis(1));
        (part.source, part.trust) = (Some("notes/port.md".to_owned()), Trust::Tool);
        part.metadata.insert("line_start".to_owned(), json!(3));
        part
    };
    let kept = vec![
        part("ada", MemoryKind::Document, "harbour dues are nine guilders"),
        part("ada", MemoryKind::Note, "harbour dues are a nuisance"),
        part("bob", MemoryKind::Document, "harbour dues are a secret"),
    ];
    world.memory.memories.remember(kept).await.unwrap();
    let events = world.events(question()).await;
    let told = results(&events);
    assert_eq!(told[0].2, "[notes/port.md:3]\nharbour dues are nine guilders");
    let hits = data(&events)[0]["hits"].as_array().unwrap().len();
    assert_eq!(
        (hits, told[1].2.as_str()),
        (1, "No document says anything about: harbour dues")
    );
}
