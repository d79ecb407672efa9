//! What falls into one topic, and what it is called.

use super::*;

/// A vector near one of the axes, at a distance that depends on `number`.
fn near(axis: usize, number: usize) -> Embedding {
    let mut vector = vec![0.0; 12];
    vector[axis] = 1.0;
    vector[4 + number % 8] += 0.2;
    Embedding(unit(vector).unwrap_or_default())
}

fn items(counts: &[(usize, &str)]) -> Vec<Item> {
    let of = |(axis, (count, text)): (usize, &(usize, &str))| {
        let text = (*text).to_owned();
        (0..*count).map(move |number| Item {
            id: MemoryId(format!("{axis}-{number}")),
            text: text.clone(),
            said_at: Timestamp::from_millis((axis * 1_000 + number) as u64),
            vector: near(axis, number),
        })
    };
    counts.iter().enumerate().flat_map(of).collect()
}

#[test]
fn memories_of_one_meaning_are_one_topic_and_the_largest_comes_first() {
    let items = items(&[
        (10, "the dog chased cats"),
        (30, "I bake bread with rye flour"),
        (20, "sailing in the storm"),
    ]);
    let topics = topics(&items);
    let sizes: Vec<usize> = topics.iter().map(|topic| topic.members.len()).collect();
    assert_eq!(sizes, [30, 20, 10]);
    for (topic, axis) in topics.iter().zip(["1-", "2-", "0-"]) {
        assert!(
            topic.members.iter().all(|member| member.0.starts_with(axis)),
            "{topic:?}"
        );
    }
    assert_eq!(topics[0].newest, Timestamp::from_millis(1_029));
}

#[test]
fn a_label_has_the_words_that_tell_a_topic_from_the_others() {
    let items = items(&[
        (6, "I think my dogs bark, the dog barks"),
        (6, "I think rye bread is good"),
        (6, "I think we sail"),
    ]);
    let labels: Vec<Vec<String>> = topics(&items).into_iter().map(|topic| topic.label).collect();
    assert!(labels.contains(&vec!["sail".to_owned()]), "{labels:?}");
    assert!(
        labels.contains(&vec!["bread".to_owned(), "rye".to_owned()]),
        "{labels:?}"
    );
    let dogs = labels
        .iter()
        .find(|label| label.iter().any(|word| word.starts_with("dog")))
        .map(Vec::len);
    assert_eq!(dogs, Some(2), "forms of one word are one: {labels:?}");
}

#[test]
fn the_same_memories_give_the_same_topics() {
    let items = items(&[(40, "bread"), (40, "boats"), (40, "dogs"), (40, "tax")]);
    assert_eq!(topics(&items), topics(&items));
}

#[test]
fn every_memory_is_in_one_topic() {
    let items = items(&[(13, "a"), (1, "b"), (7, "c"), (2, "d")]);
    let mut members: Vec<String> = topics(&items)
        .into_iter()
        .flat_map(|topic| topic.members)
        .map(|id| id.0)
        .collect();
    members.sort();
    let mut all: Vec<String> = items.iter().map(|item| item.id.0.clone()).collect();
    all.sort();
    assert_eq!(members, all);
}

#[test]
fn nothing_few_and_equal_memories_are_no_special_case() {
    assert_eq!(topics(&[]), []);
    assert_eq!(topics(&items(&[(1, "bread")])).len(), 1);
    let mut equal = items(&[(50, "bread")]);
    for item in &mut equal {
        item.vector = near(0, 0);
    }
    assert_eq!(topics(&equal).len(), 1);
}
