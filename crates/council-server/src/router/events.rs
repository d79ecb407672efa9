//! How the OpenAPI document says what a stream is made of.
//!
//! `schema` of a stream would be about the stream as a whole, or about one of its items, by who reads it; and an item of
//! `text/event-stream` is an event, whose `data` is what matters. `itemSchema` of OpenAPI 3.2, which readers of 3.1 pass
//! over, says it without doubt (<https://spec.openapis.org/oas/v3.2.0.html#sequential-media-types>).

use serde_json::{Value, json};

/// Turns the schema of what is in `data`, or in a line, into the schema of an item, for every stream of the document.
pub(super) fn describe(document: &mut Value) {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    let operations = paths.flat_map(|(_, path)| path.as_object_mut().into_iter().flatten());
    let answers =
        operations.flat_map(|(_, operation)| operation["responses"].as_object_mut().into_iter().flatten());
    for (_, answer) in answers {
        if let Some(stream) = answer.pointer_mut("/content/text~1event-stream") {
            *stream = json!({"itemSchema": event(stream["schema"].take())});
        }
        if let Some(stream) = answer.pointer_mut("/content/application~1x-ndjson") {
            *stream = json!({"itemSchema": stream["schema"].take()});
        }
    }
}

/// An event whose `data` is this.
fn event(data: Value) -> Value {
    // Text of a model goes as it is; everything else is JSON.
    let data = if data["type"] == "string" {
        data
    } else {
        json!({"type": "string", "contentMediaType": "application/json", "contentSchema": data})
    };
    json!({
        "type": "object",
        "properties": {"id": {"type": "string"}, "event": {"type": "string"}, "data": data},
        "required": ["data"],
    })
}
