//! Who says what about the memory of a turn.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use axum::http::HeaderValue;
use council_core::Message;
use serde_json::{Value, json};

fn fields(body: Value) -> Result<MemoryOrder, ApiError> {
    serde_json::from_value::<MemoryFields>(body).unwrap().order()
}

fn headers(pairs: &[(&'static str, &'static str)]) -> Result<MemoryOrder, ApiError> {
    let pairs = pairs.iter().map(|(name, value)| {
        (
            axum::http::HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        )
    });
    MemoryOrder::of_headers(&pairs.collect())
}

fn switches(order: &MemoryOrder, usual: TurnMemory) -> Option<(bool, bool)> {
    order
        .memory_use("local", Some("s"), usual)
        .map(|memory| (memory.recall, memory.store))
}

#[test]
fn a_request_decides_and_the_configuration_decides_for_those_that_do_not() {
    for (body, usual, expected) in [
        (json!({}), TurnMemory::On, Some((true, true))),
        (json!({}), TurnMemory::Read, Some((true, false))),
        (json!({}), TurnMemory::Off, None),
        (json!({"memory": "read"}), TurnMemory::On, Some((true, false))),
        (json!({"memory": "on"}), TurnMemory::Off, Some((true, true))),
        (json!({"memory": true}), TurnMemory::Off, Some((true, true))),
        (json!({"memory": false}), TurnMemory::On, None),
        (json!({"incognito": true}), TurnMemory::On, None),
        (json!({"incognito": true, "memory": "off"}), TurnMemory::On, None),
        (json!({"incognito": false}), TurnMemory::On, Some((true, true))),
    ] {
        assert_eq!(
            switches(&fields(body.clone()).unwrap(), usual),
            expected,
            "{body}"
        );
    }
}

#[test]
fn what_contradicts_itself_or_is_unknown_is_refused_by_field() {
    for (body, field) in [
        (json!({"memory": "write"}), "memory"),
        (json!({"incognito": true, "memory": "on"}), "incognito"),
        (json!({"project": ""}), "project"),
    ] {
        assert_eq!(fields(body).unwrap_err().param.unwrap(), field);
    }
    assert_eq!(
        headers(&[("x-council-memory", "maybe")])
            .unwrap_err()
            .param
            .unwrap(),
        "x-council-memory"
    );
    let order = headers(&[("x-council-session", "s1"), ("x-council-project", "p")]).unwrap();
    let memory = order.memory_use("local", Some("other"), TurnMemory::On).unwrap();
    assert_eq!(
        (memory.scope.session.as_deref(), memory.scope.project.as_deref()),
        (Some("s1"), Some("p"))
    );
}

#[test]
fn a_conversation_that_goes_on_keeps_its_session() {
    let chat = |texts: &[(Role, &str)]| {
        let messages = texts
            .iter()
            .map(|(role, text)| Message::text(*role, *text))
            .collect();
        session_of(&council_core::GenerateRequest::chat(messages).input)
    };
    let first = chat(&[(Role::System, "be brief"), (Role::User, "hello")]);
    let later = chat(&[
        (Role::System, "be brief"),
        (Role::User, "hello"),
        (Role::Assistant, "hi"),
        (Role::User, "who am I?"),
    ]);
    assert_eq!(first, later);
    assert_ne!(first, chat(&[(Role::User, "hello")]));
    assert_eq!(chat(&[(Role::System, "nobody speaks")]), None);
}
