//! Facts: found, refused, superseded.

use super::*;
use council_core::Trust;
use serde_json::json;

fn farm() -> String {
    json!({"facts": [{
        "quote": "I grew up on a farm near Bergen",
        "subject": "user",
        "attribute": "event",
        "statement": "The user grew up on a farm near Bergen.",
    }]})
    .to_string()
}

#[tokio::test(start_paused = true)]
async fn what_says_itself_what_it_is_about_is_learnt_without_a_model() {
    let lesson = Lesson::new(|_| panic!("no model is needed"));
    let turn = lesson
        .learns(says(1, "I live in Oslo, what can I do on a rainy day?"))
        .await;
    assert_eq!(lesson.facts().await, [pair("home", "The user lives in Oslo.")]);
    let fact = &lesson.all(facts()).await[0].content;
    let claim = fact.claim.clone().unwrap();
    assert_eq!(
        (claim.subject.as_str(), claim.extractor.as_deref()),
        ("user", Some("rules"))
    );
    assert_eq!(
        (&claim.evidence[0].memory, claim.evidence[0].quote.as_str()),
        (&turn, "I live in Oslo")
    );
    assert_eq!(
        (fact.trust, fact.quarantined, fact.said_at),
        (Trust::User, false, Timestamp::from_millis(1_000))
    );
    assert_eq!(
        (fact.scope.session.as_deref(), fact.scope.user.as_str()),
        (None, "ada")
    );
}

#[tokio::test(start_paused = true)]
async fn a_model_is_asked_about_the_rest_as_somebody_for_whom_nobody_waits() {
    let lesson = Lesson::new(|_| farm());
    lesson
        .learns(says(
            1,
            "Good morning! I grew up on a farm near Bergen. What is the weather like?",
        ))
        .await;
    assert_eq!(
        lesson.facts().await,
        [pair("event", "The user grew up on a farm near Bergen.")]
    );
    let request = lesson.asked.lock().unwrap()[0].clone();
    assert_eq!(request.priority, council_core::Priority::Background);
    assert!(matches!(
        request.format,
        council_core::OutputFormat::JsonSchema(_)
    ));
    let Input::Chat { messages, .. } = &request.input else {
        panic!("a chat")
    };
    let last = messages.last().unwrap().joined_text();
    assert_eq!(
        last, "Message:\n> I grew up on a farm near Bergen.\nFacts?",
        "only what may hold a fact"
    );
}

#[tokio::test(start_paused = true)]
async fn most_messages_are_not_worth_a_question() {
    let lesson = Lesson::without_model();
    for text in [
        "Hello!",
        "Where do I live?",
        "Write a poem about Oslo",
        "What is 2 + 2?",
        "If I moved to Oslo, where would I live?",
    ] {
        lesson.learns(says(1, text)).await;
    }
    assert_eq!((lesson.asked(), lesson.facts().await), (0, vec![]));
}

#[tokio::test(start_paused = true)]
async fn what_a_model_invents_is_refused_and_counted() {
    let invented = json!({"facts": [
        {"quote": "I grew up on a farm", "subject": "user", "attribute": "home", "statement": "The user lives in Paris."},
        {"quote": "I have three cats", "subject": "user", "attribute": "pet", "statement": "The user has three cats."},
        {"quote": "my cousin sold it", "subject": "user", "attribute": "event", "statement": "The user sold it all."},
    ]})
    .to_string();
    let lesson = Lesson::new(move |_| invented.clone());
    lesson
        .learns(says(1, "I grew up on a farm and my cousin sold it"))
        .await;
    assert_eq!(lesson.facts().await, []);
    for reason in ["ungrounded", "quote"] {
        assert!(
            lesson.metric("council_memory_facts_refused_total", &[reason]) > 0,
            "{reason}"
        );
    }
    assert_eq!(
        lesson.metric("council_memory_learning_jobs_total", &["facts", "done"]),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_no_list_of_facts_stores_nothing() {
    let lesson = Lesson::new(|_| "Sure! Here are the facts: you live in Paris.".to_owned());
    lesson.learns(says(1, "I grew up on a farm near Bergen")).await;
    assert_eq!(lesson.facts().await, []);
    assert_eq!(
        lesson.metric("council_memory_facts_refused_total", &["unreadable"]),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn only_what_a_person_says_becomes_a_fact() {
    let lesson = Lesson::without_model();
    for trust in [Trust::Assistant, Trust::Tool, Trust::Web] {
        let turn = NewMemory {
            trust,
            ..says(1, "I live in Oslo")
        };
        lesson.learns(turn).await;
    }
    let apart = NewMemory {
        quarantined: true,
        ..says(1, "I live in Oslo")
    };
    lesson.learns(apart).await;
    assert_eq!(lesson.facts().await, []);
}

#[tokio::test(start_paused = true)]
async fn a_contradiction_supersedes_from_the_moment_on_at_which_it_was_said() {
    let lesson = Lesson::without_model();
    lesson.learns(says(10, "I live in Oslo")).await;
    lesson.learns(says(20, "We moved to Lisbon last week")).await;
    assert_eq!(lesson.facts().await.len(), 1);
    let past = MemoryFilter {
        valid_at: Some(Timestamp::from_millis(15_000)),
        ..facts()
    };
    let then = lesson.all(past).await;
    assert_eq!(then[0].content.text, "The user lives in Oslo.");
    assert_eq!(then[0].content.valid_to, Some(Timestamp::from_millis(20_000)));
    // Said later, but about an earlier time.
    lesson.learns(says(15, "I live in Rome")).await;
    assert_eq!(
        lesson.facts().await,
        [pair("home", "The user moved to Lisbon last week.")]
    );
    assert_eq!(
        lesson.metric("council_memory_facts_refused_total", &["outdated"]),
        1
    );
    lesson.learns(says(30, "I no longer live in Lisbon.")).await;
    assert_eq!(
        lesson.facts().await,
        [pair("event", "The user no longer lives in Lisbon.")]
    );
    lesson.learns(says(40, "I live in Porto")).await;
    assert_eq!(lesson.facts().await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_liking_that_turns_is_superseded() {
    let lesson = Lesson::without_model();
    lesson.learns(says(10, "I love jazz")).await;
    lesson.learns(says(20, "I don't like jazz any more")).await;
    assert_eq!(
        lesson.facts().await,
        [pair("dislikes", "The user doesn't like jazz any more.")]
    );
}

#[tokio::test(start_paused = true)]
async fn an_undone_contradiction_brings_the_former_fact_back() {
    let lesson = Lesson::without_model();
    lesson.learns(says(10, "I live in Oslo")).await;
    let former = lesson.all(facts()).await[0].id.clone();
    lesson.learns(says(20, "I live in Lisbon")).await;
    lesson.memories.undo("ada", &former).await.unwrap();
    assert_eq!(lesson.facts().await, [pair("home", "The user lives in Oslo.")]);
}

#[tokio::test(start_paused = true)]
async fn what_is_said_again_is_noted_and_not_stored_again() {
    let lesson = Lesson::without_model();
    lesson.learns(says(10, "I live in Oslo")).await;
    let again = lesson.learns(says(20, "As I said, I live in Oslo")).await;
    lesson.learns(says(30, "I live in Oslo")).await;
    let facts = lesson.all(facts()).await;
    assert_eq!(facts.len(), 1);
    assert_eq!(facts[0].content.metadata["said_again_in"][0], json!(again.0));
    let profile = lesson.memories.profile("ada", None).await.unwrap();
    assert_eq!(profile[0].evidence, 3);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_sure_waits_for_a_person_and_supersedes_nothing() {
    let lesson = Lesson::without_model();
    lesson.learns(says(10, "I live in Oslo")).await;
    lesson.learns(says(20, "I think I live in Lisbon now")).await;
    assert_eq!(lesson.facts().await, [pair("home", "The user lives in Oslo.")]);
    let apart = MemoryFilter {
        quarantined: true,
        ..facts()
    };
    let waiting = lesson.all(apart).await;
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    assert_eq!(lesson.metric("council_memory_facts_total", &["review"]), 1);
}

#[tokio::test(start_paused = true)]
async fn what_a_person_holds_on_to_stays() {
    let lesson = Lesson::without_model();
    lesson.learns(says(10, "I live in Oslo")).await;
    let fact = lesson.all(facts()).await[0].id.clone();
    let pin = council_core::MemoryChange {
        pinned: Some(true),
        ..council_core::MemoryChange::default()
    };
    lesson.memory.store.change("ada", &fact, pin).await.unwrap();
    lesson.learns(says(20, "I live in Lisbon")).await;
    assert_eq!(lesson.facts().await, [pair("home", "The user lives in Oslo.")]);
}

#[tokio::test(start_paused = true)]
async fn projects_do_not_mix() {
    let lesson = Lesson::without_model();
    lesson.learns(says(10, "I live in Oslo")).await;
    let mut elsewhere = says(20, "I live in Lisbon");
    elsewhere.scope.project = Some("novel".to_owned());
    lesson.learns(elsewhere).await;
    assert_eq!(lesson.memories.profile("ada", None).await.unwrap().len(), 1);
    let novel = lesson.memories.profile("ada", Some("novel")).await.unwrap();
    assert_eq!(novel[0].memory.content.text, "The user lives in Lisbon.");
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_begins_interrupts_learning_which_comes_again() {
    let lesson = Lesson::new(|_| farm());
    let world = crate::World::with_learner(
        lesson.learner.clone(),
        [ScriptedModel::new(
            "big",
            [crate::fakes::think(5_000)]
                .into_iter()
                .chain(crate::fakes::stop()),
        )],
    );
    lesson.hears(says(1, "I grew up on a farm near Bergen")).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!((lesson.asked(), lesson.facts().await.len()), (1, 0));
    let turn = world.agent.start(crate::ask(&[]));
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(lesson.facts().await.len(), 0, "the turn is still running");
    assert_eq!(
        lesson.metric("council_memory_learning_jobs_total", &["facts", "interrupted"]),
        1
    );
    let _: Vec<_> = turn.collect().await;
    lesson.learner.settled().await;
    assert_eq!((lesson.asked(), lesson.facts().await.len()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_does_not_wait_for_learning() {
    let lesson = Lesson::new(|_| farm());
    let world = crate::World::with_learner(lesson.learner.clone(), []);
    lesson.hears(says(1, "I grew up on a farm near Bergen")).await;
    let before = tokio::time::Instant::now();
    tokio::time::sleep(Duration::from_secs(1)).await;
    world.agent.drain(Duration::from_mins(1)).await;
    assert_eq!(before.elapsed(), Duration::from_secs(1));
    assert_eq!(lesson.facts().await, []);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_learnt_before_the_end_is_learnt_after_the_next_start_and_only_that() {
    let lesson = Lesson::without_model();
    let now = crate::fakes::NOW.as_millis() / 1_000;
    lesson.learns(says(now - 60, "I live in Oslo")).await;
    lesson.learner.stop().await;
    lesson.hears(says(now - 30, "I love jazz")).await;
    lesson.hears(says(now - 2 * 86_400, "I hate opera")).await;
    // The person takes the first fact back: it must not come again.
    let home = lesson.all(facts()).await[0].id.clone();
    lesson.memories.forget("ada", vec![home]).await.unwrap();
    let again = Learner::new(
        lesson.models.clone(),
        lesson.memories.clone(),
        Arc::new(StoppedClock),
        LearnerConfig::default(),
    );
    assert_eq!(again.recover("ada").await.unwrap(), 1);
    again.settled().await;
    assert_eq!(lesson.facts().await, [pair("likes", "The user loves jazz.")]);
    assert_eq!(again.recover("ada").await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_was_saved_and_not_said_is_not_learnt_from_after_the_next_start_either() {
    let lesson = Lesson::without_model();
    let now = crate::fakes::NOW.as_millis() / 1_000;
    lesson
        .memories
        .remember(vec![says(now - 60, "I live in Oslo")])
        .await
        .unwrap();
    assert_eq!(lesson.learner.recover("ada").await.unwrap(), 0);
    lesson.learner.settled().await;
    assert_eq!(lesson.facts().await, []);
}

#[tokio::test(start_paused = true)]
async fn learning_from_a_turn_leaves_it_as_it_was() {
    let lesson = Lesson::without_model();
    let id = lesson.learns(says(1, "I live in Oslo")).await;
    assert_eq!(lesson.facts().await.len(), 1);
    let history = lesson.memory.store.history("ada", &id).await.unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].memory.content, says(1, "I live in Oslo"));
    assert!(lesson.memories.undo("ada", &id).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_learnt_from_what_is_forgotten_meanwhile() {
    let lesson = Lesson::without_model();
    let running = crate::World::with_learner(
        lesson.learner.clone(),
        [ScriptedModel::new("big", [crate::fakes::think(1_000)])],
    );
    let turn = running.agent.start(crate::ask(&[]));
    let id = lesson.hears(says(1, "I live in Oslo")).await;
    lesson.memories.forget("ada", vec![id]).await.unwrap();
    let _: Vec<_> = turn.collect().await;
    lesson.learner.settled().await;
    assert_eq!(lesson.facts().await, []);
}

#[tokio::test(start_paused = true)]
async fn what_is_forgotten_while_a_model_reads_it_stays_forgotten() {
    let lesson = Lesson::new(|_| farm());
    let id = lesson.hears(says(1, "I grew up on a farm near Bergen")).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(lesson.asked(), 1, "it is being read");
    lesson.memories.forget("ada", vec![id]).await.unwrap();
    lesson.learner.settled().await;
    assert_eq!(lesson.facts().await, []);
    assert_eq!(
        lesson.metric("council_memory_learning_jobs_total", &["facts", "done"]),
        1,
        "there is nothing left to learn from"
    );
}

#[tokio::test(start_paused = true)]
async fn what_people_say_goes_to_no_remote_model_that_is_not_named() {
    let remote = |config| Lesson::with(config, Locality::Remote, |_| farm());
    let unnamed = remote(LearnerConfig::default());
    unnamed.learns(says(1, "I grew up on a farm near Bergen")).await;
    assert_eq!((unnamed.asked(), unnamed.facts().await.len()), (0, 0));
    let named = remote(LearnerConfig {
        model: Some("small".to_owned()),
        ..LearnerConfig::default()
    });
    named.learns(says(1, "I grew up on a farm near Bergen")).await;
    assert_eq!((named.asked(), named.facts().await.len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_model_that_is_missing_fails_the_job_and_not_the_learner() {
    let config = LearnerConfig {
        model: Some("other".to_owned()),
        ..LearnerConfig::default()
    };
    let lesson = Lesson::with(config, Locality::Local, |_| farm());
    lesson.learns(says(1, "I grew up on a farm near Bergen")).await;
    assert_eq!(
        lesson.metric("council_memory_learning_jobs_total", &["facts", "failed"]),
        1
    );
    lesson.learns(says(2, "I live in Oslo")).await;
    assert_eq!(lesson.facts().await, [pair("home", "The user lives in Oslo.")]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_learnt_when_it_is_switched_off() {
    let config = LearnerConfig {
        facts: false,
        summaries: false,
        ..LearnerConfig::default()
    };
    let lesson = Lesson::with(config, Locality::Local, |_| farm());
    for second in 0..20 {
        lesson.learns(says(second, "I live in Oslo")).await;
    }
    assert_eq!((lesson.asked(), lesson.facts().await.len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_panic_ends_its_job_and_nothing_else() {
    let lesson = Lesson::new(|_| panic!("a defect of the fake"));
    lesson.learns(says(1, "I grew up on a farm near Bergen")).await;
    assert_eq!(
        lesson.metric("council_memory_learning_jobs_total", &["facts", "failed"]),
        1
    );
    lesson.learns(says(2, "I live in Oslo")).await;
    assert_eq!(lesson.facts().await.len(), 1);
}
