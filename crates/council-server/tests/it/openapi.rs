//! The OpenAPI document: served as built, kept in `docs/`, and complete.

use crate::app::TestApp;
use serde_json::Value;
use std::path::PathBuf;

fn kept() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json")
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "the switch that rewrites the kept document"
)]
async fn the_kept_document_is_the_served_one() {
    let served = TestApp::new().get("/openapi.json").await.ok();
    let text = serde_json::to_string_pretty(&served).unwrap() + "\n";
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::create_dir_all(kept().parent().unwrap()).unwrap();
        std::fs::write(kept(), &text).unwrap();
    }
    let found = std::fs::read_to_string(kept()).unwrap_or_default();
    assert!(
        found == text,
        "docs/openapi.json differs from what the server serves; run UPDATE_OPENAPI=1 cargo test -p council-server"
    );
}

#[test]
fn the_document_is_3_1_and_every_reference_in_it_resolves() {
    let document = council_server::openapi().unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 50);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} points nowhere");
    }
}

#[test]
fn every_field_about_generation_may_be_left_out() {
    let document = council_server::openapi().unwrap();
    let schema = &document["components"]["schemas"]["GenerationFields"];
    assert!(schema["properties"]["temperature"].is_object(), "{schema}");
    assert_eq!(schema["required"], Value::Null);
}

#[test]
fn every_operation_has_a_name_of_its_own_a_tag_and_a_summary() {
    let document = council_server::openapi().unwrap();
    let mut names = std::collections::HashSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(
                names.insert(name.to_owned()),
                "{method} {path}: operation id `{name}` is taken"
            );
            assert!(operation["summary"].is_string(), "{method} {path}");
            assert_eq!(
                operation["tags"].as_array().map(Vec::len),
                Some(1),
                "{method} {path}"
            );
        }
    }
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get("$ref") {
                references.push(reference.clone());
            }
            fields.values().for_each(|value| collect(value, references));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, references)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn what_the_events_of_a_stream_hold_is_said_event_by_event() {
    let document = council_server::openapi().unwrap();
    let stream =
        &document["paths"]["/v1/knowledge"]["post"]["responses"]["200"]["content"]["text/event-stream"];
    assert_eq!(
        stream["itemSchema"]["properties"]["data"],
        serde_json::json!({
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": "#/components/schemas/KnowledgeEvent"},
        })
    );
    let raw =
        &document["paths"]["/hybrid/stream"]["post"]["responses"]["200"]["content"]["text/event-stream"];
    assert_eq!(
        raw["itemSchema"]["properties"]["data"],
        serde_json::json!({"type": "string"})
    );
}
