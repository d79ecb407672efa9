//! Summaries of sessions.

use super::*;

fn summaries() -> MemoryFilter {
    MemoryFilter {
        kinds: vec![MemoryKind::Summary],
        ..crate::memory::of_ada()
    }
}

fn config() -> LearnerConfig {
    LearnerConfig {
        facts: false,
        ..LearnerConfig::default()
    }
}

/// Says that the trip was discussed, and something that was not.
fn lesson() -> Lesson {
    Lesson::with(config(), Locality::Local, |read| {
        let last = read.trim_end().rsplit(' ').next().unwrap_or_default();
        format!("The user plans a trip to Rome. They got to step {last}. They met Napoleon in 1805.")
    })
}

#[tokio::test(start_paused = true)]
async fn a_session_is_summarised_after_twelve_turns_with_what_they_bear_out() {
    let lesson = lesson();
    let mut ids = Vec::new();
    for second in 1..=12 {
        ids.push(
            lesson
                .learns(says(
                    second,
                    &format!("my plan for a trip to Rome, step {second}"),
                ))
                .await,
        );
    }
    let found = lesson.all(summaries()).await;
    assert_eq!(found.len(), 1);
    let content = &found[0].content;
    assert_eq!(
        content.text,
        "The user plans a trip to Rome. They got to step 12."
    );
    assert_eq!(
        (content.trust, &content.scope),
        (council_core::Trust::Assistant, &scope())
    );
    assert_eq!(content.said_at, Timestamp::from_millis(12_000));
    let rests: Vec<MemoryId> = content
        .claim
        .clone()
        .unwrap()
        .evidence
        .into_iter()
        .map(|evidence| evidence.memory)
        .collect();
    assert_eq!(rests, ids);
}

#[tokio::test(start_paused = true)]
async fn the_next_summary_takes_the_place_of_the_former_and_reads_only_what_is_new() {
    let lesson = lesson();
    for second in 1..=24 {
        lesson
            .learns(says(second, &format!("a trip to Rome, step {second}")))
            .await;
    }
    let found = lesson.all(summaries()).await;
    assert_eq!(found.len(), 1);
    assert!(
        found[0].content.text.contains("step 24"),
        "{}",
        found[0].content.text
    );
    assert_eq!(found[0].content.claim.clone().unwrap().evidence.len(), 24);
    let second = format!("{:?}", lesson.asked.lock().unwrap()[1]);
    assert!(
        second.contains("So far: The user plans a trip to Rome.") && !second.contains("step 5"),
        "{second}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_session_that_rests_is_summarised_if_it_is_worth_it() {
    let lesson = lesson();
    for second in 1..=4 {
        lesson
            .learns(says(second, &format!("a trip to Rome, step {second}")))
            .await;
    }
    let mut short = says(9, "a trip to Rome, step 9");
    short.scope.session = Some("short".to_owned());
    lesson.learns(short).await;
    tokio::time::sleep(Duration::from_secs(299)).await;
    assert_eq!(lesson.asked(), 0);
    tokio::time::sleep(Duration::from_secs(10)).await;
    let found = lesson.all(summaries()).await;
    assert_eq!(
        found
            .iter()
            .map(|summary| &summary.content.scope)
            .collect::<Vec<_>>(),
        [&scope()]
    );
}

#[tokio::test(start_paused = true)]
async fn a_summary_of_which_nothing_is_borne_out_is_not_stored() {
    let lesson = Lesson::with(config(), Locality::Local, |_| {
        "Napoleon won at Austerlitz.".to_owned()
    });
    for second in 1..=12 {
        lesson.learns(says(second, "a trip to Rome")).await;
    }
    assert_eq!((lesson.asked(), lesson.all(summaries()).await.len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn forgetting_a_turn_forgets_the_summaries_that_rest_on_it() {
    let lesson = lesson();
    let mut ids = Vec::new();
    for second in 1..=24 {
        ids.push(
            lesson
                .learns(says(second, &format!("a trip to Rome, step {second}")))
                .await,
        );
    }
    let gone = lesson.memories.forget("ada", vec![ids[2].clone()]).await.unwrap();
    assert_eq!(gone, [ids[2].clone()]);
    let all = MemoryFilter {
        with_retired: true,
        ..summaries()
    };
    assert_eq!(
        lesson.all(all).await.len(),
        0,
        "the former one rested on it as well"
    );
}

#[tokio::test(start_paused = true)]
async fn a_session_without_a_summary_is_found_again_after_the_next_start() {
    let lesson = lesson();
    lesson.learner.stop().await;
    let now = crate::fakes::NOW.as_millis() / 1_000;
    for second in 1..=12 {
        lesson
            .hears(says(now - 60 + second, &format!("a trip to Rome, step {second}")))
            .await;
    }
    let again = Learner::new(
        lesson.models.clone(),
        lesson.memories.clone(),
        Arc::new(StoppedClock),
        config(),
    );
    again.recover("ada").await.unwrap();
    again.settled().await;
    assert_eq!(lesson.all(summaries()).await.len(), 1);
    again.recover("ada").await.unwrap();
    again.settled().await;
    assert_eq!(lesson.asked(), 1);
}
