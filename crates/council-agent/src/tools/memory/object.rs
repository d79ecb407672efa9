//! A memory as JSON, in the form that the server's API gives it.

use crate::knowledge::citation;
use council_core::{Claim, Memory, Timestamp};
use serde_json::{Value, json};

/// A memory that was found, and how well it fits.
pub(in super::super) fn scored(score: f64, memory: &Memory) -> Value {
    let mut object = json!({"score": score});
    if let (Value::Object(scored), Value::Object(memory)) = (&mut object, object_of(memory)) {
        scored.extend(memory);
    }
    object
}

fn object_of(memory: &Memory) -> Value {
    let content = &memory.content;
    json!({
        "id": memory.id.0,
        "text": content.text,
        "kind": content.kind.as_str(),
        "speaker": content.speaker,
        "session": content.scope.session,
        "project": content.scope.project,
        "timestamp": content.said_at.as_secs_f64(),
        "area": content.area,
        "tags": content.tags,
        "metadata": content.metadata,
        "trust": content.trust.as_str(),
        "claim": content.claim.as_ref().map(claim),
        "source": content.source,
        "citation": citation(content),
        "pinned": memory.pinned,
        "quarantined": content.quarantined,
        "valid_to": memory.content.valid_to.map(Timestamp::as_secs_f64),
        "created_at": memory.created_at.as_secs_f64(),
        "updated_at": memory.updated_at.as_secs_f64(),
        "retired_at": memory.retired_at.map(Timestamp::as_secs_f64),
        "superseded_by": memory.superseded_by.as_ref().map(|id| &id.0),
    })
}

/// A number as its shortest decimals say it, not with the digits that the wider type adds.
pub(in super::super) fn decimal(number: f32) -> f64 {
    number.to_string().parse().unwrap_or_else(|_| f64::from(number))
}

fn claim(claim: &Claim) -> Value {
    let evidence = claim
        .evidence
        .iter()
        .map(|evidence| json!({"memory": evidence.memory.0, "quote": evidence.quote}));
    json!({
        "subject": claim.subject,
        "attribute": claim.attribute,
        "confidence": decimal(claim.confidence),
        "extractor": claim.extractor,
        "evidence": evidence.collect::<Vec<_>>(),
    })
}
