//! Topics of what is remembered.

use super::*;

#[tokio::test(start_paused = true)]
async fn topics_are_kept_until_a_tenth_has_changed() {
    let lesson = Lesson::without_model();
    let say = async |text: &str, count: u64| {
        // Of no session, so that none comes late.
        let turns = (0..count).map(|second| {
            let mut turn = says(second, text);
            turn.scope.session = None;
            turn
        });
        lesson.memories.remember(turns.collect()).await.unwrap()
    };
    let bread = say("rye bread baking", 20).await;
    say("sailing stormy seas", 10).await;
    let first = lesson.learner.topics("ada", None).await.unwrap();
    let sizes: Vec<usize> = first.topics.iter().map(|topic| topic.members.len()).collect();
    assert_eq!((sizes, first.memories, first.considered), (vec![20, 10], 30, 30));
    assert!(
        first.topics[0].label.contains(&"bread".to_owned()),
        "{:?}",
        first.topics[0].label
    );
    assert!(bread.iter().all(|id| first.topics[0].members.contains(id)));

    let anew = lesson.learner.topics_anew("ada", None).await.unwrap();
    assert!(!Arc::ptr_eq(&first, &anew));
    let first = anew;
    say("sailing stormy seas", 3).await;
    assert!(Arc::ptr_eq(
        &first,
        &lesson.learner.topics("ada", None).await.unwrap()
    ));
    lesson.learner.settled().await;
    say("sailing stormy seas", 1).await;
    lesson.learner.topics("ada", None).await.unwrap();
    lesson.learner.settled().await;
    let second = lesson.learner.topics("ada", None).await.unwrap();
    assert_eq!((second.memories, second.considered), (34, 34));
}

#[tokio::test(start_paused = true)]
async fn topics_of_one_user_and_project_hold_nothing_of_others() {
    let lesson = Lesson::without_model();
    let mut novel = says(1, "the hero sails");
    novel.scope.project = Some("novel".to_owned());
    let ids = lesson
        .memories
        .remember(vec![novel, says(2, "rye bread")])
        .await
        .unwrap();
    let topics = lesson.learner.topics("ada", Some("novel")).await.unwrap();
    assert_eq!(
        topics
            .topics
            .iter()
            .flat_map(|topic| &topic.members)
            .collect::<Vec<_>>(),
        [&ids[0]]
    );
    assert_eq!(lesson.learner.topics("eve", None).await.unwrap().topics, []);
}
