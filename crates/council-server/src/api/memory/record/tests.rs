//! Lines of an export, there and back.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use council_core::memory::LOCAL_USER;
use proptest::prelude::*;
use serde_json::json;

fn read(line: &Value) -> Result<MemoryRecord, ApiError> {
    let record = RecordObject::from_body(line.to_string().as_bytes())?;
    record.read("local", Timestamp::from_millis(5_000))
}

#[test]
fn the_least_that_a_line_can_say_is_a_note() {
    let record =
        read(&json!({"id": "k7PqZ2mN4a", "text": "tea", "timestamp": "2025-03-04 10:20:30"})).unwrap();
    let memory = &record.memory;
    assert_eq!(
        (memory.content.kind, memory.content.area.as_str()),
        (MemoryKind::Note, "main")
    );
    assert_eq!(memory.created_at, Timestamp::from_millis(5_000));
    assert_eq!(
        (memory.content.said_at.as_secs(), record.history.len()),
        (1_741_083_630, 1)
    );
}

#[test]
fn what_is_wrong_is_named_by_field() {
    let good = json!({"id": "k7PqZ2mN4a", "text": "tea", "timestamp": 10, "history": [{"text": "coffee"}]});
    assert!(read(&good).is_ok());
    for (field, value) in [
        ("id", json!("k7")),
        ("id", json!("k7PqZ2mN4ä")),
        ("id", json!(3)),
        ("text", json!(" ")),
        ("text", json!(null)),
        ("kind", json!("rumour")),
        ("trust", json!("me")),
        ("event", json!("born")),
        ("timestamp", json!("yesterday")),
        ("timestamp", json!(null)),
        ("tags[1]", json!(["a", 1])),
        ("valid_to", json!(9)),
        ("metadata", json!([])),
        ("pinned", json!(1)),
        ("history[0].text", json!([{"text": ""}])),
        ("history[0].event", json!([{"text": "a", "event": "born"}])),
        ("history[0]", json!([["a"]])),
        (
            "claim.confidence",
            json!({"subject": "Ada", "attribute": "home", "confidence": 2}),
        ),
        ("claim.subject", json!({"attribute": "home", "confidence": 1})),
        ("claim", json!(["Ada", "home", 1])),
    ] {
        let mut bad = good.clone();
        let key = field.split(['[', '.']).next().unwrap();
        bad[key] = value;
        assert_eq!(read(&bad).unwrap_err().param.as_deref(), Some(field), "{bad}");
    }
}

#[test]
fn the_first_line_says_what_follows() {
    let header = HeaderObject::new(Timestamp::from_millis(0));
    let line = serde_json::to_value(&header).unwrap();
    assert_eq!(
        line,
        json!({"format": "council-memory", "version": 1, "exported_at": "1970-01-01T00:00:00Z"})
    );
    assert_eq!(HeaderObject::read(line.to_string().as_bytes()), Ok(header));
    for (line, field) in [
        (json!({"format": "other", "version": 1}), "format"),
        (json!({"format": "council-memory", "version": 2}), "version"),
        (json!({"id": "k7PqZ2mN4a"}), "format"),
    ] {
        let error = HeaderObject::read(line.to_string().as_bytes()).unwrap_err();
        assert_eq!(error.param.as_deref(), Some(field));
    }
}

fn moment() -> impl Strategy<Value = Timestamp> {
    // Up to where a database of signed nanoseconds can count.
    (0..i64::MAX as u64).prop_map(|nanos| Timestamp::from_duration(std::time::Duration::from_nanos(nanos)))
}

fn version() -> impl Strategy<Value = (MemoryEvent, Memory)> {
    let texts = (
        "\\PC{0,20}x",
        prop::collection::vec("\\PC{0,5}", 0..3),
        "\\PC{0,9}",
    );
    let times = (moment(), prop::option::of(moment()), prop::option::of(moment()));
    let flags = (any::<bool>(), any::<bool>(), any::<i64>(), -1e300_f64..1e300);
    (texts, times, flags, 0..4_usize, 0..4_usize).prop_map(|(texts, times, flags, event, trust)| {
        let (text, tags, key) = texts;
        let (updated_at, valid_to, retired_at) = times;
        let (pinned, quarantined, whole, float) = flags;
        let mut content = NewMemory::new(MemoryKind::Fact, Scope::default(), text, Timestamp::default());
        content.tags = tags;
        content
            .metadata
            .insert(key, json!([whole, float, null, {"a": "b"}]));
        content.trust = Trust::ALL[trust];
        content.quarantined = quarantined;
        content.valid_to = valid_to;
        let memory = Memory {
            pinned,
            retired_at,
            superseded_by: pinned.then(|| MemoryId("successor0".to_owned())),
            updated_at,
            ..Memory::created(MemoryId("k7PqZ2mN4a".to_owned()), content, updated_at)
        };
        (MemoryEvent::ALL[event], memory)
    })
}

proptest! {
    #[test]
    fn nothing_of_a_record_is_lost(
        versions in prop::collection::vec(version(), 1..4),
        names in prop::collection::vec(prop::option::of("\\PC{0,9}"), 5),
        confidence in 0.0_f32..=1.0,
        created_at in moment(),
    ) {
        let claim = names[0].clone().map(|subject| Claim {
            subject: subject.clone(),
            attribute: "home".to_owned(),
            confidence,
            extractor: names[1].clone(),
            evidence: vec![Evidence { memory: MemoryId("a".to_owned()), quote: subject }],
        });
        let history: Vec<MemoryVersion> = versions.into_iter().map(|(event, mut memory)| {
            memory.created_at = created_at;
            memory.content.scope = Scope { user: LOCAL_USER.to_owned(), project: names[2].clone(), session: names[3].clone() };
            memory.content.speaker = names[4].clone();
            memory.content.source = names[1].clone();
            memory.content.claim = claim.clone();
            MemoryVersion { event, memory }
        }).collect();
        let record = MemoryRecord { memory: history.last().unwrap().memory.clone(), history };
        let line = serde_json::to_value(RecordObject::from(record.clone())).unwrap();
        prop_assert_eq!(read(&line), Ok(record), "{}", line);
    }
}
