//! Memory requests, good and bad.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::time::TimeField;
use super::*;
use crate::extract::FromBody;
use council_core::Timestamp;
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_millis(1_000);

fn save(body: &Value) -> Result<(Vec<council_core::NewMemory>, bool), ApiError> {
    let order = SaveBody::from_body(body.to_string().as_bytes())?.order("local", NOW)?;
    Ok((order.memories, order.is_list))
}

fn refused(body: &Value) -> (String, String) {
    let error = save(body).unwrap_err();
    (error.param.unwrap_or_default(), error.message)
}

#[test]
fn a_text_alone_is_a_note_of_the_user_said_now() {
    let (memories, listed) = save(&json!({"text": "tea, not coffee"})).unwrap();
    let memory = &memories[0];
    assert_eq!(
        (memory.kind, memory.trust, listed),
        (MemoryKind::Note, Trust::User, false)
    );
    assert_eq!((memory.said_at, memory.area.as_str()), (NOW, "main"));
}

#[test]
fn from_when_and_until_when_something_is_so_can_be_said() {
    let body = json!({"text": "on leave", "valid_from": "2026-05-08", "valid_to": "2026-05-20T12:00:00Z"});
    let memory = save(&body).unwrap().0.remove(0);
    let moment = |seconds: u64| Timestamp::from_millis(seconds * 1_000);
    assert_eq!(
        (memory.said_at, memory.valid_to),
        (moment(1_778_198_400), Some(moment(1_779_278_400)))
    );
    let same = save(&json!({"text": "a", "timestamp": 5, "valid_from": 5}))
        .unwrap()
        .0
        .remove(0);
    assert_eq!((same.said_at, same.valid_to), (moment(5), None));
}

#[test]
fn a_list_keeps_its_order_and_names_the_entry_at_fault() {
    let (memories, listed) = save(&json!({"items": [{"text": "a"}, {"text": "b"}]})).unwrap();
    assert_eq!(
        (memories[0].text.as_str(), memories[1].text.as_str(), listed),
        ("a", "b", true)
    );
    let bad = json!({"items": [{"text": "a"}, {"text": "b", "kind": "rumour"}]});
    let (param, message) = refused(&bad);
    assert_eq!(param, "items[1].kind");
    assert!(message.contains("preference"), "{message}");
}

#[test]
fn what_cannot_be_remembered_is_refused_by_field() {
    let long = "x".repeat(1 << 20);
    for (body, field) in [
        (json!({}), "text"),
        (json!({"text": "  \n"}), "text"),
        (json!({"text": long}), "text"),
        (json!({"text": 3}), "text"),
        (json!({"items": []}), "items"),
        (json!({"items": ["a"]}), "items[0]"),
        (json!({"text": "a", "speaker": ""}), "speaker"),
        (json!({"text": "a", "session": "a\nb"}), "session"),
        (json!({"text": "a", "tags": ["ok", ""]}), "tags[1]"),
        (json!({"text": "a", "trust": "me"}), "trust"),
        (json!({"text": "a", "timestamp": -3}), "timestamp"),
        (json!({"text": "a", "valid_from": "soon"}), "valid_from"),
        (
            json!({"text": "a", "timestamp": 1, "valid_from": 2}),
            "valid_from",
        ),
        (json!({"text": "a", "valid_to": true}), "valid_to"),
        (json!({"text": "a", "valid_from": 9, "valid_to": 9}), "valid_to"),
        (json!({"text": "a", "valid_to": 0.5}), "valid_to"),
        (
            json!({"items": [{"text": "a", "valid_from": 2, "valid_to": 1}]}),
            "items[0].valid_to",
        ),
        (json!({"text": "a", "timestamp": "yesterday"}), "timestamp"),
        (
            json!({"text": "a", "metadata": {"a": "x".repeat(20_000)}}),
            "metadata",
        ),
        (json!({"text": "a", "metadata": []}), "metadata"),
    ] {
        assert_eq!(
            refused(&body).0,
            field,
            "{}",
            body.to_string().get(..60).unwrap_or_default()
        );
    }
}

#[test]
fn moments_are_read_in_every_common_form() {
    let read = |value: Value| {
        let time: TimeField = serde_json::from_value(value).unwrap();
        time.read("t").map(Timestamp::as_secs)
    };
    for text in [
        "2023-05-08T13:56:00Z",
        "2023-05-08T15:56:00+02:00",
        "2023-05-08 13:56:00",
        "2023-05-08T13:56",
    ] {
        assert_eq!(read(json!(text)), Ok(1_683_554_160), "{text}");
    }
    assert_eq!(read(json!("2023-05-08")), Ok(1_683_504_000));
    assert_eq!(read(json!(1_683_554_160.5)), Ok(1_683_554_160));
}

#[test]
fn a_search_is_bounded_and_its_time_range_is_one() {
    let search = |body: Value| {
        let body = SearchBody::from_body(body.to_string().as_bytes())?;
        body.question("local", NOW).map(|question| question.limit)
    };
    assert_eq!(search(json!({"query": "x"})), Ok(10));
    for (body, field) in [
        (json!({"query": " "}), "query"),
        (json!({"query": "x", "limit": 0}), "limit"),
        (json!({"query": "x", "limit": 1001}), "limit"),
        (
            json!({"query": "x", "filters": {"kinds": ["x"]}}),
            "filters.kinds[0]",
        ),
        (
            json!({"query": "x", "filters": {"since": 10, "until": 10}}),
            "filters.since",
        ),
        (json!({"query": "x", "filters": []}), "filters"),
        (json!({"query": "x", "now": "yesterday"}), "now"),
        (json!({"query": "x", "token_budget": -1}), "token_budget"),
        (json!({"query": "x", "token_budget": 1_000_001}), "token_budget"),
    ] {
        assert_eq!(
            search(body.clone()).unwrap_err().param.as_deref(),
            Some(field),
            "{body}"
        );
    }
}

#[test]
fn a_question_is_asked_now_unless_it_says_when() {
    let question = |body: Value| SearchBody::from_body(body.to_string().as_bytes())?.question("local", NOW);
    let plain = question(json!({"query": "x"})).unwrap();
    assert_eq!((plain.now, plain.token_budget), (NOW, None));
    let then = question(json!({"query": "x", "now": "2023-05-08", "token_budget": 300})).unwrap();
    assert_eq!(
        (then.now.as_secs(), then.token_budget),
        (1_683_504_000, Some(300))
    );
}

#[test]
fn forgetting_takes_a_question_or_identifiers_never_both() {
    let order = |body: Value| ForgetBody::from_body(body.to_string().as_bytes())?.order("local");
    assert!(matches!(
        order(json!({"query": "x"})),
        Ok(ForgetOrder::Preview { limit: 10, .. })
    ));
    assert!(matches!(order(json!({"ids": ["a"]})), Ok(ForgetOrder::Forget(ids)) if ids.len() == 1));
    for (body, field) in [
        (json!({}), "query"),
        (json!({"query": "x", "ids": ["a"]}), "ids"),
        (json!({"query": "x", "least_cosine": 2}), "least_cosine"),
    ] {
        assert_eq!(
            order(body.clone()).unwrap_err().param.as_deref(),
            Some(field),
            "{body}"
        );
    }
}
