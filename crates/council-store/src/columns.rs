//! How values are kept in columns: times and durations as nanoseconds, money as integers, messages as JSON parts.

use crate::fault::Fault;
use council_core::{
    AttachedImage, Content, ConversationSettings, FileText, Locality, MemoryId, Outcome, Page, StoreError,
    Timestamp, ToolCall,
};
use serde_json::{Value, json};
use std::time::Duration;

/// Most entries of one page, as [`Page::limit`] promises.
const PAGE_LIMIT: u64 = 1_000;

/// `LIMIT` and `OFFSET` of a page.
pub(crate) fn limit_and_offset(page: Page) -> Result<(i64, i64), Fault> {
    if !(1..=PAGE_LIMIT).contains(&page.limit) {
        let message = format!(
            "a page holds 1 to {PAGE_LIMIT} entries, and this one asks for {}",
            page.limit
        );
        return Err(Fault::Value(message));
    }
    // An offset beyond i64 is beyond every row, as i64::MAX is.
    Ok((page.limit as i64, i64::try_from(page.offset).unwrap_or(i64::MAX)))
}

/// A time as nanoseconds since the epoch; years after 2262 do not fit, and whoever sent one is told so.
pub(crate) fn time_to_ns(time: Timestamp) -> Result<i64, Fault> {
    let since_epoch = time.since(Timestamp::default());
    i64::try_from(since_epoch.as_nanos()).map_err(|_| {
        Fault::Store(StoreError::Invalid(format!(
            "times can be from 1970 to 2262, and one is {} s after 1970",
            since_epoch.as_secs()
        )))
    })
}

/// The time that [`time_to_ns`] stored.
pub(crate) fn time_from_ns(ns: i64) -> Timestamp {
    Timestamp::from_duration(duration_from_ns(ns))
}

/// A duration as nanoseconds; more than 292 years do not fit.
pub(crate) fn duration_to_ns(duration: Duration) -> Result<i64, Fault> {
    i64::try_from(duration.as_nanos()).map_err(|_| {
        Fault::Value(format!(
            "a time of {} s is too large to store",
            duration.as_secs()
        ))
    })
}

/// The duration that [`duration_to_ns`] stored.
pub(crate) fn duration_from_ns(ns: i64) -> Duration {
    Duration::from_nanos(u64::try_from(ns).unwrap_or(0))
}

/// Nano-dollars: sums of integers are exact, and one token of the cheapest model is well above 1e-9 dollars.
pub(crate) fn cost_to_nano_usd(cost_usd: f64) -> Result<i64, Fault> {
    let nano = (cost_usd * 1e9).round();
    // The upper bound is far below i64::MAX, so that the cast is exact and sums do not overflow.
    if (0.0..=1e15).contains(&nano) {
        Ok(nano as i64)
    } else {
        Err(Fault::Value(format!(
            "a cost must be 0 to 1,000,000 US dollars: {cost_usd}"
        )))
    }
}

/// US dollars.
pub(crate) fn cost_from_nano_usd(nano: i64) -> f64 {
    nano as f64 / 1e9
}

/// The column `locality`.
pub(crate) fn locality_name(locality: Locality) -> &'static str {
    match locality {
        Locality::Local => "local",
        Locality::Remote => "remote",
    }
}

/// The locality that [`locality_name`] stored.
pub(crate) fn locality_from_name(name: &str) -> Result<Locality, Fault> {
    match name {
        "local" => Ok(Locality::Local),
        "remote" => Ok(Locality::Remote),
        other => Err(Fault::Value(format!(
            "the ledger holds an unknown locality: `{other}`"
        ))),
    }
}

/// The outcome that `Outcome::as_str` stored.
pub(crate) fn outcome_from_name(name: &str) -> Result<Outcome, Fault> {
    [Outcome::Completed, Outcome::Cancelled, Outcome::Failed]
        .into_iter()
        .find(|outcome| outcome.as_str() == name)
        .ok_or_else(|| Fault::Value(format!("the ledger holds an unknown outcome: `{name}`")))
}

/// The column `content`.
pub(crate) fn content_to_json(content: &[Content]) -> String {
    let parts = content.iter().map(|part| match part {
        Content::Text(text) => json!({ "type": "text", "text": text }),
        Content::ImageUrl(url) => json!({ "type": "image_url", "image_url": url }),
        Content::Image(image) => json!({ "type": "image", "id": image.id, "name": image.name }),
        // Not under the name `text`: what is looked for in conversations is what was said in them.
        Content::File(file) => json!({
            "type": "file", "id": file.id, "name": file.name, "content": file.text,
            "left_out_bytes": file.left_out_bytes,
        }),
    });
    Value::Array(parts.collect()).to_string()
}

/// The parts that [`content_to_json`] stored.
pub(crate) fn content_from_json(json: &str) -> Result<Vec<Content>, Fault> {
    array(json, "content")?
        .iter()
        .map(|part| {
            let field = |name: &str| part.get(name).and_then(Value::as_str);
            match (field("type"), field("text"), field("image_url")) {
                (Some("text"), Some(text), _) => Ok(Content::Text(text.to_owned())),
                (Some("image_url"), _, Some(url)) => Ok(Content::ImageUrl(url.to_owned())),
                (Some(kind @ ("file" | "image")), ..) => {
                    let text = |name: &str| field(name).map(str::to_owned);
                    let missing = || Fault::Value(format!("a message holds an incomplete {kind}"));
                    if kind == "image" {
                        let (id, name) = text("id").zip(text("name")).ok_or_else(missing)?;
                        return Ok(Content::Image(AttachedImage { id, name }));
                    }
                    Ok(Content::File(FileText {
                        id: text("id").ok_or_else(missing)?,
                        name: text("name").ok_or_else(missing)?,
                        text: text("content").ok_or_else(missing)?,
                        left_out_bytes: part.get("left_out_bytes").and_then(Value::as_u64).unwrap_or(0),
                    }))
                }
                _ => Err(Fault::Value("a message holds a part of unknown type".to_owned())),
            }
        })
        .collect()
}

/// The column `settings`.
pub(crate) fn settings_to_json(settings: &ConversationSettings) -> String {
    let ConversationSettings {
        model,
        system,
        temperature,
        top_p,
        max_tokens,
        seed,
        consent,
        without_memories,
    } = settings;
    let without: Vec<&str> = without_memories.iter().map(|id| id.0.as_str()).collect();
    let mut json = json!({
        "model": model, "system": system, "temperature": temperature, "top_p": top_p, "max_tokens": max_tokens,
        "seed": seed, "consent": consent.then_some(true), "without_memories": (!without.is_empty()).then_some(without),
    });
    if let Value::Object(fields) = &mut json {
        fields.retain(|_, value| !value.is_null());
    }
    json.to_string()
}

/// The settings that [`settings_to_json`] stored.
pub(crate) fn settings_from_json(json: &str) -> Result<ConversationSettings, Fault> {
    let value: Value = serde_json::from_str(json)
        .map_err(|error| Fault::Value(format!("settings of a conversation are not JSON: {error}")))?;
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = |name: &str| value.get(name).and_then(Value::as_f64);
    Ok(ConversationSettings {
        model: text("model"),
        system: text("system"),
        temperature: number("temperature"),
        top_p: number("top_p"),
        max_tokens: value
            .get("max_tokens")
            .and_then(Value::as_u64)
            .and_then(|tokens| u32::try_from(tokens).ok()),
        seed: value.get("seed").and_then(Value::as_i64),
        consent: value.get("consent").and_then(Value::as_bool).unwrap_or(false),
        without_memories: value
            .get("without_memories")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|id| id.as_str().map(|id| MemoryId(id.to_owned())))
            .collect(),
    })
}

/// The column `tool_calls`: null when there are none.
pub(crate) fn tool_calls_to_json(calls: &[ToolCall]) -> Option<String> {
    let items = calls
        .iter()
        .map(|call| json!({ "id": call.id, "name": call.name, "arguments": call.arguments }));
    (!calls.is_empty()).then(|| Value::Array(items.collect()).to_string())
}

/// The calls that [`tool_calls_to_json`] stored.
pub(crate) fn tool_calls_from_json(json: Option<&str>) -> Result<Vec<ToolCall>, Fault> {
    let Some(json) = json else { return Ok(Vec::new()) };
    array(json, "tool_calls")?
        .iter()
        .map(|call| {
            let field = |name: &str| call.get(name).and_then(Value::as_str).map(str::to_owned);
            match (field("id"), field("name"), field("arguments")) {
                (Some(id), Some(name), Some(arguments)) => Ok(ToolCall { id, name, arguments }),
                _ => Err(Fault::Value("a message holds an incomplete tool call".to_owned())),
            }
        })
        .collect()
}

fn array(json: &str, column: &str) -> Result<Vec<Value>, Fault> {
    serde_json::from_str(json).map_err(|error| {
        Fault::Value(format!(
            "column `{column}` of a message is not a JSON array: {error}"
        ))
    })
}
