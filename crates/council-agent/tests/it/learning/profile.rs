//! The profile: assembled and edited.

use super::*;
use council_agent::memory::Attribute;

const NOW: Timestamp = Timestamp::from_millis(100_000);

async fn set(lesson: &Lesson, attribute: Attribute, text: &str) -> MemoryId {
    let scope = Scope {
        user: "ada".to_owned(),
        ..Scope::default()
    };
    lesson
        .memories
        .set_profile(scope, attribute, None, text, NOW)
        .await
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_profile_has_what_is_confirmed_by_attribute() {
    let lesson = Lesson::without_model();
    lesson.learns(says(1, "I love jazz")).await;
    lesson.learns(says(2, "My name is Ada")).await;
    lesson.learns(says(3, "I think I'm allergic to cats")).await;
    lesson.learns(says(4, "I love tea")).await;
    let profile = lesson.memories.profile("ada", None).await.unwrap();
    let texts: Vec<_> = profile
        .iter()
        .map(|entry| (entry.attribute, entry.memory.content.text.as_str()))
        .collect();
    assert_eq!(
        texts,
        [
            (Attribute::Name, "The user's name is Ada."),
            (Attribute::Likes, "The user loves tea."),
            (Attribute::Likes, "The user loves jazz."),
        ]
    );
    assert_eq!(lesson.memories.profile("eve", None).await.unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn what_a_person_writes_takes_the_place_of_what_was_learnt() {
    let lesson = Lesson::without_model();
    lesson.learns(says(1, "I live in Oslo")).await;
    lesson.learns(says(2, "I think I live in Rome")).await;
    let id = set(&lesson, Attribute::Home, "Lisbon").await;
    assert_eq!(lesson.facts().await, [pair("home", "The user lives in Lisbon.")]);
    let apart = MemoryFilter {
        quarantined: true,
        ..facts()
    };
    assert_eq!(lesson.all(apart).await, [], "the doubt is settled");
    assert_eq!(
        set(&lesson, Attribute::Home, "Lisbon").await,
        id,
        "nothing changes twice"
    );
    let profile = lesson.memories.profile("ada", None).await.unwrap();
    assert_eq!(
        (
            profile[0].evidence,
            profile[0].memory.content.claim.clone().unwrap().extractor
        ),
        (0, None)
    );
}

#[tokio::test(start_paused = true)]
async fn many_valued_attributes_grow_and_contradictions_among_them_are_settled() {
    let lesson = Lesson::without_model();
    set(&lesson, Attribute::Likes, "jazz").await;
    let tea = set(&lesson, Attribute::Likes, "tea").await;
    assert_eq!(set(&lesson, Attribute::Likes, "I love tea").await, tea);
    set(&lesson, Attribute::Dislikes, "jazz").await;
    assert_eq!(
        lesson.facts().await,
        [
            pair("likes", "The user likes tea."),
            pair("dislikes", "The user dislikes jazz.")
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn values_become_sentences_and_sentences_stay() {
    let lesson = Lesson::without_model();
    for (attribute, text, sentence) in [
        (Attribute::Name, "Ada", "The user's name is Ada."),
        (Attribute::Allergy, "peanuts", "The user is allergic to peanuts."),
        (
            Attribute::Employer,
            "I work for Equinor",
            "The user works for Equinor",
        ),
        (
            Attribute::Goal,
            "The user wants to sail.",
            "The user wants to sail.",
        ),
        (Attribute::Skill, "lockpicking", "The user, skill: lockpicking."),
    ] {
        let id = set(&lesson, attribute, text).await;
        assert_eq!(
            lesson.memory.store.memory("ada", &id).await.unwrap().content.text,
            sentence
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_profile_of_a_prompt_keeps_to_its_bound() {
    let lesson = Lesson::without_model();
    set(&lesson, Attribute::Likes, "long walks in the rain").await;
    set(&lesson, Attribute::Name, "Ada").await;
    let all = lesson.memories.profile_text("ada", None, 1_000).await.unwrap();
    assert_eq!(
        all,
        "- The user's name is Ada.\n- The user likes long walks in the rain.\n"
    );
    assert_eq!(
        lesson.memories.profile_text("ada", None, 10).await.unwrap(),
        "- The user's name is Ada.\n"
    );
    assert_eq!(lesson.memories.profile_text("ada", None, 0).await.unwrap(), "");
}
