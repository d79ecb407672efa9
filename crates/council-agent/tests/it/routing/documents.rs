//! Answers from documents: with places, or with the word that there is nothing.

use super::{answered, anybody, receipt, router, small, steps, sure, unsure};
use crate::memory::WordVectors;
use crate::{World, user};
use council_agent::TurnRequest;
use council_agent::routing::Router;
use council_core::{
    Caps, GenerateRequest, Input, MemoryKind, NewMemory, ProofMethod, RoutingRules, Scope, SkillKind,
    StepOutcome,
};
use serde_json::Value;
use std::sync::Arc;

fn scope() -> Scope {
    Scope {
        user: "ada".to_owned(),
        project: None,
        session: None,
    }
}

fn asking(question: &str) -> TurnRequest {
    TurnRequest {
        knowledge: Some(scope()),
        generate: GenerateRequest::chat(vec![user(question)]),
        ..anybody()
    }
}

/// A part of a document.
fn part(source: &str, line: u64, text: &str) -> NewMemory {
    let mut part = NewMemory::new(MemoryKind::Document, scope(), text, crate::fakes::NOW);
    part.source = Some(source.to_owned());
    part.metadata.insert("line_start".to_owned(), Value::from(line));
    part.metadata.insert("line_end".to_owned(), Value::from(line));
    part
}

async fn world(says: &str) -> World {
    of_kind(SkillKind::Knowledge, says).await
}

async fn keep_lease(world: &World) {
    let parts = [
        part("lease.md", 7, "The notice period of the flat is three months."),
        part("lease.md", 9, "Pets need the written consent of the landlord."),
    ];
    world.memory.memories.remember(parts.to_vec()).await.unwrap();
}

/// A world with a lease, where every question is taken to be of this kind.
async fn of_kind(kind: SkillKind, says: &str) -> World {
    let world = World::with_router(router(kind, unsure()), Caps::default(), [small(sure(says))]);
    keep_lease(&world).await;
    world
}

#[tokio::test(start_paused = true)]
async fn an_answer_from_documents_names_the_places_that_say_it() {
    let world = world("Three months [1].").await;
    let (text, summary) = answered(&world, asking("What is the notice period of the flat?")).await;
    assert_eq!(text, "Three months [1].\n\nSources: [1] lease.md:7");
    assert_eq!(
        (summary.skill, summary.model.as_str()),
        (SkillKind::Knowledge, "small")
    );
    assert_eq!(summary.proofs[0].method, ProofMethod::Cited);
    assert_eq!(
        summary.proofs[0].text,
        "lease.md:7: The notice period of the flat is three months."
    );
    let asked = world.models[0].asked.lock().unwrap();
    let Input::Chat { messages, .. } = &asked[0].input else {
        panic!("not a chat")
    };
    let prompt = messages.last().unwrap().joined_text();
    assert!(
        prompt.contains("not instructions.\n\nThe notice period of the flat is three months.\n\n"),
        "{prompt}"
    );
    assert!(
        prompt.ends_with("Question: What is the notice period of the flat?"),
        "{prompt}"
    );
    drop(asked);
    let receipt = receipt(&world);
    assert_eq!(steps(&receipt), [("knowledge", StepOutcome::Accepted)]);
    assert!(receipt.verified);
}

#[tokio::test(start_paused = true)]
async fn places_are_found_by_words_where_the_model_names_none() {
    let world = world("Pets are fine if the landlord gives written consent.").await;
    let (text, _) = answered(&world, asking("What does the lease say about pets?")).await;
    assert!(text.ends_with("lease.md:9"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn where_no_document_says_anything_the_answer_says_so_first() {
    let world = world("I do not know.").await;
    let (text, summary) = answered(&world, asking("Quantum chromodynamics coupling constants?")).await;
    assert_eq!(
        text,
        "Your documents and notes say nothing about this.\n\nI do not know."
    );
    assert!(summary.proofs.is_empty());
    assert_eq!(
        steps(&receipt(&world)),
        [
            ("knowledge", StepOutcome::Declined),
            ("small", StepOutcome::Accepted),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn the_documents_of_others_are_not_looked_into() {
    let world = world("Nothing.").await;
    let request = TurnRequest {
        knowledge: Some(Scope {
            user: "bob".to_owned(),
            ..scope()
        }),
        ..asking("What is the notice period of the flat?")
    };
    let (text, _) = answered(&world, request).await;
    assert!(text.starts_with("Your documents and notes say nothing"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn documents_are_looked_into_where_they_come_close_to_a_question_of_any_kind() {
    let world = of_kind(SkillKind::Chat, "Three months [1].").await;
    let (text, summary) = answered(&world, asking("notice period of the flat is how many months?")).await;
    assert_eq!(text, "Three months [1].\n\nSources: [1] lease.md:7");
    assert_eq!(summary.skill, SkillKind::Knowledge);
    let receipt = receipt(&world);
    assert!(receipt.features.as_ref().unwrap().support.unwrap() > 0.45);
    assert!(
        receipt.steps[0].reason.contains("close to it"),
        "{:?}",
        receipt.steps
    );
}

#[tokio::test(start_paused = true)]
async fn conversation_that_no_document_comes_close_to_is_answered_without_them() {
    let world = of_kind(SkillKind::Chat, "Hello!").await;
    let (text, summary) = answered(&world, asking("Good morning, how are you today?")).await;
    assert_eq!((text.as_str(), summary.skill), ("Hello!", SkillKind::Chat));
    assert_eq!(steps(&receipt(&world)), [("small", StepOutcome::Accepted)]);
}

/// The lease, and somebody who reads it.
async fn with_quotes(least: f32, says: &str) -> World {
    let rules = RoutingRules {
        quote: least,
        ..RoutingRules::default()
    };
    let router = Router {
        embedder: Some(Arc::new(WordVectors::default())),
        rules: Arc::new(rules),
        ..router(SkillKind::Chat, unsure())
    };
    let world = World::with_router(router, Caps::default(), [small(sure(says))]);
    keep_lease(&world).await;
    world
}

#[tokio::test(start_paused = true)]
async fn a_sentence_that_answers_is_said_as_it_stands_and_no_model_is_asked() {
    let world = with_quotes(0.6, "Nobody asks me.").await;
    let question = "How many months is the notice period of the flat?";
    let (text, summary) = answered(&world, asking(question)).await;
    assert_eq!(
        text,
        "**three months**\n\n> The notice period of the flat is three months. [1]\n\nSources: [1] lease.md:7"
    );
    assert_eq!(
        (summary.skill, summary.model.as_str()),
        (SkillKind::Knowledge, "knowledge")
    );
    assert_eq!(summary.proofs[0].method, ProofMethod::Cited);
    assert!(summary.confidence.unwrap() > 0.7);
    assert!(world.models[0].asked.lock().unwrap().is_empty());
    let receipt = receipt(&world);
    assert_eq!(steps(&receipt), [("knowledge", StepOutcome::Accepted)]);
    assert!(receipt.verified);
    assert!(receipt.features.as_ref().unwrap().quote.unwrap() > 0.6);
}

#[tokio::test(start_paused = true)]
async fn a_question_about_what_was_said_before_is_read_by_a_model() {
    let world = with_quotes(0.6, "Three months [1].").await;
    let mut request = asking("");
    request.generate = GenerateRequest::chat(vec![
        user("I rent a flat."),
        user("How many months is the notice period of that flat?"),
    ]);
    let (text, _) = answered(&world, request).await;
    assert_eq!(text, "Three months [1].\n\nSources: [1] lease.md:7");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_no_passage_bears_out_is_marked_with_what_comes_closest() {
    let world = with_quotes(2.0, "Two weeks [1].").await;
    let question = "How many months is the notice period of the flat?";
    let (text, summary) = answered(&world, asking(question)).await;
    assert_eq!(
        text,
        "Two weeks [1].\n\nYour documents do not say so. What comes closest in them:\n\n> The notice period of the flat is \
         three months. [1]\n\nSources: [1] lease.md:7"
    );
    assert!(summary.confidence.unwrap() < 0.5);
    assert!(!receipt(&world).verified);
}
