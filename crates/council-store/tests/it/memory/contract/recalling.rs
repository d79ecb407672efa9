//! What answers a question, and in which order.

use super::*;
use council_core::MemoryChange;

async fn insert(subject: &Subject, items: Vec<(NewMemory, &[f32])>) -> Vec<MemoryId> {
    let items = items
        .into_iter()
        .map(|(memory, vector)| (memory, Some(both(toward(vector)))));
    subject.store.insert(items.collect()).await.unwrap()
}

async fn three_turns(make: &Make) -> Subject {
    let subject = make().await;
    let items = vec![
        (turn("Nate", "red fox", 10), &[1.0, 0.2][..]),
        (turn("Joanna", "red whale", 20), &[0.2, 1.0]),
        (turn("Nate", "grey mouse", 30), &[0.0, 0.0, 1.0]),
    ];
    insert(&subject, items).await;
    subject
}

pub(super) async fn the_parts_of_a_score_are_its_sum_and_the_named_speaker_counts(make: &Make) {
    let subject = three_turns(make).await;
    let mut query = query("red", &[1.0]);
    query.speakers = vec!["NATE".to_owned()];
    let hits = subject.store.recall(query).await.unwrap();
    assert_eq!(texts(&hits), ["red fox", "red whale", "grey mouse"]);
    assert!(hits.is_sorted_by(|left, right| left.score >= right.score));
    for hit in &hits {
        assert!((hit.parts.score() - hit.score).abs() < 1e-5);
        let is_nate = hit.memory.content.speaker.as_deref() == Some("Nate");
        assert_eq!(hit.parts.speaker > 0.0, is_nate);
        assert!(hit.parts.neighbours.abs() > 1e-6);
    }
    assert!((hits[0].parts.cosine - 1.0 / 1.04_f32.sqrt()).abs() < 1e-4);
    // Standardised over all that are searched: 1/sqrt(1.04), 0.2/sqrt(1.04) and 0.
    let cosines = [0.980_58, 0.196_12, 0.0_f32];
    let mean = cosines.iter().sum::<f32>() / 3.0;
    let variance = cosines.iter().map(|cosine| (cosine - mean).powi(2)).sum::<f32>() / 3.0;
    for (hit, cosine) in hits.iter().zip(cosines) {
        let sign = (cosine - mean) / variance.sqrt();
        // The index of SQLite's store keeps eight bits of each number.
        assert!((hit.parts.own - 0.2 * sign).abs() < 0.02, "{hit:?}");
        assert!((hit.parts.context - 0.4 * sign).abs() < 0.02, "{hit:?}");
    }
    // Two have the word, one has not.
    let lexical: Vec<f32> = hits.iter().map(|hit| hit.parts.lexical).collect();
    assert!((lexical[0] - 0.4 / 2.0_f32.sqrt()).abs() < 0.01, "{lexical:?}");
    assert!((lexical[2] + 0.4 * 2.0_f32.sqrt()).abs() < 0.01, "{lexical:?}");
}

pub(super) async fn evidence_beside_the_words_of_the_query_gains(make: &Make) {
    let subject = make().await;
    let mut elsewhere = turn("Nate", "elsewhere", 25);
    elsewhere.scope.session = Some("t".to_owned());
    let items = vec![
        (turn("Nate", "nothing", 10), &[0.0, 1.0][..]),
        (turn("Joanna", "which tournament was it", 20), &[0.0, 0.0, 1.0]),
        (elsewhere, &[0.0, 0.0, 0.0, 1.0]),
        (turn("Nate", "the one on friday", 30), &[0.0, 0.0, 0.0, 0.0, 1.0]),
        (
            turn("Joanna", "let us have lunch", 40),
            &[0.0, 0.0, 0.0, 0.0, 0.0, 1.0],
        ),
        (turn("Joanna", "bye", 50), &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]),
    ];
    insert(&subject, items).await;
    let words = RecallQuery {
        vector: None,
        ..query("tournament", &[1.0])
    };
    let hits = subject.store.recall(words).await.unwrap();
    let gained = |text: &str| {
        let hit = hits.iter().find(|hit| hit.memory.content.text == text);
        hit.map(|hit| hit.parts.neighbours).unwrap()
    };
    assert!(gained("nothing") > gained("let us have lunch"));
    assert!(gained("the one on friday") > gained("let us have lunch"));
    assert!(gained("let us have lunch") > gained("bye"));
    assert!(gained("elsewhere").abs() < 1e-6);
    assert_eq!(hits[0].memory.content.text, "which tournament was it");
    // What does not pass holds its place and gives nothing.
    let filter = MemoryFilter {
        since: Some(at(25)),
        ..of("ada")
    };
    let words = RecallQuery {
        vector: None,
        filter,
        ..query("tournament", &[1.0])
    };
    let hits = subject.store.recall(words).await.unwrap();
    assert!(hits.iter().all(|hit| hit.parts.neighbours.abs() < 1e-6));
}

pub(super) async fn time_age_and_pins_count_as_they_are_weighed(make: &Make) {
    let subject = make().await;
    let day = 86_400;
    let items = vec![
        (turn("Nate", "a month ago", 100 * day), &[1.0][..]),
        (turn("Nate", "now", 130 * day), &[0.0, 1.0]),
        (turn("Nate", "tomorrow", 131 * day), &[0.0, 0.0, 1.0]),
    ];
    let ids = insert(&subject, items).await;
    let pin = MemoryChange {
        pinned: Some(true),
        ..MemoryChange::default()
    };
    subject.store.change("ada", &ids[0], pin).await.unwrap();
    let mut query = RecallQuery {
        vector: None,
        time: Some((at(100 * day), at(130 * day))),
        now: at(130 * day),
        ..query("", &[1.0])
    };
    (query.weights.time, query.weights.recency, query.weights.pinned) = (0.5, 0.25, 0.125);
    let hits = subject.store.recall(query).await.unwrap();
    assert_eq!(hits.len(), 3);
    for hit in hits {
        let found = (hit.parts.time, hit.parts.recency, hit.parts.pinned);
        let expected = match hit.memory.content.text.as_str() {
            "a month ago" => (0.5, 0.125, 0.125),
            _ => (0.0, 0.25, 0.0),
        };
        assert!((found.0 - expected.0).abs() < 1e-5, "{hit:?}");
        assert!((found.1 - expected.1).abs() < 1e-3, "{hit:?}");
        assert!((found.2 - expected.2).abs() < 1e-5, "{hit:?}");
        assert!((hit.score - hit.parts.score()).abs() < 1e-5);
    }
}

pub(super) async fn words_alone_decide_without_a_vector(make: &Make) {
    let subject = three_turns(make).await;
    let mut words = RecallQuery {
        vector: None,
        ..query("mouse", &[1.0])
    };
    words.weights.neighbours = [0.0; 3];
    let hits = subject.store.recall(words).await.unwrap();
    assert_eq!(hits[0].memory.content.text, "grey mouse");
    for hit in &hits {
        let dense = [hit.parts.cosine, hit.parts.own, hit.parts.context];
        assert!(dense.iter().all(|part| part.abs() < f32::EPSILON));
    }
}

pub(super) async fn what_repeats_a_better_hit_is_left_out_of_recall_but_not_of_nearest(make: &Make) {
    let subject = make().await;
    let items = vec![
        (note("ada", "I like tea."), &[1.0, 0.0][..]),
        (note("ada", "i like TEA"), &[0.0, 1.0]),
        (note("ada", "tea is what I like"), &[1.0, 0.05]),
        (note("ada", "coffee"), &[0.5, 0.5]),
    ];
    insert(&subject, items).await;
    let hits = subject.store.recall(query("tea", &[1.0, 0.0])).await.unwrap();
    assert_eq!(hits.len(), 2);
    assert!(texts(&hits).contains(&"coffee"));
    let hits = subject
        .store
        .nearest(toward(&[1.0, 0.0]), of("ada"), 0.5, 10)
        .await
        .unwrap();
    assert_eq!(texts(&hits), ["I like tea.", "tea is what I like", "coffee"]);
}

pub(super) async fn another_users_words_do_not_change_a_score(make: &Make) {
    let subject = make().await;
    let mine = vec![
        (note("ada", "red fox"), &[1.0][..]),
        (note("ada", "green whale"), &[0.0, 1.0]),
        (note("ada", "grey mouse"), &[0.0, 0.0, 1.0]),
    ];
    insert(&subject, mine).await;
    let before = subject.store.recall(query("fox", &[1.0])).await.unwrap();
    assert!(before[0].parts.bm25 > 0.0);
    let others = (0..50).map(|_| (note("bob", "fox fox fox"), &[1.0][..]));
    insert(&subject, others.collect()).await;
    let after = subject.store.recall(query("fox", &[1.0])).await.unwrap();
    assert_eq!(after, before);
}

pub(super) async fn what_waits_for_vectors_is_found_by_its_words(make: &Make) {
    let subject = three_turns(make).await;
    subject
        .store
        .insert(vec![(note("ada", "a purple giraffe"), None)])
        .await
        .unwrap();
    let hits = subject
        .store
        .recall(query("giraffe", &[0.0, 0.0, 0.0, 1.0]))
        .await
        .unwrap();
    assert_eq!(hits[0].memory.content.text, "a purple giraffe");
    let parts = hits[0].parts;
    assert!(
        [parts.cosine, parts.own, parts.context]
            .iter()
            .all(|part| part.abs() < f32::EPSILON)
    );
}

pub(super) async fn nearest_orders_by_cosine_and_keeps_the_threshold(make: &Make) {
    let subject = make().await;
    let items = vec![
        (note("ada", "same"), &[1.0, 0.0][..]),
        (note("ada", "near"), &[0.8, 0.6]),
        (note("ada", "right angle"), &[0.0, 1.0]),
        (note("ada", "opposite"), &[-1.0, 0.0]),
        (note("ada", "same again"), &[1.0, 0.0]),
    ];
    insert(&subject, items).await;
    let near = async |least: f32, limit: usize| {
        let near = subject.store.nearest(toward(&[1.0]), of("ada"), least, limit);
        near.await.unwrap()
    };
    let hits = near(-1.0, 10).await;
    assert_eq!(
        texts(&hits),
        ["same again", "same", "near", "right angle", "opposite"]
    );
    let scores: Vec<f32> = hits.iter().map(|hit| hit.score).collect();
    for (score, expected) in scores.iter().zip([1.0, 1.0, 0.8, 0.0, -1.0]) {
        assert!((score - expected).abs() < 1e-5, "{scores:?}");
    }
    assert_eq!(texts(&near(0.79, 10).await), ["same again", "same", "near"]);
    assert_eq!(texts(&near(0.81, 10).await), ["same again", "same"]);
    assert_eq!(texts(&near(-1.0, 1).await), ["same again"]);
}

pub(super) async fn what_does_not_pass_is_neither_recalled_nor_near(make: &Make) {
    let subject = three_turns(make).await;
    let filter = MemoryFilter {
        until: Some(at(30)),
        ..of("ada")
    };
    let asked = RecallQuery {
        filter: filter.clone(),
        limit: 1,
        ..query("grey mouse", &[0.0, 0.0, 1.0])
    };
    let hits = subject.store.recall(asked.clone()).await.unwrap();
    assert_eq!(hits.len(), 1);
    assert_ne!(hits[0].memory.content.text, "grey mouse");
    let near = subject
        .store
        .nearest(toward(&[0.0, 0.0, 1.0]), filter, 0.5, 10)
        .await;
    assert_eq!(near, Ok(vec![]));
    let nothing = RecallQuery {
        filter: MemoryFilter {
            project: Some("unknown".to_owned()),
            ..of("ada")
        },
        ..asked
    };
    assert_eq!(subject.store.recall(nothing).await, Ok(vec![]));
}

pub(super) async fn a_question_about_the_past_is_answered_with_the_words_of_then(make: &Make) {
    let subject = make().await;
    let changed = subject.insert_one(note("ada", "red fox"), &[1.0]).await;
    subject.insert_one(note("ada", "green whale"), &[0.0, 1.0]).await;
    let change = MemoryChange {
        text: Some(("blue jay".to_owned(), Some(both(toward(&[0.0, 0.0, 1.0]))))),
        ..MemoryChange::default()
    };
    subject.at(2_000).change("ada", &changed, change).await.unwrap();
    let then = RecallQuery {
        filter: MemoryFilter {
            as_of: Some(at(1_500)),
            ..of("ada")
        },
        ..query("fox", &[0.0, 0.0, 1.0])
    };
    let hits = subject.store.recall(then.clone()).await.unwrap();
    let fox = hits.iter().find(|hit| hit.memory.id == changed).unwrap();
    assert_eq!(fox.memory.content.text, "red fox");
    assert!(fox.parts.bm25 > 0.0);
    assert!(
        fox.parts.cosine.abs() < f32::EPSILON,
        "its vector is that of another text"
    );
    let near = subject
        .store
        .nearest(toward(&[0.0, 0.0, 1.0]), then.filter, 0.5, 10)
        .await;
    assert_eq!(near, Ok(vec![]));
}
