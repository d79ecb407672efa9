//! Turns on branches: questions that are asked anew, and answers that are made anew.

use super::{prompt, script};
use crate::fakes::{ScriptedModel, Step, say};
use crate::{World, ask_in_conversation, first_text, user};
use council_agent::{Position, TurnEvent, TurnRequest, TurnSummary};
use council_core::memory::LOCAL_USER;
use council_core::{AnswerEnd, Branch, ConversationId, ConversationStore as _, MessageId, StoreError};
use futures::StreamExt as _;

fn at(position: Position, request_id: &str, text: &str) -> TurnRequest {
    TurnRequest {
        position,
        ..ask_in_conversation(request_id, vec![user(text)])
    }
}

async fn answered(world: &World, request: TurnRequest) -> TurnSummary {
    match world.events(request).await.pop() {
        Some(Ok(TurnEvent::Done(summary))) => summary,
        other => panic!("{other:?}"),
    }
}

/// The active branch.
async fn shown(world: &World) -> Vec<String> {
    let id = ConversationId::parse("c").unwrap();
    let branch = world
        .store
        .conversations
        .recent_messages(&id, Branch::Active, 100)
        .await;
    branch
        .unwrap()
        .iter()
        .map(|stored| stored.message.joined_text())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_question_that_is_asked_otherwise_sees_only_what_came_before_it() {
    let world = World::new([ScriptedModel::new("tiny", script("Because."))]);
    let first = answered(&world, at(Position::End, "r1", "why?")).await;
    answered(&world, at(Position::End, "r2", "really?")).await;
    let edited = answered(&world, at(Position::After(first.message), "r3", "surely?")).await;
    assert_eq!(
        prompt(&world.models[0]),
        ["user: why?", "assistant: Because.", "user: surely?"]
    );
    assert_eq!(shown(&world).await, ["why?", "Because.", "surely?", "Because."]);
    // And what follows goes on from there.
    let next = answered(&world, at(Position::End, "r4", "so?")).await;
    assert!(next.question > edited.message);
    assert_eq!(
        prompt(&world.models[0])[2..],
        ["user: surely?", "assistant: Because.", "user: so?"]
    );
    answered(&world, at(Position::After(None), "r5", "who?")).await;
    assert_eq!(prompt(&world.models[0]), ["user: who?"]);
    assert_eq!(shown(&world).await, ["who?", "Because."]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_made_anew_stands_beside_the_old_one_and_the_question_is_stored_once() {
    let world = World::new([ScriptedModel::new("tiny", script("Because."))]);
    let first = answered(&world, at(Position::End, "r1", "why?")).await;
    let again = Position::Again {
        question: first.question.unwrap(),
        after: None,
    };
    let second = answered(&world, at(again, "r2", "why?")).await;
    assert_eq!(second.question, first.question);
    assert_eq!(
        world.store.said(),
        ["user: why?", "assistant: Because.", "assistant: Because."]
    );
    let stored = world.store.messages();
    assert!(stored[1..].iter().all(|answer| answer.parent == first.question));
    assert_eq!(prompt(&world.models[0]), ["user: why?"]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_stopped_is_kept_and_says_so() {
    let world = World::new([ScriptedModel::new("tiny", [say("Be"), Step::Hang])]);
    let mut stream = world.agent.start(at(Position::End, "r1", "why?"));
    assert_eq!(first_text(&mut stream).await, "Be");
    assert!(world.agent.cancel(LOCAL_USER, "r1"));
    let rest: Vec<_> = stream.by_ref().collect().await;
    let Some(Ok(TurnEvent::Done(done))) = rest.last() else {
        panic!("{rest:?}")
    };
    let stored = world.store.messages();
    assert_eq!(stored[1].message.joined_text(), "Be");
    assert_eq!(
        (stored[1].finish, Some(stored[1].id)),
        (Some(AnswerEnd::Stopped), done.message)
    );
    assert!(!world.agent.cancel(LOCAL_USER, "r1"), "it runs no more");
}

#[tokio::test(start_paused = true)]
async fn running_turns_are_listed_until_they_are_settled() {
    let world = World::new([ScriptedModel::new("tiny", [say("Be"), Step::Hang])]);
    let mut stream = world.agent.start(at(Position::End, "r1", "why?"));
    first_text(&mut stream).await;
    let running = world.agent.running();
    let told: Vec<_> = running
        .iter()
        .map(|turn| (&*turn.request_id, turn.route))
        .collect();
    assert_eq!(told, [("r1", "/hybrid")]);
    assert_eq!(running[0].conversation, ConversationId::parse("c"));
    drop(stream);
    world.settled().await;
    assert!(world.agent.running().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_turn_after_a_message_that_is_not_there_fails_and_stores_nothing() {
    let world = World::new([ScriptedModel::new("tiny", script("Because."))]);
    answered(&world, at(Position::End, "r1", "why?")).await;
    let mut events = world
        .events(at(Position::After(Some(MessageId(99))), "r2", "why?"))
        .await;
    let Some(Err(error)) = events.pop() else { panic!() };
    let missing = StoreError::NotFound {
        what: "message",
        id: "99".to_owned(),
    };
    assert_eq!(error, missing.into());
    assert_eq!(world.store.said().len(), 2);
}
