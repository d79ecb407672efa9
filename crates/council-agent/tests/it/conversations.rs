//! What a turn takes from its conversation and leaves there.

mod branches;

use crate::fakes::{MemoryStore, NOW, ScriptedModel, Step, say, stop, think};
use crate::{World, ask_in_conversation, user};
use council_agent::{TurnError, TurnEvent, TurnRequest};
use council_core::{
    Content, ConversationId, FinishReason, GenerateEvent, Input, Message, ModelError, Outcome, Role,
    StoreError, ToolCall,
};
use std::sync::Arc;

fn script(text: &str) -> Vec<Step> {
    [say(text)].into_iter().chain(stop()).collect()
}

/// The prompt of the last request as `role: text`.
fn prompt(model: &ScriptedModel) -> Vec<String> {
    let asked = model.asked.lock().unwrap();
    let Input::Chat { messages, .. } = &asked.last().unwrap().input else {
        panic!("not a chat")
    };
    messages
        .iter()
        .map(|message| format!("{}: {}", message.role.as_str(), message.joined_text()))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn the_next_turn_sees_the_question_and_the_answer_of_the_last_one() {
    let world = World::new([ScriptedModel::new("tiny", script("Because."))]);
    world.events(ask_in_conversation("r1", vec![user("why?")])).await;
    world
        .events(ask_in_conversation("r2", vec![user("really?")]))
        .await;
    assert_eq!(
        prompt(&world.models[0]),
        ["user: why?", "assistant: Because.", "user: really?"]
    );
    let expected = [
        "user: why?",
        "assistant: Because.",
        "user: really?",
        "assistant: Because.",
    ];
    assert_eq!(world.store.said(), expected);
    let messages = world.store.messages();
    let origins: Vec<_> = messages
        .iter()
        .map(|new| (new.request_id.as_str(), new.model.as_deref()))
        .collect();
    assert_eq!(
        origins,
        [
            ("r1", None),
            ("r1", Some("tiny")),
            ("r2", None),
            ("r2", Some("tiny"))
        ]
    );
    assert!(messages.iter().all(|new| new.created_at == NOW));
}

#[tokio::test(start_paused = true)]
async fn a_question_that_comes_while_another_is_answered_waits_and_sees_that_answer() {
    let slow = [think(500)].into_iter().chain(script("Because."));
    let world = World::new([ScriptedModel::new("tiny", slow)]);
    let (first, second) = (
        ask_in_conversation("r1", vec![user("why?")]),
        ask_in_conversation("r2", vec![user("really?")]),
    );
    let (first, second) = tokio::join!(world.events(first), world.events(second));
    assert!(first.iter().chain(&second).all(Result::is_ok));
    let expected = ["user: why?", "assistant: Because.", "user: really?"];
    assert_eq!(prompt(&world.models[0]), expected);
    assert_eq!(world.store.said()[..3], expected);
}

#[tokio::test(start_paused = true)]
async fn a_conversation_that_is_deleted_while_turns_are_in_it_stays_deleted() {
    let slow = [say("Beca"), think(500)].into_iter().chain(script("use."));
    let world = World::new([ScriptedModel::new("tiny", slow)]);
    let conversation = ask_in_conversation("r1", Vec::new()).conversation.unwrap();
    let deletes = async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        assert_eq!(world.store.said(), ["user: why?"]);
        world.agent.delete_conversation(&conversation).await.unwrap();
        assert_eq!(world.store.said(), Vec::<String>::new());
    };
    let begun = tokio::time::Instant::now();
    let (running, waiting, ()) = tokio::join!(
        world.events(ask_in_conversation("r1", vec![user("why?")])),
        world.events(ask_in_conversation("r2", vec![user("really?")])),
        deletes
    );
    assert!(
        begun.elapsed().as_millis() < 500,
        "it does not wait for the answer"
    );
    assert!(running.iter().chain(&waiting).all(Result::is_ok));
    assert_eq!(world.store.said(), Vec::<String>::new());
    let settled: Vec<_> = world.store.settled.lock().unwrap().clone();
    let told: Vec<_> = settled
        .iter()
        .map(|(entry, messages)| (entry.request_id.as_str(), entry.outcome, messages.len()))
        .collect();
    assert_eq!(told.len(), 2);
    for request in ["r1", "r2"] {
        assert!(told.contains(&(request, Outcome::Cancelled, 0)), "{told:?}");
    }
    // A question that comes afterwards begins it anew.
    world.events(ask_in_conversation("r3", vec![user("so?")])).await;
    assert_eq!(world.store.said()[0], "user: so?");
    let unknown = ConversationId::parse("unknown").unwrap();
    let missing = world.agent.delete_conversation(&unknown).await;
    assert!(matches!(missing, Err(StoreError::NotFound { .. })), "{missing:?}");
}

#[tokio::test(start_paused = true)]
async fn other_conversations_do_not_wait() {
    let slow = [think(500)].into_iter().chain(script("Because."));
    let world = World::new([ScriptedModel::new("tiny", slow)]);
    let begun = tokio::time::Instant::now();
    let elsewhere = TurnRequest {
        conversation: ConversationId::parse("elsewhere"),
        ..ask_in_conversation("r2", vec![user("really?")])
    };
    tokio::join!(
        world.events(ask_in_conversation("r1", vec![user("why?")])),
        world.events(elsewhere)
    );
    assert_eq!(begun.elapsed().as_millis(), 500);
}

#[tokio::test(start_paused = true)]
async fn the_question_is_stored_before_the_model_is_asked() {
    let store = Arc::new(MemoryStore::default());
    let model = ScriptedModel::new("tiny", script("Because.")).watching(&store);
    let world = World::with_store(store, [model]);
    world.events(ask_in_conversation("r1", vec![user("why?")])).await;
    assert_eq!(*world.models[0].stored_when_asked.lock().unwrap(), ["user: why?"]);
}

#[tokio::test(start_paused = true)]
async fn the_answer_is_stored_in_the_transaction_of_the_ledger_line() {
    let world = World::new([ScriptedModel::new("tiny", script("Because."))]);
    world.events(ask_in_conversation("r1", vec![user("why?")])).await;
    let settled = world.store.settled.lock().unwrap();
    assert_eq!(settled.len(), 1);
    let texts: Vec<String> = settled[0].1.iter().map(|new| new.message.joined_text()).collect();
    assert_eq!(texts, ["Because."]);
}

#[tokio::test(start_paused = true)]
async fn a_system_message_comes_first_and_is_not_stored() {
    let world = World::new([ScriptedModel::new("tiny", script("Yes."))]);
    let system = |text: &str| Message::text(Role::System, text);
    world
        .events(ask_in_conversation("r1", vec![system("be brief"), user("a")]))
        .await;
    world
        .events(ask_in_conversation("r2", vec![system("be kind"), user("b")]))
        .await;
    let expected = ["system: be kind", "user: a", "assistant: Yes.", "user: b"];
    assert_eq!(prompt(&world.models[0]), expected);
    assert_eq!(
        world.store.said(),
        ["user: a", "assistant: Yes.", "user: b", "assistant: Yes."]
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_left_out_of_the_prompt_is_counted_in_the_decision() {
    let world = World::new([ScriptedModel::new("tiny", script("Yes."))]);
    for number in 0..3 {
        // About 1,700 tokens each, of a context of 4,096.
        let long = format!("{number}{}", "x".repeat(5_000));
        world
            .events(ask_in_conversation(&format!("r{number}"), vec![user(&long)]))
            .await;
    }
    let events = world.events(ask_in_conversation("r9", vec![user("short")])).await;
    let Ok(TurnEvent::Decision { omitted_messages, .. }) = &events[0] else {
        panic!("{events:?}")
    };
    assert_eq!(*omitted_messages, 4);
    assert_eq!(prompt(&world.models[0]).len(), 3);
    assert_eq!(world.store.said().len(), 8, "left out is not forgotten");
}

#[tokio::test(start_paused = true)]
async fn tool_calls_are_stored_with_the_answer() {
    let call = ToolCall {
        id: "c1".into(),
        name: "run".into(),
        arguments: "{}".into(),
    };
    let script = [
        Step::Say(GenerateEvent::ToolCall(call.clone())),
        Step::Say(GenerateEvent::Finish(FinishReason::ToolCalls)),
    ];
    let world = World::new([ScriptedModel::new("tiny", script)]);
    world.events(ask_in_conversation("r1", vec![user("why?")])).await;
    let expected = Message {
        role: Role::Assistant,
        content: Vec::<Content>::new(),
        tool_calls: vec![call],
        tool_call_id: None,
        name: None,
    };
    assert_eq!(world.store.messages()[1].message, expected);
}

#[tokio::test(start_paused = true)]
async fn a_failed_turn_keeps_the_question_and_what_was_said_of_the_answer() {
    let error = ModelError::Upstream {
        provider: "far".into(),
        message: "gone".into(),
    };
    let script = [say("Be"), say("cau"), Step::Fail(error.clone())];
    let world = World::new([ScriptedModel::new("tiny", script)]);
    let events = world.events(ask_in_conversation("r1", vec![user("why?")])).await;
    assert_eq!(events.last(), Some(&Err(TurnError::Model(error))));
    assert_eq!(world.store.said(), ["user: why?", "assistant: Becau"]);
    assert_eq!(world.line().outcome, Outcome::Failed);
}

#[tokio::test(start_paused = true)]
async fn a_completed_answer_is_stored_even_when_it_is_empty_and_a_failed_one_is_not() {
    let world = World::new([ScriptedModel::new("silent", stop())]);
    world.events(ask_in_conversation("r1", vec![user("why?")])).await;
    assert_eq!(world.store.said(), ["user: why?", "assistant: "]);
    let error = ModelError::Internal("no".into());
    let world = World::new([ScriptedModel::new("failing", [Step::Fail(error)])]);
    world.events(ask_in_conversation("r1", vec![user("why?")])).await;
    assert_eq!(world.store.said(), ["user: why?"]);
}

#[tokio::test(start_paused = true)]
async fn a_question_that_no_model_can_take_is_not_stored() {
    let world = World::new([]);
    world.events(ask_in_conversation("r1", vec![user("why?")])).await;
    assert_eq!(world.store.said(), Vec::<String>::new());
    assert_eq!(world.line().outcome, Outcome::Failed);
}

#[tokio::test(start_paused = true)]
async fn a_question_that_cannot_be_stored_is_not_asked() {
    let world = World::new([ScriptedModel::new("tiny", script("Because."))]);
    *world.store.conversations.broken.lock().unwrap() = Some(StoreError::DiskFull {
        place: "/data".to_owned(),
    });
    let events = world.events(ask_in_conversation("r1", vec![user("why?")])).await;
    assert_eq!(
        events,
        [Err(TurnError::Store(StoreError::DiskFull {
            place: "/data".to_owned()
        }))]
    );
    assert!(world.models[0].asked.lock().unwrap().is_empty());
}
